//! Options of single calls, members of a status, and clients made from others.

use std::time::Duration;

use bitbucket_build_status::{Client, Error, ErrorKind, PreparedRequest, State, UpdateStatus};
use test_support::{
    server::{RecordingServer, Reply, json, stored, text},
    wait::finishes,
};

use crate::support::{HASH, LINK, LIVE, builder, client, commit, commit_of, expect_kind, page};

#[tokio::test]
async fn a_call_has_its_own_retries_and_timeout() {
    let server = RecordingServer::scripted([text(503, &[], "")]);
    let commit = commit_of(&builder(&server).max_retries(1).build().unwrap());
    let attempts = |error: Error| error.attempts();
    assert_eq!(attempts(commit.get("unit-tests").max_retries(2).await.unwrap_err()), 3);
    assert_eq!(attempts(commit.set("k", State::Failed, LINK).max_retries(2).send().await.unwrap_err()), 3);
    assert_eq!(attempts(commit.update("k").exact().max_retries(2).send().await.unwrap_err()), 3);
    assert_eq!(attempts(commit.statuses().max_retries(2).page(1).await.unwrap_err()), 3);
    assert_eq!(attempts(commit.get("unit-tests").max_retries(0).await.unwrap_err()), 1);
    assert_eq!(attempts(commit.get("unit-tests").await.unwrap_err()), 2, "the client's own");
    let silent = RecordingServer::scripted([Reply::NEVER]);
    let limited = builder(&silent).max_retries(0).build().unwrap();
    let call = commit_of(&limited).get("unit-tests").max_retries(None).timeout(Duration::from_millis(200));
    let error = expect_kind(finishes("the call", call).await, ErrorKind::Timeout);
    assert!(error.to_string().contains("the call's timeout of 0.2 s"), "{error}");
}

#[tokio::test]
async fn a_call_has_its_own_headers() {
    let server = RecordingServer::with_handler(|_, request| {
        let is_list = request.method == "GET" && request.target.ends_with("/statuses");
        if is_list { json(200, page(&[LIVE], None)) } else { stored(200, LIVE, request) }
    });
    let commit = commit(&server);
    commit.get("unit-tests").header("X-Gateway", "one").await.unwrap();
    commit.set("unit-tests", State::Failed, LINK).header("X-Gateway", "one").send().await.unwrap();
    commit.update("unit-tests").state(State::Failed).header("X-Gateway", "one").send().await.unwrap();
    commit.statuses().header("X-Gateway", "one").all().await.unwrap();
    let received = server.received();
    assert_eq!(received.len(), 5, "the update reads first");
    assert!(received.iter().all(|request| request.header("x-gateway") == Some("one")), "{received:?}");
    assert!(received.iter().all(|request| request.header("authorization").is_some()), "{received:?}");
    for (name, value) in
        [("Authorization", "s3cret"), ("content-type", "s3cret"), ("two words", "s3cret"), ("X", "s3cret\n")]
    {
        let error = expect_kind(commit.get("unit-tests").header(name, value).await, ErrorKind::InvalidInput);
        assert_eq!(error.field(), Some("header"), "{name}");
        assert!(!error.to_string().contains("s3cret"), "{error}");
    }
    assert_eq!(server.requests(), 5, "nothing was sent");
}

#[tokio::test]
async fn members_can_be_options() {
    let server = RecordingServer::with_handler(|_, request| stored(201, LIVE, request));
    let set = commit(&server).set("unit-tests", State::Failed, LINK);
    set.name(None::<String>).description(Some("42 passed")).refname(None::<&str>).send().await.unwrap();
    let expected = serde_json::json!({"type": "build", "key": "unit-tests", "state": "FAILED", "url": LINK, "description": "42 passed"});
    assert_eq!(server.only_request().json(), expected);
}

#[tokio::test]
async fn every_member_that_is_set_is_sent() {
    let server = RecordingServer::with_handler(|_, request| stored(201, LIVE, request));
    let set = commit(&server).set("unit-tests", State::Failed, LINK);
    set.name("Unit tests").description("42 failed").refname("main").send().await.unwrap();
    let expected = serde_json::json!({
        "type": "build", "key": "unit-tests", "state": "FAILED", "url": LINK,
        "name": "Unit tests", "description": "42 failed", "refname": "main",
    });
    assert_eq!(server.only_request().json(), expected);
}

#[tokio::test]
async fn an_update_sends_its_changes_and_the_other_stored_members() {
    type Change = fn(UpdateStatus) -> UpdateStatus;
    let old = serde_json::json!({
        "type": "build", "key": "unit-tests", "state": "INPROGRESS", "url": "https://ci.example.com/old",
        "name": "old name", "description": "old description", "refname": "old-branch",
    });
    let changes: [(&str, &str, Change); 5] = [
        ("state", "FAILED", |update| update.state(State::Failed)),
        ("url", LINK, |update| update.url(LINK)),
        ("name", "new name", |update| update.name("new name")),
        ("description", "new description", |update| update.description("new description")),
        ("refname", "new-branch", |update| update.refname("new-branch")),
    ];
    for (member, value, change) in changes {
        let text = old.to_string();
        let server = RecordingServer::with_handler(move |_, request| stored(200, &text, request));
        change(commit(&server).update("unit-tests")).send().await.unwrap();
        let mut expected = old.clone();
        expected[member] = value.into();
        assert_eq!(server.received()[1].json(), expected, "{member}");
    }
}

