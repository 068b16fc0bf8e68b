//! Certificates: of a private authority, of an unknown one, and on a machine without any root.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering::Relaxed},
    },
    time::Duration,
};

use bitbucket_build_status::{Client, Commit, Credentials, ErrorKind};
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use test_support::server::{RecordingServer, json, text};
use tokio::{io::AsyncWriteExt as _, net::TcpStream};
use tokio_rustls::{
    TlsAcceptor,
    rustls::{ServerConfig, crypto::ring, pki_types::PrivateKeyDer},
};

use crate::support::{LIVE, TOKEN, commit_of, expect_kind};

/// An authority's certificate as PEM, and an acceptor for 127.0.0.1 with a certificate that it has signed.
fn authority() -> (String, TlsAcceptor) {
    let mut authority = CertificateParams::new([]).unwrap();
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let authority_key = KeyPair::generate().unwrap();
    let pem = authority.self_signed(&authority_key).unwrap().pem();
    let issuer = Issuer::new(authority, authority_key);
    let server_key = KeyPair::generate().unwrap();
    let names = ["127.0.0.1".to_owned()];
    let certificate = CertificateParams::new(names).unwrap().signed_by(&server_key, &issuer).unwrap();
    let key = PrivateKeyDer::try_from(server_key.serialize_der()).unwrap();
    let configuration = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate.der().clone()], key)
        .unwrap();
    (pem, TlsAcceptor::from(Arc::new(configuration)))
}

/// An authority's certificate as PEM, and a server on 127.0.0.1 with a certificate that it has signed.
fn trusted_server() -> (String, RecordingServer) {
    let (pem, acceptor) = authority();
    let wrap = move |stream: TcpStream| acceptor.clone().accept(stream);
    (pem, RecordingServer::start("https", wrap, |_, _| json(200, LIVE)))
}

fn commit(server: &RecordingServer, ca_pem: Option<&str>) -> Commit {
    let builder = Client::builder()
        .base_url(server.address())
        .credentials(Credentials::access_token(TOKEN).unwrap())
        .initial_backoff(Duration::from_millis(1))
        .max_retries(3);
    let builder = ca_pem.map(|pem| builder.ca_pem(pem));
    let client = builder.unwrap_or_else(|| Client::builder().base_url(server.address())).build().unwrap();
    commit_of(&client)
}

#[tokio::test]
async fn a_private_authority_is_trusted() {
    let (pem, server) = trusted_server();
    commit(&server, Some(&pem)).get("unit-tests").await.unwrap();
    assert_eq!(server.requests(), 1);
}

#[tokio::test]
async fn a_certificate_of_an_unknown_authority_ends_the_call_before_anything_is_sent() {
    let (_, server) = trusted_server();
    let (other, _) = trusted_server();
    for trust in [None, Some(other.as_str())] {
        let error = expect_kind(commit(&server, trust).get("unit-tests").await, ErrorKind::Transport);
        assert_eq!(error.attempts(), 1, "a retry does not change a certificate");
        assert!(!error.is_retryable());
        assert!(error.to_string().contains("certificate"), "{error}");
        assert!(error.explain().remedy.contains("--ca-file"), "{}", error.explain());
    }
    assert_eq!(server.requests(), 0);
}

#[tokio::test]
async fn a_server_that_does_not_speak_tls_is_named_and_nothing_was_sent() {
    let (pem, _) = authority();
    let server = RecordingServer::start("https", greets, |_, _| text(400, &[], ""));
    let error = expect_kind(commit(&server, Some(&pem)).get("unit-tests").await, ErrorKind::Transport);
    assert_eq!((error.attempts(), error.is_retryable(), error.is_connect()), (1, false, true), "{error}");
    assert_eq!(error.to_string(), format!("{} does not speak TLS; nothing was sent", server.address()));
    assert!(error.explain().cause.contains("plain http"), "{}", error.explain());
    assert_eq!(server.requests(), 0);
}

/// Sends a line before anything is received, as many servers that do not speak TLS do.
async fn greets(mut stream: TcpStream) -> std::io::Result<TcpStream> {
    stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").await?;
    Ok(stream)
}

#[tokio::test]
async fn a_broken_handshake_is_retried_whatever_the_key_is() {
    let (pem, _) = trusted_server();
    let breaks = |_| async { Err::<TcpStream, std::io::Error>(std::io::ErrorKind::ConnectionAborted.into()) };
    let server = RecordingServer::start("https", breaks, |_, _| json(200, LIVE));
    let error = expect_kind(commit(&server, Some(&pem)).get("certificate").await, ErrorKind::Transport);
    assert_eq!(error.attempts(), 4);
    assert!(error.to_string().contains("could not connect"), "{error}");
    assert!(error.explain().cause.contains("nothing was sent"), "{}", error.explain());
}

#[tokio::test]
async fn an_untrusted_certificate_of_the_token_address_is_not_retried() {
    let (pem, _) = trusted_server();
    let accepted = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&accepted);
    let (_, acceptor) = authority();
    let wrap = move |stream: TcpStream| {
        counted.fetch_add(1, Relaxed);
        acceptor.clone().accept(stream)
    };
    let server = RecordingServer::start("https", wrap, |_, _| json(200, LIVE));
    let client = Client::builder()
        .base_url(server.address())
        .oauth_token_url(server.address())
        .credentials(Credentials::oauth("consumer", "s3cret").unwrap())
        .initial_backoff(Duration::from_millis(1))
        .ca_pem(pem)
        .build()
        .unwrap();
    let error = expect_kind(commit_of(&client).get("unit-tests").await, ErrorKind::Transport);
    assert!(error.to_string().contains("access token") && error.to_string().contains("certificate"), "{error}");
    assert!(!error.is_retryable());
    assert_eq!(accepted.load(Relaxed), 1);
}

#[test]
fn a_text_without_certificates_is_refused() {
    for pem in ["", "no PEM", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"] {
        let error = Client::builder().ca_pem(pem).build().expect_err(pem);
        assert_eq!((error.kind(), error.field()), (ErrorKind::InvalidInput, Some("ca_pem")));
    }
    let both = Client::builder().ca_pem("x").http_client_builder(reqwest::ClientBuilder::new()).build().unwrap_err();
    assert_eq!(both.field(), Some("ca_pem"));
}

/// The parent process starts this test again with an environment that names missing roots. (On Windows and Apple's
/// systems the verifier ignores the environment.)
#[cfg(not(any(windows, target_vendor = "apple")))]
#[test]
fn roots_that_the_environment_names_are_not_replaced_by_others() {
    const CHILD: &str = "BUILD_STATUS_TEST_WITHOUT_ROOTS";
    if std::env::var_os(CHILD).is_some() {
        let error = Client::builder().build().unwrap_err();
        assert_eq!((error.kind(), error.field()), (ErrorKind::InvalidInput, Some("SSL_CERT_FILE")));
        // What needs no TLS needs no roots.
        Client::builder().base_url("http://127.0.0.1").build().unwrap();
        return;
    }
    let child = std::process::Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "tls::roots_that_the_environment_names_are_not_replaced_by_others"])
        .env(CHILD, "1")
        .env("SSL_CERT_FILE", "/nonexistent/roots.pem")
        .env("SSL_CERT_DIR", "/nonexistent")
        .output()
        .unwrap();
    let output = String::from_utf8_lossy(&child.stdout);
    assert!(child.status.success() && output.contains("1 passed"), "{output}");
}
