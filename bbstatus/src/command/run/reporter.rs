//! The two reports of a command: INPROGRESS while it runs, then its final state.

use std::{pin::Pin, time::Duration};

use bitbucket_build_status::{BuildStatus, Error, ErrorKind, Key, SetStatus, State};
use tokio::{
    sync::watch,
    time::{Instant, sleep, sleep_until},
};

use super::{
    Run, failed,
    outcome::FinalState,
    schedule::{CommandProgress, Decided, WRITE_RESERVE, rewrite_at},
};
use crate::{
    cli_error::CliError,
    command::{key, report::StatusReport},
    context::Context,
    git,
    if_newer::OverwriteGuard,
    output,
    target::{ATTEMPT_TIMEOUT, Target},
};

/// The default of `--report-timeout`, as a multiple of `--request-timeout`.
const FINAL_REPORT_FACTOR: u32 = 2;
/// The time budget of the read that `--if-newer` adds: it must not delay the report for long.
const READ_TIMEOUT: Duration = Duration::from_secs(2);
/// Replaces the description of an earlier run.
const RUNNING: &str = "Running";

/// An attempt to report that is in flight.
type Attempt = Pin<Box<dyn Future<Output = Result<BuildStatus, Error>> + Send>>;

/// Reports the states of one command.
pub(super) struct Reporter {
    pub(super) target: Target,
    /// What both reports have in common. The final description also says how the command ended.
    report: StatusReport,
    /// Keeps an older build from overwriting the report of a newer one.
    guard: OverwriteGuard,
    retries: Option<u32>,
    attempt_timeout: Duration,
    report_timeout: Duration,
}

/// The outcome of the INPROGRESS report.
#[derive(Default)]
struct StartReport {
    /// Why the last attempt failed.
    error: Option<Error>,
    /// Whether that was reported on stderr.
    error_is_reported: bool,
    /// Until when an attempt with an unknown outcome may still be applied.
    doubtful_until: Option<Instant>,
}

/// Why Bitbucket may not show the final state.
enum Unreported {
    /// It was not reported.
    Certainly(CliError),
    /// It was reported, but not written again after an INPROGRESS report with an unknown outcome.
    Possibly(CliError),
}

impl Reporter {
    /// Finds out what to report, and where. Sends nothing.
    pub(super) async fn open(args: &Run, context: &Context) -> Result<Self, CliError> {
        let (key, long_key) = key(context, &args.key)?;
        let mut target =
            Target::open(context, &args.location, Some(&args.build), &args.connection, &args.preview).await?;
        target.build_info = target.build_info.with_git_branch(&git::Git::default());
        // There is one call at a time, with a time budget of its own.
        target.client = target.client.to_builder().retry_quota(None).build()?;
        let (name, description) = (args.name.clone().or(long_key), args.description.clone());
        let (report, note) = StatusReport::of_build(&target, key, name, description)?;
        context.output.notes(note.as_slice());
        let request_timeout = args.connection.request_timeout;
        Ok(Self {
            guard: target
                .guard(args.overwriting, &report.commit, &report.key, Some(&report.url))
                .timeout(request_timeout.min(READ_TIMEOUT)),
            retries: args.connection.retries,
            attempt_timeout: request_timeout.min(ATTEMPT_TIMEOUT),
            report_timeout: args.report_timeout.unwrap_or(request_timeout.saturating_mul(FINAL_REPORT_FACTOR)),
            report,
            target,
        })
    }

    /// The INPROGRESS request.
    pub(super) fn start_request(&self) -> SetStatus {
        self.report.request(State::Inprogress).description(self.report.description.as_deref().unwrap_or(RUNNING))
    }

    /// The description of a final state: the given one, and how the command ended.
    pub(super) fn description(&self, final_state: &FinalState) -> String {
        let ended = &final_state.description;
        self.report.description.as_ref().map_or_else(|| ended.clone(), |given| format!("{given} - {ended}"))
    }

