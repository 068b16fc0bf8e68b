//! Rules for prose: what it points at is there, and what it repeats from the manifest is true.

use super::{File, Manifest};

/// Relative links of Markdown lead to a file or folder of the repository.
pub(super) fn dead_links(file: &File, files: &[File]) -> Vec<String> {
    if !file.is("md") {
        return Vec::new();
    }
    let mut findings = Vec::new();
    for (line, text) in outside_code(&file.text) {
        for target in links(text) {
            let path = target.split('#').next().unwrap_or_default();
            if path.is_empty() || path.contains(':') {
                continue;
            }
            let there = resolved(&file.path, path);
            let folder = format!("{there}/");
            let is_there = |other: &File| other.path == there || other.path.starts_with(&folder);
            if !there.is_empty() && !files.iter().any(is_there) {
                findings.push(file.at(line, &format!("the link {target} leads nowhere")));
            }
        }
    }
    findings
}

/// The lines outside of code blocks.
fn outside_code(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut inside = false;
    text.lines().enumerate().filter(move |(_, line)| {
        let fence = line.trim_start().starts_with("```");
        inside ^= fence;
        !inside && !fence
    })
}

/// The targets of `[text](target)`.
fn links(line: &str) -> impl Iterator<Item = &str> {
    let after = line.split("](").skip(1);
    after.filter_map(|rest| rest.split([')', ' ']).next())
}

/// A path relative to a file, from the repository's folder.
fn resolved(from: &str, path: &str) -> String {
    let mut parts: Vec<&str> = from.split('/').collect();
    parts.pop();
    for part in path.trim_end_matches('/').split('/') {
        match part {
            "." | "" => {}
            ".." => drop(parts.pop()),
            name => parts.push(name),
        }
    }
    parts.join("/")
}

/// The crate's version and the oldest Rust, wherever prose names them, are the manifest's.
pub(super) fn old_versions(file: &File, manifest: &Manifest) -> Vec<String> {
    if !file.is("md") && file.path != "src/lib.rs" && file.path != "xtask/Cargo.toml" {
        return Vec::new();
    }
    let name = &manifest.name;
    let ours = [format!("{name} = \""), format!("{name} = {{ version = \""), format!("{name}@")];
    let rust = ["Rust 1.", "MSRV 1.", "rust-version = \"1."];
    let mut findings = Vec::new();
    for (line, text) in file.text.lines().enumerate() {
        for found in ours.iter().flat_map(|before| numbers_after(text, before)) {
            if !is_requirement_of(found, &manifest.version) {
                findings.push(file.at(line, &format!("expected version {}, got {found}", manifest.version)));
            }
        }
        for found in rust.iter().flat_map(|before| numbers_after(text, before)) {
            let found = format!("1.{found}");
            if found != manifest.rust_version {
                findings.push(file.at(line, &format!("expected Rust {}, got {found}", manifest.rust_version)));
            }
        }
    }
    findings
}

/// The version numbers that follow a text.
fn numbers_after<'a>(line: &'a str, before: &str) -> Vec<&'a str> {
    let number = |rest: &'a str| {
        let end = rest.find(|letter: char| !letter.is_ascii_digit() && letter != '.').unwrap_or(rest.len());
        rest[..end].trim_end_matches('.')
    };
    line.split(before).skip(1).map(number).filter(|number| !number.is_empty()).collect()
}

/// `0.1` and `0.1.0` ask for 0.1.0; `0.2` does not.
fn is_requirement_of(found: &str, version: &str) -> bool {
    version == found || version.strip_prefix(found).is_some_and(|rest| rest.starts_with('.'))
}
