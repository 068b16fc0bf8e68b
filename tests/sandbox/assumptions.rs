use std::collections::BTreeSet;

use bitbucket_build_status::{
    Client, Credentials, ErrorKind, State,
    sandbox::{Assumptions, Identity, RateLimit, Sandbox, Seed},
};
use serde_json::{Value, json};

use crate::support::{COMMIT, URL, bearer, report, send, send_as, send_to, statuses};

/// A request, and the HTTP status that it leads to under the default and under another assumption.
struct Row {
    assumption: &'static str,
    other: Value,
    method: &'static str,
    path: String,
    body: Option<Value>,
    statuses: (u16, u16),
}

/// A sandbox with two statuses on a commit that a branch and a pull request lead to, one of them under two refnames.
async fn sandbox(assumption: &str, value: &Value) -> Sandbox {
    let seed = json!({
        "repositories": [{
            "name": "acme/rocket", "uuid": "{1a2b3c4d-0000-4000-8000-000000000000}",
            "branches": { "engine": COMMIT },
            "statuses": [
                { "commit": COMMIT, "key": "unit-tests", "state": "INPROGRESS", "url": URL },
                { "commit": COMMIT, "key": "ci/lint", "state": "INPROGRESS", "url": URL, "author": "somebody" },
                { "commit": COMMIT, "key": "two", "state": "INPROGRESS", "url": URL, "refname": "main" },
                { "commit": COMMIT, "key": "two", "state": "INPROGRESS", "url": URL, "refname": "engine" },
            ],
        }],
        "assumptions": { assumption: value },
    });
    let seed = Seed::from_json(&seed.to_string()).unwrap();
    let builder = Sandbox::builder().seed(seed).identity(Identity::access_token("ci", Sandbox::TOKEN));
    let builder = builder.identity(Identity::api_token("boss", "boss@example.com", "boss-token"));
    builder.start().await.unwrap()
}

