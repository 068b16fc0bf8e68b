//! How a maintenance task fails, and its exit code.

use std::{fmt, io, process::ExitCode};

/// The result of a maintenance task.
pub type Outcome = Result<(), Failure>;

/// Why a maintenance task did not succeed.
#[derive(Debug)]
pub enum Failure {
    /// The check ran and found something to fix: exit code 1.
    Found(String),
    /// The check could not run, because what it needs is missing or cannot be used: exit code 2.
    Unusable(String),
}

impl fmt::Display for Failure {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Found(text) => formatter.write_str(text),
            Self::Unusable(text) => write!(formatter, "error: {text}"),
        }
    }
}

impl std::error::Error for Failure {}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self::Unusable(error.to_string())
    }
}

impl From<Failure> for ExitCode {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Found(_) => Self::from(1),
            Failure::Unusable(_) => Self::from(2),
        }
    }
}

/// Fails with one line for each finding, if there are any.
pub(crate) fn unless_empty(findings: &[String]) -> Outcome {
    if findings.is_empty() { Ok(()) } else { Err(Failure::Found(findings.join("\n"))) }
}
