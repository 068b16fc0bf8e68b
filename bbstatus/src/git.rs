//! What git knows about the current directory. A checkout may belong to somebody else, so git is an untrusted program: it
//! sees no secret, runs none of the programs that its configuration names, and contacts nobody.

use std::{
    cell::OnceCell,
    env,
    ffi::{OsStr, OsString},
    io::{self, Read},
    process::{Child, Command, Stdio},
    sync::mpsc,
    thread,
    time::{Duration, Instant},
};

/// How long git may take for one question.
const TIME_LIMIT: Duration = Duration::from_secs(10);
/// How often git is looked after when it has closed its output.
const POLL_INTERVAL: Duration = Duration::from_millis(1);
const OUTPUT_LIMIT: u64 = 1 << 20;

/// The variables that git needs to find itself, its configuration and the repository. No other is passed on.
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
    // Who owns the repository, where the command runs as root.
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
/// What is set instead: nothing is fetched (the second for versions before 2.45, which do not know the first), nothing is
/// asked for or written, and messages are in English.
const SETTINGS: [(&str, &str); 7] = [
    ("GIT_NO_LAZY_FETCH", "1"),
    ("GIT_ALLOW_PROTOCOL", ""),
    ("GIT_SSH_COMMAND", "false"),
    ("GIT_TERMINAL_PROMPT", "0"),
    ("GIT_OPTIONAL_LOCKS", "0"),
    ("GIT_NO_REPLACE_OBJECTS", "1"),
    ("LC_ALL", "C"),
];
/// What goes before the repository's own configuration. The questions are plumbing that runs no program; this is for what
/// a version may add to it.
const CONFIGURATION: [&str; 6] = [
    "core.fsmonitor=false",
    "core.hooksPath=/dev/null",
    "core.alternateRefsCommand=",
    "credential.helper=",
    "protocol.allow=never",
    // A repository inside of the checkout is no repository of its own.
    "safe.bareRepository=explicit",
];

/// Why git does not respond: it is not installed, this is no repository, or the repository belongs to somebody else.
pub(crate) type GitError = String;

/// A checkout, as far as its repository is asked about it.
pub(crate) trait Checkout {
    /// The full hash of the commit that a revision names; nothing where the repository has none.
    fn resolve(&self, revision: &str) -> Result<Option<String>, GitError>;
    /// A commit by its full hash; nothing where the repository does not have it.
    fn commit(&self, hash: &str) -> Result<Option<CommitObject>, GitError>;
    /// Whether a branch of a remote contains a commit.
    fn on_remote_branch(&self, hash: &str) -> Result<RemoteBranch, GitError>;
    /// The branch that is checked out, by its bare name.
    fn branch(&self) -> Result<Option<String>, GitError>;
    /// The remotes.
    fn remotes(&self) -> Result<Vec<GitRemote>, GitError>;
}

/// What a commit says about itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct CommitObject {
    /// The author's address.
    pub(crate) author: String,
    pub(crate) parents: Vec<String>,
}

/// Whether a branch of a remote contains a commit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum RemoteBranch {
    Contains,
    DoesNotContain,
    /// No branch of a remote is known.
    Unknown,
}

/// A remote and its addresses: as configured, and as `insteadOf` makes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct GitRemote {
    pub(crate) name: String,
    pub(crate) addresses: Vec<String>,
}

/// The repository of the current directory. One that has not responded in time is not asked again.
#[derive(Default)]
pub(crate) struct Git {
    timed_out: OnceCell<GitError>,
}

impl Checkout for Git {
    fn resolve(&self, revision: &str) -> Result<Option<String>, GitError> {
        // It would be an option.
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
        // Outside of a repository there is a configuration too: that of the user.
        self.ask(&["rev-parse", "--git-dir"])?;
        let configured = self.ask(&["config", "--null", "--get-regexp", r"^(remote\..*\.url|url\..*\.insteadof)$"])?;
        let (mut remotes, mut is_rewritten) = (Vec::<GitRemote>::new(), false);
        for entry in configured.as_deref().unwrap_or_default().split('\0') {
            let Some((key, address)) = entry.split_once('\n') else { continue };
            match key.strip_prefix("remote.").and_then(|key| key.strip_suffix(".url")) {
                // The first of several addresses is the one that is fetched from.
                Some(name) if !remotes.iter().any(|remote| remote.name == name) => {
                    remotes.push(GitRemote { name: name.to_owned(), addresses: vec![address.to_owned()] });
                }
                Some(_) => {}
                None => is_rewritten = true,
            }
        }
        for remote in remotes.iter_mut().filter(|remote| is_rewritten && !remote.name.starts_with('-')) {
            // It contacts nobody.
            remote.addresses.extend(self.ask(&["ls-remote", "--get-url", &remote.name])?);
        }
        Ok(remotes)
    }
}

