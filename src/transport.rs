//! Sends built requests: credentials, retries, limits, and the span of a call.

mod attempt;
#[cfg(not(fuzzing))]
mod errors;
#[cfg(fuzzing)]
pub(crate) mod errors;
mod exchange;
pub(crate) mod proxy;
mod response;
mod sent_credentials;
#[cfg(any(feature = "rustls", feature = "rustls-ring"))]
pub(crate) mod tls;
mod token;
mod trace;

use std::{
    sync::Arc,
    time::{Duration, SystemTime},
};

pub use self::proxy::Proxy;
pub(crate) use self::{errors::WRITE_UNKNOWN, response::RawResponse, sent_credentials::SentCredentials};
pub(crate) use attempt::AttemptError;
use attempt::Attempts;
pub use exchange::Exchange;
use reqwest::Request;
pub(crate) use token::{TokenEndpoint, TokenProvider};
use tokio::time::Instant;
use trace::CallSpan;

use crate::{
    error::Result,
    operation::{CredentialKind, Operation, RequestContext},
    retry::{Retries, RetryPolicy, RetryQuota, StopReason},
};

/// The maximum number of bytes of a response that is one status.
const MAX_STATUS_BYTES: usize = 1024 * 1024;
/// The maximum number of bytes of a response that is a page of statuses.
const MAX_PAGE_BYTES: usize = 16 * 1024 * 1024;

/// An observer of every exchange, see [`ClientBuilder::observe`](crate::ClientBuilder::observe).
pub(crate) type Observer = Arc<dyn Fn(&Exchange<'_>) + Send + Sync>;

/// The source of a request's `Authorization`.
pub(crate) enum Authorization {
    None,
    Static(SentCredentials),
    Fetched(TokenProvider),
}

/// What all calls of a client share.
pub(crate) struct Transport {
    pub(crate) http: reqwest::Client,
    /// The timeout of a request that has none of its own.
    pub(crate) http_timeout: Duration,
    /// The proxy from the environment that requests go through, if it is known.
    pub(crate) proxy: Option<Proxy>,
    pub(crate) authorization: Authorization,
    pub(crate) credentials: CredentialKind,
    pub(crate) policy: RetryPolicy,
    pub(crate) quota: Option<RetryQuota>,
    pub(crate) attempt_timeout: Duration,
    pub(crate) observer: Option<Observer>,
}

/// The limits of one call, which may have several requests.
#[derive(Clone, Copy, Debug)]
pub(crate) struct CallLimits {
    pub(crate) started: Instant,
    pub(crate) policy: RetryPolicy,
}

/// What is known about a call apart from its response.
#[derive(Clone, Copy, Debug)]
pub(crate) struct CallSummary {
    /// The number of requests that were sent.
    pub(crate) attempts: u32,
    /// The `Retry-After` of the last response.
    pub(crate) retry_after: Option<Duration>,
    /// Why there was no further retry, if the call failed.
    pub(crate) stop: Option<StopReason>,
}

impl Transport {
    /// The limits of a call that starts now.
    pub(crate) fn limits(&self) -> CallLimits {
        CallLimits { started: Instant::now(), policy: self.policy }
    }

    /// Sends a request, with retries, and returns the response if it is a success.
    pub(crate) async fn send(
        &self,
        request: Request,
        context: RequestContext,
        limits: CallLimits,
    ) -> Result<RawResponse> {
        let (outcome, summary) = self.call(&request, context.operation, limits).await;
        match outcome {
            Ok(response) if response.outcome().is_success() => Ok(response),
            Ok(response) => Err(errors::from_response(&response, request.url(), context, summary)),
            Err(error) => Err(errors::from_attempt(error, context, summary, self.proxy.as_ref())),
        }
    }

    /// Sends a request, with retries, and returns its last response, whatever its status.
    pub(crate) async fn call(
        &self,
        request: &Request,
        operation: Operation,
        limits: CallLimits,
    ) -> (Result<RawResponse, AttemptError>, CallSummary) {
        let max_bytes = if operation.is_list() { MAX_PAGE_BYTES } else { MAX_STATUS_BYTES };
        let span = CallSpan::new(request, operation);
        let mut attempts = Attempts::new(self, request, max_bytes, limits);
        let work = async {
            let mut retries = Retries::new(limits.policy, self.quota.as_ref());
            loop {
                let mut result = attempts.run().await;
                let (outcome, sent) = (attempt::outcome(&result), attempts.sent());
                if let Ok(response) = &mut result {
                    response.attempts = sent;
                    if outcome.is_success() {
                        retries.on_success();
                        return (result, CallSummary { attempts: sent, retry_after: None, stop: None });
                    }
                }
                let retry_after = attempt::retry_after(&result, SystemTime::now());
                match retries.on_failure(outcome, retry_after, limits.started.elapsed(), fastrand::f64()) {
                    Ok(delay) => {
                        span.retrying(outcome, sent, delay);
                        tokio::time::sleep(delay).await;
                    }
                    Err(stop) => return (result, CallSummary { attempts: sent, retry_after, stop: Some(stop) }),
                }
            }
        };
        let (result, summary) = span.run(work).await;
        span.finish(attempt::outcome(&result), summary.attempts);
        (result, summary)
    }
}