#[tokio::test]
async fn each_assumption_decides_what_the_sandbox_does() {
    let (build, one) = (statuses("/build"), statuses("/build/unit-tests"));
    let row = |assumption, other, method, path: &str, body: Option<Value>, statuses| {
        let path = if path.starts_with("/%7B") { path.to_owned() } else { format!("/acme/rocket{path}") };
        Row { assumption, other, method, path, body, statuses }
    };
    let put = |member: &str, value: Value| {
        let mut body = json!({ "type": "build", "state": "FAILED", "url": URL });
        body[member] = value;
        Some(body)
    };
    let post = |member: &str, value: Value| {
        let mut body = report("new");
        body[member] = value;
        Some(body)
    };
    let without_type = Some(json!({ "state": "FAILED", "url": URL }));
    let partial = Some(json!({ "type": "build", "state": "FAILED" }));
    let long = "n".repeat(256);
    let two = statuses("/build/two");
    let by_uuid = format!("/%7B%7D/%7B1a2b3c4d-0000-4000-8000-000000000000%7D{}", statuses(""));
    let (accept, reject) = (json!("accept"), json!("reject"));
    let table = [
        row("update_without_type", reject.clone(), "PUT", &one, without_type, (200, 400)),
        row("other_key_in_update", accept.clone(), "PUT", &one, put("key", json!("other")), (400, 200)),
        row("partial_update", accept.clone(), "PUT", &one, partial, (400, 200)),
        row("null_members", reject.clone(), "POST", &build, post("description", json!(null)), (201, 400)),
        row("null_members", reject.clone(), "POST", &build, post("name", json!(null)), (201, 400)),
        row("null_members", reject.clone(), "PUT", &one, put("refname", json!(null)), (200, 400)),
        row("other_type", accept.clone(), "PUT", &one, put("type", json!("deployment")), (400, 200)),
        row("unknown_members", reject.clone(), "POST", &build, post("buildNumber", json!(1)), (201, 400)),
        row("localhost_url", reject.clone(), "POST", &build, post("url", json!("http://localhost/")), (201, 400)),
        row("slash_in_path", reject.clone(), "GET", &statuses("/build/ci%2Flint"), None, (200, 404)),
        row("trailing_slash", reject.clone(), "POST", &statuses("/build/"), Some(report("new")), (201, 404)),
        row("trailing_slash", reject.clone(), "GET", &statuses("/"), None, (200, 404)),
        row("fields", reject.clone(), "GET", &statuses("?fields=values.key"), None, (200, 400)),
        row("branch_as_commit", accept.clone(), "GET", "/commit/engine/statuses", None, (404, 200)),
        row("empty_workspace", reject.clone(), "GET", &by_uuid, None, (200, 404)),
        row("keys_that_differ_in_case", reject, "POST", &build, Some(report("UNIT-TESTS")), (201, 200)),
        row("ambiguous_update", accept, "PUT", &two, put("name", json!("which?")), (500, 200)),
        row("foreign_overwrite_status", json!(400), "POST", &build, Some(report("ci/lint")), (403, 400)),
        row("shortest_commit", json!(12), "GET", "/commit/e10dae2/statuses", None, (200, 404)),
        row("shortest_commit", json!(6), "GET", "/commit/e10dae/statuses", None, (404, 200)),
        row("name_limit", json!(null), "POST", &build, post("name", json!(long)), (400, 201)),
        row("description_limit", json!(3), "POST", &build, post("description", json!("long")), (201, 400)),
        row("url_limit", json!(30), "POST", &build, post("url", json!(format!("{URL}/artifacts"))), (201, 400)),
    ];
    let mut covered: BTreeSet<_> = ["api_token_as_bearer", "retry_after"].into();
    for Row { assumption, other, method, path, body, statuses } in table {
        let known = Assumptions::ALL.iter().find(|known| known.name == assumption).expect(assumption);
        let default = serde_json::from_str(known.default).unwrap();
        let mut received = Vec::new();
        for value in [default, other] {
            let sandbox = sandbox(assumption, &value).await;
            let line = format!("{method} /2.0/repositories{path}");
            received.push(send_to(&sandbox, &line, body.as_ref(), &bearer(Sandbox::TOKEN)).await.status);
        }
        assert_eq!(received, [statuses.0, statuses.1], "{assumption}: {method} {path} {body:?}");
        covered.insert(assumption);
    }
    assert_eq!(covered, Assumptions::ALL.iter().map(|assumption| assumption.name).collect());
}

#[tokio::test]
async fn an_api_token_is_accepted_as_bearer_only_if_that_is_assumed() {
    for (value, status) in [("reject", 401), ("accept", 200)] {
        let sandbox = sandbox("api_token_as_bearer", &json!(value)).await;
        let received = send_as(&sandbox, "GET", &statuses(""), None, &bearer("boss-token")).await;
        assert_eq!(received.status, status, "{value}");
    }
}

#[tokio::test]
async fn an_ambiguous_update_changes_the_latest_status_if_that_is_assumed() {
    let sandbox = sandbox("ambiguous_update", &json!("accept")).await;
    let update = json!({ "type": "build", "state": "FAILED", "url": URL });
    let updated = send(&sandbox, "PUT", &statuses("/build/two"), Some(update)).await;
    assert_eq!(updated.json()["refname"], "engine");
}

#[tokio::test]
async fn a_429_has_retry_after_only_if_that_is_assumed() {
    for has_header in [false, true] {
        let sandbox = sandbox("retry_after", &json!(has_header)).await;
        sandbox.set_rate_limit(Some(RateLimit { requests: 0, seconds: 3600 }));
        let received = send(&sandbox, "GET", &statuses(""), None).await;
        assert_eq!((received.status, received.header("retry-after").is_some()), (429, has_header));
    }
}

