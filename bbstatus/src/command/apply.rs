//! `bbstatus apply`: reports many statuses from a file.

mod interrupt;
mod job;
mod lanes;
mod line;
mod results;
mod source;

use std::{
    collections::HashMap,
    num::NonZeroUsize,
    path::PathBuf,
    sync::{Arc, Mutex},
    time::Duration,
};

use bitbucket_build_status::ErrorKind;
use clap::{Args, builder::FalseyValueParser};
use interrupt::Interrupts;
use job::{Defaults, Dispatcher, Job, JobOutcome};
use lanes::Lanes;
use line::Line;
use results::{Halt, LineOutcome, LongKeys, ResultSubject, Results};
use source::{OpenError, Source, SourceLine};
use tokio::{
    sync::watch,
    task::{Id, JoinError, JoinSet},
    time::{Instant, sleep_until},
};

use super::{print_request, report::DefaultUrl};
use crate::{
    args::{
        BuildOptions, ConnectionOptions, Format, LocationOptions, Overwriting, PreviewOptions, number,
        positive_duration,
    },
    cli_error::CliError,
    context::Context,
    credentials::is_stdin,
    exit::ExitCode,
    git,
    output::{self, Progress, Throttle},
    target::{Target, no_thread},
};

/// How many lines may be queued behind an earlier line about the same status, as a multiple of --concurrency.
const MAX_QUEUED_FACTOR: usize = 16;
/// How often the progress is reported.
const PROGRESS_INTERVAL: Duration = Duration::from_secs(5);
/// How much time requests in flight have after an interrupt.
const INTERRUPT_GRACE: Duration = Duration::from_secs(5);
/// How long to wait for the next line when nothing more is sent and lines only get a result.
const MAX_DRAIN_WAIT: Duration = Duration::from_secs(1);

/// Report many statuses from a file.
///
/// Each line is a JSON object with "key" and "state", and optionally "url", "name", "description", "refname", "commit"
/// and "repository" (WORKSPACE/SLUG), as written by `bbstatus list --output json`. Missing values are detected as for
/// `bbstatus set`. The detected refname is used only for the detected commit, not for a line with another commit.
///
/// For each input line, a result is written to stdout as one line of JSON, with the line number, as soon as it is
/// known. Lines with the same key and commit are sent in order, all others concurrently. An invalid line gets a result
/// too, and does not stop the others.
///
/// The exit code is 0 if every status was reported, 6 if Bitbucket was unavailable for every line that failed, and 1
/// for other failures. If the credentials are refused, no further line is sent, and the exit code is 4. When
/// Bitbucket is down (10 lines in a row fail for that reason, or too many retries fail), no further line is sent either.
///
/// If the rate limit is exceeded, all lines wait as long as Bitbucket asks, but at most an hour and not beyond
/// --timeout.
///
/// After an interrupt, requests in flight have 5 seconds to finish. A line without a result may or may not have been
/// reported; it is safe to apply it again.
#[derive(Debug, Args)]
pub(crate) struct Apply {
    /// The file, or stdin for "-".
    pub(crate) file: PathBuf,
    /// The maximum number of requests in flight.
    #[arg(long, env = "BBSTATUS_CONCURRENCY", value_name = "NUMBER", default_value = "8",
          value_parser = |text: &str| number::<NonZeroUsize>(text, "1 or more"))]
    pub(crate) concurrency: NonZeroUsize,
    /// Send no further line after this time, such as 90s, 10m or 1h30m.
    #[arg(long, env = "BBSTATUS_APPLY_TIMEOUT", value_name = "DURATION", value_parser = positive_duration)]
    pub(crate) timeout: Option<Duration>,
    /// Succeed even if the input is empty.
    #[arg(long, env = "BBSTATUS_ALLOW_EMPTY", value_parser = FalseyValueParser::new())]
    pub(crate) allow_empty: bool,
    #[command(flatten)]
    pub(crate) overwriting: Overwriting,
    #[command(flatten)]
    pub(crate) build: BuildOptions,
    #[command(flatten)]
    pub(crate) location: LocationOptions,
    #[command(flatten)]
    pub(crate) connection: ConnectionOptions,
    #[command(flatten)]
    pub(crate) preview: PreviewOptions,
}

