//! The lock files, which name the version of the package as well.

use std::path::Path;

use toml::{Table, Value};

use crate::{Failure, Outcome, failure::unless_empty, read};

/// The folders with a lock file of their own: the workspace, and the fuzz targets.
const FOLDERS: [&str; 2] = ["", "tests/fuzz/"];

/// Holds every lock file to the version; the gate builds with `--locked`.
pub(super) fn check(root: &Path, name: &str, version: &str) -> Outcome {
    let mut findings = Vec::new();
    for folder in FOLDERS {
        findings.extend(stale(folder, &read(&root.join(format!("{folder}Cargo.lock")))?, name, version)?);
    }
    unless_empty(&findings)
}

fn stale(folder: &str, lock: &str, name: &str, version: &str) -> Result<Option<String>, Failure> {
    let lock: Table = lock.parse().map_err(|error| Failure::Unusable(format!("{folder}Cargo.lock: {error}")))?;
    let packages = lock.get("package").and_then(Value::as_array).into_iter().flatten();
    let text = |package: &Value, member: &str| package.get(member).and_then(Value::as_str).map(str::to_owned);
    let mut locked = packages.filter(|package| text(package, "name").as_deref() == Some(name));
    let locked = locked.next().and_then(|package| text(package, "version")).unwrap_or_else(|| "none".to_owned());
    Ok((locked != version).then(|| {
        format!(
            "{folder}Cargo.lock: expected {name} {version}, got {locked}; \
             run: cargo update --manifest-path {folder}Cargo.toml {name}"
        )
    }))
}

#[cfg(test)]
mod tests {
    use super::{check, stale};
    use crate::{RootManifest, repository};

    const LOCK: &str = "version = 4\n\n[[package]]\nname = \"rocket\"\nversion = \"0.1.0\"\n";

    #[test]
    fn a_lock_file_of_another_version_is_named_with_the_command_that_mends_it() {
        assert_eq!(stale("", LOCK, "rocket", "0.1.0").unwrap(), None);
        let mend = "run: cargo update --manifest-path tests/fuzz/Cargo.toml rocket";
        let found = stale("tests/fuzz/", LOCK, "rocket", "0.2.0").unwrap().unwrap();
        assert_eq!(found, format!("tests/fuzz/Cargo.lock: expected rocket 0.2.0, got 0.1.0; {mend}"));
        assert!(stale("", LOCK, "other", "0.1.0").unwrap().unwrap().contains("got none; "));
        assert!(stale("", "[[", "rocket", "0.1.0").is_err());
    }

    #[test]
    fn our_lock_files_are_of_our_version() {
        let manifest = RootManifest::of(&repository()).unwrap();
        check(&repository(), manifest.package("name").unwrap(), manifest.package("version").unwrap()).unwrap();
    }
}
