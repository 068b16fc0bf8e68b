//! The exit codes, which scripts rely on.

use std::fmt;

use bitbucket_build_status::{Error, ErrorKind};

/// The exit code of the process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ExitCode {
    /// Everything was done.
    Done,
    /// Any failure without a code of its own.
    Failure,
    /// The command line or the input is not valid; nothing was sent.
    Usage,
    /// Something does not exist, or is hidden from these credentials.
    NotFound,
    /// The credentials were refused, or lack a scope.
    NotAllowed,
    /// Bitbucket refused the request as invalid.
    Refused,
    /// Bitbucket was not reachable, limited the rate, or did not respond in time, despite all retries.
    Unavailable,
    /// `wait`: a status failed or was stopped.
    StatusFailed,
    /// `wait`: a status is in progress, or an expected one is missing.
    StatusPending,
    /// `run`: the exit code of the command.
    Command(u8),
}

/// An exit code as the help, the manual pages and the reference show it.
pub(crate) struct Entry {
    pub(crate) code: &'static str,
    /// The only command that has it.
    pub(crate) command: Option<&'static str>,
    pub(crate) meaning: &'static str,
}

const fn any(code: &'static str, meaning: &'static str) -> Entry {
    Entry { code, command: None, meaning }
}

const fn only(command: &'static str, code: &'static str, meaning: &'static str) -> Entry {
    Entry { code, command: Some(command), meaning }
}

/// All exit codes.
pub(crate) const TABLE: [Entry; 13] = [
    any("0", "done"),
    any("1", "any other failure"),
    any("2", "invalid usage or input; nothing was sent"),
    any("3", "repository, commit, pull request or key not found"),
    any("4", "not allowed: the credentials are wrong, expired, or lack a scope or permission"),
    any("5", "Bitbucket refused the request as invalid"),
    any("6", "Bitbucket not reachable, rate-limited or too slow, after all retries"),
    only("wait", "7", "a status failed or was stopped"),
    only("wait", "8", "a status is in progress, or an expected one is missing"),
    only("run", "124", "the command took longer than --timeout"),
    only("run", "126", "the command cannot be run"),
    only("run", "127", "there is no such command"),
    only("run", "128+n", "signal n ended the command"),
];

impl fmt::Display for Entry {
    /// The meaning, with the command in front if there is only one.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.command {
            Some(command) => write!(formatter, "`{command}`: {}", self.meaning),
            None => formatter.write_str(self.meaning),
        }
    }
}

impl ExitCode {
    /// The number that the calling process sees.
    pub(crate) const fn code(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::Failure => 1,
            Self::Usage => 2,
            Self::NotFound => 3,
            Self::NotAllowed => 4,
            Self::Refused => 5,
            Self::Unavailable => 6,
            Self::StatusFailed => 7,
            Self::StatusPending => 8,
            Self::Command(code) => code,
        }
    }
}

impl From<ExitCode> for std::process::ExitCode {
    fn from(exit: ExitCode) -> Self {
        exit.code().into()
    }
}

impl From<&Error> for ExitCode {
    fn from(error: &Error) -> Self {
        use ErrorKind as Kind;
        match error.kind() {
            Kind::InvalidInput => Self::Usage,
            Kind::NotFound => Self::NotFound,
            Kind::Unauthorized | Kind::Forbidden => Self::NotAllowed,
            Kind::Rejected => Self::Refused,
            Kind::RateLimited | Kind::Timeout | Kind::Unavailable | Kind::Transport => Self::Unavailable,
            Kind::Other if error.status().is_some_and(|status| status >= 500) => Self::Unavailable,
            _ => Self::Failure,
        }
    }
}
