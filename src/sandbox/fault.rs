//! Faults: the rules by which they are injected, and their effects.

use std::{
    collections::VecDeque,
    fmt, io,
    pin::Pin,
    task::{Context, Poll},
    time::{Duration, SystemTime},
};

use axum::{
    body::{Body, Bytes, to_bytes},
    response::{IntoResponse, Response},
};
use chrono::{DateTime, Utc};
use futures_core::Stream;
use http::{
    HeaderName, HeaderValue, StatusCode,
    header::{CONTENT_LENGTH, CONTENT_TYPE, RETRY_AFTER},
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::rejection::{HTML, TEXT};
use crate::document;

/// In a response's extensions: reset the connection instead of sending the response.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Disconnect;

/// A failure that the sandbox simulates; see [`Sandbox::fault`](super::Sandbox::fault).
///
/// A fault simulates a problem of the network or of the edge in front of Bitbucket, or an addition to the API. JSON
/// that a fault changes stays valid according to the OpenAPI document.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Fault {
    /// A 429 with the recorded text, and a hint for the delay. The request is not applied.
    RateLimited(RetryHint),
    /// An HTML page with this status (200 to 599), as from the edge. The request is not applied.
    Html(u16),
    /// The request is handled after this time.
    Delay(Duration),
    /// The connection is reset before the body is read. The request is not applied.
    ResetBeforeReading,
    /// The request is applied, and the connection is reset instead of a response.
    ResetAfterApplying,
    /// The request is applied, and the connection is closed in the middle of the response's body.
    TruncatedBody,
    /// The response has its JSON body and the content type `text/html`.
    WrongContentType,
    /// Each status in the response has this state.
    UnknownState(String),
    /// Each object in the response has an unknown member.
    ExtraMembers,
    /// In each status of the response every member that may be null is null.
    NullMembers,
}

/// The hint of a 429 for the delay before the next attempt.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum RetryHint {
    /// No hint, as recorded.
    None,
    /// `Retry-After` in seconds.
    RetryAfterSeconds(u64),
    /// `Retry-After` as a date that is this far in the future.
    RetryAfterDate(Duration),
    /// `X-RateLimit-Reset` as the seconds left, with the limit and the remaining requests, as observed live.
    RateLimitReset(u64),
    /// `Retry-After` with this text.
    RetryAfterText(String),
}

/// A fault and the requests that it is injected into: by default the next one.
///
/// As JSON, for a seed or `/_sandbox/faults`, it is an object with the name of the fault and its members:
///
/// | `fault` | members |
/// | --- | --- |
/// | `rate-limited` | `retry_after` (seconds, or any text), `retry_after_date` (seconds from now) or `rate_limit_reset` (seconds left); none by default |
/// | `html` | `status`, 503 by default |
/// | `delay` | `milliseconds` |
/// | `unknown-state` | `state` |
/// | `reset-before-reading`, `reset-after-applying`, `truncated-body`, `wrong-content-type`, `extra-members`, `null-members` | |
///
/// and optionally `times` (1 by default), `method` and `path_contains`.
///
/// # Examples
///
/// ```
/// use bitbucket_build_status::sandbox::{Fault, Seed};
///
/// let seed = Seed::from_json(r#"{"faults": [{"fault": "html", "status": 502, "times": 2, "method": "PUT"}]}"#)?;
/// assert_eq!(seed.faults, [Fault::Html(502).times(2).on("PUT")]);
/// # Ok::<(), bitbucket_build_status::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "FlatRule", into = "FlatRule")]
#[must_use]
pub struct FaultRule {
    fault: Fault,
    left: usize,
    method: Option<String>,
    path: Option<String>,
}

impl From<Fault> for FaultRule {
    fn from(fault: Fault) -> Self {
        Self { fault, left: 1, method: None, path: None }
    }
}

impl Fault {
    /// Injects it into this number of requests.
    ///
    /// # Examples
    ///
    /// ```
    /// use bitbucket_build_status::sandbox::Fault;
    ///
    /// let twice = Fault::Html(503).times(2);
    /// ```
    pub fn times(self, requests: usize) -> FaultRule {
        FaultRule::from(self).times(requests)
    }

    /// Injects it into the next request with this method.
    ///
    /// # Examples
    ///
    /// ```
    /// use bitbucket_build_status::sandbox::Fault;
    ///
    /// let updates = Fault::Html(503).on("PUT");
    /// ```
    pub fn on(self, method: &str) -> FaultRule {
        FaultRule::from(self).on(method)
    }
}

