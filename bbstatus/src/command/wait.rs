//! `bbstatus wait`: waits until all expected statuses are final.

mod decision;
mod watch;

use std::{num::NonZeroUsize, time::Duration};

use bitbucket_build_status::{BuildStatus, Statuses};
use clap::Args;
use decision::{Expected, NamedKey, OwnStatuses};
use tokio::time::Instant;
use watch::{PollError, Schedule, Snapshot, watch};

use super::{PAGELEN, RUN_KEYS, list};
use crate::{
    args::{ConnectionOptions, LocationOptions, OutputOptions, PreviewOptions, duration, number, pull_request},
    cli_error::CliError,
    context::Context,
    exit::ExitCode,
    target::Target,
};

/// The shortest interval between two requests.
const MIN_INTERVAL: Duration = Duration::from_millis(100);
/// The default of `--settle` if nothing says how many statuses to expect.
const DEFAULT_SETTLE: Duration = Duration::from_secs(30);

/// Wait until every status of a commit or a pull request is final.
///
/// Prints the statuses when they are final, or when the time is over. While nothing changes, the interval between polls
/// grows. Bitbucket's rate limits are obeyed.
///
/// Nothing says how many statuses a commit will get. Name them with --key, or give their number with --at-least, as in
/// Bitbucket's merge check. Without either, a status that is created after --settle is not waited for.
///
/// It does not wait for itself: the statuses of enclosing `bbstatus run` commands, and of the Bitbucket pipeline that
/// it runs in, are left out.
///
/// The exit code is 0 if all succeeded, 7 if one failed or was stopped, and 8 if the time is over and a status is in
/// progress, none exists yet, or an expected one is missing. It is 6 if the last poll failed because Bitbucket was not
/// available; any other error ends the wait at once, with that error's own code.
#[derive(Debug, Args)]
pub(crate) struct Wait {
    /// Wait only for this key; repeatable.
    #[arg(long = "key", value_name = "KEY")]
    pub(crate) keys: Vec<String>,
    /// Wait until there are at least this many statuses and all are final; succeed only if all are SUCCESSFUL.
    #[arg(long, env = "BBSTATUS_AT_LEAST", value_name = "NUMBER",
          value_parser = |text: &str| number::<NonZeroUsize>(text, "1 or more"))]
    pub(crate) at_least: Option<NonZeroUsize>,
    /// Leave out this key; repeatable.
    #[arg(long, value_name = "KEY")]
    pub(crate) exclude: Vec<String>,
    /// Succeed only when no status has been updated for this time [default: 0s with --key or --at-least, otherwise 30s,
    /// but at most half of --timeout].
    #[arg(long, env = "BBSTATUS_SETTLE", value_name = "DURATION", value_parser = duration)]
    pub(crate) settle: Option<Duration>,
    /// Wait for the statuses of this pull request instead of those of a commit.
    #[arg(long, value_name = "NUMBER", conflicts_with = "refname", value_parser = pull_request)]
    pub(crate) pull_request: Option<u64>,
    /// Wait only for statuses with this refname or without one.
    #[arg(long, value_name = "BRANCH")]
    pub(crate) refname: Option<String>,
    /// Give up after this time, such as 90s, 10m or 1h30m; 0s polls once.
    #[arg(long, env = "BBSTATUS_WAIT_TIMEOUT", value_name = "DURATION", default_value = "1h",
          value_parser = duration)]
    pub(crate) timeout: Duration,
    /// The first interval between polls; at least 100ms.
    #[arg(long, env = "BBSTATUS_INTERVAL", value_name = "DURATION", default_value = "10s",
          value_parser = duration)]
    pub(crate) interval: Duration,
    /// Exit as soon as one has failed or was stopped.
    #[arg(long)]
    pub(crate) fail_fast: bool,
    #[command(flatten)]
    pub(crate) location: LocationOptions,
    #[command(flatten)]
    pub(crate) connection: ConnectionOptions,
    #[command(flatten)]
    pub(crate) output_options: OutputOptions,
}

