//! Proxies from the environment, in a process of their own.

use std::process::Command;

use bitbucket_build_status::{Client, Credentials, ErrorKind};
use test_support::{
    port::ReservedPort,
    server::{RecordingServer, json, text},
};

use crate::support::{HASH, LIVE, builder, chain, commit_of, expect_kind};

const PROXY: &str = "BUILD_STATUS_TEST_PROXY";
const NAME: &str = "proxy::a_proxy_from_the_environment_is_used_but_never_for_loopback";

/// Runs as two: the parent is the proxy, and starts this very test again with an environment that names it.
#[tokio::test(flavor = "multi_thread")]
async fn a_proxy_from_the_environment_is_used_but_never_for_loopback() {
    if std::env::var_os(PROXY).is_some() {
        return call_through_the_proxy().await;
    }
    let proxy = RecordingServer::with_handler(|_, request| match request.method.as_str() {
        "CONNECT" => text(407, &[], ""),
        _ => json(200, LIVE),
    });
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", NAME]).env(PROXY, "1").env_remove("NO_PROXY").env_remove("no_proxy");
    for variable in ["HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy"] {
        command.env(variable, proxy.address().replace("://", "://ada:s3cret@"));
    }
    let child = tokio::task::spawn_blocking(move || command.output()).await.unwrap().unwrap();
    let output = String::from_utf8_lossy(&child.stdout);
    assert!(child.status.success() && output.contains("1 passed"), "{output}");
    let targets: Vec<_> = proxy.received().into_iter().map(|request| request.target).collect();
    assert!(targets[0].starts_with("http://bitbucket.test/2.0/repositories/acme/"), "{targets:?}");
    assert_eq!(targets[1], "http://bitbucket.test/token");
    assert!(targets.len() <= 3 && targets[2..].iter().all(|target| target == "bitbucket.test:443"), "{targets:?}");
}

async fn call_through_the_proxy() {
    let plain = Client::builder().base_url("http://bitbucket.test/2.0").allow_plain_http("bitbucket.test");
    plain.build().unwrap().commit("acme", "rocket", HASH).unwrap().get("unit-tests").await.unwrap();
    let loopback = RecordingServer::scripted([json(200, LIVE)]);
    commit_of(&builder(&loopback).build().unwrap()).get("unit-tests").await.unwrap();
    assert!(loopback.received()[0].target.starts_with("/2.0/"));
    let tokens = RecordingServer::scripted([json(401, r#"{"error":"invalid_client"}"#)]);
    let consumer = || {
        Client::builder()
            .base_url("http://bitbucket.test/2.0")
            .allow_plain_http("bitbucket.test")
            .credentials(Credentials::oauth("consumer", "s3cret").unwrap())
    };
    let refused = consumer().oauth_token_url(tokens.address());
    expect_kind(commit_of(&refused.build().unwrap()).get("unit-tests").await, ErrorKind::Unauthorized);
    assert_eq!(tokens.received()[0].target, "/");
    let consumer = consumer().oauth_token_url("http://bitbucket.test/token").max_retries(0);
    expect_kind(commit_of(&consumer.build().unwrap()).get("unit-tests").await, ErrorKind::Decode);
    if cfg!(any(feature = "rustls", feature = "rustls-ring")) {
        let tunnel = Client::builder().base_url("https://bitbucket.test/2.0").build().unwrap();
        let error = expect_kind(commit_of(&tunnel).get("unit-tests").await, ErrorKind::Transport);
        assert_eq!(error.status(), Some(407));
        assert!(!error.is_retryable(), "the proxy refused the password, and would refuse it again");
        assert!(error.explain().cause.contains("proxy"), "{}", error.explain());
        let proxy = std::env::var("HTTPS_PROXY").unwrap().replace("ada:s3cret@", "");
        let expected = format!(
            "the proxy {proxy} (HTTPS_PROXY) requires a user and a password, or has refused them; nothing was sent"
        );
        assert_eq!(error.to_string(), expected);
        assert!(!format!("{error:?} {:?}", chain(&error)).contains("s3cret"), "{error:?}");
    }
}

/// Runs this test again with an environment of its own; true in that second run.
async fn is_run_with(name: &str, variables: &[(&str, &str)]) -> bool {
    if std::env::var_os(PROXY).is_some() {
        return true;
    }
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", name]).env(PROXY, "1");
    for variable in ["HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "ALL_PROXY", "NO_PROXY", "no_proxy"] {
        command.env_remove(variable);
    }
    command.envs(variables.iter().copied());
    let child = tokio::task::spawn_blocking(move || command.output()).await.unwrap().unwrap();
    let output = String::from_utf8_lossy(&child.stdout);
    assert!(child.status.success() && output.contains("1 passed"), "{output}");
    false
}

#[tokio::test]
async fn a_proxy_that_cannot_be_reached_is_named_and_nothing_was_sent() {
    let port = ReservedPort::new();
    let name = "proxy::a_proxy_that_cannot_be_reached_is_named_and_nothing_was_sent";
    let proxy = port.url().replace("://", "://ada:s3cret@");
    if is_run_with(name, &[("ALL_PROXY", &proxy)]).await {
        let proxy = std::env::var("ALL_PROXY").unwrap().replace("ada:s3cret@", "");
        let mut addresses = vec!["http://bitbucket.test"];
        if cfg!(any(feature = "rustls", feature = "rustls-ring")) {
            addresses.push("https://bitbucket.test");
        }
        for address in addresses {
            let client = Client::builder().base_url(address).allow_plain_http("bitbucket.test").max_retries(0);
            let client = client.build().unwrap();
            let used = client.proxy().map(|used| (used.address(), used.variable()));
            assert_eq!(used, Some((proxy.as_str(), "ALL_PROXY")));
            let error = expect_kind(commit_of(&client).get("k").await, ErrorKind::Transport);
            let expected =
                format!("no connection to {address} through the proxy {proxy} (ALL_PROXY); nothing was sent");
            assert_eq!(error.to_string(), expected);
            assert!(error.is_connect() && error.is_retryable());
        }
    }
}

#[tokio::test]
async fn a_proxy_that_would_be_ignored_is_refused_when_the_client_is_built() {
    let name = "proxy::a_proxy_that_would_be_ignored_is_refused_when_the_client_is_built";
    if is_run_with(name, &[("HTTP_PROXY", "htp://ada:s3cret@proxy")]).await {
        let client = || Client::builder().base_url("http://bitbucket.test").allow_plain_http("bitbucket.test");
        let error = client().build().unwrap_err();
        assert_eq!((error.kind(), error.field()), (ErrorKind::InvalidInput, Some("HTTP_PROXY")));
        assert!(error.to_string().contains("expected the address of an http or https proxy"), "{error}");
        assert!(!format!("{error:?}").contains("s3cret"), "{error:?}");
        assert!(Client::builder().base_url("http://127.0.0.1:1").build().is_ok(), "loopback uses no proxy");
        let own = client().http_client_builder(reqwest::ClientBuilder::new().no_proxy());
        assert!(own.build().is_ok(), "a client of the caller's has proxies of its own");
    }
}
