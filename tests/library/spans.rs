//! What `tracing` sees of a call, with OpenTelemetry's names.

use std::{
    collections::BTreeMap,
    fmt,
    sync::{Arc, Mutex},
};

use bitbucket_build_status::ErrorKind;
use test_support::server::{RecordingServer, json, text};
use tracing::{
    Event, Subscriber,
    field::{Field, Visit},
    span::{Attributes, Id, Record},
};
use tracing_subscriber::{Layer, layer::Context, layer::SubscriberExt as _, registry::LookupSpan};

use crate::support::{LIVE, TOKEN, commit, expect_kind};

type Fields = BTreeMap<String, String>;

/// Everything of this crate that was traced.
#[derive(Clone, Default)]
struct Seen(Arc<Mutex<(Vec<Fields>, Vec<Fields>)>>);

struct Reader<'a>(&'a mut Fields);

impl Visit for Reader<'_> {
    fn record_str(&mut self, field: &Field, value: &str) {
        self.0.insert(field.name().to_owned(), value.to_owned());
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.0.insert(field.name().to_owned(), format!("{value:?}"));
    }
}

impl<S: Subscriber + for<'a> LookupSpan<'a>> Layer<S> for Seen {
    fn on_new_span(&self, attributes: &Attributes<'_>, _: &Id, _: Context<'_, S>) {
        if attributes.metadata().target().starts_with("bitbucket_build_status") {
            let mut fields = Fields::new();
            attributes.record(&mut Reader(&mut fields));
            self.0.lock().unwrap().0.push(fields);
        }
    }

    fn on_record(&self, _: &Id, values: &Record<'_>, _: Context<'_, S>) {
        if let Some(last) = self.0.lock().unwrap().0.last_mut() {
            values.record(&mut Reader(last));
        }
    }

    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        if event.metadata().target().starts_with("bitbucket_build_status") {
            let mut fields = Fields::new();
            event.record(&mut Reader(&mut fields));
            self.0.lock().unwrap().1.push(fields);
        }
    }
}

#[track_caller]
fn assert_holds(fields: &Fields, expected: &[(&str, &str)]) {
    for (name, value) in expected {
        assert_eq!(fields.get(*name).map(String::as_str), Some(*value), "{name} in {fields:?}");
    }
}

#[tokio::test]
async fn a_call_is_one_span_and_each_repeat_an_event() {
    let server = RecordingServer::scripted([text(503, &[], ""), text(429, &["Retry-After: 0"], ""), json(200, LIVE)]);
    let seen = Seen::default();
    let guard = tracing::subscriber::set_default(tracing_subscriber::registry().with(seen.clone()));
    commit(&server).get("k").await.unwrap();
    drop(guard);
    let (spans, events) = &*seen.0.lock().unwrap();
    let [span] = spans.as_slice() else { panic!("expected one span, got {spans:?}") };
    let port = server.address().rsplit(':').next().unwrap();
    let url = format!("{}{}", server.address(), server.received()[0].target);
    assert_holds(
        span,
        &[
            ("otel.name", "GET"),
            ("otel.kind", "client"),
            ("http.request.method", "GET"),
            ("url.full", &url),
            ("server.address", "127.0.0.1"),
            ("server.port", port),
            ("http.response.status_code", "200"),
            ("http.request.resend_count", "2"),
        ],
    );
    assert!(!span.contains_key("error.type"));
    let [first, second] = events.as_slice() else { panic!("expected two events, got {events:?}") };
    assert_holds(first, &[("error.type", "503"), ("http.request.resend_count", "1")]);
    assert_holds(second, &[("error.type", "429"), ("http.request.resend_count", "2")]);
    assert!(!format!("{spans:?} {events:?}").contains(TOKEN));
}

#[tokio::test]
async fn a_call_that_fails_names_the_type_of_its_error() {
    for (reply, kind, status, error_type) in [
        (text(404, &[], ""), ErrorKind::NotFound, Some("404"), "404"),
        (test_support::server::Reply::Reset(Vec::new()), ErrorKind::Transport, None, "transport"),
    ] {
        let server = RecordingServer::scripted([reply]);
        let seen = Seen::default();
        let guard = tracing::subscriber::set_default(tracing_subscriber::registry().with(seen.clone()));
        expect_kind(commit(&server).get("k").await, kind);
        drop(guard);
        let (spans, _) = &*seen.0.lock().unwrap();
        assert_holds(&spans[0], &[("error.type", error_type), ("otel.status_code", "ERROR")]);
        assert_eq!(spans[0].get("http.response.status_code").map(String::as_str), status);
    }
}
