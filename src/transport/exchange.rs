//! What an observer sees of a request and its response.

use std::{
    fmt,
    time::{Duration, SystemTime},
};

use http::HeaderMap;
use reqwest::Request;

use super::RawResponse;
use crate::retry::retry_after;

/// One request and its outcome, for logs. Shows no secret: headers that are marked as sensitive are left out.
pub struct Exchange<'a> {
    request: &'a Request,
    result: Result<&'a RawResponse, &'a reqwest::Error>,
    elapsed: Duration,
}

impl<'a> Exchange<'a> {
    pub(super) fn new(
        request: &'a Request,
        result: Result<&'a RawResponse, &'a reqwest::Error>,
        elapsed: Duration,
    ) -> Self {
        Self { request, result, elapsed }
    }

    fn response(&self) -> Option<&'a RawResponse> {
        self.result.ok()
    }

    /// The method, such as `PUT`.
    #[must_use]
    pub fn method(&self) -> &str {
        self.request.method().as_str()
    }

    /// The full address.
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

    /// The HTTP status of the response, where there was one.
    #[must_use]
    pub fn status(&self) -> Option<u16> {
        self.response().map(|response| response.status.as_u16())
    }

    /// The headers of the response.
    pub fn response_headers(&self) -> impl Iterator<Item = (&str, &str)> {
        self.response().into_iter().flat_map(|response| readable(&response.headers))
    }

    /// The delay that the response asks for before the next request.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        let response = self.response()?;
        retry_after(response.status.as_u16(), &response.headers, SystemTime::now())
    }

    /// The body of the response.
    #[must_use]
    pub fn response_body(&self) -> Option<&[u8]> {
        self.response().map(|response| &*response.body)
    }

    /// Why there is no response: the innermost cause.
    #[must_use]
    pub fn error(&self) -> Option<String> {
        let mut cause: &dyn std::error::Error = self.result.err()?;
        while let Some(deeper) = cause.source() {
            cause = deeper;
        }
        Some(cause.to_string())
    }

    /// The time from sending to the outcome.
    #[must_use]
    pub fn elapsed(&self) -> Duration {
        self.elapsed
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
