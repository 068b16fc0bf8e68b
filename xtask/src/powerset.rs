//! `cargo xtask powerset`: every pair of features compiles, and so does each feature alone and none at all.

use crate::{Outcome, process, repository};

/// Lints the library and the command with none, each one and each two of the features (needs cargo-hack).
#[derive(clap::Args)]
pub struct Arguments {}

/// Runs the command.
///
/// # Errors
/// [`Failure::Found`](crate::Failure::Found) for a set of features that does not compile without a warning, or a
/// cargo without cargo-hack.
pub fn run(_: &Arguments) -> Outcome {
    let mut lint = process::cargo(&repository());
    lint.args(["hack", "clippy", "--feature-powerset", "--depth", "2", "--no-dev-deps", "--quiet"]);
    process::run(lint.args(["--package", "bitbucket-build-status", "--", "--deny", "warnings"]))
}
