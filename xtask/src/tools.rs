//! Installs existing tools below `target/tools`, from the lock files in `.ci/tools`: pinned, with hashes, as wheels and
//! without install scripts.

use std::{
    env,
    ffi::OsString,
    iter,
    path::{Path, PathBuf},
    process::Command,
};

use crate::{Error, Outcome, process, read, write};

/// The lock files, relative to the repository.
const LOCKS: &str = ".ci/tools";
/// A copy of the lock file, written once the installation is complete.
const MARK: &str = "installed";

/// A virtual environment with the packages of `.ci/tools/<name>.txt`; returns the folder of its programs.
pub(crate) fn python(root: &Path, name: &str) -> Result<PathBuf, Error> {
    let folder = root.join("target/tools").join(name);
    let lock = root.join(LOCKS).join(format!("{name}.txt"));
    let programs = programs(&folder);
    install(&folder, &lock, || {
        environment(&folder)?;
        let mut pip = Command::new(programs.join("pip"));
        pip.args(["install", "--quiet", "--disable-pip-version-check", "--require-hashes", "--only-binary", ":all:"]);
        process::run(pip.arg("--requirement").arg(&lock))
    })?;
    Ok(programs)
}

/// The packages of `.ci/tools/package-lock.json`; returns the folder `node_modules`.
pub(crate) fn node(root: &Path) -> Result<PathBuf, Error> {
    let (folder, locks) = (root.join("target/tools/node"), root.join(LOCKS));
    install(&folder, &locks.join("package-lock.json"), || {
        fs_err::create_dir_all(&folder)?;
        for file in ["package.json", "package-lock.json"] {
            fs_err::copy(locks.join(file), folder.join(file))?;
        }
        let npm = ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--silent"];
        process::run(Command::new("npm").args(npm).current_dir(&folder))
    })?;
    Ok(folder.join("node_modules"))
}

/// A new, empty virtual environment.
pub(crate) fn environment(folder: &Path) -> Outcome {
    process::run(Command::new(python_program()).args(["-m", "venv", "--clear"]).arg(folder))
}

/// The folder of a virtual environment's programs.
pub(crate) fn programs(environment: &Path) -> PathBuf {
    environment.join(if cfg!(windows) { "Scripts" } else { "bin" })
}

/// PATH with another folder in front.
pub(crate) fn path_with(folder: &Path) -> Result<OsString, Error> {
    let path = env::var_os("PATH").unwrap_or_default();
    let folders = iter::once(folder.to_owned()).chain(env::split_paths(&path));
    env::join_paths(folders).map_err(|error| Error::Unusable(format!("PATH: {error}")))
}

/// The name of the Python program.
pub(crate) fn python_program() -> &'static str {
    if cfg!(windows) { "python" } else { "python3" }
}

/// Fills a folder, unless it was filled from the same lock file. A failure is `Unusable`, since it says
/// nothing about this repository.
fn install(folder: &Path, lock: &Path, fill: impl FnOnce() -> Outcome) -> Outcome {
    let (mark, wanted) = (folder.join(MARK), read(lock)?);
    if read(&mark).is_ok_and(|installed| installed == wanted) {
        return Ok(());
    }
    fill().map_err(|error| Error::Unusable(format!("tools cannot be installed: {error}")))?;
    write(&mark, &wanted)
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::install;
    use crate::{Error, write};

    #[test]
    fn another_lock_file_needs_another_installation() {
        let folder = tempfile::tempdir().unwrap();
        let (lock, count) = (folder.path().join("lint.txt"), Cell::new(0));
        for (text, expected) in [("typos==1\n", 1), ("typos==1\n", 1), ("typos==2\n", 2)] {
            write(&lock, text).unwrap();
            let fill = || {
                count.set(count.get() + 1);
                Ok(())
            };
            install(folder.path(), &lock, fill).unwrap();
            assert_eq!(count.get(), expected, "{text}");
        }
    }

    #[test]
    fn a_failed_installation_is_not_a_finding_and_is_tried_again() {
        let folder = tempfile::tempdir().unwrap();
        let lock = folder.path().join("lint.txt");
        write(&lock, "typos==1\n").unwrap();
        for _ in 0..2 {
            let error = install(folder.path(), &lock, || Err(Error::CheckFailed("pip: exit status: 1".into())));
            assert!(matches!(error, Err(Error::Unusable(_))), "{error:?}");
        }
    }
}
