//! A server that sends the bytes that a test scripts, and records the requests.

use std::{
    any::Any,
    io,
    net::SocketAddr,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Arc, Mutex},
    thread,
    time::Duration,
};

use serde_json::Value;
use socket2::SockRef;
use tokio::{
    io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    runtime::Runtime,
    sync::Semaphore,
};

/// The reaction to one request.
#[derive(Clone, Debug)]
pub enum Reply {
    /// Sends these bytes and keeps the connection open.
    Bytes(Vec<u8>),
    /// Sends these bytes, then closes the connection.
    Truncate(Vec<u8>),
    /// Sends these bytes, then resets the connection.
    Reset(Vec<u8>),
    /// Waits, then sends these bytes.
    Slow(Duration, Vec<u8>),
    /// Waits until the gate is open, then sends these bytes.
    Held(Gate, Vec<u8>),
}

/// Delays replies until the test opens it.
#[derive(Clone, Debug)]
pub struct Gate(Arc<Semaphore>);

impl Gate {
    /// A closed gate.
    #[must_use]
    pub fn closed() -> Self {
        Self(Arc::new(Semaphore::new(0)))
    }

    /// Opens the gate for good.
    pub fn open(&self) {
        self.0.close();
    }

    async fn pass(&self) {
        // There are no permits; an error is how a semaphore reports that it was closed.
        let _ = self.0.acquire().await;
    }
}

impl Reply {
    /// Sends nothing, and keeps the connection open.
    pub const NEVER: Self = Self::Bytes(Vec::new());
}

/// A well-formed response with this status, these header lines and this body.
pub fn response(status: u16, headers: &[&str], body: impl AsRef<[u8]>) -> Vec<u8> {
    let body = body.as_ref();
    let lines: String = headers.iter().flat_map(|line| [line, "\r\n"]).collect();
    let head = format!("HTTP/1.1 {status} Reason\r\nContent-Length: {}\r\n{lines}\r\n", body.len());
    [head.as_bytes(), body].concat()
}

/// A well-formed JSON response.
pub fn json(status: u16, body: impl AsRef<str>) -> Reply {
    Reply::Bytes(response(status, &["Content-Type: application/json; charset=utf-8"], body.as_ref()))
}

/// The response of a server that applied a request: `status`, with the key of the path and the members of the request's
/// body.
pub fn stored(code: u16, status: &str, request: &ReceivedRequest) -> Reply {
    let mut status: Value = serde_json::from_str(status).expect("a status is JSON");
    if let Some((_, key)) = request.target.split_once("/statuses/build/") {
        status["key"] = decoded(key).into();
    }
    let body: Value = serde_json::from_slice(&request.body).unwrap_or_default();
    for (member, value) in body.as_object().into_iter().flatten() {
        status[member] = value.clone();
    }
    json(code, status.to_string())
}

/// A segment of a path without its percent encoding.
pub fn decoded(segment: &str) -> String {
    let mut bytes = segment.bytes();
    let mut decoded = Vec::new();
    while let Some(byte) = bytes.next() {
        let mut digit = || bytes.next().and_then(|digit| char::from(digit).to_digit(16)).expect("a digit after %");
        decoded.push(if byte == b'%' { u8::try_from(16 * digit() + digit()).expect("a byte") } else { byte });
    }
    String::from_utf8(decoded).expect("text")
}

/// A well-formed response of another kind.
pub fn text(status: u16, headers: &[&str], body: &str) -> Reply {
    Reply::Bytes(response(status, headers, body))
}

/// A request as it arrived.
#[derive(Clone, Debug)]
pub struct ReceivedRequest {
    /// The method.
    pub method: String,
    /// Path and query as they were sent.
    pub target: String,
    /// Names in lower case, and values.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
}

impl ReceivedRequest {
    /// The value of a header, by its name in lower case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// The body as text.
    #[track_caller]
    pub fn text(&self) -> &str {
        std::str::from_utf8(&self.body).expect("the request's body is text")
    }

    /// The body as JSON.
    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).expect("the request's body is JSON")
    }
}

/// The reply to a request, by its number (from 0) and the request.
type Handler = dyn Fn(usize, &ReceivedRequest) -> Reply + Send + Sync;

/// The state that the server's tasks and the test share.
#[derive(Default)]
struct Record {
    requests: Mutex<Vec<ReceivedRequest>>,
    failures: Mutex<Vec<String>>,
}

/// A server on loopback with its own thread. If its handler panics, dropping the server panics too, so that an
/// assertion in a handler fails the test.
pub struct RecordingServer {
    url: String,
    address: SocketAddr,
    record: Arc<Record>,
    /// Some until the drop.
    runtime: Option<Runtime>,
}

