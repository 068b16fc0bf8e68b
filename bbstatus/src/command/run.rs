//! `bbstatus run`: runs a command and reports its state.

mod outcome;
mod reporter;
mod schedule;
mod supervise;
mod sys;

use std::{
    ffi::{OsStr, OsString},
    io,
    panic::AssertUnwindSafe,
    time::Duration,
};

use clap::{Args, builder::FalseyValueParser};
use futures_util::FutureExt as _;
use outcome::{CommandOutcome, Termination};
use reporter::Reporter;
use schedule::CommandProgress;
use supervise::{Interruption, Limits, StopRequests, supervise};
pub(crate) use sys::receive_child_signals;
#[cfg(unix)]
pub(crate) use sys::watchdog;
use sys::{ChildCommand, SignalListener, Watchdog};
use tokio::sync::{Notify, watch};

use super::{RUN_KEYS, print_request};
use crate::{
    args::{
        BuildOptions, ConnectionOptions, LocationOptions, OutputOptions, Overwriting, PreviewOptions, duration,
        positive_duration,
    },
    cli_error::CliError,
    context::Context,
    exit::ExitCode,
    output,
};

/// Run a command, and report its state.
///
/// Reports INPROGRESS, runs the command with the same stdin, stdout and stderr, and reports SUCCESSFUL or FAILED with
/// the elapsed time. SIGINT, SIGTERM, SIGHUP and --timeout stop the command, and STOPPED is reported at once. SIGQUIT,
/// SIGUSR1 and SIGUSR2 are only passed on. If one of them ends the command, STOPPED is reported after SIGQUIT, and
/// FAILED after the others.
///
/// The exit code is the command's own. It is 128 plus the signal number if a signal ended the command, 127 if there is
/// no such command, 126 if it cannot be run, and 124 if it took longer than --timeout. A failed report, or an invalid variable
/// of bbstatus, causes only a warning and does not change the exit code (but see --strict).
///
/// INPROGRESS is retried until it arrives or the command ends; the final state is retried for --report-timeout. After
/// SIGINT, SIGTERM or SIGHUP, the final state is retried for 5 seconds, or until the command has ended if that is
/// later. A second signal to bbstatus kills the command at once. If the command has already ended, the signal kills its
/// background processes and cuts the final report short.
///
/// On a terminal the command stays in the foreground: it can read input, and Ctrl-C reaches it. Otherwise it runs in a
/// process group of its own. When the command is stopped, or bbstatus itself is killed, all processes that the command
/// has started end too, except those that have left its group (by setsid, or as jobs of an interactive shell). After a
/// command that ended by itself, its background processes keep running. Windows has neither process groups nor SIGTERM:
/// the console passes Ctrl-C and Ctrl-Break on to the command, and a command that exceeds --timeout is ended at once.
///
/// The command inherits the environment, including the credentials. With --token-file, the access token need not be
/// in the environment; the command can still read the file if it has permission.
#[derive(Debug, Args)]
pub(crate) struct Run {
    /// The key, which identifies the status on its commit. A key of more than 40 characters is shortened.
    pub(crate) key: String,
    /// The command and its arguments, after "--".
    #[arg(last = true, required = true)]
    pub(crate) command: Vec<OsString>,
    /// Stop the command with SIGTERM after this time, such as 90s, 10m or 1h30m.
    #[arg(id = "time_limit", long = "timeout", env = "BBSTATUS_RUN_TIMEOUT", value_name = "DURATION",
          value_parser = positive_duration)]
    pub(crate) time_limit: Option<Duration>,
    /// How long a stopped command may take to end before it is killed.
    #[arg(long, env = "BBSTATUS_GRACE", value_name = "DURATION", default_value = "8s",
          value_parser = duration)]
    pub(crate) grace: Duration,
    /// The time budget of the final report with all its retries [default: twice --request-timeout].
    #[arg(long, env = "BBSTATUS_REPORT_TIMEOUT", value_name = "DURATION", value_parser = positive_duration)]
    pub(crate) report_timeout: Option<Duration>,
    /// Exit with 1 if the command succeeded but its final state could not be reported.
    #[arg(long, env = "BBSTATUS_STRICT", value_parser = FalseyValueParser::new())]
    pub(crate) strict: bool,
    /// The name that Bitbucket shows; about 32 characters of it are visible.
    #[arg(long, env = "BBSTATUS_NAME", help_heading = "What to report")]
    pub(crate) name: Option<String>,
    /// A sentence about the build; the outcome and the elapsed time are appended.
    #[arg(long, env = "BBSTATUS_DESCRIPTION", value_name = "TEXT", help_heading = "What to report")]
    pub(crate) description: Option<String>,
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
    #[command(flatten)]
    pub(crate) output_options: OutputOptions,
}

