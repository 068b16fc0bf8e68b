//! What the tests share: a commit, and requests as any HTTP client sends them.

use bitbucket_build_status::{Client, Commit, sandbox::Sandbox};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

pub(crate) const COMMIT: &str = "e10dae226959c2194f2b07b077c07762d93821cf";
pub(crate) const URL: &str = "https://ci.example.com/42";

/// What came back.
#[derive(Debug)]
pub(crate) struct Came {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) text: String,
}

impl Came {
    #[track_caller]
    pub(crate) fn read(bytes: &[u8]) -> Self {
        let text = String::from_utf8_lossy(bytes);
        let (head, text) = text.split_once("\r\n\r\n").unwrap_or_else(|| panic!("no whole head: {text:?}"));
        let status = head.split(' ').nth(1).and_then(|status| status.parse().ok());
        let status = status.unwrap_or_else(|| panic!("no status: {head:?}"));
        Self { status, head: head.to_owned(), text: text.to_owned() }
    }

    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|problem| panic!("{problem}: {self:?}"))
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let mut lines = self.head.lines().filter_map(|line| line.split_once(": "));
        lines.find(|(other, _)| other.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    }

    pub(crate) fn rule(&self) -> Option<&str> {
        self.header("x-sandbox-rule")
    }
}

/// Sends these bytes and reads until the sandbox closes the connection.
pub(crate) async fn raw(sandbox: &Sandbox, request: &[u8]) -> Came {
    let mut stream = TcpStream::connect(sandbox.address()).await.expect("a connection");
    stream.write_all(request).await.expect("a request that is taken");
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.expect("a whole answer");
    Came::read(&answer)
}

/// Sends a request to a path below `…/repositories/acme/rocket`.
pub(crate) async fn send(sandbox: &Sandbox, method: &str, path: &str, body: Option<Value>) -> Came {
    send_as(sandbox, method, path, body, "").await
}

/// As [`send`], with more header lines.
pub(crate) async fn send_as(sandbox: &Sandbox, method: &str, path: &str, body: Option<Value>, lines: &str) -> Came {
    let body = body.map(|body| body.to_string()).unwrap_or_default();
    let request = format!(
        "{method} /2.0/repositories/acme/rocket{path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\
         Content-Type: application/json\r\nContent-Length: {}\r\n{lines}\r\n{body}",
        sandbox.address(),
        body.len(),
    );
    raw(sandbox, request.as_bytes()).await
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