pub(crate) async fn run(args: Apply, context: &mut Context) -> Result<ExitCode, CliError> {
    if is_stdin(&args.file) && args.connection.token_file.as_deref().is_some_and(is_stdin) {
        return Err(CliError::usage("file -: expected another file, since --token-file reads the token from stdin")
            .help("Pass the lines or the token in a file"));
    }
    let connection = ConnectionOptions { has_retry_quota: true, ..args.connection.clone() };
    let mut target = Target::open(context, &args.location, Some(&args.build), &connection, &args.preview).await?;
    target.build_info = target.build_info.with_git_branch(&git::Git::default());
    let (url, note) = DefaultUrl::new(&target.build_info)?;
    context.output.notes(note.as_slice());
    let target = Arc::new(target);
    let defaults = Defaults { target: Arc::clone(&target), url };
    let mut source = Source::open(&args.file, move |number, line| parse_line(&defaults, number, line))
        .map_err(|error| cannot_open(&args, &error))?;
    if args.preview.sends_nothing() {
        return dry_run(&args, context, &target, &mut source).await;
    }
    let progress = context.output.progress(source.length);
    let (halt, halted) = watch::channel(false);
    let deadline = args.timeout.and_then(|timeout| Instant::now().checked_add(timeout));
    let mut applying = Applying {
        dispatcher: Arc::new(Dispatcher {
            target,
            request_timeout: args.connection.request_timeout,
            overwriting: args.overwriting,
            deadline,
            halted,
            progress: progress.clone(),
            announced: Mutex::new(None),
        }),
        concurrency: args.concurrency.get(),
        lanes: Lanes::new(),
        sending: JoinSet::new(),
        in_flight: HashMap::new(),
        halt,
        results: Results::default(),
    };
    let outcome = applying.all(&mut source, context, &progress).await;
    progress.end();
    outcome?;
    let Applying { results, .. } = applying;
    if results.is_empty() && results.halted().is_none() && !args.allow_empty {
        return Err(empty(&args));
    }
    let signal = match results.halted() {
        Some(Halt::Interrupted(signal)) => Some(*signal),
        _ => None,
    };
    let concluded = results.conclude(&context.output);
    if let (Some(signal), Err(error)) = (signal, &concluded) {
        context.output.finish().map_err(CliError::from).or_else(CliError::ignore_broken_pipe)?;
        output::error(error);
        interrupt::end_by(signal);
    }
    concluded
}

fn cannot_open(args: &Apply, error: &OpenError) -> CliError {
    match error {
        OpenError::File(cause) => CliError::usage(format!("file {}: {cause}", args.file.display()))
            .help("Pass a readable file, or - for stdin"),
        OpenError::Thread(cause) => no_thread(cause),
    }
}

fn empty(args: &Apply) -> CliError {
    CliError::usage(format!("file {}: expected at least one line, got none", args.file.display()))
        .help("Pass --allow-empty if there may be nothing to report")
}

/// A job with its line number and its lane.
struct Queued {
    line: u64,
    lane: Arc<str>,
    job: Job,
}

/// The lines that are being applied.
struct Applying {
    dispatcher: Arc<Dispatcher>,
    concurrency: usize,
    lanes: Lanes<Queued>,
    sending: JoinSet<JobOutcome>,
    in_flight: HashMap<Id, Arc<Queued>>,
    halt: watch::Sender<bool>,
    results: Results,
}

