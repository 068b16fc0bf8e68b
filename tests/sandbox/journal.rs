use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Arc, Mutex},
};

use bitbucket_build_status::{
    State,
    sandbox::{Fault, Identity, RequestMatcher, Sandbox},
};
use test_support::raw_client;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

use crate::support::{COMMIT, URL, commit, report, send_as, send_to, statuses};

#[tokio::test]
async fn an_expectation_that_is_met_passes_and_a_missed_one_prints_the_journal() {
    let sandbox = Sandbox::start().await.unwrap();
    let commit = commit(&sandbox);
    commit.set("unit-tests", State::Inprogress, URL).send().await.unwrap();
    commit.update("unit-tests").state(State::Failed).url(URL).exact().send().await.unwrap();
    let put = || RequestMatcher::new("PUT").path_contains("/build/unit-tests");
    sandbox.assert_received(&put().json_field("state", "FAILED").status(200).times(1));
    let failure = catch_unwind(AssertUnwindSafe(|| {
        sandbox.assert_received(&put().json_field("state", "SUCCESSFUL"));
    }));
    let failure = *failure.unwrap_err().downcast::<String>().unwrap();
    let path = format!("/2.0/repositories/acme/rocket/commit/{COMMIT}/statuses/build");
    let expected = format!(
        "expected PUT, path containing \"/build/unit-tests\", body with state = \"SUCCESSFUL\"; got 0 of 2 received:\n   \
         #1 POST {path} -> 201 identity=sandbox {{\"key\":\"unit-tests\",\"state\":\"INPROGRESS\",\"type\":\"build\",\"url\":\"{URL}\"}}\n   \
         #2 PUT {path}/unit-tests -> 200 identity=sandbox {{\"key\":\"unit-tests\",\"state\":\"FAILED\",\"type\":\"build\",\"url\":\"{URL}\"}}"
    );
    assert_eq!(failure, expected);
}

#[tokio::test]
async fn ten_thousand_requests_in_the_journal_leave_the_sandbox_responding() {
    let sandbox = Sandbox::start().await.unwrap();
    let (mut reader, mut writer) = TcpStream::connect(sandbox.address()).await.unwrap().into_split();
    let (requests, stored) = (10_050_u64, 10_000);
    let writing = async {
        for number in 1..=requests {
            let close = if number == requests { "Connection: close\r\n" } else { "" };
            let request = format!("GET /2.0/nothing?{number} HTTP/1.1\r\nHost: localhost\r\n{close}\r\n");
            writer.write_all(request.as_bytes()).await.unwrap();
        }
    };
    let mut responses = Vec::new();
    let ((), read) = tokio::join!(writing, reader.read_to_end(&mut responses));
    read.unwrap();
    let journal = sandbox.journal();
    assert_eq!(journal.len(), stored);
    assert_eq!((journal[0].number, journal[stored - 1].number), (51, requests), "the oldest are dropped");
    assert_eq!(journal[stored - 1].query, requests.to_string());
    commit(&sandbox).set("unit-tests", State::Failed, URL).send().await.unwrap();
    assert_eq!(sandbox.journal().len(), stored);
}

#[tokio::test]
async fn the_journal_stores_at_most_64_mebibytes_of_bodies() {
    let sandbox = Sandbox::start().await.unwrap();
    let body = "x".repeat(1024 * 1024 - 2);
    for _ in 0..70 {
        send_as(&sandbox, "POST", &statuses("/build"), Some(body.as_str().into()), "").await;
    }
    let journal = sandbox.journal();
    let bytes: usize = journal.iter().map(|received| received.body.len()).sum();
    assert!(bytes <= 64 * 1024 * 1024 && journal.len() >= 60, "{bytes} bytes in {}", journal.len());
    assert_eq!(journal.last().unwrap().number, 70);
}

/// Sends these pieces in turn; before each, the server has responded to another request.
async fn send_in_pieces(sandbox: &Sandbox, pieces: &[&[u8]]) -> Vec<u8> {
    let (mut reader, mut writer) = TcpStream::connect(sandbox.address()).await.unwrap().into_split();
    for piece in pieces {
        writer.write_all(piece).await.unwrap();
        writer.flush().await.unwrap();
        send_as(sandbox, "GET", "/between", None, "").await;
    }
    let mut response = Vec::new();
    reader.read_to_end(&mut response).await.unwrap();
    response
}