    /// The key that is reported.
    pub(super) fn key(&self) -> &Key {
        &self.report.key
    }

    /// Reports that the command runs, and how it ends. Warns if a report failed. Returns whether the final state was
    /// reported.
    pub(super) async fn run(&self, context: &Context, mut progress: watch::Receiver<CommandProgress>) -> bool {
        let mut start = StartReport::default();
        let report_start = self.report_start(context, &mut start, &mut progress);
        let pending = self.target.call_for(context, "while the command runs", report_start).await;
        let decided = decided(&mut progress).await;
        let budget = progress.borrow().budget(self.report_timeout);
        let how_long = format!("for at most {} in all", humantime::format_duration(budget));
        let report_end = self.report_end(context, pending, &mut start, &decided, &progress);
        let outcome = self.target.call_for(context, &how_long, report_end).await;
        self.report_outcome(outcome, &start, decided.final_state.state)
    }

    /// Whether a newer build has reported, whose status must not be overwritten. Prints a note in that case.
    async fn is_superseded(&self, context: &Context) -> bool {
        let newer = self.guard.newer_report().await;
        if let Some(newer) = &newer {
            context.output.note(&newer.note(self.key()));
        }
        newer.is_some()
    }

    /// Reports INPROGRESS, with retries until the final state is decided. Returns the attempt that is in flight at that
    /// time. No retry may follow the final report, so each attempt is a call of its own here.
    async fn report_start(
        &self,
        context: &Context,
        start: &mut StartReport,
        progress: &mut watch::Receiver<CommandProgress>,
    ) -> Option<Attempt> {
        let is_superseded = tokio::select! {
            biased;
            is_superseded = self.is_superseded(context) => is_superseded,
            _ = decided(progress) => true,
        };
        if is_superseded {
            return None;
        }
        let mut retries = 0;
        // A command that could not be started is never INPROGRESS.
        while progress.borrow().decided.is_none() {
            let mut attempt: Attempt = Box::pin(self.start_request().max_retries(0).send());
            let outcome = tokio::select! {
                biased;
                outcome = &mut attempt => outcome,
                _ = decided(progress) => return Some(attempt),
            };
            self.record(start, outcome);
            let error = start.error.as_ref()?;
            let may_retry = self.retries.is_none_or(|max_retries| retries < max_retries);
            let delay = self.target.client.retry_delay(error, retries).filter(|_| may_retry);
            let Some(delay) = delay else {
                // No retry will help. Whoever watches the build should know at once.
                output::warning(&self.unreported(State::Inprogress, CliError::from(error)));
                start.error_is_reported = true;
                return None;
            };
            retries += 1;
            tokio::select! {
                () = sleep(delay) => {}
                _ = decided(progress) => {}
            }
        }
        None
    }

    /// Reports how the command ended, and makes sure that INPROGRESS does not overwrite it.
    async fn report_end(
        &self,
        context: &Context,
        pending: Option<Attempt>,
        start: &mut StartReport,
        decided: &Decided,
        progress: &watch::Receiver<CommandProgress>,
    ) -> Result<(), Unreported> {
        if self.is_superseded(context).await {
            return Ok(());
        }
        let write = || self.write(decided, progress.clone());
        let mut written = match pending {
            // STOPPED must not wait for a response.
            Some(attempt) if decided.by_stop => {
                let ((), first) = tokio::join!(self.finish(attempt, start, progress.clone()), write());
                first.map_err(Unreported::Certainly)?;
                write().await.map_err(Unreported::Possibly)?
            }
            Some(attempt) => {
                self.finish(attempt, start, progress.clone()).await;
                write().await.map_err(Unreported::Certainly)?
            }
            None => write().await.map_err(Unreported::Certainly)?,
        };
        let rewrite_at = |written, progress: &CommandProgress| {
            rewrite_at(written, start.doubtful_until, progress.last_write(self.report_timeout))
        };
        let mut progress = progress.clone();
        while rewrite_at(written, &progress.borrow()).is_some() {
            reached(&mut progress, |progress| rewrite_at(written, progress)).await;
            written = write().await.map_err(Unreported::Possibly)?;
        }
        Ok(())
    }

