//! One span for each call and an event for each retry, with OpenTelemetry's HTTP attribute names. Without the feature
//! `tracing`, all of it does nothing.

#[cfg(feature = "tracing")]
pub(crate) use spans::CallSpan;
#[cfg(not(feature = "tracing"))]
pub(crate) use without::CallSpan;

/// OpenTelemetry's `error.type` of an attempt or a call that failed.
#[cfg(feature = "tracing")]
fn error_type(outcome: crate::retry::Outcome) -> String {
    match outcome {
        crate::retry::Outcome::Status(status) => status.to_string(),
        other => crate::retry::classify(other).0.to_string(),
    }
}

#[cfg(feature = "tracing")]
mod spans {
    use std::time::Duration;

    use reqwest::Request;
    use tracing::{Instrument as _, Span, field::Empty};

    use super::error_type;
    use crate::{operation::Operation, retry::Outcome};

    /// The span of a call.
    pub(crate) struct CallSpan(Span);

    impl CallSpan {
        pub(crate) fn new(request: &Request, operation: Operation) -> Self {
            let (method, url) = (request.method().as_str(), request.url());
            Self(tracing::info_span!(
                "bitbucket.call",
                otel.name = method,
                otel.kind = "client",
                bitbucket.operation = operation.id(),
                http.request.method = method,
                url.full = url.as_str(),
                server.address = url.host_str(),
                server.port = url.port_or_known_default(),
                http.response.status_code = Empty,
                http.request.resend_count = Empty,
                error.type = Empty,
                otel.status_code = Empty,
            ))
        }

        /// Runs the call inside the span.
        pub(crate) async fn run<T>(&self, work: impl Future<Output = T>) -> T {
            work.instrument(self.0.clone()).await
        }

        /// Records that the request is sent again after a delay.
        pub(crate) fn retrying(&self, outcome: Outcome, resend_count: u32, delay: Duration) {
            let _entered = self.0.enter();
            tracing::warn!(
                http.request.resend_count = resend_count,
                error.type = error_type(outcome),
                delay_ms = u64::try_from(delay.as_millis()).unwrap_or(u64::MAX),
                "retrying the request"
            );
        }

        /// Records the call's outcome.
        pub(crate) fn finish(&self, outcome: Outcome, attempts: u32) {
            if let Outcome::Status(status) | Outcome::NotJson(status) = outcome {
                self.0.record("http.response.status_code", status);
            }
            if attempts > 1 {
                self.0.record("http.request.resend_count", attempts - 1);
            }
            if !outcome.is_success() {
                self.0.record("error.type", error_type(outcome));
                self.0.record("otel.status_code", "ERROR");
            }
        }
    }
}

#[cfg(not(feature = "tracing"))]
mod without {
    use std::time::Duration;

    use reqwest::Request;

    use crate::{operation::Operation, retry::Outcome};

    /// Replaces the span of a call.
    pub(crate) struct CallSpan;

    #[expect(clippy::unused_self, reason = "has the signature of the one with spans")]
    impl CallSpan {
        pub(crate) fn new(_: &Request, _: Operation) -> Self {
            Self
        }

        pub(crate) fn run<T>(&self, work: impl Future<Output = T>) -> impl Future<Output = T> {
            work
        }

        pub(crate) fn retrying(&self, _: Outcome, _: u32, _: Duration) {}

        pub(crate) fn finish(&self, _: Outcome, _: u32) {}
    }
}
