//! The reference in `docs/` is what the commands say.

use std::{fs, path::Path};

use serde_json::Value;

use crate::support::{Sandbox, bbstatus, run};

fn document(name: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join("docs").join(name)).unwrap()
}

#[test]
fn the_help_of_every_command_is_as_documented() {
    let reference = document("command-line.md");
    let printed = run(&mut bbstatus(["reference"])).done().stdout;
    let difference = reference.lines().zip(printed.lines()).find(|(documented, printed)| documented != printed);
    assert_eq!(difference, None, "run: cargo xtask docs");
    assert_eq!(reference.len(), printed.len(), "run: cargo xtask docs");
    for command in ["set", "update", "get", "list", "key", "detect", "sandbox", "completions", "man"] {
        let mut help = bbstatus([command, "--help"]);
        let help = run(help.env("COLUMNS", "100")).done().stdout;
        let help: Vec<_> = help.lines().map(str::trim_end).collect();
        let section = format!("### bbstatus {command}\n\n```text\n{}\n```\n", help.join("\n"));
        assert!(reference.contains(&section), "{section}");
    }
}

#[test]
fn no_line_of_help_is_wider_than_its_window() {
    for command in [
        "set",
        "update",
        "get",
        "list",
        "run",
        "wait",
        "apply",
        "key",
        "detect",
        "doctor",
        "sandbox",
        "probe",
        "completions",
        "man",
    ] {
        for option in ["-h", "--help"] {
            let help = run(bbstatus([command, option]).env("COLUMNS", "60")).done().stdout;
            let wide: Vec<_> = help.lines().filter(|line| line.len() > 60 && !line.starts_with("Usage")).collect();
            assert!(wide.is_empty(), "{command}: {wide:#?}");
        }
    }
}

#[test]
fn the_help_names_the_known_ci_systems() {
    let help = run(&mut bbstatus(["detect", "--help"])).done().stdout;
    let known = help.split("whose variables are known:").nth(1).unwrap().trim().trim_end_matches('.');
    let readme = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join("README.md")).unwrap();
    let readme = readme.split_whitespace().collect::<Vec<_>>().join(" ");
    let known: Vec<_> = known.split(',').map(|name| name.split_whitespace().collect::<Vec<_>>().join(" ")).collect();
    assert!(known.len() > 1, "{known:?}");
    for system in known {
        assert!(readme.contains(&system), "{system}");
    }
}

#[test]
fn the_members_of_a_status_are_as_documented() {
    let sandbox = Sandbox::start("members", &[]);
    let status = run(&mut sandbox.bbstatus(["set", "unit-tests", "FAILED", "--output", "json"])).done().json();
    let Value::Object(status) = status else { panic!("expected an object, got {status}") };
    let documented = document("json.md");
    let section = documented.split("## A status").nth(1).unwrap().split("\n## ").next().unwrap();
    let rows = section.lines().filter_map(|line| line.strip_prefix("| `")?.split('`').next());
    let mut documented: Vec<_> = rows.collect();
    documented.sort_unstable();
    assert_eq!(documented, status.keys().map(String::as_str).collect::<Vec<_>>());
}

#[test]
fn completions_and_manual_pages_are_complete() {
    for shell in ["bash", "zsh", "fish", "powershell"] {
        let script = run(&mut bbstatus(["completions", shell])).done().stdout;
        assert!(script.contains("from-exit-code") && !script.contains("reference"), "{shell}");
    }
    let page = run(&mut bbstatus(["man"])).done().stdout;
    assert!(page.contains(".TH bbstatus 1") && page.contains("bbstatus\\-update"), "{page}");
    let page = run(&mut bbstatus(["man", "update"])).done().stdout;
    assert!(page.contains(".TH bbstatus-update 1") && page.contains("BBSTATUS_URL"), "{page}");
}