    /// Waits for the response to an attempt, within the budget of the final report.
    async fn finish(&self, attempt: Attempt, start: &mut StartReport, mut progress: watch::Receiver<CommandProgress>) {
        tokio::select! {
            biased;
            outcome = attempt => self.record(start, outcome),
            () = reached(&mut progress, |progress| progress.last_write(self.report_timeout)) => {
                start.doubtful_until = Some(Instant::now() + self.attempt_timeout);
            }
        }
    }

    fn record(&self, start: &mut StartReport, outcome: Result<BuildStatus, Error>) {
        start.error = outcome.err();
        if start.error.as_ref().is_some_and(may_be_applied) {
            start.doubtful_until = Instant::now().checked_add(self.attempt_timeout);
        }
    }

    /// Writes the final state, with retries until the deadline. Returns the earliest time at which the successful
    /// attempt may have started.
    async fn write(
        &self,
        decided: &Decided,
        mut progress: watch::Receiver<CommandProgress>,
    ) -> Result<Instant, CliError> {
        let started = Instant::now();
        let left = self.report_timeout.saturating_sub(decided.at.elapsed()).max(WRITE_RESERVE);
        let request =
            self.report.request(decided.final_state.state).description(self.description(&decided.final_state));
        let write: Attempt = Box::pin(request.timeout(left).max_retries(self.retries).send());
        tokio::select! {
            biased;
            written = write => {
                written?;
                Ok(started.max(Instant::now().checked_sub(self.attempt_timeout).unwrap_or(started)))
            }
            () = reached(&mut progress, |progress| progress.deadline(self.report_timeout)) => {
                let problem = self.target.last_problem().unwrap_or_else(|| "no response".to_owned());
                Err(failed(format!("{problem}; the time for the final report is over")))
            }
        }
    }

    /// Warns if a report failed. Returns whether the final state was reported.
    fn report_outcome(&self, outcome: Result<(), Unreported>, start: &StartReport, state: State) -> bool {
        match (outcome, &start.error) {
            (Err(Unreported::Certainly(error)), _) => {
                output::warning(&self.unreported(state, error));
                return false;
            }
            (Err(Unreported::Possibly(error)), _) => {
                let problem = format!("{} was reported as {state}, but INPROGRESS may have followed", self.key());
                output::warning(&error.context(&problem));
            }
            (Ok(()), Some(error)) if !start.error_is_reported => {
                output::warning(&self.unreported(State::Inprogress, CliError::from(error)));
            }
            (Ok(()), _) => {}
        }
        true
    }

    /// Names the state that was not reported.
    pub(super) fn unreported(&self, state: State, error: CliError) -> CliError {
        error.context(&format!("{} was not reported as {state}", self.key()))
    }
}

/// The state to report, as soon as it is decided.
async fn decided(progress: &mut watch::Receiver<CommandProgress>) -> Decided {
    loop {
        if let Some(decided) = progress.borrow_and_update().decided.clone() {
            return decided;
        }
        if progress.changed().await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}

/// Waits for a time that depends on the progress. Does not return before the progress has one.
async fn reached(progress: &mut watch::Receiver<CommandProgress>, time: impl Fn(&CommandProgress) -> Option<Instant>) {
    loop {
        let time = time(&progress.borrow_and_update());
        let passes = async {
            match time {
                Some(time) => sleep_until(time).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            () = passes => return,
            Ok(()) = progress.changed() => {}
        }
    }
}

/// Whether a request may still be applied: there was no response, or only one from a gateway.
fn may_be_applied(error: &Error) -> bool {
    let without_response = matches!(error.kind(), ErrorKind::Timeout | ErrorKind::Transport) && !error.is_connect();
    without_response || matches!(error.status(), Some(502 | 504))
}
