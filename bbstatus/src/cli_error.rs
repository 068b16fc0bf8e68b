//! The error of a command.

use std::io;

use bitbucket_build_status::Error;

use crate::exit::ExitCode;

/// The error of a command.
#[derive(Clone, Debug)]
pub(crate) enum CliError {
    /// It is printed.
    Message {
        /// The exit code.
        exit: ExitCode,
        /// What went wrong.
        problem: String,
        /// The remedy.
        help: Option<String>,
    },
    /// Stdout was closed by its reader. There is nothing left to do, and nothing to print.
    BrokenPipe,
}

impl CliError {
    pub(crate) fn new(exit: ExitCode, problem: impl Into<String>) -> Self {
        Self::Message { exit, problem: problem.into(), help: None }
    }

    pub(crate) fn exit(&self) -> ExitCode {
        match self {
            Self::Message { exit, .. } => *exit,
            Self::BrokenPipe => ExitCode::Done,
        }
    }

    /// The remedy.
    pub(crate) fn remedy(&self) -> Option<&str> {
        match self {
            Self::Message { help, .. } => help.as_deref(),
            Self::BrokenPipe => None,
        }
    }

    /// What went wrong.
    pub(crate) fn problem(&self) -> &str {
        match self {
            Self::Message { problem, .. } => problem,
            Self::BrokenPipe => "stdout is closed",
        }
    }

    /// An error for input that is missing or not valid.
    pub(crate) fn usage(problem: impl Into<String>) -> Self {
        Self::new(ExitCode::Usage, problem)
    }

    /// Puts in front what could not be done.
    pub(crate) fn context(self, what: &str) -> Self {
        match self {
            Self::Message { exit, problem, help } => {
                Self::Message { exit, problem: format!("{what}: {problem}"), help }
            }
            Self::BrokenPipe => self,
        }
    }

    /// Replaces the name of the input by the one that the user typed.
    pub(crate) fn with_field_name(self, name: &str) -> Self {
        match self {
            Self::Message { exit, problem, help } => {
                let problem = problem.split_once(": ").map_or(&*problem, |(_, problem)| problem);
                Self::Message { exit, problem: format!("{name}: {problem}"), help }
            }
            Self::BrokenPipe => self,
        }
    }

    /// Appends to the message.
    pub(crate) fn detail(self, detail: &str) -> Self {
        match self {
            Self::Message { exit, problem, help } => {
                Self::Message { exit, problem: format!("{problem}; {detail}"), help }
            }
            Self::BrokenPipe => self,
        }
    }

    /// Ignores a closed stdout, where the outcome of the command does not depend on it.
    pub(crate) fn ignore_broken_pipe(self) -> Result<(), Self> {
        if matches!(self, Self::BrokenPipe) { Ok(()) } else { Err(self) }
    }

    /// Adds the remedy.
    pub(crate) fn help(self, remedy: impl Into<String>) -> Self {
        match self {
            Self::Message { exit, problem, .. } => Self::Message { exit, problem, help: Some(remedy.into()) },
            Self::BrokenPipe => self,
        }
    }
}

impl From<Error> for CliError {
    fn from(error: Error) -> Self {
        Self::from(&error)
    }
}

impl From<&Error> for CliError {
    fn from(error: &Error) -> Self {
        let mut problem = error.to_string();
        let causes = std::iter::successors(std::error::Error::source(error), |cause| cause.source());
        // The causes in between only name the layers of the HTTP client.
        if let Some(innermost) = causes.last().map(ToString::to_string)
            && !problem.contains(&innermost)
        {
            problem.extend([": ", &innermost]);
        }
        let cli_error = Self::new(ExitCode::from(error), problem).help(error.explain().to_string());
        if error.field() == Some("repo_slug") { cli_error.with_field_name("repository slug") } else { cli_error }
    }
}

/// For writing to stdout: errors of other I/O are mapped where they occur.
impl From<io::Error> for CliError {
    fn from(cause: io::Error) -> Self {
        match cause.kind() {
            io::ErrorKind::BrokenPipe => Self::BrokenPipe,
            _ => Self::new(ExitCode::Failure, format!("stdout could not be written: {cause}"))
                .help("Redirect stdout to a file or program that accepts it"),
        }
    }
}
