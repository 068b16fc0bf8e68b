//! The command line of the maintenance tasks; it only dispatches.

use std::process::ExitCode;

use clap::{Parser, Subcommand};
use xtask::{Outcome, ci, codegen, contract, dist, docs, lint, spec};

/// The project's maintenance tasks. Each check prints the command that fixes what it finds.
#[derive(Parser)]
#[command(name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Spec(spec::Arguments),
    Codegen(codegen::Arguments),
    Docs(docs::Arguments),
    Ci(ci::Arguments),
    Lint(lint::Arguments),
    Contract(contract::Arguments),
    Dist(dist::Arguments),
}

fn main() -> ExitCode {
    let outcome = run(Arguments::parse().command);
    if let Err(error) = &outcome {
        eprintln!("{error}");
    }
    outcome.err().map_or(ExitCode::SUCCESS, ExitCode::from)
}

fn run(command: Command) -> Outcome {
    match command {
        Command::Spec(arguments) => spec::run(arguments),
        Command::Codegen(arguments) => codegen::run(&arguments),
        Command::Docs(arguments) => docs::run(&arguments),
        Command::Ci(arguments) => ci::run(&arguments),
        Command::Lint(arguments) => lint::run(&arguments),
        Command::Contract(arguments) => contract::run(&arguments),
        Command::Dist(arguments) => dist::run(arguments),
    }
}
