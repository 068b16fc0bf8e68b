//! `bbstatus watchdog`, which only `bbstatus run` starts.

use clap::Args;

use super::run;
use crate::{cli_error::CliError, exit::ExitCode};

/// Kill what a command has started when stdin ends; `run` starts this.
#[derive(Debug, Args)]
#[command(hide = true)]
pub(crate) struct Watchdog {}

pub(crate) fn run() -> Result<ExitCode, CliError> {
    run::watchdog()
}
