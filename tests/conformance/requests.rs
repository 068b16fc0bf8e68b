//! The client sends what the document describes, byte for byte.

use bitbucket_build_status::{Commit, State};

use serde_json::Value;
use test_support::{
    COMMIT,
    server::{ReceivedRequest, RecordingServer},
};

use super::{
    document::{assert_valid, members, operations, parameters},
    server,
};

const LINK: &str = "https://ci.example.com/{repository.full_name}/{commit.hash}";

fn rocket(server: &RecordingServer) -> Commit {
    server::client(server).commit("acme", "rocket", COMMIT).expect("a commit")
}

/// Fails unless the document has this method and path, every query parameter, and the body.
#[track_caller]
fn assert_described(request: &ReceivedRequest) {
    let target = request.target.strip_prefix("/2.0").expect("the base path");
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let fits = |template: &str| {
        let (mut parts, mut segments) = (template.split('/'), path.split('/'));
        parts.by_ref().zip(segments.by_ref()).all(|(part, segment)| part.starts_with('{') || part == segment)
            && parts.next().is_none()
            && segments.next().is_none()
            && template.matches('/').count() == path.matches('/').count()
    };
    let found = operations().into_iter().find(|(method, path, _)| *method == request.method && fits(path));
    let (method, path, operation) = found.unwrap_or_else(|| panic!("not in the document: {request:#?}"));
    for name in query.split('&').filter_map(|pair| Some(pair.split_once('=')?.0)) {
        let known = parameters(&method, &path).iter().any(|it| it["in"] == "query" && it["name"] == name);
        assert!(known, "{name} is no query parameter of {method} {path}");
    }
    let content = &operation["requestBody"]["content"]["application/json"]["schema"]["$ref"];
    match content.as_str() {
        Some(reference) => {
            assert_eq!(request.header("content-type"), Some("application/json"));
            assert_valid(reference.trim_start_matches("#/components/schemas/"), &request.json());
        }
        None => assert_eq!(request.text(), ""),
    }
}

#[tokio::test]
async fn every_member_that_the_document_lets_a_caller_choose_can_be_set() {
    let commit = rocket(&server::start());
    let creation = commit.set("k", State::Failed, LINK).name("n").description("d").refname("main");
    let update = commit.update("k").state(State::Failed).url(LINK).name("n").description("d").refname("main");
    let bodies = [
        ("BuildStatusCreate", "src/commit/set.rs", creation.prepare().await.expect("a creation")),
        ("BuildStatusUpdate", "src/commit/update.rs", update.exact().prepare().await.expect("an update")),
    ];
    // An update may contain these too, but cannot change them.
    let fixed = ["uuid", "created_on", "updated_on", "links"];
    for (schema, file, prepared) in bodies {
        let sent = prepared[0].body().and_then(Value::as_object).expect("a JSON object");
        let unset: Vec<_> = members(schema).keys().filter(|member| !sent.contains_key(*member)).collect();
        assert!(unset.iter().all(|member| fixed.contains(&member.as_str())), "{file}, and here: {unset:?}");
    }
}

#[tokio::test]
async fn every_call_sends_what_the_document_describes() {
    let server = server::start();
    let commit = rocket(&server);
    let pull_request = server::client(&server).pull_request("acme", "rocket", 7).expect("a pull request");
    commit.set("unit-tests", State::Inprogress, LINK).send().await.expect("set");
    commit.set("all", State::Stopped, LINK).name("n").description("d").refname("main").send().await.expect("set");
    let complete = commit.update("unit-tests").state(State::Failed).url(LINK).name("n").description("d");
    complete.send().await.expect("update");
    commit.update("unit-tests").name("n").description("d").refname("main").send().await.expect("update");
    commit.update("unit-tests").exact().send().await.expect("update");
    commit.get("unit-tests").await.expect("get");
    commit
        .statuses()
        .refname("main")
        .query("state = \"FAILED\"")
        .sort("-created_on")
        .pagelen(5)
        .page(1)
        .await
        .expect("list");
    pull_request.statuses().query("x").sort("key").pagelen(100).all().await.expect("list");
    let received = server.received();
    assert_eq!(received.len(), 9, "the update without state and url reads first");
    received.iter().for_each(assert_described);
}

#[tokio::test]
async fn a_request_carries_its_credentials_and_no_header_of_the_generators() {
    let server = server::start();
    rocket(&server).get("unit-tests").await.expect("get");
    let request = server.only_request();
    let mut names: Vec<_> = request.headers.iter().map(|(name, _)| name.as_str()).collect();
    names.sort_unstable();
    assert_eq!(names, ["accept", "authorization", "host", "user-agent"]);
    assert_eq!(request.header("authorization"), Some("Bearer t0ken"));
    assert_eq!(request.header("user-agent"), Some(concat!("bitbucket-build-status/", env!("CARGO_PKG_VERSION"))));
}

