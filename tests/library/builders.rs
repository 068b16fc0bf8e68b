//! Calls as values: what they own, what they accept, and what a single one may change.

use std::{borrow::Cow, time::Duration};

use bitbucket_build_status::{
    Client, Credentials, ErrorKind, GetStatus, Result, SetStatus, State, Statuses, UpdateStatus,
};
use test_support::server::{RecordingServer, Reply, json, text};

use crate::support::{HASH, LINK, LIVE, builder, client, commit, commit_of, expect_kind, page, pull_request};

#[test]
fn calls_own_what_they_need_and_can_be_cloned_and_sent_to_other_threads() {
    fn is_owned<T: Clone + Send + 'static>() {}
    is_owned::<SetStatus>();
    is_owned::<UpdateStatus>();
    is_owned::<GetStatus>();
    is_owned::<Statuses>();
}

#[tokio::test]
async fn a_call_can_be_spawned() {
    let server = RecordingServer::scripted([json(200, LIVE)]);
    let task = {
        let commit = commit(&server);
        tokio::spawn(commit.set("unit-tests", State::Failed, LINK).send())
    };
    task.await.unwrap().unwrap();
    tokio::spawn(commit(&server).get("unit-tests").into_future()).await.unwrap().unwrap();
    tokio::spawn(commit(&server).update("unit-tests").send()).await.unwrap().unwrap();
}

#[tokio::test]
async fn keys_are_accepted_as_every_kind_of_text() -> Result<()> {
    let server = RecordingServer::scripted([json(200, LIVE)]);
    let commit = commit(&server);
    for key in &["unit-tests", "unit-tests"] {
        commit.get(key).send().await?;
    }
    for key in [String::from("unit-tests")] {
        commit.get(&key).await?;
        commit.get(Cow::from(&key)).await?;
        commit.get(key.clone().into_boxed_str()).await?;
        commit.get(key).await?;
    }
    assert!(server.received().iter().all(|request| request.target.ends_with("/build/unit-tests")));
    Ok(())
}

#[tokio::test]
async fn optional_members_accept_a_text_or_an_option() {
    let server = RecordingServer::scripted([json(200, LIVE)]);
    let commit = commit(&server);
    let (some, none) = (Some(String::from("main")), None::<&str>);
    let set = || commit.set("unit-tests", State::Failed, LINK);
    set().refname("main").name(none).send().await.unwrap();
    set().refname(some.clone()).description(None::<String>).send().await.unwrap();
    set().refname(some.as_deref()).name("left out").name(none).send().await.unwrap();
    set().refname(some.as_ref()).send().await.unwrap();
    for request in server.received() {
        let body = serde_json::json!({
            "type": "build", "key": "unit-tests", "state": "FAILED", "url": LINK, "refname": "main",
        });
        assert_eq!(request.json(), body);
    }
    let update = commit.update("unit-tests").state(None).state(Some(State::Failed)).url(Some(LINK)).name(none);
    let prepared = update.exact().prepare().await.unwrap();
    let body = serde_json::json!({"type": "build", "key": "unit-tests", "state": "FAILED", "url": LINK});
    assert_eq!(prepared[0].body(), Some(&body));
}

#[tokio::test]
async fn a_single_call_may_have_its_own_number_of_retries_and_its_own_time() {
    let server = RecordingServer::scripted([text(503, &[], "")]);
    let client = builder(&server).max_retries(1).build().unwrap();
    let commit = commit_of(&client);
    let attempts = |error: bitbucket_build_status::Error| error.attempts();
    assert_eq!(attempts(commit.get("k").max_retries(4).await.unwrap_err()), 5);
    assert_eq!(attempts(commit.set("k", State::Failed, LINK).max_retries(0).send().await.unwrap_err()), 1);
    assert_eq!(attempts(commit.update("k").exact().max_retries(Some(2)).send().await.unwrap_err()), 3);
    assert_eq!(attempts(commit.statuses().max_retries(3).all().await.unwrap_err()), 4);
    assert_eq!(attempts(commit.get("k").await.unwrap_err()), 2);
    let error = commit.get("k").max_retries(None).timeout(Duration::from_millis(50)).await.unwrap_err();
    assert!(error.attempts() > 2 && error.to_string().contains("the call's 0.1 s are over"), "{error}");
    let silent = RecordingServer::scripted([Reply::Bytes(Vec::new())]);
    let call = commit_of(&builder(&silent).build().unwrap()).get("k").timeout(Duration::from_millis(50));
    expect_kind(call.await, ErrorKind::Timeout);
}

