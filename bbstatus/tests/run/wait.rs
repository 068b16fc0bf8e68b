//! `bbstatus wait`.

use std::{
    io::{BufRead as _, BufReader},
    process::{Command, Stdio},
};

use bitbucket_build_status::{
    State,
    sandbox::{Fault, RetryHint},
};

use serde_json::{Value, json};
use test_support::{
    command::run,
    server::{RecordingServer, Reply, json as response, response as raw_response, text},
};

use crate::support::{Bitbucket, eventually};

/// Waits with short intervals, and without settling unless the options say so.
fn waiting(bitbucket: &Bitbucket, options: &[&str]) -> Command {
    let options = ["wait", "--interval", "100ms"].iter().chain(options).copied();
    let mut command = bitbucket.bbstatus(options);
    command.envs([("BBSTATUS_WAIT_TIMEOUT", "20s"), ("BBSTATUS_SETTLE", "0s")]);
    command
}

/// Waits; returns exit code, stdout and stderr.
#[track_caller]
fn wait(bitbucket: &Bitbucket, options: &[&str]) -> (Option<i32>, String, String) {
    let output = run(&mut waiting(bitbucket, options));
    (output.code, output.stdout, output.stderr)
}

/// Waits for the statuses that this server returns.
fn waiting_for(server: &RecordingServer, options: &[&str]) -> Command {
    let mut command = waiting(&Bitbucket::down(), options);
    command.env("BBSTATUS_API_URL", server.address());
    command
}

/// A page with these statuses.
fn page(statuses: &[(&str, &str)], next: Option<String>) -> Reply {
    let values: Vec<_> = statuses.iter().map(|(key, state)| json!({"key": key, "state": state})).collect();
    let mut page = json!({"values": values});
    if let Some(next) = next {
        page["next"] = next.into();
    }
    response(200, page.to_string())
}

/// A page whose `Date` has this second, with these keys, states and seconds of the last update.
fn page_at(second: u8, statuses: &[(&str, &str, u8)]) -> Reply {
    let values: Vec<_> = statuses
        .iter()
        .map(|(key, state, updated)| {
            json!({"key": key, "state": state, "updated_on": format!("2026-11-20T08:15:{updated:02}+00:00")})
        })
        .collect();
    let date = format!("Date: Fri, 20 Nov 2026 08:15:{second:02} GMT");
    let headers = ["Content-Type: application/json", &date];
    Reply::Bytes(raw_response(200, &headers, json!({"values": values}).to_string()))
}

/// The keys of the statuses in this JSON output.
fn keys(stdout: &str) -> Vec<String> {
    let key = |line: &str| serde_json::from_str::<Value>(line).unwrap()["key"].as_str().unwrap().to_owned();
    stdout.lines().map(key).collect()
}

