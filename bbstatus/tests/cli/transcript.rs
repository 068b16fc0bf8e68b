//! The transcripts in the documentation are the real output.

use std::{fs, path::Path, process::Command};

use crate::support::bbstatus;

/// A command in a transcript, and its output.
#[derive(Debug)]
struct Step {
    typed: String,
    printed: String,
}

/// The steps of all `console` blocks, in which each command follows `$ `.
fn steps(document: &str) -> Vec<Step> {
    let mut steps: Vec<Step> = Vec::new();
    let mut inside = false;
    for line in document.lines() {
        if line.starts_with("```") {
            inside = line == "```console";
        } else if let Some(typed) = line.strip_prefix("$ ").filter(|_| inside) {
            steps.push(Step { typed: typed.to_owned(), printed: String::new() });
        } else if let Some(step) = steps.last_mut().filter(|_| inside) {
            step.printed.extend([line, "\n"]);
        }
    }
    steps
}

/// Runs a command in a shell, with stdout and stderr interleaved as on a terminal.
fn printed(typed: &str) -> String {
    let binary = Path::new(env!("CARGO_BIN_EXE_bbstatus")).parent().unwrap();
    let typed = typed.replace("cargo bbstatus", "bbstatus");
    let mut command = Command::new("sh");
    let clean = bbstatus([]);
    command.args(["-c", &format!("{{ {typed}\n}} 2>&1")]).env_clear();
    command.envs(clean.get_envs().filter_map(|(name, value)| Some((name, value?))));
    command.env("PATH", format!("{}:{}", binary.display(), std::env::var("PATH").unwrap()));
    String::from_utf8(command.output().unwrap().stdout).unwrap()
}

/// Whether a text is as expected; `[..]` matches any text.
fn matches(expected: &str, text: &str) -> bool {
    let Some((before, after)) = expected.split_once("[..]") else { return expected == text };
    let Some(rest) = text.strip_prefix(before) else { return false };
    rest.char_indices().map(|(place, _)| place).chain([rest.len()]).any(|place| matches(after, &rest[place..]))
}

#[cfg(unix)]
#[test]
fn the_transcripts_are_what_the_commands_print() {
    for document in ["README.md", "docs/bbstatus.md"] {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(document);
        let steps = steps(&fs::read_to_string(path).unwrap());
        let steps: Vec<_> = steps.iter().filter(|step| step.typed.contains("bbstatus")).collect();
        assert!(!steps.is_empty(), "{document} has no transcript");
        for step in steps {
            let printed = printed(&step.typed);
            let (expected, lines) = (step.printed.lines(), printed.lines());
            let same = expected.clone().count() == lines.clone().count()
                && expected.zip(lines).all(|(expected, line)| matches(expected, line));
            assert!(same, "{document}: $ {}\nexpected:\n{}\nprinted:\n{printed}", step.typed, step.printed);
        }
    }
}

#[test]
fn a_difference_in_a_transcript_is_noticed() {
    assert!(matches("created  [..]+00:00", "created  2026-11-20T08:15:30+00:00"));
    assert!(matches("at [..]:[..]/", "at 127.0.0.1:4711/"));
    assert!(!matches("state  FAILED", "state  STOPPED"));
    assert!(!matches("created  [..]Z", "created  2026-11-20T08:15:30+00:00"));
    let document = "```console\n$ one\nprinted\n\nmore\n$ two\n```\ntext\n```sh\n$ three\n```\n";
    let steps = steps(document);
    assert_eq!(steps.iter().map(|step| step.typed.as_str()).collect::<Vec<_>>(), ["one", "two"]);
    assert_eq!(steps[0].printed, "printed\n\nmore\n");
}
