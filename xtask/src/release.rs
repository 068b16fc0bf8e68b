//! `cargo xtask release`: whether everything that names the version of a release agrees.

use std::path::Path;

use toml::{Table, Value};

use crate::{Failure, Outcome, failure::unless_empty, read, repository, show};

/// Compares a tag with the manifests, the lock files and the changelog, and prints the changelog's section.
#[derive(clap::Args)]
pub struct Arguments {
    /// The tag, such as v0.1.0.
    tag: String,
}

/// The published packages, in the order in which they are published.
const MANIFESTS: [&str; 2] = ["Cargo.toml", "bbstatus/Cargo.toml"];
/// The lock files that name the library: of the workspace, and of the fuzz targets.
const LOCKS: [&str; 2] = ["Cargo.lock", "tests/fuzz/Cargo.lock"];

/// Runs the command.
///
/// # Errors
/// [`Failure::Found`] with a line for each difference.
pub fn run(arguments: &Arguments) -> Outcome {
    let root = repository();
    let version = arguments.tag.strip_prefix('v').unwrap_or_default();
    let changelog = read(&root.join("CHANGELOG.md"))?;
    let mut findings = versions(&root, version)?;
    match section(&changelog, version) {
        Ok(section) => {
            unless_empty(&findings)?;
            show(&format!("{section}\n"))
        }
        Err(finding) => {
            findings.push(finding);
            unless_empty(&findings)
        }
    }
}

/// Every place in a manifest or a lock file that names another version.
fn versions(root: &Path, version: &str) -> Result<Vec<String>, Failure> {
    let mut findings = Vec::new();
    for path in MANIFESTS {
        let manifest = table(root, path)?;
        let package = manifest.get("package").and_then(|package| text(package, "version"));
        findings.extend(differs(path, "package.version", package, version));
        let library = manifest.get("dependencies").and_then(|all| all.get("bitbucket-build-status"));
        if let Some(library) = library {
            findings.extend(differs(path, "dependencies.bitbucket-build-status", text(library, "version"), version));
        }
    }
    for path in LOCKS {
        let lock = table(root, path)?;
        let packages = lock.get("package").and_then(Value::as_array).into_iter().flatten();
        for name in ["bitbucket-build-status", "bbstatus"] {
            let mut locked = packages.clone().filter(|package| text(package, "name") == Some(name));
            // Only the workspace locks the command.
            if let Some(package) = locked.next() {
                findings.extend(differs(path, name, text(package, "version"), version));
            }
        }
    }
    Ok(findings)
}

fn table(root: &Path, path: &str) -> Result<Table, Failure> {
    read(&root.join(path))?.parse().map_err(|error| Failure::Unusable(format!("{path}: {error}")))
}

fn text<'a>(value: &'a Value, field: &str) -> Option<&'a str> {
    value.get(field)?.as_str()
}

fn differs(path: &str, field: &str, found: Option<&str>, version: &str) -> Option<String> {
    let found = found.unwrap_or("none");
    (found != version).then(|| format!("{path}: {field}: expected {version}, the version of the tag, got {found}"))
}

/// The text of the changelog's section `## [0.1.0] - 2026-11-23`, or what is wrong with it.
fn section<'a>(changelog: &'a str, version: &str) -> Result<&'a str, String> {
    let heading = format!("\n## [{version}]");
    let missing = || format!("CHANGELOG.md: expected a section `## [{version}] - <date>`, got none");
    let (_, after) = changelog.split_once(&heading).ok_or_else(missing)?;
    let (date, text) = after.split_once('\n').ok_or_else(missing)?;
    if !date.strip_prefix(" - ").is_some_and(is_date) {
        return Err(format!("CHANGELOG.md: [{version}]: expected a date such as 2026-11-23, got {date:?}"));
    }
    let text = text.split("\n## [").next().unwrap_or_default();
    // The links at the end of the file belong to no section.
    let text = text.split("\n[").next().unwrap_or_default().trim();
    if text.is_empty() {
        return Err(format!("CHANGELOG.md: [{version}]: expected the changes, got an empty section"));
    }
    Ok(text)
}

fn is_date(text: &str) -> bool {
    let is_number = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    text.split('-').all(is_number) && text.split('-').map(str::len).eq([4, 2, 2])
}

#[cfg(test)]
mod tests {
    use super::{section, table, text, versions};
    use crate::repository;

    const CHANGELOG: &str = "# Changelog\n\n## [Unreleased]\n\n## [0.2.0] - 2026-12-01\n\n### Added\n\n- b\n\n\
                             ## [0.1.0] - unreleased\n\n- a\n\n## [0.0.1] - 2026-01-01\n\n[0.1.0]: https://example.com\n";

    #[test]
    fn a_section_ends_where_the_next_one_or_the_links_begin() {
        assert_eq!(section(CHANGELOG, "0.2.0").unwrap(), "### Added\n\n- b");
        assert!(
            section(CHANGELOG, "0.1.0")
                .unwrap_err()
                .ends_with("expected a date such as 2026-11-23, got \" - unreleased\"")
        );
        assert!(section(CHANGELOG, "0.0.1").unwrap_err().ends_with("got an empty section"));
        assert!(section(CHANGELOG, "0.3.0").unwrap_err().ends_with("`## [0.3.0] - <date>`, got none"));
    }

    #[test]
    fn all_manifests_and_lock_files_of_this_repository_have_one_version() {
        let manifest = table(&repository(), "Cargo.toml").unwrap();
        let version = text(&manifest["package"], "version").unwrap();
        assert_eq!(versions(&repository(), version).unwrap(), Vec::<String>::new());
    }

    #[test]
    fn each_place_with_another_version_is_named() {
        let findings = versions(&repository(), "99.0.0").unwrap();
        let expected = [
            "Cargo.toml: package.version",
            "bbstatus/Cargo.toml: package.version",
            "bbstatus/Cargo.toml: dependencies.bitbucket-build-status",
            "Cargo.lock: bitbucket-build-status",
            "Cargo.lock: bbstatus",
            "tests/fuzz/Cargo.lock: bitbucket-build-status",
        ];
        assert_eq!(findings.len(), expected.len(), "{findings:?}");
        for (finding, place) in findings.iter().zip(expected) {
            assert!(finding.starts_with(&format!("{place}: expected 99.0.0")), "{finding}");
        }
    }
}
