//! The code in docs/contract-testing.md that is not Rust, run as it is.
#![cfg(unix)]

use std::{fs, path::Path, process::Command};

use crate::support::{bbstatus, folder, isolated, run};

const GUIDE: &str = include_str!("../../../docs/contract-testing.md");

/// The code blocks of this language, in their order.
fn blocks(language: &str) -> Vec<String> {
    let begin = format!("\n```{language}\n");
    GUIDE.split(&begin).skip(1).map(|block| block.split("\n```").next().unwrap().to_owned() + "\n").collect()
}

/// A program whose PATH has the binary and the programs of this machine.
fn with_bbstatus(program: &str, folder: &Path) -> Command {
    let binary = Path::new(env!("CARGO_BIN_EXE_bbstatus")).parent().unwrap();
    let path = format!("{}:{}", binary.display(), std::env::var("PATH").unwrap());
    let mut command = isolated(program);
    command.current_dir(folder).env("PATH", path).env("HOME", folder);
    command
}

/// Whether a program is installed; prints which test is skipped if it is not.
fn is_available(test: &str, program: &str, arguments: &[&str]) -> bool {
    let available = isolated(program).args(arguments).output().is_ok_and(|output| output.status.success());
    if !available {
        println!("skipped: {test}, {program} {} does not run here", arguments.join(" "));
    }
    available
}

#[test]
fn the_fixture_for_pytest_works_and_is_short() {
    let code = blocks("python");
    let [fixture, test] = code.as_slice() else { panic!("two blocks: {code:?}") };
    assert!(fixture.lines().count() <= 20, "{fixture}");
    if !is_available("the fixture for pytest", "python3", &["-c", "import pytest"]) {
        return;
    }
    let folder = folder("guide-python");
    // A second test starts with an empty journal.
    let again = test.replace("def test_a_failure_is_reported", "def test_another_starts_anew");
    fs::write(folder.join("test_reports.py"), format!("{fixture}\n{test}\n{again}")).unwrap();
    let pytest = ["-m", "pytest", "-q", "-p", "no:cacheprovider", "test_reports.py"];
    let ended = run(with_bbstatus("python3", &folder).args(pytest).env("PYTHONDONTWRITEBYTECODE", "1")).done();
    assert!(ended.stdout.contains("2 passed"), "{ended:#?}");
}

#[test]
fn the_helper_for_node_works_and_is_short() {
    let code = blocks("js");
    let [helper, test] = code.as_slice() else { panic!("two blocks: {code:?}") };
    assert!(helper.lines().count() <= 20, "{helper}");
    if !is_available("the helper for node", "node", &["-e", "require('node:test'); fetch.name"]) {
        return;
    }
    let folder = folder("guide-node");
    fs::write(folder.join("reports.test.js"), format!("{helper}\n{test}")).unwrap();
    let ended = run(with_bbstatus("node", &folder).args(["--test", "reports.test.js"])).done();
    assert!(ended.stdout.contains("pass 1"), "{ended:#?}");
}

/// The scripts of the guide on a free port.
#[test]
fn the_scripts_for_a_shell_work() {
    let scripts = blocks("sh");
    let [start, outage, proxy] = scripts.as_slice() else { panic!("three scripts: {scripts:?}") };
    if !is_available("the scripts for a shell", "curl", &["--version"]) {
        return;
    }
    let folder = folder("guide-shell");
    let port = crate::support::ReservedPort::new();
    let (begin, end) = start.split_once("\nkill $sandbox").unwrap();
    let script = format!(
        "set -e\ntrap 'kill $sandbox' EXIT\n{begin}\n{outage}\ncurl --silent http://127.0.0.1:7990/_sandbox/faults\n{proxy}{end}"
    );
    let script = script.replace("7990", &port.number().to_string());
    // Only on Linux a server can listen on a port that another socket reserves.
    let _reserved = cfg!(target_os = "linux").then_some(port);
    let ended = run(with_bbstatus("sh", &folder).args(["-c", &script])).done();
    for expected in ["\"status\":\"ok\"", "FAILED", "\n1\n", "\"rate-limited\"", "\"type\":\"user\""] {
        assert!(ended.stdout.contains(expected), "{expected}: {ended:#?}");
    }
}

#[test]
fn the_first_line_of_a_sandbox_has_all_that_a_program_needs() {
    let mut sandbox = test_support::command::SandboxProcess::start(
        bbstatus(["sandbox", "--quiet"]).stdin(std::process::Stdio::null()),
    );
    let line = sandbox.address.clone();
    let fields: Vec<_> = line.as_object().unwrap().keys().map(String::as_str).collect();
    let expected = ["client_id", "client_secret", "control_url", "email", "oauth_token_url", "token", "url", "version"];
    assert_eq!(fields, expected);
    sandbox.process.kill().unwrap();
}
