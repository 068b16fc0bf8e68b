//! `bbstatus apply`.

use std::{
    fs,
    io::{BufRead as _, BufReader, Read as _, Write as _},
    path::PathBuf,
    process::{Command, Stdio},
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use bitbucket_build_status::sandbox::{self, Fault, RateLimit};
use rustix::process::{Pid, Signal, kill_process};
use serde_json::{Value, json};
use test_support::server::{Gate, ReceivedRequest, RecordingServer, Reply, response};

use crate::support::{Bitbucket, COMMIT, ended, eventually};

const OTHER: &str = "0123456789abcdef0123456789abcdef01234567";

/// The outcome of `apply`: exit code, results, stderr.
struct Applied {
    code: Option<i32>,
    results: Vec<Value>,
    stderr: String,
}

impl Applied {
    #[track_caller]
    fn line(&self, number: u64) -> &Value {
        let mut results = self.results.iter().filter(|result| result["line"] == number);
        let result = results.next().unwrap_or_else(|| panic!("line {number} has no result: {:?}", self.results));
        assert!(results.next().is_none(), "line {number} has two results");
        result
    }
}

/// Applies lines from stdin.
#[track_caller]
fn apply(command: &mut Command, lines: &[u8]) -> Applied {
    let mut process = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut stdin = process.stdin.take().unwrap();
    let lines = lines.to_vec();
    let writer = std::thread::spawn(move || stdin.write_all(&lines));
    let output = process.wait_with_output().unwrap();
    writer.join().unwrap().unwrap();
    let stdout = String::from_utf8(output.stdout).unwrap();
    let results = stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    Applied { code: output.status.code(), results, stderr: String::from_utf8(output.stderr).unwrap() }
}

/// Lines with these keys and states.
fn lines(statuses: &[(&str, &str)]) -> Vec<u8> {
    let line = |(key, state): &(&str, &str)| format!("{{\"key\": \"{key}\", \"state\": \"{state}\"}}\n");
    statuses.iter().map(line).collect::<String>().into_bytes()
}

/// The bodies of the accepted requests, in their order.
fn accepted(bitbucket: &Bitbucket) -> Vec<Value> {
    let journal = bitbucket.sandbox().journal();
    journal
        .iter()
        .filter(|received| matches!(received.status, Some(200 | 201)))
        .filter_map(sandbox::ReceivedRequest::json)
        .collect()
}

#[test]
fn every_line_is_reported_and_has_its_result() {
    let bitbucket = Bitbucket::start();
    let text = format!(
        "{{\"key\": \"lint\", \"state\": \"FAILED\", \"url\": \"https://ci.example.com/7\", \"name\": \"Lint\", \
         \"description\": \"3 findings\", \"refname\": \"engine\", \"commit\": \"{OTHER}\", \"repo\": \"acme/rocket\"}}\n\
         \n{{\"key\": \"unit-tests\", \"state\": \"SUCCESSFUL\"}}"
    );
    let file = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("statuses.ndjson");
    fs::write(&file, text).unwrap();
    let arguments = ["apply", file.to_str().unwrap(), "--refname", "main", "--concurrency", "1"];
    let applied = apply(&mut bitbucket.bbstatus(arguments), b"");
    assert_eq!((applied.code, &*applied.stderr), (Some(0), "note: 2 reported\n"));
    let first = applied.line(1);
    assert_eq!((&first["reported"], &first["key"], &first["state"]), (&true.into(), &"lint".into(), &"FAILED".into()));
    assert_eq!((&first["commit"], &first["repository"]), (&OTHER.into(), &"acme/rocket".into()));
    assert_eq!((&applied.line(3)["commit"], &applied.line(3)["error"]), (&COMMIT.into(), &Value::Null));
    let accepted = accepted(&bitbucket);
    assert_eq!((&accepted[0]["description"], &accepted[0]["refname"]), (&"3 findings".into(), &"engine".into()));
    assert_eq!(
        (&accepted[1]["url"], &accepted[1]["refname"]),
        (&"https://ci.example.com/builds/42".into(), &"main".into())
    );
}

#[test]
fn the_detected_refname_is_used_only_for_the_detected_commit() {
    let bitbucket = Bitbucket::start();
    let text = format!("{{\"key\": \"lint\", \"state\": \"FAILED\", \"commit\": \"{OTHER}\"}}\n");
    assert_eq!(apply(&mut bitbucket.bbstatus(["apply", "-", "--refname", "main"]), text.as_bytes()).code, Some(0));
    assert_eq!(accepted(&bitbucket)[0].get("refname"), None);
}

#[test]
fn a_line_that_is_not_valid_has_a_result_and_the_others_are_sent() {
    let bitbucket = Bitbucket::start();
    let text = b"{\"key\": \"a\", \"state\": \"FAILED\"}\n{\"key\": \"b\"}\nnot json\n\xff\n\
                 {\"key\": \"c\", \"state\": \"FAILED\", \"url\": \"nowhere\"}\n\
                 {\"key\": \"d\", \"state\": \"FAILED\", \"commit\": \"main\"}\n\
                 {\"key\": \"e\", \"state\": \"FAILED\", \"repo\": \"rocket\"}\n\
                 {\"key\": \"f\", \"state\": \"FAILED\", \"repo\": \"acme/unknown\"}\n\
                 {\"key\": \"g\", \"state\": \"FAILED\"}\n";
    let applied = apply(&mut bitbucket.bbstatus(["apply", "-"]), text);
    assert_eq!(applied.code, Some(1));
    assert!(
        applied.stderr.contains("error: 7 of 9 lines were not reported; line 2: state: expected"),
        "{}",
        applied.stderr
    );
    let table = [
        (2, "state: expected a string, got none", 2),
        (3, "line 3 is not a JSON object (column 2)", 2),
        (4, "line 4 is not a JSON object (column 1)", 2),
        (5, "url: expected", 2),
        (6, "commit: expected", 2),
        (7, "repository: expected WORKSPACE/SLUG", 2),
        (8, "404", 3),
    ];
    for (line, problem, code) in table {
        let result = applied.line(line);
        assert_eq!((&result["reported"], &result["exit_code"]), (&false.into(), &code.into()), "{result}");
        assert!(result["error"].as_str().unwrap().contains(problem), "{result}");
        assert!(result["help"].is_string(), "{result}");
    }
    assert_eq!((&applied.line(2)["key"], &applied.line(7)["key"]), (&"b".into(), &"e".into()));
    assert_eq!(applied.line(6)["state"], "FAILED");
    for line in [1, 9] {
        assert_eq!(applied.line(line)["reported"], true);
    }
}

/// A server that accepts every status, with other replies to the requests with some numbers.
fn accepting(reply: impl Fn(usize, Vec<u8>) -> Reply + Send + Sync + 'static) -> RecordingServer {
    RecordingServer::with_handler(move |number, request| {
        let status = request.json();
        let body = json!({"key": status["key"], "state": status["state"], "url": status["url"]}).to_string();
        reply(number, response(201, &["Content-Type: application/json"], body))
    })
}

/// Applies lines to this server.
fn applying_to(server: &RecordingServer, options: &[&str]) -> Command {
    let mut command = Bitbucket::down().bbstatus(["apply", "-"].iter().chain(options).copied());
    command.env("BBSTATUS_API_URL", server.address());
    command
}

#[test]
fn lines_about_one_status_keep_their_order() {
    let gate = Gate::closed();
    let held = gate.clone();
    // The first response is held back, so that a request that overtakes it is noticed.
    let server = accepting(move |number, accepted| match number {
        0 => Reply::Held(held.clone(), accepted),
        _ => Reply::Bytes(accepted),
    });
    let keys: Vec<String> = (0..20).map(|number| format!("check-{number}")).collect();
    let states = ["INPROGRESS", "STOPPED", "SUCCESSFUL"];
    let text: Vec<u8> = states.iter().flat_map(|state| keys.iter().flat_map(|key| lines(&[(key, state)]))).collect();
    let mut process = applying_to(&server, &[]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    process.stdin.take().unwrap().write_all(&text).unwrap();
    let results = BufReader::new(process.stdout.take().unwrap()).lines();
    let mut results = results.map(|line| serde_json::from_str::<Value>(&line.unwrap()).unwrap());
    let others: Vec<_> = results.by_ref().take(57).collect();
    let held_key = server.received()[0].json()["key"].clone();
    assert!(others.iter().all(|result| result["key"] != held_key), "the others wait for the one that is held back");
    gate.open();
    assert_eq!(results.map(|result| result["key"] == held_key).collect::<Vec<_>>(), [true; 3]);
    assert_eq!(ended(&mut process).code(), Some(0));
    for key in keys {
        let sent: Vec<Value> = server.received().iter().map(ReceivedRequest::json).collect();
        let sent: Vec<_> = sent.iter().filter(|body| body["key"] == *key).map(|body| &body["state"]).collect();
        assert_eq!(sent, states, "{key}");
    }
}

#[test]
fn a_rate_limit_pauses_all_lines_and_none_is_lost() {
    let keys: Vec<String> = (0..50).map(|number| format!("check-{number}")).collect();
    let text: Vec<u8> = keys.iter().flat_map(|key| lines(&[(key, "FAILED")])).collect();
    for options in [&["--concurrency", "2"][..], &["--concurrency", "2", "--retries", "0"]] {
        let arrivals = Arc::new(Mutex::new(Vec::new()));
        let record = Arc::clone(&arrivals);
        let server = accepting(move |number, accepted| {
            record.lock().unwrap().push(Instant::now());
            match number {
                0 => Reply::Bytes(response(429, &["Retry-After: 1"], "Rate limit for this resource has been exceeded")),
                _ => Reply::Bytes(accepted),
            }
        });
        let applied = apply(&mut applying_to(&server, options), &text);
        assert_eq!((applied.code, applied.results.len()), (Some(0), 50), "{}", applied.stderr);
        assert!(applied.stderr.contains("rate-limited: all lines wait for 1s"), "{}", applied.stderr);
        let arrivals = arrivals.lock().unwrap();
        // One other request was in flight. On a slow machine, later requests arrive even later.
        let early = arrivals[1..].iter().filter(|arrival| **arrival - arrivals[0] < Duration::from_millis(900)).count();
        assert!(early <= 1 && arrivals.len() == 51, "{early} of {} came during the pause", arrivals.len());
    }
}

#[test]
fn a_pause_is_bounded_by_the_timeout() {
    let server = RecordingServer::scripted([Reply::Bytes(response(429, &["Retry-After: 600"], ""))]);
    let text = lines(&[("a", "FAILED"), ("b", "FAILED"), ("c", "FAILED")]);
    let applied = apply(&mut applying_to(&server, &["--timeout", "1s", "--concurrency", "1"]), &text);
    assert_eq!((applied.code, server.requests()), (Some(6), 1), "{}", applied.stderr);
    assert!(applied.line(1)["error"].as_str().unwrap().contains("429"), "{}", applied.line(1));
    for line in [2, 3] {
        assert_eq!(applied.line(line)["error"], "not sent before the end of --timeout");
        assert_eq!(applied.line(line)["exit_code"], 6);
    }
}

#[test]
fn if_bitbucket_is_down_no_further_line_is_sent_and_each_has_a_result() {
    let keys: Vec<String> = (0..200).map(|number| format!("check-{number}")).collect();
    let text: Vec<u8> = keys.iter().flat_map(|key| lines(&[(key, "FAILED")])).collect();
    let server = RecordingServer::scripted([Reply::Bytes(response(503, &[], ""))]);
    let applied = apply(&mut applying_to(&server, &[]), &text);
    assert_eq!((applied.code, applied.results.len()), (Some(6), 200), "{}", applied.stderr);
    assert!(server.requests() <= 240, "{} requests", server.requests());
    assert!(applied.stderr.contains("error: 200 of 200 lines were not reported; line 1: "), "{}", applied.stderr);
    let untried = applied.results.iter().filter(|result| {
        result["error"].as_str().unwrap().starts_with("not sent, because Bitbucket was not available for line ")
    });
    assert!(untried.count() > 100, "{:?}", applied.results);
    for line in 1..=200 {
        let result = applied.line(line);
        assert_eq!((&result["reported"], &result["exit_code"]), (&false.into(), &6.into()), "{result}");
    }
}

#[test]
fn single_failures_do_not_stop_the_others() {
    let server = accepting(|number, accepted| match number % 10 {
        0 => Reply::Bytes(accepted),
        _ => Reply::Bytes(response(503, &[], "")),
    });
    let keys: Vec<String> = (0..50).map(|number| format!("check-{number}")).collect();
    let text: Vec<u8> = keys.iter().flat_map(|key| lines(&[(key, "FAILED")])).collect();
    let applied = apply(&mut applying_to(&server, &["--retries", "0", "--concurrency", "1"]), &text);
    assert_eq!((applied.code, server.requests()), (Some(6), 50), "{}", applied.stderr);
    assert!(applied.stderr.contains("error: 45 of 50 lines were not reported; line 2: "), "{}", applied.stderr);
}

#[test]
fn an_exhausted_rate_limit_is_waited_for() {
    let bitbucket = Bitbucket::start();
    bitbucket.sandbox().set_rate_limit(Some(RateLimit { requests: 6, seconds: 1 }));
    let keys: Vec<String> = (0..10).map(|number| format!("check-{number}")).collect();
    let text: Vec<u8> = keys.iter().flat_map(|key| lines(&[(key, "FAILED")])).collect();
    let applied = apply(&mut bitbucket.bbstatus(["apply", "-", "--retries", "0"]), &text);
    assert_eq!((applied.code, applied.results.len()), (Some(0), 10), "{}", applied.stderr);
}

#[test]
fn temporary_failures_are_retried_and_others_are_reported() {
    let bitbucket = Bitbucket::start();
    bitbucket.sandbox().fault(Fault::Html(503).times(2));
    let text = lines(&[("a", "FAILED")]);
    assert_eq!(apply(&mut bitbucket.bbstatus(["apply", "-"]), &text).code, Some(0));
    let down = Bitbucket::down();
    let applied = apply(&mut down.bbstatus(["apply", "-", "--retries", "1"]), &text);
    assert_eq!((applied.code, &applied.line(1)["exit_code"]), (Some(6), &6.into()));
}

#[test]
fn after_a_401_no_further_line_is_sent() {
    let bitbucket = Bitbucket::start();
    bitbucket.sandbox().fault(Fault::Html(401).times(1));
    let keys: Vec<String> = (0..50).map(|number| format!("check-{}", number % 25)).collect();
    let text: Vec<u8> = keys.iter().flat_map(|key| lines(&[(key, "FAILED")])).chain(*b"{}\n").collect();
    let applied = apply(&mut bitbucket.bbstatus(["apply", "-", "--concurrency", "1"]), &text);
    assert_eq!((applied.code, applied.results.len()), (Some(4), 51), "{}", applied.stderr);
    assert_eq!(bitbucket.sandbox().journal().len(), 1);
    assert!(
        applied.stderr.starts_with("error: 51 of 51 lines were not reported; line 1: Bitbucket returned 401"),
        "{}",
        applied.stderr
    );
    assert!(applied.stderr.contains("\nhelp: "), "{}", applied.stderr);
    for line in 2..=50 {
        let result = applied.line(line);
        assert_eq!((&result["reported"], &result["exit_code"]), (&false.into(), &4.into()), "{result}");
        assert_eq!(result["error"], "not sent, because the credentials were refused for line 1");
        assert!(result["key"].is_string() && result["help"].is_string(), "{result}");
    }
    assert_eq!(applied.line(51)["exit_code"], 2);
}

#[test]
fn all_shortened_keys_are_noted_once() {
    let bitbucket = Bitbucket::start();
    let (first, other) = ("b".repeat(41), "c".repeat(41));
    let text = lines(&[("a", "FAILED"), (&first, "FAILED"), (&other, "FAILED")]);
    let applied = apply(&mut bitbucket.bbstatus(["apply", "-"]), &text);
    let expected =
        format!("note: a key has at most 40 characters, and 2 lines have a longer one; line 2: {first} is reported");
    assert!(applied.stderr.starts_with(&expected), "{}", applied.stderr);
    assert_eq!(applied.stderr.lines().count(), 2, "{}", applied.stderr);
    let sent = accepted(&bitbucket);
    for line in [2, 3] {
        let key = &applied.line(line)["key"];
        assert!(sent.iter().any(|body| body["key"] == *key && body["name"] != *key), "{key}");
    }
}

#[test]
fn any_concurrency_sends_all_lines() {
    let bitbucket = Bitbucket::start();
    let text = lines(&[("a", "INPROGRESS"), ("a", "FAILED"), ("b", "FAILED")]);
    // With the largest one, the length of the queue would overflow.
    for concurrency in ["1", "1152921504606846976", "18446744073709551615"] {
        let applied = apply(&mut bitbucket.bbstatus(["apply", "-", "--concurrency", concurrency]), &text);
        assert_eq!((applied.code, applied.results.len()), (Some(0), 3), "{concurrency}: {}", applied.stderr);
    }
}

#[test]
fn stdin_cannot_have_both_the_lines_and_the_token() {
    let bitbucket = Bitbucket::start();
    let output = bitbucket.bbstatus(["apply", "-", "--token-file", "-"]).output().unwrap();
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "{stderr}");
    assert!(stderr.starts_with("error: file -: ") && stderr.contains("\nhelp: "), "{stderr}");
}

#[test]
fn a_byte_order_mark_is_skipped() {
    let bitbucket = Bitbucket::start();
    let text = [b"\xEF\xBB\xBF".to_vec(), lines(&[("a", "FAILED")])].concat();
    assert_eq!(apply(&mut bitbucket.bbstatus(["apply", "-"]), &text).code, Some(0));
}

#[test]
fn after_an_interrupt_the_results_so_far_are_known() {
    let bitbucket = Bitbucket::start();
    let mut command = bitbucket.bbstatus(["apply", "-"]);
    let mut process = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut stdin = process.stdin.take().unwrap();
    let mut results = BufReader::new(process.stdout.take().unwrap()).lines();
    for key in ["a", "b"] {
        // Does not wait for the end of the file.
        stdin.write_all(&lines(&[(key, "FAILED")])).unwrap();
        let result: Value = serde_json::from_str(&results.next().unwrap().unwrap()).unwrap();
        assert_eq!((&result["key"], &result["reported"]), (&key.into(), &true.into()));
    }
    kill_process(Pid::from_child(&process), Signal::TERM).unwrap();
    assert_eq!(ended(&mut process).code(), None, "it ends by the signal, as whoever has started it expects");
    assert!(results.next().is_none());
    let mut stderr = String::new();
    process.stderr.take().unwrap().read_to_string(&mut stderr).unwrap();
    assert!(
        stderr.starts_with("error: interrupted by SIGTERM: 2 reported; the lines after that were not read\nhelp: "),
        "{stderr}"
    );
}

#[test]
fn an_interrupt_finishes_requests_in_flight_and_sends_no_more() {
    let gate = Gate::closed();
    let held = gate.clone();
    let server = accepting(move |_, accepted| Reply::Held(held.clone(), accepted));
    let mut command = applying_to(&server, &["--concurrency", "2"]);
    let mut process = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut stdin = process.stdin.take().unwrap();
    stdin.write_all(&lines(&[("a", "INPROGRESS"), ("a", "FAILED")])).unwrap();
    eventually("the first request", || server.requests() == 1);
    kill_process(Pid::from_child(&process), Signal::INT).unwrap();
    let mut results = BufReader::new(process.stdout.take().unwrap()).lines().map(Result::unwrap);
    // The second line is queued behind the first, and gets its result before it.
    let second: Value = serde_json::from_str(&results.next().unwrap()).unwrap();
    assert_eq!((&second["line"], &second["error"]), (&2.into(), &"not sent before SIGINT".into()));
    gate.open();
    let first: Value = serde_json::from_str(&results.next().unwrap()).unwrap();
    assert_eq!((&first["line"], &first["reported"]), (&1.into(), &true.into()));
    assert_eq!((results.next(), server.requests()), (None, 1));
    assert_eq!(ended(&mut process).code(), None);
    let mut stderr = String::new();
    process.stderr.take().unwrap().read_to_string(&mut stderr).unwrap();
    assert!(stderr.contains("error: interrupted by SIGINT: 1 reported, 1 failed; the lines after"), "{stderr}");
}

#[test]
fn an_empty_input_is_refused_unless_it_is_allowed() {
    let bitbucket = Bitbucket::start();
    for text in ["", "\n \n", "\u{feff}"] {
        for options in [&["apply", "-"][..], &["apply", "-", "--dry-run"]] {
            let applied = apply(&mut bitbucket.bbstatus(options.iter().copied()), text.as_bytes());
            assert_eq!((applied.code, applied.results.len()), (Some(2), 0));
            let problem = "error: file -: expected at least one line, got none\nhelp: Pass --allow-empty";
            assert!(applied.stderr.starts_with(problem), "{}", applied.stderr);
        }
        let applied = apply(&mut bitbucket.bbstatus(["apply", "-", "--allow-empty"]), text.as_bytes());
        assert_eq!((applied.code, &*applied.stderr), (Some(0), "note: 0 reported\n"));
    }
}

#[test]
fn the_output_of_list_can_be_applied() {
    let bitbucket = Bitbucket::start();
    let text = lines(&[("lint", "FAILED"), ("unit-tests", "SUCCESSFUL")]);
    assert_eq!(apply(&mut bitbucket.bbstatus(["apply", "-"]), &text).code, Some(0));
    let listed = bitbucket.bbstatus(["list", "--output", "json"]).output().unwrap().stdout;
    let applied = apply(&mut bitbucket.bbstatus(["apply", "-"]), &listed);
    assert_eq!((applied.code, applied.results.len()), (Some(0), 2), "{}", applied.stderr);
    assert_eq!((&applied.line(1)["repository"], &applied.line(1)["commit"]), (&"acme/rocket".into(), &COMMIT.into()));
}

#[test]
fn with_if_newer_a_line_of_an_older_build_is_dropped() {
    let bitbucket = Bitbucket::start();
    let text = lines(&[("a", "SUCCESSFUL")]);
    let build = |number: &str, options: &[&str]| {
        let mut command = bitbucket.bbstatus(["apply", "-"].iter().chain(options).copied());
        command.env_remove("BBSTATUS_URL").envs([("JENKINS_URL", "https://ci.example.com/"), ("BUILD_NUMBER", number)]);
        apply(command.env("BUILD_URL", format!("https://ci.example.com/job/{number}/")), &text)
    };
    assert_eq!(build("43", &[]).code, Some(0));
    let older = build("42", &["--if-newer"]);
    assert_eq!((older.code, &*older.stderr), (Some(0), "note: 0 reported, 1 dropped for a newer build\n"));
    let result = older.line(1);
    assert_eq!((&result["reported"], &result["error"], &result["exit_code"]), (&false.into(), &Value::Null, &0.into()));
    assert_eq!(result["dropped"], "a is not reported: the newer build 43 already reported SUCCESSFUL");
    assert_eq!(build("44", &["--if-newer"]).line(1)["reported"], true);
}

#[test]
fn a_line_without_a_url_has_the_page_of_its_commit() {
    let bitbucket = Bitbucket::start();
    let text = [
        lines(&[("a", "FAILED")]),
        b"{\"key\": \"b\", \"state\": \"FAILED\", \"url\": \"https://a:b@c.example/\"}".to_vec(),
    ];
    let mut command = bitbucket.bbstatus(["apply", "-"]);
    let applied = apply(command.env_remove("BBSTATUS_URL"), &text.concat());
    assert_eq!(accepted(&bitbucket)[0]["url"], format!("https://bitbucket.org/acme/rocket/commits/{COMMIT}"));
    assert!(applied.stderr.starts_with("note: the url of the build is not known"), "{}", applied.stderr);
    assert_eq!(applied.line(2)["error"], "url: expected a URL without user name and password, got one that has them");
}

#[test]
fn a_closed_stdout_stops_no_report() {
    let bitbucket = Bitbucket::start();
    let keys: Vec<String> = (0..300).map(|number| format!("check-{number}")).collect();
    let text: Vec<u8> = keys.iter().flat_map(|key| lines(&[(key, "FAILED")])).collect();
    let file = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("many.ndjson");
    fs::write(&file, text).unwrap();
    let mut command = bitbucket.bbstatus(["apply", file.to_str().unwrap()]);
    let mut process = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    drop(process.stdout.take());
    let mut stderr = String::new();
    process.stderr.take().unwrap().read_to_string(&mut stderr).unwrap();
    assert_eq!((process.wait().unwrap().code(), accepted(&bitbucket).len()), (Some(0), 300), "{stderr}");
    // On a slow machine, lines with the progress precede it.
    assert_eq!(stderr.lines().last(), Some("note: 300 reported"), "{stderr}");
}

#[test]
fn a_dry_run_prints_every_request_and_every_problem() {
    let bitbucket = Bitbucket::start();
    let text = [lines(&[("a", "FAILED")]), b"{}\n".to_vec(), lines(&[("b", "STOPPED")])].concat();
    let mut command = bitbucket.bbstatus(["apply", "-", "--curl"]);
    let mut process = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    process.stdin.take().unwrap().write_all(&text).unwrap();
    let output = process.wait_with_output().unwrap();
    let (shown, stderr) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert_eq!((output.status.code(), shown.lines().count()), (Some(1), 2), "{shown}{stderr}");
    assert!(stderr.contains("warning: line 2: key: expected a string, got none"), "{stderr}");
    assert!(stderr.contains("error: 1 of 3 lines would not be sent\nhelp: "), "{stderr}");
    assert!(bitbucket.sandbox().journal().is_empty());
}

#[test]
fn the_requests_of_a_dry_run_are_separated() {
    let file = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("two.ndjson");
    fs::write(&file, lines(&[("a", "FAILED"), ("b", "FAILED")])).unwrap();
    let output = Bitbucket::down().bbstatus(["apply", file.to_str().unwrap(), "--dry-run"]).output().unwrap();
    let shown = String::from_utf8(output.stdout).unwrap();
    assert!(shown.starts_with("POST ") && shown.contains("}\n\nPOST ") && shown.ends_with("}\n"), "{shown}");
}

#[test]
fn a_missing_file_is_refused() {
    let bitbucket = Bitbucket::start();
    for file in ["/nonexistent.ndjson", "/"] {
        let output = bitbucket.bbstatus(["apply", file]).output().unwrap();
        assert_eq!(output.status.code(), Some(2));
        assert!(String::from_utf8_lossy(&output.stderr).starts_with(&format!("error: file {file}: ")));
    }
}
