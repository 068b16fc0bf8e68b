use bitbucket_build_status::sandbox::{Sandbox, rules::ALL};
use serde_json::{Value, json};

use crate::support::{COMMIT, URL, report, send, statuses};

/// A report with one member changed, or removed if the value is the text `<absent>`.
#[expect(clippy::unnecessary_wraps, reason = "the type of `send`'s parameter")]
fn with(member: &str, value: impl Into<Value>) -> Option<Value> {
    let mut body = report("unit-tests");
    body[member] = value.into();
    if body[member] == "<absent>" {
        body.as_object_mut().unwrap().remove(member);
    }
    Some(body)
}

fn update(member: &str, value: impl Into<Value>) -> Option<Value> {
    let mut body = with(member, value)?;
    body["type"] = "build".into();
    Some(body)
}

#[tokio::test]
async fn each_rule_of_a_request_is_enforced() {
    let build = statuses("/build");
    let one = statuses("/build/unit-tests");
    let long = "n".repeat(256);
    let table: Vec<(&str, &str, String, Option<Value>, u16)> = vec![
        ("key-length", "POST", build.clone(), with("key", "é".repeat(41)), 400),
        ("key-text", "POST", build.clone(), with("key", ".."), 400),
        ("key-text", "POST", build.clone(), with("key", ""), 400),
        ("key-change", "PUT", one.clone(), update("key", "other"), 400),
        ("url-form", "POST", build.clone(), with("url", "http://jenkins:8080/job"), 400),
        ("url-form", "POST", build.clone(), with("url", "ci.example.com/42"), 400),
        ("url-form", "PUT", one.clone(), update("url", "/42"), 400),
        ("state-name", "POST", build.clone(), with("state", "DONE"), 400),
        ("state-name", "POST", build.clone(), with("state", "failed"), 400),
        ("required-members", "POST", build.clone(), with("key", "<absent>"), 400),
        ("required-members", "POST", build.clone(), with("state", "<absent>"), 400),
        ("required-members", "POST", build.clone(), with("url", "<absent>"), 400),
        ("complete-update", "PUT", one.clone(), Some(json!({ "type": "build", "state": "FAILED" })), 400),
        ("complete-update", "PUT", one.clone(), Some(json!({ "type": "build", "url": URL })), 400),
        ("member-types", "POST", build.clone(), with("name", 5), 400),
        ("member-types", "POST", build.clone(), with("url", Value::Null), 400),
        ("member-types", "PUT", one.clone(), update("state", Value::Null), 400),
        ("member-types", "PUT", one.clone(), update("links", 5), 400),
        ("type-name", "POST", build.clone(), with("type", "deployment"), 400),
        ("text-length", "POST", build.clone(), with("name", long), 400),
        ("body-present", "POST", build.clone(), None, 400),
        ("body-json", "POST", build.clone(), Some(json!([])), 400),
        ("commit-known", "GET", "/commit/main/statuses".to_owned(), None, 404),
        ("commit-known", "GET", "/commit/e10dae/statuses".to_owned(), None, 404),
        ("pull-request-known", "GET", "/pullrequests/0/statuses".to_owned(), None, 404),
        ("pull-request-known", "GET", "/pullrequests/seven/statuses".to_owned(), None, 404),
        ("status-known", "GET", one.clone(), None, 404),
        ("status-known", "PUT", one.clone(), update("name", "missing"), 404),
        ("no-filter", "GET", statuses("?q=state%3D%22FAILED%22"), None, 400),
        ("page-numbers", "GET", statuses("?page=0"), None, 400),
        ("page-numbers", "GET", statuses("?pagelen=101"), None, 400),
        ("page-numbers", "GET", statuses("?pagelen=many"), None, 400),
        ("sort-member", "GET", statuses("?sort=colour"), None, 400),
        ("not-modelled", "GET", "/refs/branches".to_owned(), None, 404),
        ("not-modelled", "GET", "/pullrequests/7/activity".to_owned(), None, 404),
        ("api-method", "DELETE", one.clone(), None, 405),
        ("api-method", "GET", build.clone(), None, 405),
        ("path-encoding", "GET", statuses("/build/%FF"), None, 404),
        ("path-encoding", "GET", statuses("/build/a%00b"), None, 404),
    ];
    let sandbox = Sandbox::start().await.unwrap();
    for (rule, method, path, body, status) in table {
        let response = send(&sandbox, method, &path, body.clone()).await;
        assert_eq!((response.rule(), response.status), (Some(rule), status), "{method} {path} {body:?}: {response:?}");
        assert!(ALL.iter().any(|known| known.name == rule), "{rule} is not in the list");
    }
    assert!(send(&sandbox, "GET", &statuses(""), None).await.json()["values"].as_array().unwrap().is_empty());
}

