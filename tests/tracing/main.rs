//! The span and the events of a call, with OpenTelemetry's names.
//!
//! This is a test binary of its own: `tracing` caches for the entire process whether anything listens to a span, so the
//! only subscriber is installed before the first call.
#![cfg(feature = "tracing")]
#![allow(missing_docs)]

use std::{
    collections::{BTreeMap, HashMap},
    fmt,
    sync::{LazyLock, Mutex, PoisonError},
    time::Duration,
};

use bitbucket_build_status::{BuildStatus, Client, Credentials, ErrorKind, Result};
use test_support::{
    COMMIT,
    server::{RecordingServer, Reply, json, text},
};
use tracing::{
    Event, Metadata, Subscriber,
    field::{Field, Visit},
    span::{Attributes, Id, Record},
};
use tracing_subscriber::{Layer, layer::Context, layer::SubscriberExt as _, registry::LookupSpan};

const LIVE: &str = include_str!("../fixtures/get_build_status/live.json");
const TOKEN: &str = "s3cret-access-token";

type Fields = BTreeMap<String, String>;

/// A span of this crate and its events.
#[derive(Clone, Debug, Default)]
struct Call {
    span: Fields,
    events: Vec<Fields>,
}

/// The calls of all tests, and the call that each open span belongs to.
#[derive(Default)]
struct Recorded {
    calls: Vec<Call>,
    open: HashMap<Id, usize>,
}

static RECORDED: LazyLock<Mutex<Recorded>> = LazyLock::new(|| {
    tracing::subscriber::set_global_default(tracing_subscriber::registry().with(Recorder)).expect("the only one");
    Mutex::default()
});

fn with_recorded<T>(work: impl FnOnce(&mut Recorded) -> T) -> T {
    work(&mut RECORDED.lock().unwrap_or_else(PoisonError::into_inner))
}

struct Recorder;

struct Reader<'a>(&'a mut Fields);

impl Visit for Reader<'_> {
    fn record_str(&mut self, field: &Field, value: &str) {
        self.0.insert(field.name().to_owned(), value.to_owned());
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.0.insert(field.name().to_owned(), format!("{value:?}"));
    }
}

/// Whether the span or event is this crate's own, not one of the HTTP client inside it.
fn is_ours(metadata: &Metadata<'_>) -> bool {
    metadata.target().starts_with("bitbucket_build_status")
}

impl<S: Subscriber + for<'a> LookupSpan<'a>> Layer<S> for Recorder {
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, _: Context<'_, S>) {
        if is_ours(attributes.metadata()) {
            let mut call = Call::default();
            attributes.record(&mut Reader(&mut call.span));
            with_recorded(|recorded| {
                recorded.open.insert(id.clone(), recorded.calls.len());
                recorded.calls.push(call);
            });
        }
    }

    fn on_record(&self, id: &Id, values: &Record<'_>, _: Context<'_, S>) {
        with_recorded(|recorded| {
            if let Some(&call) = recorded.open.get(id) {
                values.record(&mut Reader(&mut recorded.calls[call].span));
            }
        });
    }

    fn on_event(&self, event: &Event<'_>, context: Context<'_, S>) {
        let Some(span) = context.event_span(event).filter(|_| is_ours(event.metadata())) else { return };
        with_recorded(|recorded| {
            if let Some(&call) = recorded.open.get(&span.id()) {
                let mut fields = Fields::new();
                event.record(&mut Reader(&mut fields));
                recorded.calls[call].events.push(fields);
            }
        });
    }

    fn on_close(&self, id: Id, _: Context<'_, S>) {
        // The number may be that of another span next.
        with_recorded(|recorded| recorded.open.remove(&id));
    }
}

/// Reads a status from a server with these replies. Returns the outcome, the server, and the traced calls.
async fn traced_get<const N: usize>(replies: [Reply; N]) -> (Result<BuildStatus>, RecordingServer, Vec<Call>) {
    LazyLock::force(&RECORDED);
    let server = RecordingServer::scripted(replies);
    let client = Client::builder()
        .base_url(format!("{}/2.0", server.address()))
        .credentials(Credentials::access_token(TOKEN).unwrap())
        .initial_backoff(Duration::from_millis(1))
        .max_retries(3)
        .build()
        .unwrap();
    let outcome = client.commit("acme", "rocket", COMMIT).unwrap().get("unit-tests").await;
    let port = server.socket_address().port().to_string();
    let calls = with_recorded(|recorded| {
        let ours = recorded.calls.iter().filter(|call| call.span.get("server.port") == Some(&port));
        ours.cloned().collect()
    });
    (outcome, server, calls)
}

#[track_caller]
fn assert_contains(fields: &Fields, expected: &[(&str, &str)]) {
    for (name, value) in expected {
        assert_eq!(fields.get(*name).map(String::as_str), Some(*value), "{name} in {fields:?}");
    }
}

#[tokio::test]
async fn a_call_is_one_span_and_each_retry_an_event() {
    let replies = [text(503, &[], ""), text(429, &["Retry-After: 0"], ""), json(200, LIVE)];
    let (outcome, server, calls) = traced_get(replies).await;
    outcome.unwrap();
    let [Call { span, events }] = calls.as_slice() else { panic!("expected one call, got {calls:?}") };
    assert_contains(
        span,
        &[
            ("otel.name", "GET"),
            ("otel.kind", "client"),
            ("http.request.method", "GET"),
            ("url.full", &format!("{}{}", server.address(), server.received()[0].target)),
            ("server.address", "127.0.0.1"),
            ("http.response.status_code", "200"),
            ("http.request.resend_count", "2"),
        ],
    );
    assert!(!span.contains_key("error.type"), "{span:?}");
    let [first, second] = events.as_slice() else { panic!("expected two events, got {events:?}") };
    assert_contains(first, &[("error.type", "503"), ("http.request.resend_count", "1")]);
    assert_contains(second, &[("error.type", "429"), ("http.request.resend_count", "2")]);
    assert!(!format!("{calls:?}").contains(TOKEN), "{calls:?}");
}

#[tokio::test]
async fn a_call_that_fails_names_the_type_of_its_error() {
    for (reply, kind, status, error_type) in [
        (text(404, &[], ""), ErrorKind::NotFound, Some("404"), "404"),
        (Reply::Reset(Vec::new()), ErrorKind::Transport, None, "transport"),
    ] {
        let (outcome, _server, calls) = traced_get([reply]).await;
        assert_eq!(outcome.unwrap_err().kind(), kind);
        assert_contains(&calls[0].span, &[("error.type", error_type), ("otel.status_code", "ERROR")]);
        assert_eq!(calls[0].span.get("http.response.status_code").map(String::as_str), status);
        let is_retried = calls[0].span.contains_key("http.request.resend_count");
        assert_eq!(is_retried, !calls[0].events.is_empty(), "{calls:?}");
    }
}
