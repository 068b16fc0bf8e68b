//! The result of each line, and the outcome of all.

use std::io;

use bitbucket_build_status::Key;
use serde::Serialize;

use super::job::Job;
use crate::{
    cli_error::CliError,
    exit::ExitCode,
    output::{JSON_VERSION, Output},
};

/// After this many unavailable results in a row, Bitbucket counts as down.
const MAX_UNAVAILABLE_IN_A_ROW: u32 = 10;

/// The result of a line as JSON. While `version` stays, members are only added.
#[derive(Debug, Serialize)]
struct View<'a> {
    version: u8,
    line: u64,
    reported: bool,
    key: Option<&'a str>,
    state: Option<&'a str>,
    repository: Option<&'a str>,
    commit: Option<&'a str>,
    dropped: Option<&'a str>,
    error: Option<&'a str>,
    help: Option<&'a str>,
    exit_code: u8,
}

/// The status that a result is about; members of a line that is not valid may be unknown.
#[derive(Default)]
pub(super) struct ResultSubject<'a> {
    key: Option<&'a str>,
    state: Option<&'a str>,
    repository: Option<&'a str>,
    commit: Option<&'a str>,
}

impl<'a> ResultSubject<'a> {
    pub(super) fn partial(key: Option<&'a str>, state: Option<&'a str>) -> Self {
        Self { key, state, ..Self::default() }
    }
}

impl<'a> From<&'a Job> for ResultSubject<'a> {
    fn from(job: &'a Job) -> Self {
        Self {
            key: Some(job.report.key.as_str()),
            state: Some(job.state.as_str()),
            repository: Some(&job.repository),
            commit: Some(job.hash()),
        }
    }
}

