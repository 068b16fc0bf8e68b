//! What the chores read in the root manifest.

use std::path::Path;

use toml::{Table, Value};

use crate::{Failure, read};

/// The root manifest, as text for its comments and as a table for its values.
pub struct RootManifest {
    /// The text as it stands in the file.
    pub text: String,
    table: Table,
}

impl RootManifest {
    /// Reads the manifest in this folder.
    ///
    /// # Errors
    /// [`Failure::Unusable`] when there is none, or when it is not TOML.
    pub fn of(root: &Path) -> Result<Self, Failure> {
        Self::parse(read(&root.join("Cargo.toml"))?)
    }

    /// Reads a manifest.
    ///
    /// # Errors
    /// [`Failure::Unusable`] for a text that is not TOML.
    pub fn parse(text: impl Into<String>) -> Result<Self, Failure> {
        let text = text.into();
        let table = text.parse().map_err(|error| Failure::Unusable(format!("Cargo.toml: {error}")))?;
        Ok(Self { text, table })
    }

    /// A text of the section `package`, such as `version`.
    ///
    /// # Errors
    /// [`Failure::Unusable`] when it is missing.
    pub fn package(&self, member: &str) -> Result<&str, Failure> {
        let value = self.table.get("package").and_then(|package| package.get(member)).and_then(Value::as_str);
        value.ok_or_else(|| Failure::Unusable(format!("Cargo.toml: package.{member}: expected a text, got none")))
    }

    /// The flags that docs.rs gives rustdoc.
    #[must_use]
    pub fn rustdoc_flags(&self) -> Vec<&str> {
        let package = self.table.get("package");
        let flags = ["metadata", "docs", "rs", "rustdoc-args"].iter().fold(package, |value, member| value?.get(member));
        flags.and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).collect()
    }

    /// The names in a section of dependencies, such as `dev-dependencies`, for this platform and others.
    #[must_use]
    pub fn dependencies(&self, section: &str) -> Vec<&str> {
        let targets = self.table.get("target").and_then(Value::as_table).into_iter().flat_map(Table::values);
        let sections = targets.filter_map(Value::as_table).chain([&self.table]);
        let dependencies = sections.filter_map(|target| target.get(section)?.as_table());
        dependencies.flat_map(Table::keys).map(String::as_str).collect()
    }

    /// Each feature but `default`, with the comment above it.
    #[must_use]
    pub fn features(&self) -> Vec<(&str, Option<&str>)> {
        let lines = self.text.lines().skip_while(|line| *line != "[features]").skip(1);
        let mut above = None;
        let mut features = Vec::new();
        for line in lines.take_while(|line| !line.starts_with('[')) {
            if let Some(comment) = line.strip_prefix("# ") {
                above = Some(comment);
            } else if let Some((name, _)) = line.split_once(" = ").filter(|_| !line.starts_with(' ')) {
                features.push((name, above.take()));
            }
        }
        features.retain(|(name, _)| *name != "default");
        features
    }

    /// The features that are enabled where nothing is said.
    #[must_use]
    pub fn default_features(&self) -> Vec<&str> {
        let default = self.table.get("features").and_then(|features| features.get("default")).and_then(Value::as_array);
        default.into_iter().flatten().filter_map(Value::as_str).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::RootManifest;

    #[test]
    fn features_come_with_the_comment_above_them() {
        let text = "[features]\ndefault = [\"tls\"]\n# Talks https.\ntls = []\nbare = [\n    \"tls\",\n]\n\n[lints]\n# No.\nx = 1\n";
        let manifest = RootManifest::parse(text).unwrap();
        assert_eq!(manifest.features(), [("tls", Some("Talks https.")), ("bare", None)]);
        assert_eq!(manifest.default_features(), ["tls"]);
    }

    #[test]
    fn flags_for_rustdoc_are_those_of_docs_rs() {
        let manifest =
            RootManifest::parse("[package.metadata.docs.rs]\nrustdoc-args = [\"--cfg\", \"docsrs\"]\n").unwrap();
        assert_eq!(manifest.rustdoc_flags(), ["--cfg", "docsrs"]);
        assert!(RootManifest::parse("").unwrap().rustdoc_flags().is_empty());
    }

    #[test]
    fn what_is_missing_is_named() {
        let failure = RootManifest::parse("[package]\n").unwrap().package("version").unwrap_err();
        assert!(failure.to_string().contains("package.version"), "{failure}");
    }
}