impl FaultRule {
    /// Injects it into this number of requests.
    ///
    /// # Examples
    ///
    /// ```
    /// use bitbucket_build_status::sandbox::Fault;
    ///
    /// let twice = Fault::Html(503).on("PUT").times(2);
    /// ```
    pub fn times(mut self, requests: usize) -> Self {
        self.left = requests;
        self
    }

    /// Injects it only into requests with this method.
    ///
    /// # Examples
    ///
    /// ```
    /// use bitbucket_build_status::sandbox::Fault;
    ///
    /// let updates = Fault::Html(503).times(2).on("PUT");
    /// ```
    pub fn on(mut self, method: &str) -> Self {
        self.method = Some(method.to_ascii_uppercase());
        self
    }

    /// Injects it only into requests whose path, as it was sent, contains this text.
    ///
    /// # Examples
    ///
    /// ```
    /// use bitbucket_build_status::sandbox::Fault;
    ///
    /// let one_key = Fault::Html(503).times(2).path_contains("/build/unit-tests");
    /// ```
    pub fn path_contains(mut self, text: impl Into<String>) -> Self {
        self.path = Some(text.into());
        self
    }

    fn matches(&self, method: &str, path: &str) -> bool {
        self.left > 0
            && self.method.as_deref().is_none_or(|own| own == method)
            && self.path.as_deref().is_none_or(|own| path.contains(own))
    }
}

/// A rule as JSON.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct FlatRule {
    fault: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    retry_after: Option<RetryAfter>,
    #[serde(skip_serializing_if = "Option::is_none")]
    retry_after_date: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    rate_limit_reset: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<u16>,
    #[serde(skip_serializing_if = "Option::is_none")]
    milliseconds: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    state: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    times: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    method: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    path_contains: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
enum RetryAfter {
    Seconds(u64),
    Text(String),
}

/// The members that belong to one fault only, with its name.
const OWN_MEMBERS: [(&str, &str); 6] = [
    ("retry_after", "rate-limited"),
    ("retry_after_date", "rate-limited"),
    ("rate_limit_reset", "rate-limited"),
    ("status", "html"),
    ("milliseconds", "delay"),
    ("state", "unknown-state"),
];

impl FlatRule {
    fn has(&self, member: &str) -> bool {
        match member {
            "retry_after" => self.retry_after.is_some(),
            "retry_after_date" => self.retry_after_date.is_some(),
            "rate_limit_reset" => self.rate_limit_reset.is_some(),
            "status" => self.status.is_some(),
            "milliseconds" => self.milliseconds.is_some(),
            "state" => self.state.is_some(),
            _ => false,
        }
    }
}

impl TryFrom<FlatRule> for FaultRule {
    type Error = String;

    fn try_from(flat: FlatRule) -> Result<Self, String> {
        if let Some((member, fault)) =
            OWN_MEMBERS.iter().find(|(member, fault)| flat.has(member) && flat.fault != *fault)
        {
            return Err(format!("{member}: only the fault {fault} has this member, not {:?}", flat.fault));
        }
        let fault = match flat.fault.as_str() {
            "rate-limited" => {
                Fault::RateLimited(match (flat.retry_after, flat.retry_after_date, flat.rate_limit_reset) {
                    (None, None, None) => RetryHint::None,
                    (Some(RetryAfter::Seconds(seconds)), None, None) => RetryHint::RetryAfterSeconds(seconds),
                    (Some(RetryAfter::Text(text)), None, None) => RetryHint::RetryAfterText(text),
                    (None, Some(seconds), None) => RetryHint::RetryAfterDate(Duration::from_secs(seconds)),
                    (None, None, Some(seconds)) => RetryHint::RateLimitReset(seconds),
                    _ => return Err(
                        "retry_after: expected one of retry_after, retry_after_date and rate_limit_reset, got several"
                            .to_owned(),
                    ),
                })
            }
            "html" => Fault::Html(match flat.status.unwrap_or(503) {
                status @ 200..=599 => status,
                status => return Err(format!("status: expected 200 to 599, got {status}")),
            }),
            "delay" => {
                let milliseconds = flat.milliseconds.ok_or("milliseconds: the fault delay needs it")?;
                Fault::Delay(Duration::from_millis(milliseconds))
            }
            "unknown-state" => Fault::UnknownState(flat.state.ok_or("state: the fault unknown-state needs it")?),
            "reset-before-reading" => Fault::ResetBeforeReading,
            "reset-after-applying" => Fault::ResetAfterApplying,
            "truncated-body" => Fault::TruncatedBody,
            "wrong-content-type" => Fault::WrongContentType,
            "extra-members" => Fault::ExtraMembers,
            "null-members" => Fault::NullMembers,
            other => return Err(format!("fault: expected the name of a fault such as \"html\", got {other:?}")),
        };
        let method = flat.method.map(|method| method.to_ascii_uppercase());
        Ok(Self { fault, left: flat.times.unwrap_or(1), method, path: flat.path_contains })
    }
}

