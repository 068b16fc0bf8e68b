//! The command line of the project's chores; it only dispatches.

use clap::{Parser, Subcommand};
use std::process::ExitCode;
use xtask::{Outcome, bench, ci, codegen, spec, tidy};

/// The project's chores. Each check prints what mends it.
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
    Tidy(tidy::Arguments),
    Ci(ci::Arguments),
    Bench(bench::Arguments),
}

fn main() -> ExitCode {
    let outcome = run(Arguments::parse().command);
    if let Err(failure) = &outcome {
        eprintln!("{failure}");
    }
    outcome.err().map_or(ExitCode::SUCCESS, ExitCode::from)
}

fn run(command: Command) -> Outcome {
    match command {
        Command::Spec(arguments) => spec::run(arguments),
        Command::Codegen(arguments) => codegen::run(&arguments),
        Command::Tidy(arguments) => tidy::run(&arguments),
        Command::Ci(arguments) => ci::run(&arguments),
        Command::Bench(arguments) => bench::run(arguments),
    }
}
