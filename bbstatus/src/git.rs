//! What git knows about the current directory. Others may be able to write to a checkout, so git is treated as an
//! untrusted program: it sees no secrets, runs no program from its configuration, and connects to nothing.

use std::{
    cell::Cell,
    env,
    ffi::{OsStr, OsString},
    fmt,
    io::{self, Read},
    process::{Child, Command, Stdio},
    sync::mpsc,
    thread,
    time::{Duration, Instant},
};

/// The time limit of one git command.
const TIME_LIMIT: Duration = Duration::from_secs(10);
/// How often to check whether git has ended once its output is closed.
const POLL_INTERVAL: Duration = Duration::from_millis(1);
const OUTPUT_LIMIT: u64 = 1 << 20;

/// The variables with which git finds its programs, its configuration and the repository. No others are passed on.
const VARIABLES: [&str; 21] = [
    "PATH",
    "LD_LIBRARY_PATH",
    "HOME",
    "XDG_CONFIG_HOME",
    "USERPROFILE",
    "HOMEDRIVE",
    "HOMEPATH",
    "SystemRoot",
    "TEMP",
    "TMP",
    // For git's check of the repository's owner under sudo.
    "SUDO_UID",
    "GIT_DIR",
    "GIT_WORK_TREE",
    "GIT_COMMON_DIR",
    "GIT_OBJECT_DIRECTORY",
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_CEILING_DIRECTORIES",
    "GIT_DISCOVERY_ACROSS_FILESYSTEM",
    "GIT_CONFIG_GLOBAL",
    "GIT_CONFIG_SYSTEM",
    "GIT_CONFIG_NOSYSTEM",
];
/// Settings instead of the user's: no fetch (the second variable is for versions before 2.45, which ignore the first),
/// no prompt, no writes, messages in English.
const SETTINGS: [(&str, &str); 7] = [
    ("GIT_NO_LAZY_FETCH", "1"),
    ("GIT_ALLOW_PROTOCOL", ""),
    ("GIT_SSH_COMMAND", "false"),
    ("GIT_TERMINAL_PROMPT", "0"),
    ("GIT_OPTIONAL_LOCKS", "0"),
    ("GIT_NO_REPLACE_OBJECTS", "1"),
    ("LC_ALL", "C"),
];
/// Overrides of the repository's configuration. The commands below are plumbing that runs no configured program; this
/// is a second line of defence.
const CONFIGURATION: [&str; 6] = [
    "core.fsmonitor=false",
    "core.hooksPath=/dev/null",
    "core.alternateRefsCommand=",
    "credential.helper=",
    "protocol.allow=never",
    // A bare repository that is committed inside the checkout is not trusted.
    "safe.bareRepository=explicit",
];

/// Why git failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum GitError {
    /// It is not installed, or cannot be run.
    NotRun(String),
    /// It did not respond within the time limit.
    TimedOut,
    /// It refused, in its own words: this is not a repository, or the repository belongs to someone else.
    Refused(String),
}

impl fmt::Display for GitError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotRun(cause) => write!(formatter, "git could not be run: {cause}"),
            Self::TimedOut => write!(formatter, "git did not respond within {TIME_LIMIT:?}"),
            Self::Refused(message) => formatter.write_str(message),
        }
    }
}

/// What can be asked about a checkout.
pub(crate) trait Checkout {
    /// The full hash of the commit that a revision names, if the repository has it.
    fn resolve(&self, revision: &str) -> Result<Option<String>, GitError>;
    /// A commit by its full hash, if the repository has it.
    fn commit(&self, hash: &str) -> Result<Option<CommitObject>, GitError>;
    /// Whether a remote branch contains a commit.
    fn on_remote_branch(&self, hash: &str) -> Result<RemoteBranch, GitError>;
    /// The bare name of the branch that is checked out.
    fn branch(&self) -> Result<Option<String>, GitError>;
    /// The remotes.
    fn remotes(&self) -> Result<Vec<GitRemote>, GitError>;
}

/// The header of a commit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct CommitObject {
    /// The author's address.
    pub(crate) author: String,
    pub(crate) parents: Vec<String>,
}

/// Whether a remote branch contains a commit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum RemoteBranch {
    Contains,
    DoesNotContain,
    /// No remote branch is known here.
    Unknown,
}

