//! Completions as the shells compute them, and the manual pages.

use std::{fs, path::PathBuf, process::Command};

use crate::support::{bbstatus, folder, run};

/// The script for a shell, as a file in a folder of a test's own.
fn script(shell: &str) -> PathBuf {
    let file = folder(&format!("completions_{shell}")).join("bbstatus");
    fs::write(&file, run(&mut bbstatus(["completions", shell])).done().stdout).unwrap();
    file
}

/// What was typed, the last word incomplete, and what is offered, or some of it.
type Row = (&'static [&'static str], &'static [&'static str]);

const STATES: &[&str] = &["INPROGRESS", "STOPPED", "FAILED", "SUCCESSFUL"];
const COMPLETE: [Row; 8] = [
    (&["set", "k", ""], STATES),
    (&["set", "k", "S"], &["STOPPED", "SUCCESSFUL"]),
    (&["update", "--name", "n", "k", ""], STATES),
    (&["set", ""], &[]),
    (&["completions", ""], &["bash", "elvish", "fish", "powershell", "zsh"]),
    (&["man", "d"], &["detect", "doctor"]),
    (&["set", "k", "FAILED", "--output", ""], &["table", "json"]),
    (&["key", "k", "--output", "j"], &["json"]),
];
/// The same for a command that is run: its name, which the shell finds in the `PATH`.
const COMMAND: Row = (&["run", "--name", "x", "k", "--", "bbstatus-of-a-t"], &["bbstatus-of-a-test"]);

/// A folder with the command of the test.
#[cfg(unix)]
fn path_with_command() -> String {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = folder("completions_path");
    let file = folder.join(COMMAND.1[0]);
    fs::write(&file, "#!/bin/sh\n").unwrap();
    fs::set_permissions(&file, fs::Permissions::from_mode(0o755)).unwrap();
    format!("{}:{}", folder.display(), std::env::var("PATH").unwrap())
}

/// Compares what a shell offers for every row, without descriptions.
#[cfg(unix)]
fn assert_offered(shell: &str, offer: impl Fn(&[&str]) -> Command) {
    let path = path_with_command();
    for (typed, expected) in COMPLETE.iter().chain([&COMMAND]) {
        let output = run(offer(typed).env("PATH", &path)).done();
        let offered = output.stdout.lines().map(|line| line.split('\t').next().unwrap_or_default());
        let mut offered: Vec<_> = offered.filter(|line| !line.is_empty()).collect();
        let mut expected = expected.to_vec();
        offered.sort_unstable();
        offered.dedup();
        expected.sort_unstable();
        assert_eq!(offered, expected, "{shell}: {typed:?}: {output:#?}");
    }
}

#[cfg(unix)]
#[test]
fn bash_offers_states_commands_and_values() {
    let script = script("bash");
    assert_offered("bash", |typed| {
        let program = "source \"$0\"; COMP_WORDS=(bbstatus \"$@\"); COMP_CWORD=$#; COMPREPLY=(); compopt() { :; }; \
                       _bbstatus_positionals bbstatus \"${COMP_WORDS[COMP_CWORD]}\" \"${COMP_WORDS[COMP_CWORD-1]}\"; \
                       printf '%s\\n' \"${COMPREPLY[@]}\"";
        let mut command = Command::new("bash");
        command.args(["--norc", "-c", program]).arg(&script).args(typed);
        command
    });
}

#[cfg(unix)]
#[test]
fn fish_offers_states_commands_and_values() {
    let script = script("fish");
    if Command::new("fish").arg("--version").output().is_err() {
        // There is no other way to ask it.
        assert!(fs::read_to_string(script).unwrap().contains("__fish_bbstatus_is_at set:1\" -f -k -a \"INPROGRESS"));
        return;
    }
    let home = folder("completions_home");
    assert_offered("fish", |typed| {
        let line = format!("bbstatus {}", typed.join(" "));
        let mut command = Command::new("fish");
        command.args(["--no-config", "-c", "source $argv[1]; complete -C $argv[2]"]).arg(&script).arg(line);
        command.env("HOME", &home);
        command
    });
}

#[test]
fn zsh_knows_states_and_commands() {
    let script = fs::read_to_string(script("zsh")).unwrap();
    assert!(script.contains(":(INPROGRESS STOPPED FAILED SUCCESSFUL)' \\\n"), "{script}");
    assert!(script.contains("after \"--\":_bbstatus_command' \\\n"), "{script}");
    assert_eq!(script.matches("\n_bbstatus_command() {\n").count(), 1, "{script}");
}

#[test]
fn every_manual_page_has_its_sections_in_order() {
    let help = run(&mut bbstatus(["--help"])).done().stdout;
    let listed = help.split("Commands:\n").nth(1).unwrap().split("\n\n").next().unwrap().lines();
    let commands = listed.filter(|line| !line.starts_with("    ")).filter_map(|line| line.split_whitespace().next());
    for command in commands.map(Some).chain([None]) {
        let page = run(&mut bbstatus(["man"].into_iter().chain(command))).done().stdout;
        let sections: Vec<_> = page.lines().filter_map(|line| line.strip_prefix(".SH ")).collect();
        let expected = [
            "NAME",
            "SYNOPSIS",
            "DESCRIPTION",
            "OPTIONS",
            "EXAMPLES",
            "\"EXIT STATUS\"",
            "ENVIRONMENT",
            "\"SEE ALSO\"",
        ];
        let found: Vec<_> = sections.iter().filter(|section| expected.contains(section)).copied().collect();
        assert_eq!(found, expected, "{command:?}: {sections:?}");
        let has_signals = page.contains("128+n");
        assert_eq!(has_signals, command.is_none_or(|command| command == "run"), "{command:?}");
        let reads_token = page.contains("BITBUCKET_TOKEN");
        let is_offline = ["key", "detect", "sandbox", "completions", "man"].contains(&command.unwrap_or_default());
        assert_eq!(reads_token, !is_offline, "{command:?}");
    }
}
