//! What each fault does to a request or its answer.

use std::{
    io,
    pin::Pin,
    task::{Context, Poll},
    time::SystemTime,
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

use super::{Fault, RetryHint};
use crate::sandbox::{
    connection::CutOff,
    refusal::{HTML, TEXT},
};

impl Fault {
    /// The answer that is given instead of handling the request.
    pub(crate) fn instead(&self) -> Option<Response> {
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
    pub(crate) async fn alter(&self, mut response: Response) -> Response {
        match self {
            Self::ResetAfterApplying => {
                response.extensions_mut().insert(CutOff);
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
                Response::from_parts(parts, Body::from_stream(Cut::after(half)))
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
struct Cut {
    piece: Option<Bytes>,
    sent: bool,
}

impl Cut {
    fn after(piece: Bytes) -> Self {
        Self { piece: Some(piece), sent: false }
    }
}

impl Stream for Cut {
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
