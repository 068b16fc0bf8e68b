use std::time::Duration;

use bitbucket_build_status::{
    Client, Commit, ErrorKind, State,
    sandbox::{Fault, RequestMatcher, RetryHint, Sandbox},
};
use serde_json::json;

use crate::{
    json_schema::named_schema,
    support::{COMMIT, URL, client, commit, report, send, statuses},
};

/// A client that makes three attempts.
fn with_retries(sandbox: &Sandbox) -> Commit {
    client(sandbox, 2).commit("acme", "rocket", COMMIT).unwrap()
}

#[tokio::test]
async fn each_form_of_429_has_its_delay() {
    let table = [
        (RetryHint::None, None),
        (RetryHint::RetryAfterSeconds(100), Some(100)),
        (RetryHint::RateLimitReset(745), Some(745)),
        (RetryHint::RetryAfterText("soon".to_owned()), None),
    ];
    let sandbox = Sandbox::start().await.unwrap();
    for (hint, expected) in table {
        sandbox.fault(Fault::RateLimited(hint.clone()));
        let error = commit(&sandbox).get("unit-tests").await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::RateLimited);
        assert_eq!(error.retry_after(), expected.map(Duration::from_secs), "{hint:?}");
        assert_eq!(error.message(), Some("Rate limit for this resource has been exceeded"));
    }
    sandbox.fault(Fault::RateLimited(RetryHint::RetryAfterDate(Duration::from_secs(100))));
    let delay = commit(&sandbox).get("unit-tests").await.unwrap_err().retry_after().unwrap();
    assert!(delay <= Duration::from_secs(100) && !delay.is_zero(), "{delay:?}");
}

#[tokio::test]
async fn the_longest_delay_is_the_last_date_that_http_can_name() {
    let sandbox = Sandbox::start().await.unwrap();
    sandbox.fault(Fault::RateLimited(RetryHint::RetryAfterDate(Duration::MAX)));
    let limited = send(&sandbox, "GET", &statuses(""), None).await;
    assert_eq!(limited.header("retry-after"), Some("Fri, 31 Dec 9999 23:59:59 GMT"));
}

#[tokio::test]
async fn each_fault_causes_its_kind_of_error_and_is_applied_or_not() {
    let table = [
        (Fault::Html(502), ErrorKind::Unavailable, false),
        (Fault::Html(404), ErrorKind::NotFound, false),
        (Fault::ResetBeforeReading, ErrorKind::Transport, false),
        (Fault::ResetAfterApplying, ErrorKind::Transport, true),
        (Fault::TruncatedBody, ErrorKind::Transport, true),
    ];
    for (fault, kind, applied) in table {
        let sandbox = Sandbox::start().await.unwrap();
        sandbox.fault(fault.clone());
        let error = commit(&sandbox).set("unit-tests", State::Failed, URL).send().await.unwrap_err();
        assert_eq!(error.kind(), kind, "{fault:?}: {error}");
        let after = send(&sandbox, "GET", &statuses("/build/unit-tests"), None).await;
        assert_eq!(after.status == 200, applied, "{fault:?}");
    }
}

#[tokio::test]
async fn faults_are_injected_into_the_requests_that_their_rules_match() {
    let sandbox = Sandbox::start().await.unwrap();
    sandbox.fault(Fault::Html(503).times(2).on("PUT").path_contains("/unit-tests"));
    sandbox.fault(Fault::ResetAfterApplying.on("put"));
    let commit = with_retries(&sandbox);
    commit.set("unit-tests", State::Inprogress, URL).send().await.unwrap();
    commit.set("lint", State::Inprogress, URL).send().await.unwrap();
    let error = commit.update("unit-tests").state(State::Failed).url(URL).send().await.unwrap_err();
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::Transport, 3));
    commit.update("unit-tests").state(State::Successful).url(URL).send().await.unwrap();
    let put = || RequestMatcher::new("PUT").path_contains("/build/unit-tests");
    sandbox.assert_received(&put().times(4));
    sandbox.assert_received(&put().status(503).times(2));
    let faults: Vec<_> = sandbox.journal().into_iter().filter_map(|received| received.fault).collect();
    assert_eq!(faults, ["html", "html", "reset-after-applying"]);
}

