//! Tokens of an OAuth consumer: fetched, stored, renewed and shared.

use std::time::Duration;

use bitbucket_build_status::{Client, Commit, Credentials, ErrorKind};
use futures_util::future::join_all;
use test_support::{
    server::{ReceivedRequest, RecordingServer, Reply, json, text},
    wait::finishes,
};

use crate::support::{LIVE, commit_of, expect_kind, ids};

const TOKEN_PATH: &str = "/site/oauth2/access_token";

fn fetches_token(request: &ReceivedRequest) -> bool {
    request.target == TOKEN_PATH
}

/// A server that issues the tokens `token-1`, `token-2`, …, and responds to other requests by a function.
fn consumer(expires_in: u64, api: impl Fn(&str) -> Reply + Send + Sync + 'static) -> RecordingServer {
    let fetched = std::sync::atomic::AtomicUsize::new(0);
    RecordingServer::with_handler(move |_, request| {
        if fetches_token(request) {
            let number = 1 + fetched.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
            let response = format!(
                r#"{{"scopes":"repository","access_token":"token-{number}","expires_in":{expires_in},"token_type":"bearer","state":"client_credentials","refresh_token":"r"}}"#
            );
            return json(200, response);
        }
        api(request.header("authorization").unwrap_or_default())
    })
}

fn client(server: &RecordingServer) -> Client {
    Client::builder()
        .base_url(format!("{}/2.0", server.address()))
        .oauth_token_url(format!("{}{TOKEN_PATH}", server.address()))
        .credentials(Credentials::oauth("consumer", "s3cret").unwrap())
        .initial_backoff(Duration::from_millis(1))
        .max_retries(3)
        .build()
        .unwrap()
}

fn commit(server: &RecordingServer) -> Commit {
    commit_of(&client(server))
}

fn fetches(server: &RecordingServer) -> usize {
    server.received().iter().filter(|request| fetches_token(request)).count()
}

fn authorizations(server: &RecordingServer) -> Vec<String> {
    let calls = server.received().into_iter().filter(|request| !fetches_token(request));
    calls.map(|request| request.header("authorization").unwrap_or_default().to_owned()).collect()
}

#[tokio::test]
async fn a_token_is_requested_with_a_form_and_the_consumers_id_and_secret() {
    let server = consumer(7200, |_| json(200, LIVE));
    commit(&server).get("unit-tests").await.unwrap();
    let request = &server.received()[0];
    assert_eq!((request.method.as_str(), request.target.as_str()), ("POST", TOKEN_PATH));
    assert_eq!(request.header("authorization"), Some("Basic Y29uc3VtZXI6czNjcmV0"));
    assert_eq!(request.header("content-type"), Some("application/x-www-form-urlencoded"));
    assert_eq!(request.body, b"grant_type=client_credentials");
    assert_eq!(authorizations(&server), ["Bearer token-1"]);
}

#[tokio::test]
async fn concurrent_callers_and_clones_share_one_fetch() {
    let server = consumer(7200, |_| json(200, LIVE));
    let client = client(&server);
    let commits: Vec<_> = (0..16).map(|_| commit_of(&client.clone())).collect();
    let outcomes = join_all(commits.iter().map(|commit| async { commit.get("unit-tests").await })).await;
    assert!(outcomes.iter().all(Result::is_ok));
    assert_eq!((fetches(&server), server.requests()), (1, 17));
}

