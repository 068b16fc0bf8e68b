//! Nothing public prints a secret.

use std::{
    fmt::Debug,
    sync::{Arc, Mutex},
};

use bitbucket_build_status::{Client, Credentials, State, generated::ClientInfo as _};
use test_support::{
    port::ReservedPort,
    server::{ReceivedRequest, RecordingServer, Reply, json, response, text},
};

use crate::support::{HASH, LINK, LIVE, chain, client};

const SECRET: &str = "s3cret-token";
/// `ada@example.com:s3cret-token` and `consumer:s3cret-token`, encoded for `Basic`.
const ENCODED: [&str; 2] = ["YWRhQGV4YW1wbGUuY29tOnMzY3JldC10b2tlbg", "Y29uc3VtZXI6czNjcmV0LXRva2Vu"];
/// Addresses with the secret.
const ADDRESSES: [&str; 7] = [
    "https://ada:s3cret@git.example.com/acme/rocket",
    "https://ada:s3cret/1@git.example.com/acme/rocket",
    "https://ada:s3cret?1@git.example.com/acme/rocket",
    "https://ada:s3cret%40git.example.com/acme/rocket",
    "https://s3cret@git.example.com/acme/rocket",
    "s3cret@git.example.com/acme/rocket/src",
    "ftp://git.example.com/acme/rocket?access_token=s3cret",
];

#[track_caller]
fn assert_silent(thing: &dyn Debug) {
    for shown in [format!("{thing:?}"), format!("{thing:#?}")] {
        assert!(!shown.contains("s3cret") && !ENCODED.iter().any(|secret| shown.contains(secret)), "{shown}");
        assert!(!shown.contains("Bearer ") && !shown.contains("Basic "), "{shown}");
    }
}

fn all_kinds() -> [Credentials; 3] {
    [
        Credentials::access_token(SECRET).unwrap(),
        Credentials::api_token("ada@example.com", SECRET).unwrap(),
        Credentials::oauth("consumer", SECRET).unwrap(),
    ]
}

#[tokio::test]
async fn nothing_public_shows_a_secret() {
    let seen = Arc::new(Mutex::new(Vec::new()));
    for credentials in all_kinds() {
        let server = RecordingServer::scripted([json(200, LIVE), json(200, LIVE), text(403, &[], "Forbidden")]);
        let rows = Arc::clone(&seen);
        let builder = Client::builder()
            .base_url(format!("{}/2.0", server.address()))
            .oauth_token_url(server.address())
            .observe(move |exchange| {
                let headers = exchange.request_headers().collect::<Vec<_>>();
                rows.lock().unwrap().push(format!("{exchange:?} {headers:?}"));
            })
            .credentials(credentials.clone());
        assert_silent(&credentials);
        assert_silent(&builder);
        let client = builder.build().unwrap();
        let commit = client.commit("acme", "rocket", HASH).unwrap();
        let pull_request = client.pull_request("acme", "rocket", 7).unwrap();
        let generated = client.generated();
        let things: [&dyn Debug; 9] = [
            &client,
            &commit,
            &pull_request,
            &generated,
            &commit.get("unit-tests"),
            &commit.set("k", State::Failed, LINK),
            &commit.update("k"),
            &commit.statuses(),
            &pull_request.statuses(),
        ];
        for thing in things {
            assert_silent(thing);
        }
        let prepared = commit.update("k").prepare().await.unwrap();
        assert_silent(&prepared);
        assert_silent(&prepared.iter().map(|request| request.headers().collect()).collect::<Vec<Vec<_>>>());
        assert_silent(&commit.get("unit-tests").send_with_response().await);
        let error = commit.set("k", State::Failed, LINK).send().await.err();
        assert_silent(&error);
        assert_silent(&error.iter().map(chain).collect::<Vec<_>>());
    }
    let seen = seen.lock().unwrap();
    assert!(!seen.is_empty());
    assert_silent(&*seen);
}

#[tokio::test]
async fn the_http_client_of_the_generated_client_has_no_secret() {
    let server = RecordingServer::scripted([text(200, &[], "")]);
    client(&server).generated().client().get(server.address()).send().await.unwrap();
    let request = &server.received()[0];
    assert_eq!(request.header("authorization"), None);
}

#[cfg(feature = "sandbox")]
#[tokio::test]
async fn nothing_of_the_sandbox_shows_a_secret() {
    use bitbucket_build_status::sandbox::{Identity, Sandbox};

    for address in ADDRESSES {
        assert_silent(&chain(&Sandbox::builder().public_url(format!("x{address}")).start().await.unwrap_err()));
    }
    let identities = [
        Identity::access_token("ci", SECRET),
        Identity::api_token("ada", "ada@example.com", SECRET),
        Identity::oauth("consumer", "consumer", SECRET),
    ];
    for (identity, credentials) in identities.into_iter().zip(all_kinds()) {
        assert_silent(&identity);
        let builder = Sandbox::builder().identity(identity);
        assert_silent(&builder);
        let sandbox = builder.start().await.unwrap();
        let client = Client::builder().base_url(sandbox.url()).oauth_token_url(sandbox.oauth_token_url());
        let client = client.credentials(credentials).build().unwrap();
        client.commit("acme", "rocket", HASH).unwrap().set("k", State::Failed, LINK).send().await.unwrap();
        assert_silent(&sandbox);
        assert_silent(&sandbox.journal());
    }
}

