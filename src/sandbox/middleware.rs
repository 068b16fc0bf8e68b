//! Wraps every request in limits, faults, the journal and the headers that all responses share.

use std::{
    future::poll_fn,
    pin::Pin,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use axum::{
    Extension,
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

use super::{
    auth::{Principal, Scope},
    fault::{Disconnect, Fault},
    journal::ReceivedRequest,
    redact::{redact_body, redact_headers, redact_query},
    rejection::{RULE_HEADER, Rejection},
    rules,
    state::SandboxState,
};

/// The maximum number of bytes of a body that is accepted.
const MAX_BODY_BYTES: usize = 1024 * 1024;
/// The maximum number of bytes of a body that are read.
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
pub(crate) async fn handle_request(State(state): State<Arc<SandboxState>>, request: Request, next: Next) -> Response {
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
        let message = "Bad request: expected at most 100 headers, with 32 KiB in all";
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
/// Of a body that is too large some more is read and dropped: a client that is still sending would not see the
/// response.
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
