//! Which files the package must hold, and which it has no use for.

use std::{
    collections::BTreeMap,
    path::{Component, Path, PathBuf},
};

use crate::{Outcome, failure::unless_empty, read};

/// What everybody expects in a package.
const EXPECTED: [&str; 7] =
    ["CHANGELOG.md", "Cargo.lock", "Cargo.toml", "LICENSE-APACHE", "LICENSE-MIT", "README.md", "build.rs"];

/// What cargo adds, by its own rules.
const ADDED_BY_CARGO: [&str; 2] = [".cargo_vcs_info.json", "Cargo.toml.orig"];

/// What build.rs reads at run time, which no macro names.
const READ_BY_BUILD: [&str; 2] = ["spec/openapi.json", "src/generated/snapshot.rs"];

/// Judges the list that `cargo package --list` prints.
///
/// # Errors
/// [`Failure::Found`](crate::Failure::Found) with a line for each file that is missing or superfluous.
pub fn check(root: &Path, list: &str) -> Outcome {
    let mut files = BTreeMap::new();
    for name in list.lines() {
        files.insert(name.to_owned(), if is_rust(name) { read(&root.join(name))? } else { String::new() });
    }
    unless_empty(&judge(&files))
}

/// Judges the files of a package: their names, and the text of those that are Rust.
#[must_use]
pub fn judge(files: &BTreeMap<String, String>) -> Vec<String> {
    let mut wanted: BTreeMap<String, String> = BTreeMap::new();
    for name in EXPECTED {
        wanted.insert(name.to_owned(), "every package".to_owned());
    }
    for name in READ_BY_BUILD {
        wanted.insert(name.to_owned(), "build.rs".to_owned());
    }
    for (name, text) in files {
        for mentioned in mentioned(Path::new(name), text) {
            wanted.insert(mentioned, name.clone());
        }
    }
    let missing = wanted.iter().filter(|(name, _)| !files.contains_key(*name));
    let missing = missing.map(|(name, by)| format!("{name}: needed by {by}; add it to `include` in Cargo.toml"));
    let idle = files.keys().filter(|name| !wanted.contains_key(*name) && !belongs(name));
    let idle = idle.map(|name| format!("{name}: no packaged file needs it; take it out of `include` in Cargo.toml"));
    missing.chain(idle).collect()
}

fn belongs(name: &str) -> bool {
    let in_sources = name.starts_with("src/") || name.starts_with("examples/");
    (in_sources && is_rust(name)) || EXPECTED.contains(&name) || ADDED_BY_CARGO.contains(&name)
}

fn is_rust(name: &str) -> bool {
    Path::new(name).extension().is_some_and(|extension| extension == "rs")
}

/// The files that a source pulls in when it is compiled.
fn mentioned(source: &Path, text: &str) -> Vec<String> {
    let folder = source.parent().unwrap_or(Path::new(""));
    let code = text.lines().filter(|line| !line.trim_start().starts_with("//"));
    let paths = code.flat_map(|line| {
        ["include_str!(\"", "include_bytes!(\"", "include!(\"", "#[path = \""]
            .into_iter()
            .filter_map(|opening| line.split_once(opening)?.1.split_once('"'))
            .map(|(path, _)| normal(&folder.join(path)))
    });
    paths.collect()
}

/// Takes `..` out of a path, and writes it with slashes.
fn normal(path: &Path) -> String {
    let mut normal = PathBuf::new();
    for component in path.components() {
        match component {
            Component::ParentDir => {
                normal.pop();
            }
            other => normal.push(other),
        }
    }
    normal.iter().map(|part| part.to_string_lossy()).collect::<Vec<_>>().join("/")
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::{ADDED_BY_CARGO, EXPECTED, READ_BY_BUILD, judge};

    #[track_caller]
    fn assert_judged(changes: &[(&str, Option<&str>)], expected: &[&str]) {
        let whole = EXPECTED
            .into_iter()
            .chain(READ_BY_BUILD)
            .chain(ADDED_BY_CARGO)
            .map(|name| (name.to_owned(), String::new()));
        let mut files: BTreeMap<String, String> = whole.collect();
        for (name, text) in changes {
            match text {
                Some(text) => files.insert((*name).to_owned(), (*text).to_owned()),
                None => files.remove(*name),
            };
        }
        assert_eq!(judge(&files), expected);
    }

    #[test]
    fn a_package_with_what_it_needs_passes() {
        let lib = "#![doc = include_str!(\"../docs/tour.md\")]\n//! include_str!(\"prose.md\")\n";
        assert_judged(&[("src/lib.rs", Some(lib)), ("docs/tour.md", Some("")), ("src/a/b.rs", Some(""))], &[]);
    }

    #[test]
    fn a_file_that_a_source_includes_must_be_packaged() {
        let needed = "docs/tour.md: needed by src/lib.rs; add it to `include` in Cargo.toml";
        assert_judged(&[("src/lib.rs", Some("include_str!(\"../docs/tour.md\")"))], &[needed]);
        let needed = "spec/generate.rs: needed by build.rs; add it to `include` in Cargo.toml";
        assert_judged(&[("build.rs", Some("#[path = \"spec/generate.rs\"]\nmod generate;"))], &[needed]);
    }

    #[test]
    fn what_build_rs_reads_and_what_everybody_expects_must_be_packaged() {
        let document = "spec/openapi.json: needed by build.rs; add it to `include` in Cargo.toml";
        assert_judged(&[("spec/openapi.json", None)], &[document]);
        let licence = "LICENSE-MIT: needed by every package; add it to `include` in Cargo.toml";
        assert_judged(&[("LICENSE-MIT", None)], &[licence]);
    }

    #[test]
    fn a_file_that_nobody_needs_must_not_be_packaged() {
        let idle = "tests/library.rs: no packaged file needs it; take it out of `include` in Cargo.toml";
        assert_judged(&[("tests/library.rs", Some(""))], &[idle]);
    }
}
