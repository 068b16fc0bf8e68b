//! What became of each line, and of all.

use std::io;

use bitbucket_build_status::Key;
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

/// What a result is about, as far as it is known.
#[derive(Default)]
pub(super) struct About<'a> {
    key: Option<&'a str>,
    state: Option<&'a str>,
    repo: Option<&'a str>,
    commit: Option<&'a str>,
}

impl<'a> About<'a> {
    pub(super) fn said(key: Option<&'a str>, state: Option<&'a str>) -> Self {
        Self { key, state, ..Self::default() }
    }
}

impl<'a> From<&'a Report> for About<'a> {
    fn from(report: &'a Report) -> Self {
        Self {
            key: Some(report.key.as_str()),
            state: Some(report.state.as_str()),
            repo: Some(&report.repo),
            commit: Some(report.hash()),
        }
    }
}

/// The results so far.
#[derive(Default)]
pub(super) struct Results {
    lines: u64,
    failed: u64,
    first: Option<(u64, String)>,
    shortened: Shortened,
    /// The line for which the credentials were refused, with the problem and its remedy.
    refused: Option<(u64, String, Option<String>)>,
    /// Why results cannot be written any more.
    lost: Option<io::Error>,
}

impl Results {
    /// Writes the result of a line. Where nobody reads results, reporting goes on all the same.
    pub(super) fn add(&mut self, output: &mut Output, line: u64, about: &About<'_>, failure: Option<&Failure>) {
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
                key: about.key,
                state: about.state,
                repo: about.repo,
                commit: about.commit,
                error,
                help,
                exit_code: exit.code(),
            };
            self.lost = output.json(&view).err();
        }
    }

    /// Counts a key that was too long.
    pub(super) fn count_shortened(&mut self, line: u64, report: &Report) {
        self.shortened.count(line, report);
    }

    /// Keeps that the credentials were refused: no other line would fare better.
    pub(super) fn refuse(&mut self, line: u64, failure: &Failure) {
        if let (None, Failure::Told { problem, help, .. }) = (&self.refused, failure) {
            self.refused = Some((line, problem.clone(), help.clone()));
        }
    }

    /// Why a line is not sent any more.
    pub(super) fn refusal(&self) -> Option<Failure> {
        let (line, ..) = self.refused.as_ref()?;
        let problem = format!("not sent, since the credentials were refused for line {line}");
        Some(Failure::new(Exit::NotAllowed, problem).help("Apply this line again with other credentials"))
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
        self.shortened.tell(output);
        if let Some((line, problem, help)) = self.refused {
            let text = format!("{} of {} lines were not reported; line {line}: {problem}", self.failed, self.lines);
            let failure = Failure::new(Exit::NotAllowed, text);
            return Err(help.into_iter().fold(failure, Failure::help));
        }
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

/// The keys that were too long, of which only the first is kept.
#[derive(Default)]
pub(super) struct Shortened {
    count: u64,
    first: Option<String>,
}

impl Shortened {
    pub(super) fn count(&mut self, line: u64, report: &Report) {
        let Some(whole) = &report.whole else { return };
        self.count += 1;
        self.first.get_or_insert_with(|| format!("line {line}: {whole} is reported as {}", report.key));
    }

    /// Says it once for all: a line for each would be as long as the file.
    pub(super) fn tell(&self, output: &Output) {
        let Some(first) = &self.first else { return };
        let (most, count) = (Key::MAX_CHARACTERS, self.count);
        let many = if count == 1 { String::new() } else { format!(", and {count} lines have a longer one") };
        output.note(&format!("a key has at most {most} characters{many}; {first}"));
    }
}