#[tokio::test]
async fn a_seed_is_loaded_at_the_start() {
    let seed = json!({
        "repositories": [{
            "name": "acme/rocket", "uuid": "{1a2b3c4d-0000-4000-8000-000000000000}", "public": true,
            "commits": [COMMIT],
            "statuses": [{ "commit": COMMIT, "author": "ci", "key": "old", "state": "FAILED", "url": URL }],
        }],
        "identities": [{ "name": "dev", "token": "dev-token" }],
        "assumptions": { "foreign_overwrite_status": 400 },
    });
    let seed = Seed::from_json(&seed.to_string()).unwrap();
    let sandbox = Sandbox::builder().seed(seed).start().await.unwrap();
    let dev = bearer("dev-token");
    let read = send_as(&sandbox, "GET", &statuses("/build/old"), None, &dev).await.json();
    assert_eq!(read["repository"]["uuid"], "{1a2b3c4d-0000-4000-8000-000000000000}");
    let foreign = send_as(&sandbox, "POST", &statuses("/build"), Some(report("old")), &dev).await;
    assert_eq!((foreign.status, foreign.rule()), (400, Some("author-only")));
}

#[tokio::test]
async fn a_seed_that_contradicts_itself_is_refused_and_its_member_named() {
    let other = "0".repeat(40);
    let status =
        |url: &str, member: &str| json!({ "commit": COMMIT, "key": "k", "state": "FAILED", "url": url, member: "x" });
    let table = [
        (json!({ "repositorys": [] }), "unknown field `repositorys`"),
        (json!({ "repositories": [{ "name": "rocket" }] }), "expected WORKSPACE/SLUG"),
        (json!({ "repositories": [{ "name": "a/b" }, { "name": "a/b" }] }), "expected once, got twice"),
        (json!({ "repositories": [{ "name": "a/b", "commits": ["e10dae226959"] }] }), "expected all 40 digits"),
        (json!({ "identities": [{ "name": "ci" }] }), "expected `token`"),
        (
            json!({ "repositories": [{
                "name": "a/b", "commits": [COMMIT],
                "statuses": [{ "commit": other, "key": "k", "state": "FAILED", "url": URL }],
            }] }),
            "rule commit-known",
        ),
        (
            json!({ "repositories": [{
                "name": "a/b", "commits": [COMMIT, format!("{}{}", &COMMIT[..7], "0".repeat(33))],
                "statuses": [{ "commit": &COMMIT[..7], "key": "k", "state": "FAILED", "url": URL }],
            }] }),
            "rule commit-unambiguous",
        ),
        (json!({ "repositories": [{ "name": "a/b", "statuses": [status("nope", "name")] }] }), "rule url-form"),
        (json!({ "repositories": [{ "name": "a/b", "statuses": [status(URL, "nmae")] }] }), "unknown field `nmae`"),
    ];
    for (seed, expected) in table {
        let error = match Seed::from_json(&seed.to_string()) {
            Ok(seed) => Sandbox::builder().seed(seed).start().await.expect_err(expected),
            Err(error) => error,
        };
        assert_eq!(error.kind(), ErrorKind::InvalidInput);
        assert!(error.to_string().contains(expected), "{error}");
    }
}

#[tokio::test]
async fn a_token_that_outlasts_the_clock_does_not_expire() {
    let seed = Seed::from_json(&json!({ "oauth_expires_in": u64::MAX }).to_string()).unwrap();
    let sandbox = Sandbox::builder().seed(seed).start().await.unwrap();
    let client = Client::builder()
        .base_url(sandbox.url())
        .oauth_token_url(sandbox.oauth_token_url())
        .credentials(Credentials::oauth(Sandbox::CLIENT_ID, Sandbox::CLIENT_SECRET).unwrap());
    let commit = client.build().unwrap().commit("acme", "rocket", COMMIT).unwrap();
    for state in [State::Inprogress, State::Successful] {
        commit.set("k", state, URL).send().await.unwrap();
    }
    assert_eq!(sandbox.journal().len(), 3, "one token for both");
}
