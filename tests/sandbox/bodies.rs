use bitbucket_build_status::sandbox::{Assumptions, Policy, Sandbox};
use serde_json::{Value, json};
use test_support::raw_client::{self, RawResponse, request};

use crate::support::{COMMIT, URL, bearer, report, send, statuses};

/// Sends a body of this type.
async fn send_body(sandbox: &Sandbox, line: &str, content_type: &str, body: &str) -> RawResponse {
    let lines = format!("Content-Type: {content_type}\r\nContent-Length: {}\r\n", body.len());
    let lines = lines + &bearer(Sandbox::TOKEN);
    raw_client::send(sandbox.address(), &request("localhost", line, &lines, body.as_bytes())).await
}

const FORM: &str = "application/x-www-form-urlencoded";

#[tokio::test]
async fn a_form_is_accepted() {
    let sandbox = Sandbox::start().await.unwrap();
    let build = format!("POST /2.0/repositories/acme/rocket/commit/{}/statuses/build", &COMMIT[..7]);
    let form =
        "state=SUCCESSFUL&key=codecov-context&name=Coverage+42%25&url=https%3A%2F%2Flocalhost%3A50036%2F&description=";
    let created = send_body(&sandbox, &build, FORM, form).await;
    assert_eq!(created.status, 201, "{created:?}");
    let created = created.json();
    assert_eq!((&created["name"], &created["description"]), (&json!("Coverage 42%"), &json!("")));
    assert_eq!((&created["url"], &created["refname"]), (&json!("https://localhost:50036/"), &Value::Null));
    let one = format!("PUT /2.0/repositories/acme/rocket/commit/{}/statuses/build/codecov-context", &COMMIT[..7]);
    let form = "state=FAILED&url=https%3A%2F%2Fci.example.com";
    let updated = send_body(&sandbox, &one, "application/x-www-form-urlencoded; charset=utf-8", form).await;
    assert_eq!((updated.status, &updated.json()["state"]), (200, &json!("FAILED")));
    let missing = send_body(&sandbox, &build, FORM, "state=FAILED").await;
    let fields = json!({ "key": "required key not provided", "url": "required key not provided" });
    assert_eq!((missing.status, &missing.json()["error"]["fields"]), (400, &fields));
    for other in ["text/plain", "multipart/form-data; boundary=x", ""] {
        let refused = send_body(&sandbox, &build, other, "key=k&state=FAILED").await;
        assert_eq!((refused.status, refused.rule()), (400, Some("body-json")), "{other}");
    }
}

#[tokio::test]
async fn a_status_that_was_read_can_be_put_back() {
    let strict = Assumptions { unknown_members: Policy::Reject, ..Assumptions::default() };
    for assumptions in [Assumptions::default(), strict] {
        let sandbox = Sandbox::builder().assumptions(assumptions).start().await.unwrap();
        for (key, refname) in [("k", Value::Null), ("l", json!("main"))] {
            let mut body = report(key);
            body["refname"] = refname;
            send(&sandbox, "POST", &statuses("/build"), Some(body)).await;
            let one = statuses(&format!("/build/{key}"));
            let read = send(&sandbox, "GET", &one, None).await.json();
            let put = send(&sandbox, "PUT", &one, Some(read.clone())).await;
            assert_eq!(put.status, 200, "{put:?}");
            let mut expected = read;
            expected["updated_on"] = put.json()["updated_on"].clone();
            assert_eq!(put.json(), expected);
        }
    }
}

#[tokio::test]
async fn null_is_the_same_as_leaving_a_member_out() {
    let sandbox = Sandbox::start().await.unwrap();
    let body =
        json!({ "key": "k", "state": "INPROGRESS", "url": URL, "name": null, "description": null, "refname": null });
    let created = send(&sandbox, "POST", &statuses("/build"), Some(body)).await;
    assert_eq!(created.status, 201, "{created:?}");
    assert_eq!((&created.json()["name"], &created.json()["description"]), (&json!(""), &json!("")));
    let update = json!({ "state": "FAILED", "url": URL, "name": "Unit tests" });
    assert_eq!(send(&sandbox, "PUT", &statuses("/build/k"), Some(update)).await.json()["name"], "Unit tests");
    let update = json!({ "state": "FAILED", "url": URL, "name": null });
    assert_eq!(send(&sandbox, "PUT", &statuses("/build/k"), Some(update)).await.json()["name"], "Unit tests");
}

#[tokio::test]
async fn fields_select_members_of_the_response() {
    let sandbox = Sandbox::start().await.unwrap();
    let created = send(&sandbox, "POST", &statuses("/build?fields=key,commit.hash"), Some(report("k"))).await;
    assert_eq!((created.status, created.json()), (201, json!({ "key": "k", "commit": { "hash": COMMIT } })));
    let list = send(&sandbox, "GET", &statuses("?fields=values.state,size"), None).await.json();
    assert_eq!(list, json!({ "size": 1, "values": [{ "state": "INPROGRESS" }] }));
    let missing = send(&sandbox, "GET", &statuses("/build/absent?fields=key"), None).await.json();
    assert_eq!(missing["error"]["message"], "Build status not found", "an error is complete");
}