#[tokio::test]
async fn a_refused_connection_shows_no_secret() {
    let port = ReservedPort::new();
    let address = port.url();
    for credentials in all_kinds() {
        let client =
            Client::builder().base_url(&address).oauth_token_url(&address).credentials(credentials).max_retries(0);
        let error = client.build().unwrap().commit("a", "b", HASH).unwrap().get("unit-tests").await.unwrap_err();
        assert_silent(&error);
        assert_silent(&chain(&error));
        assert_silent(&error.explain());
    }
}

#[tokio::test]
async fn a_secret_in_an_address_is_not_part_of_the_error() {
    let error = Client::builder().base_url("https://ada:s3cret@api.bitbucket.org").build().unwrap_err();
    assert_silent(&chain(&error));
    let known = Client::builder().build().unwrap();
    for address in ADDRESSES {
        assert_silent(&chain(&Client::builder().base_url(address).build().unwrap_err()));
        assert_silent(&chain(&known.repository(address).unwrap_err()));
        assert_silent(&chain(&known.commit("acme", "rocket", address).unwrap_err()));
        let url = known.commit("acme", "rocket", HASH).unwrap().set("k", State::Failed, format!("x{address}"));
        assert_silent(&chain(&url.prepare().await.unwrap_err()));
    }
    let server = RecordingServer::scripted([json(200, LIVE)]);
    assert_silent(&client(&server));
}

/// A response that contains the credentials of the request in several forms.
fn echo(status: u16, request: &ReceivedRequest) -> Reply {
    let authorization = request.header("authorization").unwrap_or_default();
    let (_, credentials) = authorization.split_once(' ').unwrap_or_default();
    // Of a success only the bytes are searched: what is escaped there is data.
    let is_escaped = status != 200;
    let escaped = credentials.chars().filter(|_| is_escaped).map(|c| format!("\\u{:04x}", u32::from(c)));
    let escaped: String = escaped.collect();
    let body = format!(
        r#"{{"key":"unit-tests","state":"SUCCESSFUL","description":"{authorization}","error":{{
        "message":"not accepted: {authorization}, {escaped}","detail":"ada@example.com:{SECRET} {SECRET}",
        "fields":{{"{credentials}":["{escaped}"]}}}}}}"#
    );
    let header = format!("X-B3-TraceId: {credentials}");
    Reply::Bytes(response(status, &[&header, &format!("Location: /?token={credentials}")], body))
}

#[tokio::test]
async fn credentials_that_a_server_echoes_are_redacted_everywhere() {
    let kinds = [
        Credentials::access_token(SECRET).unwrap(),
        Credentials::api_token("ada@example.com", SECRET).unwrap(),
        Credentials::oauth("consumer", SECRET).unwrap(),
    ];
    for credentials in kinds {
        for status in [200, 301, 400, 403, 503] {
            let server = RecordingServer::with_handler(move |_, request| match request.target.as_str() {
                "/token" => json(200, format!(r#"{{"access_token":"{SECRET}"}}"#)),
                _ => echo(status, request),
            });
            let seen = Arc::new(Mutex::new(Vec::new()));
            let shown = Arc::clone(&seen);
            let client = Client::builder()
                .base_url(server.address())
                .oauth_token_url(format!("{}/token", server.address()))
                .credentials(credentials.clone())
                .max_retries(0)
                .observe(move |exchange| {
                    let headers = exchange.response_headers().collect::<Vec<_>>();
                    let body = String::from_utf8_lossy(exchange.response_body().unwrap_or_default());
                    shown.lock().unwrap().push(format!("{headers:?} {}", body.replace("\\u", "")));
                });
            let commit = client.build().unwrap().commit("acme", "rocket", HASH).unwrap();
            let outcome = commit.get("unit-tests").send_with_response().await;
            let text = match &outcome {
                Ok(response) => {
                    let headers = response.headers().collect::<Vec<_>>();
                    format!("{:?} {headers:?} {}", response.value(), String::from_utf8_lossy(response.body()))
                }
                Err(error) => {
                    let fields = (error.message(), error.detail(), error.fields(), error.location(), error.trace_id());
                    format!("{error} {error:?} {fields:?} {} {:?}", error.explain(), chain(error))
                }
            };
            let observed = seen.lock().unwrap().concat();
            for text in [text, observed] {
                assert!(!text.contains(SECRET), "{status} {credentials:?}: {text}");
                assert!(!ENCODED.iter().any(|encoded| text.contains(encoded)), "{status} {credentials:?}: {text}");
                assert!(text.contains("[redacted]"), "{status} {credentials:?}: {text}");
            }
        }
    }
}

#[tokio::test]
async fn a_consumers_secret_that_the_token_endpoint_echoes_is_not_shown() {
    let server = RecordingServer::with_handler(|_, request| {
        let authorization = request.header("authorization").unwrap_or_default();
        json(401, format!(r#"{{"error":"invalid_client","error_description":"{authorization} consumer:{SECRET}"}}"#))
    });
    let client = Client::builder().base_url(server.address()).oauth_token_url(server.address());
    let client = client.credentials(Credentials::oauth("consumer", SECRET).unwrap()).build().unwrap();
    let error = client.commit("a", "b", HASH).unwrap().get("unit-tests").await.unwrap_err();
    assert_silent(&error);
    assert!(error.to_string().contains("[redacted] [redacted]"), "{error}");
}
