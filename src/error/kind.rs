//! From what came to the kind of error and whether to repeat: one table.

use std::fmt;

/// What went wrong, in one word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// Refused before anything was sent: the message names the field, what came and what is expected.
    InvalidInput,
    /// Bitbucket refused the request as invalid (400, 413, 415, 422).
    Rejected,
    /// The credentials are missing, wrong or expired (401).
    Unauthorized,
    /// The credentials do not suffice (403), or the workspace's plan does not (402).
    Forbidden,
    /// Repository, commit, pull request or key do not exist, or the credentials may not see them (404).
    NotFound,
    /// The function has been removed (410).
    Gone,
    /// Too many requests in the running hour (429).
    RateLimited,
    /// An attempt or the whole call took too long, or the server said so (408).
    Timeout,
    /// The repository has moved (any 3xx); never followed.
    Redirect,
    /// Bitbucket is not available for now (500, 502, 503, 504).
    Unavailable,
    /// No connection, or one that broke before the answer was whole.
    Transport,
    /// The answer was a success and no status: HTML, nothing, other JSON, or too large.
    Decode,
    /// Anything else.
    Other,
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
            Self::Other => "other",
        })
    }
}

/// What an attempt came to, as far as the decision to repeat it goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Came {
    /// An answer with this status, read to its end.
    Status(u16),
    /// No connection, or one that broke.
    Broken,
    /// The server's certificate is not trusted, which no repeat mends.
    Untrusted,
    /// The attempt took too long.
    TimedOut,
    /// The request could not be built.
    Unsendable,
}

/// Gives the kind of error, and whether repeating the request may help.
///
/// Every request of this API may be repeated: GET reads, PUT replaces, and POST overwrites the status of its key.
pub(crate) const fn judge(came: Came) -> (ErrorKind, bool) {
    match came {
        Came::Broken => (ErrorKind::Transport, true),
        Came::Untrusted => (ErrorKind::Transport, false),
        Came::TimedOut => (ErrorKind::Timeout, true),
        Came::Unsendable => (ErrorKind::InvalidInput, false),
        Came::Status(status) => match status {
            200..=299 => (ErrorKind::Decode, false),
            300..=399 => (ErrorKind::Redirect, false),
            400 | 413 | 415 | 422 => (ErrorKind::Rejected, false),
            401 => (ErrorKind::Unauthorized, false),
            402 | 403 => (ErrorKind::Forbidden, false),
            404 => (ErrorKind::NotFound, false),
            408 => (ErrorKind::Timeout, true),
            410 => (ErrorKind::Gone, false),
            429 => (ErrorKind::RateLimited, true),
            500 | 502 | 503 | 504 => (ErrorKind::Unavailable, true),
            _ => (ErrorKind::Other, false),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::{Came, ErrorKind, judge};

    #[test]
    fn every_answer_has_its_kind_and_only_passing_failures_are_repeated() {
        let table = [
            (Came::Unsendable, ErrorKind::InvalidInput, false),
            (Came::Broken, ErrorKind::Transport, true),
            (Came::Untrusted, ErrorKind::Transport, false),
            (Came::TimedOut, ErrorKind::Timeout, true),
            (Came::Status(101), ErrorKind::Other, false),
            (Came::Status(200), ErrorKind::Decode, false),
            (Came::Status(204), ErrorKind::Decode, false),
            (Came::Status(301), ErrorKind::Redirect, false),
            (Came::Status(308), ErrorKind::Redirect, false),
            (Came::Status(400), ErrorKind::Rejected, false),
            (Came::Status(401), ErrorKind::Unauthorized, false),
            (Came::Status(402), ErrorKind::Forbidden, false),
            (Came::Status(403), ErrorKind::Forbidden, false),
            (Came::Status(404), ErrorKind::NotFound, false),
            (Came::Status(405), ErrorKind::Other, false),
            (Came::Status(408), ErrorKind::Timeout, true),
            (Came::Status(409), ErrorKind::Other, false),
            (Came::Status(410), ErrorKind::Gone, false),
            (Came::Status(413), ErrorKind::Rejected, false),
            (Came::Status(415), ErrorKind::Rejected, false),
            (Came::Status(422), ErrorKind::Rejected, false),
            (Came::Status(429), ErrorKind::RateLimited, true),
            (Came::Status(500), ErrorKind::Unavailable, true),
            (Came::Status(501), ErrorKind::Other, false),
            (Came::Status(502), ErrorKind::Unavailable, true),
            (Came::Status(503), ErrorKind::Unavailable, true),
            (Came::Status(504), ErrorKind::Unavailable, true),
            (Came::Status(599), ErrorKind::Other, false),
        ];
        for (came, kind, repeat) in table {
            assert_eq!(judge(came), (kind, repeat), "{came:?}");
        }
    }
}
