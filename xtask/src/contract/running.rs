//! Servers that run while a check lasts.

use std::{
    io::{BufRead as _, BufReader, Read},
    process::{Child, Command, Stdio},
    sync::{Arc, Mutex, PoisonError, mpsc},
    thread,
    time::Duration,
};

use crate::Failure;

/// How long a server may take to begin.
const BEGINNING: Duration = Duration::from_secs(60);

/// A server that ends when it is dropped.
pub(super) struct Running {
    child: Child,
    /// Where it listens.
    pub(super) url: String,
    said: Arc<Mutex<String>>,
}

impl Running {
    /// Starts `bbstatus sandbox`, which says its address as JSON.
    pub(super) fn sandbox(command: &mut Command) -> Result<Self, Failure> {
        Self::start(command, |line| {
            let said: serde_json::Value = serde_json::from_str(line).ok()?;
            Some(said.get("url")?.as_str()?.to_owned())
        })
    }

    /// Starts Prism, which says `Prism is listening on http://…`.
    pub(super) fn prism(command: &mut Command) -> Result<Self, Failure> {
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
        let mut child = command.stdout(Stdio::piped()).spawn().map_err(|error| unusable(&error))?;
        let output = child.stdout.take().map(|output| Box::new(output) as Box<dyn Read + Send>);
        let said = Arc::new(Mutex::new(String::new()));
        let (sender, receiver) = mpsc::channel();
        let heard = Arc::clone(&said);
        // Read to the end: a server whose output nobody takes stands still.
        thread::spawn(move || {
            for line in output.into_iter().flat_map(|output| BufReader::new(output).lines()).map_while(Result::ok) {
                if let Some(url) = address(&line) {
                    // Nobody waits for a second address.
                    let _ignored = sender.send(url);
                }
                heard.lock().unwrap_or_else(PoisonError::into_inner).extend([line.as_str(), "\n"]);
            }
        });
        let mut running = Self { child, url: String::new(), said };
        running.url = receiver.recv_timeout(BEGINNING).map_err(|_| unusable(&"it did not say where it listens"))?;
        Ok(running)
    }

    /// What it has said so far.
    pub(super) fn said(&self) -> String {
        self.said.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // One that has ended by itself cannot be ended.
        let _ended = self.child.kill();
        let _waited = self.child.wait();
    }
}
