//! A Bitbucket in this process, and commands that report to it.

use std::{
    io::{BufRead as _, BufReader, Read as _},
    process::{Child, ChildStdout, Command, Stdio},
};

use bitbucket_build_status::{CommitHash, State, sandbox::Sandbox};
use rustix::process::{Pid, Signal, kill_process};
pub(crate) use test_support::{COMMIT, command::ended, wait::eventually};
use test_support::{command::CommandOutput, port::ReservedPort};
use tokio::runtime::Runtime;

/// A Bitbucket in the test's process, or one that is down.
pub(crate) struct Bitbucket {
    runtime: Runtime,
    port: u16,
    reserved: Option<ReservedPort>,
    sandbox: Option<Sandbox>,
}

impl Bitbucket {
    pub(crate) fn start() -> Self {
        let mut bitbucket = Self::down();
        bitbucket.come_up();
        bitbucket
    }

    /// One that is down: its port refuses connections.
    pub(crate) fn down() -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let reserved = ReservedPort::new();
        Self { runtime, port: reserved.number(), reserved: Some(reserved), sandbox: None }
    }

    pub(crate) fn come_up(&mut self) {
        // Only Linux lets a server listen on a port that another socket reserves.
        self.reserved.take_if(|_| !cfg!(target_os = "linux"));
        let commit = CommitHash::new(COMMIT).unwrap();
        let builder = Sandbox::builder().port(self.port).pull_request("acme/rocket", 7, "engine", &commit);
        self.sandbox = Some(self.runtime.block_on(builder.start()).unwrap());
    }

    pub(crate) fn sandbox(&self) -> &Sandbox {
        self.sandbox.as_ref().expect("it is up")
    }

    /// A command in an environment that knows no CI system, no repository and no other credentials.
    pub(crate) fn bbstatus<'a>(&self, arguments: impl IntoIterator<Item = &'a str>) -> Command {
        let mut command = test_support::command::bbstatus(env!("CARGO_BIN_EXE_bbstatus"), arguments);
        command.envs([
            ("BBSTATUS_API_URL", &*format!("http://127.0.0.1:{}/2.0", self.port)),
            ("BBSTATUS_REPO", "acme/rocket"),
            ("BBSTATUS_COMMIT", COMMIT),
            ("BBSTATUS_URL", "https://ci.example.com/builds/42"),
            ("BITBUCKET_TOKEN", Sandbox::TOKEN),
        ]);
        command
    }

    /// Starts `bbstatus run` with these options and a script for the shell, and waits until that has written a line.
    #[track_caller]
    pub(crate) fn begin(&self, options: &[&str], script: &str) -> Begun {
        let arguments = ["run", "unit-tests"].into_iter().chain(options.iter().copied());
        let mut command = self.bbstatus(arguments.chain(["--", "sh", "-c", script]));
        let mut process = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut stdout = BufReader::new(process.stdout.take().unwrap());
        let mut line = String::new();
        stdout.read_line(&mut line).unwrap();
        Begun { process, stdout, line: line.trim_end().to_owned() }
    }

    /// Runs `bbstatus run` with these options and a script for the shell to its end.
    #[track_caller]
    pub(crate) fn run(&self, options: &[&str], script: &str) -> CommandOutput {
        self.begin(options, script).end()
    }

    /// Reports a status by the library.
    pub(crate) fn set(&self, key: &str, state: State) {
        let commit = self.sandbox().client().commit("acme", "rocket", COMMIT).unwrap();
        self.runtime.block_on(commit.set(key, state, "https://ci.example.com/1").send()).unwrap();
    }

    /// The states and descriptions that were reported, in the order they were handled.
    pub(crate) fn reported(&self) -> Vec<(String, String)> {
        let journal = self.sandbox().journal();
        let taken = journal.iter().filter(|received| matches!(received.status, Some(200 | 201)));
        taken
            .map(|received| {
                let body = received.json().expect("a body");
                let text = |member: &str| body[member].as_str().unwrap_or_default().to_owned();
                assert_eq!(text("key"), "unit-tests");
                (text("state"), text("description"))
            })
            .collect()
    }

    /// The states that were reported.
    pub(crate) fn states(&self) -> Vec<String> {
        self.reported().into_iter().map(|(state, _)| state).collect()
    }

    /// Waits until so many states have been reported.
    #[track_caller]
    pub(crate) fn wait_for_reports(&self, many: usize) {
        eventually("reports", || self.states().len() >= many);
    }

    /// Waits until a state has been reported.
    #[track_caller]
    pub(crate) fn wait_for(&self, state: &str) {
        eventually(state, || self.states().iter().any(|reported| reported == state));
    }
}

/// A command that runs.
pub(crate) struct Begun {
    process: Child,
    stdout: BufReader<ChildStdout>,
    /// The first line of its output.
    pub(crate) line: String,
}

impl Begun {
    pub(crate) fn send(&self, signal: Signal) {
        kill_process(Pid::from_child(&self.process), signal).unwrap();
    }

    #[track_caller]
    pub(crate) fn end(mut self) -> CommandOutput {
        let mut stdout = String::new();
        self.stdout.read_to_string(&mut stdout).unwrap();
        let mut stderr = String::new();
        self.process.stderr.take().unwrap().read_to_string(&mut stderr).unwrap();
        let status = ended(&mut self.process);
        CommandOutput { code: status.code(), stdout: format!("{}\n{stdout}", self.line).trim().to_owned(), stderr }
    }
}

/// Whether a process is there and has not ended.
pub(crate) fn lives(process: &str) -> bool {
    let state = state(process);
    !state.is_empty() && !state.starts_with('Z')
}

/// What `ps` calls a process' state; nothing where there is no such process.
pub(crate) fn state(process: &str) -> String {
    let output = Command::new("ps").args(["-o", "stat=", "-p", process]).output().unwrap();
    String::from_utf8(output.stdout).unwrap()
}
