//! The command line of the project's chores; it only dispatches.

use clap::{Parser, Subcommand};
use std::process::ExitCode;
use xtask::{
    Outcome, ci, codegen, contract, deny, docs, docs_rs, minimal_versions, msrv, package, powerset, release, semver,
    spec, tidy,
};

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
    Docs(docs::Arguments),
    Contract(contract::Arguments),
    Tidy(tidy::Arguments),
    Ci(ci::Arguments),
    Package(package::Arguments),
    DocsRs(docs_rs::Arguments),
    Powerset(powerset::Arguments),
    MinimalVersions(minimal_versions::Arguments),
    Msrv(msrv::Arguments),
    Deny(deny::Arguments),
    Semver(semver::Arguments),
    Release(release::Arguments),
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
        Command::Docs(arguments) => docs::run(&arguments),
        Command::Contract(arguments) => contract::run(&arguments),
        Command::Tidy(arguments) => tidy::run(&arguments),
        Command::Ci(arguments) => ci::run(&arguments),
        Command::Package(arguments) => package::run(&arguments),
        Command::DocsRs(arguments) => docs_rs::run(&arguments),
        Command::Powerset(arguments) => powerset::run(&arguments),
        Command::MinimalVersions(arguments) => minimal_versions::run(&arguments),
        Command::Msrv(arguments) => msrv::run(&arguments),
        Command::Deny(arguments) => deny::run(&arguments),
        Command::Semver(arguments) => semver::run(&arguments),
        Command::Release(arguments) => release::run(arguments),
    }
}
