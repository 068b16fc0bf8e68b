//! Accepts and serves connections, and resets them if a fault requires it. Wraps every request in limits, faults, the
//! journal and the headers that all responses share.

use std::{
    collections::HashMap,
    fmt,
    future::poll_fn,
    io,
    pin::Pin,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, AtomicU64, Ordering::Relaxed},
    },
    task::{Context, Poll},
    time::Duration,
};

use axum::{
    Extension, Router,
    body::{Body, Bytes},
    extract::{Request, State},
    middleware::Next,
    response::{IntoResponse, Response},
};
use bytes::BytesMut;
use futures_core::Stream as _;
use http::{
    HeaderMap, HeaderName, HeaderValue, StatusCode,
    header::{CONNECTION, SERVER, VARY},
};
use hyper::{
    body::Incoming,
    server::conn::http1,
    service::{Service as _, service_fn},
};
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    service::TowerToHyperService,
};
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::{TcpListener, TcpStream},
    task::{AbortHandle, Id, JoinError, JoinSet},
};

use super::{
    auth::{Principal, Scope},
    fault::{Disconnect, Fault},
    journal::ReceivedRequest,
    redact::{redact_body, redact_headers, redact_query},
    rejection::{RULE_HEADER, Rejection},
    rules,
    state::SandboxState,
};

/// The most bytes of a head before hyper responds with 431; the sandbox's own limit is lower.
const HEAD_BUFFER_BYTES: usize = 512 * 1024;
/// The most headers before hyper responds with 431.
const MAX_READ_HEADERS: usize = 2_000;
/// The delay before the next attempt if no connection can be accepted and none is idle.
const ACCEPT_RETRY_DELAY: Duration = Duration::from_millis(50);
/// To make room, one of this many idle connections is closed.
const IDLE_SHARE: usize = 16;

/// Accepts connections until the future is dropped, which closes all of them; `read_timeout` is the most time for the head
/// of a request.
pub(crate) async fn serve(listener: TcpListener, router: Router, read_timeout: Duration) {
    let mut connections = Connections::default();
    loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => connections.add(stream, &router, read_timeout),
                // Without a free file handle, idle connections make room for new ones.
                Err(_) if connections.close_idle() => tokio::task::yield_now().await,
                Err(_) => tokio::time::sleep(ACCEPT_RETRY_DELAY).await,
            },
            Some(ended) = connections.tasks.join_next_with_id() => connections.remove(ended),
        }
    }
}

/// The open connections.
#[derive(Default)]
struct Connections {
    tasks: JoinSet<()>,
    open: HashMap<Id, (AbortHandle, Arc<Activity>)>,
    /// Counts requests, so that connections can be ordered by their last one.
    clock: Arc<AtomicU64>,
}

/// Whether a connection is in use.
#[derive(Debug, Default)]
struct Activity {
    is_busy: AtomicBool,
    /// The count at the end of its last request.
    last: AtomicU64,
}

impl Connections {
    fn add(&mut self, stream: TcpStream, router: &Router, read_timeout: Duration) {
        let clock = Arc::clone(&self.clock);
        let activity = Arc::new(Activity { is_busy: AtomicBool::new(false), last: AtomicU64::new(tick(&clock)) });
        let connection = serve_connection(stream, router.clone(), read_timeout, Arc::clone(&activity), clock);
        let handle = self.tasks.spawn(connection);
        self.open.insert(handle.id(), (handle, activity));
    }

    fn remove(&mut self, ended: Result<(Id, ()), JoinError>) {
        let id = ended.map_or_else(|error| error.id(), |(id, ())| id);
        self.open.remove(&id);
    }

    /// Closes some of the idle connections, the longest idle first; returns whether there are any.
    fn close_idle(&mut self) -> bool {
        let idle = self.open.values().filter(|(_, activity)| !activity.is_busy.load(Relaxed));
        let mut idle: Vec<_> = idle.map(|(handle, activity)| (activity.last.load(Relaxed), handle)).collect();
        idle.sort_unstable_by_key(|(last, _)| *last);
        idle.iter().take(idle.len() / IDLE_SHARE + 1).for_each(|(_, handle)| handle.abort());
        !idle.is_empty()
    }
}

fn tick(clock: &AtomicU64) -> u64 {
    clock.fetch_add(1, Relaxed)
}

