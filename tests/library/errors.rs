//! What errors and responses report.

use std::error::Error as _;

use bitbucket_build_status::{ErrorKind, State};
use test_support::{
    port::ReservedPort,
    server::{RecordingServer, Reply, json, response},
};

use crate::support::{HASH, LINK, LIVE, Verb, builder, client, commit, commit_of, expect_kind};

#[tokio::test]
async fn message_detail_and_trace_id_are_those_of_the_response() {
    let body = r#"{"type":"error","error":{"message":"Gone","detail":"Use the other one"}}"#;
    let headers = ["Content-Type: application/json", "X-B3-TraceId: 0123abcd"];
    let server = RecordingServer::scripted([
        Reply::Bytes(response(404, &headers, body)),
        Reply::Bytes(response(403, &headers, body)),
    ]);
    let error = expect_kind(commit(&server).get("unit-tests").await, ErrorKind::NotFound);
    assert!(error.is_not_found());
    assert_eq!(
        (error.message(), error.detail(), error.trace_id()),
        (Some("Gone"), Some("Use the other one"), Some("0123abcd"))
    );
    assert!(!expect_kind(commit(&server).get("unit-tests").await, ErrorKind::Forbidden).is_not_found());
    let accepted = RecordingServer::scripted([Reply::Bytes(response(200, &headers, LIVE))]);
    let response = commit(&accepted).get("unit-tests").send_with_response().await.unwrap();
    assert_eq!(response.trace_id(), Some("0123abcd"));
}

#[tokio::test]
async fn a_failed_connection_reports_how_and_has_a_source() {
    let (reset, silent, refused) = (
        RecordingServer::scripted([Reply::Reset(Vec::new())]),
        RecordingServer::scripted([Reply::NEVER]),
        ReservedPort::new(),
    );
    let table = [
        (reset.address(), ErrorKind::Transport, "broke before the response was complete"),
        (silent.address(), ErrorKind::Timeout, "did not respond in time"),
        (&refused.url(), ErrorKind::Transport, "could not connect to"),
    ];
    for (address, kind, expected) in table {
        let limits = builder(&reset).base_url(address).max_retries(0);
        let limits = if kind == ErrorKind::Timeout {
            limits.attempt_timeout(std::time::Duration::from_millis(100))
        } else {
            limits
        };
        let error = expect_kind(commit_of(&limits.build().unwrap()).get("unit-tests").await, kind);
        assert!(error.to_string().contains(expected), "{error}");
        assert!(error.source().is_some(), "{error}");
    }
}

#[tokio::test]
async fn a_body_that_is_not_a_status_is_described() {
    for (body, expected) in [
        ("", "Bitbucket returned 200 with an empty body (after 4 attempts)"),
        ("<html>Sign in</html>", "Bitbucket returned 200 with a body that is not JSON (after 4 attempts)"),
        ("[]", "Bitbucket returned 200 with a body that is not a build status: invalid "),
    ] {
        let server = RecordingServer::scripted([json(200, body)]);
        let error = expect_kind(commit(&server).get("unit-tests").await, ErrorKind::Decode);
        assert!(error.to_string().starts_with(expected), "{error}");
        assert_eq!(error.body_excerpt().unwrap_or_default(), body);
    }
}

#[tokio::test]
async fn an_error_response_is_an_error_although_its_body_is_a_status() {
    for status in [400, 403, 404, 500] {
        let server = RecordingServer::scripted([json(status, LIVE)]);
        for verb in Verb::ALL {
            let client = builder(&server).max_retries(0).build().unwrap();
            let error = verb.call(&commit_of(&client)).await.unwrap_err();
            assert_eq!(error.status(), Some(status), "{verb:?}");
        }
    }
}

#[tokio::test]
async fn a_short_hash_is_suspected_by_every_call() {
    let body =
        format!(r#"{{"type":"error","error":{{"message":"Commit not found","data":{{"shas":["{}"]}}}}}}"#, &HASH[..7]);
    let server = RecordingServer::scripted([json(404, body)]);
    for (hash, is_suspected) in [(&HASH[..7], true), (HASH, false)] {
        let commit = client(&server).commit("acme", "rocket", hash).unwrap();
        let set = commit.set("k", State::Failed, LINK).send().await.unwrap_err();
        for error in [set, commit.statuses().page(1).await.unwrap_err(), commit.statuses().all().await.unwrap_err()] {
            let explanation = error.explain().to_string();
            assert_eq!(explanation.contains("40"), is_suspected, "{hash}: {explanation}");
        }
    }
}
