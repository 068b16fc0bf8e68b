//! The project's maintenance tasks, one module for each command of `cargo xtask`.

pub mod ci;
pub mod codegen;
pub mod contract;
pub mod dist;
pub mod docs;
mod error;
pub mod layers;
pub mod lint;
mod process;
mod server;
pub mod spec;
mod tools;

pub use error::{Error, Outcome};

use std::{
    io::{ErrorKind, Write as _},
    path::{Path, PathBuf},
};

/// The folder of the repository.
#[must_use]
pub fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().map_or_else(PathBuf::new, Path::to_path_buf)
}

/// Reads a text file.
///
/// # Errors
/// [`Error::Unusable`] with its path if the file cannot be read.
pub fn read(path: &Path) -> Result<String, Error> {
    std::fs::read_to_string(path).map_err(|error| Error::Unusable(format!("{}: {error}", path.display())))
}

/// Writes a text file.
///
/// # Errors
/// [`Error::Unusable`] with its path if the file cannot be written.
pub fn write(path: &Path, text: &str) -> Outcome {
    Ok(fs_err::write(path, text)?)
}

/// Reads a TOML file.
///
/// # Errors
/// [`Error::Unusable`] with its path if it cannot be read or has an unexpected form.
pub(crate) fn read_toml<T: serde::de::DeserializeOwned>(path: &Path) -> Result<T, Error> {
    toml::from_str(&read(path)?).map_err(|error| Error::Unusable(format!("{}: {error}", path.display())))
}

/// The paths in a folder, in order.
pub(crate) fn entries(folder: &Path) -> Result<Vec<PathBuf>, Error> {
    let mut paths = Vec::new();
    for entry in fs_err::read_dir(folder)? {
        paths.push(entry?.path());
    }
    paths.sort();
    Ok(paths)
}

/// Writes to the standard output. A reader such as `head` may close it early.
///
/// # Errors
/// [`Error::Unusable`] if it cannot be written to.
pub fn show(text: &str) -> Outcome {
    match std::io::stdout().write_all(text.as_bytes()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => {
            Err(Error::Unusable(format!("standard output: {error}")))
        }
        _ => Ok(()),
    }
}