/// A remote and its addresses: as configured, and as rewritten by `insteadOf`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct GitRemote {
    pub(crate) name: String,
    pub(crate) addresses: Vec<String>,
}

/// The repository of the current directory. After a timeout, git is not run again.
#[derive(Default)]
pub(crate) struct Git {
    has_timed_out: Cell<bool>,
}

impl Checkout for Git {
    fn resolve(&self, revision: &str) -> Result<Option<String>, GitError> {
        // Git would read it as an option.
        if revision.starts_with('-') {
            return Ok(None);
        }
        self.ask(&["rev-parse", "--verify", "--quiet", &format!("{revision}^{{commit}}")])
    }

    fn commit(&self, hash: &str) -> Result<Option<CommitObject>, GitError> {
        let Some(hash) = self.resolve(hash)? else { return Ok(None) };
        Ok(self.ask(&["cat-file", "commit", &hash])?.map(|object| CommitObject::parse(&object)))
    }

    fn on_remote_branch(&self, hash: &str) -> Result<RemoteBranch, GitError> {
        let any = ["for-each-ref", "--count=1", "--format=%(refname)"];
        if self.ask(&[&any[..], &["--contains", hash, "refs/remotes/"]].concat())?.is_some() {
            return Ok(RemoteBranch::Contains);
        }
        let known = self.ask(&[&any[..], &["refs/remotes/"]].concat())?;
        Ok(if known.is_some() { RemoteBranch::DoesNotContain } else { RemoteBranch::Unknown })
    }

    fn branch(&self) -> Result<Option<String>, GitError> {
        let head = self.ask(&["symbolic-ref", "--quiet", "HEAD"])?;
        Ok(head.and_then(|head| head.strip_prefix("refs/heads/").map(str::to_owned)))
    }

    fn remotes(&self) -> Result<Vec<GitRemote>, GitError> {
        // Fail outside a repository, where `git config` would read the user's configuration.
        self.ask(&["rev-parse", "--git-dir"])?;
        let configured = self.ask(&["config", "--null", "--get-regexp", r"^(remote\..*\.url|url\..*\.insteadof)$"])?;
        let (mut remotes, mut is_rewritten) = (Vec::<GitRemote>::new(), false);
        for entry in configured.as_deref().unwrap_or_default().split('\0') {
            let Some((key, address)) = entry.split_once('\n') else { continue };
            match key.strip_prefix("remote.").and_then(|key| key.strip_suffix(".url")) {
                // Git fetches from the first of several addresses.
                Some(name) if !remotes.iter().any(|remote| remote.name == name) => {
                    remotes.push(GitRemote { name: name.to_owned(), addresses: vec![address.to_owned()] });
                }
                Some(_) => {}
                None => is_rewritten = true,
            }
        }
        for remote in remotes.iter_mut().filter(|remote| is_rewritten && !remote.name.starts_with('-')) {
            // With `--get-url` it does not connect.
            remote.addresses.extend(self.ask(&["ls-remote", "--get-url", &remote.name])?);
        }
        Ok(remotes)
    }
}

impl Git {
    /// Runs a git command and returns its output, if there is any.
    fn ask(&self, arguments: &[&str]) -> Result<Option<String>, GitError> {
        if self.has_timed_out.get() {
            return Err(GitError::TimedOut);
        }
        let mut command = command();
        command.args(arguments);
        match run(command, TIME_LIMIT) {
            Ok(response) => response.read(),
            Err(cause) if cause.kind() == io::ErrorKind::TimedOut => {
                self.has_timed_out.set(true);
                Err(GitError::TimedOut)
            }
            Err(cause) => Err(GitError::NotRun(cause.to_string())),
        }
    }
}

impl CommitObject {
    /// Reads the header of a commit, which ends at the first empty line.
    fn parse(object: &str) -> Self {
        let header = || object.lines().take_while(|line| !line.is_empty());
        let author = header().find_map(|line| line.strip_prefix("author "));
        let address = author.and_then(|author| author.rsplit_once('<')?.1.split_once('>')).unwrap_or_default().0;
        let parents = header().filter_map(|line| line.strip_prefix("parent ")).map(str::to_owned).collect();
        Self { author: address.to_owned(), parents }
    }
}

