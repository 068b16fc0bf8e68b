//! The changelog, in the form of keepachangelog.com.

use crate::{Failure, Outcome};

/// What the changelog says about one version.
pub(super) struct Section<'a> {
    /// The day of the release; none before it.
    pub(super) date: Option<&'a str>,
    pub(super) text: &'a str,
}

/// Finds the section of a version: `## [0.1.0] - 2026-11-23`, or `## [0.1.0] - unreleased`.
pub(super) fn section<'a>(changelog: &'a str, version: &str) -> Option<Section<'a>> {
    let heading = format!("\n## [{version}]");
    let (_, after) = changelog.split_once(&heading)?;
    let (rest_of_heading, text) = after.split_once('\n')?;
    let text = text.split("\n## [").next().unwrap_or_default();
    // The links that close the file belong to no section.
    let text = text.split("\n[").next().unwrap_or_default().trim();
    let date = rest_of_heading.strip_prefix(" - ").filter(|date| is_date(date));
    Some(Section { date, text })
}

/// Holds a tag to the version, and the version to its section.
pub(super) fn check(changelog: &str, version: &str, tag: &str) -> Outcome {
    if tag != format!("v{version}") {
        return Err(Failure::Found(format!("tag: expected v{version}, the version in Cargo.toml, got {tag}")));
    }
    let Some(section) = section(changelog, version) else {
        return Err(Failure::Found(format!("CHANGELOG.md: expected a section `## [{version}] - <date>`, got none")));
    };
    if section.date.is_none() {
        return Err(Failure::Found(format!(
            "CHANGELOG.md: [{version}]: expected the date of the release (2026-11-23)"
        )));
    }
    if section.text.is_empty() {
        return Err(Failure::Found(format!("CHANGELOG.md: [{version}]: expected what changed, got nothing")));
    }
    Ok(())
}

fn is_date(text: &str) -> bool {
    let parts: Vec<_> =
        text.split('-').map(|part| (part.len(), part.bytes().all(|byte| byte.is_ascii_digit()))).collect();
    parts == [(4, true), (2, true), (2, true)]
}

#[cfg(test)]
mod tests {
    use super::{check, section};

    const CHANGELOG: &str = "# Changelog\n\n## [Unreleased]\n\n## [0.2.0] - 2026-12-01\n\n### Added\n\n- b\n\n\
                             ## [0.1.0] - unreleased\n\n- a\n\n[0.1.0]: https://example.com\n";

    #[test]
    fn a_section_ends_where_the_next_one_or_the_links_begin() {
        assert_eq!(section(CHANGELOG, "0.2.0").unwrap().text, "### Added\n\n- b");
        assert_eq!(section(CHANGELOG, "0.1.0").unwrap().text, "- a");
        assert!(section(CHANGELOG, "0.3.0").is_none());
    }

    #[test]
    fn a_release_needs_its_tag_its_section_and_a_date() {
        let refusal = |version: &str, tag: &str| check(CHANGELOG, version, tag).unwrap_err().to_string();
        assert!(check(CHANGELOG, "0.2.0", "v0.2.0").is_ok());
        assert_eq!(refusal("0.2.0", "v0.2.1"), "tag: expected v0.2.0, the version in Cargo.toml, got v0.2.1");
        assert!(refusal("0.3.0", "v0.3.0").contains("expected a section"));
        assert!(refusal("0.1.0", "v0.1.0").contains("expected the date"));
        assert!(check("\n## [1.0.0] - 2026-12-01\n", "1.0.0", "v1.0.0").is_err());
    }
}
