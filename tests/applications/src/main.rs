//! Prints a line for each part that works: `reqwest`, `rustls`, `https client`, `http call`. What panics ends it.

use std::{
    io::{Read as _, Write as _},
    net::TcpListener,
    thread,
};

/// The address of a server on loopback that gives every request the same response.
#[allow(dead_code, reason = "an application with rustls alone makes no request")]
fn server(body: &'static str) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("an address");
    thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.expect("a connection");
            let _read = stream.read(&mut [0; 8192]).expect("a request");
            let length = body.len();
            let head = format!("HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n");
            stream.write_all(format!("{head}connection: close\r\n\r\n{body}").as_bytes()).expect("a response");
        }
    });
    format!("http://{address}")
}

#[cfg(any(feature = "reqwest-without-tls", feature = "reqwest-native-tls", feature = "reqwest-defaults"))]
fn uses_reqwest() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let response = runtime.block_on(async { reqwest::Client::new().get(server("{}")).send().await });
    assert!(response.expect("a response").status().is_success());
    println!("reqwest");
}

#[cfg(any(feature = "rustls-aws-lc", feature = "rustls-ring"))]
fn uses_rustls() {
    #[cfg(feature = "install-ring")]
    rustls::crypto::ring::default_provider().install_default().expect("the first provider");
    let _builder = rustls::ClientConfig::builder();
    println!("rustls");
}

#[cfg(any(feature = "add-default", feature = "add-rustls-ring", feature = "add-without-tls"))]
fn reports() {
    use bitbucket_build_status::{Client, State};

    match Client::builder().build() {
        Ok(_) => println!("https client"),
        Err(error) => println!("no https client: {error}"),
    }
    let status = r#"{"key":"unit-tests","state":"SUCCESSFUL","type":"build","url":"https://ci.example.com/42"}"#;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let client = Client::builder().base_url(server(status)).build().expect("a client");
    let commit = client.commit("acme", "rocket", "e10dae226959c2194f2b07b077c07762d93821cf").expect("a commit");
    let call = async { commit.set("unit-tests", State::Successful, "https://ci.example.com/42").send().await };
    assert_eq!(runtime.block_on(call).expect("a status").state, State::Successful);
    println!("http call");
}

#[cfg(feature = "own-client")]
fn reports_with_its_own_client() {
    let client = bitbucket_build_status::Client::builder().http_client_builder(reqwest::Client::builder());
    let client = client.build().expect("whether it has TLS is not known yet");
    let commit = client.commit("acme", "rocket", "e10dae226959c2194f2b07b077c07762d93821cf").expect("a commit");
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let error = runtime.block_on(async { commit.get("unit-tests").await }).expect_err("an https address");
    assert_eq!((error.attempts(), error.is_retryable()), (1, false), "{error}");
    println!("{error}");
}

fn main() {
    #[cfg(any(feature = "reqwest-without-tls", feature = "reqwest-native-tls", feature = "reqwest-defaults"))]
    uses_reqwest();
    #[cfg(any(feature = "rustls-aws-lc", feature = "rustls-ring"))]
    uses_rustls();
    #[cfg(any(feature = "add-default", feature = "add-rustls-ring", feature = "add-without-tls"))]
    reports();
    #[cfg(feature = "own-client")]
    reports_with_its_own_client();
}
