//! The examples with which every help begins, run as they are.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use crate::support::{Sandbox, bbstatus, folder, run};

/// Every command that the help names, and those that it hides from newcomers.
fn commands() -> Vec<String> {
    let help = run(&mut bbstatus(["--help"])).done().stdout;
    let listed = help.split("Commands:\n").nth(1).unwrap().split("\n\n").next().unwrap().lines();
    let listed = listed.filter(|line| !line.starts_with("    ")).filter_map(|line| line.split_whitespace().next());
    listed.chain(["probe"]).map(str::to_owned).collect()
}

/// The example with which a help begins.
#[track_caller]
fn example(help: &str) -> &str {
    let Some(example) = help.strip_prefix("Example: ") else { panic!("{help}") };
    example.lines().next().unwrap()
}

#[test]
fn every_help_begins_with_an_example() {
    let commands = commands();
    assert!(commands.len() > 12, "{commands:?}");
    for command in &commands {
        for option in ["-h", "--help"] {
            let help = run(bbstatus([command, option]).env("COLUMNS", "100")).done().stdout;
            assert!(example(&help).starts_with(&format!("bbstatus {command}")), "{help}");
        }
    }
    assert!(example(&run(&mut bbstatus(["--help"])).done().stdout).starts_with("bbstatus run "));
}

/// Programs that the examples use, which do nothing.
#[cfg(unix)]
fn programs(folder: &Path) -> PathBuf {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = folder.join("bin");
    fs::create_dir_all(&folder).unwrap();
    for name in ["cargo", "make", "man"] {
        let file = folder.join(name);
        fs::write(&file, "#!/bin/sh\n").unwrap();
        fs::set_permissions(&file, fs::Permissions::from_mode(0o755)).unwrap();
    }
    folder
}

#[cfg(unix)]
#[test]
fn the_examples_work_one_after_the_other_as_they_are() {
    let folder = folder("examples");
    let programs = programs(&folder);
    fs::write(folder.join("results.ndjson"), "{\"key\": \"docs\", \"state\": \"SUCCESSFUL\"}\n").unwrap();
    fs::create_dir_all(folder.join(".local/share/bash-completion/completions")).unwrap();
    let sandbox = Sandbox::start("examples", &[]);
    run(&mut sandbox.bbstatus(["set", "lint", "SUCCESSFUL"])).done();
    let binary = Path::new(env!("CARGO_BIN_EXE_bbstatus")).parent().unwrap();
    let path = format!("{}:{}:{}", programs.display(), binary.display(), std::env::var("PATH").unwrap());
    // One runs until it is interrupted, the other writes to a repository of one's own.
    for command in commands().iter().filter(|command| !["sandbox", "probe"].contains(&command.as_str())) {
        let help = run(bbstatus([command, "--help"]).env("COLUMNS", "100")).done().stdout;
        let line = example(&help);
        let clean = sandbox.bbstatus([]);
        let mut shell = Command::new("sh");
        shell.args(["-c", line]).env_clear().current_dir(&folder);
        shell.envs(clean.get_envs().filter_map(|(name, value)| Some((name, value?))));
        let ended = run(shell.env("PATH", &path).env("HOME", &folder));
        assert_eq!(ended.code, Some(0), "{line}: {ended:#?}");
        if command == "update" {
            // The next ones read and wait for a success.
            run(&mut sandbox.bbstatus(["set", "unit-tests", "SUCCESSFUL"])).done();
        }
    }
}
