//! `bbstatus run`: runs a command and reports its state.

mod outcome;
mod reporter;
mod schedule;
mod supervise;
mod sys;

use std::{ffi::OsString, io, panic::AssertUnwindSafe, time::Duration};

use clap::{Args, builder::FalseyValueParser};
use futures_util::FutureExt as _;
use outcome::{CommandOutcome, Termination};
use reporter::Reporter;
use schedule::Progress;
use supervise::{Interruption, Limits, StopRequests, supervise};
pub(crate) use sys::receive_child_signals;
#[cfg(unix)]
pub(crate) use sys::watchdog;
use sys::{ChildCommand, SignalListener, Watchdog};
use tokio::sync::{Notify, watch};

use super::{RUN_KEYS, print_request};
use crate::{
    args::{
        BuildOptions, Connection, LocationOptions, OutputOptions, Overwriting, PreviewOptions, duration,
        positive_duration,
    },
    context::Context,
    exit::Exit,
    failure::Failure,
    output,
};

/// Run a command, and report how it goes.
///
/// Reports INPROGRESS, runs the command with its own input and output, and reports SUCCESSFUL or FAILED with the time
/// it took. A command that is interrupted (SIGINT), ended (SIGTERM, SIGHUP) or takes longer than --timeout is STOPPED,
/// which is reported at once. SIGQUIT, SIGUSR1 and SIGUSR2 are passed on too, and what the command makes of them decides.
///
/// The exit code is the command's own: 128 and the signal's number where a signal ended it, 127 where there is no such
/// command, 126 where it cannot be run, and 124 where it took longer than --timeout. A report that fails is a warning
/// and does not change it, nor does a wrong environment variable.
///
/// INPROGRESS is tried until it arrives or the command ends, the final state for --report-timeout. After SIGINT, SIGTERM
/// or SIGHUP it is tried for 5 seconds, or until the command has ended. A second signal that is sent to bbstatus kills
/// the command, or what it has left, and ends at once.
///
/// On a terminal the command stays in the foreground: it can read what is typed, and the terminal itself interrupts it.
/// Elsewhere it runs in a process group of its own. Where the command is stopped, or bbstatus itself is killed, what the
/// command has started ends with it, except what has left its group (by setsid, or as a job of an interactive shell).
/// After a command that ended by itself, what it left running stays. Windows has neither groups nor SIGTERM: Ctrl-C and
/// Ctrl-Break reach the command by the console, and what has to be ended is ended at once.
///
/// The command inherits the environment, with the credentials in it. --token-file keeps an access token from the
/// command, where that may not read the file.
#[derive(Debug, Args)]
pub(crate) struct Run {
    /// The key that names the status on its commit; one over 40 characters is shortened.
    pub(crate) key: String,
    /// The command and its arguments, after "--".
    #[arg(last = true, required = true)]
    pub(crate) command: Vec<OsString>,
    /// End the command with SIGTERM after this time, such as 90s, 10m or 1h30m.
    #[arg(id = "time_limit", long = "timeout", env = "BBSTATUS_RUN_TIMEOUT", value_name = "DURATION",
          value_parser = positive_duration)]
    pub(crate) time_limit: Option<Duration>,
    /// How long a command that was asked to end may take until it is killed.
    #[arg(long, env = "BBSTATUS_GRACE", value_name = "DURATION", default_value = "8s",
          value_parser = duration)]
    pub(crate) grace: Duration,
    /// The time budget of the final report with all its retries [default: twice --request-timeout].
    #[arg(long, env = "BBSTATUS_REPORT_TIMEOUT", value_name = "DURATION", value_parser = positive_duration)]
    pub(crate) report_timeout: Option<Duration>,
    /// Exit with 1 where the command succeeded and its final state could not be reported.
    #[arg(long, env = "BBSTATUS_STRICT", value_parser = FalseyValueParser::new())]
    pub(crate) strict: bool,
    /// What people read; Bitbucket's pages show about 32 characters of it.
    #[arg(long, env = "BBSTATUS_NAME", help_heading = "What to report")]
    pub(crate) name: Option<String>,
    /// A sentence about the build; how it ended and the time it took are added.
    #[arg(long, env = "BBSTATUS_DESCRIPTION", value_name = "TEXT", help_heading = "What to report")]
    pub(crate) description: Option<String>,
    #[command(flatten)]
    pub(crate) overwriting: Overwriting,
    #[command(flatten)]
    pub(crate) build: BuildOptions,
    #[command(flatten)]
    pub(crate) location: LocationOptions,
    #[command(flatten)]
    pub(crate) connection: Connection,
    #[command(flatten)]
    pub(crate) preview: PreviewOptions,
    #[command(flatten)]
    pub(crate) output_options: OutputOptions,
}

