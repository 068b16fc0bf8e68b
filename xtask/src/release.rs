//! `cargo xtask release`: whether manifests and changelog name the version of a tag.

use toml::{Table, Value};

use crate::{Outcome, error::fail_if_any, read, read_toml, repository, show};

/// Compares a tag with both manifests and the changelog, and prints the changelog's section. The gate compares the lock
/// files.
#[derive(clap::Args)]
pub struct Arguments {
    /// The tag, such as v0.1.0.
    tag: String,
}

/// The packages that are published, in this order. Cargo itself compares what the command needs with the library.
const MANIFESTS: [&str; 2] = ["Cargo.toml", "bbstatus/Cargo.toml"];

/// Runs the command.
///
/// # Errors
/// [`Error::CheckFailed`](crate::Error::CheckFailed) with a line for each difference.
pub fn run(arguments: &Arguments) -> Outcome {
    let root = repository();
    let mut findings = Vec::new();
    for path in MANIFESTS {
        let manifest: Table = read_toml(&root.join(path))?;
        let version = manifest.get("package").and_then(|package| package.get("version")).and_then(Value::as_str);
        let version = version.unwrap_or("none");
        if arguments.tag != format!("v{version}") {
            findings.push(format!("{path}: expected the version of {}, got {version}", arguments.tag));
        }
    }
    let changelog = read(&root.join("CHANGELOG.md"))?;
    let section = section(&changelog, arguments.tag.trim_start_matches('v'));
    findings.extend(section.as_ref().err().cloned());
    fail_if_any(&findings)?;
    show(&format!("{}\n", section.unwrap_or_default()))
}

/// The text of the changelog's section `## [0.1.0] - 2026-11-23`, or what is wrong with it.
fn section<'a>(changelog: &'a str, version: &str) -> Result<&'a str, String> {
    let heading = format!("\n## [{version}] - ");
    let (_, after) = changelog.split_once(&heading).ok_or_else(|| format!("CHANGELOG.md: expected {heading:?}"))?;
    let (date, text) = after.split_once('\n').unwrap_or_default();
    if date.split('-').filter(|part| part.parse::<u16>().is_ok()).map(str::len).ne([4, 2, 2]) {
        return Err(format!("CHANGELOG.md: [{version}]: expected a date such as 2026-11-23, got {date:?}"));
    }
    // The links at the end of the file belong to no section.
    let text = text.split("\n## [").next().and_then(|text| text.split("\n[").next()).unwrap_or_default().trim();
    if text.is_empty() { Err(format!("CHANGELOG.md: [{version}]: expected changes, got none")) } else { Ok(text) }
}

#[cfg(test)]
mod tests {
    use super::{Arguments, run, section};

    const CHANGELOG: &str = "# Changelog\n\n## [Unreleased]\n\n## [0.2.0] - 2026-12-01\n\n### Added\n\n- b\n\n\
                             ## [0.1.0] - unreleased\n\n- a\n\n## [0.0.1] - 2026-01-01\n\n[0.1.0]: https://example.com\n";

    #[test]
    fn a_section_ends_where_the_next_one_or_the_links_begin() {
        assert_eq!(section(CHANGELOG, "0.2.0").unwrap(), "### Added\n\n- b");
        assert!(section(CHANGELOG, "0.1.0").unwrap_err().contains("expected a date such as"));
        assert!(section(CHANGELOG, "0.0.1").unwrap_err().ends_with("expected changes, got none"));
        assert!(section(CHANGELOG, "0.3.0").unwrap_err().contains("## [0.3.0] - "));
    }

    #[test]
    fn a_tag_that_no_file_names_is_refused_with_each_file() {
        let findings = run(&Arguments { tag: "v99.0.0".into() }).unwrap_err().to_string();
        for path in ["\nbbstatus/Cargo.toml: expected the version of v99.0.0", "\nCHANGELOG.md: "] {
            assert!(format!("\n{findings}").contains(path), "{findings}");
        }
        assert!(findings.starts_with("Cargo.toml: expected the version of v99.0.0, got "), "{findings}");
    }
}
