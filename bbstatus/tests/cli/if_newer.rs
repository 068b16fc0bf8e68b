//! `--if-newer`: a report of an older build does not overwrite that of a newer one.

use std::process::Command;

use serde_json::json;

use crate::support::{COMMIT, RecordingServer, Reply, Sandbox, reporting_to, response, run};

/// Reports as the build of Jenkins with this number.
fn build<'a>(command: &'a mut Command, number: &str) -> &'a mut Command {
    command.env_remove("BBSTATUS_URL").envs([
        ("JENKINS_URL", "https://ci.example.com/"),
        ("GIT_COMMIT", COMMIT),
        ("BUILD_NUMBER", number),
        ("BUILD_URL", &format!("https://ci.example.com/job/rocket/{number}/")),
    ])
}

#[test]
fn an_older_build_does_not_overwrite_the_report_of_a_newer_one() {
    let sandbox = Sandbox::start("newer", &[]);
    let report = |arguments: &[&str], number: &str| {
        let arguments = arguments.iter().copied().chain(["--output", "json"]);
        let output = run(build(&mut sandbox.bbstatus(arguments), number)).done();
        (output.json()["state"].as_str().unwrap().to_owned(), output.stderr)
    };
    let set = |state, number| report(&["set", "k", state, "--if-newer"], number);
    assert_eq!(set("INPROGRESS", "9"), ("INPROGRESS".to_owned(), String::new()));
    assert_eq!(set("SUCCESSFUL", "10"), ("SUCCESSFUL".to_owned(), String::new()));
    let dropped = "note: k is not reported: the newer build 10 already reported SUCCESSFUL\n";
    assert_eq!(set("FAILED", "9"), ("SUCCESSFUL".to_owned(), dropped.to_owned()));
    let update = ["update", "k", "FAILED", "--if-newer", "--description", "x"];
    assert_eq!(report(&update, "9"), ("SUCCESSFUL".to_owned(), dropped.to_owned()));
    assert_eq!(report(&update, "10").0, "FAILED");
    assert_eq!(report(&["set", "k", "STOPPED"], "9").0, "STOPPED", "without the option");
}

#[test]
fn a_report_is_written_if_nothing_says_that_the_stored_one_is_newer() {
    let stored =
        |url: &str| json!({"key": "k", "state": "SUCCESSFUL", "url": url, "updated_on": "2026-11-20T08:15:30+00:00"});
    let page = |number| format!("https://ci.example.com/job/rocket/{number}/");
    let read = |date: &str, url: &str| {
        let headers = ["Content-Type: application/json", &format!("Date: {date}")];
        Reply::Bytes(response(200, &headers, stored(url).to_string()))
    };
    let (same_day, later) = ("Fri, 20 Nov 2026 20:00:00 GMT", "Sun, 22 Nov 2026 08:00:00 GMT");
    let table = [
        ("a newer build", read(same_day, &page("500")), 1),
        ("numbers that have started again at 1 since", read(later, &page("500")), 2),
        ("a url without a number", read(same_day, "https://ci.example.com/latest"), 2),
        ("a failed read", Reply::Bytes(response(503, &[], "")), 2),
        ("a connection that breaks", Reply::Reset(Vec::new()), 2),
        ("no status", Reply::Bytes(response(404, &[], "Not Found")), 2),
    ];
    for (what, read, requests) in table {
        let mut status = stored(&page("1"));
        status["state"] = "FAILED".into();
        let written = Reply::Bytes(response(201, &["Content-Type: application/json"], status.to_string()));
        let server = RecordingServer::scripted([read, written]);
        let mut command = reporting_to(server.address(), ["set", "k", "FAILED", "--if-newer"]);
        run(build(&mut command, "1")).done();
        let methods: Vec<_> = server.received().into_iter().map(|request| request.method).collect();
        assert_eq!(methods, ["GET", "POST"][..requests], "{what}");
    }
}
