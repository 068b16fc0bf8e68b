//! A server that does what a script says, down to the byte: real servers are too well behaved.

use std::{
    io,
    sync::{Arc, Mutex},
    time::Duration,
};

use tokio::{
    io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    task::JoinHandle,
};

/// What the server does with one request.
#[derive(Clone, Debug)]
pub(crate) enum Reply {
    /// Sends these bytes and keeps the connection open.
    Bytes(Vec<u8>),
    /// Sends these bytes, then closes the connection.
    Cut(Vec<u8>),
    /// Sends these bytes, then resets the connection.
    Reset(Vec<u8>),
    /// Waits, then sends these bytes.
    Slow(Duration, Vec<u8>),
}

/// An answer with this status, these header lines and this body, well formed.
pub(crate) fn answer(status: u16, headers: &[&str], body: impl AsRef<[u8]>) -> Vec<u8> {
    let body = body.as_ref();
    let lines: String = headers.iter().flat_map(|line| [line, "\r\n"]).collect();
    let head = format!("HTTP/1.1 {status} Said\r\nContent-Length: {}\r\n{lines}\r\n", body.len());
    [head.as_bytes(), body].concat()
}

/// A well-formed JSON answer.
pub(crate) fn json(status: u16, body: impl AsRef<str>) -> Reply {
    Reply::Bytes(answer(status, &["Content-Type: application/json; charset=utf-8"], body.as_ref()))
}

/// A well-formed answer that is no JSON.
pub(crate) fn text(status: u16, headers: &[&str], body: &str) -> Reply {
    Reply::Bytes(answer(status, headers, body))
}

/// A request as it came.
#[derive(Clone, Debug)]
pub(crate) struct ReceivedRequest {
    pub(crate) method: String,
    pub(crate) target: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl ReceivedRequest {
    /// The value of a header, by its lower-case name.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// The body as JSON.
    #[track_caller]
    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).expect("the request's body is JSON")
    }
}

/// A scripted server on loopback; it ends when it is dropped.
pub(crate) struct Server {
    address: String,
    received: Arc<Mutex<Vec<ReceivedRequest>>>,
    listening: JoinHandle<()>,
}

/// What a server answers, from the number of the request (from 0) and the request.
type FaultRule = dyn Fn(usize, &ReceivedRequest) -> Reply + Send + Sync;

impl Server {
    /// Answers by the list, and from its end on always with its last entry.
    pub(crate) async fn scripted(replies: impl Into<Vec<Reply>>) -> Self {
        let replies = replies.into();
        Self::answering(move |number, _| replies[number.min(replies.len() - 1)].clone()).await
    }

    /// Answers by a function.
    pub(crate) async fn answering(script: impl Fn(usize, &ReceivedRequest) -> Reply + Send + Sync + 'static) -> Self {
        Self::start(script, |stream| async { Ok(stream) }, "http").await
    }

    /// Answers by a function over what `wrap` makes of each connection.
    pub(crate) async fn start<S, F>(
        script: impl Fn(usize, &ReceivedRequest) -> Reply + Send + Sync + 'static,
        wrap: impl Fn(TcpStream) -> F + Send + Sync + Clone + 'static,
        scheme: &str,
    ) -> Self
    where
        S: Connection,
        F: Future<Output = io::Result<S>> + Send,
    {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = format!("{scheme}://{}", listener.local_addr().expect("a local address"));
        let received = Arc::<Mutex<Vec<ReceivedRequest>>>::default();
        let (script, seen): (Arc<FaultRule>, _) = (Arc::new(script), Arc::clone(&received));
        let listening = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (script, seen, wrap) = (Arc::clone(&script), Arc::clone(&seen), wrap.clone());
                tokio::spawn(async move {
                    // A client that leaves early ends its connection, not the test.
                    if let Ok(stream) = wrap(stream).await {
                        let _ = serve(stream, &*script, &seen).await;
                    }
                });
            }
        });
        Self { address, received, listening }
    }

    /// The base URL, without a path.
    pub(crate) fn address(&self) -> &str {
        &self.address
    }

    /// All requests so far.
    pub(crate) fn received(&self) -> Vec<ReceivedRequest> {
        self.received.lock().unwrap().clone()
    }

    /// How many requests came so far.
    pub(crate) fn requests(&self) -> usize {
        self.received.lock().unwrap().len()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.listening.abort();
    }
}

/// A connection that can be reset.
pub(crate) trait Connection: AsyncRead + AsyncWrite + Unpin + Send {
    fn reset(self);
}

impl Connection for TcpStream {
    fn reset(self) {
        let _ = self.set_zero_linger();
    }
}

#[cfg(feature = "rustls")]
impl Connection for tokio_rustls::server::TlsStream<TcpStream> {
    fn reset(self) {
        let _ = self.get_ref().0.set_zero_linger();
    }
}

async fn serve(mut stream: impl Connection, script: &FaultRule, seen: &Mutex<Vec<ReceivedRequest>>) -> io::Result<()> {
    let mut buffer = Vec::new();
    while let Some(request) = read_request(&mut stream, &mut buffer).await? {
        let number = {
            let mut seen = seen.lock().unwrap();
            seen.push(request.clone());
            seen.len() - 1
        };
        match script(number, &request) {
            Reply::Bytes(bytes) => stream.write_all(&bytes).await?,
            Reply::Slow(wait, bytes) => {
                tokio::time::sleep(wait).await;
                stream.write_all(&bytes).await?;
            }
            Reply::Cut(bytes) => {
                stream.write_all(&bytes).await?;
                return stream.shutdown().await;
            }
            Reply::Reset(bytes) => {
                stream.write_all(&bytes).await?;
                stream.flush().await?;
                stream.reset();
                return Ok(());
            }
        }
    }
    Ok(())
}

async fn read_request(
    stream: &mut (impl AsyncRead + Unpin),
    buffer: &mut Vec<u8>,
) -> io::Result<Option<ReceivedRequest>> {
    let end = loop {
        if let Some(end) = buffer.windows(4).position(|window| window == b"\r\n\r\n") {
            break end;
        }
        if stream.read_buf(buffer).await? == 0 {
            return Ok(None);
        }
    };
    let head = String::from_utf8_lossy(&buffer[..end]).into_owned();
    let mut lines = head.lines();
    let mut first = lines.next().unwrap_or_default().split(' ').map(str::to_owned);
    let (method, target) = (first.next().unwrap_or_default(), first.next().unwrap_or_default());
    let headers: Vec<_> = lines
        .filter_map(|line| line.split_once(':'))
        .map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned()))
        .collect();
    let length = headers.iter().find(|(name, _)| name == "content-length");
    let length = length.and_then(|(_, value)| value.parse::<usize>().ok()).unwrap_or_default();
    let whole = end + 4 + length;
    while buffer.len() < whole {
        if stream.read_buf(buffer).await? == 0 {
            return Ok(None);
        }
    }
    let body = buffer[end + 4..whole].to_vec();
    buffer.drain(..whole);
    Ok(Some(ReceivedRequest { method, target, headers, body }))
}
