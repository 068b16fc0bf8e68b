//! Faults by script, and what each does to a request or its answer.

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
use serde_json::{Value, json};

use super::rejection::{HTML, TEXT};

/// In a response's extensions: cut the connection instead of sending it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Disconnect;

/// Something that goes wrong; see [`Sandbox::fault`](super::Sandbox::fault).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Fault {
    /// A 429 with the recorded text, and what it says about the wait. Nothing is applied.
    RateLimited(RetryHint),
    /// An answer with this status and an HTML page, as from the edge. Nothing is applied.
    Html(u16),
    /// The request is handled after this time.
    Delay(Duration),
    /// The connection is reset before the body is read. Nothing is applied.
    ResetBeforeReading,
    /// The request is applied, and the connection reset instead of an answer.
    ResetAfterApplying,
    /// The request is applied, and the connection closed in the middle of the answer's body.
    TruncatedBody,
    /// The answer says `text/html`, with its JSON body.
    WrongContentType,
    /// Each status of the answer has this state.
    UnknownState(String),
    /// Each object of the answer has members nobody knows.
    ExtraMembers,
    /// Each status of the answer has null for every member but `key` and `state`.
    NullMembers,
}

/// What a 429 says about the wait.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum RetryHint {
    /// Nothing, as recorded.
    None,
    /// `Retry-After` in seconds.
    RetryAfterSeconds(u64),
    /// `Retry-After` as the date so long from now.
    RetryAfterDate(Duration),
    /// `X-RateLimit-Reset` in seconds left, with the limit and what remains, as observed live.
    RateLimitReset(u64),
    /// `Retry-After` with this text, whatever it is.
    RetryAfterText(String),
}

/// A fault with the requests it is played on: by default the next one.
#[derive(Clone, Debug)]
#[must_use]
pub struct FaultRule {
    pub(crate) fault: Fault,
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
    /// Plays it on so many requests.
    pub fn times(self, requests: usize) -> FaultRule {
        FaultRule::from(self).times(requests)
    }

    /// Plays it on the next request with this method.
    pub fn on(self, method: &str) -> FaultRule {
        FaultRule::from(self).on(method)
    }
}

impl FaultRule {
    /// Plays it on so many requests.
    pub fn times(mut self, requests: usize) -> Self {
        self.left = requests;
        self
    }

    /// Plays it only on requests with this method.
    pub fn on(mut self, method: &str) -> Self {
        self.method = Some(method.to_ascii_uppercase());
        self
    }

    /// Plays it only on requests whose path, as it was sent, has this in it.
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

/// The rules that are left, in the order they were given.
#[derive(Debug, Default)]
pub(crate) struct Faults(VecDeque<FaultRule>);

impl Faults {
    pub(crate) fn add(&mut self, rule: FaultRule) {
        self.0.push_back(rule);
    }

    /// The fault that is due for a request: that of the first rule that matches it.
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
    /// The answer that is given instead of handling the request.
    pub(crate) fn response(&self) -> Option<Response> {
        match self {
            Self::RateLimited(wait) => {
                let text = "Rate limit for this resource has been exceeded";
                let mut response = (StatusCode::TOO_MANY_REQUESTS, [(CONTENT_TYPE, TEXT)], text).into_response();
                response.headers_mut().extend(wait.headers());
                Some(response)
            }
            Self::Html(status) => {
                let status = StatusCode::from_u16(*status).unwrap_or(StatusCode::SERVICE_UNAVAILABLE);
                let page = format!("<html><head><title>{status}</title></head><body><h1>{status}</h1></body></html>\n");
                Some((status, [(CONTENT_TYPE, HTML)], page).into_response())
            }
            _ => None,
        }
    }

    /// Changes the answer to a request that was handled.
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
                let null = |status: &mut Value| {
                    let members = status.as_object_mut().into_iter().flatten();
                    members.filter(|(name, _)| !matches!(name.as_str(), "key" | "state")).for_each(|(_, value)| {
                        *value = Value::Null;
                    });
                };
                each_status(response, null).await
            }
            Self::ExtraMembers => change(response, add_members).await,
            Self::RateLimited(_) | Self::Html(_) | Self::Delay(_) | Self::ResetBeforeReading => response,
        }
    }
}

impl RetryHint {
    fn headers(&self) -> Vec<(HeaderName, HeaderValue)> {
        let header = |name: HeaderName, text: &str| Some((name, HeaderValue::from_str(text).ok()?));
        let headers = match self {
            Self::None => vec![],
            Self::RetryAfterSeconds(seconds) => vec![header(RETRY_AFTER, &seconds.to_string())],
            Self::RetryAfterDate(wait) => {
                let date = DateTime::<Utc>::from(SystemTime::now() + *wait);
                vec![header(RETRY_AFTER, &date.format("%a, %d %b %Y %H:%M:%S GMT").to_string())]
            }
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

/// Changes each status of an answer: the one it is, or those of the page.
async fn each_status(response: Response, change_one: impl Fn(&mut Value)) -> Response {
    change(response, |answer| {
        if answer.get("state").is_some() {
            change_one(answer);
        }
        let items = answer.get_mut("values").and_then(Value::as_array_mut);
        items.into_iter().flatten().for_each(change_one);
    })
    .await
}

async fn change(response: Response, change_all: impl FnOnce(&mut Value)) -> Response {
    let (mut parts, body) = response.into_parts();
    let body = to_bytes(body, usize::MAX).await.unwrap_or_default();
    let body = match serde_json::from_slice(&body) {
        Ok(mut answer) => {
            change_all(&mut answer);
            Bytes::from(answer.to_string())
        }
        Err(_) => body,
    };
    parts.headers.insert(CONTENT_LENGTH, body.len().into());
    Response::from_parts(parts, Body::from(body))
}

fn add_members(answer: &mut Value) {
    match answer {
        Value::Object(members) => {
            members.values_mut().for_each(add_members);
            members.insert("x_added_later".to_owned(), json!({ "since": 2030 }));
        }
        Value::Array(items) => items.iter_mut().for_each(add_members),
        _ => {}
    }
}

/// A body that breaks off after its first piece.
struct TruncatedBody {
    piece: Option<Bytes>,
    sent: bool,
}

impl TruncatedBody {
    fn after(piece: Bytes) -> Self {
        Self { piece: Some(piece), sent: false }
    }
}

impl Stream for TruncatedBody {
    type Item = io::Result<Bytes>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if let Some(piece) = self.piece.take() {
            return Poll::Ready(Some(Ok(piece)));
        }
        if !self.sent {
            // The server writes out what it has before it asks again.
            self.sent = true;
            context.waker().wake_by_ref();
            return Poll::Pending;
        }
        Poll::Ready(Some(Err(io::ErrorKind::ConnectionAborted.into())))
    }
}