#[tokio::test]
async fn a_response_can_be_late() {
    let sandbox = Sandbox::start().await.unwrap();
    sandbox.fault(Fault::Delay(Duration::from_millis(1)));
    assert_eq!(send(&sandbox, "GET", &statuses(""), None).await.status, 200);
    sandbox.fault(Fault::Delay(Duration::from_secs(3600)));
    let client = Client::builder().base_url(sandbox.url()).credentials(sandbox.credentials());
    let client = client.attempt_timeout(Duration::from_millis(80)).max_retries(0);
    let late = client.build().unwrap().commit("acme", "rocket", COMMIT).unwrap().get("unit-tests").await;
    assert_eq!(late.unwrap_err().kind(), ErrorKind::Timeout);
}

#[tokio::test]
async fn a_fault_can_change_the_response() {
    let sandbox = Sandbox::start().await.unwrap();
    send(&sandbox, "POST", &statuses("/build"), Some(report("unit-tests"))).await;
    let one = statuses("/build/unit-tests");
    sandbox.fault(Fault::WrongContentType);
    assert_eq!(send(&sandbox, "GET", &one, None).await.header("content-type"), Some("text/html; charset=utf-8"));
    sandbox.fault(Fault::UnknownState("PAUSED".to_owned()).times(2));
    assert_eq!(commit(&sandbox).get("unit-tests").await.unwrap().state.as_str(), "PAUSED");
    assert_eq!(commit(&sandbox).statuses().all().await.unwrap()[0].state.as_str(), "PAUSED");
    sandbox.fault(Fault::ExtraMembers);
    let extra = commit(&sandbox).get("unit-tests").await.unwrap();
    assert_eq!(extra.extra["x_added_later"], json!({ "since": 2030 }));
    assert!(extra.links.and_then(|links| links.self_).unwrap().extra.contains_key("x_added_later"));
    sandbox.fault(Fault::NullMembers);
    let null = commit(&sandbox).get("unit-tests").await.unwrap();
    assert_eq!((null.url, null.commit, null.key.as_str()), (None, None, "unit-tests"));
}

#[tokio::test]
async fn json_that_a_fault_changes_is_valid_by_the_document() {
    let document = serde_json::from_str(include_str!("../../spec/openapi.json")).unwrap();
    let schema = |name| jsonschema::validator_for(&named_schema(&document, name)).unwrap();
    let (status, page) = (schema("BuildStatus"), schema("BuildStatusPage"));
    for fault in [Fault::UnknownState("PAUSED".to_owned()), Fault::ExtraMembers, Fault::NullMembers] {
        let sandbox = Sandbox::start().await.unwrap();
        let update = json!({ "type": "build", "state": "FAILED", "url": URL });
        let table = [
            ("POST", statuses("/build"), Some(report("k")), &status),
            ("POST", statuses("/build"), Some(report("k")), &status),
            ("PUT", statuses("/build/k"), Some(update), &status),
            ("GET", statuses("/build/k"), None, &status),
            ("GET", statuses(""), None, &page),
        ];
        for (method, path, body, schema) in table {
            sandbox.fault(fault.clone());
            let changed = send(&sandbox, method, &path, body).await.json();
            let problems: Vec<_> = schema.iter_errors(&changed).map(|problem| problem.to_string()).collect();
            assert!(problems.is_empty(), "{fault:?}, {method} {path}: {problems:?} in {changed}");
            let plain = send(&sandbox, "GET", &statuses("/build/k"), None).await.json();
            assert_ne!(
                changed.get("values").map_or(&changed, |values| &values[0]),
                &plain,
                "{fault:?}, {method} {path}"
            );
        }
    }
}

#[tokio::test]
async fn an_html_fault_has_a_status_that_a_response_can_have() {
    let sandbox = Sandbox::start().await.unwrap();
    for (fault_status, status) in [(200, 200), (404, 404), (599, 599), (99, 503), (100, 503), (600, 503)] {
        sandbox.fault(Fault::Html(fault_status));
        let page = send(&sandbox, "GET", &statuses(""), None).await;
        assert_eq!(
            (page.status, page.header("content-type")),
            (status, Some("text/html; charset=utf-8")),
            "{fault_status}"
        );
    }
}