#[tokio::test]
async fn concurrent_callers_share_a_fetch_that_fails_too() {
    let server = RecordingServer::scripted([json(400, r#"{"error":"invalid_client"}"#)]);
    let commit = commit(&server);
    for outcome in join_all((0..16).map(|_| async { commit.get("unit-tests").await })).await {
        let error = expect_kind(outcome, ErrorKind::Unauthorized);
        assert!(error.to_string().contains("invalid_client"), "{error}");
    }
    assert_eq!(server.requests(), 1);
    expect_kind(commit.get("unit-tests").await, ErrorKind::Unauthorized);
    assert_eq!(server.requests(), 2, "a later caller fetches again");
}

#[tokio::test]
async fn a_token_is_stored_until_it_expires() {
    for (expires_in, second) in [(7200, "Bearer token-1"), (0, "Bearer token-2")] {
        let server = consumer(expires_in, |_| json(200, LIVE));
        let commit = commit(&server);
        commit.get("unit-tests").await.unwrap();
        commit.get("unit-tests").await.unwrap();
        assert_eq!(authorizations(&server), ["Bearer token-1", second], "{expires_in}");
    }
}

#[tokio::test]
async fn a_token_is_accepted_whatever_its_lifetime_is() {
    for expires_in in ["7200", "7200.5", "1e300", "-1", "\"7200\"", "null", "18446744073709551615"] {
        let token = format!(r#"{{"access_token":"token-1","expires_in":{expires_in}}}"#);
        let server = RecordingServer::scripted([json(200, token), json(200, LIVE)]);
        let commit = commit(&server);
        commit.get("unit-tests").await.unwrap();
        commit.get("unit-tests").await.unwrap();
        assert_eq!(authorizations(&server), ["Bearer token-1", "Bearer token-1"], "{expires_in}");
    }
}

#[tokio::test]
async fn a_rejected_token_is_renewed_once() {
    let server = consumer(7200, |authorization| match authorization {
        "Bearer token-1" => text(401, &[], ""),
        _ => json(200, LIVE),
    });
    let commit = commit(&server);
    assert_eq!(commit.get("unit-tests").send_with_response().await.unwrap().attempts(), 2);
    commit.get("unit-tests").await.unwrap();
    assert_eq!(authorizations(&server), ["Bearer token-1", "Bearer token-2", "Bearer token-2"]);
}

#[tokio::test]
async fn concurrent_callers_with_a_rejected_token_share_the_renewal() {
    let server = consumer(7200, |authorization| match authorization {
        "Bearer token-1" => text(401, &[], ""),
        _ => json(200, LIVE),
    });
    let commit = commit(&server);
    let outcomes = join_all((0..8).map(|_| async { commit.get("unit-tests").await })).await;
    assert!(outcomes.iter().all(Result::is_ok));
    assert_eq!(fetches(&server), 2);
}

#[tokio::test]
async fn a_rejected_token_is_not_sent_again_if_its_renewal_fails_at_first() {
    let server = RecordingServer::scripted([
        json(200, r#"{"access_token":"token-1"}"#),
        text(401, &[], ""),
        text(503, &[], ""),
        json(200, r#"{"access_token":"token-2"}"#),
        json(200, LIVE),
    ]);
    commit(&server).get("unit-tests").await.unwrap();
    assert_eq!(authorizations(&server), ["Bearer token-1", "Bearer token-2"]);
}

#[tokio::test]
async fn a_renewed_token_that_is_rejected_too_ends_the_call() {
    let server = consumer(7200, |_| text(401, &[], ""));
    let error = expect_kind(commit(&server).get("unit-tests").await, ErrorKind::Unauthorized);
    assert_eq!((fetches(&server), error.attempts()), (2, 2));
    assert!(error.explain().cause.contains("OAuth"), "{}", error.explain());
}

#[tokio::test]
async fn a_token_is_renewed_once_in_a_call_with_all_its_retries() {
    let calls = std::sync::atomic::AtomicUsize::new(0);
    let server = consumer(7200, move |_| match calls.fetch_add(1, std::sync::atomic::Ordering::Relaxed) {
        1 => text(503, &[], ""),
        _ => text(401, &[], ""),
    });
    expect_kind(commit(&server).get("k").await, ErrorKind::Unauthorized);
    assert_eq!(authorizations(&server), ["Bearer token-1", "Bearer token-2", "Bearer token-2"]);
}

#[tokio::test]
async fn a_token_that_is_returned_unchanged_is_not_fetched_again_by_a_thousand_callers() {
    let server = RecordingServer::with_handler(|_, request| {
        if fetches_token(request) { json(200, r#"{"access_token":"token"}"#) } else { text(401, &[], "") }
    });
    let commit = commit(&server);
    let calls = (0..1000).map(|_| tokio::spawn(commit.get("unit-tests").send()));
    for outcome in finishes("a thousand calls", join_all(calls)).await {
        expect_kind(outcome.unwrap(), ErrorKind::Unauthorized);
    }
    expect_kind(commit.get("unit-tests").await, ErrorKind::Unauthorized);
    assert_eq!(fetches(&server), 2);
}

#[tokio::test]
async fn a_thousand_callers_share_the_timeout_of_a_token_endpoint_that_hangs() {
    let server =
        RecordingServer::with_handler(|_, request| if fetches_token(request) { Reply::NEVER } else { json(200, LIVE) });
    let client = client(&server).to_builder().attempt_timeout(Duration::from_millis(1500)).max_retries(0);
    let commit = commit_of(&client.build().unwrap());
    let calls = (0..1000).map(|_| tokio::spawn(commit.get("unit-tests").send()));
    for outcome in finishes("a thousand calls", join_all(calls)).await {
        let error = expect_kind(outcome.unwrap(), ErrorKind::Timeout);
        assert!(error.to_string().contains("access token"), "{error}");
    }
    assert!(fetches(&server) <= 20, "{} fetches", fetches(&server));
}

#[test]
fn a_client_whose_runtime_has_ended_during_a_fetch_can_be_used_in_another() {
    let server = RecordingServer::with_handler(|number, request| match number {
        0 => Reply::NEVER,
        _ if fetches_token(request) => json(200, r#"{"access_token":"token"}"#),
        _ => json(200, LIVE),
    });
    let client = client(&server);
    let runtime = || tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let hasty = commit_of(&client).get("unit-tests").timeout(Duration::from_millis(100));
    expect_kind(runtime().block_on(hasty.send()), ErrorKind::Timeout);
    runtime().block_on(finishes("the call", commit_of(&client).get("unit-tests"))).unwrap();
}

#[test]
fn a_consumers_secret_does_not_leave_the_machine_if_the_base_url_is_loopback() {
    let consumer = || Client::builder().credentials(Credentials::oauth("consumer", "s3cret").unwrap());
    let error = consumer().base_url("http://127.0.0.1:8080/2.0").build().unwrap_err();
    assert_eq!((error.kind(), error.field()), (ErrorKind::InvalidInput, Some("oauth_token_url")));
    let own = consumer().base_url("http://127.0.0.1:8080/2.0").oauth_token_url("http://127.0.0.1:8080/token");
    assert!(own.build().is_ok());
    assert!(Client::builder().base_url("http://127.0.0.1:8080/2.0").build().is_ok(), "without a consumer");
}

#[tokio::test]
async fn a_failed_token_request_reports_the_reason() {
    let refusal = r#"{"error":"invalid_client","error_description":"Unknown consumer"}"#;
    for (reply, kind, fetches) in [
        (json(400, refusal), ErrorKind::Unauthorized, 1),
        (json(401, refusal), ErrorKind::Unauthorized, 1),
        (json(403, refusal), ErrorKind::Unauthorized, 1),
        (text(404, &[], "Not Found"), ErrorKind::Other, 1),
        (text(301, &["Location: https://elsewhere.example/"], ""), ErrorKind::Other, 1),
        (text(200, &[], "<html></html>"), ErrorKind::Decode, 4),
        (json(200, r#"{"token":"other"}"#), ErrorKind::Decode, 1),
        (json(200, r#"{"access_token":"two words"}"#), ErrorKind::InvalidInput, 1),
        (text(503, &[], ""), ErrorKind::Unavailable, 4),
        (text(429, &["Retry-After: 3600"], ""), ErrorKind::RateLimited, 1),
        (Reply::Reset(Vec::new()), ErrorKind::Transport, 4),
    ] {
        let server = RecordingServer::scripted([reply]);
        let error = expect_kind(commit(&server).get("unit-tests").await, kind);
        assert!(error.to_string().contains("access token"), "{error}");
        let explanation = error.explain().to_string();
        assert!(!explanation.contains("status with this key") && !explanation.contains("moved"), "{explanation}");
        assert!(
            !format!("{error} {error:?}").contains("s3cret") && !error.to_string().contains("two words"),
            "{error}"
        );
        assert_eq!((server.requests(), error.attempts()), (fetches, 0), "{error}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_token_request_that_hangs_ends_with_the_timeout_of_the_call() {
    let server = RecordingServer::scripted([Reply::NEVER]);
    let client = Client::builder()
        .base_url(server.address())
        .oauth_token_url(format!("{}{TOKEN_PATH}", server.address()))
        .credentials(Credentials::oauth("consumer", "s3cret").unwrap())
        .total_timeout(Duration::from_millis(100))
        .build()
        .unwrap();
    let commit = commit_of(&client);
    for outcome in finishes("four calls", join_all((0..4).map(|_| async { commit.get("unit-tests").await }))).await {
        expect_kind(outcome, ErrorKind::Timeout);
    }
}

#[tokio::test]
async fn the_generated_client_reports_why_there_is_no_token() {
    let server = RecordingServer::scripted([json(401, r#"{"error":"invalid_client"}"#)]);
    let generated = client(&server).generated();
    let (workspace, repo_slug, commit, key) = ids();
    let error = generated.get_build_status(&workspace, &repo_slug, &commit, &key).await.unwrap_err();
    assert!(
        error.to_string().contains("could not get an access token") && error.to_string().contains("invalid_client"),
        "{error}"
    );
}