/// Runs the command where nothing can be reported, because this process cannot even supervise it. On Unix the command
/// replaces this process, so that signals reach it.
pub(crate) fn without_reports(args: &Run, problem: &str) -> Result<ExitCode, CliError> {
    let (program, arguments) = split(&args.command)?;
    warn_without_reports(problem);
    let mut command = std::process::Command::new(program);
    command.args(arguments);
    let ended = if args.strict { command.status() } else { sys::run_instead(&mut command) };
    let termination = match ended {
        Ok(status) => status.into(),
        Err(cause) => not_runnable(program, &cause),
    };
    let outcome = CommandOutcome { termination, stop: None, elapsed: Duration::ZERO };
    Ok(exit_code(&outcome, args.strict))
}

fn warn_without_reports(problem: &str) {
    let error = failed(problem.to_owned()).context("nothing is reported");
    output::warning(&error.help(
        "Allow this process more open files or processes (ulimit -n, ulimit -u); until then the command runs as without \
         bbstatus, and --timeout has no effect",
    ));
}

fn split(command: &[OsString]) -> Result<(&OsString, &[OsString]), CliError> {
    command.split_first().ok_or_else(|| CliError::usage("command: expected one after \"--\", got none"))
}

/// Reports that the command cannot be run.
fn not_runnable(program: &OsStr, cause: &io::Error) -> Termination {
    let problem = format!("{} could not be run: {cause}", program.to_string_lossy());
    output::error(&failed(problem).help(
        "Pass an executable program, with each argument as a separate word; shell syntax needs a shell: sh -c \
         \"make && make test\"",
    ));
    Termination::from(cause)
}

/// The exit code; a success is a failure if `fails` is set.
fn exit_code(outcome: &CommandOutcome, fails: bool) -> ExitCode {
    match outcome.exit_code() {
        0 if fails => ExitCode::Failure,
        code => ExitCode::Command(code),
    }
}

/// A command to run.
struct CommandToRun<'a> {
    program: &'a OsString,
    arguments: &'a [OsString],
    environment: Vec<(&'static str, String)>,
    limits: Limits,
    watchdog: Option<Watchdog>,
    strict: bool,
}

pub(crate) async fn run(args: Run, context: &mut Context) -> Result<ExitCode, CliError> {
    if args.preview.sends_nothing() {
        return preview(&args, context).await;
    }
    let (program, arguments) = split(&args.command)?;
    // Started first: it takes some time to be ready.
    let watchdog = Watchdog::start();
    let reporter = match guarded(Reporter::open(&args, context)).await.unwrap_or_else(Err) {
        Ok(reporter) => Some(reporter),
        Err(error) => {
            output::warning(&error.context("nothing is reported"));
            None
        }
    };
    if let Some(reporter) = reporter.as_ref().filter(|_| args.preview.sandbox) {
        present(&args, context, reporter).await?;
    }
    let mut signals = match SignalListener::listen() {
        Ok(signals) => signals,
        Err(cause) => return without_reports(&args, &format!("signals cannot be handled: {cause}")),
    };
    let keys = reporter.as_ref().map(|reporter| (RUN_KEYS, enclosing_run_keys(reporter.key().as_str())));
    let command = CommandToRun {
        program,
        arguments,
        environment: keys.into_iter().collect(),
        limits: Limits { time: args.time_limit, grace: args.grace },
        watchdog: ready(watchdog).await,
        strict: args.strict,
    };
    let (outcome, is_reported) = run_and_report(context, command, reporter.as_ref(), &mut signals).await;
    signals.end().await;
    if let Some(reporter) = reporter.filter(|_| is_reported && args.preview.sandbox) {
        let last = outcome.final_state();
        let description = reporter.description(&last);
        context.output.note(&format!("the sandbox accepted the final report: {}, {description}", last.state));
    }
    Ok(exit_code(&outcome, args.strict && !is_reported))
}