async fn serve_connection(
    stream: TcpStream,
    router: Router,
    read_timeout: Duration,
    activity: Arc<Activity>,
    clock: Arc<AtomicU64>,
) {
    let resets = Arc::new(AtomicBool::new(false));
    let stream = ResettableStream { stream, resets: Arc::clone(&resets) };
    let router = TowerToHyperService::new(router);
    let service = service_fn(move |request: hyper::Request<Incoming>| {
        activity.is_busy.store(true, Relaxed);
        let (response, resets) = (router.call(request), Arc::clone(&resets));
        let (activity, clock) = (Arc::clone(&activity), Arc::clone(&clock));
        async move {
            let response = response.await;
            activity.is_busy.store(false, Relaxed);
            activity.last.store(tick(&clock), Relaxed);
            match response {
                Ok(response) if response.extensions().get::<Disconnect>().is_none() => Ok(response),
                _ => {
                    resets.store(true, Relaxed);
                    Err(Disconnected)
                }
            }
        }
    });
    // Only the client or a fault ends a connection early; there is nothing to report.
    let _ended = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(read_timeout)
        .max_buf_size(HEAD_BUFFER_BYTES)
        .max_headers(MAX_READ_HEADERS)
        .serve_connection(TokioIo::new(stream), service)
        .await;
}

/// Ends a connection without a response.
#[derive(Debug)]
struct Disconnected;

impl fmt::Display for Disconnected {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("the connection is reset")
    }
}

impl std::error::Error for Disconnected {}

/// A connection that a fault can reset.
struct ResettableStream {
    stream: TcpStream,
    resets: Arc<AtomicBool>,
}

impl Drop for ResettableStream {
    fn drop(&mut self) {
        if self.resets.load(Relaxed) {
            // If that fails, the connection is closed instead.
            let _closed = self.stream.set_zero_linger();
        }
    }
}

impl AsyncRead for ResettableStream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl AsyncWrite for ResettableStream {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

/// The most bytes of a body that is accepted.
const MAX_BODY_BYTES: usize = 1024 * 1024;
/// The most bytes of a body that are read.
const MAX_DRAINED_BYTES: usize = 16 * 1024 * 1024;
const MAX_HEADERS: usize = 100;
const MAX_HEAD_BYTES: usize = 32 * 1024;

/// What the handler of a request adds to the journal and to the headers.
#[derive(Clone, Debug, Default)]
pub(crate) struct RequestNotes(Arc<Mutex<RecordedNotes>>);

#[derive(Debug, Default)]
struct RecordedNotes {
    identity: Option<String>,
    headers: Vec<(HeaderName, HeaderValue)>,
}

impl RequestNotes {
    pub(crate) fn principal(&self, principal: &Principal, scope: Option<Scope>) {
        self.with(|recorded| recorded.identity.clone_from(&principal.name));
        self.headers(principal.headers(scope));
    }

    pub(crate) fn headers(&self, headers: impl IntoIterator<Item = (HeaderName, HeaderValue)>) {
        self.with(|recorded| recorded.headers.extend(headers));
    }

