//! `cargo xtask docs`: the reference of the command line, as the command itself tells it.

use crate::{Failure, Outcome, read, repository, write};
use std::{env, path::Path, process::Command};

/// Writes the reference of the command line, with its options, environment variables and exit codes.
#[derive(clap::Args)]
pub struct Arguments {
    /// Write nothing, and fail when the reference is not what the command tells.
    #[arg(long)]
    check: bool,
}

/// Where the reference is.
pub const REFERENCE: &str = "docs/command-line.md";

/// Runs the command.
///
/// # Errors
/// [`Failure::Found`] from `--check` when the reference is out of date, [`Failure::Unusable`] when `bbstatus` does not
/// build.
pub fn run(arguments: &Arguments) -> Outcome {
    let root = repository();
    if arguments.check { check(&root) } else { write(&root.join(REFERENCE), &told(&root)?) }
}

/// Compares the reference with what the command of this repository tells.
///
/// # Errors
/// As for [`compare`], and [`Failure::Unusable`] when `bbstatus` does not build.
pub fn check(root: &Path) -> Outcome {
    compare(&read(&root.join(REFERENCE))?, &told(root)?)
}

/// Compares the reference with what the command tells.
///
/// # Errors
/// [`Failure::Found`] with the first line that differs and the command that mends it.
pub fn compare(reference: &str, told: &str) -> Outcome {
    if reference == told {
        return Ok(());
    }
    let same = reference.lines().zip(told.lines()).take_while(|(left, right)| left == right).count();
    Err(Failure::Found(format!("{REFERENCE}:{}: not what bbstatus tells; run: cargo xtask docs", same + 1)))
}

fn told(root: &Path) -> Result<String, Failure> {
    let cargo = env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
    let mut command = Command::new(cargo);
    command.args(["run", "--quiet", "--package", "bbstatus", "--", "reference"]).current_dir(root);
    let unusable = |problem: String| Failure::Unusable(format!("bbstatus reference: {problem}"));
    let output = command.output().map_err(|error| unusable(error.to_string()))?;
    if !output.status.success() {
        return Err(unusable(String::from_utf8_lossy(&output.stderr).into_owned()));
    }
    String::from_utf8(output.stdout).map_err(|error| unusable(error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::compare;

    #[test]
    fn a_reference_that_is_out_of_date_names_its_first_line_and_what_mends_it() {
        assert!(compare("one\ntwo\n", "one\ntwo\n").is_ok());
        let found = compare("one\ntwo\n", "one\nthree\n").unwrap_err().to_string();
        assert_eq!(found, "docs/command-line.md:2: not what bbstatus tells; run: cargo xtask docs");
    }
}
