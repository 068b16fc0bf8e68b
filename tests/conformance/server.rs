//! A server that returns a status to every request, or a page with it.

use bitbucket_build_status::{Client, Credentials};
use test_support::server::{RecordingServer, json, stored};

const STATUS: &str = include_str!("../fixtures/get_build_status/live.json");

pub(super) fn start() -> RecordingServer {
    RecordingServer::with_handler(|_, request| {
        let is_page = request.method == "GET" && !request.target.contains("/statuses/build/");
        if is_page { json(200, format!(r#"{{"values":[{STATUS}]}}"#)) } else { stored(200, STATUS, request) }
    })
}

pub(super) fn client(server: &RecordingServer) -> Client {
    let credentials = Credentials::access_token("t0ken").expect("credentials");
    let builder = Client::builder().base_url(format!("{}/2.0", server.address()));
    builder.credentials(credentials).max_retries(0).build().expect("a client")
}
