//! Makes the error of a call from its last attempt: a response that is not a success, a connection that failed, or a
//! token that could not be fetched.

use std::time::{Duration, SystemTime};

use http::{HeaderMap, StatusCode};
use reqwest::Url;

use super::{AttemptError, CallSummary, Proxy, RawResponse};
use crate::{
    error::{ConnectCause, Details, Error, ErrorBody, ErrorKind, MAX_TEXTS, excerpt},
    operation::RequestContext,
    retry::{Outcome, StopReason, classify, retry_after},
};

/// The beginning of every message about an OAuth consumer's token.
const NO_TOKEN: &str = "could not get an access token for the OAuth consumer";
/// What is known of a write whose response is not from the API.
pub(crate) const WRITE_UNKNOWN: &str = "; it is not known whether the write was applied";
/// The length in bytes from which no further field is added to a text.
const LONGEST_TEXT: usize = 1000;

/// The error of a call whose last response is not a success.
pub(crate) fn from_response(response: &RawResponse, url: &Url, context: RequestContext, summary: CallSummary) -> Error {
    let status = response.status.as_u16();
    let (kind, is_retryable) = classify(response.outcome());
    let details = if kind == ErrorKind::Redirect {
        redirect(status, url, response.header("location"))
    } else if kind == ErrorKind::Decode {
        not_json(status, response, context)
    } else {
        let body = response.error_body();
        let mut text = sentence(status, &body);
        if let Some(encoding) = response.compression() {
            text.extend([" with a compressed body (", &excerpt(encoding), "), which was not requested"]);
        }
        Details { body, ..Details::new(kind, text) }
    };
    finish(
        Details {
            status: Some(status),
            is_retryable,
            trace_id: response.trace_id().map(excerpt),
            accepted_scopes: scopes(&response.headers, "x-accepted-oauth-scopes"),
            credential_scopes: scopes(&response.headers, "x-oauth-scopes"),
            ..details
        },
        context,
        summary,
    )
}

/// The error of a call whose last attempt has no response.
pub(super) fn from_attempt(
    error: AttemptError,
    context: RequestContext,
    summary: CallSummary,
    proxy: Option<&Proxy>,
) -> Error {
    let details = match error {
        AttemptError::Transport(cause) => transport(cause, proxy),
        AttemptError::Auth(error) => error.into_details(),
    };
    finish(details, context, summary)
}

fn finish(mut details: Details, context: RequestContext, summary: CallSummary) -> Error {
    details.text.push_str(&retry_suffix(summary));
    details.attempts = summary.attempts;
    details.retry_after = summary.retry_after;
    details.is_quota_exhausted = summary.stop == Some(StopReason::QuotaExhausted);
    details.request = Some(context);
    details.into()
}

/// The error of a redirect. Bitbucket's own lead to another path on the same host. A query or a user may be a secret of
/// a login portal, and is not shown.
fn redirect(status: u16, url: &Url, location: Option<&str>) -> Details {
    let location = location.and_then(|location| url.join(location).ok()).filter(Url::has_host);
    let (text, location) = match location {
        Some(mut location) if location.host() == url.host() => {
            location.set_query(None);
            location.set_fragment(None);
            // These fail only for an address without a host.
            let _ = (location.set_username(""), location.set_password(None));
            let shown = excerpt(location.as_str());
            let text = format!("the repository has moved: Bitbucket returned {status} and points to {shown}");
            (text, Some(location.into()))
        }
        Some(location) => {
            let host = excerpt(&location.origin().ascii_serialization());
            (format!("something between this client and Bitbucket redirects to {host} ({status})"), None)
        }
        None => (format!("Bitbucket returned {status}, a redirect without an address"), None),
    };
    Details { location, ..Details::new(ErrorKind::Redirect, text) }
}

fn not_json(status: u16, response: &RawResponse, context: RequestContext) -> Details {
    let body = ErrorBody { excerpt: response.error_body().excerpt, ..ErrorBody::default() };
    let problem = if body.excerpt.is_none() { "an empty body" } else { "a body that is not JSON" };
    let outcome = if context.operation.is_write() { WRITE_UNKNOWN } else { "" };
    let text = format!("Bitbucket returned {status} with {problem}{outcome}");
    Details { body, ..Details::new(ErrorKind::Decode, text) }
}

