//! A loopback server that responds to every request with a status that the live Bitbucket returned.
//!
//! It prints its addresses as one line of JSON and exits when its standard input is closed, so that it never outlives
//! the process that started it.

mod certificate;

use std::{
    convert::Infallible,
    error::Error,
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use bytes::Bytes;
use clap::Parser;
use http_body_util::{BodyExt as _, Collected, Full};
use hyper::{
    Method, Request, Response, StatusCode,
    body::Incoming,
    header::{CONTENT_TYPE, HeaderValue},
    server::conn::http1,
    service::service_fn,
};
use hyper_util::rt::TokioIo;
use serde_json::json;
use tokio::{
    io::{AsyncRead, AsyncReadExt as _, AsyncWrite},
    net::{TcpListener, TcpStream},
};
use tokio_rustls::TlsAcceptor;

/// A status that the live Bitbucket returned.
const STATUS: &[u8] = include_bytes!("../../../../tests/fixtures/get_build_status/live.json");

/// The headers that the live Bitbucket sends in addition to the usual ones.
const HEADERS: [(&str, &str); 7] = [
    ("server", "nginx"),
    ("vary", "Authorization, Origin"),
    ("x-accepted-oauth-scopes", "repository"),
    ("x-oauth-scopes", "repository"),
    ("x-credential-type", "repo_access_token"),
    ("x-b3-traceid", "0123456789abcdef"),
    ("x-request-count", "42"),
];

/// Below this path the service is down: every response is a 503 with the number of requests so far.
const UNAVAILABLE: &str = "/unavailable/2.0";
static REQUESTS: AtomicUsize = AtomicUsize::new(0);

/// Responds to every request with a build status.
#[derive(Parser)]
struct Arguments {
    /// Where to write the certificate authority's certificate, `ca.pem`.
    #[arg(long)]
    ca_directory: PathBuf,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let arguments = Arguments::parse();
    let certificate = certificate::issue()?;
    let ca_file = arguments.ca_directory.join("ca.pem");
    std::fs::write(&ca_file, &certificate.ca_pem)?;
    let acceptor = TlsAcceptor::from(Arc::new(certificate.configuration));
    let plain = TcpListener::bind(("127.0.0.1", 0)).await?;
    let secure = TcpListener::bind(("127.0.0.1", 0)).await?;
    let addresses = json!({
        "http": format!("http://{}/2.0", plain.local_addr()?),
        "unavailable": format!("http://{}{UNAVAILABLE}", plain.local_addr()?),
        "https": format!("https://{}/2.0", secure.local_addr()?),
        "ca_file": ca_file,
    });
    println!("{addresses}");
    let mut input = tokio::io::stdin();
    let mut rest = Vec::new();
    tokio::select! {
        result = accept(plain, None) => result?,
        result = accept(secure, Some(acceptor)) => result?,
        _ = input.read_to_end(&mut rest) => {}
    }
    // A read of standard input cannot be cancelled, so end without waiting for it.
    std::process::exit(0)
}

async fn accept(listener: TcpListener, acceptor: Option<TlsAcceptor>) -> std::io::Result<()> {
    loop {
        let (stream, _) = listener.accept().await?;
        stream.set_nodelay(true)?;
        tokio::spawn(connection(stream, acceptor.clone()));
    }
}

async fn connection(stream: TcpStream, acceptor: Option<TlsAcceptor>) {
    let served = match acceptor {
        None => serve(stream).await,
        Some(acceptor) => match acceptor.accept(stream).await {
            Ok(stream) => serve(stream).await,
            Err(error) => return eprintln!("TLS: {error}"),
        },
    };
    // The clients of a benchmark exit without closing their connections.
    if let Err(error) = served.map_err(|error| error.to_string()) {
        eprintln!("connection: {error}");
    }
}

async fn serve(stream: impl AsyncRead + AsyncWrite + Unpin) -> hyper::Result<()> {
    http1::Builder::new().serve_connection(TokioIo::new(stream), service_fn(respond)).await
}

/// The status with the key of the request: a client may refuse a response about another key.
fn created_status(body: &[u8]) -> Bytes {
    #[derive(serde::Deserialize)]
    struct Created {
        key: String,
    }
    let (Ok(created), Some(rest)) =
        (serde_json::from_slice::<Created>(body), STATUS.strip_prefix(br#"{"key":"unit-tests""#))
    else {
        return Bytes::from_static(STATUS);
    };
    [b"{\"key\":", json!(created.key).to_string().as_bytes(), rest].concat().into()
}

async fn respond(request: Request<Incoming>) -> Result<Response<Full<Bytes>>, Infallible> {
    if request.uri().path().starts_with(UNAVAILABLE) {
        let count = REQUESTS.fetch_add(1, Ordering::Relaxed) + 1;
        let mut response = Response::new(Full::from(count.to_string()));
        *response.status_mut() = StatusCode::SERVICE_UNAVAILABLE;
        return Ok(response);
    }
    let created = request.method() == Method::POST;
    // Reads the entire body, as any server does.
    let body = request.into_body().collect().await.ok().map(Collected::to_bytes);
    let (code, status) = match body {
        None => (StatusCode::BAD_REQUEST, Bytes::new()),
        Some(body) if created => (StatusCode::CREATED, created_status(&body)),
        Some(_) => (StatusCode::OK, Bytes::from_static(STATUS)),
    };
    let mut response = Response::new(Full::new(status));
    *response.status_mut() = code;
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json; charset=utf-8"));
    for (name, value) in HEADERS {
        headers.insert(name, HeaderValue::from_static(value));
    }
    Ok(response)
}
