//! `cargo xtask docs-rs`: the documentation as docs.rs builds it, without a warning.

use crate::{
    Outcome, RootManifest,
    package::{Unpacked, target},
    process, repository,
};

/// Documents the package as docs.rs does: the packaged files only, all features, its flags (needs nightly).
#[derive(clap::Args)]
pub struct Arguments {}

/// Runs the command.
///
/// # Errors
/// [`Failure::Found`](crate::Failure::Found) for a warning, such as a link that leads nowhere.
pub fn run(_: &Arguments) -> Outcome {
    let root = repository();
    let manifest = RootManifest::of(&root)?;
    let unpacked = Unpacked::new(&root, &manifest)?;
    let flags = [manifest.rustdoc_flags(), vec!["-D", "warnings"]].concat().join(" ");
    let mut document = process::cargo_of("nightly", unpacked.package());
    document.args(["doc", "--locked", "--no-deps", "--all-features", "--quiet"]).env("RUSTDOCFLAGS", flags);
    process::run(document.env("CARGO_TARGET_DIR", target(&root).join("docs-rs")))
}
