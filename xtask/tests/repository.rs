//! The files of the repository agree with each other.

use toml::{Table, Value};
use xtask::{asset, read, repository, spec};

fn text(path: &str) -> String {
    read(&repository().join(path)).expect("a file of the repository")
}

fn manifest() -> Table {
    text("Cargo.toml").parse().expect("a manifest")
}

#[test]
fn the_document_and_its_records_pass_the_lint() {
    spec::lint::check(&repository()).expect("no finding");
}

#[test]
fn prose_and_manifests_name_the_oldest_rust_that_is_promised() {
    let manifest = manifest();
    let promised = manifest["package"]["rust-version"].as_str().expect("rust-version");
    for path in [
        "README.md",
        "CONTRIBUTING.md",
        "docs/tour.md",
        "bbstatus/Cargo.toml",
        "benches/Cargo.toml",
        "xtask/Cargo.toml",
    ] {
        let text = text(path);
        let named = ["Rust 1.", "rust-version = \"1."].into_iter().flat_map(|before| text.split(before).skip(1));
        for rest in named {
            let minor: String = rest.chars().take_while(char::is_ascii_digit).collect();
            assert_eq!(format!("1.{minor}"), promised, "{path}");
        }
    }
    assert!(text("README.md").contains(&format!("Rust {promised}")), "README.md does not name Rust {promised}");
}

#[test]
fn the_tour_describes_each_feature_with_the_words_of_the_manifest() {
    let (manifest, tour) = (manifest(), text("docs/tour.md"));
    let features = manifest["features"].as_table().expect("features");
    let default = features["default"].as_array().expect("default features");
    let source = text("Cargo.toml");
    for name in features.keys().filter(|name| *name != "default") {
        let (before, _) = source.split_once(&format!("\n{name} = [")).expect("a feature on a line of its own");
        let comment =
            before.lines().last().and_then(|line| line.strip_prefix("# ")).expect("a comment above a feature");
        let is_default = if default.contains(&Value::from(name.as_str())) { "yes" } else { "no" };
        let row = format!("| `{name}` | {is_default} | {comment} |");
        assert!(tour.contains(&row), "docs/tour.md: expected a row that begins with {row}");
    }
}

#[test]
fn downloads_have_the_names_that_the_readme_and_cargo_binstall_expect() {
    let manifest: Table = text("bbstatus/Cargo.toml").parse().expect("a manifest");
    let package = &manifest["package"];
    let [repository, template] = [&package["repository"], &package["metadata"]["binstall"]["pkg-url"]];
    let repository = repository.as_str().expect("an address");
    let archive = asset("x86_64-unknown-linux-gnu", "tar.gz");
    let values =
        [("repo", repository), ("version", "1.2.3"), ("name", "bbstatus"), ("target", "x86_64-unknown-linux-gnu")];
    let url = values.iter().fold(template.as_str().expect("a template").to_owned(), |url, (name, value)| {
        url.replace(&format!("{{ {name} }}"), value)
    });
    assert_eq!(url, format!("{repository}/releases/download/v1.2.3/{archive}"));
    let latest = format!("{repository}/releases/latest/download/{archive}");
    assert!(text("README.md").contains(&latest), "README.md: expected {latest}");
}

#[test]
#[cfg(unix)]
fn a_release_needs_its_version_in_both_manifests_and_a_dated_section_of_the_changelog() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let write = |path: &str, text: &str| {
        let path = folder.path().join(path);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        std::fs::write(path, text).expect("a file");
    };
    for path in ["Cargo.toml", "bbstatus/Cargo.toml"] {
        write(path, "[package]\nversion = \"0.2.0\"\n[dependencies.a]\nversion = \"1.0\"\n");
    }
    write(
        "CHANGELOG.md",
        "# Changelog\n\n## [0.2.0] - 2026-12-01\n\n### Added\n\n- b\n\n## [0.1.0] - unreleased\n\n- a\n\n\
         ## [0.0.1] - 2026-01-01\n\n[0.1.0]: https://example.com\n",
    );
    write(".ci/release", &text(".ci/release"));
    let release = |tag: &str| {
        let script = folder.path().join(".ci/release");
        let output = std::process::Command::new("bash").arg(script).arg(tag).output().expect("bash");
        String::from_utf8([output.stdout, output.stderr].concat()).expect("text")
    };
    assert_eq!(release("v0.2.0"), "\n### Added\n\n- b\n");
    let version = |tag: &str| {
        ["Cargo.toml", "bbstatus/Cargo.toml"]
            .map(|path| format!("{path}: expected the version {tag}, got 0.2.0\n"))
            .concat()
    };
    let heading = |version: &str| format!("CHANGELOG.md: expected a heading such as ## [{version}] - 2026-11-23\n");
    let empty = |version: &str| format!("CHANGELOG.md: expected changes in {version}, got none\n");
    assert_eq!(release("v0.1.0"), version("0.1.0") + &heading("0.1.0"));
    assert_eq!(release("v0.0.1"), version("0.0.1") + &empty("0.0.1"));
    assert_eq!(release("v0.3.0"), version("0.3.0") + &heading("0.3.0") + &empty("0.3.0"));
}
