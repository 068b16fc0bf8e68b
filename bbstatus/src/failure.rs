//! Why a command ends before it is done.

use std::io;

use bitbucket_build_status::Error;

use crate::exit::Exit;

/// Why a command ends before it is done.
#[derive(Clone, Debug)]
pub(crate) enum Failure {
    /// With something to say.
    Told {
        /// The exit code.
        exit: Exit,
        /// What went wrong, in a sentence.
        problem: String,
        /// What to do about it.
        help: Option<String>,
    },
    /// Nobody reads the data any more, so there is nothing left to do.
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

    /// What to do about it.
    pub(crate) fn remedy(&self) -> Option<&str> {
        match self {
            Self::Told { help, .. } => help.as_deref(),
            Self::ClosedPipe => None,
        }
    }

    /// What went wrong, in a sentence.
    pub(crate) fn problem(&self) -> &str {
        match self {
            Self::Told { problem, .. } => problem,
            Self::ClosedPipe => "stdout is closed",
        }
    }

    /// For input that is missing or wrong.
    pub(crate) fn usage(problem: impl Into<String>) -> Self {
        Self::new(Exit::Usage, problem)
    }

    /// Says first what could not be done.
    pub(crate) fn because(self, what: &str) -> Self {
        match self {
            Self::Told { exit, problem, help } => Self::Told { exit, problem: format!("{what}: {problem}"), help },
            Self::ClosedPipe => self,
        }
    }

    /// Calls an input by the name under which it was typed.
    pub(crate) fn called(self, name: &str) -> Self {
        match self {
            Self::Told { exit, problem, help } => {
                let problem = problem.split_once(": ").map_or(&*problem, |(_, problem)| problem);
                Self::Told { exit, problem: format!("{name}: {problem}"), help }
            }
            Self::ClosedPipe => self,
        }
    }

    /// Adds to what went wrong.
    pub(crate) fn detail(self, detail: &str) -> Self {
        match self {
            Self::Told { exit, problem, help } => Self::Told { exit, problem: format!("{problem}; {detail}"), help },
            Self::ClosedPipe => self,
        }
    }

    /// Goes on where the only failure is that nobody reads the data any more: the outcome is what it is.
    pub(crate) fn unless_unread(self) -> Result<(), Self> {
        if matches!(self, Self::ClosedPipe) { Ok(()) } else { Err(self) }
    }

    /// Adds what to do about it.
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
        // What lies between only names the layers it went through.
        if let Some(innermost) = causes.last().map(ToString::to_string)
            && !problem.contains(&innermost)
        {
            problem.extend([": ", &innermost]);
        }
        let failure = Self::new(Exit::from(error), problem).help(error.explain().to_string());
        if error.field() == Some("repo_slug") { failure.called("repository slug") } else { failure }
    }
}

/// For writing to stdout, the only I/O whose errors are passed on as they are.
impl From<io::Error> for Failure {
    fn from(cause: io::Error) -> Self {
        match cause.kind() {
            io::ErrorKind::BrokenPipe => Self::ClosedPipe,
            _ => Self::new(Exit::Failure, format!("stdout could not be written: {cause}"))
                .help("Send stdout to a place that can be written and has room"),
        }
    }
}
