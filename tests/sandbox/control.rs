use std::collections::BTreeSet;

use bitbucket_build_status::sandbox::{Fault, Identity, RateLimit, Sandbox, Seed};
use serde_json::{Value, json};
use test_support::raw_client::{self, RawResponse, request};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

use crate::{
    json_schema::named_schema,
    support::{COMMIT, bearer, report, send, send_as, send_to, statuses},
};

const DESCRIPTION: &str = include_str!("../../docs/sandbox-api.json");

/// Sends a request below `/_sandbox`, without credentials.
async fn control(sandbox: &Sandbox, line: &str, body: Option<&Value>) -> RawResponse {
    let (method, path) = line.split_once(' ').unwrap();
    send_to(sandbox, &format!("{method} /_sandbox{path}"), body, "").await
}

/// Like [`control`], but with a body that is any text.
async fn control_text(sandbox: &Sandbox, line: &str, body: &str, lines: &str) -> RawResponse {
    let (method, path) = line.split_once(' ').unwrap();
    let lines = format!("Content-Length: {}\r\n{lines}", body.len());
    let request = request("localhost", &format!("{method} /_sandbox{path}"), &lines, body.as_bytes());
    raw_client::send(sandbox.address(), &request).await
}

/// The schema of a response, in the form of JSON Schema; none if the description does not have that response.
fn response_schema(description: &Value, path: &str, method: &str, status: u16) -> Option<Value> {
    let response = &description["paths"][path][method.to_lowercase()]["responses"][status.to_string()];
    let response = match response["$ref"].as_str() {
        Some(reference) => description.pointer(&reference[1..])?,
        None => response,
    };
    let mut wrapper = description.clone();
    wrapper["components"]["schemas"]["Response"] = response["content"]["application/json"]["schema"].clone();
    (!wrapper["components"]["schemas"]["Response"].is_null()).then(|| named_schema(&wrapper, "Response"))
}

#[tokio::test]
async fn the_server_and_its_description_are_the_same() {
    let description: Value = serde_json::from_str(DESCRIPTION).unwrap();
    let sandbox = Sandbox::start().await.unwrap();
    send(&sandbox, "POST", &statuses("/build"), Some(report("k"))).await;
    send(&sandbox, "GET", "/nothing", None).await;
    sandbox.fault(Fault::ResetBeforeReading.on("GET").path_contains("cut"));
    let cut = request("localhost", "GET /2.0/cut", "", b"");
    assert!(raw_client::try_send(sandbox.address(), &cut).await.is_none());
    let every_fault = json!([
        { "fault": "rate-limited" },
        { "fault": "rate-limited", "retry_after": 1 },
        { "fault": "rate-limited", "retry_after": "soon", "times": 2 },
        { "fault": "rate-limited", "retry_after_date": 5 },
        { "fault": "rate-limited", "rate_limit_reset": 745 },
        { "fault": "html" },
        { "fault": "html", "status": 502, "method": "put", "path_contains": "/build" },
        { "fault": "delay", "milliseconds": 10 },
        { "fault": "reset-before-reading" },
        { "fault": "reset-after-applying" },
        { "fault": "truncated-body" },
        { "fault": "wrong-content-type" },
        { "fault": "unknown-state", "state": "PAUSED" },
        { "fault": "extra-members" },
        { "fault": "null-members" },
    ]);
    let one = json!({ "fault": "html" });
    let seed = json!({ "repositories": [{ "name": "acme/rocket" }], "rate_limit": null });
    let wrong = json!({ "fault": "html", "tmies": 2 });
    let table = [
        ("GET", "/health", None, 200),
        ("GET", "/requests", None, 200),
        ("POST", "/faults", Some(&every_fault), 201),
        ("POST", "/faults", Some(&one), 201),
        ("POST", "/faults", Some(&wrong), 400),
        ("GET", "/faults", None, 200),
        ("DELETE", "/faults", None, 200),
        ("POST", "/reset", None, 200),
        ("POST", "/reset", Some(&seed), 200),
        ("POST", "/reset", Some(&wrong), 400),
    ];
    let mut met = BTreeSet::new();
    for (method, path, body, status) in table {
        let response = control(&sandbox, &format!("{method} {path}"), body).await;
        assert_eq!(response.status, status, "{method} {path}: {response:?}");
        assert_eq!(response.header("content-type"), Some("application/json; charset=utf-8"));
        let schema = response_schema(&description, path, method, status).expect("a response that is described");
        let validator = jsonschema::validator_for(&schema).unwrap();
        let problems: Vec<_> = validator.iter_errors(&response.json()).map(|problem| problem.to_string()).collect();
        assert!(problems.is_empty(), "{method} {path}: {problems:?} in {response:?}");
        met.insert((path, method));
    }
    // The server has every path and method of the description, and no others.
    for (path, methods) in description["paths"].as_object().unwrap() {
        for method in ["GET", "PUT", "POST", "DELETE", "PATCH"] {
            let described = !methods[method.to_lowercase()].is_null();
            assert_eq!(met.contains(&(path.as_str(), method)), described, "{method} {path}");
            if !described {
                let response = control(&sandbox, &format!("{method} {path}"), None).await;
                assert_eq!((response.status, response.rule()), (405, Some("api-method")), "{method} {path}");
            }
        }
    }
    for path in ["", "/", "/nothing", "/faults/1"] {
        assert_eq!(control(&sandbox, &format!("GET {path}"), None).await.status, 404, "{path}");
    }
    let fault_schema = jsonschema::validator_for(&named_schema(&description, "Fault")).unwrap();
    assert!(every_fault.as_array().unwrap().iter().all(|fault| fault_schema.is_valid(fault)));
    let names = description["components"]["schemas"]["Fault"]["properties"]["fault"]["enum"].as_array().unwrap();
    let used: BTreeSet<_> = every_fault.as_array().unwrap().iter().map(|fault| fault["fault"].to_string()).collect();
    assert_eq!(used, names.iter().map(Value::to_string).collect(), "every fault is described");
}

