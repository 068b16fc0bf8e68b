//! The error of a command.

use std::io;

use bitbucket_build_status::Error;

use crate::exit::Exit;

/// The error of a command.
#[derive(Clone, Debug)]
pub(crate) enum Failure {
    /// It is printed.
    Told {
        /// The exit code.
        exit: Exit,
        /// What went wrong.
        problem: String,
        /// The remedy.
        help: Option<String>,
    },
    /// Stdout was closed by its reader. There is nothing left to do, and nothing to print.
    ClosedPipe,
}

impl Failure {
    pub(crate) fn new(exit: Exit, problem: impl Into<String>) -> Self {
        Self::Told { exit, problem: problem.into(), help: None }
    }

    pub(crate) fn exit(&self) -> Exit {
        match self {
            Self::Told { exit, .. } => *exit,
            Self::ClosedPipe => Exit::Done,
        }
    }

    /// The remedy.
    pub(crate) fn remedy(&self) -> Option<&str> {
        match self {
            Self::Told { help, .. } => help.as_deref(),
            Self::ClosedPipe => None,
        }
    }

    /// What went wrong.
    pub(crate) fn problem(&self) -> &str {
        match self {
            Self::Told { problem, .. } => problem,
            Self::ClosedPipe => "stdout is closed",
        }
    }

    /// An error for input that is missing or not valid.
    pub(crate) fn usage(problem: impl Into<String>) -> Self {
        Self::new(Exit::Usage, problem)
    }

    /// Puts in front what could not be done.
    pub(crate) fn because(self, what: &str) -> Self {
        match self {
            Self::Told { exit, problem, help } => Self::Told { exit, problem: format!("{what}: {problem}"), help },
            Self::ClosedPipe => self,
        }
    }

    /// Replaces the name of the input by the one that the user typed.
    pub(crate) fn called(self, name: &str) -> Self {
        match self {
            Self::Told { exit, problem, help } => {
                let problem = problem.split_once(": ").map_or(&*problem, |(_, problem)| problem);
                Self::Told { exit, problem: format!("{name}: {problem}"), help }
            }
            Self::ClosedPipe => self,
        }
    }

    /// Appends to the message.
    pub(crate) fn detail(self, detail: &str) -> Self {
        match self {
            Self::Told { exit, problem, help } => Self::Told { exit, problem: format!("{problem}; {detail}"), help },
            Self::ClosedPipe => self,
        }
    }

    /// Ignores a closed stdout, where the outcome of the command does not depend on it.
    pub(crate) fn unless_unread(self) -> Result<(), Self> {
        if matches!(self, Self::ClosedPipe) { Ok(()) } else { Err(self) }
    }

    /// Adds the remedy.
    pub(crate) fn help(self, remedy: impl Into<String>) -> Self {
        match self {
            Self::Told { exit, problem, .. } => Self::Told { exit, problem, help: Some(remedy.into()) },
            Self::ClosedPipe => self,
        }
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::from(&error)
    }
}

impl From<&Error> for Failure {
    fn from(error: &Error) -> Self {
        let mut problem = error.to_string();
        let causes = std::iter::successors(std::error::Error::source(error), |cause| cause.source());
        // The causes in between only name the layers of the HTTP client.
        if let Some(innermost) = causes.last().map(ToString::to_string)
            && !problem.contains(&innermost)
        {
            problem.extend([": ", &innermost]);
        }
        let failure = Self::new(Exit::from(error), problem).help(error.explain().to_string());
        if error.field() == Some("repo_slug") { failure.called("repository slug") } else { failure }
    }
}

/// For writing to stdout: errors of other I/O are mapped where they occur.
impl From<io::Error> for Failure {
    fn from(cause: io::Error) -> Self {
        match cause.kind() {
            io::ErrorKind::BrokenPipe => Self::ClosedPipe,
            _ => Self::new(Exit::Failure, format!("stdout could not be written: {cause}"))
                .help("Redirect stdout to a file or program that accepts it"),
        }
    }
}
