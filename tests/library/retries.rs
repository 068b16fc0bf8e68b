//! The shared retry quota, and when a call is retried.

use std::time::{Duration, Instant};

use bitbucket_build_status::{Client, ErrorKind, State};
use test_support::server::{RecordingServer, json, text};

use crate::support::{LINK, LIVE, commit_of, expect_kind};

/// A client with default settings, except for short delays.
fn client(server: &RecordingServer) -> Client {
    Client::builder().base_url(server.address()).max_backoff(Duration::from_millis(1)).build().unwrap()
}

#[tokio::test]
async fn an_outage_costs_each_call_one_request_and_all_together_the_retries_of_the_quota() {
    let server = RecordingServer::scripted([text(503, &[], "")]);
    let client = client(&server);
    for number in 0..200 {
        // Clones share the quota.
        let commit = commit_of(&client.clone());
        let error = expect_kind(commit.set("k", State::Failed, LINK).send().await, ErrorKind::Unavailable);
        assert!(error.is_retry_quota_exhausted(), "write {number}: {error}");
        assert!(error.to_string().contains("retry quota"), "{error}");
    }
    assert_eq!(server.requests(), 200 + 500 / 14);
}

#[tokio::test]
async fn a_quota_can_be_changed_and_turned_off() {
    for (tokens, requests) in [(Some(0), 1), (Some(28), 3), (None, 21)] {
        let server = RecordingServer::scripted([text(503, &[], "")]);
        let client = client(&server).to_builder().retry_quota(tokens).max_retries(20).build().unwrap();
        let error = expect_kind(commit_of(&client).get("unit-tests").await, ErrorKind::Unavailable);
        assert_eq!(error.is_retry_quota_exhausted(), tokens.is_some());
        assert_eq!(server.requests(), requests, "{tokens:?}");
    }
}

#[tokio::test]
async fn retries_that_succeed_are_refunded() {
    let server = RecordingServer::with_handler(|number, _| match number % 2 {
        0 => text(503, &[], ""),
        _ => json(200, LIVE),
    });
    let client = client(&server).to_builder().retry_quota(14).build().unwrap();
    for _ in 0..50 {
        commit_of(&client).get("unit-tests").await.unwrap();
    }
    assert_eq!(server.requests(), 100);
}

#[tokio::test]
async fn a_rate_limit_costs_no_quota() {
    let server = RecordingServer::with_handler(|number, _| match number {
        ..30 => text(429, &["Retry-After: 0"], ""),
        _ => json(200, LIVE),
    });
    let client = client(&server).to_builder().retry_quota(0).build().unwrap();
    assert_eq!(commit_of(&client).get("unit-tests").send_with_response().await.unwrap().attempts(), 31);
}

#[tokio::test]
async fn a_call_is_retried_until_the_service_is_back_however_often_that_is() {
    let server = RecordingServer::with_handler(|number, _| match number {
        ..30 => text(503, &[], ""),
        _ => json(200, LIVE),
    });
    let commit = commit_of(&client(&server));
    assert_eq!(commit.get("unit-tests").send_with_response().await.unwrap().attempts(), 31);
}

#[tokio::test]
async fn a_retry_after_is_respected() {
    let server = RecordingServer::scripted([text(503, &["Retry-After: 1"], ""), json(200, LIVE)]);
    let started = Instant::now();
    commit_of(&client(&server)).get("unit-tests").await.unwrap();
    assert!(started.elapsed() >= Duration::from_secs(1));
}