    fn with<T>(&self, change: impl FnOnce(&mut RecordedNotes) -> T) -> T {
        change(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Handles one request from its head to its response.
pub(crate) async fn exchange(State(state): State<Arc<SandboxState>>, request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    let notes = RequestNotes::default();
    let mut received = ReceivedRequest {
        number: 0,
        method: parts.method.to_string(),
        path: parts.uri.path().to_owned(),
        query: redact_query(parts.uri.query().unwrap_or_default()),
        headers: redact_headers(&parts.headers),
        body: Bytes::new(),
        identity: None,
        status: None,
        rule: None,
        fault: None,
    };
    if let Err(rejection) = state.hosts.origin_of(&parts.uri, parts.version, &parts.headers) {
        received.rule = Some(rejection.rule().name.to_owned());
        let mut response = unread(rejection);
        add_headers(response.headers_mut(), &notes);
        received.status = Some(response.status().as_u16());
        let generation = state.world().generation;
        state.record(generation, received);
        return response;
    }
    let (fault, generation) = {
        let mut world = state.world();
        (world.faults.take(&received.method, &received.path), world.generation)
    };
    received.fault = fault.as_ref().map(Fault::to_string);
    if fault == Some(Fault::ResetBeforeReading) {
        state.record(generation, received);
        return Extension(Disconnect).into_response();
    }
    let mut response = match read(&parts.headers, body, state.read_timeout, MAX_BODY_BYTES).await {
        Ok(body) => {
            received.body = redact_body(&parts.headers, body.clone());
            let mut request = Request::from_parts(parts, Body::from(body));
            request.extensions_mut().insert(notes.clone());
            handle(fault.as_ref(), request, next, || state.world().generation == generation).await
        }
        Err(rejection) => unread(rejection),
    };
    add_headers(response.headers_mut(), &notes);
    received.identity = notes.with(|recorded| recorded.identity.take());
    let is_reset = response.extensions().get::<Disconnect>().is_some();
    received.status = (!is_reset).then(|| response.status().as_u16());
    received.rule = response.headers().get(RULE_HEADER).and_then(|rule| rule.to_str().ok()).map(str::to_owned);
    state.record(generation, received);
    response
}

/// The response to a request whose body is not read: the connection is closed after it.
pub(crate) fn unread(rejection: Rejection) -> Response {
    let mut response = rejection.into_response();
    response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
    response
}

/// Handles a request whose body has been read, or injects a fault.
async fn handle(fault: Option<&Fault>, request: Request, next: Next, is_current: impl Fn() -> bool) -> Response {
    if let Some(Fault::Delay(time)) = fault {
        tokio::time::sleep(*time).await;
    }
    if !is_current() {
        // It belongs to a test that has ended; what it writes must not appear in the next one.
        return Extension(Disconnect).into_response();
    }
    match fault.map(|fault| (fault, fault.response())) {
        None => next.run(request).await,
        Some((_, Some(response))) => response,
        Some((fault, None)) => fault.transform(next.run(request).await).await,
    }
}

/// Checks a head against the limits, and reads the body within its own.
pub(crate) async fn read(
    headers: &HeaderMap,
    body: Body,
    read_timeout: Duration,
    limit: usize,
) -> Result<Bytes, Rejection> {
    let body = tokio::time::timeout(read_timeout, collect(body, limit)).await;
    let size: usize = headers.iter().map(|(name, value)| name.as_str().len() + value.len()).sum();
    if headers.len() > MAX_HEADERS || size > MAX_HEAD_BYTES {
        let message = "Bad request: expected at most 100 headers and 32 KiB of them";
        return Err(Rejection::message(&rules::HEAD_SIZE, StatusCode::BAD_REQUEST, message));
    }
    let too_large = |message: String| Rejection::message(&rules::BODY_SIZE, StatusCode::BAD_REQUEST, message);
    match body {
        Ok(Some(body)) => Ok(body),
        Ok(None) => {
            let limit = limit / (1024 * 1024);
            Err(too_large(format!("Bad request: expected a complete body of at most {limit} MiB")))
        }
        Err(_) => Err(too_large("Bad request: expected the complete body in time".to_owned())),
    }
}

/// Reads a body; none if it is too large or incomplete.
///
/// Of a body that is too large some more is read and dropped: a client that is still sending would not see the response.
async fn collect(body: Body, limit: usize) -> Option<Bytes> {
    let mut stream = body.into_data_stream();
    let mut complete = BytesMut::new();
    let mut size = 0;
    while let Some(chunk) = poll_fn(|context| Pin::new(&mut stream).poll_next(context)).await {
        let chunk = chunk.ok()?;
        size += chunk.len();
        if size > limit.max(MAX_DRAINED_BYTES) {
            return None;
        }
        if size <= limit {
            complete.extend_from_slice(&chunk);
        }
    }
    (size <= limit).then(|| complete.freeze())
}

/// Adds the headers that recorded responses have.
fn add_headers(headers: &mut HeaderMap, notes: &RequestNotes) {
    headers.extend(notes.with(|recorded| std::mem::take(&mut recorded.headers)));
    headers.insert(SERVER, HeaderValue::from_static("bitbucket-build-status-sandbox"));
    headers.insert(VARY, HeaderValue::from_static("Authorization, Origin"));
    let trace = HeaderValue::from_str(&format!("{:016x}", fastrand::u64(..)));
    headers.extend(trace.ok().map(|trace| (HeaderName::from_static("x-b3-traceid"), trace)));
}
