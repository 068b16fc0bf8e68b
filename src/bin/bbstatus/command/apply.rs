//! `bbstatus apply`: reports many statuses from a file.

mod entry;
mod lanes;
mod report;
mod results;
mod source;

use std::{sync::Arc, time::Duration};

use bitbucket_build_status::Error;
use entry::Entry;
use lanes::Lanes;
use report::{Budget, Report};
use results::Results;
use source::{Line, Source};
use tokio::task::{JoinError, JoinSet};

use super::show;
use crate::{
    args::{Apply, Connection, Format},
    connection::Target,
    exit::Exit,
    failure::Failure,
    git,
    output::{self, NowAndThen, Progress},
    session::Session,
};

/// How many lines may wait for an earlier one about the same status, for each that is sent.
const WAITING: usize = 16;
/// How often it is said how far it is.
const TELL: Duration = Duration::from_secs(5);

pub(crate) async fn run(args: Apply, session: &mut Session) -> Result<Exit, Failure> {
    // Repeats are made here: a rate limit is everybody's.
    let connection = Connection { retries: 0, ..args.connection.clone() };
    let mut target = Target::open(session, &args.place, Some(&args.build), &connection, &args.trying).await?;
    target.settings = target.settings.with_branch_of_git(&git::ask);
    let mut source =
        Source::open(&args.file).map_err(|cause| Failure::usage(format!("file {}: {cause}", args.file.display())))?;
    if args.trying.sends_nothing() {
        return rehearse(&args, session, &target, &mut source).await;
    }
    let progress = session.output.progress(source.length);
    let mut applying = Applying {
        target: &target,
        budget: Arc::new(Budget::new(args.connection.retries, args.connection.timeout, progress.clone())),
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
    lane: String,
    report: Report,
}

/// A report that was sent, and what came of it.
type Sent = (Job, Result<(), Error>);

/// The lines that are being applied.
struct Applying<'a> {
    target: &'a Target,
    budget: Arc<Budget>,
    concurrency: usize,
    lanes: Lanes<Job>,
    sending: JoinSet<Sent>,
    results: Results,
}

impl Applying<'_> {
    /// Applies all lines. At any time there are only so many, however many the file has.
    async fn all(&mut self, source: &mut Source, session: &mut Session, progress: &Progress) -> Result<(), Failure> {
        let mut now_and_then = NowAndThen::every(TELL);
        let mut more = true;
        loop {
            let room = self.sending.len() < self.concurrency && self.lanes.waiting() < WAITING * self.concurrency;
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
            if now_and_then.is_due() {
                progress.tell(&self.results.in_words());
            }
        }
        Ok(())
    }

    /// Writes what became of a report, and sends the one that waited for it.
    fn sent(&mut self, sent: Result<Sent, JoinError>, session: &mut Session) -> Result<(), Failure> {
        let (job, outcome) =
            sent.map_err(|cause| Failure::new(Exit::Failure, format!("a report broke off: {cause}")))?;
        let failure = outcome.err().map(Failure::from);
        self.results.add(&mut session.output, job.line, Some(&job.report), failure.as_ref());
        if let Some(next) = self.lanes.leave(&job.lane) {
            self.send(next);
        }
        Ok(())
    }

    /// Sends what a line says, now or behind what is under way for the same status.
    fn begin(&mut self, read: Line, session: &mut Session) {
        match report(self.target, read.text) {
            Ok(report) => {
                let lane = report.lane();
                let job = Job { line: read.number, lane: lane.clone(), report };
                if let Some(job) = self.lanes.enter(&lane, job) {
                    self.send(job);
                }
            }
            Err(failure) => {
                self.results.add(&mut session.output, read.number, None, Some(&failure));
                self.results.hand_over(&mut session.output);
            }
        }
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

/// The report that a line means.
fn report(target: &Target, text: Result<Vec<u8>, String>) -> Result<Report, Failure> {
    let entry = text.and_then(|text| Entry::read(&text)).map_err(Failure::usage)?;
    Report::new(entry, target)
}

/// Shows each request instead of sending it.
async fn rehearse(args: &Apply, session: &mut Session, target: &Target, source: &mut Source) -> Result<Exit, Failure> {
    let (mut lines, mut refused) = (0_u64, 0_u64);
    while let Some(line) = source.next().await {
        lines += 1;
        let prepared = match report(target, line.text) {
            Ok(report) => report.request().prepare().await.map_err(Failure::from),
            Err(failure) => Err(failure),
        };
        match prepared {
            Ok(prepared) => show(session, target, &args.trying, Format::Table, &prepared)?,
            Err(failure) => {
                refused += 1;
                output::warning(&failure.because(&format!("line {}", line.number)));
            }
        }
    }
    match refused {
        0 => Ok(Exit::Done),
        _ => Err(Failure::new(Exit::Failure, format!("{refused} of {lines} lines would not be sent"))),
    }
}
