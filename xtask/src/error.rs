//! How a maintenance task fails, and its exit code.

use std::{fmt, io, process::ExitCode};

/// The result of a maintenance task.
pub type Outcome = Result<(), Error>;

/// Why a maintenance task did not succeed.
#[derive(Debug)]
pub enum Error {
    /// The check ran and found something to fix: exit code 1.
    CheckFailed(String),
    /// The check could not run, because something that it needs is missing or unusable: exit code 2.
    Unusable(String),
}

impl fmt::Display for Error {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::CheckFailed(text) => formatter.write_str(text),
            Self::Unusable(text) => write!(formatter, "error: {text}"),
        }
    }
}

impl std::error::Error for Error {}

impl From<io::Error> for Error {
    fn from(error: io::Error) -> Self {
        Self::Unusable(error.to_string())
    }
}

impl From<Error> for ExitCode {
    fn from(error: Error) -> Self {
        match error {
            Error::CheckFailed(_) => Self::from(1),
            Error::Unusable(_) => Self::from(2),
        }
    }
}

/// Fails with one line for each finding, if there are any.
pub(crate) fn fail_if_any(findings: &[String]) -> Outcome {
    if findings.is_empty() { Ok(()) } else { Err(Error::CheckFailed(findings.join("\n"))) }
}
