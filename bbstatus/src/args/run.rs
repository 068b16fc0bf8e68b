//! `bbstatus run`: what can be typed.

use std::{ffi::OsString, time::Duration};

use clap::{Args, builder::FalseyValueParser};

use super::{
    Build, Connection, Place, Presentation, Trying,
    values::{duration, positive_duration},
};

/// Run a command, and report how it goes.
///
/// Reports INPROGRESS, runs the command with its own input and output, and reports SUCCESSFUL or FAILED with the time
/// it took. A command that is interrupted (SIGINT), ended (SIGTERM, SIGHUP) or takes longer than --timeout is STOPPED.
/// SIGQUIT, SIGUSR1 and SIGUSR2 are passed on too, and what the command makes of them decides.
///
/// The exit code is the command's own: 128 and the signal's number where a signal ended it, 127 where there is no such
/// command, 126 where it cannot be run, and 124 where it took too long and still ended with 0. A report that fails is a
/// warning and does not change it.
///
/// The last report is tried for twice as long as --request-timeout says, however often that is.
///
/// On a terminal the command stays in the foreground: it can read what is typed, and the terminal itself interrupts it.
/// Elsewhere it leads a process group of its own. Either way, what it has started is told to end with it, except what
/// has made a group of its own. Windows has neither groups nor SIGTERM: Ctrl-C and Ctrl-Break reach
/// the command by the console, and what has to be ended is ended at once.
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
    /// How long a command that was told to end may take until it is killed.
    #[arg(long, env = "BBSTATUS_GRACE", value_name = "DURATION", default_value = "10s",
          value_parser = duration)]
    pub(crate) grace: Duration,
    /// Exit with 1 where the command succeeded and its last state could not be reported.
    #[arg(long, env = "BBSTATUS_STRICT", value_parser = FalseyValueParser::new())]
    pub(crate) strict: bool,
    /// What people read; Bitbucket's pages show about 32 characters of it.
    #[arg(long, env = "BBSTATUS_NAME", help_heading = "What to report")]
    pub(crate) name: Option<String>,
    /// A sentence about the build; how it ended and the time it took are added.
    #[arg(long, env = "BBSTATUS_DESCRIPTION", value_name = "TEXT", help_heading = "What to report")]
    pub(crate) description: Option<String>,
    #[command(flatten)]
    pub(crate) build: Build,
    #[command(flatten)]
    pub(crate) place: Place,
    #[command(flatten)]
    pub(crate) connection: Connection,
    #[command(flatten)]
    pub(crate) trying: Trying,
    #[command(flatten)]
    pub(crate) presentation: Presentation,
}