#[tokio::test]
async fn a_url_with_variables_reaches_the_server_byte_for_byte() {
    let server = server::start();
    rocket(&server).set("k", State::Failed, LINK).send().await.expect("set");
    let update = rocket(&server).update("k").state(State::Failed).url(LINK).name("n").description("d");
    update.send().await.expect("update");
    for request in server.received() {
        assert!(request.text().contains(&format!("\"url\":\"{LINK}\"")), "{}", request.text());
    }
}

#[tokio::test]
async fn uuids_in_curly_braces_are_percent_encoded() {
    let server = server::start();
    let commit = server::client(&server).commit("{0a-1}", "{0b-2}", COMMIT).expect("a commit");
    commit.get("unit-tests").await.expect("get");
    let expected = format!("/2.0/repositories/%7B0a-1%7D/%7B0b-2%7D/commit/{COMMIT}/statuses/build/unit-tests");
    assert_eq!(server.only_request().target, expected);
}

#[tokio::test]
async fn a_key_is_one_segment_whatever_its_text_is() {
    let table = [
        ("a/b c", "a%2Fb%20c"),
        ("a%2Fb", "a%252Fb"),
        ("%2e%2e", "%252e%252e"),
        ("a?b#c", "a%3Fb%23c"),
        ("é", "%C3%A9"),
        ("a+b;c:d@e", "a+b;c:d@e"),
        ("...", "..."),
    ];
    for (key, segment) in table {
        let server = server::start();
        rocket(&server).update(key).state(State::Failed).exact().send().await.expect("update");
        let expected = format!("/2.0/repositories/acme/rocket/commit/{COMMIT}/statuses/build/{segment}");
        assert_eq!(server.only_request().target, expected);
        assert_eq!(server.only_request().json()["key"], key, "the body's key is the path's");
    }
}

#[tokio::test]
async fn an_update_adds_only_the_members_that_it_has_read() {
    let server = server::start();
    rocket(&server).update("unit-tests").state(State::Failed).send().await.expect("update");
    let received = server.received();
    assert_eq!(received.iter().map(|it| it.method.as_str()).collect::<Vec<_>>(), ["GET", "PUT"]);
    let expected = serde_json::json!({
        "type": "build",
        "key": "unit-tests",
        "state": "FAILED",
        "name": "Unit tests #42",
        "description": "42 tests passed",
        "url": "https://ci.example.com/builds/42",
    });
    assert_eq!(received[1].json(), expected, "never null, uuid, dates, links or extras");
}

#[tokio::test]
async fn an_exact_update_sends_only_the_members_that_are_set() {
    let server = server::start();
    rocket(&server).update("k").state(State::Failed).exact().send().await.expect("update");
    let expected = serde_json::json!({ "type": "build", "key": "k", "state": "FAILED" });
    assert_eq!(server.only_request().json(), expected);
}

#[tokio::test]
async fn a_prepared_request_is_the_one_that_is_sent_and_sends_nothing() {
    let server = server::start();
    let commit = rocket(&server);
    let set = || commit.set("k", State::Stopped, LINK).refname("refs/heads/main");
    let prepared = set().prepare().await.expect("prepared");
    assert_eq!(server.received().len(), 0);
    set().send().await.expect("set");
    let [request] = &*prepared else { panic!("{prepared:?}") };
    let arrived = server.only_request();
    assert_eq!(request.method(), arrived.method);
    assert!(request.url().ends_with(&arrived.target), "{}", request.url());
    assert_eq!(request.body(), Some(&arrived.json()));
    for (name, value) in request.headers() {
        assert_eq!(arrived.header(name), Some(value), "{name}");
    }
}

#[tokio::test]
async fn a_prepared_update_shows_the_read_and_where_its_values_are_used() {
    let server = server::start();
    let prepared = rocket(&server).update("k").state(State::Failed).prepare().await.expect("prepared");
    let [read, write] = &*prepared else { panic!("{prepared:?}") };
    assert_eq!((read.method(), write.method()), ("GET", "PUT"));
    let expected = serde_json::json!({
        "type": "build", "key": "k", "state": "FAILED",
        "name": "<as read>", "description": "<as read>", "url": "<as read>", "refname": "<as read>",
    });
    assert_eq!(write.body(), Some(&expected));
    assert_eq!(server.received().len(), 0);
}
