//! `cargo xtask tidy`: the rules of this house that no compiler and no linter holds.

mod code;
pub mod features;
mod files;
mod prose;
mod table;

pub use files::{File, Manifest};

use crate::{Outcome, RootManifest, failure::unless_empty, read, repository};
use std::path::Path;

/// Holds the repository to its own rules: fences, left-overs, links, versions, words for features.
#[derive(clap::Args)]
pub struct Arguments {}

/// Runs the command.
///
/// # Errors
/// [`Failure::Found`](crate::Failure::Found) with every finding.
pub fn run(_: &Arguments) -> Outcome {
    check(&repository())
}

/// Holds a repository to the rules.
///
/// # Errors
/// [`Failure::Found`](crate::Failure::Found) with every finding,
/// [`Failure::Unusable`](crate::Failure::Unusable) when a file cannot be read.
pub fn check(root: &Path) -> Outcome {
    let files = files::all(root)?;
    let mut findings = findings(&files, &Manifest::of(root)?);
    let manifest = RootManifest::of(root)?;
    findings.extend(features::check(&manifest, &read(&root.join("docs/tour.md"))?));
    unless_empty(&findings)
}

/// What is wrong with some files, each in a sentence that begins with file and line.
#[must_use]
pub fn findings(files: &[File], manifest: &Manifest) -> Vec<String> {
    let mut findings = Vec::new();
    for file in files {
        findings.extend(code::out_of_place(file));
        findings.extend(code::left_over(file));
        findings.extend(code::ignored(file));
        findings.extend(prose::dead_links(file, files));
        findings.extend(prose::old_versions(file, manifest));
    }
    findings
}
