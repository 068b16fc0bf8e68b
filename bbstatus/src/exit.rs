//! The exit codes, which scripts rely on.

use std::process::ExitCode;

use bitbucket_build_status::{Error, ErrorKind};

/// How the process ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exit {
    /// Everything was done.
    Done,
    /// Any failure that has no code of its own.
    Failure,
    /// The command line makes no sense, or the input was refused before anything was sent.
    Usage,
    /// What was asked for does not exist, or the credentials may not see it.
    NotFound,
    /// The credentials were not accepted, or do not suffice.
    NotAllowed,
    /// Bitbucket refused the request as invalid.
    Refused,
    /// Bitbucket was not reachable, limited the rate, or did not respond in time, after all retries.
    Unavailable,
    /// A status that was waited for failed or was stopped.
    StatusFailed,
    /// A status that was waited for is still in progress.
    StatusPending,
    /// As the command that was run ended.
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

impl Exit {
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

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        exit.code().into()
    }
}

impl From<&Error> for Exit {
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
