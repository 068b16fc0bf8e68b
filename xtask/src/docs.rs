//! `cargo xtask docs`: the pages that are written by a program: the reference of the command line, as the command itself
//! prints it, and what is found in each CI system, by the dumps of their environments.

mod ci_systems;

use crate::{Outcome, process, repository, write};

/// Writes docs/command-line.md (every option, environment variable and exit code) and docs/ci-systems.md. Tests compare.
#[derive(clap::Args)]
pub struct Arguments {}

/// Runs the command.
///
/// # Errors
/// [`Error::CheckFailed`](crate::Error::CheckFailed) when `bbstatus` does not build, and
/// [`Error::Unusable`](crate::Error::Unusable) when a dump cannot be read.
pub fn run(_: &Arguments) -> Outcome {
    let root = repository();
    let mut reference = process::cargo(&root);
    reference.args(["run", "--quiet", "--package", "bbstatus", "--", "reference"]);
    write(&root.join("docs/command-line.md"), &process::capture(&mut reference)?)?;
    write(&root.join(ci_systems::PAGE), &ci_systems::page(&root)?)
}

#[cfg(test)]
mod tests {
    use super::ci_systems::{PAGE, page};
    use crate::{read, repository};

    #[test]
    fn the_page_about_ci_systems_is_that_of_the_dumps() {
        let root = repository();
        let (written, expected) = (read(&root.join(PAGE)).unwrap(), page(&root).unwrap());
        let difference = written.lines().zip(expected.lines()).find(|(written, expected)| written != expected);
        assert_eq!(difference, None, "run: cargo xtask docs");
        assert_eq!(written.len(), expected.len(), "run: cargo xtask docs");
    }
}
