//! `cargo xtask msrv`: the oldest Rust that the manifest promises suffices.

use std::path::Path;

use serde_json::Value;

use crate::{Failure, Outcome, RootManifest, failure::unless_empty, package::target, process, repository};

/// Holds each dependency to the `rust-version` of the manifest.
#[derive(clap::Args)]
pub struct Arguments {
    /// Also run the tests with that version of Rust.
    #[arg(long)]
    test: bool,
}

/// Runs the command.
///
/// # Errors
/// [`Failure::Found`] for a dependency that asks for a newer Rust, or tests that fail with the promised one.
pub fn run(arguments: &Arguments) -> Outcome {
    let root = repository();
    check(&root)?;
    if !arguments.test {
        return Ok(());
    }
    let manifest = RootManifest::of(&root)?;
    let mut test = process::cargo_of(manifest.package("rust-version")?, &root);
    test.args(["test", "--locked", "--workspace", "--all-features"]);
    process::run(test.env("CARGO_TARGET_DIR", target(&root).join("msrv")))
}

/// Holds each dependency of a repository to the `rust-version` of its manifest.
///
/// # Errors
/// [`Failure::Found`] for a dependency that asks for a newer Rust.
pub fn check(root: &Path) -> Outcome {
    let manifest = RootManifest::of(root)?;
    let promised = manifest.package("rust-version")?;
    let metadata = ["metadata", "--format-version", "1", "--all-features", "--locked"];
    let metadata = process::capture(process::cargo(root).args(metadata))?;
    let metadata: Value =
        serde_json::from_str(&metadata).map_err(|error| Failure::Unusable(format!("cargo metadata: {error}")))?;
    unless_empty(&newer_than(promised, &metadata)?)
}

/// The packages in cargo's metadata that ask for a newer Rust than promised.
fn newer_than(promised: &str, metadata: &Value) -> Result<Vec<String>, Failure> {
    let limit = version(promised)?;
    let packages = metadata.get("packages").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let mut newer = Vec::new();
    for package in packages {
        let text = |member: &str| package.get(member).and_then(Value::as_str);
        let (Some(name), Some(needed)) = (text("name"), text("rust_version")) else { continue };
        if version(needed)? > limit {
            let its = text("version").unwrap_or_default();
            newer.push(format!("{name} {its}: needs Rust {needed}, the manifest promises {promised}"));
        }
    }
    Ok(newer)
}

/// Reads `1.88` or `1.88.0`.
fn version(text: &str) -> Result<[u64; 3], Failure> {
    let unusable = || Failure::Unusable(format!("rust-version: expected a version such as 1.88, got {text:?}"));
    let mut version = [0; 3];
    for (place, part) in text.split('.').enumerate() {
        let number = part.parse().map_err(|_| unusable())?;
        *version.get_mut(place).ok_or_else(unusable)? = number;
    }
    Ok(version)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::newer_than;

    #[test]
    fn only_a_package_that_needs_a_newer_rust_is_named() {
        let metadata = json!({ "packages": [
            { "name": "old", "version": "1.0.0", "rust_version": "1.9" },
            { "name": "same", "version": "1.0.0", "rust_version": "1.88" },
            { "name": "silent", "version": "1.0.0", "rust_version": null },
            { "name": "new", "version": "2.1.0", "rust_version": "1.88.1" },
        ] });
        let newer = newer_than("1.88", &metadata).unwrap();
        assert_eq!(newer, ["new 2.1.0: needs Rust 1.88.1, the manifest promises 1.88"]);
    }

    #[test]
    fn a_version_that_is_none_cannot_be_used() {
        assert!(newer_than("stable", &json!({})).is_err());
        assert!(newer_than("1.88.0.1", &json!({})).is_err());
    }
}
