//! The project's maintenance tasks, one module for each command of `cargo xtask`.

pub mod ci;
pub mod codegen;
mod contract;
mod dist;
mod docs;
mod error;
pub mod layers;
mod lint;
mod process;
mod server;
pub mod spec;
mod tools;

pub use dist::asset;
pub use error::{Error, Outcome};

use std::{
    io::{ErrorKind, Write as _},
    path::{Path, PathBuf},
    process::ExitCode,
};

use clap::{Parser, Subcommand};

/// The project's maintenance tasks. Each check prints the command that fixes what it finds.
#[derive(Parser)]
#[command(name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Spec(spec::Arguments),
    Codegen(codegen::Arguments),
    Docs(docs::Arguments),
    Ci(ci::Arguments),
    Lint(lint::Arguments),
    Contract(contract::Arguments),
    Dist(dist::Arguments),
}

/// Runs the command line.
#[must_use]
pub fn main() -> ExitCode {
    let outcome = run(Arguments::parse().command);
    if let Err(error) = &outcome {
        eprintln!("{error}");
    }
    outcome.err().map_or(ExitCode::SUCCESS, ExitCode::from)
}

fn run(command: Command) -> Outcome {
    match command {
        Command::Spec(arguments) => spec::run(arguments),
        Command::Codegen(arguments) => codegen::run(&arguments),
        Command::Docs(arguments) => docs::run(&arguments),
        Command::Ci(arguments) => ci::run(&arguments),
        Command::Lint(arguments) => lint::run(&arguments),
        Command::Contract(arguments) => contract::run(&arguments),
        Command::Dist(arguments) => dist::run(arguments),
    }
}

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
    Ok(fs_err::read_to_string(path)?)
}

/// Writes a text file.
pub(crate) fn write(path: &Path, text: &str) -> Outcome {
    Ok(fs_err::write(path, text)?)
}

/// Reads a TOML file.
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
pub(crate) fn show(text: &str) -> Outcome {
    match std::io::stdout().write_all(text.as_bytes()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => {
            Err(Error::Unusable(format!("standard output: {error}")))
        }
        _ => Ok(()),
    }
}
