//! A Bitbucket in this process, and commands that report to it.

use std::{
    io::{BufRead as _, BufReader, Read as _},
    net::TcpListener,
    process::{Child, ChildStdout, Command, ExitStatus, Stdio},
    thread,
    time::{Duration, Instant},
};

use bitbucket_build_status::{Client, CommitHash, State, sandbox::Sandbox};
use rustix::process::{Pid, Signal, kill_process};
use tokio::runtime::Runtime;

pub(crate) const COMMIT: &str = "e10dae226959c2194f2b07b077c07762d93821cf";
/// Longer than any test waits for anything that happens.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);

/// A Bitbucket that runs beside the test, or does not run yet.
pub(crate) struct Bitbucket {
    runtime: Runtime,
    port: u16,
    sandbox: Option<Sandbox>,
}

impl Bitbucket {
    pub(crate) fn start() -> Self {
        let mut bitbucket = Self::down();
        bitbucket.come_up();
        bitbucket
    }

    /// One that does not run, and whose port nobody listens on.
    pub(crate) fn down() -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        Self { runtime, port, sandbox: None }
    }

    pub(crate) fn come_up(&mut self) {
        let commit = CommitHash::new(COMMIT).unwrap();
        let builder = Sandbox::builder().port(self.port).pull_request("acme/rocket", 7, "engine", &commit);
        self.sandbox = Some(self.runtime.block_on(builder.start()).unwrap());
    }

    pub(crate) fn sandbox(&self) -> &Sandbox {
        self.sandbox.as_ref().expect("it is up")
    }

    /// A command in an environment that knows no CI system, no repository and no other credentials.
    pub(crate) fn bbstatus<'a>(&self, arguments: impl IntoIterator<Item = &'a str>) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_bbstatus"));
        command.args(arguments).env_clear().env("GIT_DIR", "/nonexistent").stdin(Stdio::null());
        for name in ["PATH", "LLVM_PROFILE_FILE"] {
            command.envs(std::env::var_os(name).map(|value| (name, value)));
        }
        command.envs([
            ("BBSTATUS_API_URL", &*format!("http://127.0.0.1:{}/2.0", self.port)),
            ("BBSTATUS_REPO", "acme/rocket"),
            ("BBSTATUS_COMMIT", COMMIT),
            ("BBSTATUS_URL", "https://ci.example.com/builds/42"),
            ("BITBUCKET_TOKEN", "t0ken"),
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
    pub(crate) fn run(&self, options: &[&str], script: &str) -> Ended {
        self.begin(options, script).end()
    }

    /// Reports a status by the library.
    pub(crate) fn set(&self, key: &str, state: State) {
        let client = Client::builder().base_url(self.sandbox().url()).build().unwrap();
        let commit = client.commit("acme", "rocket", COMMIT).unwrap();
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
    pub(crate) fn end(mut self) -> Ended {
        let mut stdout = String::new();
        self.stdout.read_to_string(&mut stdout).unwrap();
        let mut stderr = String::new();
        self.process.stderr.take().unwrap().read_to_string(&mut stderr).unwrap();
        let status = ended(&mut self.process);
        Ended { code: status.code(), stdout: format!("{}\n{stdout}", self.line).trim().to_owned(), stderr }
    }
}

/// What came of a command.
#[derive(Debug)]
pub(crate) struct Ended {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Ended {
    /// Holds that it ended with this code, and that `bbstatus` had nothing to say (a shell may).
    #[track_caller]
    pub(crate) fn quietly(&self, code: i32) {
        let said = ["note: ", "warning: ", "error: "].iter().any(|what| self.stderr.contains(what));
        assert_eq!((self.code, said), (Some(code), false), "{self:#?}");
    }

    /// Holds that it ended with this code and one warning, in which this stands.
    #[track_caller]
    pub(crate) fn warned(&self, code: i32, said: &str) {
        assert_eq!(self.code, Some(code), "{self:#?}");
        assert_eq!(self.stderr.matches("warning: ").count(), 1, "{self:#?}");
        assert!(self.stderr.contains(said), "expected {said:?} in {self:#?}");
    }
}

#[track_caller]
pub(crate) fn ended(process: &mut Child) -> ExitStatus {
    let mut status = None;
    eventually("the end", || {
        status = process.try_wait().unwrap();
        status.is_some()
    });
    status.expect("an exit status")
}

/// Waits until something holds.
#[track_caller]
pub(crate) fn eventually(what: &str, mut holds: impl FnMut() -> bool) {
    let began = Instant::now();
    while !holds() {
        assert!(began.elapsed() < PATIENCE, "waited in vain for {what}");
        thread::sleep(Duration::from_millis(10));
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
