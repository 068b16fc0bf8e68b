//! `cargo xtask lint`: existing linters, each with its configuration file.

use std::process::Command;

use crate::{Outcome, process, repository, tools};

/// Runs typos, lychee and zizmor, which are installed below target/tools at their first use (needs Python 3.10).
#[derive(clap::Args)]
pub(crate) struct Arguments {}

/// The linters, with their arguments.
const LINTERS: [(&str, &[&str]); 3] =
    [("typos", &[]), ("lychee", &["--quiet", "."]), ("zizmor", &["--offline", "--quiet", "."])];

pub(crate) fn run(_: &Arguments) -> Outcome {
    let root = repository();
    let programs = tools::python(&root, "lint")?;
    LINTERS.iter().try_for_each(|(program, arguments)| {
        process::run(Command::new(programs.join(program)).args(*arguments).current_dir(&root))
    })
}
