//! The sandbox responds as the document says; where it is stricter, a rule has a name.

use std::collections::BTreeSet;

use bitbucket_build_status::sandbox::{Assumptions, Policy, Sandbox};
use serde_json::{Value, json};
use test_support::raw_client::{json_request, send};

use super::document::{assert_valid, operations, parameters, validator};

const STATUSES: &str = "/repositories/acme/rocket/commit/e10dae226959c2194f2b07b077c07762d93821cf/statuses";
const LINK: &str = "https://ci.example.com/42";

/// Sends a request and returns the status and JSON body of the response.
async fn exchange(sandbox: &Sandbox, method: &str, path: &str, body: Option<&Value>) -> (u16, Value) {
    let token = format!("Authorization: Bearer {}\r\n", Sandbox::TOKEN);
    let request = json_request("localhost", &format!("{method} /2.0{path}"), &token, body);
    let response = send(sandbox.address(), &request).await;
    (response.status, response.json())
}

/// A body, whether the document accepts it, and the member for which the sandbox refuses it.
type Row = (Value, bool, Option<&'static str>);

/// Sends a corpus of bodies: the sandbox refuses what the document refuses, and a refusal names the field.
async fn agree(sandbox: &Sandbox, method: &str, path: &str, schema: &str, corpus: &[Row]) {
    for (body, documented, refused_for) in corpus {
        assert_eq!(validator(schema).is_valid(body), *documented, "the document on {schema}: {body}");
        let (status, response) = exchange(sandbox, method, path, Some(body)).await;
        match refused_for {
            None => {
                assert!(*documented && matches!(status, 200 | 201), "{method} {body}: {status} {response}");
                assert_valid("BuildStatus", &response);
            }
            Some(field) => {
                assert_eq!(status, 400, "{method} {body}: {response}");
                assert_valid("ErrorResponse", &response);
                assert!(!response["error"]["fields"][field].is_null(), "{method} {body} names {field}: {response}");
            }
        }
    }
}

#[tokio::test]
async fn sandbox_and_document_agree_on_what_creates_a_status() {
    let sandbox = Sandbox::start().await.expect("a sandbox");
    let with = |member: &str, value: Value| {
        let mut body = json!({ "key": "k", "state": "FAILED", "url": LINK });
        body[member] = value;
        body
    };
    let without = |member: &str| {
        let mut body = json!({ "key": "k", "state": "FAILED", "url": LINK });
        body.as_object_mut().expect("an object").remove(member);
        body
    };
    let corpus = [
        (with("type", json!("build")), true, None),
        (without("type"), true, None),
        (with("key", json!("k".repeat(40))), true, None),
        (with("key", json!("é".repeat(40))), true, None),
        (with("name", json!("")), true, None),
        (with("refname", json!("main")), true, None),
        (with("url", json!("https://ci.example.com/{repository.full_name}")), true, None),
        (with("key", json!("k".repeat(41))), false, Some("key")),
        (with("key", json!("")), false, Some("key")),
        (with("key", json!(7)), false, Some("key")),
        (without("key"), false, Some("key")),
        (with("state", json!("DONE")), false, Some("state")),
        (with("state", json!("failed")), false, Some("state")),
        (without("state"), false, Some("state")),
        (without("url"), false, Some("url")),
        (with("url", json!(null)), false, Some("url")),
        (with("description", json!(["42"])), false, Some("description")),
        // Where the sandbox is stricter than the document: rule "a url is absolute and its host has a dot".
        (with("url", json!("http://jenkins:8080/1")), true, Some("url")),
        (with("url", json!("/42")), true, Some("url")),
    ];
    agree(&sandbox, "POST", &format!("{STATUSES}/build"), "BuildStatusCreate", &corpus).await;
}

#[tokio::test]
async fn sandbox_and_document_agree_on_what_updates_a_status() {
    // The sandbox accepts this because clients send it; the document does not.
    let assumptions = Assumptions { update_without_type: Policy::Reject, ..Assumptions::default() };
    let sandbox = Sandbox::builder().assumptions(assumptions).start().await.expect("a sandbox");
    let body = json!({ "key": "k", "state": "INPROGRESS", "url": LINK });
    let (status, _) = exchange(&sandbox, "POST", &format!("{STATUSES}/build"), Some(&body)).await;
    assert_eq!(status, 201);
    let corpus = [
        (json!({ "type": "build", "key": "k", "state": "FAILED", "url": LINK }), true, None),
        (json!({ "type": "build", "key": "k", "state": "STOPPED", "url": LINK, "refname": "main" }), true, None),
        (json!({ "key": "k", "state": "FAILED", "url": LINK }), false, Some("type")),
        (json!({ "type": "build", "key": "k", "state": "DONE", "url": LINK }), false, Some("state")),
        (json!({ "type": "build", "key": "k", "state": "FAILED", "url": 7 }), false, Some("url")),
        (json!({ "type": "build", "key": "k", "state": "FAILED", "url": LINK, "links": [] }), false, Some("links")),
        (
            json!({ "type": "build", "key": "k", "state": "FAILED", "url": LINK, "links": { "self": { "href": 7 } } }),
            false,
            Some("links.self.href"),
        ),
        // Where the sandbox is stricter than the document: rule "the key cannot be changed" (an assumption), and the
        // rule about the url.
        (json!({ "type": "build", "key": "other", "state": "FAILED", "url": LINK }), true, Some("key")),
        (json!({ "type": "build", "key": "k", "state": "FAILED", "url": "ftp://ci.example.com" }), true, Some("url")),
    ];
    agree(&sandbox, "PUT", &format!("{STATUSES}/build/k"), "BuildStatusUpdate", &corpus).await;
}

#[tokio::test]
async fn the_sandboxs_other_responses_match_the_document() {
    let sandbox = Sandbox::start().await.expect("a sandbox");
    let body = json!({ "key": "k", "state": "INPROGRESS", "url": LINK });
    exchange(&sandbox, "POST", &format!("{STATUSES}/build"), Some(&body)).await;
    let pull_request = "/repositories/acme/rocket/pullrequests/7/statuses";
    let table = [
        (format!("{STATUSES}/build/k"), 200, "BuildStatus"),
        (format!("{STATUSES}/build/missing"), 404, "ErrorResponse"),
        (STATUSES.to_owned(), 200, "BuildStatusPage"),
        (format!("{STATUSES}?pagelen=1&sort=-created_on&refname=main"), 200, "BuildStatusPage"),
        (format!("{STATUSES}?pagelen=101"), 400, "ErrorResponse"),
        (format!("{STATUSES}?q=x"), 400, "ErrorResponse"),
        (pull_request.to_owned(), 200, "BuildStatusPage"),
    ];
    for (path, expected, schema) in table {
        let (status, response) = exchange(&sandbox, "GET", &path, None).await;
        assert_eq!(status, expected, "{path}: {response}");
        assert_valid(schema, &response);
    }
}

#[test]
fn the_sandbox_asks_for_the_path_parameters_of_the_document() {
    let source = include_str!("../../src/sandbox/routes.rs");
    let named = source.split("named(\"").skip(1).filter_map(|rest| rest.split('"').next());
    let in_paths =
        source.split("/{").skip(1).filter_map(|rest| rest.split('}').next()).map(|name| name.trim_matches('{'));
    // The path of a branch is not the document's.
    let used: BTreeSet<_> = named.chain(in_paths).filter(|name| !["*branch", "branch"].contains(name)).collect();
    let documented: BTreeSet<_> = operations()
        .iter()
        .flat_map(|(method, path, _)| parameters(method, path))
        .filter(|parameter| parameter["in"] == "path")
        .filter_map(|parameter| parameter["name"].as_str())
        .collect();
    assert_eq!(used, documented, "the names of path parameters in src/sandbox/routes.rs");
}
