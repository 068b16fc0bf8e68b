//! What an observer sees of a request and its answer.

use std::{fmt, time::Duration};

use http::{HeaderMap, StatusCode};
use reqwest::Request;

/// One request and what came of it, for logs. Shows no secret: headers that are marked as sensitive are left out.
pub struct Exchange<'a> {
    request: &'a Request,
    answer: Option<(StatusCode, &'a HeaderMap, &'a [u8])>,
    failure: Option<&'a reqwest::Error>,
    took: Duration,
}

impl<'a> Exchange<'a> {
    pub(crate) fn new(
        request: &'a Request,
        answer: Option<(StatusCode, &'a HeaderMap, &'a [u8])>,
        failure: Option<&'a reqwest::Error>,
        took: Duration,
    ) -> Self {
        Self { request, answer, failure, took }
    }

    /// The method, such as `PUT`.
    #[must_use]
    pub fn method(&self) -> &str {
        self.request.method().as_str()
    }

    /// The whole address.
    #[must_use]
    pub fn url(&self) -> &str {
        self.request.url().as_str()
    }

    /// The request's headers, without `Authorization` and those the connection adds, such as `User-Agent`.
    pub fn request_headers(&self) -> impl Iterator<Item = (&str, &str)> {
        readable(self.request.headers())
    }

    /// The request's body, where it has one.
    #[must_use]
    pub fn request_body(&self) -> Option<&[u8]> {
        self.request.body().and_then(reqwest::Body::as_bytes)
    }

    /// The answer's HTTP status, where there was an answer.
    #[must_use]
    pub fn status(&self) -> Option<u16> {
        self.answer.map(|(status, _, _)| status.as_u16())
    }

    /// The answer's headers.
    pub fn response_headers(&self) -> impl Iterator<Item = (&str, &str)> {
        self.answer.into_iter().flat_map(|(_, headers, _)| readable(headers))
    }

    /// The answer's body.
    #[must_use]
    pub fn response_body(&self) -> Option<&[u8]> {
        self.answer.map(|(_, _, body)| body)
    }

    /// Why there was no answer, with the innermost cause.
    #[must_use]
    pub fn error(&self) -> Option<String> {
        let mut cause: &dyn std::error::Error = self.failure?;
        while let Some(deeper) = cause.source() {
            cause = deeper;
        }
        Some(cause.to_string())
    }

    /// How long it took.
    #[must_use]
    pub fn elapsed(&self) -> Duration {
        self.took
    }
}

impl fmt::Debug for Exchange<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut debug = formatter.debug_struct("Exchange");
        debug.field("method", &self.method()).field("url", &self.url()).field("status", &self.status());
        debug.finish_non_exhaustive()
    }
}

fn readable(headers: &HeaderMap) -> impl Iterator<Item = (&str, &str)> {
    let shown = headers.iter().filter(|(_, value)| !value.is_sensitive());
    shown.filter_map(|(name, value)| Some((name.as_str(), value.to_str().ok()?)))
}
