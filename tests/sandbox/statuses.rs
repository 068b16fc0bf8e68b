use bitbucket_build_status::{ErrorKind, State, sandbox::Sandbox};
use serde_json::json;

use crate::support::{COMMIT, URL, commit, report, send, statuses};

#[tokio::test]
async fn a_build_is_reported_updated_read_and_listed() {
    let sandbox = Sandbox::start().await.unwrap();
    let commit = commit(&sandbox);
    let created = commit.set("unit-tests", State::Inprogress, URL).refname("main").send_with_response().await.unwrap();
    assert_eq!(created.status(), 201);
    let overwritten = commit.set("unit-tests", State::Stopped, URL).refname("main").send_with_response().await.unwrap();
    assert_eq!(overwritten.status(), 200);
    let updated = commit.update("unit-tests").state(State::Successful).description("42 passed").send().await.unwrap();
    assert_eq!(updated.state, State::Successful);
    let read = commit.get("unit-tests").await.unwrap();
    assert_eq!(read, updated);
    assert_eq!(read.created_on, created.value().created_on);
    assert_ne!(read.updated_on, created.value().updated_on);
    assert_eq!(commit.statuses().all().await.unwrap(), [updated]);
}

/// The names of the members of a JSON object, at any depth, in the order in which the text has them.
fn member_names(text: &str) -> Vec<&str> {
    let mut strings = text.split('"').skip(1);
    let mut names = Vec::new();
    while let (Some(string), Some(behind)) = (strings.next(), strings.next()) {
        if behind.starts_with(':') {
            names.push(string);
        }
    }
    names
}

#[tokio::test]
async fn a_response_has_the_members_of_a_live_one_in_their_order() {
    let sandbox = Sandbox::start().await.unwrap();
    let created = send(&sandbox, "POST", &statuses("/build"), Some(report("unit-tests"))).await;
    let status = "key type state name refname commit type hash links self href html href url repository type full_name \
                  links self href html href avatar href name uuid description created_on updated_on links self href \
                  commit href";
    assert_eq!(member_names(&created.text), status.split_whitespace().collect::<Vec<_>>());
    let page = send(&sandbox, "GET", &statuses("?pagelen=1"), None).await;
    let expected = format!("pagelen values {status} page size");
    assert_eq!(member_names(&page.text), expected.split_whitespace().collect::<Vec<_>>());
    let refused = send(&sandbox, "POST", &statuses("/build"), Some(report(&"k".repeat(41)))).await;
    assert_eq!(member_names(&refused.text), ["type", "error", "message", "fields", "key"]);
    let created = created.json();
    assert_eq!(created["refname"], json!(null));
    assert_eq!(created["commit"]["hash"], COMMIT);
    let created_on = created["created_on"].as_str().unwrap();
    assert!(created_on.len() == "2026-11-20T08:15:30.547563+00:00".len() && created_on.ends_with("+00:00"));
    let status: bitbucket_build_status::BuildStatus = serde_json::from_value(created).unwrap();
    assert!(status.extra.is_empty());
}

#[tokio::test]
async fn a_key_of_41_characters_is_refused_as_recorded() {
    let sandbox = Sandbox::start().await.unwrap();
    let refused = send(&sandbox, "POST", &statuses("/build"), Some(report(&"k".repeat(41)))).await;
    let problem = "Ensure this value has at most 40 characters (it has 41).";
    let expected = json!({
        "type": "error",
        "error": { "message": format!("key: {problem}"), "fields": { "key": [problem] } },
    });
    assert_eq!((refused.status, refused.json()), (400, expected));
}

#[tokio::test]
async fn a_key_that_was_not_reported_is_not_found() {
    let sandbox = Sandbox::start().await.unwrap();
    let error = commit(&sandbox).get("unit-tests").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound);
}

#[tokio::test]
async fn a_pull_request_lists_the_statuses_of_its_branch_and_those_without_refname() {
    let hash = COMMIT.parse().unwrap();
    let sandbox = Sandbox::builder().pull_request("acme/rocket", 7, "engine", &hash).start().await.unwrap();
    let commit = commit(&sandbox);
    commit.set("ours", State::Successful, URL).refname("engine").send().await.unwrap();
    commit.set("any", State::Successful, URL).send().await.unwrap();
    commit.set("other", State::Successful, URL).refname("main").send().await.unwrap();
    let shown = sandbox.client().pull_request("acme", "rocket", 7).unwrap().statuses().all().await.unwrap();
    let keys: Vec<_> = shown.iter().map(|status| status.key.as_str()).collect();
    assert_eq!(keys, ["ours", "any"]);
}

#[tokio::test]
async fn a_sandbox_ends_when_it_is_dropped() {
    let sandbox = Sandbox::start().await.unwrap();
    let address = sandbox.address();
    let commit = commit(&sandbox);
    commit.set("unit-tests", State::Failed, URL).send().await.unwrap();
    drop(sandbox);
    let error = loop {
        match commit.get("unit-tests").await {
            Ok(_) => tokio::task::yield_now().await,
            Err(error) => break error,
        }
    };
    assert_eq!(error.kind(), ErrorKind::Transport, "{address}");
}
