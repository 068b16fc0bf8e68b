use std::collections::BTreeSet;

use bitbucket_build_status::sandbox::Sandbox;
use serde_json::{Value, json};
use test_support::raw_client::{json_request, send};

use super::suite::{COMMIT, URL};
use crate::json_schema::named_schema;

const DOCUMENT: &str = include_str!("../../spec/openapi.json");
const COMMIT_STATUSES: &str = "/repositories/{workspace}/{repo_slug}/commit/{commit}/statuses";

/// The schema that the document has for a response, in the form of JSON Schema.
#[track_caller]
fn schema(document: &Value, (method, path): (&str, &str), status: &str, kind: &str) -> Value {
    let response = &document["paths"][path][method.to_lowercase()]["responses"][status];
    let response = match response["$ref"].as_str() {
        Some(reference) => document.pointer(&reference[1..]).expect("the target of the reference"),
        None => response,
    };
    let schema = &response["content"][kind]["schema"];
    match schema["$ref"].as_str() {
        Some(reference) => named_schema(document, reference.rsplit('/').next().expect("a name")),
        None if schema.is_object() => schema.clone(),
        None => panic!("the document has no {status} {kind} for {method} {path}"),
    }
}

#[tokio::test]
async fn the_sandbox_responds_as_the_document_describes() {
    let report = json!({ "key": "k", "state": "FAILED", "url": URL });
    let update = json!({ "type": "build", "state": "STOPPED", "url": URL });
    let partial = json!({ "type": "build", "state": "STOPPED" });
    let build = format!("{COMMIT_STATUSES}/build");
    let one = format!("{build}/{{key}}");
    let pull_request = "/repositories/{workspace}/{repo_slug}/pullrequests/{pull_request_id}/statuses";
    let list = COMMIT_STATUSES;
    let table = [
        ("POST", &*build, "/commit/COMMIT/statuses/build", Some(&report), "201"),
        ("POST", &*build, "/commit/COMMIT/statuses/build", Some(&report), "200"),
        ("POST", &*build, "/commit/COMMIT/statuses/build", Some(&update), "400"),
        ("POST", &*build, "/commit/COMMIT/statuses/build", None, "400"),
        ("POST", &*build, "/commit/main/statuses/build", Some(&report), "404"),
        ("PUT", &*one, "/commit/COMMIT/statuses/build/k", Some(&update), "200"),
        ("PUT", &*one, "/commit/COMMIT/statuses/build/k", Some(&partial), "400"),
        ("PUT", &*one, "/commit/COMMIT/statuses/build/absent", Some(&update), "404"),
        ("GET", &*one, "/commit/COMMIT/statuses/build/k", None, "200"),
        ("GET", &*one, "/commit/COMMIT/statuses/build/absent", None, "404"),
        ("GET", &*one, "/commit/COMMIT/statuses/build/%FF", None, "404"),
        ("GET", list, "/commit/COMMIT/statuses", None, "200"),
        ("GET", list, "/commit/COMMIT/statuses?q=x", None, "400"),
        ("GET", list, "/commit/main/statuses", None, "404"),
        ("GET", pull_request, "/pullrequests/7/statuses", None, "200"),
        ("GET", pull_request, "/pullrequests/7/statuses?page=0", None, "400"),
        ("GET", pull_request, "/pullrequests/0/statuses", None, "404"),
    ];
    let document: Value = serde_json::from_str(DOCUMENT).expect("the document is JSON");
    let sandbox = Sandbox::start().await.expect("a sandbox");
    let mut forms = BTreeSet::new();
    for (method, template, path, body, expected) in table {
        let line = format!("{method} /2.0/repositories/acme/rocket{}", path.replace("COMMIT", COMMIT));
        let token = format!("Authorization: Bearer {}\r\n", Sandbox::TOKEN);
        let response = send(sandbox.address(), &json_request("localhost", &line, &token, body)).await;
        let (status, text) = (response.status.to_string(), &response.text);
        let kind = response.header("content-type").and_then(|kind| kind.split(';').next()).unwrap_or_default();
        assert_eq!(status, expected, "{method} {path}: {text}");
        let value = if kind == "application/json" {
            serde_json::from_str(text).expect("JSON")
        } else {
            Value::from(text.as_str())
        };
        let validator = jsonschema::validator_for(&schema(&document, (method, template), &status, kind));
        let validator = validator.expect("a schema");
        let problems: Vec<_> = validator.iter_errors(&value).map(|problem| problem.to_string()).collect();
        assert!(problems.is_empty(), "{method} {path}: {problems:?} in {value}");
        forms.insert((status, kind.to_owned()));
    }
    assert_eq!(forms.len(), 7, "every form of response: {forms:?}");
}
