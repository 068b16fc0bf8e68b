use std::{
    io::{Read as _, Write as _},
    net::TcpStream,
    sync::LazyLock,
};

use bitbucket_build_status::{State, sandbox::Sandbox};
use test_support::raw_client::RawResponse;

use crate::support::{COMMIT, URL, bearer, statuses};

static SANDBOX: LazyLock<Sandbox> = LazyLock::new(|| Sandbox::start_blocking().unwrap());

/// Sends a request without a runtime, as a test that blocks does.
fn get_blocking(sandbox: &Sandbox, path: &str) -> RawResponse {
    let mut stream = TcpStream::connect(sandbox.address()).unwrap();
    let lines = format!("Host: {}\r\nConnection: close\r\n{}", sandbox.address(), bearer(Sandbox::TOKEN));
    let request = format!("GET /2.0/repositories/acme/rocket{path} HTTP/1.1\r\n{lines}\r\n");
    stream.write_all(request.as_bytes()).unwrap();
    let mut response = Vec::new();
    stream.read_to_end(&mut response).unwrap();
    RawResponse::parse(&response)
}

/// Reports for its own commit, on its own runtime.
fn report_on_a_runtime(commit: &str) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let commit = SANDBOX.client().commit("acme", "shared", commit).unwrap();
        commit.set("unit-tests", State::Failed, URL).send().await.unwrap();
        assert_eq!(commit.get("unit-tests").await.unwrap().state, State::Failed);
    });
}

#[test]
fn many_tests_with_runtimes_of_their_own_share_a_sandbox() {
    // In turn, so that each runtime ends before the next one starts; then in parallel.
    for digit in ["1", "2"] {
        report_on_a_runtime(&digit.repeat(40));
    }
    std::thread::scope(|scope| {
        for digit in ["3", "4", "5"] {
            scope.spawn(move || report_on_a_runtime(&digit.repeat(40)));
        }
    });
}

#[tokio::test]
async fn a_sandbox_responds_while_a_test_blocks() {
    let sandbox = Sandbox::start().await.unwrap();
    assert_eq!(get_blocking(&sandbox, &statuses("")).status, 200);
}

#[test]
fn synchronous_code_starts_and_ends_a_sandbox() {
    let sandbox = Sandbox::start_blocking().unwrap();
    assert_eq!(get_blocking(&sandbox, &statuses("")).status, 200);
    let address = sandbox.address();
    drop(sandbox);
    let again = Sandbox::builder().port(address.port()).start_blocking().unwrap();
    assert_eq!(again.address(), address, "the port is free at once");
}

#[tokio::test]
async fn a_sandbox_ends_on_its_own_thread_too() {
    let (sender, receiver) = std::sync::mpsc::channel::<Sandbox>();
    let (ended, end) = std::sync::mpsc::channel();
    let receiver = std::sync::Mutex::new(receiver);
    let builder = Sandbox::builder().on_request(move |_| {
        drop(receiver.lock().unwrap().recv().unwrap());
        ended.send(()).unwrap();
    });
    let sandbox = builder.start().await.unwrap();
    let commit = sandbox.client().commit("acme", "rocket", COMMIT).unwrap();
    sender.send(sandbox).unwrap();
    let _reset = commit.get("unit-tests").await;
    end.recv().unwrap();
}

#[tokio::test]
async fn the_sandbox_accepts_its_own_credentials_of_each_kind() {
    use bitbucket_build_status::{Client, Credentials, sandbox::Identity};
    let own = Sandbox::start().await.unwrap();
    let builder = |credentials| Client::builder().base_url(own.url()).credentials(credentials);
    let clients = [
        own.client(),
        builder(Credentials::access_token(Sandbox::TOKEN).unwrap()).build().unwrap(),
        builder(Credentials::api_token(Sandbox::EMAIL, Sandbox::TOKEN).unwrap()).build().unwrap(),
        builder(Credentials::oauth(Sandbox::CLIENT_ID, Sandbox::CLIENT_SECRET).unwrap())
            .oauth_token_url(own.oauth_token_url())
            .build()
            .unwrap(),
    ];
    for client in clients {
        // One identity: each may overwrite what the others reported.
        client.commit("acme", "rocket", COMMIT).unwrap().set("k", State::Failed, URL).send().await.unwrap();
    }
    for identity in [
        Identity::access_token("ci", "t0ken"),
        Identity::api_token("dev", "dev@example.com", "t0ken"),
        Identity::oauth("consumer", "id", "secret"),
    ] {
        let name = identity.name().to_owned();
        let sandbox = Sandbox::builder().identity(identity).start().await.unwrap();
        let commit = sandbox.client().commit("acme", "rocket", COMMIT).unwrap();
        commit.set("k", State::Failed, URL).send().await.unwrap();
        assert_eq!(sandbox.journal().last().unwrap().identity.as_deref(), Some(name.as_str()));
    }
}
