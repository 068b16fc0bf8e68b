//! `cargo xtask codegen`: the snapshot that is compiled without the feature `codegen`.

use crate::{Error, Outcome, read, repository, spec::document::DOCUMENT, write};
use std::path::Path;

#[path = "../../spec/generate.rs"]
mod generate;

pub(crate) use generate::sorted;

/// Writes the snapshot of the generated client that is compiled without the feature `codegen`.
#[derive(clap::Args)]
pub struct Arguments {
    /// Write nothing, and fail if the snapshot is not what the generator makes.
    #[arg(long)]
    check: bool,
}

/// Runs the command.
///
/// # Errors
/// [`Error::CheckFailed`] from `--check` if the snapshot is out of date, [`Error::Unusable`] for a document that
/// the generator does not accept.
pub fn run(arguments: &Arguments) -> Outcome {
    let root = repository();
    if arguments.check {
        return check(&root);
    }
    write(&root.join(SNAPSHOT), &from_document(&root)?)
}

/// The path of the snapshot.
pub const SNAPSHOT: &str = "src/generated/snapshot.rs";

/// Compares the snapshot with what the generator makes of the document.
///
/// # Errors
/// [`Error::CheckFailed`] with the command that fixes it if they differ.
pub fn check(root: &Path) -> Outcome {
    compare(&read(&root.join(SNAPSHOT))?, &from_document(root)?)
}

/// Compares a snapshot with generated code.
///
/// # Errors
/// [`Error::CheckFailed`] with the first line that differs and the command that fixes it.
pub fn compare(snapshot: &str, generated: &str) -> Outcome {
    if snapshot == generated {
        return Ok(());
    }
    let same = snapshot.lines().zip(generated.lines()).take_while(|(left, right)| left == right).count();
    Err(Error::CheckFailed(format!(
        "{SNAPSHOT}:{}: not what the generator makes of spec/openapi.json; run: cargo xtask codegen",
        same + 1
    )))
}

fn from_document(root: &Path) -> Result<String, Error> {
    generate(&read(&root.join(DOCUMENT))?)
}

/// Returns the client's source text for a document, as `build.rs` does.
///
/// # Errors
/// [`Error::Unusable`] for a document the generator does not accept.
pub fn generate(document: &str) -> Result<String, Error> {
    generate::generate(document).map_err(|error| Error::Unusable(format!("{DOCUMENT}: {error}")))
}