/// A git command with a restricted environment and configuration.
fn command() -> Command {
    let mut command = Command::new("git");
    command.env_clear().envs(environment(env::vars_os())).envs(SETTINGS);
    for setting in CONFIGURATION {
        command.args(["-c", setting]);
    }
    let trusted = trusted_folders(|name| env::var(name).ok());
    command.args(trusted.into_iter().flat_map(|folder| ["-c".to_owned(), format!("safe.directory={folder}")]));
    command
}

/// The variables that are passed on to git.
fn environment(variables: impl Iterator<Item = (OsString, OsString)>) -> impl Iterator<Item = (OsString, OsString)> {
    // On Windows, names of variables are case-insensitive.
    let is = |one: &OsStr, other: &str| if cfg!(windows) { one.eq_ignore_ascii_case(other) } else { one == other };
    variables.filter(move |(name, _)| VARIABLES.iter().any(|known| is(name, known))).map(|(name, value)| {
        // A relative path leads into the checkout, which may contain a `git` of its own.
        let value = if name == "PATH" { absolute(&value) } else { value };
        (name, value)
    })
}

fn absolute(path: &OsStr) -> OsString {
    let folders = env::split_paths(path).filter(|folder| folder.is_absolute());
    let path = env::join_paths(folders).unwrap_or_default();
    // An empty PATH would mean the current directory.
    if path.is_empty() { "/".into() } else { path }
}

/// The values of `safe.directory` in `GIT_CONFIG_KEY_<n>`. Other configuration in such variables may contain secrets
/// and is not passed on.
fn trusted_folders(variable: impl Fn(&str) -> Option<String>) -> Vec<String> {
    let count = variable("GIT_CONFIG_COUNT").and_then(|count| count.parse::<u16>().ok()).unwrap_or_default();
    let is_trust = |key: String| key.eq_ignore_ascii_case("safe.directory");
    let folders = (0..count).filter(|number| variable(&format!("GIT_CONFIG_KEY_{number}")).is_some_and(is_trust));
    folders.filter_map(|number| variable(&format!("GIT_CONFIG_VALUE_{number}"))).collect()
}

/// The output of a program, and whether it succeeded.
struct Response {
    success: bool,
    stdout: Vec<u8>,
    stderr: Vec<u8>,
}

impl Response {
    fn read(self) -> Result<Option<String>, GitError> {
        let text = String::from_utf8_lossy(&self.stdout);
        let text = text.trim_end_matches(['\n', '\r']);
        if self.success {
            return Ok(Some(text.to_owned()).filter(|text| !text.is_empty()));
        }
        let message = String::from_utf8_lossy(&self.stderr);
        match message.lines().map(str::trim).find(|line| !line.is_empty()) {
            Some(message) => Err(GitError::Refused(message.to_owned())),
            // The commands are silent if they find nothing.
            None => Ok(None),
        }
    }
}

/// Runs a program, and kills it at the time limit.
fn run(mut command: Command, limit: Duration) -> io::Result<Response> {
    let deadline = Instant::now() + limit;
    let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
    let outcome = finish(&mut child, deadline);
    if outcome.is_err() {
        let _ = child.kill();
        let _ = child.wait();
    }
    outcome
}

fn finish(child: &mut Child, deadline: Instant) -> io::Result<Response> {
    let (stdout, stderr) = (reader(child.stdout.take())?, reader(child.stderr.take())?);
    let time_left = || deadline.saturating_duration_since(Instant::now());
    let timed_out = || io::Error::from(io::ErrorKind::TimedOut);
    // A stream ends when the program and its child processes have closed it.
    let stdout = stdout.recv_timeout(time_left()).map_err(|_| timed_out())??;
    let stderr = stderr.recv_timeout(time_left()).map_err(|_| timed_out())??;
    loop {
        match child.try_wait()? {
            Some(status) => return Ok(Response { success: status.success(), stdout, stderr }),
            None if time_left().is_zero() => return Err(timed_out()),
            None => thread::sleep(POLL_INTERVAL),
        }
    }
}