/// A command to run.
struct Command<'a> {
    program: &'a OsString,
    arguments: &'a [OsString],
    environment: Vec<(&'static str, String)>,
    limits: Limits,
    watchdog: Option<Watchdog>,
}

pub(crate) async fn run(args: Run, context: &mut Context) -> Result<Exit, Failure> {
    if args.preview.sends_nothing() {
        return preview(&args, context).await;
    }
    let Some((program, arguments)) = args.command.split_first() else {
        return Err(Failure::usage("command: expected one after \"--\", got none"));
    };
    // Started first: it takes some time to be ready.
    let watchdog = Watchdog::start();
    let reporter = match guarded(Reporter::open(&args, context)).await.unwrap_or_else(Err) {
        Ok(reporter) => Some(reporter),
        Err(failure) => {
            output::warning(&failure.because("nothing is reported"));
            None
        }
    };
    if let Some(reporter) = reporter.as_ref().filter(|_| args.preview.sandbox) {
        present(&args, context, reporter).await?;
    }
    let signals = SignalListener::listen();
    let mut signals = signals.map_err(|cause| failed(format!("signals cannot be received: {cause}")))?;
    let keys = reporter.as_ref().map(|reporter| (RUN_KEYS, surrounding_keys(reporter.key().as_str())));
    let command = Command {
        program,
        arguments,
        environment: keys.into_iter().collect(),
        limits: Limits { time: args.time_limit, grace: args.grace },
        watchdog: ready(watchdog).await,
    };
    let (outcome, is_reported) = run_and_report(context, command, reporter.as_ref(), &mut signals).await;
    signals.end().await;
    if let Some(reporter) = reporter.filter(|_| is_reported && args.preview.sandbox) {
        let last = outcome.final_state();
        let description = reporter.description(&last);
        context.output.note(&format!("the sandbox accepted the final report: {}, {description}", last.state));
    }
    let code = outcome.exit_code();
    Ok(if args.strict && !is_reported && code == 0 { Exit::Failure } else { Exit::Command(code) })
}

/// Runs the command and reports its states at the same time. Returns whether the final state was reported.
async fn run_and_report(
    context: &Context,
    command: Command<'_>,
    reporter: Option<&Reporter>,
    signals: &mut SignalListener,
) -> (CommandOutcome, bool) {
    let (progress, watched) = watch::channel(Progress::default());
    let (report_ended, interrupted) = (Notify::new(), Notify::new());
    let running = async {
        let mut requests = StopRequests::default();
        let (mut child, outcome) = run_command(command, signals, &mut requests, &progress).await;
        tokio::select! {
            biased;
            () = report_ended.notified() => {}
            interruption = supervise::interrupted(signals, &mut requests, &progress) => {
                if let (Some(child), Interruption::SecondSignal) = (&mut child, interruption) {
                    child.kill();
                }
                interrupted.notify_one();
            }
        }
        if let Some(child) = child {
            child.dismiss_watchdog().await;
        }
        outcome
    };
    let reporting = async {
        let is_reported = match reporter {
            Some(reporter) => tokio::select! {
                biased;
                is_reported = guarded(reporter.run(context, watched)) => is_reported,
                () = interrupted.notified() => Err(failed("interrupted".to_owned())),
            },
            None => Ok(false),
        };
        report_ended.notify_one();
        is_reported
    };
    let (outcome, is_reported) = tokio::join!(running, reporting);
    let is_reported = match (is_reported, reporter) {
        (Err(failure), Some(reporter)) => {
            output::warning(&reporter.unreported(outcome.final_state().state, failure));
            false
        }
        (is_reported, _) => is_reported.unwrap_or_default(),
    };
    (outcome, is_reported)
}

