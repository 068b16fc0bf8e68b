//! `cargo xtask tidy`: the rules of this house that no compiler and no linter holds.

mod code;
mod files;
mod prose;

pub use files::{File, Manifest};

use crate::{Outcome, failure::unless_empty, repository};
use std::path::Path;

/// Holds the repository to its own rules: fences, lengths, left-overs, links and versions.
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
    unless_empty(&findings(&files, &Manifest::of(root)?))
}

/// What is wrong with some files, each in a sentence that begins with file and line.
#[must_use]
pub fn findings(files: &[File], manifest: &Manifest) -> Vec<String> {
    let mut findings = Vec::new();
    for file in files {
        findings.extend(code::too_long(file));
        findings.extend(code::out_of_place(file));
        findings.extend(code::left_over(file));
        findings.extend(code::ignored(file));
        findings.extend(prose::dead_links(file, files));
        findings.extend(prose::old_versions(file, manifest));
    }
    findings
}
