//! Invalid input is refused before anything is sent, with the field and the expected value.

use bitbucket_build_status::{Error, ErrorKind, Key, State};
use test_support::COMMIT;

use super::server;

const LINK: &str = "https://ci.example.com/42";

#[track_caller]
fn assert_refused(error: &Error, field: &str, expected: &str) {
    assert_eq!((error.kind(), error.field()), (ErrorKind::InvalidInput, Some(field)), "{error}");
    assert!(error.to_string().contains(expected), "{error}\ndoes not say {expected:?}");
}

#[tokio::test]
async fn an_id_that_would_reach_another_endpoint_is_refused_and_nothing_is_sent() {
    let server = server::start();
    let bitbucket = server::client(&server);
    let commit = bitbucket.commit("acme", "rocket", COMMIT).expect("a commit");
    for text in ["..", ".", "", "a\\b", "..\\x", "\\", "a\r\nX: y", "a\0b", "\u{7f}"] {
        assert_refused(&bitbucket.commit(text, "rocket", COMMIT).unwrap_err(), "workspace", "expected");
        assert_refused(&bitbucket.commit("acme", text, COMMIT).unwrap_err(), "repo_slug", "expected");
        assert_refused(&bitbucket.commit("acme", "rocket", text).unwrap_err(), "commit", "expected");
        assert_refused(&bitbucket.pull_request(text, "rocket", 1).unwrap_err(), "workspace", "expected");
        assert_refused(&commit.set(text, State::Failed, LINK).send().await.unwrap_err(), "key", "expected");
        assert_refused(&commit.update(text).send().await.unwrap_err(), "key", "expected");
        assert_refused(&commit.get(text).await.unwrap_err(), "key", "expected");
        assert_refused(&Key::shorten(text).unwrap_err(), "key", "expected");
    }
    assert_eq!(server.received().len(), 0);
}

#[tokio::test]
async fn a_status_that_bitbucket_would_refuse_or_hide_is_refused_and_nothing_is_sent() {
    let server = server::start();
    let commit = server::client(&server).commit("acme", "rocket", COMMIT).expect("a commit");
    for url in [
        "ftp://ci.example.com",
        "/42",
        "ci.example.com/42",
        "http://jenkins:8080/1",
        "",
        "https:",
        "http:ci.example.com",
        "https://ci.example.com/a b",
        "https://ci.exam\nple.com",
    ] {
        let set = commit.set("k", State::Failed, url).send().await.unwrap_err();
        assert_refused(&set, "url", "absolute http or https URL whose host has a dot");
        let update = commit.update("k").state(State::Failed).url(url).send().await.unwrap_err();
        assert_refused(&update, "url", &format!("{url:?}"));
    }
    for refname in ["refs/tags/v1", "refs/pull/1/head", "", "refs/heads/"] {
        let set = commit.set("k", State::Failed, LINK).refname(refname).send().await.unwrap_err();
        assert_refused(&set, "refname", "bare name of a branch");
        let update = commit.update("k").refname(refname).send().await.unwrap_err();
        assert_refused(&update, "refname", &format!("{refname:?}"));
    }
    let long = "k".repeat(41);
    assert_refused(&commit.update(long).send().await.unwrap_err(), "key", "at most 40 characters, got 41");
    assert_refused(&State::parse("DONE").unwrap_err(), "state", "INPROGRESS, STOPPED, FAILED, SUCCESSFUL");
    assert_eq!(server.received().len(), 0);
}

#[test]
fn a_commit_is_a_hash_and_not_a_branch() {
    let bitbucket = server::client(&server::start());
    for text in ["xyz", "main", "HEAD", "e10dae", "e10dae226959c2194f2b07b077c07762d93821cf0"] {
        let error = bitbucket.commit("acme", "rocket", text).unwrap_err();
        assert_refused(&error, "commit", "40 hexadecimal digits");
    }
    assert!(bitbucket.commit("acme", "rocket", "e10dae2").is_ok());
}

#[test]
fn a_key_keeps_forty_characters_and_is_shortened_beyond() {
    let table = [
        ("unit-tests", "unit-tests"),
        ("é23456789012345678901234567890123456789é", "é23456789012345678901234567890123456789é"),
        ("continuous-integration/linux/x86_64/unit-tests", "continuous-integration/linux/-"),
    ];
    for (name, expected) in table {
        let key = Key::shorten(name).expect("a key");
        assert!(key.as_str().starts_with(expected), "{key}");
        assert!(key.as_str().chars().count() <= 40);
        assert_eq!(Key::shorten(key.as_str()).expect("a key"), key);
    }
    let (one, other) = (format!("{}1", "k".repeat(60)), format!("{}2", "k".repeat(60)));
    assert_ne!(Key::shorten(&one).expect("a key"), Key::shorten(&other).expect("a key"));
}
