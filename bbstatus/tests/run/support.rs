//! A sandbox in this process, and commands that report to it.

use std::{
    io::{Read, Write as _},
    os::unix::process::CommandExt as _,
    process::{Child, Command, Stdio},
    sync::{Arc, Mutex},
    thread::{self, JoinHandle},
};

use bitbucket_build_status::{CommitHash, State, mock::build_status, sandbox::Sandbox};
use rustix::process::{Pid, Signal, kill_process, kill_process_group};
pub(crate) use test_support::{COMMIT, command::ended, wait::eventually};
use test_support::{
    command::CommandOutput,
    port::ReservedPort,
    server::{Gate, ReceivedRequest, RecordingServer, Reply, response},
};
use tokio::runtime::Runtime;

/// A sandbox in this process, which may be down.
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

    /// A sandbox that is down: its port refuses connections.
    pub(crate) fn down() -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let reserved = ReservedPort::new();
        Self { runtime, port: reserved.number(), reserved: Some(reserved), sandbox: None }
    }

    pub(crate) fn come_up(&mut self) {
        // Only on Linux a server can listen on a port that another socket reserves.
        self.reserved.take_if(|_| !cfg!(target_os = "linux"));
        let commit = CommitHash::new(COMMIT).unwrap();
        let builder = Sandbox::builder().port(self.port).pull_request("acme/rocket", 7, "engine", &commit);
        self.sandbox = Some(self.runtime.block_on(builder.start()).unwrap());
    }

    pub(crate) fn sandbox(&self) -> &Sandbox {
        self.sandbox.as_ref().expect("it is up")
    }

    /// A command in an environment without CI system, checkout or other credentials.
    pub(crate) fn bbstatus<'a>(&self, arguments: impl IntoIterator<Item = &'a str>) -> Command {
        bbstatus(&format!("http://127.0.0.1:{}", self.port), arguments)
    }

    /// `bbstatus run` with these options and a script for the shell.
    pub(crate) fn run_command(&self, options: &[&str], script: &str) -> Command {
        let arguments = ["run", "unit-tests"].into_iter().chain(options.iter().copied());
        self.bbstatus(arguments.chain(["--", "sh", "-c", script]))
    }

    /// `bbstatus run` with these options and a script for the shell, started by another program.
    pub(crate) fn run_command_by(&self, starter: &[&str], options: &[&str], script: &str) -> Command {
        let template = self.run_command(options, script);
        let mut command = Command::new(starter[0]);
        command.args(&starter[1..]).arg(template.get_program()).args(template.get_args()).env_clear();
        command.envs(template.get_envs().filter_map(|(name, value)| Some((name, value?))));
        command
    }

    /// Starts `bbstatus run` with these options and a script for the shell, and waits until the script has written a
    /// line.
    #[track_caller]
    pub(crate) fn begin(&self, options: &[&str], script: &str) -> Begun {
        Begun::start(&mut self.run_command(options, script))
    }

    /// The same, and waits until `bbstatus` has the response to INPROGRESS, so that no request is in flight.
    #[track_caller]
    pub(crate) fn begin_reported(&self, options: &[&str], script: &str) -> Begun {
        let begun = self.begin(&[options, &["-v"]].concat(), script);
        begun.wait_for_response();
        begun
    }

    /// Runs `bbstatus run` with these options and a script for the shell to its end.
    #[track_caller]
    pub(crate) fn run(&self, options: &[&str], script: &str) -> CommandOutput {
        self.begin(options, script).end()
    }

    /// Reports a status with the library.
    pub(crate) fn set(&self, key: &str, state: State) {
        let commit = self.sandbox().client().commit("acme", "rocket", COMMIT).unwrap();
        self.runtime.block_on(commit.set(key, state, "https://ci.example.com/1").send()).unwrap();
    }

    /// The states and descriptions that were reported, in their order.
    pub(crate) fn reported(&self) -> Vec<(String, String)> {
        let journal = self.sandbox().journal();
        let accepted =
            journal.iter().filter(|received| received.method != "GET" && matches!(received.status, Some(200 | 201)));
        accepted
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

    /// Waits until this number of states has been reported.
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

/// A server that accepts every request, and holds back some of the responses.
pub(crate) struct SlowBitbucket {
    server: RecordingServer,
    gate: Gate,
}

impl SlowBitbucket {
    /// Holds back the responses for which this function of number (from 0) and state returns true.
    pub(crate) fn holding(is_held: impl Fn(usize, &str) -> bool + Send + Sync + 'static) -> Self {
        let gate = Gate::closed();
        let held = gate.clone();
        let server = RecordingServer::with_handler(move |number, request| {
            let (state, request) = (state_of(request), request.json());
            let text = |name: &str| request[name].as_str().unwrap();
            let status = build_status(text("key"), State::parse(&state).unwrap(), text("url"));
            let body = serde_json::to_string(&status).unwrap();
            let bytes = response(201, &["Content-Type: application/json"], body);
            if is_held(number, &state) { Reply::Held(held.clone(), bytes) } else { Reply::Bytes(bytes) }
        });
        Self { server, gate }
    }

    /// Sends all responses from now on.
    pub(crate) fn respond(&self) {
        self.gate.open();
    }

    #[track_caller]
    pub(crate) fn begin(&self, options: &[&str], script: &str) -> Begun {
        let arguments = ["run", "unit-tests"].into_iter().chain(options.iter().copied());
        Begun::start(&mut bbstatus(self.server.address(), arguments.chain(["--", "sh", "-c", script])))
    }

    /// The states of the requests that were received.
    pub(crate) fn states(&self) -> Vec<String> {
        self.server.received().iter().map(state_of).collect()
    }

    /// Waits until this number of requests has been received.
    #[track_caller]
    pub(crate) fn wait_for_requests(&self, number: usize) {
        eventually(&format!("{number} requests"), || self.server.requests() >= number);
    }
}

fn state_of(request: &ReceivedRequest) -> String {
    request.json()["state"].as_str().unwrap().to_owned()
}

/// A command that reports to this server.
fn bbstatus<'a>(server: &str, arguments: impl IntoIterator<Item = &'a str>) -> Command {
    let mut command = test_support::command::bbstatus(env!("CARGO_BIN_EXE_bbstatus"), arguments);
    command.envs([
        ("BBSTATUS_API_URL", &*format!("{server}/2.0")),
        ("BBSTATUS_REPO", "acme/rocket"),
        ("BBSTATUS_COMMIT", COMMIT),
        ("BBSTATUS_URL", "https://ci.example.com/builds/42"),
        ("BITBUCKET_TOKEN", Sandbox::TOKEN),
    ]);
    command
}