/// One sentence from status and body: the message, and the fields that it does not contain.
fn sentence(status: u16, body: &ErrorBody) -> String {
    let reason = StatusCode::from_u16(status).ok().and_then(|status| status.canonical_reason());
    let mut text = match reason {
        Some(reason) => format!("Bitbucket returned {status} {reason}"),
        None => format!("Bitbucket returned {status}"),
    };
    let message = body.message.as_deref().unwrap_or_default();
    if !message.is_empty() && !message.eq_ignore_ascii_case(reason.unwrap_or_default()) {
        text.extend([": ", message]);
    }
    for (field, problem) in body.fields.iter().flat_map(|(field, all)| all.iter().map(move |one| (field, one))) {
        if text.len() < LONGEST_TEXT && !message.contains(problem.as_str()) {
            text.extend(["; ", field, ": ", problem]);
        }
    }
    if let Some(detail) = &body.detail {
        text.extend([" (", detail, ")"]);
    }
    text
}

/// The number of attempts, and why there was no further retry.
fn retry_suffix(CallSummary { attempts, stop, .. }: CallSummary) -> String {
    let tried = if attempts > 1 { format!(" (after {attempts} attempts)") } else { String::new() };
    match stop {
        Some(StopReason::DelayExceedsDeadline { delay, left }) => {
            format!(
                "{tried}; the server asks for a delay of {}, but only {} are left for the call",
                seconds(delay),
                seconds(left)
            )
        }
        Some(StopReason::DeadlineExceeded { total_timeout }) => {
            format!("{tried}; no other attempt fits into the call's timeout of {}", seconds(total_timeout))
        }
        Some(StopReason::QuotaExhausted) => {
            let again = if attempts > 1 { " again" } else { "" };
            format!("{tried}; not retried{again}, since too many other calls have failed (the retry quota is used up)")
        }
        Some(StopReason::Permanent | StopReason::RetriesExhausted) | None => tried,
    }
}

/// A duration for messages: in seconds, with tenths below 10 s.
fn seconds(duration: Duration) -> String {
    match duration.as_secs() {
        ..10 => format!("{:.1} s", duration.as_secs_f64()),
        seconds @ 10..86_400 => format!("{seconds} s"),
        _ => "more than a day".to_owned(),
    }
}

fn scopes(headers: &HeaderMap, name: &str) -> Vec<String> {
    let scopes = headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default().split([',', ' ']);
    scopes.filter(|scope| !scope.is_empty()).take(MAX_TEXTS).map(excerpt).collect()
}

/// The outcome of an attempt whose connection failed.
pub(super) fn outcome(error: &reqwest::Error) -> Outcome {
    if error.is_builder() {
        Outcome::Builder
    } else if error.is_timeout() {
        Outcome::Timeout
    } else {
        Outcome::Connection(connect_cause(error))
    }
}

/// Why there is no connection; `None` if there was one.
fn connect_cause(error: &reqwest::Error) -> Option<ConnectCause> {
    error.is_connect().then(|| ConnectCause::of(error).unwrap_or(ConnectCause::Other))
}

