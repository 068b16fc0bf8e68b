use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use bitbucket_build_status::{
    Client, Credentials, ErrorKind, State,
    sandbox::{Assumptions, Identity, Sandbox, SandboxBuilder},
};
use serde_json::json;
use test_support::raw_client::{self, RawResponse, request};

use crate::support::{COMMIT, URL, bearer, client, report, send_as, statuses};

fn basic(user: &str, token: &str) -> String {
    format!("Authorization: Basic {}\r\n", BASE64.encode(format!("{user}:{token}")))
}

/// A private repository, and one identity of each kind.
fn closed() -> SandboxBuilder {
    Sandbox::builder()
        .repository("acme/rocket")
        .identity(Identity::access_token("ci", "ci-token"))
        .identity(Identity::access_token("other", "other-token").scopes(["read:repository:bitbucket"]))
        .identity(Identity::access_token("writer", "writer-token").scopes(["write:repository:bitbucket"]))
        .identity(Identity::access_token("bare", "bare-token").scopes::<String>([]))
        .identity(Identity::api_token("boss", "boss@example.com", "boss-token").scopes(["repository:admin"]).admin())
        .identity(Identity::oauth("consumer", "id", "secret"))
}

#[tokio::test]
async fn credentials_are_checked_by_kind_and_scopes() {
    let sandbox = closed().start().await.unwrap();
    let (build, list) = (statuses("/build"), statuses(""));
    let pull_request = "/pullrequests/7/statuses".to_owned();
    let table = [
        ("POST", &build, bearer("ci-token"), 201, None),
        ("POST", &build, bearer("wrong"), 401, Some("known-credentials")),
        ("POST", &build, bearer("bare-token"), 401, Some("known-credentials")),
        ("POST", &build, bearer("boss-token"), 401, Some("known-credentials")),
        ("POST", &build, basic("boss", "boss-token"), 401, Some("known-credentials")),
        ("POST", &build, basic("boss@example.com", "boss-token"), 200, None),
        ("POST", &build, basic("x-token-auth", "ci-token"), 401, Some("known-credentials")),
        ("POST", &build, "Authorization: Digest x\r\n".to_owned(), 401, Some("known-credentials")),
        ("POST", &build, String::new(), 401, Some("credentials-present")),
        ("POST", &build, bearer("writer-token"), 403, Some("scope")),
        ("GET", &list, bearer("other-token"), 200, None),
        ("GET", &list, String::new(), 404, Some("repository-known")),
        ("GET", &pull_request, bearer("other-token"), 403, Some("scope")),
        ("GET", &pull_request, bearer("ci-token"), 200, None),
    ];
    for (method, path, credentials, status, rule) in table {
        let body = (method == "POST").then(|| report("unit-tests"));
        let response = send_as(&sandbox, method, path, body, &credentials).await;
        assert_eq!((response.status, response.rule()), (status, rule), "{method} {path} {credentials}");
    }
}

