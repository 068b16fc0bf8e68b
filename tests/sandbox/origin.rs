use bitbucket_build_status::{ErrorKind, sandbox::Sandbox};
use serde_json::Value;
use test_support::raw_client::{self, request};

use crate::support::{COMMIT, bearer, report, send, send_to, statuses};

/// Every link in a response, without the url of the build.
fn links(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::Object(members) => members.iter().for_each(|(name, value)| match value {
            Value::String(text) if matches!(name.as_str(), "href" | "next" | "previous") => found.push(text.clone()),
            _ => links(value, found),
        }),
        Value::Array(items) => items.iter().for_each(|item| links(item, found)),
        _ => {}
    }
}

#[tokio::test]
async fn no_link_leads_out_of_the_sandbox() {
    let sandbox = Sandbox::start().await.unwrap();
    for key in ["unit-tests", "lint"] {
        send(&sandbox, "POST", &statuses("/build"), Some(report(key))).await;
    }
    let origin = format!("http://{}/", sandbox.address());
    let paths = [
        "/2.0/user".to_owned(),
        "/2.0/workspaces/acme".to_owned(),
        "/2.0/repositories/acme/rocket".to_owned(),
        "/2.0/repositories/acme/rocket/refs/branches/main".to_owned(),
        format!("/2.0/repositories/acme/rocket/commit/{COMMIT}"),
        "/2.0/repositories/acme/rocket/pullrequests/7".to_owned(),
        "/2.0/repositories/acme/rocket/pullrequests/7/commits".to_owned(),
        format!("/2.0/repositories/acme/rocket{}", statuses("/build/unit-tests")),
        format!("/2.0/repositories/acme/rocket{}", statuses("?pagelen=1")),
        format!("/2.0/repositories/acme/rocket{}", statuses("?pagelen=1&page=2")),
    ];
    for path in paths {
        let response = send_to(&sandbox, &format!("GET {path}"), None, &bearer(Sandbox::TOKEN)).await;
        let mut found = Vec::new();
        links(&response.json(), &mut found);
        assert!(response.status == 200 && !found.is_empty(), "{path}: {response:?}");
        assert!(found.iter().all(|link| link.starts_with(&origin)), "{path}: {found:?}");
    }
}

#[tokio::test]
async fn a_link_to_a_status_leads_to_it() {
    let sandbox = Sandbox::start().await.unwrap();
    let created = send(&sandbox, "POST", &statuses("/build"), Some(report("ci/unit tests"))).await;
    let link = created.json()["links"]["self"]["href"].as_str().unwrap().to_owned();
    let path = link.strip_prefix(&format!("http://{}", sandbox.address())).unwrap();
    assert_eq!(created.header("location"), Some(path));
    let followed = send_to(&sandbox, &format!("GET {path}"), None, &bearer(Sandbox::TOKEN)).await;
    assert_eq!(followed.json()["key"], "ci/unit tests");
    let overwritten = send(&sandbox, "POST", &statuses("/build"), Some(report("ci/unit tests"))).await;
    assert_eq!((overwritten.status, overwritten.header("location")), (200, None));
}

/// Reports with these hosts: in the target of the request and in its header.
async fn report_to(sandbox: &Sandbox, target: &str, host: &str, lines: &str) -> raw_client::RawResponse {
    let body = report("unit-tests").to_string();
    let path = format!("/2.0/repositories/acme/rocket{}", statuses("/build"));
    let lines = format!(
        "Content-Type: application/json\r\nContent-Length: {}\r\n{}{lines}",
        body.len(),
        bearer(Sandbox::TOKEN)
    );
    let request = request(host, &format!("POST {target}{path}"), &lines, body.as_bytes());
    raw_client::send(sandbox.address(), &request).await
}

#[tokio::test]
async fn a_host_that_the_sandbox_does_not_know_is_misdirected() {
    let sandbox = Sandbox::builder().allow_host("sandbox").start().await.unwrap();
    let table = [
        ("", "evil.example", 421),
        ("http://evil.example", "localhost", 421),
        ("", "api.bitbucket.org", 421),
        ("", "localhost:1", 201),
        ("", "sandbox:8080", 200),
        ("http://api.bitbucket.org", "api.bitbucket.org", 200),
    ];
    for (target, host, status) in table {
        let response = report_to(&sandbox, target, host, "").await;
        assert_eq!(response.status, status, "{target} {host}: {response:?}");
        if status == 421 {
            assert_eq!(response.rule(), Some("host-known"));
            assert_eq!(sandbox.journal().last().unwrap().status, Some(421));
        }
    }
}

#[tokio::test]
async fn links_start_with_the_address_of_the_request() {
    let public = Sandbox::builder().public_url("https://ci.example.com/bitbucket").start().await.unwrap();
    assert_eq!(public.url(), "https://ci.example.com/bitbucket/2.0");
    let local = Sandbox::start().await.unwrap();
    let table = [
        (&local, "", "localhost:7", "", "http://localhost:7/2.0/"),
        (&local, "", "localhost", "X-Forwarded-Proto: https\r\n", "https://localhost/2.0/"),
        (&local, "http://api.bitbucket.org", "api.bitbucket.org", "", "http://api.bitbucket.org/2.0/"),
        (&public, "", "127.0.0.1", "", "https://ci.example.com/bitbucket/2.0/"),
        (&public, "", "ci.example.com", "", "https://ci.example.com/bitbucket/2.0/"),
    ];
    for (sandbox, target, host, lines, start) in table {
        let response = report_to(sandbox, target, host, lines).await;
        let link = response.json()["links"]["self"]["href"].as_str().unwrap_or_default().to_owned();
        assert!(link.starts_with(start), "{target} {host}: {link}");
    }
    let created = public.journal();
    assert_eq!(created.len(), 2);
    // The sandbox's own client connects to the address that it listens on.
    let commit = public.client().commit("acme", "rocket", COMMIT).unwrap();
    assert_eq!(commit.get("unit-tests").await.unwrap().key.as_str(), "unit-tests");
}

#[tokio::test]
async fn the_location_of_a_new_status_has_the_path_of_the_public_url() {
    let sandbox = Sandbox::builder().public_url("https://ci.example.com/bitbucket/").start().await.unwrap();
    let created = report_to(&sandbox, "", "localhost", "").await;
    let expected = format!("/bitbucket/2.0/repositories/acme/rocket{}", statuses("/build/unit-tests"));
    assert_eq!(created.header("location"), Some(expected.as_str()));
}

#[tokio::test]
async fn a_sandbox_can_listen_elsewhere() {
    let sandbox = Sandbox::builder().host("0.0.0.0").start().await.unwrap();
    assert!(sandbox.address().ip().is_unspecified());
    assert_eq!(sandbox.url(), format!("http://127.0.0.1:{}/2.0", sandbox.address().port()));
    let commit = sandbox.client().commit("acme", "rocket", COMMIT).unwrap();
    assert_eq!(commit.get("unit-tests").await.unwrap_err().kind(), ErrorKind::NotFound);
    let error = Sandbox::builder().host("256.0.0.1").start().await.unwrap_err();
    assert_eq!((error.kind(), error.field()), (ErrorKind::InvalidInput, Some("port")));
    let port = sandbox.address().port();
    let error = Sandbox::builder().host("0.0.0.0").port(port).start().await.unwrap_err();
    assert_eq!((error.field(), error.to_string()), (Some("port"), format!("port {port} is in use")));
    let error = Sandbox::builder().public_url("nope").start().await.unwrap_err();
    assert_eq!((error.kind(), error.field()), (ErrorKind::InvalidInput, Some("public_url")));
}
