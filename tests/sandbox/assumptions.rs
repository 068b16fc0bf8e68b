use bitbucket_build_status::{
    Client, Credentials, ErrorKind, State,
    sandbox::{Assumptions, Policy, Sandbox, Seed},
};
use serde_json::{Value, json};

use crate::support::{COMMIT, RawResponse, URL, report, send, statuses};

/// What a request comes to before and after a switch is turned.
async fn turned(assumptions: Assumptions, method: &str, path: &str, body: Option<Value>) -> (RawResponse, RawResponse) {
    let mut came = Vec::new();
    for assumptions in [Assumptions::default(), assumptions] {
        let hash = COMMIT.parse().unwrap();
        let builder = Sandbox::builder().pull_request("acme/rocket", 7, "engine", &hash);
        let sandbox = builder.assumptions(assumptions).start().await.unwrap();
        for key in ["unit-tests", "ci/lint"] {
            send(&sandbox, "POST", &statuses("/build"), Some(report(key))).await;
        }
        came.push(send(&sandbox, method, path, body.clone()).await);
    }
    let after = came.pop().unwrap();
    (came.pop().unwrap(), after)
}

#[tokio::test]
async fn each_switch_changes_what_nobody_knows() {
    let default = Assumptions::default;
    let (build, one) = (statuses("/build"), statuses("/build/unit-tests"));
    let put = |member: &str, value: &str| {
        let mut body = json!({ "type": "build", "state": "FAILED", "url": URL });
        body[member] = value.into();
        Some(body)
    };
    let post = |member: &str, value: &str| {
        let mut body = report("new");
        body[member] = value.into();
        Some(body)
    };
    let (accept, refuse) = (Policy::Accept, Policy::Reject);
    let partial = Some(json!({ "type": "build", "state": "FAILED" }));
    let table = [
        (Assumptions { other_key_in_update: accept, ..default() }, "PUT", &one, put("key", "other"), 400, 200),
        (Assumptions { partial_update: accept, ..default() }, "PUT", &one, partial, 400, 200),
        (Assumptions { other_type: accept, ..default() }, "PUT", &one, put("type", "deployment"), 400, 200),
        (Assumptions { unknown_members: refuse, ..default() }, "POST", &build, post("buildNumber", "1"), 201, 400),
        (
            Assumptions { localhost_url: refuse, ..default() },
            "POST",
            &build,
            post("url", "http://localhost/"),
            201,
            400,
        ),
        (Assumptions { slash_in_path: refuse, ..default() }, "GET", &statuses("/build/ci%2Flint"), None, 200, 404),
        (
            Assumptions { branch_as_commit: accept, ..default() },
            "GET",
            &"/commit/engine/statuses".into(),
            None,
            404,
            200,
        ),
        (
            Assumptions { keys_that_differ_in_case: refuse, ..default() },
            "POST",
            &build,
            Some(report("UNIT-TESTS")),
            201,
            200,
        ),
        (Assumptions { shortest_commit: 7, ..default() }, "GET", &"/commit/e10dae2/statuses".into(), None, 404, 200),
        (Assumptions { name_limit: None, ..default() }, "POST", &build, post("name", &"n".repeat(256)), 400, 201),
        (
            Assumptions { description_limit: Some(3), ..default() },
            "POST",
            &build,
            post("description", "long"),
            201,
            400,
        ),
        (Assumptions { url_limit: Some(3), ..default() }, "POST", &build, Some(report("new")), 201, 400),
    ];
    for (assumptions, method, path, body, before, after) in table {
        let description = format!("{method} {path} {body:?}");
        let came = turned(assumptions, method, path, body).await;
        assert_eq!((came.0.status, came.1.status), (before, after), "{description}: {came:?}");
    }
}

#[tokio::test]
async fn an_ambiguous_update_means_the_latest_where_the_switch_says_so() {
    let assumptions = Assumptions { ambiguous_update: Policy::Accept, ..Assumptions::default() };
    let sandbox = Sandbox::builder().assumptions(assumptions).start().await.unwrap();
    for refname in ["main", "engine"] {
        let mut body = report("unit-tests");
        body["refname"] = refname.into();
        send(&sandbox, "POST", &statuses("/build"), Some(body)).await;
    }
    let body = json!({ "type": "build", "state": "FAILED", "url": URL });
    let came = send(&sandbox, "PUT", &statuses("/build/unit-tests"), Some(body)).await;
    assert_eq!(came.json()["refname"], "engine");
}

#[tokio::test]
async fn a_seed_is_there_from_the_start() {
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
    let read = send(&sandbox, "GET", &statuses("/build/old"), None).await.json();
    assert_eq!(read["repository"]["uuid"], "{1a2b3c4d-0000-4000-8000-000000000000}");
    let dev = "Authorization: Bearer dev-token\r\n";
    let foreign = crate::support::send_as(&sandbox, "POST", &statuses("/build"), Some(report("old")), dev).await;
    assert_eq!((foreign.status, foreign.rule()), (400, Some("author-only")));
}

#[tokio::test]
async fn a_seed_that_contradicts_itself_is_refused_with_its_place() {
    let other = "0".repeat(40);
    let status =
        |url: &str, member: &str| json!({ "commit": COMMIT, "key": "k", "state": "FAILED", "url": url, member: "x" });
    let table = [
        (json!({ "repositorys": [] }), "unknown field `repositorys`"),
        (json!({ "repositories": [{ "name": "rocket" }] }), "expected WORKSPACE/SLUG"),
        (json!({ "repositories": [{ "name": "a/b" }, { "name": "a/b" }] }), "expected it once"),
        (json!({ "repositories": [{ "name": "a/b", "commits": ["e10dae226959"] }] }), "expected all 40 digits"),
        (json!({ "identities": [{ "name": "ci" }] }), "expected `token`"),
        (
            json!({ "repositories": [{
                "name": "a/b", "commits": [COMMIT],
                "statuses": [{ "commit": other, "key": "k", "state": "FAILED", "url": URL }],
            }] }),
            "expected a commit that is known",
        ),
        (json!({ "repositories": [{ "name": "a/b", "statuses": [status("nope", "name")] }] }), "status k: refused"),
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
        .oauth_token_url(format!("http://{}/site/oauth2/access_token", sandbox.address()))
        .credentials(Credentials::oauth("id", "secret").unwrap());
    let commit = client.build().unwrap().commit("acme", "rocket", COMMIT).unwrap();
    for state in [State::Inprogress, State::Successful] {
        commit.set("k", state, URL).send().await.unwrap();
    }
    assert_eq!(sandbox.journal().len(), 3, "one token for both");
}
