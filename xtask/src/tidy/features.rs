//! Features are documented with the same words in the manifest and in the crate's documentation.

use std::collections::BTreeMap;

use super::table::{code, rows};
use crate::RootManifest;

/// Compares the comments above the features with the table `| feature | default | what it does | …` of the crate's
/// documentation.
#[must_use]
pub fn check(manifest: &RootManifest, documentation: &str) -> Vec<String> {
    let Some(table) = rows(documentation, "feature") else {
        return vec!["docs/tour.md: expected a table with the head `| feature | …`, got none".to_owned()];
    };
    let rows = table.iter().map(|row| (row.first().map_or("", |cell| code(cell)), row.as_slice()));
    let mut documented: BTreeMap<_, _> = rows.collect();
    let default = manifest.default_features();
    let mut findings = Vec::new();
    for (name, comment) in manifest.features() {
        let Some(words) = comment else {
            findings.push(format!("Cargo.toml: feature {name}: expected a comment above it, got none"));
            continue;
        };
        let expected = [if default.contains(&name) { "yes" } else { "no" }, words];
        match documented.remove(name) {
            None => findings.push(format!("docs/tour.md: feature {name}: expected a row, got none")),
            Some(row) if row.get(1..3) == Some(&expected) => {}
            Some(row) => {
                let got = row.get(1..).unwrap_or_default().iter().take(2).copied().collect::<Vec<_>>().join(" | ");
                let expected = expected.join(" | ");
                findings.push(format!("docs/tour.md: feature {name}: expected {expected:?}, got {got:?}"));
            }
        }
    }
    findings.extend(documented.keys().map(|name| format!("docs/tour.md: {name}: there is no such feature")));
    findings
}

#[cfg(test)]
mod tests {
    use super::check;
    use crate::RootManifest;

    const MANIFEST: &str = "[features]\ndefault = [\"tls\"]\n# Talks https.\ntls = []\n# Draws.\nui = []\n";

    #[track_caller]
    fn assert_found(manifest: &str, rows: &str, expected: &[&str]) {
        let documentation = format!("| feature | default | what it does |\n| --- | --- | --- |\n{rows}");
        assert_eq!(check(&RootManifest::parse(manifest).unwrap(), &documentation), expected);
    }

    #[test]
    fn the_same_words_pass() {
        assert_found(MANIFEST, "| `tls` | yes | Talks https. |\n| `ui` | no | Draws. | more |\n", &[]);
    }

    #[test]
    fn other_words_and_another_default_are_found() {
        let words = "docs/tour.md: feature tls: expected \"yes | Talks https.\", got \"yes | Talks.\"";
        let default = "docs/tour.md: feature ui: expected \"no | Draws.\", got \"yes | Draws.\"";
        assert_found(MANIFEST, "| `tls` | yes | Talks. |\n| `ui` | yes | Draws. |\n", &[words, default]);
    }

    #[test]
    fn a_feature_without_a_row_or_a_row_without_a_feature_is_found() {
        let missing = "docs/tour.md: feature ui: expected a row, got none";
        let stale = "docs/tour.md: gone: there is no such feature";
        assert_found(MANIFEST, "| `tls` | yes | Talks https. |\n| `gone` | no | x |\n", &[missing, stale]);
    }

    #[test]
    fn a_feature_without_a_comment_is_found() {
        let bare = "Cargo.toml: feature tls: expected a comment above it, got none";
        assert_found("[features]\ntls = []\n", "", &[bare]);
    }
}
