//! The calls by hand on bare hyper: one connection, no pool, no timeouts. This is the lower bound.

use benches::{
    TOKEN,
    handwritten::{Name, Status, Update},
};
use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper::{
    Method, Request,
    client::conn::http1::{SendRequest, handshake},
    header::{AUTHORIZATION, CONTENT_TYPE, HOST},
};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

use crate::{Caller, Outcome};

pub(crate) struct Hyper {
    connection: SendRequest<Full<Bytes>>,
    host: String,
    base: String,
    name: Name,
}

impl Hyper {
    pub(crate) async fn connect(url: &str) -> Outcome<Self> {
        let address = url.strip_prefix("http://").ok_or("expected an http URL")?;
        let (host, path) = address.split_once('/').ok_or("expected a URL with a path")?;
        let stream = TcpStream::connect(host).await?;
        stream.set_nodelay(true)?;
        let (sender, connection) = handshake(TokioIo::new(stream)).await?;
        tokio::spawn(connection);
        let base = format!("/{path}");
        Ok(Self { connection: sender, host: host.to_owned(), base, name: Name::of_all_calls() })
    }

    async fn call(&mut self, method: Method, body: Bytes) -> Outcome<usize> {
        let request = Request::builder()
            .method(method)
            .uri(self.name.below(&self.base))
            .header(HOST, &self.host)
            .header(AUTHORIZATION, format!("Bearer {TOKEN}"))
            .header(CONTENT_TYPE, "application/json")
            .body(Full::new(body))?;
        self.connection.ready().await?;
        let response = self.connection.send_request(request).await?;
        if !response.status().is_success() {
            return Err(format!("the server returned {}", response.status()).into());
        }
        let body = response.into_body().collect().await?.to_bytes();
        let status: Status = serde_json::from_slice(&body)?;
        Ok(status.url.len())
    }
}

impl Caller for Hyper {
    async fn update(&mut self) -> Outcome<usize> {
        let body = Update::of_all_calls(&self.name.key);
        self.call(Method::PUT, serde_json::to_vec(&body)?.into()).await
    }

    async fn get(&mut self) -> Outcome<usize> {
        self.call(Method::GET, Bytes::new()).await
    }
}
