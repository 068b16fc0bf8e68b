//! `bbstatus apply`: reports many statuses from a file.

mod entry;
mod lanes;
mod report;
mod results;
mod source;

use std::{num::NonZeroUsize, path::PathBuf, sync::Arc, time::Duration};

use bitbucket_build_status::{Error, ErrorKind};
use clap::Args;
use entry::Entry;
use lanes::Lanes;
use report::{Budget, Report};
use results::{About, Results, Shortened};
use source::{Line, Source};
use tokio::task::{JoinError, JoinSet};

use super::show;
use crate::{
    args::{Build, Connection, Format, Place, Trying, number},
    connection::Target,
    credentials::is_stdin,
    exit::Exit,
    failure::Failure,
    git,
    output::{self, Progress, Throttle},
    session::Session,
};

/// How many lines may wait for an earlier one about the same status, for each that is sent.
const WAITING: usize = 16;
/// How often it is said how far it is.
const TELL: Duration = Duration::from_secs(5);

/// Report many statuses from a file.
///
/// Each line is a JSON object with "key" and "state", and, where they are known, "url", "name", "description",
/// "refname", "commit" and "repo" (WORKSPACE/SLUG); what a line lacks is found as for `bbstatus set`. The refname that
/// is found belongs to the commit that is found: a line with another commit names its own, or none.
///
/// For each line one line of JSON is written to stdout as soon as its result is known, with the number of the line: not
/// in the file's order, except for lines with the same key and commit, which are sent one after the other. A line that
/// makes no sense is a result too, and the others go on. The exit code is 1 where a status was not reported. Where this
/// is interrupted, a line without a result may have been reported or not; it may be applied again without harm.
///
/// Where the credentials are refused, no further line is sent, and the exit code is 4.
///
/// Where Bitbucket limits the rate, all wait together for as long as it asks, up to an hour.
#[derive(Debug, Args)]
pub(crate) struct Apply {
    /// The file, or stdin for "-".
    pub(crate) file: PathBuf,
    /// How many statuses are sent at a time.
    #[arg(long, env = "BBSTATUS_CONCURRENCY", value_name = "NUMBER", default_value = "8",
          value_parser = |text: &str| number::<NonZeroUsize>(text, "1 or more"))]
    pub(crate) concurrency: NonZeroUsize,
    #[command(flatten)]
    pub(crate) build: Build,
    #[command(flatten)]
    pub(crate) place: Place,
    #[command(flatten)]
    pub(crate) connection: Connection,
    #[command(flatten)]
    pub(crate) trying: Trying,
}

pub(crate) async fn run(args: Apply, session: &mut Session) -> Result<Exit, Failure> {
    if is_stdin(&args.file) && args.connection.token_file.as_deref().is_some_and(is_stdin) {
        return Err(Failure::usage("file -: expected lines on stdin, which --token-file reads for the token")
            .help("Give the lines or the token by a file of its own"));
    }
    // Repeats are made here: a rate limit is everybody's.
    let connection = Connection { retries: Some(0), ..args.connection.clone() };
    let mut target = Target::open(session, &args.place, Some(&args.build), &connection, &args.trying).await?;
    target.settings = target.settings.with_git_branch(&git::Git::default());
    let target = Arc::new(target);
    let defaults = Arc::clone(&target);
    let mut source = Source::open(&args.file, move |line| understood(&defaults, line)).map_err(|cause| {
        Failure::usage(format!("file {}: {cause}", args.file.display()))
            .help("Give a file that can be read, or - for stdin")
    })?;
    if args.trying.sends_nothing() {
        return rehearse(&args, session, &target, &mut source).await;
    }
    let progress = session.output.progress(source.length);
    let mut applying = Applying {
        budget: Arc::new(Budget::new(args.connection.retries, args.connection.request_timeout, progress.clone())),
        concurrency: args.concurrency.get(),
        lanes: Lanes::new(),
        sending: JoinSet::new(),
        results: Results::default(),
    };
    let outcome = applying.all(&mut source, session, &progress).await;
    progress.end();
    outcome?;
    applying.results.conclude(&session.output)
}

/// A report that is sent or waits for it, with its line and its lane.
struct Job {
    line: u64,
    lane: Arc<str>,
    report: Report,
}

/// A report that was sent, and what came of it.
type Sent = (Job, Result<(), Error>);

/// The lines that are being applied.
struct Applying {
    budget: Arc<Budget>,
    concurrency: usize,
    lanes: Lanes<Job>,
    sending: JoinSet<Sent>,
    results: Results,
}

