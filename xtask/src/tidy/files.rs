//! The files that are looked at.

use crate::{Failure, RootManifest, read};
use std::{
    fs,
    path::{Path, PathBuf},
};

/// A text file of the repository.
#[derive(Clone, Debug)]
pub struct File {
    /// The path from the repository's folder, with `/`.
    pub path: String,
    /// The text.
    pub text: String,
}

impl File {
    /// Whether the name ends in an extension.
    #[must_use]
    pub fn is(&self, extension: &str) -> bool {
        Path::new(&self.path).extension().is_some_and(|found| found == extension)
    }

    /// A finding in a line, counted from 0.
    pub(super) fn at(&self, line: usize, finding: &str) -> String {
        format!("{}:{}: {finding}", self.path, line + 1)
    }
}

/// What the manifest says and prose repeats.
#[derive(Clone, Debug)]
pub struct Manifest {
    /// The crate's name.
    pub name: String,
    /// The crate's version.
    pub version: String,
    /// The oldest Rust that builds it.
    pub rust_version: String,
}

impl Manifest {
    /// Reads the manifest of a repository.
    ///
    /// # Errors
    /// [`Failure::Unusable`] when it is not readable or lacks a key.
    pub fn of(root: &Path) -> Result<Self, Failure> {
        let manifest = RootManifest::of(root)?;
        let text = |key: &str| manifest.package(key).map(str::to_owned);
        Ok(Self { name: text("name")?, version: text("version")?, rust_version: text("rust-version")? })
    }
}

/// Folders whose files are not ours to tidy; hidden ones but for these are left out too.
const LEFT_OUT: [&str; 3] = ["target", "corpus", "artifacts"];
const HIDDEN_BUT_OURS: [&str; 3] = [".cargo", ".ci", ".github"];

/// What is text here.
const EXTENSIONS: [&str; 7] = ["rs", "md", "toml", "json", "yml", "sh", "txt"];

/// Every text file of a repository, in the order of their paths.
///
/// # Errors
/// [`Failure::Unusable`] when a folder or a file cannot be read.
pub(super) fn all(root: &Path) -> Result<Vec<File>, Failure> {
    let mut files = Vec::new();
    let mut folders = vec![root.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for path in entries(&folder)? {
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            let hidden = name.starts_with('.') && !HIDDEN_BUT_OURS.contains(&name.as_str());
            if path.is_dir() {
                if !hidden && !LEFT_OUT.contains(&name.as_str()) {
                    folders.push(path);
                }
            } else if let Some(file) = file(root, &path)? {
                files.push(file);
            }
        }
    }
    files.sort_by(|left, right| left.path.cmp(&right.path));
    Ok(files)
}

fn entries(folder: &Path) -> Result<Vec<PathBuf>, Failure> {
    let unusable = |error: std::io::Error| Failure::Unusable(format!("{}: {error}", folder.display()));
    let entries = fs::read_dir(folder).map_err(unusable)?;
    entries.map(|entry| entry.map(|entry| entry.path()).map_err(unusable)).collect()
}

/// Reads a file that is text; of others only the name is known, so that links to them are.
fn file(root: &Path, path: &Path) -> Result<Option<File>, Failure> {
    let Ok(relative) = path.strip_prefix(root) else { return Ok(None) };
    let extension = path.extension().unwrap_or_default().to_string_lossy();
    let text = if EXTENSIONS.contains(&&*extension) { read(path)? } else { String::new() };
    let path = relative.to_string_lossy().replace('\\', "/");
    Ok(Some(File { path, text }))
}