impl Applying {
    /// Applies all lines. The memory that this needs does not depend on the length of the file.
    async fn all(&mut self, source: &mut Lines, context: &mut Context, progress: &Progress) -> Result<(), CliError> {
        let interrupts = Interrupts::listen();
        let mut interrupts = interrupts
            .map_err(|cause| CliError::new(ExitCode::Failure, format!("signals cannot be handled: {cause}")))?;
        let mut throttle = Throttle::every(PROGRESS_INTERVAL);
        let mut has_more = true;
        // When requests in flight are given up.
        let mut end: Option<Instant> = None;
        let deadline = self.dispatcher.deadline;
        loop {
            let has_room = self.sending.len() < self.concurrency
                && self.lanes.waiting() < MAX_QUEUED_FACTOR.saturating_mul(self.concurrency);
            let is_halted = self.results.halted().is_some();
            tokio::select! {
                line = next(source, is_halted), if has_more && (has_room || is_halted) => match line {
                    Some(line) => {
                        progress.at(line.bytes_read);
                        self.begin(line, context);
                    }
                    None => has_more = false,
                },
                Some(sent) = self.sending.join_next_with_id() => {
                    self.sent(sent, context)?;
                    while let Some(sent) = self.sending.try_join_next_with_id() {
                        self.sent(sent, context)?;
                    }
                    self.results.flush(&mut context.output);
                }
                signal = interrupts.next() => {
                    if end.is_some() {
                        interrupt::end_by(signal);
                    }
                    has_more = false;
                    end = Instant::now().checked_add(INTERRUPT_GRACE);
                    self.halt(Halt::Interrupted(signal), context);
                }
                () = until(deadline), if !is_halted => self.halt(Halt::TimeOver, context),
                () = until(end), if end.is_some() && !self.sending.is_empty() => self.sending.abort_all(),
                else => break,
            }
            if self.sending.is_empty() && !has_more {
                break;
            }
            if throttle.is_due() {
                progress.set_message(&self.results.in_words());
            }
        }
        Ok(())
    }

    /// Sends no further line. Queued lines get their results.
    fn halt(&mut self, reason: Halt, context: &mut Context) {
        self.results.halt(reason);
        // This fails only if there is no receiver, which means that nothing is being sent.
        let _ = self.halt.send(true);
        for queued in self.lanes.drain() {
            let subject = ResultSubject::from(&queued.job);
            self.results.add(&mut context.output, queued.line, &subject, &LineOutcome::NotTried);
        }
        self.results.flush(&mut context.output);
    }

    /// Writes the result of a job, and sends the next one in its lane.
    fn sent(&mut self, sent: Result<(Id, JobOutcome), JoinError>, context: &mut Context) -> Result<(), CliError> {
        let id = sent.as_ref().map_or_else(JoinError::id, |(id, _)| *id);
        let Some(queued) = self.in_flight.remove(&id) else { return Ok(()) };
        let subject = ResultSubject::from(&queued.job);
        let (line, output) = (queued.line, &mut context.output);
        let is_halted = self.results.halted().is_some();
        match sent {
            Ok((_, JobOutcome::Reported)) => self.results.add(output, line, &subject, &LineOutcome::Reported),
            Ok((_, JobOutcome::Dropped(note))) => {
                self.results.add(output, line, &subject, &LineOutcome::Dropped(&note));
            }
            Ok((_, JobOutcome::NotTried)) => self.results.add(output, line, &subject, &LineOutcome::NotTried),
            Ok((_, JobOutcome::Failed(error))) => {
                let is_unauthorized = error.kind() == ErrorKind::Unauthorized;
                let is_down = error.is_retry_quota_exhausted();
                let error = CliError::from(error);
                self.results.add(output, line, &subject, &LineOutcome::Failed(&error));
                if is_unauthorized {
                    self.results.halt(Halt::Unauthorized(line));
                } else if is_down {
                    self.results.halt(Halt::Unavailable(line));
                }
            }
            Err(error) if error.is_cancelled() => {
                let problem = "interrupted while it was being sent: Bitbucket may or may not have stored it";
                let error = CliError::new(ExitCode::Unavailable, problem).help("Apply this line again");
                self.results.add(output, line, &subject, &LineOutcome::Failed(&error));
            }
            Err(error) => return Err(CliError::new(ExitCode::Failure, format!("line {line} was not sent: {error}"))),
        }
        let next = self.lanes.leave(&queued.lane);
        match self.results.halted().cloned() {
            Some(reason) => {
                if let Some(queued) = next {
                    let subject = ResultSubject::from(&queued.job);
                    self.results.add(&mut context.output, queued.line, &subject, &LineOutcome::NotTried);
                }
                if !is_halted {
                    self.halt(reason, context);
                }
            }
            None => {
                if let Some(queued) = next {
                    self.send(queued);
                }
            }
        }
        Ok(())
    }

