//! Runs the binary, and starts the servers that it runs against.

use std::{
    fs::{self, File},
    io::{Read as _, Write as _},
    net::TcpStream,
    path::{Path, PathBuf},
    process::Command,
};

use test_support::command::SandboxProcess;
pub(crate) use test_support::{
    COMMIT,
    command::{isolated, run},
    port::ReservedPort,
    server::{RecordingServer, Reply, response},
};

/// The token of the commands: a sandbox without a seed accepts it.
pub(crate) const TOKEN: &str = bitbucket_build_status::sandbox::Sandbox::TOKEN;
pub(crate) const URL: &str = "https://ci.example.com/builds/42";
/// The repository, commit and url that commands report, unless a test sets others.
pub(crate) const LOCATION_ENV: [(&str, &str); 3] =
    [("BBSTATUS_REPO", "acme/rocket"), ("BBSTATUS_COMMIT", COMMIT), ("BBSTATUS_URL", URL)];

/// A command in an environment without CI system, checkout and credentials.
pub(crate) fn bbstatus<'a>(arguments: impl IntoIterator<Item = &'a str>) -> Command {
    test_support::command::bbstatus(env!("CARGO_BIN_EXE_bbstatus"), arguments)
}

/// An empty folder for one test.
pub(crate) fn folder(test: &str) -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(test);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    folder
}

/// Writes a script that can be run.
pub(crate) fn write_program(path: &Path, script: &str) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, script).unwrap();
    #[cfg(unix)]
    fs::set_permissions(path, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
}

/// A `bbstatus sandbox` that ends with the test, and its log.
pub(crate) struct Sandbox {
    pub(crate) process: SandboxProcess,
    log: PathBuf,
}

impl Sandbox {
    #[track_caller]
    pub(crate) fn start(test: &str, arguments: &[&str]) -> Self {
        let log = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("{test}.log"));
        let mut command = bbstatus(["sandbox"]);
        command.args(arguments).stderr(File::create(&log).unwrap());
        Self { process: SandboxProcess::start(&mut command), log }
    }

    pub(crate) fn url(&self) -> &str {
        self.process.url()
    }

    /// Stderr so far.
    pub(crate) fn log(&self) -> String {
        fs::read_to_string(&self.log).unwrap()
    }

    /// A command that reports to this sandbox, with a token.
    pub(crate) fn bbstatus<'a>(&self, arguments: impl IntoIterator<Item = &'a str>) -> Command {
        reporting_to(self.url(), arguments)
    }
}

/// A command that reports to this address, with a token and without retries.
pub(crate) fn reporting_to<'a>(url: &str, arguments: impl IntoIterator<Item = &'a str>) -> Command {
    let mut command = bbstatus(arguments);
    command.envs(LOCATION_ENV).envs([("BBSTATUS_API_URL", url), ("BITBUCKET_TOKEN", TOKEN), ("BBSTATUS_RETRIES", "0")]);
    command
}

/// Passes a request on to a sandbox, and returns the bytes of its response.
pub(crate) fn forward(
    sandbox: &bitbucket_build_status::sandbox::Sandbox,
    request: &test_support::server::ReceivedRequest,
) -> Vec<u8> {
    let kept = request.headers.iter().filter(|(name, _)| !["host", "connection"].contains(&name.as_str()));
    let lines: String = kept.flat_map(|(name, value)| [name, ": ", value, "\r\n"]).collect();
    let line = format!("{} {}", request.method, request.target);
    let address = sandbox.address();
    let bytes = test_support::raw_client::request(&address.to_string(), &line, &lines, &request.body);
    let mut connection = TcpStream::connect(address).unwrap();
    connection.write_all(&bytes).unwrap();
    let mut response = Vec::new();
    connection.read_to_end(&mut response).unwrap();
    response
}

/// A server that returns the same response to every request.
pub(crate) fn server(status: u16, headers: &[&str], body: &str) -> RecordingServer {
    RecordingServer::scripted([Reply::Bytes(response(status, headers, body))])
}
