//! The command line: all commands, and what they share.

mod parse;

use std::ffi::OsString;

use clap::{CommandFactory as _, Parser, Subcommand, builder::Resettable};

pub(crate) use self::parse::{Parsed, Rejected, parse};
#[cfg(unix)]
use crate::command::watchdog::Watchdog;
use crate::{
    args::Verbosity,
    command::{
        apply::Apply, completions::Completions, detect::Detect, doctor::Doctor, get::Get, key::Key, list::List,
        man::Man, probe::Probe, reference::Reference, run::Run, sandbox::Sandbox, set::Set, update::Update, wait::Wait,
    },
    credentials, exit,
};

/// Report the state of a build to Bitbucket Cloud, from any CI job.
#[derive(Debug, Parser)]
#[command(name = "bbstatus", version, subcommand_required = true, arg_required_else_help = true)]
#[command(max_term_width = 100, disable_help_subcommand = true)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) verbosity: Verbosity,
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    Set(Set),
    Update(Update),
    Get(Get),
    List(List),
    Run(Run),
    Wait(Wait),
    Apply(Apply),
    Key(Key),
    Detect(Detect),
    Doctor(Doctor),
    Sandbox(Sandbox),
    Probe(Probe),
    Completions(Completions),
    Man(Man),
    Reference(Reference),
    #[cfg(unix)]
    Watchdog(Watchdog),
}

/// The command line, including the parts that depend on the environment.
pub(crate) fn command() -> clap::Command {
    let credentials =
        credentials::VARIABLES.map(|(variables, meaning)| format!("  {variables}\n      {meaning}")).join("\n");
    let codes = exit::TABLE.map(|(code, meaning)| format!("  {code:<5}  {meaning}")).join("\n");
    let after = format!("Credentials, read from the environment:\n{credentials}\n\nExit codes:\n{codes}");
    without_empty_variables(Cli::command().after_help(after))
}

/// An empty variable counts as not set: CI systems leave variables empty. The help does not show values.
fn without_empty_variables(command: clap::Command) -> clap::Command {
    let command = command.mut_args(|arg| {
        let value = arg.get_env().and_then(std::env::var_os);
        let arg = arg.hide_env_values(true);
        if value.is_some_and(|value: OsString| value.is_empty()) { arg.env(Resettable::Reset) } else { arg }
    });
    command.mut_subcommands(without_empty_variables)
}
