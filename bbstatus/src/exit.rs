//! The exit codes, which scripts rely on.

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
    /// `wait`: a status is still in progress.
    StatusPending,
    /// `run`: the exit code of the command.
    Command(u8),
}

/// The exit codes as the help, the manual pages and the reference show them.
pub(crate) const TABLE: [(&str, &str); 13] = [
    ("0", "done"),
    ("1", "any other failure"),
    ("2", "usage, or input refused before anything was sent"),
    ("3", "repository, commit, pull request or key not found"),
    ("4", "not allowed: credentials wrong, expired or without the right"),
    ("5", "refused by Bitbucket as invalid"),
    ("6", "Bitbucket not reachable, rate-limited or too slow, after all retries"),
    ("7", "`wait`: a status failed or was stopped"),
    ("8", "`wait`: a status is still in progress"),
    ("124", "`run`: the command took longer than --timeout"),
    ("126", "`run`: the command cannot be run"),
    ("127", "`run`: there is no such command"),
    ("128+n", "`run`: signal n ended the command"),
];

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
