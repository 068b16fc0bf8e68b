use std::time::Duration;

use bitbucket_build_status::sandbox::Sandbox;
use serde_json::Value;
use test_support::raw_client::{self, RawResponse, try_send};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

use crate::support::{COMMIT, bearer, send, statuses};

/// A request with this request line, header lines and body, and with credentials.
fn request(line: &str, lines: &str, body: &[u8]) -> Vec<u8> {
    raw_client::request("localhost", line, &format!("{}{lines}", bearer(Sandbox::TOKEN)), body)
}

fn post(lines: &str, body: &[u8]) -> Vec<u8> {
    let length = format!("Content-Length: {}\r\n{lines}", body.len());
    request(&format!("POST /2.0/repositories/acme/rocket/commit/{COMMIT}/statuses/build"), &length, body)
}

fn json(body: &[u8]) -> Vec<u8> {
    post("Content-Type: application/json\r\n", body)
}

fn chunked(body: &[u8]) -> Vec<u8> {
    let line = format!("POST /2.0/repositories/acme/rocket/commit/{COMMIT}/statuses/build");
    request(&line, "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n", body)
}

fn get(path: &str) -> Vec<u8> {
    request(&format!("GET {path}"), "", b"")
}

/// A body in one of the recorded forms: JSON with a message, text, an HTML page, or nothing.
#[track_caller]
fn assert_bitbuckets_form(name: &str, response: &RawResponse) {
    let has_recorded_form = match response.header("content-type") {
        Some("application/json; charset=utf-8") => {
            let body: Value = response.json();
            body["type"] == "error" && body["error"]["message"].is_string()
        }
        Some("text/plain; charset=utf-8" | "text/html; charset=utf-8") => !response.text.is_empty(),
        None => response.text.is_empty(),
        Some(_) => false,
    };
    assert!(has_recorded_form, "{name}: {response:?}");
    assert!((400..500).contains(&response.status), "{name}: {response:?}");
}

#[tokio::test]
async fn hostile_requests_are_refused_in_bitbuckets_form_and_the_server_keeps_responding() {
    let list = format!("/2.0/repositories/acme/rocket/commit/{COMMIT}/statuses");
    let many = "X-Bomb: 1\r\n".repeat(1_000);
    let long = format!("X-Bomb: {}\r\n", "x".repeat(100_000));
    let deep = [b"[".repeat(100_000), b"]".repeat(100_000)].concat();
    let encoded = "Content-Length: 2\r\nContent-Type: application/json\r\nContent-Encoding: gzip\r\n";
    let table: Vec<(&str, Vec<u8>)> = vec![
        ("a method of its own", request(&format!("SMASH {list}"), "", b"")),
        ("a DELETE", request(&format!("DELETE {list}/build/k"), "", b"")),
        ("a PUT on a list", request(&format!("PUT {list}"), "", b"")),
        ("a path of another API", get("/1.0/repositories")),
        ("the root", get("/")),
        ("no base", get(&list["/2.0".len()..])),
        ("dots", get("/2.0/repositories/../../../etc/passwd")),
        ("dots in a segment", get("/2.0/repositories/%2e%2e/%2e%2e/commit/%2e%2e/statuses")),
        ("empty segments", get("/2.0/repositories///commit//statuses")),
        ("a NUL", get("/2.0/repositories/a%00b/rocket/commit/x/statuses")),
        ("bytes that are no UTF-8", get("/2.0/repositories/%FF%FE/rocket/commit/x/statuses")),
        ("half an escape", get("/2.0/repositories/acme/rocket/commit/%E0%A4%A/statuses")),
        ("a long path", get(&format!("/2.0/repositories/{}/b/commit/c/statuses", "a".repeat(20_000)))),
        ("a long query", get(&format!("{list}?page={}", "9".repeat(20_000)))),
        ("a page before the first", get(&format!("{list}?page=-1"))),
        ("a filter", get(&format!("{list}?q=%00%FF"))),
        ("another server's address", get("http://example.com/2.0")),
        ("an asterisk", request("OPTIONS *", "", b"")),
        ("no body", request(&format!("POST {list}/build"), "Content-Type: application/json\r\n", b"")),
        ("an empty body", json(b"")),
        ("half of JSON", json(b"{\"key\": \"k\", \"state\":")),
        ("JSON and more", json(b"{} {}")),
        ("no object", json(b"\"key\"")),
        ("deep JSON", json(&deep)),
        ("Latin-1", json(b"{\"key\": \"\xE9\"}")),
        ("a byte order mark", json(b"\xEF\xBB\xBF{}")),
        ("a form", post("Content-Type: application/x-www-form-urlencoded\r\n", b"key=k&state=FAILED")),
        ("no content type", post("", b"{}")),
        ("a content type of bytes", post("Content-Type: é\r\n", b"{}")),
        ("compressed", request(&format!("POST {list}/build"), encoded, b"\x1f\x8b")),
        ("a huge body", json(&b"x".repeat(3_000_000))),
        ("a huge number", json(b"{\"key\": 1e999999}")),
        ("a chunk whose size is not a number", chunked(b"zz\r\n{}\r\n0\r\n\r\n")),
        ("a chunk whose size is negative", chunked(b"-1\r\n{}\r\n0\r\n\r\n")),
        (
            "a chunk with a long extension",
            chunked(&[b"1;", "x".repeat(100_000).as_bytes(), b"\r\n{\r\n0\r\n\r\n"].concat()),
        ),
        ("many trailers", chunked(&[b"2\r\n{}\r\n0\r\n".as_slice(), &b"X: y\r\n".repeat(20_000), b"\r\n"].concat())),
        ("many headers", request(&format!("GET {list}"), &many, b"")),
        ("a long header", request(&format!("GET {list}"), &long, b"")),
    ];
    assert!(table.len() >= 30);
    let sandbox = Sandbox::start().await.unwrap();
    for (name, request) in table {
        let response = try_send(sandbox.address(), &request).await.unwrap_or_else(|| panic!("{name}: no response"));
        assert_bitbuckets_form(name, &response);
        assert_eq!(send(&sandbox, "GET", &statuses(""), None).await.status, 200, "after {name}");
    }
}