/// A running command, which is killed if the test fails.
pub(crate) struct Begun {
    process: Child,
    stdout: Stream,
    stderr: Stream,
    /// The first line of its output.
    pub(crate) line: String,
}

/// The output of a command so far.
struct Stream {
    text: Arc<Mutex<String>>,
    reader: JoinHandle<()>,
}

impl Stream {
    fn read(mut pipe: impl Read + Send + 'static) -> Self {
        let text = Arc::<Mutex<String>>::default();
        let shared = Arc::clone(&text);
        let reader = thread::spawn(move || {
            let mut bytes = [0; 1024];
            while let Ok(read @ 1..) = pipe.read(&mut bytes) {
                shared.lock().unwrap().push_str(&String::from_utf8_lossy(&bytes[..read]));
            }
        });
        Self { text, reader }
    }

    #[track_caller]
    fn wait_for(&self, text: &str) {
        eventually(&format!("{text:?}"), || {
            let is_over = self.reader.is_finished();
            let found = self.text.lock().unwrap().contains(text);
            assert!(found || !is_over, "expected {text:?} in {:?}", self.text.lock().unwrap());
            found
        });
    }

    /// The entire output, when no process holds the stream open.
    #[track_caller]
    fn end(&self) -> String {
        eventually("the end of the output", || self.reader.is_finished());
        self.text.lock().unwrap().clone()
    }
}

