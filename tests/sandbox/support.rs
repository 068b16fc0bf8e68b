//! Shared by the tests: a commit, and requests as any HTTP client sends them.

use bitbucket_build_status::{Client, Commit, sandbox::Sandbox};
use serde_json::{Value, json};
use test_support::raw_client::{self, json_request};
pub(crate) use test_support::{COMMIT, raw_client::RawResponse};

pub(crate) const URL: &str = "https://ci.example.com/42";

/// The header line of an access token.
pub(crate) fn bearer(token: &str) -> String {
    format!("Authorization: Bearer {token}\r\n")
}

/// Sends a request to a path below `…/repositories/acme/rocket`, with the sandbox's own token.
pub(crate) async fn send(sandbox: &Sandbox, method: &str, path: &str, body: Option<Value>) -> RawResponse {
    send_as(sandbox, method, path, body, &bearer(Sandbox::TOKEN)).await
}

/// Like [`send`], but with these header lines instead of the token.
pub(crate) async fn send_as(
    sandbox: &Sandbox,
    method: &str,
    path: &str,
    body: Option<Value>,
    lines: &str,
) -> RawResponse {
    send_to(sandbox, &format!("{method} /2.0/repositories/acme/rocket{path}"), body.as_ref(), lines).await
}

/// Sends a request with this method and target, an optional JSON body and these header lines.
pub(crate) async fn send_to(sandbox: &Sandbox, line: &str, body: Option<&Value>, lines: &str) -> RawResponse {
    let request = json_request(&sandbox.address().to_string(), line, lines, body);
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

/// A client of the sandbox with this many retries.
pub(crate) fn client(sandbox: &Sandbox, max_retries: u32) -> Client {
    let builder = Client::builder().base_url(sandbox.url()).credentials(sandbox.credentials());
    builder.max_retries(max_retries).build().expect("a client")
}

/// The commit, by the library's client.
pub(crate) fn commit(sandbox: &Sandbox) -> Commit {
    client(sandbox, 0).commit("acme", "rocket", COMMIT).expect("a commit")
}