fn transport(cause: reqwest::Error, proxy: Option<&Proxy>) -> Details {
    let outcome = outcome(&cause);
    let (kind, is_retryable) = classify(outcome);
    let server = cause.url().map(|url| url.origin().ascii_serialization()).unwrap_or_default();
    // With a proxy, the connection is made to the proxy; only TLS is between this client and the server.
    let connect_cause = match (connect_cause(&cause), proxy) {
        (Some(ConnectCause::Dns | ConnectCause::Refused | ConnectCause::Other), Some(_)) => Some(ConnectCause::Proxy),
        (connect_cause, _) => connect_cause,
    };
    let text = match (outcome, connect_cause, proxy) {
        (Outcome::Builder, ..) => "the request could not be built".to_owned(),
        (Outcome::Timeout, Some(ConnectCause::Proxy), Some(proxy)) => {
            format!("the proxy {proxy} did not respond in time")
        }
        (Outcome::Timeout, ..) => format!("{server} did not respond in time"),
        (_, Some(ConnectCause::Certificate), _) => format!("the certificate of {server} is not trusted"),
        (_, Some(ConnectCause::NotTls), Some(proxy)) => {
            format!("{server} does not speak TLS through the proxy {proxy}; nothing was sent")
        }
        (_, Some(ConnectCause::NotTls), None) => format!("{server} does not speak TLS; nothing was sent"),
        (_, Some(ConnectCause::ProxyCredentials), proxy) => {
            let proxy = proxy.map_or_else(|| "the proxy".to_owned(), |proxy| format!("the proxy {proxy}"));
            format!("{proxy} requires a user and a password, or has refused them; nothing was sent")
        }
        (_, Some(ConnectCause::WithoutTls), _) => {
            format!("the HTTP client was built without TLS, which {server} needs; nothing was sent")
        }
        (_, Some(ConnectCause::Proxy), Some(proxy)) => {
            format!("no connection to {server} through the proxy {proxy}; nothing was sent")
        }
        (_, Some(ConnectCause::Proxy), None) => {
            format!("no connection to {server} through the proxy; nothing was sent")
        }
        _ if cause.is_connect() => format!("could not connect to {server}"),
        _ => format!("the connection to {server} broke before the response was complete"),
    };
    let source = Some(std::sync::Arc::new(cause.without_url()) as _);
    // The proxy's response to CONNECT; the cause shows only its meaning.
    let status = (connect_cause == Some(ConnectCause::ProxyCredentials)).then_some(407);
    Details { is_retryable, status, connect_cause, source, ..Details::new(kind, text) }
}

/// The error of an OAuth consumer that was refused a token.
pub(super) fn token_rejected(response: &RawResponse) -> Error {
    let status = response.status.as_u16();
    // A 2xx other than 200 might contain the token.
    let body = if response.status.is_success() { ErrorBody::default() } else { response.error_body() };
    let (kind, is_retryable) = classify(Outcome::Status(status));
    let kind = match kind {
        // RFC 6749, 5.2: the response to an unknown client may be a 400 as well.
        ErrorKind::Rejected | ErrorKind::Forbidden => ErrorKind::Unauthorized,
        // These describe the token's address, not the repository.
        ErrorKind::NotFound | ErrorKind::Redirect | ErrorKind::Gone => ErrorKind::Other,
        kind => kind,
    };
    let text = format!("{NO_TOKEN}: {}", sentence(status, &body));
    let retry_after = retry_after(status, &response.headers, SystemTime::now());
    let status = Some(status);
    Details { is_retryable, status, body, retry_after, is_token_request: true, ..Details::new(kind, text) }.into()
}

/// The error of an OAuth consumer who was sent something else.
pub(super) fn token_missing(response: &RawResponse) -> Error {
    let (kind, is_retryable) = classify(response.outcome());
    let text = "the response of the token endpoint contains no access token";
    let status = Some(response.status.as_u16());
    Details { is_retryable, status, is_token_request: true, ..Details::new(kind, text) }.into()
}

/// The error of an OAuth consumer whose token could not be fetched.
pub(super) fn token_transport(cause: reqwest::Error, proxy: Option<&Proxy>) -> Error {
    let details = transport(cause, proxy);
    let text = format!("{NO_TOKEN}: {}", details.text);
    Details { text, is_token_request: true, ..details }.into()
}

/// The error of an OAuth consumer whose token request timed out.
pub(super) fn token_timeout() -> Error {
    let text = format!("{NO_TOKEN}: the request timed out");
    Details { is_token_request: true, ..Details::new(ErrorKind::Timeout, text) }.into()
}

/// The outcome of an attempt that has no token.
pub(super) fn token_outcome(error: &Error) -> Outcome {
    match (error.status(), error.kind()) {
        (Some(status), ErrorKind::Decode) if error.is_retryable() => Outcome::NotJson(status),
        // A 2xx without a token is not a success.
        (Some(200..=299), _) => Outcome::Builder,
        (Some(status), _) => Outcome::Status(status),
        (None, ErrorKind::Transport) => Outcome::Connection(error.connect_cause()),
        (None, ErrorKind::Timeout) => Outcome::Timeout,
        (None, _) => Outcome::Builder,
    }
}

#[cfg(test)]
mod tests;
