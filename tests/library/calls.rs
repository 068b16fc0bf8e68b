//! Requests as they are sent, and responses as they are read, stored and written again.

use std::time::{Duration, SystemTime};

use bitbucket_build_status::{BuildStatus, BuildStatusPage, ErrorKind, ReportedState, State};
use serde_json::{Value, json as value};
use test_support::server::{RecordingServer, Reply, json, response, stored, text};

use crate::support::{HASH, LINK, LIVE, TOKEN, client, commit, expect_kind, ids, parsed, status};

const PATH: &str = "/2.0/repositories/acme/rocket/commit/e10dae226959c2194f2b07b077c07762d93821cf/statuses";
const OLD: &str = include_str!("../fixtures/get_build_status/2018-order.json");
const UNKNOWN: &str = include_str!("../fixtures/get_build_status/unknown-members.json");

#[track_caller]
fn json_of(text: &str) -> Value {
    serde_json::from_str(text).expect("a fixture is JSON")
}

#[tokio::test]
async fn bytes_that_are_not_utf8_are_replaced_and_lose_no_status() {
    let mut body = LIVE.as_bytes().to_vec();
    let name = LIVE.find("Unit tests").expect("the name");
    body[name] = 0xE9;
    let server = RecordingServer::scripted([Reply::Bytes(response(200, &[], &body))]);
    let status = commit(&server).get("unit-tests").await.unwrap();
    assert_eq!(status.name.as_deref(), Some("\u{fffd}nit tests #42"));
}

#[test]
fn the_twelve_members_of_a_live_response_are_read_and_typed() {
    let status = parsed(LIVE);
    assert_eq!(status.key, "unit-tests");
    assert!(status.state == State::Successful);
    assert_eq!((status.type_.as_deref(), status.refname.as_deref()), (Some("build"), None));
    assert_eq!(status.name.as_deref(), Some("Unit tests #42"));
    assert_eq!(status.description.as_deref(), Some("42 tests passed"));
    assert_eq!(status.url.as_deref(), Some(LINK));
    assert_eq!(status.commit.and_then(|commit| commit.hash).as_deref(), Some(HASH));
    let repository = status.repository.expect("a repository");
    assert_eq!(repository.full_name.as_deref(), Some("acme/rocket"));
    assert_eq!(repository.uuid.as_deref(), Some("{1a2b3c4d-0000-4000-8000-000000000000}"));
    let itself = status.links.and_then(|links| links.self_).and_then(|link| link.href);
    assert!(itself.is_some_and(|href| href.ends_with("/statuses/build/unit-tests")));
    let created = status.created_on.expect("a date");
    assert_eq!(created.as_str(), "2026-11-20T08:15:30.547563+00:00");
    let expected = SystemTime::UNIX_EPOCH + Duration::from_micros(1_795_162_530_547_563);
    assert_eq!(created.to_system_time(), Some(expected));
    assert!(status.extra.is_empty(), "a member is not known: {:?}", status.extra);
}

#[test]
fn statuses_survive_reading_and_writing_again_whatever_their_order_and_members() {
    for (text, absent) in [(LIVE, &["refname"][..]), (OLD, &[]), (UNKNOWN, &[])] {
        let mut expected = json_of(text);
        for member in absent {
            assert_eq!(expected.as_object_mut().unwrap().remove(*member), Some(Value::Null), "null is absent");
        }
        let written = serde_json::to_value(parsed(text)).unwrap();
        assert_eq!(written, expected);
        assert_eq!(serde_json::from_value::<BuildStatus>(written).unwrap(), parsed(text));
    }
    let page = include_str!("../fixtures/list_commit_statuses/pipelines.json");
    let read: BuildStatusPage = serde_json::from_str(page).unwrap();
    assert_eq!(serde_json::to_value(read).unwrap(), json_of(page));
}

#[test]
fn an_unknown_state_and_unknown_members_are_retained() {
    let status = parsed(UNKNOWN);
    assert_eq!(status.state, ReportedState::Unknown("PAUSED".to_owned()));
    assert_eq!(status.extra["author"]["nested"][3]["deep"], true);
    assert_eq!(status.commit.expect("a commit").extra["message"], "Fix\n");
}

#[tokio::test]
async fn set_posts_only_the_members_that_are_set() {
    let server = RecordingServer::scripted([json(201, LIVE)]);
    let status =
        commit(&server).set("unit-tests", State::Successful, LINK).refname("refs/heads/main").send().await.unwrap();
    assert_eq!(status, parsed(LIVE));
    let sent = &server.received()[0];
    assert_eq!((sent.method.as_str(), sent.target.as_str()), ("POST", &*format!("{PATH}/build")));
    let body = value!({"type": "build", "key": "unit-tests", "state": "SUCCESSFUL", "url": LINK, "refname": "main"});
    assert_eq!(sent.json(), body);
    assert_eq!(sent.header("content-type"), Some("application/json"));
    assert_eq!(sent.header("accept"), Some("application/json"));
    assert_eq!(sent.header("authorization"), Some(&*format!("Bearer {TOKEN}")));
    assert!(sent.header("user-agent").unwrap().starts_with("bitbucket-build-status/"));
    assert_eq!(sent.header("api-version"), None);
}