pub(crate) async fn run(args: Wait, context: &mut Context) -> Result<ExitCode, CliError> {
    let expected = expected(&args)?;
    let preview = PreviewOptions { sandbox: false, dry_run: false, curl: false };
    let target = Target::open(context, &args.location, None, &args.connection, &preview).await?;
    let is_pipelines = target.build_info.system.as_ref().is_some_and(|system| system.value == "Bitbucket Pipelines");
    let own = OwnStatuses {
        run_keys: std::env::var(RUN_KEYS).unwrap_or_default().lines().map(str::to_owned).collect(),
        pipeline_url: target.build_info.url.as_ref().filter(|_| is_pipelines).map(|url| url.value.clone()),
    };
    let progress = context.output.progress(None);
    let mut noted = Vec::new();
    // With zero, the only poll has the time of any call.
    let deadline = Instant::now().checked_add(args.timeout).filter(|_| !args.timeout.is_zero());
    let poll = async || {
        let time_left = deadline.map_or(Duration::MAX, |deadline| deadline.saturating_duration_since(Instant::now()));
        let statuses = statuses(&args, &target, rounded_up(time_left), &|text| progress.set_message(text)).await?;
        let (statuses, left_out) = decision::select(statuses, &expected, &own);
        for note in left_out {
            if !noted.contains(&note) {
                context.output.note(&note);
                noted.push(note);
            }
        }
        Ok(Snapshot { statuses, now: target.server_time() })
    };
    let schedule = Schedule { timeout: args.timeout, interval: args.interval.max(MIN_INTERVAL) };
    let watched = watch(&expected, schedule, poll, |text| progress.set_message(text), || target.last_problem()).await;
    progress.end();
    let outcome = watched?;
    // The exit code does not depend on whether anyone reads the statuses.
    let written = match &*outcome.statuses {
        [] => Ok(()),
        statuses => list::write(context, args.output_options.output, statuses),
    };
    written.and_then(|()| Ok(context.output.finish()?)).or_else(CliError::ignore_broken_pipe)?;
    if outcome.exit != ExitCode::Done && !progress.last_message_is(&outcome.words) {
        context.output.note(&outcome.words);
    }
    Ok(outcome.exit)
}

fn expected(args: &Wait) -> Result<Expected, CliError> {
    let named = |keys: &[String]| keys.iter().map(|key| NamedKey::new(key)).collect::<Result<Vec<_>, _>>();
    let (keys, exclude) = (named(&args.keys)?, named(&args.exclude)?);
    if let Some(both) = args.keys.iter().find(|key| args.exclude.contains(key)) {
        return Err(CliError::usage(format!("--exclude: expected a key that is not passed with --key, got {both:?}"))
            .help("Pass a key as --key or as --exclude, not both"));
    }
    let is_bounded = !keys.is_empty() || args.at_least.is_some();
    let default_settle = if is_bounded { Duration::ZERO } else { DEFAULT_SETTLE.min(args.timeout / 2) };
    Ok(Expected {
        keys,
        exclude,
        at_least: args.at_least.map(NonZeroUsize::get),
        settle: args.settle.unwrap_or(default_settle),
        fail_fast: args.fail_fast,
    })
}

/// In full seconds, for a message.
fn rounded_up(time: Duration) -> Duration {
    Duration::from_secs(time.as_secs().saturating_add(u64::from(time.subsec_nanos() > 0)))
}

/// All statuses of the commit or the pull request.
async fn statuses(
    args: &Wait,
    target: &Target,
    time_left: Duration,
    announce: &dyn Fn(&str),
) -> Result<Vec<BuildStatus>, PollError> {
    let request = request(args, target).map_err(PollError::Fatal)?;
    target.call_with(time_left, announce, request.all()).await.map_err(|error| {
        let retry_after = error.retry_after().unwrap_or_default();
        if error.is_retryable() {
            PollError::Retryable(error.into(), retry_after)
        } else {
            PollError::Fatal(error.into())
        }
    })
}

fn request(args: &Wait, target: &Target) -> Result<Statuses, CliError> {
    if let Some(number) = args.pull_request {
        let (workspace, slug) = target.build_info.repository()?;
        return Ok(target.client.pull_request(workspace, slug, number)?.statuses());
    }
    let request = target.commit()?.statuses().pagelen(PAGELEN);
    Ok(match &args.refname {
        Some(refname) => request.refname(refname),
        None => request,
    })
}
