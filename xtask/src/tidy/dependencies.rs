//! Each direct dependency of the root package stands in CONTRIBUTING's table, with its reason.

use std::collections::{BTreeMap, BTreeSet};

use super::table::{code, rows};
use crate::RootManifest;

const SECTIONS: [&str; 3] = ["dependencies", "dev-dependencies", "build-dependencies"];

/// Compares the manifest with the table whose head is `| dependency | … |`.
#[must_use]
pub fn check(manifest: &RootManifest, contributing: &str) -> Vec<String> {
    let Some(table) = rows(contributing, "dependency") else {
        return vec!["CONTRIBUTING.md: expected a table with the head `| dependency | …`, got none".to_owned()];
    };
    let mut findings = Vec::new();
    let mut explained = BTreeMap::new();
    for row in table {
        let name = row.first().map_or("", |cell| code(cell));
        if row.iter().any(|cell| cell.is_empty()) {
            findings.push(format!("CONTRIBUTING.md: {name}: expected a text in each cell, got an empty one"));
        }
        if explained.insert(name, row).is_some() {
            findings.push(format!("CONTRIBUTING.md: {name}: expected one row, got another"));
        }
    }
    let used: BTreeSet<_> = SECTIONS.into_iter().flat_map(|section| manifest.dependencies(section)).collect();
    for name in used.iter().filter(|name| !explained.contains_key(*name)) {
        findings.push(format!("Cargo.toml: {name}: expected a row in CONTRIBUTING's table of dependencies, got none"));
    }
    for name in explained.keys().filter(|name| !used.contains(*name)) {
        findings.push(format!("CONTRIBUTING.md: {name}: is explained, but no dependency any more"));
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::check;
    use crate::{RootManifest, read, repository};

    const TABLE: &str = "| dependency | what for | why this one | considered |\n| --- | --- | --- | --- |\n";

    #[track_caller]
    fn assert_found(rows: &str, expected: &[&str]) {
        let manifest = "[dependencies]\nbytes = \"1\"\n[dev-dependencies]\nbytes = \"1\"\n[target.'cfg(unix)'.dependencies]\nsyn = \"2\"\n";
        assert_eq!(check(&RootManifest::parse(manifest).unwrap(), &format!("{TABLE}{rows}")), expected);
    }

    #[test]
    fn each_dependency_needs_one_row() {
        assert_found("| `bytes` | a | b | c |\n| `syn` | a | b | c |\n", &[]);
        let missing = "Cargo.toml: syn: expected a row in CONTRIBUTING's table of dependencies, got none";
        assert_found("| `bytes` | a | b | c |\n", &[missing]);
        let twice = "CONTRIBUTING.md: syn: expected one row, got another";
        assert_found("| `bytes` | a | b | c |\n| `syn` | a | b | c |\n| `syn` | a | b | c |\n", &[twice]);
    }

    #[test]
    fn a_row_must_not_outlive_its_dependency() {
        let stale = "CONTRIBUTING.md: regex: is explained, but no dependency any more";
        assert_found("| `bytes` | a | b | c |\n| `regex` | a | b | c |\n| `syn` | a | b | c |\n", &[stale]);
    }

    #[test]
    fn a_row_without_a_reason_is_none() {
        let empty = "CONTRIBUTING.md: syn: expected a text in each cell, got an empty one";
        assert_found("| `bytes` | a | b | c |\n| `syn` | a |  | c |\n", &[empty]);
    }

    #[test]
    fn the_table_itself_must_be_there() {
        assert_eq!(check(&RootManifest::parse("").unwrap(), "prose").len(), 1);
    }

    #[test]
    fn the_dependencies_of_this_package_are_all_explained() {
        let contributing = read(&repository().join("CONTRIBUTING.md")).unwrap();
        assert_eq!(check(&RootManifest::of(&repository()).unwrap(), &contributing), [""; 0]);
    }
}
