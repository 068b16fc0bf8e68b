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

use crate::support::{COMMIT, URL, commit, report, send_as, statuses};

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
    let (requests, kept) = (10_050_u64, 10_000);
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
    assert_eq!(journal.len(), kept);
    assert_eq!((journal[0].number, journal[kept - 1].number), (51, requests), "the oldest are forgotten");
    assert_eq!(journal[kept - 1].query, requests.to_string());
    commit(&sandbox).set("unit-tests", State::Failed, URL).send().await.unwrap();
    assert_eq!(sandbox.journal().len(), kept);
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