#[tokio::test]
async fn an_update_with_state_url_name_and_description_is_one_request() {
    let server = RecordingServer::with_handler(|_, request| stored(200, LIVE, request));
    let url = "https://ci.example.com/{repository.full_name}/{commit.hash}";
    let update = commit(&server).update("a/b").state(State::Failed).url(url);
    update.name("Unit tests").description("1 failed").send().await.unwrap();
    let received = server.received();
    assert_eq!(received.len(), 1);
    assert_eq!((received[0].method.as_str(), received[0].target.as_str()), ("PUT", &*format!("{PATH}/build/a%2Fb")));
    let body = value!({
        "type": "build", "key": "a/b", "state": "FAILED", "url": url, "name": "Unit tests", "description": "1 failed",
    });
    assert_eq!(received[0].json(), body);
}

#[tokio::test]
async fn an_incomplete_update_is_completed_from_the_stored_status() {
    let server = RecordingServer::with_handler(|_, request| stored(200, OLD, request));
    commit(&server).update("unit-tests").state(State::Stopped).send().await.unwrap();
    let received = server.received();
    assert_eq!((received[0].method.as_str(), received[1].method.as_str()), ("GET", "PUT"));
    let body = value!({
        "type": "build", "key": "unit-tests", "state": "STOPPED", "url": LINK,
        "refname": "main", "name": "", "description": "",
    });
    assert_eq!(received[1].json(), body);
}

#[tokio::test]
async fn an_exact_update_sends_only_the_members_that_are_set() {
    let server = RecordingServer::scripted([json(200, LIVE)]);
    commit(&server).update("unit-tests").description("x").exact().send().await.unwrap();
    let received = server.received();
    assert_eq!(received.len(), 1);
    assert_eq!(received[0].json(), value!({"type": "build", "key": "unit-tests", "description": "x"}));
}

#[tokio::test]
async fn an_unknown_stored_state_is_not_sent() {
    let server = RecordingServer::scripted([json(200, UNKNOWN)]);
    let outcome = commit(&server).update("unit-tests").description("x").send().await;
    let error = expect_kind(outcome, ErrorKind::InvalidInput);
    assert!(error.to_string().contains("PAUSED"), "{error}");
    assert_eq!(server.requests(), 1);
    commit(&server).update("unit-tests").state(State::Failed).send().await.unwrap();
    assert_eq!(server.requests(), 3);
}

#[tokio::test]
async fn invalid_input_is_refused_and_nothing_is_sent() {
    let server = RecordingServer::scripted([json(200, LIVE)]);
    let commit = commit(&server);
    let refused = [
        ("key", commit.set("..", State::Failed, LINK).send().await),
        ("key", commit.update("k".repeat(41)).send().await),
        ("key", commit.get("").await),
        ("url", commit.set("k", State::Failed, "http://jenkins:8080").send().await),
        ("url", commit.update("k").url("/42").send().await),
        ("refname", commit.set("k", State::Failed, LINK).refname("refs/tags/v1").send().await),
        ("refname", commit.update("k").refname("").send().await),
    ];
    for (field, outcome) in refused {
        assert_eq!(expect_kind(outcome, ErrorKind::InvalidInput).field(), Some(field));
    }
    assert_eq!(client(&server).pull_request("acme", "rocket", 0).unwrap_err().field(), Some("pull_request_id"));
    assert_eq!(server.requests(), 0);
}

#[tokio::test]
async fn a_response_has_status_headers_body_and_value() {
    let server = RecordingServer::scripted([text(503, &[], ""), json(201, LIVE)]);
    let response = commit(&server).set("unit-tests", State::Successful, LINK).send_with_response().await.unwrap();
    assert_eq!((response.status(), response.attempts()), (201, 2));
    assert_eq!(response.header("content-type"), Some("application/json; charset=utf-8"));
    assert!(response.headers().any(|(name, _)| name == "content-length"));
    assert_eq!((response.body(), response.value()), (LIVE.as_bytes(), &parsed(LIVE)));
}