#[tokio::test]
async fn requests_from_a_web_page_or_for_an_unknown_host_are_refused() {
    let sandbox = Sandbox::start().await.unwrap();
    for line in ["GET /health", "GET /requests", "POST /faults", "DELETE /faults", "POST /reset"] {
        for origin in ["https://evil.example", "null", &format!("http://{}", sandbox.address())] {
            let response = control_text(&sandbox, line, "", &format!("Origin: {origin}\r\n")).await;
            assert_eq!((response.status, response.rule()), (403, Some("no-origin")), "{line} {origin}");
        }
        let (method, path) = line.split_once(' ').unwrap();
        let elsewhere = request("evil.example", &format!("{method} /_sandbox{path}"), "", b"");
        let response = raw_client::send(sandbox.address(), &elsewhere).await;
        assert_eq!((response.status, response.rule()), (421, Some("host-known")), "{line}");
    }
}

#[tokio::test]
async fn what_was_received_is_listed_without_secrets() {
    let sandbox = Sandbox::builder().identity(Identity::access_token("ci", "s3cret")).start().await.unwrap();
    send_as(&sandbox, "POST", &statuses("/build?x=1"), Some(report("k")), &bearer("s3cret")).await;
    sandbox.fault(Fault::Html(503));
    send_as(&sandbox, "GET", &statuses("?access_token=s3cret"), None, "Cookie: s3cret\r\n").await;
    control(&sandbox, "GET /health", None).await;
    let listed = control(&sandbox, "GET /requests", None).await;
    assert!(!listed.text.contains("s3cret"), "{listed:?}");
    let requests = listed.json()["requests"].clone();
    assert_eq!(requests.as_array().unwrap().len(), 2, "requests to `/_sandbox` are not listed");
    let expected = json!({
        "number": 1, "method": "POST", "query": "x=1", "identity": "ci", "status": 201, "rule": null, "fault": null,
        "path": format!("/2.0/repositories/acme/rocket{}", statuses("/build")),
        "json": report("k"), "body": report("k").to_string(),
    });
    for (name, value) in expected.as_object().unwrap() {
        assert_eq!(&requests[0][name], value, "{name}");
    }
    assert_eq!(requests[0]["headers"]["authorization"], "<redacted>");
    assert_eq!((&requests[1]["fault"], &requests[1]["json"]), (&json!("html"), &Value::Null));
}