impl RecordingServer {
    /// Replies with each entry of the list in turn, and then always with the last one.
    #[track_caller]
    pub fn scripted(replies: impl Into<Vec<Reply>>) -> Self {
        let replies = replies.into();
        assert!(!replies.is_empty(), "a server needs at least one reply");
        Self::with_handler(move |number, _| replies[number.min(replies.len() - 1)].clone())
    }

    /// Replies with what a function returns for the number of the request (from 0) and the request.
    pub fn with_handler(handler: impl Fn(usize, &ReceivedRequest) -> Reply + Send + Sync + 'static) -> Self {
        Self::start("http", |stream| async { Ok(stream) }, handler)
    }

    /// Like [`Self::with_handler`], with each connection wrapped, such as in TLS.
    pub fn start<S, F>(
        scheme: &str,
        wrap: impl Fn(TcpStream) -> F + Send + Sync + 'static,
        handler: impl Fn(usize, &ReceivedRequest) -> Reply + Send + Sync + 'static,
    ) -> Self
    where
        S: AsyncRead + AsyncWrite + Unpin + Send,
        F: Future<Output = io::Result<S>> + Send,
    {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build();
        let runtime = runtime.expect("a runtime");
        let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
        listener.set_nonblocking(true).expect("a socket option");
        let address = listener.local_addr().expect("a local address");
        let record = Arc::<Record>::default();
        let (handler, wrap, shared) =
            (Arc::<Handler>::from(Box::new(handler) as Box<Handler>), Arc::new(wrap), Arc::clone(&record));
        runtime.spawn(async move {
            let listener = TcpListener::from_std(listener).expect("a listener");
            while let Ok((stream, _)) = listener.accept().await {
                let (handler, wrap, record) = (Arc::clone(&handler), Arc::clone(&wrap), Arc::clone(&shared));
                tokio::spawn(async move {
                    let socket = SockRef::from(&stream).try_clone()?;
                    let mut stream = wrap(stream).await?;
                    if serve(&mut stream, &*handler, &record).await? == Ending::Reset {
                        socket.set_linger(Some(Duration::ZERO))?;
                    }
                    // A client that disconnects early does not fail the test.
                    io::Result::Ok(())
                });
            }
        });
        Self { url: format!("{scheme}://{address}"), address, record, runtime: Some(runtime) }
    }

    /// The base URL, without a path.
    pub fn address(&self) -> &str {
        &self.url
    }

    /// The address that it listens on.
    pub fn socket_address(&self) -> SocketAddr {
        self.address
    }

    /// All requests so far.
    pub fn received(&self) -> Vec<ReceivedRequest> {
        self.record.requests.lock().expect("no panic while recording").clone()
    }

    /// The one request that arrived.
    #[track_caller]
    pub fn only_request(&self) -> ReceivedRequest {
        let received = self.received();
        let [only] = received.as_slice() else { panic!("expected one request, got {received:#?}") };
        only.clone()
    }

    /// The number of requests so far.
    pub fn requests(&self) -> usize {
        self.received().len()
    }
}

impl Drop for RecordingServer {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            // Tests drop servers in asynchronous code, where nothing may block.
            runtime.shutdown_background();
        }
        let failures = self.record.failures.lock().map(|failures| failures.join("\n")).unwrap_or_default();
        assert!(failures.is_empty() || thread::panicking(), "the server's handler panicked: {failures}");
    }
}

/// How a connection ends.
#[derive(PartialEq)]
enum Ending {
    Close,
    Reset,
}

async fn serve(
    stream: &mut (impl AsyncRead + AsyncWrite + Unpin),
    handler: &Handler,
    record: &Record,
) -> io::Result<Ending> {
    let mut buffer = Vec::new();
    while let Some(request) = read_request(stream, &mut buffer).await? {
        let number = {
            let mut requests = record.requests.lock().expect("no panic while recording");
            requests.push(request.clone());
            requests.len() - 1
        };
        let reply = match catch_unwind(AssertUnwindSafe(|| handler(number, &request))) {
            Ok(reply) => reply,
            Err(panic) => {
                let request = format!("{} {}", request.method, request.target);
                let failure = format!("{request}: {}", message(&*panic));
                record.failures.lock().expect("no panic while recording").push(failure);
                return Ok(Ending::Reset);
            }
        };
        match reply {
            Reply::Bytes(bytes) => stream.write_all(&bytes).await?,
            Reply::Slow(delay, bytes) => {
                tokio::time::sleep(delay).await;
                stream.write_all(&bytes).await?;
            }
            Reply::Held(gate, bytes) => {
                gate.pass().await;
                stream.write_all(&bytes).await?;
            }
            Reply::Truncate(bytes) => {
                stream.write_all(&bytes).await?;
                stream.shutdown().await?;
                return Ok(Ending::Close);
            }
            Reply::Reset(bytes) => {
                stream.write_all(&bytes).await?;
                stream.flush().await?;
                return Ok(Ending::Reset);
            }
        }
    }
    Ok(Ending::Close)
}