/// Runs the command to its end. The returned command, if it could be started, still reaches its remaining processes.
async fn run_command(
    command: Command<'_>,
    signals: &mut SignalListener,
    requests: &mut StopRequests,
    progress: &watch::Sender<Progress>,
) -> (Option<ChildCommand>, CommandOutcome) {
    let Command { program, arguments, environment, limits, watchdog } = command;
    match ChildCommand::start(program, arguments, environment, watchdog).await {
        Ok(mut child) => {
            let outcome = supervise(&mut child, signals, requests, limits, progress).await;
            (Some(child), outcome)
        }
        Err(cause) => {
            let problem = format!("{} could not be run: {cause}", program.to_string_lossy());
            output::failure(&failed(problem).help(
                "Give a program that can be run, and each of its arguments as a word of its own; what needs a shell is \
                 run by one: sh -c \"make && make test\"",
            ));
            let termination = Termination::from(&cause);
            let outcome = CommandOutcome { termination, stop: None, elapsed: Duration::ZERO };
            supervise::decide(progress, &outcome);
            supervise::end(progress);
            (None, outcome)
        }
    }
}

/// The watchdog, if it could be started. Without one, the command runs anyway.
async fn ready(watchdog: io::Result<Watchdog>) -> Option<Watchdog> {
    let ready = async {
        let mut watchdog = watchdog?;
        watchdog.ready().await?;
        Ok::<_, io::Error>(watchdog)
    };
    let failure = |cause| {
        let problem = format!("the watchdog could not be started: {cause}");
        output::warning(&failed(problem).help("If bbstatus itself is killed, the command goes on"));
    };
    ready.await.map_err(failure).ok()
}

/// The keys of all surrounding runs, this one last.
fn surrounding_keys(key: &str) -> String {
    let outer = std::env::var(RUN_KEYS).unwrap_or_default();
    if outer.is_empty() { key.to_owned() } else { format!("{outer}\n{key}") }
}

/// Turns a panic while reporting into an error: it must not affect the command.
async fn guarded<T>(reporting: impl Future<Output = T>) -> Result<T, Failure> {
    let outcome = AssertUnwindSafe(reporting).catch_unwind().await;
    outcome.map_err(|panic| {
        let texts = [panic.downcast_ref::<&str>().copied(), panic.downcast_ref::<String>().map(String::as_str)];
        let text = texts.into_iter().flatten().next().unwrap_or("no message");
        failed(format!("the report panicked: {text}")).help("This is a fault of bbstatus: please report it")
    })
}

/// Prints the first request. Sends nothing, and does not run the command.
async fn preview(args: &Run, context: &mut Context) -> Result<Exit, Failure> {
    let reporter = Reporter::open(args, context).await?;
    present(args, context, &reporter).await?;
    context.output.note("the command is not run; at its end the state and the description are replaced");
    Ok(Exit::Done)
}

async fn present(args: &Run, context: &mut Context, reporter: &Reporter) -> Result<(), Failure> {
    let prepared = reporter.start_request().prepare().await?;
    print_request(context, &reporter.target, &args.preview, args.output_options.output, &prepared)
}

fn failed(problem: String) -> Failure {
    Failure::new(Exit::Failure, problem)
}

#[cfg(test)]
mod tests {
    use super::guarded;

    #[tokio::test]
    async fn a_panic_in_a_report_is_a_failure_to_report() {
        let code = 3;
        let panicked = guarded(async { assert_eq!(code, 4, "the clock is wrong") }).await;
        let failure = format!("{:?}", panicked.unwrap_err());
        assert!(failure.contains("the report panicked: ") && failure.contains("the clock is wrong"), "{failure}");
        assert_eq!(guarded(async { code }).await.unwrap(), code);
    }
}
