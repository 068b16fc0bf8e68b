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
    /// The address in a line of JSON, as `bbstatus sandbox` prints it.
    pub(crate) fn json(field: &'static str) -> impl Fn(&str) -> Option<String> {
        move |line| Some(serde_json::from_str::<serde_json::Value>(line).ok()?.get(field)?.as_str()?.to_owned())
    }

    /// Starts a server, and waits for the line that has its address.
    pub(crate) fn start(
        command: &mut Command,
        address: impl Fn(&str) -> Option<String> + Send + 'static,
    ) -> Result<Self, Failure> {
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        let stdout = child.stdout.take().map(|output| Box::new(output) as Box<dyn Read + Send>);
        let mut server = Self { child, url: String::new(), output: Arc::default() };
        let (sender, receiver) = mpsc::channel();
        let output = Arc::clone(&server.output);
        // Read to the end: a server blocks once its pipe is full.
        thread::spawn(move || {
            for line in stdout.into_iter().flat_map(|output| BufReader::new(output).lines()).map_while(Result::ok) {
                if let Some(url) = address(&line) {
                    // Only the first address is received.
                    let _ignored = sender.send(url);
                }
                output.lock().unwrap_or_else(PoisonError::into_inner).extend([line.as_str(), "\n"]);
            }
        });
        let silent = |_| Failure::Unusable(format!("{command:?}: it did not print its address"));
        server.url = receiver.recv_timeout(START_TIMEOUT).map_err(silent)?;
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
