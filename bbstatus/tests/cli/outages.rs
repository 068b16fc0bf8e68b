//! Outages, proxies and gateways between the command and Bitbucket.

use crate::support::{RecordingServer, Reply, TOKEN, reporting_to, response, run, server};

const JSON: &[&str] = &["Content-Type: application/json"];

#[test]
fn a_soft_report_arrives_after_an_outage() {
    let busy = || Reply::Bytes(response(503, &["Retry-After: 1"], "<html>"));
    let status = Reply::Bytes(response(201, JSON, r#"{"key": "k", "state": "SUCCESSFUL"}"#));
    let server = RecordingServer::scripted([busy(), busy(), busy(), status]);
    let mut command = reporting_to(server.address(), ["set", "k", "SUCCESSFUL", "--soft"]);
    let ended = run(command.env_remove("BBSTATUS_RETRIES")).done();
    assert_eq!((server.requests(), ended.stderr.contains("warning: ")), (4, false), "{ended:#?}");
}

#[test]
fn a_proxy_that_does_not_respond_is_named() {
    let mut command = reporting_to("https://bitbucket.invalid/2.0", ["set", "k", "FAILED"]);
    let problem = "through the proxy http://127.0.0.1:1 (HTTPS_PROXY); nothing was sent: ";
    run(command.env("HTTPS_PROXY", "http://127.0.0.1:1")).failed(6, problem);
}

#[test]
fn white_space_around_the_address_of_a_proxy_is_ignored() {
    let proxy = server(502, &[], "");
    let mut command = reporting_to("https://bitbucket.invalid/2.0", ["set", "k", "FAILED"]);
    run(command.env("HTTPS_PROXY", format!(" {}\r\n", proxy.address())))
        .failed(6, "through the proxy http://127.0.0.1:");
    assert_eq!(proxy.received()[0].method, "CONNECT");
}

#[test]
fn an_invalid_proxy_is_refused_and_nothing_is_sent_directly() {
    let mut command = reporting_to("https://bitbucket.invalid/2.0", ["set", "k", "FAILED"]);
    let problem = "error: HTTPS_PROXY: expected the address of an http or https proxy, got \"htp://proxy\"\nhelp: ";
    run(command.env("HTTPS_PROXY", "htp://proxy")).failed(2, problem);
}

#[test]
fn a_response_that_echoes_the_credentials_does_not_show_them() {
    let echo = format!(r#"{{"error": {{"message": "bad header Authorization: Bearer {TOKEN}"}}}}"#);
    let server = server(400, JSON, &echo);
    let ended = run(&mut reporting_to(server.address(), ["set", "k", "FAILED", "-vv"])).failed(5, "bad header");
    assert!(!ended.stderr.contains(TOKEN), "{ended:#?}");
}

#[test]
fn a_web_page_instead_of_a_response_does_not_claim_that_the_write_was_accepted() {
    let server = server(200, &["Content-Type: text/html"], "<html>Sign in</html>");
    let ended = run(&mut reporting_to(server.address(), ["set", "k", "FAILED"])).failed(1, "error: ");
    assert!(!ended.stderr.contains("was accepted"), "{ended:#?}");
}
