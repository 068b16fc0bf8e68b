//! `bbstatus watchdog`, which only `bbstatus run` starts.

use clap::Args;

use super::run;
use crate::{exit::Exit, failure::Failure};

/// Kill what a command has started when stdin ends; `run` starts this.
#[derive(Debug, Args)]
#[command(hide = true)]
pub(crate) struct Watchdog {}

pub(crate) fn run() -> Result<Exit, Failure> {
    run::watchdog()
}
