//! `cargo xtask spec`: everything that is done with the document.

mod changes;
pub mod clients;
pub mod compare;
pub mod deviations;
pub mod diff;
pub mod document;
mod flatten;
pub mod impact;
pub mod lint;
pub mod normal;
pub mod operations;
pub mod overlay;
mod schemas;
pub mod trim;
pub mod watch;

use crate::Outcome;

/// Trims, compares, checks and exports `spec/openapi.json`.
#[derive(clap::Args)]
pub struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(clap::Subcommand)]
enum Command {
    Trim(trim::Arguments),
    Diff(diff::Arguments),
    Lint(lint::Arguments),
    Overlay(overlay::Arguments),
    Clients(clients::Arguments),
    Watch(watch::Arguments),
}

/// Runs the command.
///
/// # Errors
/// Those of the subcommand.
pub fn run(arguments: Arguments) -> Outcome {
    match arguments.command {
        Command::Trim(arguments) => trim::run(&arguments),
        Command::Diff(arguments) => diff::run(&arguments),
        Command::Lint(arguments) => lint::run(&arguments),
        Command::Overlay(arguments) => overlay::run(&arguments),
        Command::Clients(arguments) => clients::run(&arguments),
        Command::Watch(arguments) => watch::run(&arguments),
    }
}