#[tokio::test]
async fn refusals_have_the_recorded_bodies() {
    let sandbox = Sandbox::start().await.unwrap();
    let missing = send(&sandbox, "POST", &statuses("/build"), with("state", "<absent>")).await;
    let expected = json!({
        "type": "error",
        "error": { "message": "Bad request", "fields": { "state": "required key not provided" } },
    });
    assert_eq!(missing.json(), expected);
    let url = send(&sandbox, "POST", &statuses("/build"), with("url", "http://jenkins/")).await;
    assert_eq!(url.json()["error"]["fields"], json!({ "url": ["Enter a valid URL."] }));
    let commit = send(&sandbox, "GET", "/commit/main/statuses", None).await;
    assert_eq!(commit.json()["error"], json!({ "message": "Commit not found", "data": { "shas": ["main"] } }));
    assert_eq!(commit.json()["data"], json!({ "shas": ["main"] }), "the recorded body has it twice");
    let pull_request = send(&sandbox, "GET", "/pullrequests/0/statuses", None).await;
    assert_eq!((pull_request.text.as_str(), pull_request.header("content-type")), ("Not Found", Some(TEXT)));
    let empty = send(&sandbox, "POST", &statuses("/build"), None).await;
    assert_eq!((empty.text.as_str(), empty.header("content-type")), ("Bad Request", Some(TEXT)));
    let path = send(&sandbox, "GET", "/nothing", None).await;
    assert_eq!(path.json()["error"]["message"], "Resource not found");
}

const TEXT: &str = "text/plain; charset=utf-8";

#[tokio::test]
async fn what_bitbucket_accepts_is_accepted() {
    let sandbox = Sandbox::start().await.unwrap();
    let build = statuses("/build");
    let table = [
        ("url", json!("https://ci.example.com/{repository.full_name}/{commit.hash}")),
        ("url", json!("http://192.0.2.1:8080/job")),
        ("refname", Value::Null),
        ("refname", json!("refs/heads/main")),
        ("key", json!("é".repeat(40))),
        ("key", json!("atlantis/plan: dir")),
        ("type", json!("build")),
        ("description", json!("d".repeat(10_000))),
        ("buildNumber", json!(42)),
    ];
    for (member, value) in table {
        let response = send(&sandbox, "POST", &build, with(member, value)).await;
        assert!(matches!(response.status, 200 | 201), "{member}: {response:?}");
    }
    assert_eq!(send(&sandbox, "POST", &statuses("/build/"), Some(report("slash"))).await.status, 201);
    let short = format!("/commit/{}/statuses/build", &COMMIT[..12]);
    let response = send(&sandbox, "POST", &short, Some(report("short"))).await.json();
    assert_eq!(response["commit"]["hash"], COMMIT, "a short hash of a commit that is known");
    let slash = send(&sandbox, "GET", &statuses("/build/atlantis%2Fplan:%20dir"), None).await;
    assert_eq!(slash.json()["key"], "atlantis/plan: dir");
}

#[tokio::test]
async fn the_refname_is_part_of_the_identity() {
    let sandbox = Sandbox::start().await.unwrap();
    let build = statuses("/build");
    let table = [(json!("main"), 201), (json!("main"), 200), (json!("engine"), 201), (Value::Null, 201)];
    for (refname, status) in table {
        assert_eq!(send(&sandbox, "POST", &build, with("refname", refname.clone())).await.status, status, "{refname}");
    }
    let one = statuses("/build/unit-tests");
    let ambiguous = send(&sandbox, "PUT", &one, update("name", "which?")).await;
    assert_eq!((ambiguous.status, ambiguous.rule()), (500, Some("status-unambiguous")));
    let clear = send(&sandbox, "PUT", &one, update("refname", "engine")).await;
    assert_eq!((clear.status, &clear.json()["refname"]), (200, &json!("engine")));
}

#[tokio::test]
async fn a_refname_once_set_cannot_be_set_back() {
    let sandbox = Sandbox::start().await.unwrap();
    send(&sandbox, "POST", &statuses("/build"), with("refname", "main")).await;
    let one = statuses("/build/unit-tests");
    let null = send(&sandbox, "PUT", &one, update("refname", Value::Null)).await;
    assert_eq!((null.status, &null.json()["refname"]), (200, &json!("main")));
    let renamed = send(&sandbox, "PUT", &one, update("name", "renamed")).await.json();
    assert_eq!(renamed["refname"], "main");
    let moved = send(&sandbox, "PUT", &one, update("refname", "engine")).await.json();
    assert_eq!(moved["refname"], "engine");
    assert_eq!(send(&sandbox, "GET", &statuses(""), None).await.json()["size"], 1);
}
