//! Every failure and its outcome, for every kind of call: one table.
//!
//! `cargo test --test library fault_matrix -- --nocapture` prints it.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering::Relaxed},
    },
    time::Duration,
};

use bitbucket_build_status::{Error, ErrorKind};
use test_support::{
    port::ReservedPort,
    server::{RecordingServer, Reply, json, response, text},
};

use crate::support::{HASH, LIVE, Verb, builder, chain, commit_of};

/// What a server does, the kind of error (`None`: the call succeeds), and the number of requests.
struct Fault {
    name: &'static str,
    replies: Vec<Reply>,
    kind: Option<ErrorKind>,
    requests: usize,
}

fn fault(name: &'static str, reply: Reply, kind: ErrorKind, requests: usize) -> Fault {
    Fault { name, replies: vec![reply], kind: Some(kind), requests }
}

/// One attempt and three retries.
const ALL_FOUR: usize = 4;
const HTML: &str = "<!DOCTYPE html><html><head><title>Bitbucket</title></head><body>Oops</body></html>";
const TYPE_HTML: &str = "Content-Type: text/html; charset=utf-8";
const TYPE_TEXT: &str = "Content-Type: text/plain";

/// The beginning of every gzip body.
const GZIP: &[u8] = &[0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 3, 0];

/// A response whose body is truncated.
fn cut(status: u16) -> Reply {
    let full = response(status, &[TYPE_HTML], HTML);
    Reply::Truncate(full[..full.len() - 20].to_vec())
}

fn faults(verb: Verb) -> Vec<Fault> {
    let mut faults = broken_connections(verb);
    faults.extend(successes_that_are_not_a_status(verb));
    faults.extend(refusals());
    faults.extend(transient_failures(verb));
    faults.extend(other_responses());
    faults
}

fn broken_connections(verb: Verb) -> Vec<Fault> {
    use ErrorKind::{Timeout, Transport};
    let full = response(200, &[], verb.success());
    let cut = &full[..full.len() - 20];
    vec![
        fault("reset before the response", Reply::Reset(vec![]), Transport, ALL_FOUR),
        fault("reset in the head", Reply::Reset(b"HTTP/1.1 200 O".to_vec()), Transport, ALL_FOUR),
        fault("reset in the body", Reply::Reset(cut.to_vec()), Transport, ALL_FOUR),
        fault("200 cut short", Reply::Truncate(cut.to_vec()), Transport, ALL_FOUR),
        fault("no HTTP", Reply::Truncate(b"220 mail.example.com ESMTP\r\n".to_vec()), Transport, ALL_FOUR),
        fault("no response in time", Reply::NEVER, Timeout, ALL_FOUR),
    ]
}