/// Reads a stream on another thread, so that waiting for it can time out.
fn reader(stream: Option<impl Read + Send + 'static>) -> io::Result<mpsc::Receiver<io::Result<Vec<u8>>>> {
    let (sender, receiver) = mpsc::channel();
    let started = thread::Builder::new().spawn(move || {
        let mut bytes = Vec::new();
        let read = stream.map(|stream| stream.take(OUTPUT_LIMIT).read_to_end(&mut bytes));
        // After the timeout there is no receiver.
        let _ = sender.send(read.transpose().map(|_| bytes));
    });
    started.map_err(|cause| io::Error::new(cause.kind(), format!("no thread can be started: {cause}")))?;
    Ok(receiver)
}

#[cfg(test)]
mod tests {
    use super::{CommitObject, environment, trusted_folders};

    #[test]
    fn git_sees_only_variables_that_it_needs() {
        let variables = [
            ("HOME", "/home/jane"),
            ("GIT_DIR", "/srv/rocket"),
            ("BITBUCKET_TOKEN", "secret"),
            ("GIT_SSH_COMMAND", "program"),
            ("GIT_EXTERNAL_DIFF", "program"),
            ("GIT_PAGER", "program"),
            ("GIT_ASKPASS", "program"),
            ("GIT_CONFIG_COUNT", "1"),
            ("GIT_CONFIG_KEY_0", "http.extraHeader"),
            ("GIT_CONFIG_VALUE_0", "Authorization: Bearer secret"),
            ("GIT_CONFIG_PARAMETERS", "'alias.log=!program'"),
            ("GIT_EXEC_PATH", "."),
            ("LD_PRELOAD", "library"),
        ];
        let passed = environment(variables.iter().map(|(name, value)| ((*name).into(), (*value).into())));
        let names: Vec<_> = passed.map(|(name, _)| name.into_string().unwrap()).collect();
        assert_eq!(names, ["HOME", "GIT_DIR"]);
    }

    #[test]
    #[cfg(unix)]
    fn relative_folders_in_path_are_dropped() {
        for (path, absolute) in [("/usr/bin::.:bin:/bin", "/usr/bin:/bin"), ("", "/"), (".", "/")] {
            let passed: Vec<_> = environment([("PATH".into(), path.into())].into_iter()).collect();
            assert_eq!(passed, [("PATH".into(), absolute.into())]);
        }
    }

    #[test]
    fn safe_directories_of_the_environment_are_kept() {
        let variables = [
            ("GIT_CONFIG_COUNT", "3"),
            ("GIT_CONFIG_KEY_0", "http.extraHeader"),
            ("GIT_CONFIG_VALUE_0", "secret"),
            ("GIT_CONFIG_KEY_1", "safe.Directory"),
            ("GIT_CONFIG_VALUE_1", "*"),
            ("GIT_CONFIG_KEY_2", "safe.directory"),
        ];
        let variable = |name: &str| variables.iter().find(|known| known.0 == name).map(|known| known.1.to_owned());
        assert_eq!(trusted_folders(variable), ["*"]);
        assert!(trusted_folders(|_| Some("-1".to_owned())).is_empty());
    }

    #[test]
    fn author_and_parents_are_in_the_header_of_a_commit() {
        let merge = "tree 1\nparent 2\nparent 3\nauthor A <b> <nobody@nowhere> 1 +0000\ncommitter C <c@d> 1 +0000\n\
                     gpgsig -----BEGIN\n parent 4\n\nparent 5\nauthor D <e@f>\n";
        let parents = vec!["2".to_owned(), "3".to_owned()];
        assert_eq!(CommitObject::parse(merge), CommitObject { author: "nobody@nowhere".to_owned(), parents });
        assert_eq!(CommitObject::parse("author broken"), CommitObject { author: String::new(), parents: Vec::new() });
    }

    #[test]
    #[cfg(unix)]
    fn a_program_that_does_not_end_is_killed() {
        use std::{io::ErrorKind, process::Command, time::Duration};

        use super::run;

        let endless = |script: &str| {
            let mut command = Command::new("sh");
            command.args(["-c", script]);
            run(command, Duration::from_millis(50)).map(|_| ()).unwrap_err().kind()
        };
        assert_eq!(endless("exec sleep 600"), ErrorKind::TimedOut);
        assert_eq!(endless("exec >&- 2>&-; exec sleep 600"), ErrorKind::TimedOut);
    }
}
