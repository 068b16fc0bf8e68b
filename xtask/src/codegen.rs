//! `cargo xtask codegen`: the snapshot that is compiled without the feature `codegen`.

use crate::{Failure, Outcome, read, repository, write};
use std::path::Path;

#[path = "../../spec/generate.rs"]
mod generate;

pub use generate::{generate, keep_success_answers, sorted};

/// Writes the snapshot of the generated client that is compiled without the feature `codegen`.
#[derive(clap::Args)]
pub struct Arguments {
    /// Write nothing, and fail when the snapshot is not what the generator makes.
    #[arg(long)]
    check: bool,
}

/// Runs the command.
///
/// # Errors
/// [`Failure::Found`] from `--check` when the snapshot is out of date, [`Failure::Unusable`] for a document the
/// generator does not take.
pub fn run(arguments: &Arguments) -> Outcome {
    let root = repository();
    if arguments.check {
        return check(&root);
    }
    write(&root.join(SNAPSHOT), &from_document(&root)?)
}

/// Where the snapshot is.
pub const SNAPSHOT: &str = "src/generated/snapshot.rs";

/// Holds the snapshot to what the generator makes of the document.
///
/// # Errors
/// [`Failure::Found`] with the command that mends it when they differ.
pub fn check(root: &Path) -> Outcome {
    compare(&read(&root.join(SNAPSHOT))?, &from_document(root)?)
}

/// Compares a snapshot with generated code.
///
/// # Errors
/// [`Failure::Found`] with the first line that differs and the command that mends it.
pub fn compare(snapshot: &str, generated: &str) -> Outcome {
    if snapshot == generated {
        return Ok(());
    }
    let same = snapshot
        .lines()
        .zip(generated.lines())
        .take_while(|(left, right)| left == right)
        .count();
    Err(Failure::Found(format!(
        "{SNAPSHOT}:{}: not what the generator makes of spec/openapi.json; run: cargo xtask codegen",
        same + 1
    )))
}

fn from_document(root: &Path) -> Result<String, Failure> {
    let path = root.join("spec/openapi.json");
    generate(&read(&path)?).map_err(|error| Failure::Unusable(format!("{}: {error}", path.display())))
}
