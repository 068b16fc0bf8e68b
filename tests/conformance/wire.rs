//! A server that takes down every request as it arrived and answers with a status.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::{TcpListener, TcpStream},
    sync::{Arc, Mutex},
    thread,
};

use bitbucket_build_status::{Client, Credentials};
use serde_json::Value;

const STATUS: &str = include_str!("../fixtures/get_build_status/live.json");

/// A request as it arrived.
#[derive(Clone, Debug)]
pub(super) struct Received {
    pub(super) method: String,
    /// Path and query as sent, after the base path.
    pub(super) target: String,
    pub(super) headers: Vec<(String, String)>,
    pub(super) body: String,
}

impl Received {
    pub(super) fn json(&self) -> Value {
        serde_json::from_str(&self.body).expect("a JSON body")
    }

    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(found, _)| found == name).map(|(_, value)| value.as_str())
    }
}

pub(super) struct Wire {
    base: String,
    received: Arc<Mutex<Vec<Received>>>,
}

impl Wire {
    pub(super) fn listen() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let base = format!("http://{}/2.0", listener.local_addr().expect("an address"));
        let received = Arc::default();
        let wire = Self { base, received: Arc::clone(&received) };
        thread::spawn(move || {
            for connection in listener.incoming().flatten() {
                let received = Arc::clone(&received);
                thread::spawn(move || serve(&connection, &received));
            }
        });
        wire
    }

    pub(super) fn client(&self) -> Client {
        let credentials = Credentials::access_token("t0ken").expect("credentials");
        Client::builder().base_url(&self.base).credentials(credentials).max_retries(0).build().expect("a client")
    }

    pub(super) fn received(&self) -> Vec<Received> {
        self.received.lock().expect("no panic in the server").clone()
    }

    /// The one request that arrived.
    #[track_caller]
    pub(super) fn only(&self) -> Received {
        let received = self.received();
        let [only] = received.as_slice() else { panic!("expected one request, got {received:#?}") };
        only.clone()
    }
}

fn serve(connection: &TcpStream, received: &Mutex<Vec<Received>>) -> Option<()> {
    let mut reader = BufReader::new(connection.try_clone().ok()?);
    let mut writer = connection;
    loop {
        let request = read(&mut reader)?;
        let page = request.method == "GET" && !request.target.contains("/statuses/build/");
        received.lock().ok()?.push(request);
        let body = if page { format!(r#"{{"values":[{STATUS}]}}"#) } else { STATUS.to_owned() };
        let head =
            format!("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n", body.len());
        writer.write_all((head + &body).as_bytes()).ok()?;
    }
}

fn read(reader: &mut BufReader<TcpStream>) -> Option<Received> {
    let mut lines = Vec::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok().filter(|&read| read > 0)?;
        if line == "\r\n" {
            break;
        }
        lines.push(line.trim_end().to_owned());
    }
    let mut first = lines.first()?.split(' ');
    let method = first.next()?.to_owned();
    let target = first.next()?.strip_prefix("/2.0")?.to_owned();
    let headers: Vec<(String, String)> = lines[1..]
        .iter()
        .filter_map(|line| line.split_once(": "))
        .map(|(name, value)| (name.to_lowercase(), value.to_owned()))
        .collect();
    let length =
        headers.iter().find(|(name, _)| name == "content-length").map_or(0, |(_, value)| value.parse().unwrap());
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    Some(Received { method, target, headers, body: String::from_utf8(body).ok()? })
}