impl Git {
    /// Asks git a question; nothing where it has no response to it.
    fn ask(&self, arguments: &[&str]) -> Result<Option<String>, GitError> {
        if let Some(problem) = self.timed_out.get() {
            return Err(problem.clone());
        }
        let mut command = command();
        command.args(arguments);
        match run(command, TIME_LIMIT) {
            Ok(response) => response.read(),
            Err(cause) if cause.kind() == io::ErrorKind::TimedOut => {
                let problem = format!("git did not respond within {TIME_LIMIT:?}");
                Err(self.timed_out.get_or_init(|| problem).clone())
            }
            Err(cause) => Err(format!("git could not be run: {cause}")),
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

/// Git, without what it is not to know and to do.
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

/// The variables that git is given.
fn environment(variables: impl Iterator<Item = (OsString, OsString)>) -> impl Iterator<Item = (OsString, OsString)> {
    // Windows does not tell names by case.
    let is = |one: &OsStr, other: &str| if cfg!(windows) { one.eq_ignore_ascii_case(other) } else { one == other };
    variables.filter(move |(name, _)| VARIABLES.iter().any(|known| is(name, known))).map(|(name, value)| {
        // A relative folder is one of the checkout, which may bring a git of its own.
        let value = if name == "PATH" { absolute(&value) } else { value };
        (name, value)
    })
}

fn absolute(path: &OsStr) -> OsString {
    let folders = env::split_paths(path).filter(|folder| folder.is_absolute());
    let path = env::join_paths(folders).unwrap_or_default();
    // Without any folder, the current one would be searched.
    if path.is_empty() { "/".into() } else { path }
}

/// The folders of somebody else that the environment tells git to read all the same; the variables of the same kind may
/// hold secrets, and are not passed on.
fn trusted_folders(variable: impl Fn(&str) -> Option<String>) -> Vec<String> {
    let count = variable("GIT_CONFIG_COUNT").and_then(|count| count.parse::<u16>().ok()).unwrap_or_default();
    let is_trust = |key: String| key.eq_ignore_ascii_case("safe.directory");
    let folders = (0..count).filter(|number| variable(&format!("GIT_CONFIG_KEY_{number}")).is_some_and(is_trust));
    folders.filter_map(|number| variable(&format!("GIT_CONFIG_VALUE_{number}"))).collect()
}

/// What a program has written, and whether it succeeded.
struct Response {
    success: bool,
    stdout: Vec<u8>,
    stderr: Vec<u8>,
}

impl Response {
    fn read(self) -> Result<Option<String>, GitError> {
        let text = String::from_utf8_lossy(&self.stdout);
        let text = text.trim_end_matches(['\n', '\r']);
        match (self.success, self.stderr.is_empty()) {
            (true, _) => Ok(Some(text.to_owned()).filter(|text| !text.is_empty())),
            // The questions are quiet where there is nothing to be found.
            (false, true) => Ok(None),
            (false, false) => {
                Err(String::from_utf8_lossy(&self.stderr).lines().next().unwrap_or_default().trim().to_owned())
            }
        }
    }
}

/// Runs a program for as long as it may take.
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
    let (stdout, stderr) = (reader(child.stdout.take()), reader(child.stderr.take()));
    let time_left = || deadline.saturating_duration_since(Instant::now());
    let timed_out = || io::Error::from(io::ErrorKind::TimedOut);
    // Each ends when the program, and whatever it has started, has closed it.
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

/// Reads a stream on a thread of its own, so that this one waits until the deadline and no longer.
fn reader(stream: Option<impl Read + Send + 'static>) -> mpsc::Receiver<io::Result<Vec<u8>>> {
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || {
        let mut bytes = Vec::new();
        let read = stream.map(|stream| stream.take(OUTPUT_LIMIT).read_to_end(&mut bytes));
        // There is no receiver any more where the time is over.
        let _ = sender.send(read.transpose().map(|_| bytes));
    });
    receiver
}

#[cfg(test)]
mod tests {
    use super::{CommitObject, environment, trusted_folders};

    #[test]
    fn git_sees_no_variable_that_it_does_not_need() {
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
        let given = environment(variables.iter().map(|(name, value)| ((*name).into(), (*value).into())));
        let names: Vec<_> = given.map(|(name, _)| name.into_string().unwrap()).collect();
        assert_eq!(names, ["HOME", "GIT_DIR"]);
    }

    #[test]
    #[cfg(unix)]
    fn a_folder_of_the_checkout_has_no_git() {
        for (path, absolute) in [("/usr/bin::.:bin:/bin", "/usr/bin:/bin"), ("", "/"), (".", "/")] {
            let given: Vec<_> = environment([("PATH".into(), path.into())].into_iter()).collect();
            assert_eq!(given, [("PATH".into(), absolute.into())]);
        }
    }

    #[test]
    fn folders_are_trusted_that_the_environment_trusts() {
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
    fn a_program_that_does_not_end_is_ended() {
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