#[test]
fn final_statuses_end_the_wait_at_once() {
    let bitbucket = Bitbucket::start();
    bitbucket.set("unit-tests", State::Successful);
    bitbucket.set("lint", State::Successful);
    let (code, table, stderr) = wait(&bitbucket, &[]);
    assert_eq!((code, &*stderr), (Some(0), ""));
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
fn the_exit_code_does_not_depend_on_whether_the_statuses_are_read() {
    let bitbucket = Bitbucket::start();
    // One status fits into a buffer, many do not.
    for many in [1, 101] {
        for number in 0..many {
            bitbucket.set(&format!("check-{number:03}"), State::Failed);
        }
        let mut waits = waiting(&bitbucket, &["--output", "json"]).stdout(Stdio::piped()).spawn().unwrap();
        drop(waits.stdout.take());
        assert_eq!(crate::support::ended(&mut waits).code(), Some(7), "{many}");
    }
}

#[test]
fn at_the_deadline_the_pending_keys_are_named() {
    let bitbucket = Bitbucket::start();
    let once = ["--timeout", "0s"];
    let (code, table, stderr) = wait(&bitbucket, &once);
    assert_eq!((code, &*table), (Some(8), ""));
    assert_eq!(stderr, "note: there is no status yet\n");
    bitbucket.set("unit-tests", State::Inprogress);
    // It polls more than once, but prints what does not change only once.
    let (code, _, stderr) = wait(&bitbucket, &["--timeout", "5s"]);
    assert_eq!((code, &*stderr), (Some(8), "0 succeeded, 1 pending (unit-tests)\n"));
    bitbucket.set("unit-tests", State::Successful);
    let (code, table, stderr) = wait(&bitbucket, &["--timeout", "0s", "--key", "unit-tests", "--key", "deploy"]);
    assert_eq!(code, Some(8));
    assert!(table.contains("unit-tests") && stderr == "note: 1 succeeded, 1 pending (deploy)\n", "{stderr}");
    // A failure is final, whatever else may follow.
    bitbucket.set("unit-tests", State::Failed);
    assert_eq!(wait(&bitbucket, &["--timeout", "0s", "--key", "unit-tests", "--key", "deploy"]).0, Some(7));
}

#[test]
fn a_wait_ends_with_the_last_status() {
    let bitbucket = Bitbucket::start();
    bitbucket.set("unit-tests", State::Failed);
    bitbucket.set("lint", State::Inprogress);
    let mut waits = waiting(&bitbucket, &[]).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    // Without --fail-fast the failure alone does not end it.
    let begun = bitbucket.sandbox().journal().len();
    eventually("three rounds", || bitbucket.sandbox().journal().len() >= begun + 3);
    assert_eq!(waits.try_wait().unwrap(), None);
    bitbucket.set("lint", State::Successful);
    assert_eq!(crate::support::ended(&mut waits).code(), Some(7));
}

#[test]
fn with_fail_fast_the_first_failure_ends_it() {
    let bitbucket = Bitbucket::start();
    bitbucket.set("unit-tests", State::Failed);
    bitbucket.set("lint", State::Inprogress);
    let (code, table, stderr) = wait(&bitbucket, &["--fail-fast"]);
    assert_eq!(code, Some(7));
    assert!(
        table.contains("INPROGRESS") && stderr == "note: 0 succeeded, 1 failed (unit-tests), 1 pending (lint)\n",
        "{stderr}"
    );
}

#[test]
fn an_outage_is_waited_out() {
    let mut bitbucket = Bitbucket::down();
    let mut waits = waiting(&bitbucket, &["--retries", "0"]);
    let mut waits = waits.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
    let mut messages = BufReader::new(waits.stderr.take().unwrap()).lines();
    assert!(messages.any(|line| line.unwrap().contains("could not connect")));
    bitbucket.come_up();
    bitbucket.set("unit-tests", State::Successful);
    assert_eq!(crate::support::ended(&mut waits).code(), Some(0));
    let down = Bitbucket::down();
    let (code, stdout, stderr) = wait(&down, &["--timeout", "1s", "--retries", "0"]);
    assert_eq!((code, &*stdout), (Some(6), ""), "{stderr}");
    assert!(stderr.contains("error: "), "{stderr}");
}

#[test]
fn retry_after_is_obeyed_and_ends_the_wait_if_it_exceeds_the_deadline() {
    let bitbucket = Bitbucket::start();
    bitbucket.set("unit-tests", State::Successful);
    let requests = || bitbucket.sandbox().journal().iter().filter(|received| received.method == "GET").count();
    bitbucket.sandbox().fault(Fault::RateLimited(RetryHint::RetryAfterSeconds(1)).times(1));
    assert_eq!((wait(&bitbucket, &["--retries", "0"]).0, requests()), (Some(0), 2));
    bitbucket.sandbox().fault(Fault::RateLimited(RetryHint::RetryAfterSeconds(60)).times(1));
    let (code, _, stderr) = wait(&bitbucket, &["--timeout", "5s", "--retries", "0"]);
    assert_eq!((code, requests()), (Some(6), 3), "{stderr}");
    assert!(stderr.starts_with("error: ") && stderr.contains("429"), "{stderr}");
}

#[test]
fn a_permanent_refusal_ends_the_wait() {
    let bitbucket = Bitbucket::start();
    bitbucket.sandbox().fault(Fault::Html(403));
    let (code, stdout, stderr) = wait(&bitbucket, &[]);
    assert_eq!((code, &*stdout), (Some(4), ""), "{stderr}");
}

#[test]
fn the_statuses_of_a_pull_request_can_be_waited_for() {
    let bitbucket = Bitbucket::start();
    bitbucket.set("unit-tests", State::Stopped);
    let (code, table, stderr) = wait(&bitbucket, &["--pull-request", "7"]);
    assert_eq!(code, Some(7), "{stderr}");
    assert!(table.contains("STOPPED") && table.contains("unit-tests"), "{table}");
}

#[test]
fn a_later_status_is_waited_for_until_nothing_has_changed_for_the_settle_time() {
    let (first, running, last) =
        ([("unit-tests", "SUCCESSFUL", 0)], ("lint", "INPROGRESS", 2), ("lint", "SUCCESSFUL", 20));
    let server = RecordingServer::scripted([
        page_at(1, &first),
        page_at(3, &[first[0], running]),
        page_at(21, &[first[0], last]),
        page_at(29, &[first[0], last]),
        page_at(30, &[first[0], last]),
    ]);
    let output = run(&mut waiting_for(&server, &["--settle", "10s", "--output", "json"])).done();
    assert_eq!((keys(&output.stdout), server.requests()), (vec!["unit-tests".to_owned(), "lint".to_owned()], 5));
}

#[test]
fn without_a_known_number_of_statuses_it_settles_by_default() {
    let passes_after = |options: &[&str]| {
        let pages = [9, 10, 29, 30].map(|second| page_at(second, &[("unit-tests", "SUCCESSFUL", 0)]));
        let server = RecordingServer::scripted(pages);
        run(waiting_for(&server, options).env_remove("BBSTATUS_SETTLE")).done();
        server.requests()
    };
    assert_eq!(passes_after(&["--timeout", "1h"]), 4, "30 seconds");
    // At most half of the timeout, so that it can succeed.
    assert_eq!(passes_after(&["--timeout", "20s"]), 2, "10 seconds");
    for options in [["--key", "unit-tests"], ["--at-least", "1"], ["--timeout", "0s"]] {
        assert_eq!(passes_after(&options), 1, "{options:?}");
    }
    let server = RecordingServer::scripted([page_at(9, &[("unit-tests", "SUCCESSFUL", 0)])]);
    let settling = run(&mut waiting_for(&server, &["--timeout", "5s", "--settle", "1m"]));
    assert_eq!(settling.code, Some(8));
    assert_eq!(settling.stderr, "1 succeeded; waiting until nothing has changed for 1m\n");
}

#[test]
fn a_number_of_statuses_can_be_waited_for() {
    let bitbucket = Bitbucket::start();
    bitbucket.set("unit-tests", State::Successful);
    bitbucket.set("flaky", State::Failed);
    let at_least = |number, more: &[&str]| {
        wait(&bitbucket, &[&["--at-least", number, "--exclude", "flaky", "--timeout", "0s"], more].concat())
    };
    assert_eq!(at_least("1", &[]).0, Some(0));
    let (code, _, stderr) = at_least("2", &[]);
    assert_eq!((code, &*stderr), (Some(8), "note: 1 succeeded, 1 more expected\n"));
    bitbucket.set("lint", State::Successful);
    assert_eq!(at_least("2", &[]).0, Some(0));
    bitbucket.set("deploy", State::Inprogress);
    assert_eq!(at_least("2", &[]).0, Some(8));
    assert_eq!(at_least("2", &["--exclude", "deploy"]).0, Some(0));
    bitbucket.set("deploy", State::Stopped);
    let (code, _, stderr) = at_least("2", &[]);
    assert_eq!((code, &*stderr), (Some(7), "note: 2 succeeded, 1 stopped (deploy)\n"));
    let both = wait(&bitbucket, &["--key", "lint", "--exclude", "lint"]);
    assert!(
        both.0 == Some(2) && both.2.contains("--exclude: expected a key that is not passed with --key"),
        "{}",
        both.2
    );
}

#[test]
fn a_key_that_is_stored_with_more_than_40_characters_is_found() {
    let long = "continuous-integration/linux/x86_64/unit-tests/48";
    let server = RecordingServer::scripted([page(&[(long, "SUCCESSFUL"), ("lint", "INPROGRESS")], None)]);
    assert_eq!(run(&mut waiting_for(&server, &["--key", long])).code, Some(0));
    assert_eq!(run(&mut waiting_for(&server, &["--exclude", "lint"])).code, Some(0));
    let excluded = run(&mut waiting_for(&server, &["--exclude", long, "--timeout", "0s"]));
    assert_eq!((excluded.code, &*excluded.stderr), (Some(8), "note: 0 succeeded, 1 pending (lint)\n"));
}

#[test]
fn it_does_not_wait_for_itself() {
    let own = json!({"key": "715267314", "state": "INPROGRESS", "name": "Pipeline #42 for main",
        "url": "https://bitbucket.org/acme/rocket/addon/pipelines/home#!/results/42"});
    let other = json!({"key": "unit-tests", "state": "SUCCESSFUL", "url": own["url"]});
    let gate = json!({"key": "gate", "state": "INPROGRESS"});
    let list = json!({"values": [own, other, gate]}).to_string();
    let server = RecordingServer::scripted([response(200, list)]);
    let mut command = waiting_for(&server, &["--output", "json"]);
    command.env("BBSTATUS_RUN_KEYS", "outer\ngate");
    command.envs([("BITBUCKET_BUILD_NUMBER", "42"), ("BITBUCKET_REPO_FULL_NAME", "acme/rocket")]);
    let output = run(&mut command).done();
    assert_eq!(keys(&output.stdout), ["unit-tests"]);
    let notes = "note: 715267314 is left out: it is the status of the pipeline that this runs in\n\
                 note: gate is left out: it is the status of the enclosing `bbstatus run`\n";
    assert_eq!(output.stderr, notes);
    // A named key is waited for. In another environment, no status is its own.
    let named = run(command.args(["--key", "gate", "--timeout", "0s"]));
    assert_eq!((named.code, &*named.stderr), (Some(8), "note: 0 succeeded, 1 pending (gate)\n"));
    let elsewhere = run(&mut waiting_for(&server, &["--timeout", "0s"]));
    assert_eq!((elsewhere.code, &*elsewhere.stderr), (Some(8), "note: 1 succeeded, 2 pending (715267314, gate)\n"));
}

#[test]
fn the_timeout_bounds_requests_pages_and_delays() {
    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let endless = RecordingServer::with_handler(|number, request| {
        let host = request.header("host").unwrap_or_default();
        page(&[("unit-tests", "INPROGRESS")], Some(format!("http://{host}/page/{number}")))
    });
    for url in [format!("http://{}/2.0", silent.local_addr().unwrap()), endless.address().to_owned()] {
        let mut command = waiting(&Bitbucket::down(), &["--timeout", "500ms"]);
        let output = run(command.env("BBSTATUS_API_URL", &url));
        let problem = "error: the statuses could not be read within 500ms (--timeout)\nhelp: ";
        assert!(output.code == Some(6) && output.stderr.starts_with(problem), "{url}: {output:#?}");
    }
}

#[test]
fn the_last_poll_decides_between_pending_and_unavailable() {
    let (pending, busy) = (page(&[("unit-tests", "INPROGRESS")], None), text(503, &[], ""));
    let short = ["--timeout", "5s", "--retries", "0"];
    let server = RecordingServer::scripted([pending.clone(), busy.clone()]);
    let output = run(&mut waiting_for(&server, &short));
    assert!(output.code == Some(6) && output.stderr.contains("error: ") && server.requests() > 2, "{output:#?}");
    let server = RecordingServer::scripted([busy, pending]);
    let output = run(&mut waiting_for(&server, &short));
    assert!(output.code == Some(8) && output.stderr.ends_with("0 succeeded, 1 pending (unit-tests)\n"), "{output:#?}");
}

#[test]
fn the_announced_time_of_retries_is_what_is_left_of_the_timeout() {
    let server = RecordingServer::scripted([text(503, &[], "")]);
    let ended = run(&mut waiting_for(&server, &["--timeout", "4s"])).failed(6, "503");
    assert!(ended.stderr.contains("; retrying for at most 4s in all\n"), "{ended:#?}");
    let silent = RecordingServer::scripted([Reply::NEVER]);
    let ended = run(&mut waiting_for(&silent, &["--timeout", "4s", "--retries", "0"])).failed(6, "error: ");
    assert!(ended.stderr.contains("no response yet; waiting for at most 4s in all\n"), "{ended:#?}");
}
