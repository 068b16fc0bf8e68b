//! `cargo xtask docs`: the pages that are written by programs.

use crate::{Outcome, process, repository, write};

/// Writes docs/command-line.md (every option, environment variable and exit code) and docs/ci-systems.md (what is
/// detected in each CI system). Tests compare both.
#[derive(clap::Args)]
pub(crate) struct Arguments {}

pub(crate) fn run(_: &Arguments) -> Outcome {
    let root = repository();
    let mut reference = process::cargo(&root);
    reference.args(["run", "--quiet", "--package", "bbstatus", "--", "reference"]);
    write(&root.join("docs/command-line.md"), &process::capture(&mut reference)?)?;
    let mut page = process::cargo(&root);
    page.args(["test", "--quiet", "--package", "bbstatus", "--test", "cli", "the_page_about_ci_systems"]);
    process::capture(page.env("WRITE_DOCS", "1")).map(drop)
}