#[tokio::test]
async fn a_single_call_may_have_headers_of_its_own_but_not_the_clients() {
    let server = RecordingServer::with_handler(|_, request| match request.method.as_str() {
        "GET" if !request.target.contains("/build/") => json(200, page(&[], None)),
        _ => json(200, LIVE),
    });
    let commit = commit(&server);
    commit.set("unit-tests", State::Failed, LINK).header("X-Team", "rockets").send().await.unwrap();
    commit.get("unit-tests").header("X-Team", "rockets").await.unwrap();
    commit.update("unit-tests").header("x-team", "rockets").send().await.unwrap();
    commit.statuses().header("X-Team", "rockets").all().await.unwrap();
    let received = server.received();
    assert_eq!(received.len(), 5, "the update reads first, with the header too");
    assert!(received.iter().all(|request| request.header("x-team") == Some("rockets")));
    let prepared = commit.get("unit-tests").header("X-Team", "rockets").prepare().await.unwrap();
    assert!(prepared[0].headers().any(|header| header == ("x-team", "rockets")));
    let refused =
        [("Authorization", "Bearer x"), ("Content-Length", "1"), ("Host", "x"), ("a b", "x"), ("X-Team", "a\nb")];
    for (name, value) in refused {
        let error = expect_kind(commit.get("unit-tests").header(name, value).await, ErrorKind::InvalidInput);
        assert_eq!(error.field(), Some("header"));
        assert!(error.to_string().contains(name) && !error.to_string().contains("Bearer"), "{error}");
    }
    assert_eq!(server.requests(), 5);
}

#[tokio::test]
async fn a_repository_is_named_as_in_its_address() {
    let server = RecordingServer::scripted([json(200, LIVE)]);
    let client = client(&server);
    let rocket = client.repository("acme/rocket").unwrap();
    rocket.commit(HASH).unwrap().get("unit-tests").await.unwrap();
    assert!(server.only_request().target.starts_with("/2.0/repositories/acme/rocket/commit/"));
    let pull_request = rocket.pull_request(7).unwrap();
    assert_eq!((pull_request.workspace().as_str(), pull_request.repo_slug().as_str()), ("acme", "rocket"));
    assert_eq!(pull_request.id(), 7);
    for wrong in ["", "acme", "acme/", "/rocket", "acme/rocket/x", "acme/.."] {
        let error = client.repository(wrong).expect_err(wrong);
        assert!(matches!(error.field(), Some("repository" | "workspace" | "repo_slug")), "{error}");
    }
}

#[tokio::test]
async fn a_page_is_fetched_by_its_number() {
    let server = RecordingServer::scripted([json(200, page(&[], None))]);
    commit(&server).statuses().page(3).await.unwrap();
    pull_request(&server).statuses().pagelen(Some(5)).page_with_response(4).await.unwrap();
    let targets: Vec<_> = server.received().into_iter().map(|request| request.target).collect();
    assert!(targets[0].ends_with("/statuses?page=3"), "{targets:?}");
    assert!(targets[1].ends_with("/statuses?page=4&pagelen=5"), "{targets:?}");
    assert_eq!(commit(&server).statuses().page(0).await.unwrap_err().field(), Some("page"));
}

#[tokio::test]
async fn a_response_has_the_number_for_atlassians_support() {
    let server = RecordingServer::scripted([text(200, &["X-B3-TraceId: 0123abcd"], LIVE), text(200, &[], LIVE)]);
    let commit = commit(&server);
    assert_eq!(commit.get("k").send_with_response().await.unwrap().trace_id(), Some("0123abcd"));
    assert_eq!(commit.get("k").send_with_response().await.unwrap().trace_id(), None);
}

#[tokio::test]
async fn a_client_made_from_another_differs_only_in_what_is_changed() {
    let server = RecordingServer::scripted([text(503, &[], "")]);
    let first = builder(&server).max_retries(2).user_agent("rocket-ci/7").build().unwrap();
    let second = first.to_builder().credentials(Credentials::access_token("0ther").unwrap()).build().unwrap();
    let third = first.to_builder().user_agent("lander-ci/1").max_retries(0).build().unwrap();
    for client in [&first, &second, &third] {
        commit_of(client).get("k").await.unwrap_err();
    }
    let received = server.received();
    assert_eq!(received.len(), 3 + 3 + 1);
    assert_eq!(received[3].header("authorization"), Some("Bearer 0ther"));
    assert!(received[3].header("user-agent").unwrap().starts_with("rocket-ci/7 "));
    assert_eq!(received[6].header("authorization"), received[0].header("authorization"));
    assert!(received[6].header("user-agent").unwrap().starts_with("lander-ci/1 "));
}

#[tokio::test]
async fn a_custom_http_client_is_used_again_and_asked_for_again_where_it_would_have_to_change() {
    let server = RecordingServer::scripted([json(200, LIVE)]);
    let custom = || reqwest::ClientBuilder::new().default_headers([].into_iter().collect());
    let first = Client::builder().base_url(server.address()).http_client_builder(custom()).build().unwrap();
    let same = first.to_builder().attempt_timeout(Duration::from_secs(1)).build().unwrap();
    commit_of(&same).get("k").await.unwrap();
    let changed = first.to_builder().user_agent("x");
    assert_eq!(changed.build().unwrap_err().field(), Some("http_client_builder"));
    assert!(first.to_builder().user_agent("x").http_client_builder(custom()).build().is_ok());
}
