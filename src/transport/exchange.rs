//! A request and its response, for observers.

use std::{
    fmt,
    time::{Duration, SystemTime},
};

use http::HeaderMap;
use reqwest::Request;

use super::{RawResponse, errors};
use crate::retry::{classify, retry_after};

/// One request and its outcome, for logs. It shows no secret: headers that are marked as sensitive are left out.
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
    ///
    /// # Examples
    ///
    /// ```
    /// use bitbucket_build_status::Client;
    ///
    /// let bitbucket = Client::builder()
    ///     .observe(|exchange| {
    ///         eprintln!("{}", exchange.method());
    ///     })
    ///     .build()?;
    /// # Ok::<(), bitbucket_build_status::Error>(())
    /// ```
    #[must_use]
    pub fn method(&self) -> &str {
        self.request.method().as_str()
    }

    /// The full address.
    ///
    /// # Examples
    ///
    /// ```
    /// use bitbucket_build_status::Client;
    ///
    /// let bitbucket = Client::builder()
    ///     .observe(|exchange| {
    ///         eprintln!("{}", exchange.url());
    ///     })
    ///     .build()?;
    /// # Ok::<(), bitbucket_build_status::Error>(())
    /// ```
    #[must_use]
    pub fn url(&self) -> &str {
        self.request.url().as_str()
    }

    /// The request's headers, without `Authorization` and those that the HTTP client adds, such as `User-Agent`.
    ///
    /// # Examples
    ///
    /// ```
    /// use bitbucket_build_status::Client;
    ///
    /// let bitbucket = Client::builder()
    ///     .observe(|exchange| {
    ///         assert!(exchange.request_headers().all(|(name, _)| name != "authorization"));
    ///     })
    ///     .build()?;
    /// # Ok::<(), bitbucket_build_status::Error>(())
    /// ```
    pub fn request_headers(&self) -> impl Iterator<Item = (&str, &str)> {
        readable(self.request.headers())
    }

    /// The request's body, if it has one.
    ///
    /// # Examples
    ///
    /// ```
    /// use bitbucket_build_status::Client;
    ///
    /// let bitbucket = Client::builder()
    ///     .observe(|exchange| {
    ///         eprintln!("{} bytes", exchange.request_body().map_or(0, <[u8]>::len));
    ///     })
    ///     .build()?;
    /// # Ok::<(), bitbucket_build_status::Error>(())
    /// ```
    #[must_use]
    pub fn request_body(&self) -> Option<&[u8]> {
        self.request.body().and_then(reqwest::Body::as_bytes)
    }

    /// The HTTP status of the response, if there was one.
    ///
    /// # Examples
    ///
    /// ```
    /// use bitbucket_build_status::Client;
    ///
    /// let bitbucket = Client::builder()
    ///     .observe(|exchange| {
    ///         if exchange.status().is_none_or(|status| status >= 500) {
    ///             eprintln!("Bitbucket is not available");
    ///         }
    ///     })
    ///     .build()?;
    /// # Ok::<(), bitbucket_build_status::Error>(())
    /// ```
    #[must_use]
    pub fn status(&self) -> Option<u16> {
        self.response().map(|response| response.status.as_u16())
    }

    /// The headers of the response.
    ///
    /// # Examples
    ///
    /// ```
    /// use bitbucket_build_status::Client;
    ///
    /// let bitbucket = Client::builder()
    ///     .observe(|exchange| {
    ///         for (name, value) in exchange.response_headers() {
    ///             eprintln!("{name}: {value}");
    ///         }
    ///     })
    ///     .build()?;
    /// # Ok::<(), bitbucket_build_status::Error>(())
    /// ```
    pub fn response_headers(&self) -> impl Iterator<Item = (&str, &str)> {
        self.response().into_iter().flat_map(|response| readable(&response.headers))
    }

    /// A header of the response, if it is readable text and not marked as sensitive.
    ///
    /// # Examples
    ///
    /// ```
    /// use bitbucket_build_status::Client;
    ///
    /// let builder = Client::builder().observe(|exchange| {
    ///     println!("left in this hour: {}", exchange.response_header("x-ratelimit-remaining").unwrap_or("not reported"));
    /// });
    /// # drop(builder);
    /// ```
    #[must_use]
    pub fn response_header(&self, name: &str) -> Option<&str> {
        let value = self.response()?.headers.get(name).filter(|value| !value.is_sensitive())?;
        value.to_str().ok()
    }

    /// The delay that the response asks for before the next request.
    ///
    /// # Examples
    ///
    /// ```
    /// use bitbucket_build_status::Client;
    ///
    /// let bitbucket = Client::builder()
    ///     .observe(|exchange| {
    ///         if let Some(delay) = exchange.retry_after() {
    ///             eprintln!("Bitbucket asks for a delay of {delay:?}");
    ///         }
    ///     })
    ///     .build()?;
    /// # Ok::<(), bitbucket_build_status::Error>(())
    /// ```
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        let response = self.response()?;
        retry_after(response.status.as_u16(), &response.headers, SystemTime::now())
    }

    /// The body of the response.
    ///
    /// # Examples
    ///
    /// ```
    /// use bitbucket_build_status::Client;
    ///
    /// let bitbucket = Client::builder()
    ///     .observe(|exchange| {
    ///         eprintln!("{}", String::from_utf8_lossy(exchange.response_body().unwrap_or_default()));
    ///     })
    ///     .build()?;
    /// # Ok::<(), bitbucket_build_status::Error>(())
    /// ```
    #[must_use]
    pub fn response_body(&self) -> Option<&[u8]> {
        self.response().map(|response| &*response.body)
    }

    /// Why there is no response: the innermost cause.
    ///
    /// # Examples
    ///
    /// ```
    /// use bitbucket_build_status::Client;
    ///
    /// let bitbucket = Client::builder()
    ///     .observe(|exchange| {
    ///         if let Some(error) = exchange.error() {
    ///             eprintln!("no response: {error}");
    ///         }
    ///     })
    ///     .build()?;
    /// # Ok::<(), bitbucket_build_status::Error>(())
    /// ```
    #[must_use]
    pub fn error(&self) -> Option<String> {
        let mut cause: &dyn std::error::Error = self.result.err()?;
        while let Some(deeper) = cause.source() {
            cause = deeper;
        }
        Some(cause.to_string())
    }

    /// Whether it failed in a way that a retry may fix: no response, one that asks for a retry, or a success that is
    /// not JSON and therefore not from Bitbucket's API.
    ///
    /// # Examples
    ///
    /// ```
    /// use bitbucket_build_status::Client;
    ///
    /// let bitbucket = Client::builder()
    ///     .observe(|exchange| {
    ///         if exchange.is_retryable() {
    ///             eprintln!("{} is retried", exchange.method());
    ///         }
    ///     })
    ///     .build()?;
    /// # Ok::<(), bitbucket_build_status::Error>(())
    /// ```
    #[must_use]
    pub fn is_retryable(&self) -> bool {
        classify(self.result.map_or_else(errors::outcome, RawResponse::outcome)).1
    }

    /// The time from sending to the outcome.
    ///
    /// # Examples
    ///
    /// ```
    /// use bitbucket_build_status::Client;
    ///
    /// let bitbucket = Client::builder()
    ///     .observe(|exchange| {
    ///         eprintln!("{} ms", exchange.elapsed().as_millis());
    ///     })
    ///     .build()?;
    /// # Ok::<(), bitbucket_build_status::Error>(())
    /// ```
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
