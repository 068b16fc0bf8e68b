//! `bbstatus wait`.

use std::{process::Stdio, thread, time::Duration};

use bitbucket_build_status::{
    State,
    sandbox::{Fault, RetryHint},
};

use crate::support::{Bitbucket, eventually};

/// Waits with short pauses; gives exit code, stdout and stderr.
#[track_caller]
fn wait(bitbucket: &Bitbucket, options: &[&str]) -> (Option<i32>, String, String) {
    let options = ["wait", "--interval", "100ms"].iter().chain(options).copied();
    let output = bitbucket.bbstatus(options).env("BBSTATUS_WAIT_TIMEOUT", "20s").output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (output.status.code(), text(output.stdout), text(output.stderr))
}

/// The keys of the statuses that were written as JSON.
fn keys(stdout: &str) -> Vec<String> {
    let key = |line: &str| serde_json::from_str::<serde_json::Value>(line).unwrap()["key"].as_str().unwrap().to_owned();
    stdout.lines().map(key).collect()
}

#[test]
fn what_has_ended_is_not_waited_for() {
    let bitbucket = Bitbucket::start();
    bitbucket.set("unit-tests", State::Successful);
    bitbucket.set("lint", State::Successful);
    let (code, table, said) = wait(&bitbucket, &[]);
    assert_eq!((code, &*said), (Some(0), ""));
    assert!(table.contains("SUCCESSFUL  unit-tests") && table.contains("SUCCESSFUL  lint"), "{table}");
    for state in [State::Failed, State::Stopped] {
        bitbucket.set("lint", state);
        assert_eq!(wait(&bitbucket, &["--output", "json"]).0, Some(7));
    }
    assert_eq!(wait(&bitbucket, &["--key", "unit-tests"]).0, Some(0));
}

#[test]
fn all_pages_count() {
    let bitbucket = Bitbucket::start();
    for number in 0..101 {
        bitbucket.set(&format!("check-{number:03}"), State::Successful);
    }
    let (code, json, _) = wait(&bitbucket, &["--output", "json"]);
    assert_eq!((code, keys(&json).len()), (Some(0), 101));
    bitbucket.set("check-100", State::Failed);
    assert_eq!(wait(&bitbucket, &[]).0, Some(7));
}

#[test]
fn the_exit_code_is_the_verdict_although_nobody_reads_the_statuses() {
    let bitbucket = Bitbucket::start();
    // One fits into what is written at once, many do not.
    for many in [1, 101] {
        for number in 0..many {
            bitbucket.set(&format!("check-{number:03}"), State::Failed);
        }
        let mut waits = bitbucket.bbstatus(["wait", "--output", "json"]).stdout(Stdio::piped()).spawn().unwrap();
        drop(waits.stdout.take());
        assert_eq!(crate::support::ended(&mut waits).code(), Some(7), "{many}");
    }
}

#[test]
fn what_is_pending_when_the_time_is_over_is_said() {
    let bitbucket = Bitbucket::start();
    let briefly = ["--timeout", "300ms"];
    let (code, table, said) = wait(&bitbucket, &briefly);
    assert_eq!((code, &*table), (Some(8), ""));
    assert!(said.ends_with("note: there is no status yet\n") && said.matches("note: ").count() == 1, "{said}");
    bitbucket.set("unit-tests", State::Inprogress);
    assert_eq!(wait(&bitbucket, &briefly).0, Some(8));
    bitbucket.set("unit-tests", State::Successful);
    let (code, table, said) = wait(&bitbucket, &["--timeout", "300ms", "--key", "unit-tests", "--key", "deploy"]);
    assert_eq!(code, Some(8));
    assert!(table.contains("unit-tests") && said.contains("note: 1 succeeded, 1 pending: deploy"), "{said}");
    // A failure is certain, whatever else comes.
    bitbucket.set("unit-tests", State::Failed);
    assert_eq!(wait(&bitbucket, &["--timeout", "300ms", "--key", "unit-tests", "--key", "deploy"]).0, Some(7));
}

#[test]
fn a_wait_ends_with_the_last_status() {
    let bitbucket = Bitbucket::start();
    bitbucket.set("unit-tests", State::Failed);
    bitbucket.set("lint", State::Inprogress);
    let arguments = ["wait", "--interval", "100ms"];
    let mut waits = bitbucket.bbstatus(arguments).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    // Without --fail-fast the failure alone does not end it.
    let begun = bitbucket.sandbox().journal().len();
    eventually("three rounds", || bitbucket.sandbox().journal().len() >= begun + 3);
    assert_eq!(waits.try_wait().unwrap(), None);
    bitbucket.set("lint", State::Successful);
    assert_eq!(crate::support::ended(&mut waits).code(), Some(7));
}

#[test]
fn a_failure_ends_it_at_once_where_that_is_wanted() {
    let bitbucket = Bitbucket::start();
    bitbucket.set("unit-tests", State::Failed);
    bitbucket.set("lint", State::Inprogress);
    let (code, table, said) = wait(&bitbucket, &["--fail-fast"]);
    assert_eq!(code, Some(7));
    assert!(
        table.contains("INPROGRESS") && said.contains("0 succeeded, 1 failed or stopped, 1 pending: lint"),
        "{said}"
    );
}

#[test]
fn an_outage_is_waited_for_like_everything_else() {
    let mut bitbucket = Bitbucket::down();
    let arguments = ["wait", "--interval", "100ms", "--retries", "0"];
    let mut waits = bitbucket.bbstatus(arguments).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    thread::sleep(Duration::from_millis(500));
    bitbucket.come_up();
    bitbucket.set("unit-tests", State::Successful);
    assert_eq!(crate::support::ended(&mut waits).code(), Some(0));
    let down = Bitbucket::down();
    let (code, stdout, said) = wait(&down, &["--timeout", "300ms", "--retries", "0"]);
    assert_eq!((code, &*stdout), (Some(6), ""), "{said}");
    assert!(said.contains("error: "), "{said}");
}

#[test]
fn a_pause_that_bitbucket_asks_for_is_kept() {
    let bitbucket = Bitbucket::start();
    bitbucket.set("unit-tests", State::Inprogress);
    bitbucket.sandbox().fault(Fault::RateLimited(RetryHint::RetryAfterSeconds(60)));
    let asked = || bitbucket.sandbox().journal().iter().filter(|received| received.method == "GET").count();
    let (code, _, said) = wait(&bitbucket, &["--timeout", "1s", "--retries", "0"]);
    assert_eq!((code, asked()), (Some(8), 2), "once, and once more at the end: {said}");
}

#[test]
fn what_does_not_pass_ends_it() {
    let bitbucket = Bitbucket::start();
    bitbucket.sandbox().fault(Fault::Html(403));
    let (code, stdout, said) = wait(&bitbucket, &[]);
    assert_eq!((code, &*stdout), (Some(4), ""), "{said}");
}

#[test]
fn the_statuses_of_a_pull_request_can_be_waited_for() {
    let bitbucket = Bitbucket::start();
    bitbucket.set("unit-tests", State::Stopped);
    let (code, table, said) = wait(&bitbucket, &["--pull-request", "7"]);
    assert_eq!(code, Some(7), "{said}");
    assert!(table.contains("STOPPED") && table.contains("unit-tests"), "{table}");
}
