//! Running the binary, and what it runs against.

use std::{
    fs::{self, File},
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::TcpListener,
    path::PathBuf,
    process::{Child, ChildStdout, Command, Stdio},
    thread,
};

use serde_json::Value;

pub(crate) const COMMIT: &str = "e10dae226959c2194f2b07b077c07762d93821cf";
pub(crate) const URL: &str = "https://ci.example.com/builds/42";
/// Where every command of a test reports, unless it says otherwise.
pub(crate) const PLACE: [(&str, &str); 3] =
    [("BBSTATUS_REPO", "acme/rocket"), ("BBSTATUS_COMMIT", COMMIT), ("BBSTATUS_URL", URL)];

/// What came of a command.
#[derive(Debug)]
pub(crate) struct Ended {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Ended {
    /// The data as JSON.
    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|problem| panic!("{problem}: {self:#?}"))
    }

    /// Holds that the command was done.
    #[track_caller]
    pub(crate) fn done(self) -> Self {
        assert_eq!(self.code, Some(0), "{self:#?}");
        self
    }

    /// Holds that the command failed with this code, said this, and wrote no data.
    #[track_caller]
    pub(crate) fn failed(self, code: i32, said: &str) -> Self {
        assert_eq!(self.code, Some(code), "{self:#?}");
        assert!(self.stderr.contains(said), "expected {said:?} in {self:#?}");
        assert_eq!(self.stdout, "", "{self:#?}");
        self
    }
}

/// A command in an environment that knows no CI system, no repository and no credentials.
pub(crate) fn bbstatus<'a>(arguments: impl IntoIterator<Item = &'a str>) -> Command {
    let mut command = alone(env!("CARGO_BIN_EXE_bbstatus"));
    command.args(arguments).env("GIT_DIR", "/nonexistent");
    command
}

/// A program that knows nothing of the environment that the tests run in, such as a repository whose hook runs them.
pub(crate) fn alone(program: &str) -> Command {
    let mut command = Command::new(program);
    command.env_clear().stdin(Stdio::null());
    for name in ["PATH", "SystemRoot", "LLVM_PROFILE_FILE"] {
        command.envs(std::env::var_os(name).map(|value| (name, value)));
    }
    command
}

/// Runs a command to its end.
#[track_caller]
pub(crate) fn run(command: &mut Command) -> Ended {
    let output = command.output().unwrap_or_else(|problem| panic!("{command:?}: {problem}"));
    Ended {
        code: output.status.code(),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}

/// An empty folder of a test's own.
pub(crate) fn folder(test: &str) -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(test);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    folder
}

/// A `bbstatus sandbox` that ends with the test.
pub(crate) struct Sandbox {
    pub(crate) process: Child,
    pub(crate) address: Value,
    pub(crate) data: BufReader<ChildStdout>,
    log: PathBuf,
}

impl Sandbox {
    pub(crate) fn start(test: &str, arguments: &[&str]) -> Self {
        let log = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("{test}.log"));
        let mut command = bbstatus(["sandbox"]);
        command.args(arguments).stdout(Stdio::piped()).stderr(File::create(&log).unwrap());
        let mut process = command.spawn().unwrap();
        let mut data = BufReader::new(process.stdout.take().unwrap());
        let mut line = String::new();
        data.read_line(&mut line).unwrap();
        let address = serde_json::from_str(&line)
            .unwrap_or_else(|problem| panic!("{problem}: {line:?}, {}", fs::read_to_string(&log).unwrap()));
        Self { process, address, data, log }
    }

    pub(crate) fn url(&self) -> &str {
        self.address["url"].as_str().unwrap()
    }

    /// What stands on stderr so far.
    pub(crate) fn log(&self) -> String {
        fs::read_to_string(&self.log).unwrap()
    }

    /// A command that reports to this sandbox, with a token.
    pub(crate) fn bbstatus<'a>(&self, arguments: impl IntoIterator<Item = &'a str>) -> Command {
        reporting_to(self.url(), arguments)
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// A command that reports to this address, with a token and without repeats.
pub(crate) fn reporting_to<'a>(url: &str, arguments: impl IntoIterator<Item = &'a str>) -> Command {
    let mut command = bbstatus(arguments);
    command.envs(PLACE).envs([("BBSTATUS_API_URL", url), ("BITBUCKET_TOKEN", "t0ken"), ("BBSTATUS_RETRIES", "0")]);
    command
}

/// The address of a server that gives every request the same answer, for as long as the tests run.
pub(crate) fn server(status: &'static str, header: &'static str, body: String) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            // A request fits into one read: its head and body are sent in one piece, or the body is not waited for.
            let _ = stream.read(&mut [0; 8192]);
            let length = body.len();
            let _ = write!(
                stream,
                "HTTP/1.1 {status}\r\n{header}content-length: {length}\r\nconnection: close\r\n\r\n{body}"
            );
        }
    });
    format!("http://{address}/2.0")
}