/// A POST to the path where statuses are created, with a body of this type.
fn post(content_type: &str, lines: &str, body: &[u8]) -> Vec<u8> {
    let line = format!("POST /2.0/repositories/acme/rocket{}", statuses("/build"));
    let lines = format!("Content-Type: {content_type}\r\nContent-Length: {}\r\n{lines}", body.len());
    raw_client::request("localhost", &line, &lines, body)
}

#[tokio::test]
async fn no_secret_in_a_body_a_query_or_a_header_reaches_the_journal() {
    let form = "application/x-www-form-urlencoded";
    let multipart = "--b\r\nContent-Disposition: form-data; name=\"access_token\"\r\n\r\ns3cret\r\n--b--\r\n";
    let padding = "x".repeat(270);
    let table: &[(&str, &str, &str, Option<&str>)] = &[
        (form, "", "key=k&access_token=s3cret&state=FAILED", Some("key=k&access_token=<redacted>&state=FAILED")),
        (form, "", "access%5Ftoken=s3cret&clientSecret=s3cret", None),
        ("APPLICATION/X-WWW-FORM-URLENCODED;charset=UTF-8", "", "Refresh_Token=s3cret", None),
        (
            "application/json",
            "",
            r#"{"key": "k", "access_token": "s3cret"}"#,
            Some(r#"{"key": "k", "access_token": "<redacted>"}"#),
        ),
        ("application/json", "", r#"{"nested": [{"client_secret": "s3cret"}], "password": ["s3cret"]}"#, None),
        ("application/json", "", r#"{"t\u006fken": "s3cret", "refresh_token": "s3cr"#, None),
        (form, "", r#"{"access_token": "s3cret"}"#, None),
        ("text/plain", "", "password=s3cret", None),
        ("multipart/form-data; boundary=b", "", multipart, None),
        ("application/json", "Content-Encoding: br\r\n", "s3cret", Some("<redacted>")),
        (
            form,
            "Proxy-Authorization: Basic s3cret\r\nSet-Cookie: a=s3cret\r\nX-Api-Key: s3cret\r\n",
            "key=k",
            Some("key=k"),
        ),
        // A line of the access log ends within the value.
        (form, "", &format!("name={padding}&access_token={}", "s3cret".repeat(20)), None),
    ];
    let lines = Arc::new(Mutex::new(Vec::new()));
    let log = Arc::clone(&lines);
    let builder = Sandbox::builder().on_request(move |received| log.lock().unwrap().push(received.to_string()));
    let sandbox = builder.start().await.unwrap();
    for (content_type, header_lines, body, expected) in table {
        let header_lines = format!("{header_lines}Authorization: Bearer s3cret\r\n");
        raw_client::send(sandbox.address(), &post(content_type, &header_lines, body.as_bytes())).await;
        let received = sandbox.journal().pop().unwrap();
        let stored = String::from_utf8_lossy(&received.body).into_owned();
        assert!(expected.is_none_or(|expected| stored == expected), "{content_type}: {stored}");
        assert!(stored.contains("<redacted>") || stored == "key=k", "{content_type} {body}: {stored}");
        assert!(!format!("{received:?}{received}").contains("s3cr"), "{content_type} {body}: {received:?}");
    }
    let listed = send_to(&sandbox, "GET /_sandbox/requests", None, "").await.text;
    assert!(!listed.contains("s3cr"), "{listed}");
    assert!(!lines.lock().unwrap().concat().contains("s3cr"), "the access log");
}

#[tokio::test]
async fn a_secret_that_arrives_in_pieces_is_redacted() {
    let sandbox = Sandbox::start().await.unwrap();
    let request = post("application/x-www-form-urlencoded", "", b"key=k&access_token=s3cret&state=FAILED");
    let at = |text: &str| String::from_utf8_lossy(&request).find(text).unwrap() + text.len();
    let (name, value) = (at("&access_"), at("=s3c"));
    let response = send_in_pieces(&sandbox, &[&request[..name], &request[name..value], &request[value..]]).await;
    assert!(response.starts_with(b"HTTP/1.1 401 "));
    let journal = sandbox.journal();
    let received = journal.iter().find(|received| received.method == "POST").unwrap();
    assert_eq!(received.body, "key=k&access_token=<redacted>&state=FAILED");
    let chunked = "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n";
    let line = format!("POST /2.0/repositories/acme/rocket{}", statuses("/build"));
    let head = raw_client::request("localhost", &line, chunked, b"");
    let pieces: [&[u8]; 3] = [&head, b"b\r\n{\"token\":\"s\r\n7\r\n3cret\"}\r\n", b"0\r\n\r\n"];
    send_in_pieces(&sandbox, &pieces).await;
    let received = sandbox.journal().into_iter().rfind(|received| received.method == "POST").unwrap();
    assert_eq!(received.body, r#"{"token":"<redacted>"}"#);
}

#[tokio::test]
async fn a_body_that_is_too_large_or_does_not_arrive_is_not_stored() {
    let sandbox = Sandbox::start().await.unwrap();
    let large = format!("access_token=s3cret&name={}", "x".repeat(1024 * 1024));
    let form = "application/x-www-form-urlencoded";
    raw_client::send(sandbox.address(), &post(form, "", large.as_bytes())).await;
    let mut cut = post(form, "", b"access_token=s3cret&key=k");
    cut.truncate(cut.len() - 6);
    let mut stream = TcpStream::connect(sandbox.address()).await.unwrap();
    stream.write_all(&cut).await.unwrap();
    stream.shutdown().await.unwrap();
    let _closed = stream.read_to_end(&mut Vec::new()).await;
    assert_eq!(sandbox.journal().len(), 2);
    for received in sandbox.journal() {
        assert_eq!((received.rule.as_deref(), received.body.len()), (Some("body-size"), 0));
        assert!(!format!("{received:?}").contains("s3cret"), "{received:?}");
    }
}

#[tokio::test]
async fn the_access_log_has_a_line_for_every_request_and_no_secret() {
    let lines = Arc::new(Mutex::new(Vec::new()));
    let log = Arc::clone(&lines);
    let builder = Sandbox::builder().identity(Identity::access_token("ci", "s3cret"));
    let builder = builder.on_request(move |received| log.lock().unwrap().push(received.to_string()));
    let sandbox = builder.start().await.unwrap();
    let secret = "Authorization: Bearer s3cret\r\n";
    send_as(&sandbox, "POST", &statuses("/build"), Some(report(&"k".repeat(41))), secret).await;
    sandbox.fault(Fault::Html(503));
    send_as(&sandbox, "GET", &statuses("?page=1"), None, secret).await;
    send_as(&sandbox, "GET", &statuses("?access_token=s3cret&page=1"), None, "Cookie: sid=s3cret\r\n").await;
    let form = "grant_type=client_credentials&client_id=id&client_secret=s3cret";
    let length = format!("Content-Length: {}\r\n", form.len());
    let request = raw_client::request("localhost", "POST /site/oauth2/access_token", &length, form.as_bytes());
    raw_client::send(sandbox.address(), &request).await;
    let lines = lines.lock().unwrap();
    let path = format!("/2.0/repositories/acme/rocket/commit/{COMMIT}/statuses");
    assert!(
        lines[0].starts_with(&format!("#1 POST {path}/build -> 400 identity=ci rule=key-length {{\"key\":")),
        "{lines:?}"
    );
    assert_eq!(lines[1], format!("#2 GET {path}?page=1 -> 503 fault=html"));
    assert!(lines[2].starts_with(&format!("#3 GET {path}?access_token=<redacted>&page=1 -> ")), "{lines:?}");
    assert!(lines[3].ends_with(" grant_type=client_credentials&client_id=id&client_secret=<redacted>"), "{lines:?}");
    assert!(!format!("{lines:?}{:?}{sandbox:?}", sandbox.journal()).contains("s3cret"));
}
