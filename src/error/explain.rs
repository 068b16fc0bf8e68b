//! From an error to its likely cause and remedy, in plain words.

use std::fmt;

use super::{Error, ErrorKind};

/// The likely cause of an error and what to do about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Explanation {
    /// What most likely happened.
    pub cause: &'static str,
    /// What to do about it.
    pub remedy: &'static str,
}

impl fmt::Display for Explanation {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}. {}.", self.cause, self.remedy)
    }
}

impl Error {
    /// The likely cause and the remedy.
    #[must_use]
    pub fn explain(&self) -> Explanation {
        let (cause, remedy) = match self.kind() {
            ErrorKind::InvalidInput => ("The input was refused before anything was sent", "Correct the field it names"),
            ErrorKind::Unauthorized => ("The credentials were not accepted", "Check the token"),
            _ => ("Bitbucket could not do it", "See the message"),
        };
        Explanation { cause, remedy }
    }
}