impl From<FaultRule> for FlatRule {
    fn from(rule: FaultRule) -> Self {
        let mut flat = Self { fault: rule.fault.to_string(), ..Self::default() };
        match rule.fault {
            Fault::RateLimited(RetryHint::RetryAfterSeconds(seconds)) => {
                flat.retry_after = Some(RetryAfter::Seconds(seconds));
            }
            Fault::RateLimited(RetryHint::RetryAfterText(text)) => flat.retry_after = Some(RetryAfter::Text(text)),
            Fault::RateLimited(RetryHint::RetryAfterDate(delay)) => flat.retry_after_date = Some(delay.as_secs()),
            Fault::RateLimited(RetryHint::RateLimitReset(seconds)) => flat.rate_limit_reset = Some(seconds),
            Fault::Html(status) => flat.status = Some(status),
            Fault::Delay(time) => flat.milliseconds = u64::try_from(time.as_millis()).ok(),
            Fault::UnknownState(state) => flat.state = Some(state),
            _ => {}
        }
        Self { times: Some(rule.left), method: rule.method, path_contains: rule.path, ..flat }
    }
}

/// The rules that are left, in the order in which they were added.
#[derive(Clone, Debug, Default, Serialize)]
pub(crate) struct Faults(VecDeque<FaultRule>);

impl Faults {
    pub(crate) fn new(rules: Vec<FaultRule>) -> Self {
        Self(rules.into_iter().filter(|rule| rule.left > 0).collect())
    }

    pub(crate) fn clear(&mut self) {
        self.0.clear();
    }

    pub(crate) fn add(&mut self, rule: FaultRule) {
        if rule.left > 0 {
            self.0.push_back(rule);
        }
    }

    /// The fault of the first rule that matches a request.
    pub(crate) fn take(&mut self, method: &str, path: &str) -> Option<Fault> {
        let rule = self.0.iter_mut().find(|rule| rule.matches(method, path))?;
        rule.left -= 1;
        let fault = rule.fault.clone();
        self.0.retain(|rule| rule.left > 0);
        Some(fault)
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::RateLimited(_) => "rate-limited",
            Self::Html(_) => "html",
            Self::Delay(_) => "delay",
            Self::ResetBeforeReading => "reset-before-reading",
            Self::ResetAfterApplying => "reset-after-applying",
            Self::TruncatedBody => "truncated-body",
            Self::WrongContentType => "wrong-content-type",
            Self::UnknownState(_) => "unknown-state",
            Self::ExtraMembers => "extra-members",
            Self::NullMembers => "null-members",
        })
    }
}

impl Fault {
    /// The response that replaces the handling of the request.
    pub(crate) fn response(&self) -> Option<Response> {
        match self {
            Self::RateLimited(hint) => {
                let text = "Rate limit for this resource has been exceeded";
                let mut response = (StatusCode::TOO_MANY_REQUESTS, [(CONTENT_TYPE, TEXT)], text).into_response();
                response.headers_mut().extend(hint.headers());
                Some(response)
            }
            Self::Html(status) => {
                // Others cannot be the status of a final response.
                let status = StatusCode::from_u16(*status).ok().filter(|status| (200..600).contains(&status.as_u16()));
                let status = status.unwrap_or(StatusCode::SERVICE_UNAVAILABLE);
                let page = format!("<html><head><title>{status}</title></head><body><h1>{status}</h1></body></html>\n");
                Some((status, [(CONTENT_TYPE, HTML)], page).into_response())
            }
            _ => None,
        }
    }

