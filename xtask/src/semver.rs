//! `cargo xtask semver`: what changed since the last release, held to the version.

use crate::{Outcome, process, repository};

/// Compares the public interface with the last release's (needs cargo-semver-checks).
#[derive(clap::Args)]
pub struct Arguments {}

/// Runs the command.
///
/// # Errors
/// [`Failure::Found`](crate::Failure::Found) for a change that the version does not allow.
pub fn run(_: &Arguments) -> Outcome {
    let root = repository();
    let mut tags = std::process::Command::new("git");
    let tags = process::capture(tags.args(["tag", "--list", "v*", "--sort=-version:refname"]).current_dir(&root))?;
    let Some(last) = tags.lines().next() else {
        println!("no release yet (no tag v*): nothing to compare with");
        return Ok(());
    };
    let mut compare = process::cargo(&root);
    compare.args(["semver-checks", "--package", "bitbucket-build-status", "--all-features", "--baseline-rev", last]);
    process::run(&mut compare)
}
