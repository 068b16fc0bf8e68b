//! Runs the binary in an environment that is the same on every machine.

use std::{
    io::{BufRead as _, BufReader},
    process::{Child, ChildStdout, Command, ExitStatus, Output, Stdio},
};

use serde_json::Value;

use crate::wait::eventually;

/// A program with none of the environment that the tests run in, such as that of a git hook.
pub fn isolated(program: &str) -> Command {
    let mut command = Command::new(program);
    command.env_clear().stdin(Stdio::null());
    for name in ["PATH", "SystemRoot", "LLVM_PROFILE_FILE"] {
        command.envs(std::env::var_os(name).map(|value| (name, value)));
    }
    command
}

/// The binary with these arguments, in an environment with no CI system, no repository and no credentials.
pub fn bbstatus<'a>(binary: &str, arguments: impl IntoIterator<Item = &'a str>) -> Command {
    let mut command = isolated(binary);
    command.args(arguments).env("GIT_DIR", "/nonexistent");
    command
}

/// How a command ended, and what it wrote.
#[derive(Debug)]
pub struct CommandOutput {
    /// The exit code; none if a signal ended the command.
    pub code: Option<i32>,
    /// Everything on stdout.
    pub stdout: String,
    /// Everything on stderr.
    pub stderr: String,
}

impl From<Output> for CommandOutput {
    #[track_caller]
    fn from(output: Output) -> Self {
        Self {
            code: output.status.code(),
            stdout: String::from_utf8(output.stdout).expect("stdout is UTF-8"),
            stderr: String::from_utf8(output.stderr).expect("stderr is UTF-8"),
        }
    }
}

impl CommandOutput {
    /// `stdout` as JSON.
    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("{error}: {self:#?}"))
    }

    /// Checks that the command succeeded.
    #[track_caller]
    pub fn done(self) -> Self {
        assert_eq!(self.code, Some(0), "{self:#?}");
        self
    }

    /// Checks that the command failed with this code, has this text on stderr, and wrote nothing to stdout.
    #[track_caller]
    pub fn failed(self, code: i32, text: &str) -> Self {
        assert_eq!(self.code, Some(code), "{self:#?}");
        assert!(self.stderr.contains(text), "expected {text:?} in {self:#?}");
        assert_eq!(self.stdout, "", "{self:#?}");
        self
    }

    /// Checks that the command ended with this code and that `bbstatus` itself reported nothing (a shell may, and a
    /// machine may be so slow that `bbstatus` waits for a response).
    #[track_caller]
    pub fn quietly(&self, code: i32) {
        let mut lines = self.stderr.lines().filter(|line| !line.starts_with("note: no response yet; "));
        let reported = lines.any(|line| ["note: ", "warning: ", "error: "].iter().any(|label| line.contains(label)));
        assert_eq!((self.code, reported), (Some(code), false), "{self:#?}");
    }

    /// Checks that the command ended with this code and one warning, which contains this text.
    #[track_caller]
    pub fn warned(&self, code: i32, text: &str) {
        assert_eq!(self.code, Some(code), "{self:#?}");
        assert_eq!(self.stderr.matches("warning: ").count(), 1, "{self:#?}");
        assert!(self.stderr.contains(text), "expected {text:?} in {self:#?}");
    }
}

/// Runs a command to its end.
#[track_caller]
pub fn run(command: &mut Command) -> CommandOutput {
    command.output().unwrap_or_else(|error| panic!("{command:?}: {error}")).into()
}

/// A `bbstatus sandbox` that ends when it is dropped.
#[derive(Debug)]
pub struct SandboxProcess {
    /// The process.
    pub process: Child,
    /// The line with its addresses.
    pub address: Value,
    /// The rest of stdout.
    pub stdout: BufReader<ChildStdout>,
}

impl SandboxProcess {
    /// Starts the command and waits until it has reported its address.
    #[track_caller]
    pub fn start(command: &mut Command) -> Self {
        let mut process = command.stdout(Stdio::piped()).spawn().unwrap_or_else(|error| panic!("{command:?}: {error}"));
        let mut stdout = BufReader::new(process.stdout.take().expect("stdout is piped"));
        let mut line = String::new();
        stdout.read_line(&mut line).expect("a line");
        let address = serde_json::from_str(&line).unwrap_or_else(|error| panic!("{error} in {line:?}: {command:?}"));
        Self { process, address, stdout }
    }

    /// The base URL of its API.
    #[track_caller]
    pub fn url(&self) -> &str {
        self.address["url"].as_str().expect("a url")
    }
}

impl Drop for SandboxProcess {
    fn drop(&mut self) {
        // One that has ended by itself cannot be killed.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Waits until a process has ended.
#[track_caller]
pub fn ended(process: &mut Child) -> ExitStatus {
    let mut status = None;
    eventually("the end of the process", || {
        status = process.try_wait().expect("the state of the process");
        status.is_some()
    });
    status.expect("an exit status")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn output(code: i32, stdout: &str, stderr: &str) -> CommandOutput {
        CommandOutput { code: Some(code), stdout: stdout.to_owned(), stderr: stderr.to_owned() }
    }

    #[test]
    fn expectations_that_are_met_pass() {
        assert_eq!(output(0, "{\"a\": 1}", "note: x\n").done().json()["a"], 1);
        output(3, "", "error: not found\n").failed(3, "not found");
        output(130, "", "Terminated\nnote: no response yet; retrying for at most 1m in all\n").quietly(130);
        output(1, "data", "warning: lost\n").warned(1, "lost");
    }

    #[test]
    fn expectations_that_are_not_met_fail() {
        let fails = |check: fn() -> ()| std::panic::catch_unwind(check).is_err();
        assert!(fails(|| drop(output(1, "", "").done())));
        assert!(fails(|| drop(output(1, "", "error: x").failed(2, "x"))));
        assert!(fails(|| drop(output(1, "", "error: x").failed(1, "y"))));
        assert!(fails(|| drop(output(1, "data", "error: x").failed(1, "x"))));
        assert!(fails(|| output(1, "", "").quietly(0)));
        assert!(fails(|| output(0, "", "note: x").quietly(0)));
        assert!(fails(|| output(0, "", "warning: x\nwarning: y").warned(0, "x")));
        assert!(fails(|| output(0, "", "warning: x").warned(0, "y")));
    }
}
