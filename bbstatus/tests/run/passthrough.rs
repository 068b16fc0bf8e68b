//! Streams and exit codes: a command that `run` runs behaves as it does without it.

use std::{fs, os::unix::fs::PermissionsExt as _, path::PathBuf};

use bitbucket_build_status::sandbox::Sandbox;

use bitbucket_build_status::State;

use crate::support::{Begun, Bitbucket, COMMIT};

#[test]
fn a_command_that_succeeds_is_reported_with_its_time() {
    let bitbucket = Bitbucket::start();
    bitbucket.run(&[], "exit 0").quietly(0);
    let reported = bitbucket.reported();
    assert_eq!(reported[0], ("INPROGRESS".to_owned(), "Running".to_owned()));
    assert_eq!(reported[1].0, "SUCCESSFUL");
    assert!(reported[1].1.starts_with("Succeeded in ") && reported[1].1.ends_with('s'), "{reported:?}");
    assert_eq!(reported.len(), 2);
}

#[test]
fn the_exit_code_is_the_commands_own() {
    let bitbucket = Bitbucket::start();
    bitbucket.run(&["--description", "Linux"], "exit 3").quietly(3);
    bitbucket.run(&[], "kill -KILL $$").quietly(128 + 9);
    let reported = bitbucket.reported();
    assert_eq!(reported[0].1, "Linux");
    assert!(reported[1].1.starts_with("Linux - Failed with exit code 3 after "), "{reported:?}");
    assert!(reported[3].1.starts_with("Killed by SIGKILL (out of memory?) after "), "{reported:?}");
    assert_eq!(bitbucket.states(), ["INPROGRESS", "FAILED", "INPROGRESS", "FAILED"]);
}

#[test]
fn a_command_that_cannot_be_started_is_reported_as_failed() {
    let bitbucket = Bitbucket::start();
    let file = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("not-executable");
    fs::write(&file, "#!/bin/sh\n").unwrap();
    fs::set_permissions(&file, fs::Permissions::from_mode(0o644)).unwrap();
    for (program, code) in [("no-such-command", 127), (file.to_str().unwrap(), 126)] {
        let output = bitbucket.bbstatus(["run", "unit-tests", "--", program]).output().unwrap();
        let stderr = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(code), "{stderr}");
        assert!(stderr.starts_with(&format!("error: {program} could not be run: ")), "{stderr}");
        assert!(stderr.contains("\nhelp: Pass an executable program"), "{stderr}");
    }
    assert_eq!(bitbucket.states(), ["FAILED", "FAILED"]);
}

#[test]
fn the_streams_are_the_commands_own() {
    let bitbucket = Bitbucket::start();
    let arguments = ["run", "unit-tests", "--", "sh", "-c", "cat; echo problem >&2"];
    let mut command = bitbucket.bbstatus(arguments);
    let input = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("input");
    let bytes = b"one\0two\xff\x1b[31m\n";
    fs::write(&input, bytes).unwrap();
    let output = command.stdin(fs::File::open(&input).unwrap()).output().unwrap();
    assert_eq!((&*output.stdout, &*output.stderr), (&bytes[..], &b"problem\n"[..]));
}

#[test]
fn options_after_the_dashes_are_the_commands() {
    let bitbucket = Bitbucket::start();
    let arguments = ["run", "unit-tests", "--", "echo", "--timeout", "--", "-v"];
    let output = bitbucket.bbstatus(arguments).output().unwrap();
    assert_eq!(String::from_utf8(output.stdout).unwrap(), "--timeout -- -v\n");
}

#[test]
fn a_dry_run_prints_the_first_report_and_runs_nothing() {
    let bitbucket = Bitbucket::start();
    for option in ["--dry-run", "--curl"] {
        let ended = bitbucket.run(&[option], "echo it runs");
        assert_eq!(ended.code, Some(0), "{ended:#?}");
        assert!(ended.stdout.contains("INPROGRESS") && !ended.stdout.contains("it runs\n"), "{ended:#?}");
        assert!(!ended.stdout.contains(Sandbox::TOKEN) && !ended.stderr.contains(Sandbox::TOKEN), "{ended:#?}");
    }
    assert!(bitbucket.states().is_empty());
}

#[test]
fn with_sandbox_the_first_and_the_last_report_are_printed() {
    let ended = Bitbucket::down().run(&["--sandbox", "--description", "Linux"], "echo it runs; exit 3");
    assert_eq!((ended.code, &*ended.stdout), (Some(3), "it runs"), "{ended:#?}");
    assert!(ended.stderr.contains("\"state\": \"INPROGRESS\""), "{ended:#?}");
    let last = "note: the sandbox accepted the final report: FAILED, Linux - Failed with exit code 3 after ";
    assert!(ended.stderr.contains(last), "{ended:#?}");
}

#[test]
fn a_wait_inside_of_runs_leaves_their_statuses_out() {
    let bitbucket = Bitbucket::start();
    bitbucket.set("lint", State::Successful);
    let bbstatus = env!("CARGO_BIN_EXE_bbstatus");
    // Each status is INPROGRESS before the next command starts.
    let reported = |key| format!("until \"$0\" get {key} >/dev/null 2>&1; do :; done; exec \"$0\" \"$@\"");
    let (outer, inner) = (reported("outer"), reported("inner"));
    let run_outer = ["run", "outer", "--", "sh", "-c", &outer, bbstatus];
    let run_inner = ["run", "inner", "--", "sh", "-c", &inner, bbstatus];
    let wait = ["wait", "--settle", "0s", "--timeout", "20s"];
    let output = bitbucket.bbstatus(run_outer.into_iter().chain(run_inner).chain(wait)).output().unwrap();
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(0), "{stderr}");
    for key in ["inner", "outer"] {
        assert!(
            stderr.contains(&format!("note: {key} is left out: it is the status of the enclosing `bbstatus run`")),
            "{stderr}"
        );
    }
}

#[test]
fn with_if_newer_neither_report_overwrites_that_of_a_newer_build() {
    let bitbucket = Bitbucket::start();
    for (number, notes) in [("10", 0), ("9", 2), ("11", 0)] {
        let mut command = bitbucket.run_command(&["--if-newer", "-v"], "echo begun; read line");
        command.env_remove("BBSTATUS_URL").envs([
            ("JENKINS_URL", "https://ci.example.com/"),
            ("GIT_COMMIT", COMMIT),
            ("BUILD_NUMBER", number),
            ("BUILD_URL", &format!("https://ci.example.com/job/rocket/{number}/")),
        ]);
        let mut begun = Begun::start(&mut command);
        let note = "note: unit-tests is not reported: the newer build 10 already reported SUCCESSFUL\n";
        begun.wait_for_message(if notes > 0 { note } else { "\"state\":\"INPROGRESS\"" });
        begun.write("go on");
        let output = begun.end();
        assert_eq!((output.code, output.stderr.matches(note).count()), (Some(0), notes), "{output:#?}");
    }
    assert_eq!(bitbucket.states(), ["INPROGRESS", "SUCCESSFUL", "INPROGRESS", "SUCCESSFUL"]);
}
