//! Servers that run for the duration of a check.

use std::{
    io::{BufRead as _, BufReader},
    process::{Child, Command, Stdio},
    thread,
};

use crate::Error;

/// A server that ends when it is dropped.
pub(crate) struct Server {
    child: Child,
    /// Its address.
    pub(crate) url: String,
}

impl Server {
    /// The address in a line of JSON, as `bbstatus sandbox` prints it.
    pub(crate) fn json(field: &'static str) -> impl Fn(&str) -> Option<String> {
        move |line| Some(serde_json::from_str::<serde_json::Value>(line).ok()?.get(field)?.as_str()?.to_owned())
    }

    /// Starts a server, and waits for the line with its address. Later lines are shown.
    pub(crate) fn start(command: &mut Command, address: impl Fn(&str) -> Option<String>) -> Result<Self, Error> {
        let child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        let mut server = Self { child, url: String::new() };
        let stdout = server.child.stdout.take().into_iter();
        let mut lines = stdout.flat_map(|stdout| BufReader::new(stdout).lines()).map_while(Result::ok);
        let silent = || Error::Unusable(format!("{command:?}: it ended before it printed its address"));
        server.url = lines.find_map(|line| address(&line)).ok_or_else(silent)?;
        // The server would block if nothing read its output.
        thread::spawn(move || lines.for_each(|line| eprintln!("{line}")));
        Ok(server)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Fails if the server has already ended.
        let _ended = self.child.kill();
        let _waited = self.child.wait();
    }
}