/// Runs the command and reports its states at the same time. Returns whether the final state was reported.
async fn run_and_report(
    context: &Context,
    command: CommandToRun<'_>,
    reporter: Option<&Reporter>,
    signals: &mut SignalListener,
) -> (CommandOutcome, bool) {
    let (progress, watched) = watch::channel(CommandProgress::default());
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
        (Err(error), Some(reporter)) => {
            output::warning(&reporter.unreported(outcome.final_state().state, error));
            false
        }
        (is_reported, _) => is_reported.unwrap_or_default(),
    };
    (outcome, is_reported)
}

/// Runs the command to its end. The returned command, if it could be started, still reaches its remaining processes.
async fn run_command(
    command: CommandToRun<'_>,
    signals: &mut SignalListener,
    requests: &mut StopRequests,
    progress: &watch::Sender<CommandProgress>,
) -> (Option<ChildCommand>, CommandOutcome) {
    let CommandToRun { program, arguments, environment, limits, watchdog, strict } = command;
    match ChildCommand::start(program, arguments, environment, watchdog).await {
        Ok(mut child) => {
            let outcome = supervise(&mut child, signals, requests, limits, progress).await;
            (Some(child), outcome)
        }
        Err(mut cause) => {
            // The system has room for this process, and so for the command instead of it. Nothing has been sent yet.
            if sys::is_exhausted(&cause) && !strict {
                warn_without_reports(&format!(
                    "{} cannot be started next to bbstatus: {cause}",
                    program.to_string_lossy()
                ));
                cause = sys::run_instead(std::process::Command::new(program).args(arguments)).err().unwrap_or(cause);
            }
            let termination = not_runnable(program, &cause);
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
    let warn = |cause| {
        let problem = format!("the watchdog could not be started: {cause}");
        output::warning(&failed(problem).help("If bbstatus itself is killed, the command keeps running"));
    };
    ready.await.map_err(warn).ok()
}

/// The keys of all enclosing runs, the innermost last.
fn enclosing_run_keys(key: &str) -> String {
    let outer = std::env::var(RUN_KEYS).unwrap_or_default();
    if outer.is_empty() { key.to_owned() } else { format!("{outer}\n{key}") }
}

/// Turns a panic while reporting into an error: it must not affect the command.
async fn guarded<T>(reporting: impl Future<Output = T>) -> Result<T, CliError> {
    let outcome = AssertUnwindSafe(reporting).catch_unwind().await;
    outcome.map_err(|panic| {
        let texts = [panic.downcast_ref::<&str>().copied(), panic.downcast_ref::<String>().map(String::as_str)];
        let text = texts.into_iter().flatten().next().unwrap_or("no message");
        failed(format!("the report panicked: {text}")).help("This is a bug in bbstatus: please report it")
    })
}

/// Prints the first request. Sends nothing, and does not run the command.
async fn preview(args: &Run, context: &mut Context) -> Result<ExitCode, CliError> {
    let reporter = Reporter::open(args, context).await?;
    present(args, context, &reporter).await?;
    context.output.note("the command is not run; its final report would have another state and description");
    Ok(ExitCode::Done)
}

async fn present(args: &Run, context: &mut Context, reporter: &Reporter) -> Result<(), CliError> {
    let prepared = reporter.start_request().prepare().await?;
    print_request(context, &reporter.target, &args.preview, args.output_options.output, &prepared)
}

fn failed(problem: String) -> CliError {
    CliError::new(ExitCode::Failure, problem)
}

#[cfg(test)]
mod tests {
    use super::guarded;

    #[tokio::test]
    async fn a_panic_in_a_report_is_a_failure_to_report() {
        let code = 3;
        let panicked = guarded(async { assert_eq!(code, 4, "the clock is wrong") }).await;
        let error = format!("{:?}", panicked.unwrap_err());
        assert!(error.contains("the report panicked: ") && error.contains("the clock is wrong"), "{error}");
        assert_eq!(guarded(async { code }).await.unwrap(), code);
    }
}
