//! The programs that take part: release builds of ours, and the loopback server while it runs.

use super::{run::printed, unusable};
use crate::Failure;
use serde::Deserialize;
use serde_json::Value;
use std::{
    io::{BufRead as _, BufReader},
    path::{Path, PathBuf},
    process::{Child, ChildStdin, Command, Stdio},
};

/// Where the release builds are.
pub(super) struct Programs {
    pub(super) bbstatus: PathBuf,
    pub(super) load: PathBuf,
    server: PathBuf,
}

impl Programs {
    /// Builds them.
    ///
    /// # Errors
    /// Where one does not build.
    pub(super) fn build(root: &Path) -> Result<Self, Failure> {
        let benches = executables(root, &["--package", "benches"])?;
        let bbstatus = executables(root, &["--package", "bbstatus"])?;
        Ok(Self {
            bbstatus: find(&bbstatus, "bbstatus")?,
            load: find(&benches, "bench-load")?,
            server: find(&benches, "bench-server")?,
        })
    }

    /// Starts the server, which writes its authority's certificate to the folder.
    ///
    /// # Errors
    /// Where it does not start or does not say its addresses.
    pub(super) fn serve(&self, folder: &Path) -> Result<Server, Failure> {
        let mut command = Command::new(&self.server);
        command.arg("--ca-directory").arg(folder).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn().map_err(unusable("bench-server"))?;
        let mut line = String::new();
        if let Some(output) = child.stdout.take() {
            BufReader::new(output).read_line(&mut line).map_err(unusable("bench-server"))?;
        }
        let input = child.stdin.take();
        let addresses = serde_json::from_str(&line)
            .map_err(|error| Failure::Unusable(format!("bench-server: expected its addresses, got {line:?}: {error}")));
        Ok(Server { addresses: addresses?, child, input })
    }
}

/// The cargo that runs this, in a folder.
pub(super) fn cargo(folder: &Path) -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(folder);
    command
}

fn executables(root: &Path, what: &[&str]) -> Result<Vec<PathBuf>, Failure> {
    eprintln!("building {} (release)", what.last().unwrap_or(&""));
    let mut command = cargo(root);
    command.args(["build", "--quiet", "--release", "--locked", "--message-format", "json-render-diagnostics"]);
    let messages = printed(command.args(what))?;
    let messages = messages.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    Ok(messages.filter_map(|message| message.get("executable")?.as_str().map(PathBuf::from)).collect())
}

fn find(executables: &[PathBuf], name: &str) -> Result<PathBuf, Failure> {
    let found = executables.iter().find(|path| path.file_stem().is_some_and(|stem| stem == name));
    found.cloned().ok_or_else(|| Failure::Unusable(format!("expected cargo to build {name}, got {executables:?}")))
}

/// A running server; dropped, it ends.
pub(super) struct Server {
    addresses: Addresses,
    child: Child,
    input: Option<ChildStdin>,
}

#[derive(Deserialize)]
struct Addresses {
    http: String,
    https: String,
    ca_file: PathBuf,
}

impl Server {
    /// The base URL for plain http.
    pub(super) fn http(&self) -> &str {
        &self.addresses.http
    }

    /// The base URL for https.
    pub(super) fn https(&self) -> &str {
        &self.addresses.https
    }

    /// The certificate that vouches for the server.
    pub(super) fn ca_file(&self) -> &Path {
        &self.addresses.ca_file
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It ends when its input is closed.
        drop(self.input.take());
        let _ = self.child.wait();
    }
}
