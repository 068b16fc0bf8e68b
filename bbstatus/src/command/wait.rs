//! `bbstatus wait`: waits until statuses have ended.

mod verdict;

use std::time::Duration;

use bitbucket_build_status::{BuildStatus, Error, Key, Statuses};
use clap::Args;
use tokio::time::{Instant, sleep};
use verdict::{Verdict, next_pause};

use super::{PAGELEN, key, list};
use crate::{
    args::{Connection, Place, Presentation, Trying, duration, pull_request},
    connection::Target,
    exit::Exit,
    failure::Failure,
    output::Progress,
    session::Session,
};

/// What is asked more often than this is no longer polite.
const SHORTEST_INTERVAL: Duration = Duration::from_millis(100);

/// Wait until every status of a commit or a pull request has ended.
///
/// Writes the statuses to stdout when they have ended, or when the time is over. While nothing changes it asks less and
/// less often, and never more often than Bitbucket allows.
///
/// The exit code is 0 where all succeeded, 7 where one failed or was stopped, and else 8 where one has not ended. A
/// commit without any status has not ended either, nor has a key that was named and is not there yet.
#[derive(Debug, Args)]
pub(crate) struct Wait {
    /// Wait for this key only; may be given more than once.
    #[arg(long = "key", value_name = "KEY")]
    pub(crate) keys: Vec<String>,
    /// Wait for the statuses of this pull request instead of those of a commit.
    #[arg(long, value_name = "NUMBER", conflicts_with = "refname", value_parser = pull_request)]
    pub(crate) pull_request: Option<u64>,
    /// Wait only for those that name this branch, and those that name none.
    #[arg(long, value_name = "BRANCH")]
    pub(crate) refname: Option<String>,
    /// Give up after this time, such as 90s, 10m or 1h30m.
    #[arg(id = "time_limit", long = "timeout", env = "BBSTATUS_WAIT_TIMEOUT", value_name = "DURATION",
          default_value = "1h", value_parser = duration)]
    pub(crate) time_limit: Duration,
    /// How often to ask at first; 100ms at least.
    #[arg(long, env = "BBSTATUS_INTERVAL", value_name = "DURATION", default_value = "10s",
          value_parser = duration)]
    pub(crate) interval: Duration,
    /// End as soon as one has failed or was stopped.
    #[arg(long)]
    pub(crate) fail_fast: bool,
    #[command(flatten)]
    pub(crate) place: Place,
    #[command(flatten)]
    pub(crate) connection: Connection,
    #[command(flatten)]
    pub(crate) presentation: Presentation,
}

pub(crate) async fn run(args: Wait, session: &mut Session) -> Result<Exit, Failure> {
    let keys = args.keys.iter().map(|typed| Ok(key(session, typed)?.0));
    let keys = keys.collect::<Result<Vec<Key>, Failure>>()?;
    let trying = Trying { sandbox: false, dry_run: false, curl: false };
    let target = Target::open(session, &args.place, None, &args.connection, &trying).await?;
    let progress = session.output.progress(None);
    let watched = watch(&args, &keys, &target, &progress).await;
    progress.end();
    let (statuses, verdict) = watched?;
    // The verdict stands, whoever reads the statuses.
    let written = match &*statuses {
        [] => Ok(()),
        statuses => list::write(session, args.presentation.output, statuses),
    };
    written.and_then(|()| Ok(session.output.finish()?)).or_else(Failure::unless_unread)?;
    if !verdict.is_final() {
        session.output.note(&verdict.in_words());
    }
    Ok(match &verdict {
        Verdict { failed: 1.., .. } => Exit::StatusFailed,
        verdict if verdict.is_final() => Exit::Done,
        _ => Exit::StatusPending,
    })
}

/// Asks again and again, until nothing more is expected or the time is over.
async fn watch(
    args: &Wait,
    keys: &[Key],
    target: &Target,
    progress: &Progress,
) -> Result<(Vec<BuildStatus>, Verdict), Failure> {
    let deadline = Instant::now().checked_add(args.time_limit);
    let interval = args.interval.max(SHORTEST_INTERVAL);
    let mut pause = interval;
    let mut last_verdict = None;
    loop {
        let left = deadline.map(|deadline| deadline.saturating_duration_since(Instant::now()));
        let over = left.is_some_and(|left| left.is_zero());
        let asked_wait = match statuses(args, keys, target).await {
            Ok(statuses) => {
                let verdict = Verdict::of(&statuses, keys);
                if verdict.is_final() || over || (args.fail_fast && verdict.failed > 0) {
                    return Ok((statuses, verdict));
                }
                let changed = last_verdict.as_ref() != Some(&verdict);
                if changed {
                    progress.tell(&verdict.in_words());
                }
                pause = if last_verdict.is_none() { pause } else { next_pause(pause, interval, changed) };
                last_verdict = Some(verdict);
                Duration::ZERO
            }
            // What passes is waited for, as everything else is.
            Err(failure) => match failure {
                Asking::Passing(error) if !over => {
                    progress.tell(&format!("no answer: {error}"));
                    error.retry_after().unwrap_or_default()
                }
                Asking::Passing(error) => return Err(error.into()),
                Asking::Final(failure) => return Err(failure),
            },
        };
        let wait = pause.max(asked_wait);
        sleep(left.map_or(wait, |left| wait.min(left))).await;
    }
}

/// Why a list of statuses could not be read.
enum Asking {
    Passing(Error),
    Final(Failure),
}

/// All statuses that are waited for.
async fn statuses(args: &Wait, keys: &[Key], target: &Target) -> Result<Vec<BuildStatus>, Asking> {
    let request = request(args, target).map_err(Asking::Final)?;
    let mut statuses = request
        .all()
        .await
        .map_err(|error| if error.is_retryable() { Asking::Passing(error) } else { Asking::Final(error.into()) })?;
    statuses.retain(|status| keys.is_empty() || keys.iter().any(|key| key.as_str() == status.key));
    Ok(statuses)
}

fn request(args: &Wait, target: &Target) -> Result<Statuses, Failure> {
    if let Some(number) = args.pull_request {
        let (workspace, slug) = target.settings.repository()?;
        return Ok(target.client.pull_request(workspace, slug, number)?.statuses());
    }
    let request = target.commit()?.statuses().pagelen(PAGELEN);
    Ok(match &args.refname {
        Some(refname) => request.refname(refname),
        None => request,
    })
}