/// The outcome of a line.
pub(super) enum LineOutcome<'a> {
    Reported,
    /// A newer build had already reported.
    Dropped(&'a str),
    Failed(&'a CliError),
    NotTried,
}

/// Why no further line is sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Halt {
    /// The credentials were refused for this line.
    Unauthorized(u64),
    /// Bitbucket was not available for this line and several before it.
    Unavailable(u64),
    TimeOver,
    /// By a signal, with its name.
    Interrupted(&'static str),
}

impl Halt {
    /// The error of a line that was not sent.
    fn error(&self) -> CliError {
        match self {
            Self::Unauthorized(line) => {
                let problem = format!("not sent, because the credentials were refused for line {line}");
                CliError::new(ExitCode::NotAllowed, problem).help("Apply this line again with other credentials")
            }
            Self::Unavailable(line) => {
                let problem = format!("not sent, because Bitbucket was not available for line {line} and others");
                CliError::new(ExitCode::Unavailable, problem).help("Apply this line again later")
            }
            Self::TimeOver => CliError::new(ExitCode::Unavailable, "not sent before the end of --timeout")
                .help("Apply this line again, or allow more time"),
            Self::Interrupted(signal) => {
                CliError::new(ExitCode::Unavailable, format!("not sent before {signal}")).help("Apply this line again")
            }
        }
    }
}

/// The results so far.
#[derive(Default)]
pub(super) struct Results {
    lines: u64,
    failed: u64,
    dropped: u64,
    /// The number of failures with exit code 6.
    unavailable: u64,
    unavailable_in_a_row: u32,
    /// The first line that failed, with its error.
    first: Option<(u64, CliError)>,
    long_keys: LongKeys,
    halt: Option<Halt>,
    /// The error after which no more results are written.
    stdout_error: Option<io::Error>,
}

impl Results {
    /// Writes the result of a line. If stdout fails, reporting continues without results.
    pub(super) fn add(
        &mut self,
        output: &mut Output,
        line: u64,
        subject: &ResultSubject<'_>,
        outcome: &LineOutcome<'_>,
    ) {
        let halted;
        let (error, dropped) = match outcome {
            LineOutcome::Reported => (None, None),
            LineOutcome::Dropped(note) => (None, Some(*note)),
            LineOutcome::Failed(error) => (Some(*error), None),
            LineOutcome::NotTried => {
                halted = self.halt.as_ref().map(Halt::error);
                (halted.as_ref(), None)
            }
        };
        let exit = error.map_or(ExitCode::Done, CliError::exit);
        self.lines += 1;
        self.dropped += u64::from(dropped.is_some());
        self.failed += u64::from(error.is_some());
        self.unavailable += u64::from(exit == ExitCode::Unavailable);
        if !matches!(outcome, LineOutcome::NotTried) {
            self.unavailable_in_a_row = if exit == ExitCode::Unavailable { self.unavailable_in_a_row + 1 } else { 0 };
            if self.unavailable_in_a_row >= MAX_UNAVAILABLE_IN_A_ROW {
                self.halt(Halt::Unavailable(line));
            }
        }
        if let Some(error) = error
            && self.first.as_ref().is_none_or(|(first, _)| line < *first)
        {
            self.first = Some((line, error.clone()));
        }
        if self.stdout_error.is_none() {
            let view = View {
                version: JSON_VERSION,
                line,
                reported: error.is_none() && dropped.is_none(),
                key: subject.key,
                state: subject.state,
                repository: subject.repository,
                commit: subject.commit,
                dropped,
                error: error.map(CliError::problem),
                help: error.and_then(CliError::remedy),
                exit_code: exit.code(),
            };
            self.stdout_error = output.json(&view).err();
        }
    }

    /// Counts a key that was shortened.
    pub(super) fn count_long_key(&mut self, line: u64, job: &Job) {
        self.long_keys.count(line, job);
    }

    /// Records why no further line is sent. The first reason counts, except that an interrupt replaces it.
    pub(super) fn halt(&mut self, reason: Halt) {
        if self.halt.is_none() || matches!(reason, Halt::Interrupted(_)) {
            self.halt = Some(reason);
        }
    }

    /// Why no further line is sent.
    pub(super) fn halted(&self) -> Option<&Halt> {
        self.halt.as_ref()
    }

    /// Flushes the results before each wait, so that the reader always knows what was reported.
    pub(super) fn flush(&mut self, output: &mut Output) {
        if self.stdout_error.is_none() {
            self.stdout_error = output.finish().err();
        }
    }

    /// The counts so far, in words.
    pub(super) fn in_words(&self) -> String {
        let mut words = vec![format!("{} reported", self.lines - self.failed - self.dropped)];
        let others = [(self.failed, "failed"), (self.dropped, "dropped for a newer build")];
        words.extend(others.iter().filter(|(count, _)| *count > 0).map(|(count, what)| format!("{count} {what}")));
        words.join(", ")
    }

    /// Reports the outcome of all lines.
    pub(super) fn conclude(self, output: &Output) -> Result<ExitCode, CliError> {
        self.long_keys.note(output);
        if let Some(Halt::Interrupted(signal)) = self.halt {
            let problem = format!("interrupted by {signal}: {}; the lines after that were not read", self.in_words());
            return Err(
                CliError::new(ExitCode::Failure, problem).help("Lines that were not reported can be applied again")
            );
        }
        if let Some((line, first)) = &self.first {
            let exit = match self.halt {
                Some(Halt::Unauthorized(_)) => ExitCode::NotAllowed,
                _ if self.unavailable == self.failed => ExitCode::Unavailable,
                _ => ExitCode::Failure,
            };
            let problem = first.problem();
            // The error of a line that is not JSON already names the line.
            let prefix = if problem.starts_with("line ") { String::new() } else { format!("line {line}: ") };
            let problem = format!("{} of {} lines were not reported; {prefix}{problem}", self.failed, self.lines);
            let remedy = match (exit, first.remedy()) {
                (ExitCode::Failure, _) | (_, None) => "stdout has a result for each line",
                (_, Some(remedy)) => remedy,
            };
            return Err(CliError::new(exit, problem).help(remedy));
        }
        output.note(&self.in_words());
        match self.stdout_error {
            Some(cause) => Err(cause.into()),
            None => Ok(ExitCode::Done),
        }
    }

    /// Whether there was no line.
    pub(super) fn is_empty(&self) -> bool {
        self.lines == 0
    }
}

/// The keys that were shortened: their number, and the first one.
#[derive(Default)]
pub(super) struct LongKeys {
    count: u64,
    first: Option<String>,
}

impl LongKeys {
    pub(super) fn count(&mut self, line: u64, job: &Job) {
        let Some(long_key) = &job.long_key else { return };
        self.count += 1;
        self.first.get_or_insert_with(|| format!("line {line}: {long_key} is reported as {}", job.report.key));
    }

    /// Prints one note for all of them: a note for each would be as long as the file.
    pub(super) fn note(&self, output: &Output) {
        let Some(first) = &self.first else { return };
        let (most, count) = (Key::MAX_CHARACTERS, self.count);
        let many = if count == 1 { String::new() } else { format!(", and {count} lines have a longer one") };
        output.note(&format!("a key has at most {most} characters{many}; {first}"));
    }
}
