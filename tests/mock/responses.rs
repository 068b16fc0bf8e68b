use std::collections::BTreeSet;

use bitbucket_build_status::{
    Client, Commit, ErrorKind, State,
    mock::{self, MockServer, MockServerExt as _, StatusThen},
};
use serde_json::Value;
use test_support::COMMIT;

fn commit(server: &MockServer) -> Commit {
    let client = Client::builder().base_url(server.url("/2.0")).max_retries(0).build().unwrap();
    client.commit("acme", "rocket", COMMIT).unwrap()
}

type Respond = fn(StatusThen) -> StatusThen;

/// Every failure of the document with the kind of error that it causes.
const FAILURES: [(u16, &str, Respond, ErrorKind); 13] = [
    (400, "application/json", |then| then.bad_request(&mock::error("problem")), ErrorKind::Rejected),
    (400, "text/plain", |then| then.bad_request_text("problem"), ErrorKind::Rejected),
    (401, "application/json", |then| then.unauthorized(&mock::error("problem")), ErrorKind::Unauthorized),
    (401, "text/plain", |then| then.unauthorized_text("problem"), ErrorKind::Unauthorized),
    (403, "application/json", |then| then.forbidden(&mock::error("problem")), ErrorKind::Forbidden),
    (403, "text/plain", |then| then.forbidden_text("problem"), ErrorKind::Forbidden),
    (404, "application/json", |then| then.not_found(&mock::error("problem")), ErrorKind::NotFound),
    (404, "text/plain", |then| then.not_found_text("problem"), ErrorKind::NotFound),
    (404, "text/html", |then| then.not_found_html("<p>problem</p>"), ErrorKind::NotFound),
    (429, "application/json", |then| then.rate_limited(&mock::error("problem")), ErrorKind::RateLimited),
    (429, "text/plain", |then| then.rate_limited_text("problem"), ErrorKind::RateLimited),
    (500, "application/json", |then| then.server_error(&mock::error("problem")), ErrorKind::Unavailable),
    (500, "text/html", |then| then.server_error_html("<p>problem</p>"), ErrorKind::Unavailable),
];

#[tokio::test]
async fn each_failure_of_the_document_becomes_its_kind_of_error() {
    let server = MockServer::start_async().await;
    for (status, kind, respond, expected) in FAILURES {
        let mut mock = server.get_build_status(|_, then| drop(respond(then)));
        let error = commit(&server).get("unit-tests").await.unwrap_err();
        assert_eq!((error.status(), error.kind()), (Some(status), expected));
        let message = (kind != "text/html").then_some("problem");
        assert_eq!(error.message(), message, "{status} {kind}");
        mock.delete();
    }
}

#[test]
fn there_is_a_method_for_each_failure_of_the_document_and_no_other() {
    let document: Value = serde_json::from_str(include_str!("../../spec/openapi.json")).unwrap();
    let mut documented = BTreeSet::new();
    for path in document["paths"].as_object().unwrap().values() {
        for operation in path.as_object().unwrap().values().filter(|item| item.is_object()) {
            for (status, response) in operation["responses"].as_object().unwrap() {
                let Some(name) = response["$ref"].as_str().and_then(|name| name.strip_prefix("#/")) else { continue };
                let response = document.pointer(&format!("/{name}")).unwrap();
                let kinds = response["content"].as_object().unwrap().keys();
                documented.extend(kinds.map(|kind| (status.parse::<u16>().unwrap(), kind.as_str())));
            }
        }
    }
    let typed: BTreeSet<_> = FAILURES.iter().map(|(status, kind, ..)| (*status, *kind)).collect();
    assert_eq!(typed, documented, "edit the methods in src/mock/then.rs, and FAILURES here");
}

#[tokio::test]
async fn headers_and_fields_reach_the_error() {
    let server = MockServer::start_async().await;
    server.create_build_status(|_, then| {
        then.rate_limited_text("slow down").header("Retry-After", "90");
    });
    let url = "https://ci.example.com/42";
    let error = commit(&server).set("unit-tests", State::Failed, url).send().await.unwrap_err();
    assert_eq!(error.retry_after().map(|delay| delay.as_secs()), Some(90));
    server.update_build_status(|_, then| drop(then.bad_request(&mock::field_error("url", "Enter a valid URL."))));
    let update = commit(&server).update("unit-tests").state(State::Failed).url(url).exact().send().await;
    assert_eq!(update.unwrap_err().fields()["url"], ["Enter a valid URL."]);
}

#[tokio::test]
async fn responses_outside_the_document_use_the_inner_mock() {
    let server = MockServer::start_async().await;
    server.get_build_status(|when, then| {
        when.key("unit-tests").into_inner().header("accept", "application/json");
        then.into_inner().status(418).body("teapot");
    });
    assert_eq!(commit(&server).get("unit-tests").await.unwrap_err().status(), Some(418));
}