    /// Changes the response to a request that was handled.
    pub(crate) async fn transform(&self, mut response: Response) -> Response {
        match self {
            Self::ResetAfterApplying => {
                response.extensions_mut().insert(Disconnect);
                response
            }
            Self::WrongContentType => {
                response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(HTML));
                response
            }
            Self::TruncatedBody => {
                let (mut parts, body) = response.into_parts();
                let body = to_bytes(body, usize::MAX).await.unwrap_or_default();
                parts.headers.insert(CONTENT_LENGTH, body.len().into());
                let half = body.slice(..body.len() / 2);
                Response::from_parts(parts, Body::from_stream(TruncatedBody::after(half)))
            }
            Self::UnknownState(state) => each_status(response, |status| status["state"] = state.as_str().into()).await,
            Self::NullMembers => {
                let schema = document::schema("BuildStatus");
                each_status(response, |status| set_null(status, schema)).await
            }
            Self::ExtraMembers => change(response, add_members).await,
            Self::RateLimited(_) | Self::Html(_) | Self::Delay(_) | Self::ResetBeforeReading => response,
        }
    }
}

/// The last second that an HTTP date can name: 9999-12-31T23:59:59Z.
const LAST_HTTP_DATE: u64 = 253_402_300_799;

/// The date that is this far in the future, as HTTP writes it.
fn http_date_in(delay: Duration) -> String {
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    let seconds = now.saturating_add(delay).as_secs().min(LAST_HTTP_DATE);
    let date = i64::try_from(seconds).ok().and_then(|seconds| DateTime::<Utc>::from_timestamp(seconds, 0));
    date.unwrap_or_default().format("%a, %d %b %Y %H:%M:%S GMT").to_string()
}

impl RetryHint {
    fn headers(&self) -> Vec<(HeaderName, HeaderValue)> {
        let header = |name: HeaderName, text: &str| Some((name, HeaderValue::from_str(text).ok()?));
        let headers = match self {
            Self::None => vec![],
            Self::RetryAfterSeconds(seconds) => vec![header(RETRY_AFTER, &seconds.to_string())],
            Self::RetryAfterDate(delay) => vec![header(RETRY_AFTER, &http_date_in(*delay))],
            Self::RateLimitReset(seconds) => vec![
                header(HeaderName::from_static("x-ratelimit-limit"), "60, 60;w=3600"),
                header(HeaderName::from_static("x-ratelimit-remaining"), "0"),
                header(HeaderName::from_static("x-ratelimit-reset"), &seconds.to_string()),
            ],
            Self::RetryAfterText(text) => vec![header(RETRY_AFTER, text)],
        };
        headers.into_iter().flatten().collect()
    }
}

/// Changes each status in a response, which is a status or a page.
async fn each_status(response: Response, change_one: impl Fn(&mut Value)) -> Response {
    change(response, |body| {
        if body.get("state").is_some() {
            change_one(body);
        }
        let items = body.get_mut("values").and_then(Value::as_array_mut);
        items.into_iter().flatten().for_each(change_one);
    })
    .await
}

async fn change(response: Response, change_all: impl FnOnce(&mut Value)) -> Response {
    let (mut parts, body) = response.into_parts();
    let body = to_bytes(body, usize::MAX).await.unwrap_or_default();
    let body = match serde_json::from_slice(&body) {
        Ok(mut changed) => {
            change_all(&mut changed);
            Bytes::from(changed.to_string())
        }
        Err(_) => body,
    };
    parts.headers.insert(CONTENT_LENGTH, body.len().into());
    Response::from_parts(parts, Body::from(body))
}

/// Sets each member to null that may be null according to the document, at any depth.
fn set_null(value: &mut Value, schema: &'static Value) {
    for (name, member) in value.as_object_mut().into_iter().flatten() {
        let member_schema = document::resolve(&schema["properties"][name]);
        if member_schema["nullable"] == true {
            *member = Value::Null;
        } else {
            set_null(member, member_schema);
        }
    }
}

fn add_members(body: &mut Value) {
    match body {
        Value::Object(members) => {
            members.values_mut().for_each(add_members);
            members.insert("x_added_later".to_owned(), json!({ "since": 2030 }));
        }
        Value::Array(items) => items.iter_mut().for_each(add_members),
        _ => {}
    }
}

/// A body that fails after its first chunk.
struct TruncatedBody {
    chunk: Option<Bytes>,
    sent: bool,
}

impl TruncatedBody {
    fn after(chunk: Bytes) -> Self {
        Self { chunk: Some(chunk), sent: false }
    }
}

impl Stream for TruncatedBody {
    type Item = io::Result<Bytes>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if let Some(chunk) = self.chunk.take() {
            return Poll::Ready(Some(Ok(chunk)));
        }
        if !self.sent {
            // hyper writes the first chunk before it polls again.
            self.sent = true;
            context.waker().wake_by_ref();
            return Poll::Pending;
        }
        Poll::Ready(Some(Err(io::ErrorKind::ConnectionAborted.into())))
    }
}