#[tokio::test]
async fn an_update_reads_first_unless_it_is_exact_or_complete() {
    for missing in ["nothing", "state", "url", "name", "description"] {
        let given = |member: &str| (member != missing).then(|| member.to_owned());
        let server = RecordingServer::with_handler(|_, request| stored(200, LIVE, request));
        let update = || {
            let update = commit(&server).update("unit-tests").url(given("url").map(|_| LINK));
            let update = update.name(given("name")).description(given("description"));
            if missing == "state" { update } else { update.state(State::Failed) }
        };
        let methods = if missing == "nothing" { vec!["PUT"] } else { vec!["GET", "PUT"] };
        let prepared = update().prepare().await.unwrap();
        assert_eq!(prepared.iter().map(PreparedRequest::method).collect::<Vec<_>>(), methods, "{missing}");
        assert_eq!(update().exact().prepare().await.unwrap().len(), 1, "{missing}");
        assert_eq!(server.requests(), 0);
        update().send().await.unwrap();
        let received = server.received();
        assert_eq!(received.iter().map(|request| request.method.as_str()).collect::<Vec<_>>(), methods, "{missing}");
    }
}

#[tokio::test]
async fn a_client_is_made_from_another_with_its_settings() {
    let server = RecordingServer::scripted([text(503, &[], "")]);
    let first = builder(&server).user_agent("first").max_retries(1).build().unwrap();
    let second = first.to_builder().user_agent("second").build().unwrap();
    let third = first.to_builder().max_retries(0).build().unwrap();
    for (client, user_agent, attempts) in [(&first, "first ", 2), (&second, "second ", 2), (&third, "first ", 1)] {
        let error = commit_of(client).get("unit-tests").await.unwrap_err();
        assert_eq!(error.attempts(), attempts, "{user_agent}");
        let last = server.received().pop().unwrap();
        assert!(last.header("user-agent").unwrap().starts_with(user_agent), "{last:?}");
        assert!(last.header("authorization").is_some(), "{last:?}");
    }
}

#[tokio::test]
async fn a_changed_timeout_holds_although_the_http_client_is_reused() {
    let silent = RecordingServer::scripted([Reply::NEVER]);
    let an_hour = Duration::from_secs(3600);
    let first = builder(&silent).attempt_timeout(an_hour).total_timeout(an_hour).build().unwrap();
    let second = first.to_builder().attempt_timeout(Duration::from_millis(50)).max_retries(0).build().unwrap();
    expect_kind(finishes("the call", commit_of(&second).get("unit-tests")).await, ErrorKind::Timeout);
}

#[tokio::test]
async fn an_http_client_of_the_callers_own_is_reused_or_required_again() {
    let server = RecordingServer::scripted([json(200, LIVE)]);
    let mut headers = reqwest::header::HeaderMap::new();
    headers.insert("x-own", "yes".parse().unwrap());
    let own = reqwest::ClientBuilder::new().default_headers(headers);
    let first = builder(&server).http_client_builder(own).build().unwrap();
    commit_of(&first.to_builder().max_retries(0).build().unwrap()).get("unit-tests").await.unwrap();
    assert_eq!(server.only_request().header("x-own"), Some("yes"));
    let error = first.to_builder().connect_timeout(Duration::from_secs(1)).build().unwrap_err();
    assert_eq!((error.kind(), error.field()), (ErrorKind::InvalidInput, Some("http_client_builder")));
}

#[test]
fn a_repository_is_named_by_workspace_and_slug() {
    let client = Client::builder().base_url("http://127.0.0.1").build().unwrap();
    let repository = client.repository("acme/rocket").unwrap();
    assert_eq!((repository.workspace().as_str(), repository.repo_slug().as_str()), ("acme", "rocket"));
    assert_eq!(repository.pull_request(7).unwrap().id(), 7);
    assert_eq!(repository.commit(HASH).unwrap().hash().as_str(), HASH);
    for wrong in ["", "acme", "acme/rocket/src", "/rocket", "acme/"] {
        assert_eq!(client.repository(wrong).unwrap_err().kind(), ErrorKind::InvalidInput, "{wrong}");
    }
}

#[tokio::test]
async fn an_observer_sees_requests_and_responses() {
    let seen = std::sync::Arc::new(std::sync::Mutex::new(Vec::new()));
    let server = RecordingServer::scripted([json(201, LIVE)]);
    let record = std::sync::Arc::clone(&seen);
    let observed = builder(&server).observe(move |exchange| {
        let text = |body: Option<&[u8]>| String::from_utf8(body.unwrap().to_vec()).unwrap();
        assert!(!exchange.elapsed().is_zero());
        let names = |headers: &mut dyn Iterator<Item = (&str, &str)>| {
            let mut names: Vec<_> = headers.map(|(name, _)| name.to_owned()).collect();
            names.sort_unstable();
            names.join(" ")
        };
        record.lock().unwrap().extend([
            exchange.url().to_owned(),
            text(exchange.request_body()),
            text(exchange.response_body()),
            names(&mut exchange.request_headers()),
            names(&mut exchange.response_headers()),
            format!("{:?}", exchange.response_header("Content-Type")),
        ]);
    });
    commit_of(&observed.build().unwrap()).set("unit-tests", State::Successful, LINK).send().await.unwrap();
    let request = server.only_request();
    let url = format!("{}{}", server.address(), request.target);
    let (sent, received) = ("accept content-type", "content-length content-type");
    let expected = [&url, request.text(), LIVE, sent, received, r#"Some("application/json; charset=utf-8")"#];
    assert_eq!(*seen.lock().unwrap(), expected);
    assert_eq!(client(&server).base_url(), format!("{}/2.0", server.address()));
}
