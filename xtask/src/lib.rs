//! The project's maintenance tasks, one module for each command of `cargo xtask`.

pub mod ci;
pub mod codegen;
pub mod contract;
pub mod docs;
mod failure;
pub mod layers;
pub mod lint;
mod process;
pub mod release;
mod server;
pub mod spec;
mod tools;

pub use failure::{Failure, Outcome};

use std::{
    io::{ErrorKind, Write as _},
    path::{Path, PathBuf},
};

/// The folder of the repository.
#[must_use]
pub fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().map_or_else(PathBuf::new, Path::to_path_buf)
}

/// Reads a text file, and names it when that fails.
///
/// # Errors
/// [`Failure::Unusable`] when the file cannot be read.
pub fn read(path: &Path) -> Result<String, Failure> {
    std::fs::read_to_string(path).map_err(|error| Failure::Unusable(format!("{}: {error}", path.display())))
}

/// Writes a text file, and names it when that fails.
///
/// # Errors
/// [`Failure::Unusable`] when the file cannot be written.
pub fn write(path: &Path, text: &str) -> Outcome {
    std::fs::write(path, text).map_err(|error| Failure::Unusable(format!("{}: {error}", path.display())))
}

/// Writes to the standard output, which a reader such as `head` may close before the end.
///
/// # Errors
/// [`Failure::Unusable`] when it cannot be written to.
pub fn show(text: &str) -> Outcome {
    match std::io::stdout().write_all(text.as_bytes()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => {
            Err(Failure::Unusable(format!("standard output: {error}")))
        }
        _ => Ok(()),
    }
}