#[tokio::test]
async fn faults_are_planned_listed_injected_and_cleared() {
    let sandbox = Sandbox::start().await.unwrap();
    let plan = json!([
        { "fault": "html", "status": 502, "times": 2, "method": "get" },
        { "fault": "rate-limited", "retry_after": 7, "path_contains": "/statuses" },
    ]);
    let planned = control(&sandbox, "POST /faults", Some(&plan)).await.json();
    assert_eq!(planned["faults"][0], json!({ "fault": "html", "status": 502, "times": 2, "method": "GET" }));
    let get = async || send(&sandbox, "GET", &statuses(""), None).await;
    assert_eq!(get().await.status, 502);
    assert_eq!(control(&sandbox, "GET /faults", None).await.json()["faults"][0]["times"], 1);
    assert_eq!(get().await.status, 502);
    let limited = get().await;
    assert_eq!((limited.status, limited.header("retry-after")), (429, Some("7")));
    assert_eq!(get().await.status, 200);
    control(&sandbox, "POST /faults", Some(&json!({ "fault": "html", "times": 100 }))).await;
    assert_eq!(control(&sandbox, "DELETE /faults", None).await.json(), json!({ "faults": [] }));
    assert_eq!(get().await.status, 200);
}

#[tokio::test]
async fn a_400_names_the_member_that_is_wrong() {
    let sandbox = Sandbox::start().await.unwrap();
    let table = [
        ("POST /faults", r#"{"fault": "html", "tmies": 2}"#, "unknown field `tmies`"),
        ("POST /faults", r#"{"fault": "html", "times": "two"}"#, "times: invalid type: string \"two\""),
        ("POST /faults", r#"{"fault": "smash"}"#, "fault: expected the name of a fault"),
        ("POST /faults", r#"{"times": 2}"#, "fault: expected the name of a fault"),
        ("POST /faults", r#"{"fault": "html", "status": 99}"#, "status: expected 200 to 599, got 99"),
        (
            "POST /faults",
            r#"{"fault": "delay", "status": 503}"#,
            "status: only the fault html has this member, not \"delay\"",
        ),
        ("POST /faults", r#"{"fault": "delay"}"#, "milliseconds: the fault delay needs it"),
        ("POST /faults", r#"{"fault": "unknown-state"}"#, "state: the fault unknown-state needs it"),
        (
            "POST /faults",
            r#"{"fault": "rate-limited", "retry_after": 1, "rate_limit_reset": 1}"#,
            "retry_after: expected one of",
        ),
        ("POST /faults", r#"[{"fault": "html"}, {"fault": "html", "times": -1}]"#, "[1].times: invalid value"),
        ("POST /faults", "", "EOF"),
        ("POST /faults", "{} {}", "fault: expected"),
        ("POST /reset", r#"{"repositorys": []}"#, "unknown field `repositorys`"),
        ("POST /reset", r#"{"repositories": [{"name": 7}]}"#, "repositories[0].name: invalid type: integer `7`"),
        ("POST /reset", r#"{"repositories": [{"name": "rocket"}]}"#, "repository: expected WORKSPACE/SLUG"),
        (
            "POST /reset",
            r#"{"assumptions": {"partial_update": "maybe"}}"#,
            "assumptions.partial_update: unknown variant",
        ),
        ("POST /reset", r#"{"faults": [{"fault": "html", "status": 600}]}"#, "faults[0]: status: expected 200 to 599"),
        ("POST /reset", r#"{"identities": [{"name": "ci"}]}"#, "identity \"ci\": expected `token`"),
        ("POST /reset", "nonsense", "expected"),
    ];
    for (line, body, expected) in table {
        let response = control_text(&sandbox, line, body, "").await;
        assert_eq!((response.status, response.rule()), (400, Some("control-body")), "{body}: {response:?}");
        let message = response.json()["error"]["message"].as_str().unwrap().to_owned();
        assert!(message.contains(expected), "{body}: {message}");
    }
    assert_eq!(control(&sandbox, "GET /faults", None).await.json()["faults"], json!([]), "nothing was planned");
}

#[tokio::test]
async fn a_reset_resets_everything() {
    let seed = json!({
        "repositories": [{ "name": "acme/rocket", "statuses": [
            { "commit": COMMIT, "key": "seeded", "state": "FAILED", "url": "https://ci.example.com/1" },
        ] }],
        "faults": [{ "fault": "html", "path_contains": "/first" }],
        "rate_limit": { "requests": 3, "seconds": 3600 },
    });
    let seed = Seed::from_json(&seed.to_string()).unwrap();
    let sandbox = Sandbox::builder().seed(seed.clone()).start().await.unwrap();
    let keys = async || -> Vec<String> {
        let list = send(&sandbox, "GET", &statuses(""), None).await.json();
        list["values"].as_array().unwrap().iter().map(|status| status["key"].as_str().unwrap().to_owned()).collect()
    };
    send(&sandbox, "POST", &statuses("/build"), Some(report("later"))).await;
    assert_eq!(keys().await, ["seeded", "later"]);
    sandbox.fault(Fault::Html(503).on("GET"));
    let token = async || {
        let form = "grant_type=client_credentials&client_id=sandbox-client&client_secret=sandbox-secret";
        let lines = format!("Content-Length: {}\r\n", form.len());
        let request = request("localhost", "POST /site/oauth2/access_token", &lines, form.as_bytes());
        let response = raw_client::send(sandbox.address(), &request).await.json();
        response["access_token"].as_str().unwrap().to_owned()
    };
    let old = token().await;
    assert_eq!(control(&sandbox, "POST /reset", None).await.status, 200);
    assert_eq!(sandbox.journal().len(), 0);
    let plan = control(&sandbox, "GET /faults", None).await.json();
    assert_eq!(plan["faults"], json!([{ "fault": "html", "status": 503, "times": 1, "path_contains": "/first" }]));
    let stale = send_as(&sandbox, "GET", &statuses(""), None, &bearer(&old)).await;
    assert_eq!(stale.status, 401, "the token is forgotten");
    assert_eq!(keys().await, ["seeded"], "the rate limit starts anew");
    assert_eq!(sandbox.journal()[0].number, 1);
    // Another seed, by the library and as JSON.
    sandbox.set_rate_limit(Some(RateLimit { requests: 0, seconds: 1 }));
    let other = json!({ "identities": [{ "name": "ci", "token": "ci-token" }] });
    sandbox.reset(Seed::from_json(&other.to_string()).unwrap()).unwrap();
    assert_eq!(send_as(&sandbox, "GET", &statuses(""), None, &bearer("ci-token")).await.status, 200);
    assert_eq!(send(&sandbox, "GET", &statuses(""), None).await.status, 401);
    let commit = sandbox.client().commit("acme", "rocket", COMMIT).unwrap();
    assert!(commit.statuses().all().await.unwrap().is_empty(), "a new client has the current credentials");
    let refused = control_text(&sandbox, "POST /reset", r#"{"identities": [{"name": "ci"}]}"#, "").await;
    assert_eq!(refused.status, 400);
    assert_eq!(send_as(&sandbox, "GET", &statuses(""), None, &bearer("ci-token")).await.status, 200, "nothing changed");
    let written = serde_json::to_value(&seed).unwrap();
    assert_eq!(control(&sandbox, "POST /reset", Some(&written)).await.status, 200, "a seed that was written is read");
    assert_eq!(keys().await, ["seeded"]);
}

#[tokio::test]
async fn a_request_in_flight_is_not_applied_after_a_reset() {
    let sandbox = Sandbox::start().await.unwrap();
    sandbox.fault(Fault::WrongContentType.on("POST"));
    let body = report("late").to_string();
    let line = format!("POST /2.0/repositories/acme/rocket{}", statuses("/build"));
    let lines =
        format!("Content-Type: application/json\r\nContent-Length: {}\r\n{}", body.len(), bearer(Sandbox::TOKEN));
    let mut stream = TcpStream::connect(sandbox.address()).await.unwrap();
    stream.write_all(&request("localhost", &line, &lines, b"")).await.unwrap();
    // Its fault is removed from the plan when its head has arrived.
    while control(&sandbox, "GET /faults", None).await.json()["faults"] != json!([]) {
        tokio::task::yield_now().await;
    }
    sandbox.reset(None).unwrap();
    stream.write_all(body.as_bytes()).await.unwrap();
    let mut response = Vec::new();
    let _reset = stream.read_to_end(&mut response).await;
    assert!(response.is_empty(), "the connection is reset");
    assert!(sandbox.journal().is_empty());
    assert_eq!(send(&sandbox, "GET", &statuses(""), None).await.json()["size"], 0);
}