#[tokio::test]
async fn refused_credentials_have_the_recorded_bodies() {
    let sandbox = closed().start().await.unwrap();
    let body = || Some(report("unit-tests"));
    let wrong = send_as(&sandbox, "POST", &statuses("/build"), body(), &basic("a@b", "x")).await;
    assert_eq!((wrong.text.as_str(), wrong.header("content-type")), ("", None));
    let scope = send_as(&sandbox, "POST", &statuses("/build"), body(), &bearer("writer-token")).await;
    let expected = json!({ "required": ["read:repository:bitbucket"], "granted": ["write:repository:bitbucket"] });
    assert_eq!(scope.json()["error"]["detail"], expected);
    assert_eq!(scope.header("x-accepted-oauth-scopes"), Some("repository"));
    assert_eq!(scope.header("x-oauth-scopes"), Some("write:repository:bitbucket"));
    let anonymous = send_as(&sandbox, "POST", &statuses("/build"), body(), "").await;
    assert_eq!(anonymous.header("www-authenticate"), Some(r#"Basic realm="Bitbucket.org HTTP""#));
}

#[tokio::test]
async fn only_the_author_and_administrators_overwrite() {
    let sandbox = closed().start().await.unwrap();
    let report_as = async |credentials: &str| {
        send_as(&sandbox, "POST", &statuses("/build"), Some(report("unit-tests")), credentials).await
    };
    assert_eq!(report_as(&bearer("ci-token")).await.status, 201);
    let foreign = report_as(&bearer("other-token")).await;
    assert_eq!((foreign.status, foreign.rule()), (403, Some("author-only")));
    let put = json!({ "type": "build", "state": "FAILED", "url": URL });
    let foreign = send_as(&sandbox, "PUT", &statuses("/build/unit-tests"), Some(put), &bearer("other-token")).await;
    assert_eq!((foreign.status, foreign.rule()), (403, Some("author-only")));
    assert_eq!(report_as(&basic("boss@example.com", "boss-token")).await.status, 200);
    assert_eq!(report_as(&bearer("ci-token")).await.status, 200, "the author is unchanged");
}

#[tokio::test]
async fn repositories_and_commits_that_are_not_named_do_not_exist() {
    let known = COMMIT.parse().unwrap();
    let sandbox = Sandbox::builder().commit("acme/rocket", &known).start().await.unwrap();
    let client = client(&sandbox, 0);
    let message_for = async |workspace: &str, slug: &str, commit: &str| {
        let outcome = client.commit(workspace, slug, commit).unwrap().statuses().page(1).await;
        outcome.err().and_then(|error| error.message().map(str::to_owned))
    };
    let other = "0".repeat(40);
    assert_eq!(message_for("acme", "rocket", COMMIT).await, None);
    assert_eq!(message_for("acme", "rocket", &COMMIT[..12]).await, None);
    assert_eq!(message_for("acme", "rocket", &other).await.as_deref(), Some("Commit not found"));
    assert_eq!(
        message_for("missing", "rocket", COMMIT).await.as_deref(),
        Some("No workspace with identifier 'missing'.")
    );
    assert!(
        message_for("acme", "lander", COMMIT)
            .await
            .is_some_and(|message| message.starts_with("You may not have access"))
    );
}

#[tokio::test]
async fn a_consumer_gets_a_token_that_expires() {
    let sandbox = closed().start().await.unwrap();
    let client = |secret: &str| {
        let credentials = Credentials::oauth("id", secret).unwrap();
        let builder = Client::builder().base_url(sandbox.url()).oauth_token_url(sandbox.oauth_token_url());
        builder.credentials(credentials).max_retries(0).build().unwrap().commit("acme", "rocket", COMMIT).unwrap()
    };
    let error = client("wrong").set("unit-tests", State::Failed, URL).send().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unauthorized);
    let commit = client("secret");
    commit.set("unit-tests", State::Failed, URL).send().await.unwrap();
    sandbox.expire_tokens();
    commit.set("unit-tests", State::Successful, URL).send().await.unwrap();
    let outcomes: Vec<_> = sandbox.journal().iter().map(|received| (received.status, received.rule.clone())).collect();
    let (done, token, expired) = (Some(200), Some("grant".to_owned()), Some("token-fresh".to_owned()));
    let expected =
        [(Some(401), token), (done, None), (Some(201), None), (Some(401), expired), (done, None), (done, None)];
    assert_eq!(outcomes, expected);
    assert_eq!(sandbox.journal()[2].identity.as_deref(), Some("consumer"));
}

#[tokio::test]
async fn a_request_beyond_the_rate_limit_gets_the_recorded_429() {
    let assumptions = Assumptions { retry_after: true, ..Assumptions::default() };
    let sandbox = closed().rate_limit(1, 3600).assumptions(assumptions).start().await.unwrap();
    let list_as = async |token: &str| send_as(&sandbox, "GET", &statuses(""), None, &bearer(token)).await;
    let first = list_as("ci-token").await;
    assert_eq!((first.status, first.header("x-ratelimit-remaining")), (200, Some("0")));
    let spent = list_as("ci-token").await;
    assert_eq!((spent.status, spent.text.as_str()), (429, "Rate limit for this resource has been exceeded"));
    assert_eq!(spent.header("x-ratelimit-limit"), Some("1, 1;w=3600"));
    let seconds = |name| spent.header(name).unwrap().parse::<u64>().unwrap();
    assert!((1..=3600).contains(&seconds("x-ratelimit-reset")) && seconds("retry-after") > 0);
    assert_eq!(list_as("other-token").await.status, 200, "each identity has its own limit");
    sandbox.set_rate_limit(None);
    assert_eq!(list_as("ci-token").await.status, 200);
}

/// Asks for a token with this form and these header lines.
async fn token(sandbox: &Sandbox, form: &str, lines: &str) -> RawResponse {
    let lines = format!("Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n{lines}", form.len());
    let line = "POST /site/oauth2/access_token";
    raw_client::send(sandbox.address(), &request("localhost", line, &lines, form.as_bytes())).await
}

#[tokio::test]
async fn a_refresh_token_is_exchanged_for_a_new_token() {
    let sandbox = closed().identity(Identity::oauth("other-consumer", "other", "secret")).start().await.unwrap();
    let consumer = basic("id", "secret");
    let first = token(&sandbox, "grant_type=client_credentials", &consumer).await;
    let refresh = format!("grant_type=refresh_token&refresh_token={}", first.json()["refresh_token"].as_str().unwrap());
    sandbox.expire_tokens();
    let stale = bearer(first.json()["access_token"].as_str().unwrap());
    let expired = send_as(&sandbox, "GET", &statuses(""), None, &stale).await;
    let text = "Access token expired. Use your refresh token to obtain a new access token.";
    assert_eq!((expired.status, &expired.json()["error"]["message"]), (401, &json!(text)));
    for lines in [consumer.as_str(), ""] {
        let form =
            if lines.is_empty() { format!("{refresh}&client_id=id&client_secret=secret") } else { refresh.clone() };
        let second = token(&sandbox, &form, lines).await;
        assert_eq!((second.status, second.json()["token_type"].as_str()), (200, Some("bearer")), "{second:?}");
        let fresh = bearer(second.json()["access_token"].as_str().unwrap());
        assert_eq!(send_as(&sandbox, "GET", &statuses(""), None, &fresh).await.status, 200);
    }
    let foreign = token(&sandbox, &refresh, &basic("other", "secret")).await;
    assert_eq!(foreign.json()["error_description"], "Invalid refresh_token", "it was issued to another consumer");
}

#[tokio::test]
async fn errors_of_oauth_are_those_that_were_recorded() {
    let sandbox = closed().start().await.unwrap();
    let consumer = basic("id", "secret");
    let unsupported = json!({ "error_description": "Unsupported grant type: None", "error": "invalid_grant" });
    let password = json!({ "error_description": "Unsupported grant type: password", "error": "invalid_grant" });
    let invalid = json!({ "error_description": "Invalid refresh_token", "error": "invalid_request" });
    let unknown = json!({ "error_description": "Invalid OAuth client credentials", "error": "unauthorized_client" });
    let table = [
        ("", consumer.clone(), 400, &unsupported),
        ("grant_type=password", consumer.clone(), 400, &password),
        ("grant_type=refresh_token", consumer.clone(), 400, &invalid),
        ("grant_type=refresh_token&refresh_token=x", consumer, 400, &invalid),
        ("grant_type=client_credentials", basic("id", "wrong"), 401, &unknown),
        ("grant_type=client_credentials&client_id=id", String::new(), 401, &unknown),
        ("grant_type=client_credentials", bearer("ci-token"), 401, &unknown),
    ];
    for (form, lines, status, body) in table {
        let refused = token(&sandbox, form, &lines).await;
        assert_eq!((refused.status, &refused.json(), refused.rule()), (status, body, Some("grant")), "{form}");
    }
}