impl Applying {
    /// Applies all lines. At any time there are only so many, however many the file has.
    async fn all(&mut self, source: &mut Lines, session: &mut Session, progress: &Progress) -> Result<(), Failure> {
        let mut throttle = Throttle::every(TELL);
        let mut more = true;
        loop {
            let room = self.sending.len() < self.concurrency
                && self.lanes.waiting() < WAITING.saturating_mul(self.concurrency);
            tokio::select! {
                line = source.next(), if more && room => match line {
                    Some(line) => {
                        progress.at(line.read);
                        self.begin(line, session);
                    }
                    None => more = false,
                },
                Some(sent) = self.sending.join_next() => {
                    self.sent(sent, session)?;
                    while let Some(sent) = self.sending.try_join_next() {
                        self.sent(sent, session)?;
                    }
                    self.results.hand_over(&mut session.output);
                }
                else => break,
            }
            if throttle.is_due() {
                progress.set_message(&self.results.in_words());
            }
        }
        Ok(())
    }

    /// Writes what became of a report, and sends the one that waited for it.
    fn sent(&mut self, sent: Result<Sent, JoinError>, session: &mut Session) -> Result<(), Failure> {
        let (job, outcome) =
            sent.map_err(|cause| Failure::new(Exit::Failure, format!("a report broke off: {cause}")))?;
        let is_everybodys = outcome.as_ref().is_err_and(|error| error.kind() == ErrorKind::Unauthorized);
        let failure = outcome.err().map(Failure::from);
        if let Some(failure) = failure.as_ref().filter(|_| is_everybodys) {
            self.results.refuse(job.line, failure);
        }
        self.results.add(&mut session.output, job.line, &About::from(&job.report), failure.as_ref());
        let mut next = self.lanes.leave(&job.lane);
        while let Some(job) = next.take() {
            match self.results.refusal() {
                Some(refusal) => {
                    self.not_sent(session, job.line, &About::from(&job.report), &refusal);
                    next = self.lanes.leave(&job.lane);
                }
                None => self.send(job),
            }
        }
        Ok(())
    }

    /// Sends what a line says, now or behind what is under way for the same status.
    fn begin(&mut self, read: Line<Meaning>, session: &mut Session) {
        let report = match read.meaning {
            Ok(report) => report,
            Err(Refused { key, state, failure }) => {
                return self.not_sent(session, read.number, &About::said(key.as_deref(), state.as_deref()), &failure);
            }
        };
        if let Some(refusal) = self.results.refusal() {
            return self.not_sent(session, read.number, &About::from(&report), &refusal);
        }
        self.results.count_shortened(read.number, &report);
        let lane: Arc<str> = report.lane().into();
        let job = Job { line: read.number, lane: Arc::clone(&lane), report };
        if let Some(job) = self.lanes.enter(lane, job) {
            self.send(job);
        }
    }

    fn not_sent(&mut self, session: &mut Session, line: u64, about: &About<'_>, failure: &Failure) {
        self.results.add(&mut session.output, line, about, Some(failure));
        self.results.hand_over(&mut session.output);
    }

    fn send(&mut self, job: Job) {
        let budget = Arc::clone(&self.budget);
        self.sending.spawn(async move {
            // In a place of its own: what is spawned is copied several times.
            let outcome = Box::pin(job.report.send(&budget)).await;
            (job, outcome)
        });
    }
}

/// What a line means: a report, or why it is none.
type Meaning = Result<Report, Refused>;
type Lines = Source<Meaning>;

/// Why a line is no report, with what it says of key and state all the same.
struct Refused {
    key: Option<String>,
    state: Option<String>,
    failure: Failure,
}

fn understood(target: &Target, line: Result<Vec<u8>, String>) -> Meaning {
    let line = match line {
        Ok(line) => line,
        Err(problem) => return Err(Refused { key: None, state: None, failure: entry::refused(problem) }),
    };
    Entry::read(&line).and_then(|entry| Report::new(entry, target)).map_err(|failure| {
        let (key, state) = entry::said(&line);
        Refused { key, state, failure }
    })
}

/// Shows each request instead of sending it.
async fn rehearse(args: &Apply, session: &mut Session, target: &Target, source: &mut Lines) -> Result<Exit, Failure> {
    let (mut lines, mut refused, mut shortened) = (0_u64, 0_u64, Shortened::default());
    while let Some(line) = source.next().await {
        lines += 1;
        let prepared = match line.meaning {
            Ok(report) => {
                shortened.count(line.number, &report);
                report.request().prepare().await.map_err(Failure::from)
            }
            Err(refused) => Err(refused.failure),
        };
        match prepared {
            Ok(prepared) => {
                if args.trying.dry_run && lines > refused + 1 {
                    session.output.line("")?;
                }
                show(session, target, &args.trying, Format::Table, &prepared)?;
            }
            Err(failure) => {
                refused += 1;
                output::warning(&failure.because(&format!("line {}", line.number)));
            }
        }
    }
    shortened.tell(&session.output);
    match refused {
        0 => Ok(Exit::Done),
        _ => Err(Failure::new(Exit::Failure, format!("{refused} of {lines} lines would not be sent"))
            .help("stderr has a warning for each")),
    }
}
