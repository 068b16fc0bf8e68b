//! What the tests share: a commit, and requests as any HTTP client sends them.

use bitbucket_build_status::{Client, Commit, sandbox::Sandbox};
use serde_json::{Value, json};
use test_support::raw_client::{self, json_request};
pub(crate) use test_support::{COMMIT, raw_client::RawResponse};

pub(crate) const URL: &str = "https://ci.example.com/42";

/// Sends a request to a path below `…/repositories/acme/rocket`.
pub(crate) async fn send(sandbox: &Sandbox, method: &str, path: &str, body: Option<Value>) -> RawResponse {
    send_as(sandbox, method, path, body, "").await
}

/// As [`send`], with more header lines.
pub(crate) async fn send_as(
    sandbox: &Sandbox,
    method: &str,
    path: &str,
    body: Option<Value>,
    lines: &str,
) -> RawResponse {
    let line = format!("{method} /2.0/repositories/acme/rocket{path}");
    let request = json_request(&sandbox.address().to_string(), &line, lines, body.as_ref());
    raw_client::send(sandbox.address(), &request).await
}

/// The path of the commit's statuses.
pub(crate) fn statuses(rest: &str) -> String {
    format!("/commit/{COMMIT}/statuses{rest}")
}

/// A body that creates a status.
pub(crate) fn report(key: &str) -> Value {
    json!({ "key": key, "state": "INPROGRESS", "url": URL })
}

/// The library's own way to the commit.
pub(crate) fn commit(sandbox: &Sandbox) -> Commit {
    let client = Client::builder().base_url(sandbox.url()).max_retries(0).build().expect("a client");
    client.commit("acme", "rocket", COMMIT).expect("a commit")
}
