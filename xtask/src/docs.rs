//! `cargo xtask docs`: the reference of the command line, as the command itself prints it.

use crate::{Outcome, process, repository, write};

/// Writes docs/command-line.md: every option, environment variable and exit code. A test of bbstatus compares.
#[derive(clap::Args)]
pub struct Arguments {}

/// Runs the command.
///
/// # Errors
/// [`Failure::Found`](crate::Failure::Found) when `bbstatus` does not build.
pub fn run(_: &Arguments) -> Outcome {
    let root = repository();
    let mut reference = process::cargo(&root);
    reference.args(["run", "--quiet", "--package", "bbstatus", "--", "reference"]);
    write(&root.join("docs/command-line.md"), &process::capture(&mut reference)?)
}