impl Begun {
    /// Starts a command in a process group of its own, as a runner does, and waits until it has written a line.
    #[track_caller]
    pub(crate) fn start(command: &mut Command) -> Self {
        let command = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).process_group(0);
        let mut process = command.spawn().unwrap();
        let stdout = Stream::read(process.stdout.take().unwrap());
        let stderr = Stream::read(process.stderr.take().unwrap());
        let mut begun = Self { process, stdout, stderr, line: String::new() };
        eventually("a line or the end", || {
            begun.stdout.reader.is_finished() || begun.stdout.text.lock().unwrap().contains('\n')
        });
        begun.line = begun.stdout.text.lock().unwrap().lines().next().unwrap_or_default().to_owned();
        begun
    }

    /// Waits until `-v` shows a response.
    #[track_caller]
    pub(crate) fn wait_for_response(&self) {
        self.wait_for_message("< 2");
    }

    /// Waits until this text is on stderr.
    #[track_caller]
    pub(crate) fn wait_for_message(&self, text: &str) {
        self.stderr.wait_for(text);
    }

    /// Writes a line to its input.
    #[track_caller]
    pub(crate) fn write(&mut self, line: &str) {
        writeln!(self.process.stdin.as_mut().unwrap(), "{line}").unwrap();
    }

    /// Sends a signal to the process group of `bbstatus`.
    pub(crate) fn send_to_group(&self, signal: Signal) {
        kill_process_group(Pid::from_child(&self.process), signal).unwrap();
    }

    pub(crate) fn send(&self, signal: Signal) {
        kill_process(Pid::from_child(&self.process), signal).unwrap();
    }

    /// Sends a signal repeatedly until `bbstatus` has ended: soon after the first, a signal counts as a duplicate.
    #[track_caller]
    pub(crate) fn insist(&mut self, signal: Signal) {
        eventually("the end", || {
            let has_ended = self.process.try_wait().unwrap().is_some();
            if !has_ended {
                self.send(signal);
            }
            has_ended
        });
    }

    #[track_caller]
    pub(crate) fn end(mut self) -> CommandOutput {
        let status = ended(&mut self.process);
        let (stdout, stderr) = (self.stdout.end(), self.stderr.end());
        CommandOutput { code: status.code(), stdout: stdout.trim().to_owned(), stderr }
    }
}

impl Drop for Begun {
    fn drop(&mut self) {
        // This fails only if it has ended.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Whether a process exists and has not ended.
pub(crate) fn lives(process: &str) -> bool {
    let state = state(process);
    !state.is_empty() && !state.starts_with('Z')
}

/// The state of a process in the words of `ps`; empty if there is no such process.
pub(crate) fn state(process: &str) -> String {
    ps("stat=", process)
}

/// The process group of a process.
pub(crate) fn group(process: &str) -> String {
    ps("pgid=", process).trim().to_owned()
}

fn ps(column: &str, process: &str) -> String {
    let output = Command::new("ps").args(["-o", column, "-p", process]).output().unwrap();
    String::from_utf8(output.stdout).unwrap()
}

/// Runs a test in a process of its own that adopts orphans. In the process of all tests, this would affect the other
/// tests.
#[cfg(target_os = "linux")]
#[track_caller]
pub(crate) fn in_a_process_that_adopts_orphans(test: &str, body: impl FnOnce()) {
    const VARIABLE: &str = "BBSTATUS_TEST_ADOPTS_ORPHANS";
    if std::env::var_os(VARIABLE).is_some() {
        rustix::process::set_child_subreaper(Some(rustix::process::getpid())).unwrap();
        return body();
    }
    let mut command = Command::new(std::env::current_exe().unwrap());
    let output = CommandOutput::from(command.args(["--exact", test]).env(VARIABLE, "1").output().unwrap());
    assert!(output.code == Some(0) && output.stdout.contains("1 passed"), "{output:#?}");
}