/// Also a 2xx that the document does not list; `Client::generated` is stricter.
#[tokio::test]
async fn every_2xx_response_with_a_status_is_a_success() {
    for code in [200, 201, 202, 203, 299] {
        let server = RecordingServer::with_handler(move |_, request| stored(code, LIVE, request));
        let commit = commit(&server);
        let update = commit.update("unit-tests").state(State::Failed).exact();
        assert_eq!(update.send_with_response().await.unwrap().status(), code);
        assert_eq!(commit.get("unit-tests").send_with_response().await.unwrap().status(), code);
        assert_eq!(commit.set("k", State::Failed, LINK).send_with_response().await.unwrap().status(), code);
        let (workspace, repo_slug, hash, key) = ids();
        let generated = client(&server).generated();
        let outcome = generated.get_build_status(&workspace, &repo_slug, &hash, &key).await;
        assert_eq!(outcome.is_ok(), code == 200, "{code}");
    }
}

#[tokio::test]
async fn an_update_parses_only_those_members_of_the_stored_status_that_it_sends() {
    let odd = r#"{"key": "unit-tests", "state": "FAILED", "url": "https://ci.example.com/1", "created_on": 7,
        "links": "none", "commit": [], "type": {}}"#;
    let server = RecordingServer::with_handler(move |_, request| match request.method.as_str() {
        "GET" => json(200, odd),
        _ => stored(200, LIVE, request),
    });
    commit(&server).update("unit-tests").description("x").send().await.unwrap();
}

#[tokio::test]
async fn a_response_about_another_status_is_an_error_and_not_retried() {
    let server = RecordingServer::scripted([json(200, LIVE)]);
    let commit = commit(&server);
    let update = |key: &str, state| commit.update(key).state(state).url(LINK).name("n").description("d").send();
    let outcomes = [
        ("the key of a POST", commit.set("k", State::Successful, LINK).send().await),
        ("the state of a POST", commit.set("unit-tests", State::Failed, LINK).send().await),
        ("the key of a PUT", update("k", State::Successful).await),
        ("the state of a PUT", update("unit-tests", State::Failed).await),
        ("the key of a GET", commit.get("k").await),
        ("the key that an update reads", commit.update("k").description("x").send().await),
    ];
    for (name, outcome) in outcomes {
        let error = outcome.expect_err(name);
        assert_eq!((error.kind(), error.attempts(), error.is_retryable()), (ErrorKind::Mismatch, 1, false), "{name}");
        assert!(error.to_string().contains("another status"), "{name}: {error}");
    }
    assert_eq!(server.requests(), 6);
    assert!(commit.set("UNIT-tests", State::Successful, LINK).send().await.is_ok(), "keys are compared without case");
    let newer = RecordingServer::scripted([json(200, LIVE.replace("SUCCESSFUL", "PASSED"))]);
    let status = crate::support::commit(&newer).set("unit-tests", State::Successful, LINK).send().await.unwrap();
    assert_eq!(status.state.as_str(), "PASSED", "a state that is not known may be a new name");
}

#[tokio::test]
async fn a_prepared_update_shows_both_requests_and_sends_none() {
    let server = RecordingServer::scripted([json(200, LIVE)]);
    let commit = commit(&server);
    let prepared = commit.update("unit-tests").state(State::Failed).prepare().await.unwrap();
    let [get, put] = &*prepared else { panic!("expected two requests, got {prepared:?}") };
    assert_eq!((get.method(), put.method()), ("GET", "PUT"));
    assert_eq!(put.url(), format!("{}{PATH}/build/unit-tests", server.address()));
    let body = value!({
        "type": "build", "key": "unit-tests", "state": "FAILED", "url": "<as read>",
        "refname": "<as read>", "name": "<as read>", "description": "<as read>",
    });
    assert_eq!((get.body(), put.body()), (None, Some(&body)));
    assert!(put.headers().all(|(name, _)| name != "authorization"));
    assert_eq!(commit.set("k", State::Failed, LINK).prepare().await.unwrap().len(), 1);
    assert_eq!(commit.get("unit-tests").prepare().await.unwrap()[0].method(), "GET");
    assert_eq!(commit.statuses().prepare().await.unwrap()[0].url(), format!("{}{PATH}", server.address()));
    expect_kind(commit.get("..").prepare().await, ErrorKind::InvalidInput);
    assert_eq!(server.requests(), 0);
}

#[tokio::test]
async fn the_generated_client_shares_credentials_and_retries() {
    let server = RecordingServer::scripted([text(503, &[], ""), json(200, status("k"))]);
    let generated = client(&server).generated();
    let (workspace, repo_slug, commit, key) = ids();
    let response = generated.get_build_status(&workspace, &repo_slug, &commit, &key).await.unwrap();
    assert_eq!((response.key.as_str(), response.status().as_u16()), ("k", 200));
    assert!(response.headers().contains_key("content-type"));
    assert_eq!(server.received()[1].header("authorization"), Some(&*format!("Bearer {TOKEN}")));
}
