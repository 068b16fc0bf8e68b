//! The kinds of errors.

use std::fmt;

/// The class of a failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// Refused before anything was sent: the message names the field, the received value and what is expected.
    InvalidInput,
    /// Bitbucket refused the request as invalid (400, 413, 415, 422).
    Rejected,
    /// The credentials are missing, wrong or expired (401).
    Unauthorized,
    /// The credentials lack a scope or a permission (403), or the workspace's plan does not include this (402).
    Forbidden,
    /// Repository, commit, pull request or key do not exist, or the credentials may not see them (404).
    NotFound,
    /// The function has been removed (410).
    Gone,
    /// Too many requests in the last hour (429).
    RateLimited,
    /// An attempt or the entire call timed out, or the server reported a timeout (408).
    Timeout,
    /// A redirect (any 3xx), which is never followed: the repository has moved, or a proxy redirects to another host.
    /// The first has a [`location`](crate::Error::location).
    Redirect,
    /// Bitbucket is temporarily unavailable (500, 502, 503, 504).
    Unavailable,
    /// No connection, or one that broke before the response was complete.
    Transport,
    /// A 2xx response whose body is not a build status: HTML, empty, other JSON, or too large. Retried if it is not
    /// JSON.
    Decode,
    /// A 2xx response with a key, or with a known state, other than the one that was sent: a proxy, a cache or a test
    /// server mixes up responses.
    Mismatch,
    /// Anything else. Retried if it is a conflict with another write (409).
    Other,
}

impl ErrorKind {
    /// The kind of a response with this HTTP status.
    pub(crate) const fn of_status(status: u16) -> Self {
        match status {
            200..=299 => Self::Decode,
            300..=399 => Self::Redirect,
            400 | 413 | 415 | 422 => Self::Rejected,
            401 => Self::Unauthorized,
            402 | 403 => Self::Forbidden,
            404 => Self::NotFound,
            408 => Self::Timeout,
            410 => Self::Gone,
            429 => Self::RateLimited,
            500 | 502 | 503 | 504 => Self::Unavailable,
            _ => Self::Other,
        }
    }

    /// Whether a retry may succeed after a failure of this kind.
    pub(crate) const fn is_transient(self) -> bool {
        matches!(self, Self::RateLimited | Self::Timeout | Self::Unavailable | Self::Transport)
    }
}

impl fmt::Display for ErrorKind {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::InvalidInput => "invalid input",
            Self::Rejected => "rejected",
            Self::Unauthorized => "unauthorized",
            Self::Forbidden => "forbidden",
            Self::NotFound => "not found",
            Self::Gone => "gone",
            Self::RateLimited => "rate limited",
            Self::Timeout => "timeout",
            Self::Redirect => "redirect",
            Self::Unavailable => "unavailable",
            Self::Transport => "transport",
            Self::Decode => "decode",
            Self::Mismatch => "mismatch",
            Self::Other => "other",
        })
    }
}
