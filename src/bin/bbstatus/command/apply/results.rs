//! What became of each line, and of all.

use std::io;

use serde::Serialize;

use super::report::Report;
use crate::{
    exit::Exit,
    failure::Failure,
    output::{JSON_VERSION, Output},
};

/// The result of a line, as it is written. Members are added, never taken away, while `version` stays.
#[derive(Debug, Serialize)]
struct View<'a> {
    version: u8,
    line: u64,
    reported: bool,
    key: Option<&'a str>,
    state: Option<&'a str>,
    repo: Option<&'a str>,
    commit: Option<&'a str>,
    error: Option<&'a str>,
    help: Option<&'a str>,
    exit_code: u8,
}

/// The results so far.
#[derive(Default)]
pub(super) struct Results {
    lines: u64,
    failed: u64,
    first: Option<(u64, String)>,
    /// Why results cannot be written any more.
    lost: Option<io::Error>,
}

impl Results {
    /// Writes the result of a line. Where nobody reads results, reporting goes on all the same.
    pub(super) fn add(&mut self, output: &mut Output, line: u64, report: Option<&Report>, failure: Option<&Failure>) {
        self.lines += 1;
        let (error, help, exit) = match failure {
            Some(Failure::Told { exit, problem, help }) => (Some(problem.as_str()), help.as_deref(), *exit),
            Some(Failure::ClosedPipe) | None => (None, None, Exit::Done),
        };
        if let Some(error) = error {
            self.failed += 1;
            if self.first.as_ref().is_none_or(|(first, _)| line < *first) {
                self.first = Some((line, error.to_owned()));
            }
        }
        if self.lost.is_none() {
            let view = View {
                version: JSON_VERSION,
                line,
                reported: error.is_none(),
                key: report.map(|report| report.key.as_str()),
                state: report.map(|report| report.state.as_str()),
                repo: report.map(|report| &*report.repo),
                commit: report.map(Report::hash),
                error,
                help,
                exit_code: exit.code(),
            };
            self.lost = output.json(&view).err();
        }
    }

    /// Hands over what was written, before anything is waited for: whoever reads along, or ends this, knows what has
    /// been done.
    pub(super) fn hand_over(&mut self, output: &mut Output) {
        if self.lost.is_none() {
            self.lost = output.finish().err();
        }
    }

    /// How far it is, in words.
    pub(super) fn in_words(&self) -> String {
        let reported = self.lines - self.failed;
        match self.failed {
            0 => format!("{reported} reported"),
            failed => format!("{reported} reported, {failed} not"),
        }
    }

    /// How it ends.
    pub(super) fn conclude(self, output: &Output) -> Result<Exit, Failure> {
        if let Some((line, problem)) = &self.first {
            let text = format!("{} of {} lines were not reported; line {line}: {problem}", self.failed, self.lines);
            return Err(Failure::new(Exit::Failure, text).help("stdout has a result for each line"));
        }
        output.note(&self.in_words());
        match self.lost {
            Some(cause) => Err(cause.into()),
            None => Ok(Exit::Done),
        }
    }
}
