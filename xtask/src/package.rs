//! `cargo xtask package`: what others get, and whether they can build on it.

pub mod contents;
mod dependant;
mod unpacked;

use std::path::Path;

use crate::{Outcome, RootManifest, process, repository};
pub(crate) use unpacked::{Unpacked, target};

/// Packages the crate and builds dependants from the package, away from git and without the network.
#[derive(clap::Args)]
pub struct Arguments {
    /// Build nothing; only judge which files are in the package.
    #[arg(long)]
    list: bool,
}

/// Runs the command.
///
/// # Errors
/// As [`check`].
pub fn run(arguments: &Arguments) -> Outcome {
    let root = repository();
    if arguments.list { list(&root) } else { check(&root) }
}

/// Judges the package of a repository, and builds on it.
///
/// # Errors
/// [`Failure::Found`](crate::Failure::Found) for a file that is missing or superfluous, or a dependant that does not
/// build or does not do what it should.
pub fn check(root: &Path) -> Outcome {
    list(root)?;
    let unpacked = Unpacked::new(root, &RootManifest::of(root)?)?;
    dependant::ALL.iter().try_for_each(|dependant| dependant.check(root, &unpacked))
}

fn list(root: &Path) -> Outcome {
    let mut list = process::cargo(root);
    contents::check(root, &process::capture(list.args(["package", "--list", "--allow-dirty", "--quiet"]))?)
}
