//! Servers that run while a check lasts.

use std::{
    io::{BufRead as _, BufReader, Read},
    process::{Child, Command, Stdio},
    sync::{Arc, Mutex, PoisonError, mpsc},
    thread,
    time::Duration,
};

use crate::Failure;

/// The longest time from a server's start to its address.
const START_TIMEOUT: Duration = Duration::from_secs(60);

/// A server that ends when it is dropped.
pub(crate) struct Server {
    child: Child,
    /// Where it listens.
    pub(crate) url: String,
    output: Arc<Mutex<String>>,
}

impl Server {
    /// Starts a server that prints its addresses as JSON, such as `bbstatus sandbox`.
    pub(crate) fn with_json(command: &mut Command, field: &'static str) -> Result<Self, Failure> {
        Self::start(command, move |line| {
            let addresses: serde_json::Value = serde_json::from_str(line).ok()?;
            Some(addresses.get(field)?.as_str()?.to_owned())
        })
    }

    /// Starts Prism, which prints `Prism is listening on http://…`.
    pub(crate) fn prism(command: &mut Command) -> Result<Self, Failure> {
        Self::start(command, |line| {
            let (_, address) = line.split_once("Prism is listening on ")?;
            Some(address.trim().trim_end_matches('/').to_owned())
        })
    }

    /// Starts a server, and waits for the line that has its address.
    fn start(
        command: &mut Command,
        address: impl Fn(&str) -> Option<String> + Send + 'static,
    ) -> Result<Self, Failure> {
        let name = command.get_program().to_string_lossy().into_owned();
        let unusable = |problem: &dyn std::fmt::Display| Failure::Unusable(format!("{name}: {problem}"));
        command.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn().map_err(|error| unusable(&error))?;
        let stdout = child.stdout.take().map(|output| Box::new(output) as Box<dyn Read + Send>);
        let output = Arc::new(Mutex::new(String::new()));
        let (sender, receiver) = mpsc::channel();
        let collected = Arc::clone(&output);
        // Read to the end: a server blocks once its pipe is full.
        thread::spawn(move || {
            for line in stdout.into_iter().flat_map(|output| BufReader::new(output).lines()).map_while(Result::ok) {
                if let Some(url) = address(&line) {
                    // Only the first address is received.
                    let _ignored = sender.send(url);
                }
                collected.lock().unwrap_or_else(PoisonError::into_inner).extend([line.as_str(), "\n"]);
            }
        });
        let mut server = Self { child, url: String::new(), output };
        server.url = receiver.recv_timeout(START_TIMEOUT).map_err(|_| unusable(&"it did not print its address"))?;
        Ok(server)
    }

    /// What it has printed so far.
    pub(crate) fn output(&self) -> String {
        self.output.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // One that has ended by itself cannot be ended.
        let _ended = self.child.kill();
        let _waited = self.child.wait();
    }
}