fn successes_that_are_not_a_status(verb: Verb) -> Vec<Fault> {
    use ErrorKind::Decode;
    let padded = |megabytes: usize| format!(r#"{{"values":[],"padding":"{}"}}"#, "x".repeat(megabytes << 20));
    let wrong = if verb == Verb::List {
        r#"{"values":["Free plan"]}"#
    } else {
        r#"{"key":7,"state":"SUCCESSFUL","type":"build"}"#
    };
    vec![
        fault("200 HTML", text(200, &[TYPE_HTML], HTML), Decode, ALL_FOUR),
        fault("200 empty", text(200, &[], ""), Decode, ALL_FOUR),
        fault("200 JSON cut short", json(200, r#"{"type":"build","links":{"#), Decode, ALL_FOUR),
        // A page may have 16 MiB, a status one.
        Fault {
            name: "200 of 10 MB",
            replies: vec![json(200, padded(10))],
            kind: (verb != Verb::List).then_some(Decode),
            requests: 1,
        },
        fault("200 of 17 MB", json(200, padded(17)), Decode, 1),
        fault("200 values of the wrong type", json(200, wrong), Decode, 1),
        fault("200 other JSON", json(200, "[]"), Decode, 1),
        fault("200 other object", json(200, r#"{"ok":true}"#), Decode, 1),
        fault("200 gzip", Reply::Bytes(response(200, &["Content-Encoding: gzip"], GZIP)), Decode, 1),
        fault("200 gzip, not named", Reply::Bytes(response(200, &[], GZIP)), Decode, 1),
        fault("204", text(204, &[], ""), Decode, ALL_FOUR),
    ]
}

fn refusals() -> Vec<Fault> {
    use ErrorKind::{Forbidden, Gone, NotFound, Other, Rejected, Unauthorized};
    let error = |status, body: &str| json(status, format!(r#"{{"type":"error","error":{body}}}"#));
    let at_most = "Ensure this value has at most 40 characters (it has 48).";
    vec![
        fault(
            "400 list of fields",
            error(400, &format!(r#"{{"message":"key: {at_most}","fields":{{"key":["{at_most}"]}}}}"#)),
            Rejected,
            1,
        ),
        fault(
            "400 without type",
            json(400, r#"{"error":{"fields":{"url":["Enter a valid URL."]},"message":"Bad request"}}"#),
            Rejected,
            1,
        ),
        fault(
            "400 field as text",
            error(400, r#"{"message":"Bad request","fields":{"state":"required key not provided"}}"#),
            Rejected,
            1,
        ),
        fault(
            "400 other message",
            error(400, r#"{"message":"Repository exists","fields":{"name":["Already used."]}}"#),
            Rejected,
            1,
        ),
        fault(
            "400 extra keys",
            error(400, r#"{"message":"Bad request","fields":{"x":"extra keys not allowed"}}"#),
            Rejected,
            1,
        ),
        fault("400 bare text", text(400, &[TYPE_TEXT], "Bad Request"), Rejected, 1),
        fault("401 JSON", error(401, r#"{"message":"Access token expired."}"#), Unauthorized, 1),
        fault(
            "401 text",
            text(401, &[TYPE_TEXT, r#"WWW-Authenticate: Basic realm="Bitbucket.org HTTP""#], "Log in\nwith a token"),
            Unauthorized,
            1,
        ),
        fault("401 empty", text(401, &[], ""), Unauthorized, 1),
        fault("401 cut short", cut(401), Unauthorized, 1),
        fault("402", error(402, r#"{"message":"Upgrade your plan"}"#), Forbidden, 1),
        fault(
            "403 scopes",
            error(403, r#"{"message":"no scope","detail":{"required":["repository"],"granted":["account"]}}"#),
            Forbidden,
            1,
        ),
        fault("403 plain", error(403, r#"{"message":"Forbidden"}"#), Forbidden, 1),
        fault("403 text", text(403, &[TYPE_TEXT], "Access denied. You must have write or admin access."), Forbidden, 1),
        fault("404 JSON", error(404, r#"{"message":"Commit not found","data":{"shas":["main"]}}"#), NotFound, 1),
        fault("404 without type", json(404, r#"{"error":{"message":"Not here"}}"#), NotFound, 1),
        fault("404 text", text(404, &[TYPE_TEXT], "Not Found"), NotFound, 1),
        fault("404 HTML", text(404, &[TYPE_HTML], HTML), NotFound, 1),
        fault("404 cut short", cut(404), NotFound, 1),
        fault("404 with a status", json(404, LIVE), NotFound, 1),
        fault("403 gzip", Reply::Bytes(response(403, &["Content-Encoding: gzip"], GZIP)), Forbidden, 1),
        fault("405", text(405, &[], ""), Other, 1),
        fault("407", text(407, &[], ""), Other, 1),
        fault("410", error(410, r#"{"message":"CHANGE-2770","detail":"gone"}"#), Gone, 1),
        fault("413", text(413, &[], ""), Rejected, 1),
        fault("415", text(415, &[], ""), Rejected, 1),
        fault("422", text(422, &[], "no"), Rejected, 1),
    ]
}

fn transient_failures(verb: Verb) -> Vec<Fault> {
    use ErrorKind::{Other, RateLimited, Timeout, Unavailable};
    let limited = "Rate limit for this resource has been exceeded";
    let recovers = |name, status| Fault {
        name,
        replies: vec![text(status, &[TYPE_HTML], HTML), json(200, verb.success())],
        kind: None,
        requests: 2,
    };
    vec![
        fault("408", text(408, &[], ""), Timeout, ALL_FOUR),
        fault("409", json(409, r#"{"type":"error","error":{"message":"Conflict"}}"#), Other, ALL_FOUR),
        fault("429 text", text(429, &[TYPE_TEXT], limited), RateLimited, ALL_FOUR),
        fault("429 Retry-After: 0", text(429, &["Retry-After: 0"], limited), RateLimited, ALL_FOUR),
        fault(
            "429 Retry-After: past date",
            text(429, &["Retry-After: Sun, 06 Nov 1994 08:49:37 GMT"], ""),
            RateLimited,
            ALL_FOUR,
        ),
        fault(
            "429 Retry-After: far date",
            text(429, &["Retry-After: Fri, 31 Dec 9999 23:59:59 GMT"], ""),
            RateLimited,
            1,
        ),
        fault("429 Retry-After: -1", text(429, &["Retry-After: -1"], ""), RateLimited, ALL_FOUR),
        fault("429 Retry-After: 1.5", text(429, &["Retry-After: 1.5"], ""), RateLimited, ALL_FOUR),
        fault("429 Retry-After: soon", text(429, &["Retry-After: soon"], ""), RateLimited, ALL_FOUR),
        fault("429 Retry-After: huge", text(429, &["Retry-After: 99999999999999999999"], ""), RateLimited, 1),
        fault("429 X-RateLimit-Reset: 745", text(429, &["X-RateLimit-Reset: 745"], limited), RateLimited, 1),
        fault("500 without type", json(500, r#"{"error":{"message":"Oops","id":"0123"}}"#), Unavailable, ALL_FOUR),
        fault("502 HTML", text(502, &[TYPE_HTML], HTML), Unavailable, ALL_FOUR),
        fault("503 Retry-After: 3600", text(503, &["Retry-After: 3600"], ""), Unavailable, 1),
        fault("503 cut short", cut(503), Unavailable, ALL_FOUR),
        fault("503 with a status", json(503, verb.success()), Unavailable, ALL_FOUR),
        fault("504 empty", text(504, &[], ""), Unavailable, ALL_FOUR),
        recovers("200 HTML then 200", 200),
        recovers("409 then 200", 409),
        recovers("503 then 200", 503),
        recovers("429 then 200", 429),
        Fault {
            name: "200 cut short, then 200",
            replies: vec![Reply::Truncate(response(200, &[], LIVE)[..90].to_vec()), json(200, verb.success())],
            kind: None,
            requests: 2,
        },
    ]
}

fn other_responses() -> Vec<Fault> {
    use ErrorKind::{Other, Redirect};
    let elsewhere = ["Location: http://127.0.0.1:9/elsewhere"];
    let moved = |name, status| fault(name, text(status, &elsewhere, ""), Redirect, 1);
    vec![
        moved("301", 301),
        moved("302", 302),
        moved("303", 303),
        moved("307", 307),
        moved("308", 308),
        fault("301 without a location", text(301, &[], ""), Redirect, 1),
        fault("501", text(501, &[], ""), Other, 1),
        fault("599", text(599, &[], ""), Other, 1),
    ]
}

#[tokio::test]
async fn fault_matrix() {
    println!("{:30} {:>4}  {:14} {:>8}  text", "the server does", "call", "kind", "requests");
    for verb in Verb::ALL {
        for fault in faults(verb) {
            let server = RecordingServer::scripted(fault.replies.clone());
            let is_silent = matches!(fault.replies[..], [Reply::Bytes(ref bytes)] if bytes.is_empty());
            let timeout = Duration::from_millis(if is_silent { 60 } else { 20_000 });
            let is_last_retryable = Arc::new(AtomicBool::default());
            let observed = Arc::clone(&is_last_retryable);
            let client = builder(&server).attempt_timeout(timeout);
            let client = client.observe(move |exchange| observed.store(exchange.is_retryable(), Relaxed));
            let outcome = verb.call(&commit_of(&client.build().unwrap())).await;
            row(fault.name, verb, outcome.as_ref().err(), server.requests());
            assert_eq!(outcome.as_ref().err().map(Error::kind), fault.kind, "{} {verb:?}", fault.name);
            // An attempt may be over before its request is on its way.
            if !is_silent {
                assert_eq!(server.requests(), fault.requests, "{} {verb:?}", fault.name);
            }
            let is_retryable = outcome.as_ref().is_err_and(Error::is_retryable);
            assert_eq!(is_retryable, is_last_retryable.load(Relaxed), "{} {verb:?}", fault.name);
            if let Err(error) = outcome {
                assert!(is_retryable || fault.requests == 1, "{} {verb:?}", fault.name);
                well_made(&error, verb, fault.requests);
            }
        }
    }
}

fn row(name: &str, verb: Verb, error: Option<&Error>, requests: usize) {
    let kind = error.map_or("-".to_owned(), |error| error.kind().to_string());
    let text = error.map(ToString::to_string).unwrap_or_default();
    let text: String = text.chars().take(90).collect();
    println!("{name:30} {:>4}  {kind:14} {requests:8}  {text}", format!("{verb:?}"));
}

/// Properties of every error.
#[track_caller]
fn well_made(error: &Error, verb: Verb, requests: usize) {
    let text = error.to_string();
    assert!(text.len() < 2000 && !text.contains('\n'), "{text}");
    assert!(!text.contains("  ") && !text.contains(" ;"), "something is missing in {text:?}");
    assert_eq!(error.attempts() as usize, requests, "{text}");
    let is_unclear = error.kind() == ErrorKind::Decode && verb.writes();
    let is_about_a_status = error.body_excerpt().is_some_and(|body| body.contains("\"key\""));
    assert_eq!(text.contains("the write itself was accepted"), is_unclear && is_about_a_status, "{text}");
    assert_eq!(
        text.contains("it is not known whether the write was applied"),
        is_unclear && !is_about_a_status,
        "{text}"
    );
    let causes = chain(error);
    assert!(causes[1..].iter().all(|cause| !text.contains(cause.as_str())), "a cause is part of the text: {causes:?}");
    assert!(!format!("{error:?} {causes:?}").contains("s3cret"), "a secret is shown: {causes:?}");
    let explanation = error.explain();
    assert!(!explanation.cause.is_empty() && !explanation.remedy.is_empty(), "{text}");
}

#[tokio::test]
async fn a_refused_connection_is_retried() {
    let port = ReservedPort::new();
    let client = bitbucket_build_status::Client::builder()
        .base_url(port.url())
        .max_retries(3)
        .initial_backoff(Duration::from_millis(1))
        .build()
        .unwrap();
    let commit = client.commit("acme", "rocket", HASH).unwrap();
    for verb in Verb::ALL {
        let error = verb.call(&commit).await.unwrap_err();
        row("connection refused", verb, Some(&error), error.attempts() as usize);
        assert_eq!((error.kind(), error.attempts()), (ErrorKind::Transport, 4));
        well_made(&error, verb, ALL_FOUR);
        assert!(error.explain().cause.contains("Nothing accepts connections"), "{}", error.explain());
    }
}

#[tokio::test]
async fn a_compressed_body_that_was_not_requested_is_named() {
    for status in [200, 403] {
        let server = RecordingServer::scripted([Reply::Bytes(response(status, &["Content-Encoding: gzip"], GZIP))]);
        let error = commit_of(&builder(&server).build().unwrap()).get("unit-tests").await.unwrap_err();
        assert!(error.to_string().contains("gzip") && error.to_string().contains("not requested"), "{error}");
        assert_eq!(error.message(), None);
    }
}

#[tokio::test]
async fn each_way_in_which_a_connection_fails_has_its_own_message() {
    let closed = ReservedPort::new();
    let truncated = RecordingServer::scripted([Reply::Truncate(response(200, &[], LIVE)[..90].to_vec())]);
    let silent = RecordingServer::scripted([Reply::NEVER]);
    let table = [
        (closed.url(), "could not connect to {}", ErrorKind::Transport, true),
        (
            truncated.address().to_owned(),
            "the connection to {} broke before the response was complete",
            ErrorKind::Transport,
            false,
        ),
        (silent.address().to_owned(), "{} did not respond in time", ErrorKind::Timeout, false),
    ];
    for (address, text, kind, is_connect) in table {
        let client = bitbucket_build_status::Client::builder().base_url(&address).max_retries(0);
        let client =
            client.attempt_timeout(Duration::from_millis(if kind == ErrorKind::Timeout { 60 } else { 20_000 }));
        let error = commit_of(&client.build().unwrap()).get("unit-tests").await.unwrap_err();
        assert_eq!((error.kind(), error.is_connect()), (kind, is_connect), "{error}");
        assert!(error.to_string().starts_with(&text.replace("{}", &address)), "{error}");
    }
}
