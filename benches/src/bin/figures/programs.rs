//! The programs that are measured: our release builds, and the loopback server.

use std::{
    io::{BufRead as _, BufReader},
    path::{Path, PathBuf},
    process::{Child, ChildStdin, Command, Stdio},
};

use serde::Deserialize;
use serde_json::Value;

use crate::{Outcome, run::printed, unusable};

/// The paths of the release builds.
pub(crate) struct Programs {
    pub(crate) bbstatus: PathBuf,
    pub(crate) load: PathBuf,
    server: PathBuf,
}

impl Programs {
    /// Builds them.
    ///
    /// # Errors
    /// If one does not build.
    pub(crate) fn build(root: &Path) -> Outcome<Self> {
        let bench = |name| executable(root, "benches", &["--release", "--bin", name]);
        Ok(Self {
            load: bench("bench-load")?,
            server: bench("bench-server")?,
            bbstatus: executable(root, "bbstatus", &["--release"])?,
        })
    }

    /// Starts the server, which writes the certificate of its authority to the folder.
    ///
    /// # Errors
    /// If it does not start or does not print its addresses.
    pub(crate) fn serve(&self, folder: &Path) -> Outcome<Server> {
        let mut command = Command::new(&self.server);
        command.arg("--ca-directory").arg(folder).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn().map_err(unusable("bench-server"))?;
        let mut line = String::new();
        if let Some(output) = child.stdout.take() {
            BufReader::new(output).read_line(&mut line).map_err(unusable("bench-server"))?;
        }
        let input = child.stdin.take();
        let addresses = serde_json::from_str(&line)
            .map_err(|error| format!("bench-server: expected its addresses, got {line:?}: {error}"));
        Ok(Server { addresses: addresses?, child, input })
    }
}

/// The cargo that runs this program, in a folder.
pub(crate) fn cargo(folder: &Path) -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(folder);
    command
}

/// Builds a program of the workspace, and returns its path.
pub(crate) fn executable(root: &Path, package: &str, arguments: &[&str]) -> Outcome<PathBuf> {
    eprintln!("building {package} {}", arguments.join(" "));
    let mut command = cargo(root);
    command.args(["build", "--quiet", "--locked", "--message-format", "json-render-diagnostics", "--package", package]);
    let messages = printed(command.args(arguments))?;
    let messages = messages.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let mut executables = messages.filter_map(|message| message.get("executable")?.as_str().map(PathBuf::from));
    executables.next().ok_or_else(|| format!("expected cargo to build a program of {package}, got none").into())
}

/// A running server, which ends when it is dropped.
pub(crate) struct Server {
    addresses: Addresses,
    child: Child,
    input: Option<ChildStdin>,
}

#[derive(Deserialize)]
struct Addresses {
    http: String,
    https: String,
    unavailable: String,
    ca_file: PathBuf,
}

impl Server {
    /// The base URL for plain http.
    pub(crate) fn http(&self) -> &str {
        &self.addresses.http
    }

    /// The base URL for https.
    pub(crate) fn https(&self) -> &str {
        &self.addresses.https
    }

    /// The base URL of a service that is down: every response is a 503.
    pub(crate) fn unavailable(&self) -> &str {
        &self.addresses.unavailable
    }

    /// The certificate of the server's authority.
    pub(crate) fn ca_file(&self) -> &Path {
        &self.addresses.ca_file
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // The server exits when its standard input is closed.
        drop(self.input.take());
        let _ = self.child.wait();
    }
}
