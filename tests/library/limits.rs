//! Timeouts, sizes, addresses, and the checks of `ClientBuilder::build`.

use std::time::Duration;

use bitbucket_build_status::{Client, ErrorKind, State};
use test_support::{
    server::{RecordingServer, Reply, json, response, text},
    wait::finishes,
};

use crate::support::{LIVE, Verb, builder, client, commit, commit_of, expect_kind};

#[tokio::test]
async fn a_call_ends_with_its_timeout_whatever_the_server_does() {
    let replies =
        [Reply::NEVER, Reply::Bytes(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{".to_vec()), text(503, &[], "")];
    for reply in replies {
        let server = RecordingServer::scripted([reply.clone()]);
        let client = builder(&server).total_timeout(Duration::from_millis(150)).max_retries(1000).build().unwrap();
        let error = finishes("the call", commit_of(&client).get("unit-tests")).await.unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::Timeout | ErrorKind::Unavailable), "{error}");
        assert!(
            error.to_string().contains("the call's timeout") || error.to_string().contains("asks for a delay"),
            "{error}"
        );
    }
}

#[tokio::test]
async fn an_update_that_reads_first_has_one_timeout_for_both_requests() {
    let server = RecordingServer::scripted([Reply::Slow(Duration::from_millis(300), response(200, &[], LIVE))]);
    let client = builder(&server).total_timeout(Duration::from_millis(500)).build().unwrap();
    let error =
        expect_kind(commit_of(&client).update("unit-tests").state(State::Failed).send().await, ErrorKind::Timeout);
    assert!(error.to_string().contains("the call's timeout of 0.5 s"), "{error}");
}

/// Never resolves a name.
struct PendingResolver;

impl reqwest::dns::Resolve for PendingResolver {
    fn resolve(&self, _: reqwest::dns::Name) -> reqwest::dns::Resolving {
        Box::pin(std::future::pending())
    }
}

#[tokio::test(start_paused = true)]
async fn connecting_ends_with_its_timeout() {
    let http = reqwest::ClientBuilder::new().no_proxy().dns_resolver(std::sync::Arc::new(PendingResolver));
    let client = Client::builder()
        .base_url("http://bitbucket.test/2.0")
        .allow_plain_http("bitbucket.test")
        .http_client_builder(http);
    let an_hour = Duration::from_secs(3600);
    let client = client.connect_timeout(Duration::from_millis(50)).attempt_timeout(an_hour).total_timeout(an_hour);
    let commit = commit_of(&client.max_retries(1).initial_backoff(Duration::from_millis(1)).build().unwrap());
    let error = expect_kind(finishes("the call", commit.get("unit-tests")).await, ErrorKind::Timeout);
    assert_eq!(error.attempts(), 2);
}

#[tokio::test]
async fn retries_end_although_the_server_always_asks_for_one() {
    let server = RecordingServer::scripted([text(429, &["Retry-After: 0"], "")]);
    for (retries, requests) in [(0, 1), (1, 2), (5, 6)] {
        let client = builder(&server).max_retries(retries).build().unwrap();
        let error = expect_kind(commit_of(&client).get("unit-tests").await, ErrorKind::RateLimited);
        assert_eq!((error.attempts(), error.retry_after()), (requests, Some(Duration::ZERO)));
    }
}

#[tokio::test]
async fn a_delay_beyond_the_timeout_ends_the_call_at_once() {
    let server = RecordingServer::scripted([text(429, &["X-RateLimit-Reset: 745"], "")]);
    let commit = commit(&server);
    let error = expect_kind(finishes("the call", commit.get("unit-tests")).await, ErrorKind::RateLimited);
    assert_eq!(error.retry_after(), Some(Duration::from_secs(745)));
    assert!(error.to_string().contains("asks for a delay of 745 s"), "{error}");
    assert!(error.is_retryable());
}

#[tokio::test]
async fn a_response_is_read_up_to_its_limit() {
    let padded = |size: usize| {
        let status = LIVE.trim_end();
        format!("{status}{}", " ".repeat(size - status.len()))
    };
    let bound = 1024 * 1024;
    let server = RecordingServer::scripted([json(200, padded(bound)), json(200, padded(bound + 1))]);
    let commit = commit(&server);
    commit.get("unit-tests").await.unwrap();
    let error = expect_kind(commit.get("unit-tests").await, ErrorKind::Decode);
    assert!(error.to_string().contains("larger than 1048576 bytes"), "{error}");
    assert!(error.body_excerpt().unwrap().chars().count() <= 301);
}

#[tokio::test]
async fn a_large_error_page_is_truncated() {
    let head = b"HTTP/1.1 404 Not Found\r\n\r\n".to_vec();
    let server = RecordingServer::scripted([Reply::Truncate([head, vec![b'x'; 8 << 20]].concat())]);
    let error = expect_kind(commit(&server).get("unit-tests").await, ErrorKind::NotFound);
    assert!(error.message().unwrap().chars().count() <= 301);
    assert!(error.to_string().len() < 1000);
}

#[tokio::test]
async fn a_redirect_is_never_followed_and_has_the_new_location() {
    let elsewhere = RecordingServer::scripted([json(200, LIVE)]);
    let location = format!("Location: {}/2.0/moved", elsewhere.address());
    for status in [301, 302, 303, 307, 308] {
        let server = RecordingServer::scripted([text(status, &[&location], "")]);
        for verb in Verb::ALL {
            let error = expect_kind(verb.call(&commit(&server)).await, ErrorKind::Redirect);
            assert_eq!(error.location(), Some(&*format!("{}/2.0/moved", elsewhere.address())));
            assert_eq!(error.status(), Some(status));
        }
    }
    assert_eq!(elsewhere.requests(), 0);
}

#[tokio::test]
async fn an_error_has_scopes_and_trace_id_from_the_headers() {
    let headers = ["X-B3-TraceId: 0123abcd", "X-OAuth-Scopes: account, email", "X-Accepted-OAuth-Scopes: repository"];
    let server = RecordingServer::scripted([text(403, &headers, "Forbidden")]);
    let error = expect_kind(commit(&server).get("unit-tests").await, ErrorKind::Forbidden);
    assert_eq!(error.trace_id(), Some("0123abcd"));
    assert_eq!(error.granted_scopes(), ["account", "email"]);
    assert_eq!(error.required_scopes(), ["repository"]);
}

#[test]
fn a_host_is_allowed_plain_http_in_every_usual_notation() {
    for (allowed, base_url) in [
        ("Bitbucket.Proxy", "http://bitbucket.proxy/2.0"),
        ("fd00::1", "http://[fd00::1]:8080/2.0"),
        ("[FD00::1]", "http://[fd00::1]/2.0"),
        ("10.0.0.7", "http://10.0.0.7:80/2.0"),
    ] {
        assert!(Client::builder().base_url(base_url).allow_plain_http(allowed).build().is_ok(), "{allowed}");
    }
    for wrong in
        ["", "http://bitbucket.proxy", "bitbucket.proxy:8080", "bitbucket.proxy/2.0", "ada@bitbucket.proxy", "a b"]
    {
        let client = Client::builder().base_url("http://127.0.0.1:1").allow_plain_http(wrong).build();
        assert_eq!(client.expect_err(wrong).field(), Some("allow_plain_http"));
    }
}

#[test]
fn a_base_url_is_https_with_a_path_at_most() {
    let good = [
        ("https://api.bitbucket.org/2.0", "https://api.bitbucket.org/2.0"),
        ("https://api.bitbucket.org/2.0/", "https://api.bitbucket.org/2.0"),
        ("https://proxy.example:8443", "https://proxy.example:8443"),
        ("http://localhost:8080/2.0", "http://localhost:8080/2.0"),
        ("http://127.0.0.7:8080", "http://127.0.0.7:8080"),
        ("http://[::1]:8080/x", "http://[::1]:8080/x"),
        ("http://bitbucket.proxy/2.0", "http://bitbucket.proxy/2.0"),
    ];
    for (given, expected) in good {
        if cfg!(not(any(feature = "rustls", feature = "rustls-ring"))) && given.starts_with("https") {
            continue;
        }
        let client = Client::builder().base_url(given).allow_plain_http("bitbucket.proxy").build().unwrap();
        assert_eq!(client.base_url(), expected);
    }
    let bad = [
        ("", "an absolute http or https URL"),
        ("api.bitbucket.org/2.0", "an absolute http or https URL"),
        ("127.0.0.1:80", "an absolute http or https URL"),
        ("ftp://api.bitbucket.org", "an http or https URL"),
        ("http://api.bitbucket.org/2.0", "an https URL"),
        ("http://localhost.evil.example", "an https URL"),
        ("http://0.0.0.0:80", "an https URL"),
        ("https://ada:s3cret@api.bitbucket.org", "no user or password"),
        ("https://ada@api.bitbucket.org", "no user or password"),
        ("https://api.bitbucket.org/2.0?x=1", "without query and fragment"),
        ("https://api.bitbucket.org/2.0#x", "without query and fragment"),
    ];
    for (given, problem) in bad {
        for (field, builder) in [
            ("base_url", Client::builder().base_url(given)),
            ("oauth_token_url", Client::builder().base_url("http://localhost").oauth_token_url(given)),
        ] {
            let error = builder.build().expect_err(given);
            assert_eq!((error.kind(), error.field()), (ErrorKind::InvalidInput, Some(field)));
            assert!(error.to_string().contains(problem) && !error.to_string().contains("s3cret"), "{error}");
        }
    }
}

#[tokio::test]
async fn a_user_agent_is_prepended_and_checked() {
    let server = RecordingServer::scripted([json(200, LIVE)]);
    let client = builder(&server).user_agent("rocket-ci/7").build().unwrap();
    commit_of(&client).get("unit-tests").await.unwrap();
    let sent = server.received()[0].header("user-agent").unwrap().to_owned();
    assert!(sent.starts_with("rocket-ci/7 bitbucket-build-status/"), "{sent}");
    let error = builder(&server).user_agent("a\nb").build().unwrap_err();
    assert_eq!(error.field(), Some("user_agent"));
}

#[tokio::test]
async fn redirects_and_timeouts_are_set_on_an_http_client_of_the_callers_own() {
    let elsewhere = RecordingServer::scripted([json(200, LIVE)]);
    let location = format!("Location: {}/", elsewhere.address());
    let own = || reqwest::ClientBuilder::new().user_agent("own").timeout(Duration::from_secs(3600));
    let server = RecordingServer::scripted([text(302, &[&location], "")]);
    let client = builder(&server).http_client_builder(own()).build().unwrap();
    expect_kind(commit_of(&client).get("unit-tests").await, ErrorKind::Redirect);
    let silent = RecordingServer::scripted([Reply::NEVER]);
    let limits = builder(&silent).attempt_timeout(Duration::from_millis(100)).max_retries(0);
    let commit = commit_of(&limits.http_client_builder(own()).build().unwrap());
    expect_kind(finishes("the call", commit.get("unit-tests")).await, ErrorKind::Timeout);
    assert_eq!(elsewhere.requests(), 0);
    assert!(server.received()[0].header("user-agent").unwrap().starts_with("bitbucket-build-status/"));
}

#[tokio::test]
async fn an_observer_sees_every_request_with_its_outcome() {
    let seen = std::sync::Arc::new(std::sync::Mutex::new(Vec::new()));
    let server = RecordingServer::scripted([text(503, &[], "busy"), Reply::Reset(Vec::new()), json(200, LIVE)]);
    let rows = std::sync::Arc::clone(&seen);
    let observed = builder(&server).observe(move |exchange| {
        assert!(exchange.request_headers().all(|(name, _)| name != "authorization"));
        let row = format!("{} {:?} {}", exchange.method(), exchange.status(), exchange.error().is_some());
        rows.lock().unwrap().push(row);
    });
    commit_of(&observed.build().unwrap()).get("unit-tests").await.unwrap();
    assert_eq!(*seen.lock().unwrap(), ["GET Some(503) false", "GET None true", "GET Some(200) false"]);
    assert_eq!(client(&server).base_url(), format!("{}/2.0", server.address()));
}
