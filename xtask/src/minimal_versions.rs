//! `cargo xtask minimal-versions`: the oldest versions that the manifest allows suffice.

use std::fs;

use crate::{
    Failure, Outcome, RootManifest,
    package::{Unpacked, target},
    process, repository,
};

/// Builds the package with the oldest version of each direct dependency that the manifest allows (needs nightly).
#[derive(clap::Args)]
pub struct Arguments {}

/// Runs the command.
///
/// # Errors
/// [`Failure::Found`] for a version that is too old for the code, or for the rest of the tree.
pub fn run(_: &Arguments) -> Outcome {
    let root = repository();
    let unpacked = Unpacked::new(&root, &RootManifest::of(&root)?)?;
    let package = unpacked.package();
    let lock = package.join("Cargo.lock");
    fs::remove_file(&lock).map_err(|error| Failure::Unusable(format!("{}: {error}", lock.display())))?;
    process::run(process::cargo_of("nightly", package).args(["update", "--quiet", "-Z", "direct-minimal-versions"]))?;
    let mut check = process::cargo(package);
    check.args(["check", "--locked", "--quiet", "--all-features", "--lib", "--bins", "--examples"]);
    process::run(check.env("CARGO_TARGET_DIR", target(&root).join("minimal-versions")))
}