/// The message of a panic.
fn message(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    text.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("a panic without a text")
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
    let complete = end + 4 + length;
    while buffer.len() < complete {
        if stream.read_buf(buffer).await? == 0 {
            return Ok(None);
        }
    }
    let body = buffer[end + 4..complete].to_vec();
    buffer.drain(..complete);
    Ok(Some(ReceivedRequest { method, target, headers, body }))
}

#[cfg(test)]
mod tests {
    use std::{
        io::{Read as _, Write as _},
        panic,
    };

    use super::*;

    /// Sends these bytes and reads until the server closes the connection or `until` has arrived.
    fn exchange(server: &RecordingServer, request: &[u8], until: &[u8]) -> io::Result<Vec<u8>> {
        let mut stream = std::net::TcpStream::connect(server.socket_address()).unwrap();
        stream.write_all(request).unwrap();
        let mut received = Vec::new();
        while until.is_empty() || !received.ends_with(until) {
            let mut byte = [0];
            if stream.read(&mut byte)? == 0 {
                break;
            }
            received.push(byte[0]);
        }
        Ok(received)
    }

    const GET: &[u8] = b"GET /a HTTP/1.1\r\n\r\n";

    #[test]
    fn requests_are_recorded_and_replied_to_in_order() {
        let server =
            RecordingServer::scripted([text(200, &[], "first."), Reply::Truncate(response(404, &["X: y"], "second"))]);
        let two = b"POST /a HTTP/1.1\r\nX-B:  c \r\nContent-Length: 4\r\n\r\nbodyGET /d HTTP/1.1\r\n\r\n";
        let received = exchange(&server, two, b"").unwrap();
        let expected = "HTTP/1.1 200 Reason\r\nContent-Length: 6\r\n\r\nfirst.\
                        HTTP/1.1 404 Reason\r\nContent-Length: 6\r\nX: y\r\n\r\nsecond";
        assert_eq!(String::from_utf8(received).unwrap(), expected);
        let received = server.received();
        assert_eq!((received.len(), server.requests()), (2, 2));
        assert_eq!(
            (received[0].method.as_str(), received[0].target.as_str(), received[0].text()),
            ("POST", "/a", "body")
        );
        assert_eq!((received[0].header("x-b"), received[1].target.as_str()), (Some("c"), "/d"));
    }

    #[test]
    fn the_last_reply_is_used_after_the_end_of_the_list() {
        let server = RecordingServer::scripted([text(503, &[], "busy!"), text(200, &[], "done!")]);
        for expected in ["503", "200", "200"] {
            let received = exchange(&server, GET, b"!").unwrap();
            assert!(received.starts_with(format!("HTTP/1.1 {expected} ").as_bytes()));
        }
    }

    #[test]
    fn a_reset_is_an_error_and_a_truncation_is_an_end() {
        let reset = RecordingServer::scripted([Reply::Reset(b"HTTP/1.1 200 O".to_vec())]);
        assert_eq!(exchange(&reset, GET, b"").unwrap_err().kind(), io::ErrorKind::ConnectionReset);
        let truncated = RecordingServer::scripted([Reply::Truncate(b"HTTP/1.1 200 O".to_vec())]);
        assert_eq!(exchange(&truncated, GET, b"").unwrap(), b"HTTP/1.1 200 O");
    }

    #[test]
    fn a_handler_that_panics_fails_the_test() {
        let server = RecordingServer::with_handler(|_, request| panic!("{} was not expected", request.target));
        exchange(&server, GET, b"").unwrap_err();
        let dropped = panic::catch_unwind(AssertUnwindSafe(|| drop(server))).unwrap_err();
        assert_eq!(message(&*dropped), "the server's handler panicked: GET /a: /a was not expected");
    }

    #[test]
    fn a_test_that_fails_for_another_reason_fails_for_that() {
        let failure = panic::catch_unwind(|| {
            let server = RecordingServer::with_handler(|_, _| panic!("in the handler"));
            exchange(&server, GET, b"").unwrap_err();
            panic!("in the test");
        });
        assert_eq!(message(&*failure.unwrap_err()), "in the test");
    }

    #[tokio::test]
    async fn a_server_that_is_dropped_in_asynchronous_code_closes_its_connections() {
        let server = RecordingServer::scripted([text(200, &[], "")]);
        let mut stream = TcpStream::connect(server.socket_address()).await.unwrap();
        drop(server);
        let ended = stream.read(&mut [0]).await;
        assert!(ended.as_ref().map_or(true, |&read| read == 0), "{ended:?}");
    }
}
