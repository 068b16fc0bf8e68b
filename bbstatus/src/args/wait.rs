//! `bbstatus wait`: what can be typed.

use std::time::Duration;

use clap::Args;

use super::{Connection, Place, Presentation, pull_request, values::duration};

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
