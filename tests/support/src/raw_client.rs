//! Sends requests as bytes, since an HTTP client does not send malformed ones, and returns responses as they arrive.

use std::net::SocketAddr;

use serde_json::Value;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

/// A response as it arrived.
#[derive(Debug)]
pub struct RawResponse {
    /// The status code.
    pub status: u16,
    /// The status line and the headers.
    pub head: String,
    /// The body.
    pub text: String,
}

impl RawResponse {
    /// Parses a complete response.
    #[track_caller]
    pub fn parse(bytes: &[u8]) -> Self {
        let text = String::from_utf8_lossy(bytes);
        let (head, text) = text.split_once("\r\n\r\n").unwrap_or_else(|| panic!("the head is incomplete: {text:?}"));
        let status = head.split(' ').nth(1).and_then(|status| status.parse().ok());
        let status = status.unwrap_or_else(|| panic!("no status in {head:?}"));
        Self { status, head: head.to_owned(), text: text.to_owned() }
    }

    /// The body as JSON.
    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    /// The value of a header, by its name in any case.
    pub fn header(&self, name: &str) -> Option<&str> {
        let mut lines = self.head.lines().filter_map(|line| line.split_once(':'));
        lines.find(|(other, _)| other.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim())
    }

    /// The rule of the sandbox that the request broke.
    pub fn rule(&self) -> Option<&str> {
        self.header("x-sandbox-rule")
    }
}

/// A request, such as `GET /2.0`, with `Connection: close`. Each of the `header_lines` ends with `\r\n`; with a body
/// they include `Content-Length`.
pub fn request(host: &str, request_line: &str, header_lines: &str, body: &[u8]) -> Vec<u8> {
    let head = format!("{request_line} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n{header_lines}\r\n");
    [head.as_bytes(), body].concat()
}

/// Like [`request`], with a JSON body and its headers, or an empty body.
pub fn json_request(host: &str, request_line: &str, header_lines: &str, body: Option<&Value>) -> Vec<u8> {
    let body = body.map(Value::to_string).unwrap_or_default();
    let length = body.len();
    let lines = format!("Content-Type: application/json\r\nContent-Length: {length}\r\n{header_lines}");
    request(host, request_line, &lines, body.as_bytes())
}

/// Sends these bytes and reads until the server closes the connection.
pub async fn send(address: SocketAddr, request: &[u8]) -> RawResponse {
    try_send(address, request).await.expect("a response")
}

/// Like [`send`]; none if the server closes the connection without a response.
pub async fn try_send(address: SocketAddr, request: &[u8]) -> Option<RawResponse> {
    let (mut reader, mut writer) = TcpStream::connect(address).await.expect("a connection").into_split();
    // A server may respond and close before it has read everything.
    let writing = async {
        let _closed_early = writer.write_all(request).await;
        writer
    };
    let mut response = Vec::new();
    let (_writer, read) = tokio::join!(writing, reader.read_to_end(&mut response));
    read.ok().filter(|length| *length > 0).map(|_| RawResponse::parse(&response))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::server::{RecordingServer, Reply, response};

    #[test]
    fn a_response_is_split_into_its_parts() {
        let response =
            RawResponse::parse(b"HTTP/1.1 404 Not Found\r\nX-Sandbox-Rule:  key-known \r\n\r\n{\"a\":\r\n\r\n1}");
        assert_eq!((response.status, response.json()), (404, json!({ "a": 1 })));
        assert_eq!((response.rule(), response.header("absent")), (Some("key-known"), None));
    }

    #[test]
    #[should_panic(expected = "the head is incomplete")]
    fn a_response_without_a_complete_head_fails_the_test() {
        let _ = RawResponse::parse(b"HTTP/1.1 200 OK\r\n");
    }

    #[tokio::test]
    async fn a_request_arrives_as_it_was_written() {
        let server = RecordingServer::scripted([Reply::Truncate(response(201, &[], "created"))]);
        let body = json!({ "key": "k" });
        let response =
            send(server.socket_address(), &json_request("a.example", "POST /x?y", "X-A: b\r\n", Some(&body))).await;
        assert_eq!((response.status, response.text.as_str()), (201, "created"));
        let received = &server.received()[0];
        assert_eq!((received.method.as_str(), received.target.as_str(), received.json()), ("POST", "/x?y", body));
        assert_eq!((received.header("x-a"), received.header("host")), (Some("b"), Some("a.example")));
    }

    #[tokio::test]
    async fn a_server_that_closes_without_a_response_is_no_response() {
        let server = RecordingServer::scripted([Reply::Truncate(Vec::new())]);
        assert!(try_send(server.socket_address(), &request("localhost", "GET /", "", b"")).await.is_none());
    }
}
