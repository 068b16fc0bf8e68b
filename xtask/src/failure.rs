//! How a chore fails, and the exit code that says so.

use std::{fmt, process::ExitCode};

/// What a chore gives.
pub type Outcome = Result<(), Failure>;

/// Why a chore did not succeed.
#[derive(Debug)]
pub enum Failure {
    /// The chore looked and found something to mend: exit code 1.
    Found(String),
    /// The chore could not look, because what it was given cannot be used: exit code 2.
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

impl From<Failure> for ExitCode {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Found(_) => Self::from(1),
            Failure::Unusable(_) => Self::from(2),
        }
    }
}

/// Succeeds when nothing was found, and otherwise fails with one line for each finding.
pub(crate) fn unless_empty(findings: &[String]) -> Outcome {
    if findings.is_empty() {
        return Ok(());
    }
    Err(Failure::Found(findings.join("\n")))
}