#[tokio::test]
async fn requests_that_are_sent_at_once_get_their_responses_in_order() {
    let sandbox = Sandbox::start().await.unwrap();
    let token = bearer(Sandbox::TOKEN);
    let path = format!("/2.0/repositories/acme/rocket/commit/{COMMIT}/statuses");
    let first = format!("POST {path}/build HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n{token}\r\n{{}}");
    let second = format!("GET {path} HTTP/1.1\r\nHost: localhost\r\n{token}\r\n");
    let requests = [first.as_bytes(), second.as_bytes(), &get("/2.0/nothing")].concat();
    let (mut reader, mut writer) = TcpStream::connect(sandbox.address()).await.unwrap().into_split();
    writer.write_all(&requests).await.unwrap();
    let mut text = String::new();
    reader.read_to_string(&mut text).await.unwrap();
    let statuses: Vec<_> = text.match_indices("HTTP/1.1 ").map(|(at, _)| &text[at + 9..at + 12]).collect();
    assert_eq!(statuses, ["400", "200", "404"]);
    assert_eq!(sandbox.journal().len(), 3);
}

#[tokio::test]
async fn malformed_http_gets_a_400_or_is_closed_and_the_server_keeps_responding() {
    let bomb = request("GET /2.0", &format!("X-Bomb: {}\r\n", "x".repeat(1_000_000)), b"");
    let table: Vec<(&str, Vec<u8>, &[u16])> = vec![
        ("a TLS greeting", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n".to_vec(), &[400]),
        ("noise", b"\xff\xfe\xfd\r\n\r\n".to_vec(), &[400]),
        ("two lengths", request("POST /", "Content-Length: 1\r\nContent-Length: 2\r\n", b"x"), &[400]),
        ("a header with a line feed", request("GET /", "X: a\rb\r\n", b""), &[400]),
        ("a header bomb", bomb, &[400, 431]),
    ];
    let sandbox = Sandbox::start().await.unwrap();
    for (name, request, statuses_allowed) in table {
        let response = try_send(sandbox.address(), &request).await;
        assert!(response.is_none_or(|response| statuses_allowed.contains(&response.status)), "{name}");
        assert_eq!(send(&sandbox, "GET", &statuses(""), None).await.status, 200, "after {name}");
    }
}

/// Sends a request until it has arrived within the sandbox's read timeout, which a busy machine may exceed.
async fn response_in_time(sandbox: &Sandbox, request: &[u8]) -> RawResponse {
    loop {
        if let Some(response) = try_send(sandbox.address(), request).await {
            return response;
        }
    }
}

#[tokio::test]
async fn a_slow_sender_is_refused_or_closed_in_time() {
    let sandbox = Sandbox::builder().read_timeout(Duration::from_millis(100)).start().await.unwrap();
    let slow_body = request(
        &format!("POST /2.0/repositories/acme/rocket/commit/{COMMIT}/statuses/build"),
        "Content-Type: application/json\r\nContent-Length: 100\r\n",
        b"{\"key\":",
    );
    let response = response_in_time(&sandbox, &slow_body).await;
    assert_eq!((response.status, response.rule()), (400, Some("body-size")));
    assert!(try_send(sandbox.address(), b"GET /2.0 HTTP/1.1\r\nHost:").await.is_none(), "a head that never ends");
    assert_eq!(response_in_time(&sandbox, &get("/2.0/nothing")).await.status, 404);
}
