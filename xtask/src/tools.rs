//! Tools of others, installed below `target/tools` from the lock files of `.ci/tools`: pinned, with hashes, as wheels
//! and without install scripts.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use crate::{Failure, Outcome, process, read, write};

/// The lock files, relative to the repository.
const LOCKS: &str = ".ci/tools";

/// A virtual environment with the packages of `.ci/tools/<name>.txt`; returns the folder of its programs.
///
/// # Errors
/// [`Failure::Unusable`] where Python is missing, or a package cannot be had.
pub(crate) fn python(root: &Path, name: &str) -> Result<PathBuf, Failure> {
    let lock = root.join(LOCKS).join(format!("{name}.txt"));
    let folder = root.join("target/tools").join(name);
    let programs = programs(&folder);
    if is_current(&folder, &lock)? {
        return Ok(programs);
    }
    environment(&folder)?;
    let mut install = Command::new(programs.join("pip"));
    install.args(["install", "--quiet", "--disable-pip-version-check", "--require-hashes", "--only-binary", ":all:"]);
    usable(process::run(install.arg("--requirement").arg(&lock)))?;
    mark(&folder, &lock)?;
    Ok(programs)
}

/// A new, empty virtual environment.
///
/// # Errors
/// [`Failure::Unusable`] where Python is missing.
pub(crate) fn environment(folder: &Path) -> Outcome {
    let python = if cfg!(windows) { "python" } else { "python3" };
    usable(process::run(Command::new(python).args(["-m", "venv", "--clear"]).arg(folder)))
}

/// The folder of a virtual environment's programs.
pub(crate) fn programs(environment: &Path) -> PathBuf {
    environment.join(if cfg!(windows) { "Scripts" } else { "bin" })
}

/// The packages of `.ci/tools/package-lock.json`; returns the folder `node_modules`.
///
/// # Errors
/// [`Failure::Unusable`] where Node is missing, or a package cannot be had.
pub(crate) fn node(root: &Path) -> Result<PathBuf, Failure> {
    let folder = root.join("target/tools/node");
    let lock = root.join(LOCKS).join("package-lock.json");
    if !is_current(&folder, &lock)? {
        fs::create_dir_all(&folder).map_err(|error| Failure::Unusable(format!("{}: {error}", folder.display())))?;
        write(&folder.join("package.json"), &read(&root.join(LOCKS).join("package.json"))?)?;
        write(&folder.join("package-lock.json"), &read(&lock)?)?;
        let mut install = Command::new("npm");
        install.args(["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--silent"]).current_dir(&folder);
        usable(process::run(&mut install))?;
        mark(&folder, &lock)?;
    }
    Ok(folder.join("node_modules"))
}

/// Whether the folder was filled from this very lock file.
fn is_current(folder: &Path, lock: &Path) -> Result<bool, Failure> {
    let wanted = read(lock)?;
    Ok(fs::read_to_string(folder.join(MARK)).is_ok_and(|installed| installed == wanted))
}

fn mark(folder: &Path, lock: &Path) -> Outcome {
    write(&folder.join(MARK), &read(lock)?)
}

/// A copy of the lock file, written when the installation is complete.
const MARK: &str = "installed";

/// A failed installation shows nothing about this repository.
fn usable(outcome: Outcome) -> Outcome {
    outcome.map_err(|failure| match failure {
        Failure::Found(text) | Failure::Unusable(text) => Failure::Unusable(format!("could not install tools: {text}")),
    })
}

#[cfg(test)]
mod tests {
    use super::{MARK, is_current, usable};
    use crate::{Failure, write};

    #[test]
    fn another_lock_file_needs_another_installation() {
        let folder = tempfile::tempdir().unwrap();
        let lock = folder.path().join("lint.txt");
        write(&lock, "typos==1\n").unwrap();
        assert!(!is_current(folder.path(), &lock).unwrap());
        write(&folder.path().join(MARK), "typos==1\n").unwrap();
        assert!(is_current(folder.path(), &lock).unwrap());
        write(&lock, "typos==2\n").unwrap();
        assert!(!is_current(folder.path(), &lock).unwrap());
    }

    #[test]
    fn a_failed_installation_is_not_a_finding() {
        let failure = usable(Err(Failure::Found("pip: exit status: 1".into()))).unwrap_err();
        assert!(matches!(failure, Failure::Unusable(_)), "{failure}");
    }
}
