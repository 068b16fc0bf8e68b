//! Calls as values: their ownership and their arguments.

use std::borrow::Cow;

use bitbucket_build_status::{GetStatus, Result, SetStatus, State, Statuses, UpdateStatus};
use test_support::server::{RecordingServer, json, stored, text};

use crate::support::{LINK, LIVE, commit, page, pull_request};

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
    let server = RecordingServer::with_handler(|_, request| stored(200, LIVE, request));
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
    let server = RecordingServer::with_handler(|_, request| stored(200, LIVE, request));
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
async fn a_response_has_the_trace_id_for_atlassians_support() {
    let server = RecordingServer::scripted([text(200, &["X-B3-TraceId: 0123abcd"], LIVE), text(200, &[], LIVE)]);
    let commit = commit(&server);
    assert_eq!(commit.get("unit-tests").send_with_response().await.unwrap().trace_id(), Some("0123abcd"));
    assert_eq!(commit.get("unit-tests").send_with_response().await.unwrap().trace_id(), None);
}