    /// Sends the status of a line, now or after the requests in flight for the same status.
    fn begin(&mut self, read: SourceLine<ParsedLine>, context: &mut Context) {
        let number = read.number;
        let job = match read.parsed {
            Ok(job) => job,
            Err(InvalidLine { key, state, error }) => {
                let subject = ResultSubject::partial(key.as_deref(), state.as_deref());
                return self.not_sent(context, number, &subject, &LineOutcome::Failed(&error));
            }
        };
        if self.results.halted().is_some() {
            return self.not_sent(context, number, &ResultSubject::from(&job), &LineOutcome::NotTried);
        }
        self.results.count_long_key(number, &job);
        let lane: Arc<str> = job.lane().into();
        let queued = Queued { line: number, lane: Arc::clone(&lane), job };
        if let Some(queued) = self.lanes.enter(lane, queued) {
            self.send(queued);
        }
    }

    fn not_sent(&mut self, context: &mut Context, line: u64, subject: &ResultSubject<'_>, outcome: &LineOutcome<'_>) {
        self.results.add(&mut context.output, line, subject, outcome);
        self.results.flush(&mut context.output);
    }

    fn send(&mut self, queued: Queued) {
        let (dispatcher, queued) = (Arc::clone(&self.dispatcher), Arc::new(queued));
        let sent = Arc::clone(&queued);
        // Boxed: a spawned future is moved several times.
        let task = self.sending.spawn(async move { Box::pin(dispatcher.send(&sent.job)).await });
        self.in_flight.insert(task.id(), queued);
    }
}

/// The next line. When nothing more is sent, only lines that are already there are read, to write their results.
async fn next(source: &mut Lines, is_halted: bool) -> Option<SourceLine<ParsedLine>> {
    if !is_halted {
        return source.next().await;
    }
    tokio::time::timeout(MAX_DRAIN_WAIT, source.next()).await.ok().flatten()
}

/// Returns at this time, or never.
async fn until(time: Option<Instant>) {
    match time {
        Some(time) => sleep_until(time).await,
        None => std::future::pending().await,
    }
}

/// A line as a job, or why it is not valid.
type ParsedLine = Result<Job, InvalidLine>;
type Lines = Source<ParsedLine>;

/// Why a line is not valid, with its key and state if they are known.
struct InvalidLine {
    key: Option<String>,
    state: Option<String>,
    error: CliError,
}

fn parse_line(defaults: &Defaults, number: u64, line: Result<Vec<u8>, String>) -> ParsedLine {
    let line = match line {
        Ok(line) => line,
        Err(problem) => return Err(InvalidLine { key: None, state: None, error: line::invalid(problem) }),
    };
    Line::parse(number, &line).and_then(|parsed| Job::new(parsed, defaults)).map_err(|error| {
        let (key, state) = line::partial_fields(&line);
        InvalidLine { key, state, error }
    })
}

/// Prints each request instead of sending it.
async fn dry_run(
    args: &Apply,
    context: &mut Context,
    target: &Target,
    source: &mut Lines,
) -> Result<ExitCode, CliError> {
    let (mut lines, mut invalid, mut long_keys) = (0_u64, 0_u64, LongKeys::default());
    while let Some(line) = source.next().await {
        lines += 1;
        let prepared = match line.parsed {
            Ok(job) => {
                long_keys.count(line.number, &job);
                job.report.request(job.state).prepare().await.map_err(CliError::from)
            }
            Err(invalid) => Err(invalid.error),
        };
        match prepared {
            Ok(prepared) => {
                if args.preview.dry_run && lines > invalid + 1 {
                    context.output.line("")?;
                }
                print_request(context, target, &args.preview, Format::Table, &prepared)?;
            }
            Err(error) => {
                invalid += 1;
                output::warning(&error.context(&format!("line {}", line.number)));
            }
        }
    }
    long_keys.note(&context.output);
    match invalid {
        0 if lines == 0 && !args.allow_empty => Err(empty(args)),
        0 => Ok(ExitCode::Done),
        _ => Err(CliError::new(ExitCode::Failure, format!("{invalid} of {lines} lines would not be sent"))
            .help("stderr has a warning for each")),
    }
}
