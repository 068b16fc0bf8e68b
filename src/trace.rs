//! One span for each call and an event for each repeat, with OpenTelemetry's HTTP attribute names; nothing without the
//! feature `tracing`.

#[cfg(feature = "tracing")]
pub(crate) use spans::CallSpan;
#[cfg(not(feature = "tracing"))]
pub(crate) use without::CallSpan;

/// What an attempt or a call that failed came to: OpenTelemetry's `error.type`.
#[cfg(feature = "tracing")]
fn error_type(came: crate::error::Came) -> String {
    match came {
        crate::error::Came::Status(status) => status.to_string(),
        other => crate::error::judge(other).0.to_string(),
    }
}

#[cfg(feature = "tracing")]
mod spans {
    use std::time::Duration;

    use reqwest::Request;
    use tracing::{Instrument as _, Span, field::Empty};

    use super::error_type;
    use crate::error::Came;

    /// The span of a call.
    pub(crate) struct CallSpan(Span);

    impl CallSpan {
        pub(crate) fn new(request: &Request, operation: &'static str) -> Self {
            let (method, url) = (request.method().as_str(), request.url());
            Self(tracing::info_span!(
                "bitbucket.call",
                otel.name = method,
                otel.kind = "client",
                bitbucket.operation = operation,
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

        /// Runs what belongs to the call.
        pub(crate) async fn run<T>(&self, work: impl Future<Output = T>) -> T {
            work.instrument(self.0.clone()).await
        }

        /// Tells that the request is sent again after a wait.
        pub(crate) fn repeats(&self, came: Came, resend_count: u32, wait: Duration) {
            let _entered = self.0.enter();
            tracing::warn!(
                http.request.resend_count = resend_count,
                error.type = error_type(came),
                wait_ms = u64::try_from(wait.as_millis()).unwrap_or(u64::MAX),
                "the request is sent again"
            );
        }

        /// Tells what the call came to.
        pub(crate) fn ended(&self, came: Came, attempts: u32) {
            if let Came::Status(status) = came {
                self.0.record("http.response.status_code", status);
            }
            if attempts > 1 {
                self.0.record("http.request.resend_count", attempts - 1);
            }
            if !matches!(came, Came::Status(200..=299)) {
                self.0.record("error.type", error_type(came));
                self.0.record("otel.status_code", "ERROR");
            }
        }
    }
}

#[cfg(not(feature = "tracing"))]
mod without {
    use std::time::Duration;

    use reqwest::Request;

    use crate::error::Came;

    /// Stands for the span of a call.
    pub(crate) struct CallSpan;

    #[expect(clippy::unused_self, reason = "stands for what does use it")]
    impl CallSpan {
        pub(crate) fn new(_: &Request, _: &'static str) -> Self {
            Self
        }

        pub(crate) fn run<T>(&self, work: impl Future<Output = T>) -> impl Future<Output = T> {
            work
        }

        pub(crate) fn repeats(&self, _: Came, _: u32, _: Duration) {}

        pub(crate) fn ended(&self, _: Came, _: u32) {}
    }
}
