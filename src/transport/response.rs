//! A response whose body is read up to a limit.

use bytes::{Bytes, BytesMut};
use http::{HeaderMap, StatusCode};
use reqwest::{Response, ResponseBuilderExt as _, Url};
use serde::de::DeserializeOwned;

use super::SentCredentials;
use crate::{error::ErrorBody, retry::Outcome};

/// A response whose body has been read.
#[derive(Clone)]
pub(crate) struct RawResponse {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
    /// The limit that the body exceeds; the rest of it was not read.
    pub(crate) exceeded_limit: Option<usize>,
    /// The number of requests that were sent for it.
    pub(crate) attempts: u32,
    /// The credentials that were sent, if the response is not a success: its texts may contain them in an escaped form.
    pub(crate) sent: Option<SentCredentials>,
}

impl RawResponse {
    /// Reads headers and body, the body up to a limit. An ordinary body arrives in one piece and is not copied.
    ///
    /// The credentials that were sent are removed, in case the server echoes them.
    pub(crate) async fn read(
        mut response: Response,
        max_bytes: usize,
        sent: Option<&SentCredentials>,
    ) -> reqwest::Result<Self> {
        let status = response.status();
        let headers = std::mem::take(response.headers_mut());
        let mut body = next_chunk(&mut response).await?.unwrap_or_default();
        let exceeded = |length: usize| (length > max_bytes).then_some(max_bytes);
        let mut exceeded_limit = exceeded(body.len());
        let mut joined = BytesMut::new();
        while exceeded_limit.is_none() {
            let Some(chunk) = next_chunk(&mut response).await? else { break };
            if joined.is_empty() {
                joined.extend_from_slice(&body);
            }
            joined.extend_from_slice(&chunk);
            exceeded_limit = exceeded(joined.len());
        }
        if !joined.is_empty() {
            body = joined.freeze();
        }
        let mut response = Self { status, headers, body, exceeded_limit, attempts: 1, sent: None };
        if let Some(sent) = sent {
            response.redact(sent);
        }
        Ok(response)
    }

    /// Removes the credentials that were sent.
    pub(crate) fn redact(&mut self, sent: &SentCredentials) {
        sent.redact_headers(&mut self.headers);
        self.body = sent.redact_body(std::mem::take(&mut self.body));
        self.sent = (!self.status.is_success()).then(|| sent.clone());
    }

    /// Reads the body of an error response. A compressed one is not readable.
    pub(crate) fn error_body(&self) -> ErrorBody {
        if self.compression().is_some() {
            return ErrorBody::default();
        }
        let mut body = ErrorBody::read(&self.body);
        if let Some(sent) = &self.sent {
            body.for_each_text(|text| sent.redact_text(text));
        }
        body
    }

    /// The outcome of the attempt.
    ///
    /// Whether a body is JSON is decided by its first and last character: parsing it here as well would cost every
    /// call.
    pub(crate) fn outcome(&self) -> Outcome {
        let status = self.status.as_u16();
        let body = self.body.trim_ascii();
        let is_json = matches!((body.first(), body.last()), (Some(b'{'), Some(b'}')) | (Some(b'['), Some(b']')));
        // What is too large or compressed would be the same again.
        if !self.status.is_success() || is_json || self.exceeded_limit.is_some() || self.compression().is_some() {
            return Outcome::Status(status);
        }
        Outcome::NotJson(status)
    }

    /// Decodes the body as JSON. Bytes that are not UTF-8 are replaced: a name that is damaged on the way is no reason
    /// to lose a status.
    pub(crate) fn decode<T: DeserializeOwned>(&self) -> serde_json::Result<T> {
        match str::from_utf8(&self.body) {
            // Checking the entire body once is cheaper than checking each of its strings.
            Ok(text) => serde_json::from_str(text),
            Err(_) => serde_json::from_str(&String::from_utf8_lossy(&self.body)),
        }
    }

    /// A header that is visible ASCII text.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// The id by which Atlassian's support finds the request.
    pub(crate) fn trace_id(&self) -> Option<&str> {
        self.header("x-b3-traceid").or_else(|| self.header("x-request-id"))
    }

    /// The encoding of a body that is compressed, which was not requested. (Where the application enables reqwest's
    /// decompression, the body is decoded already.)
    pub(crate) fn compression(&self) -> Option<&str> {
        let named = self.header("content-encoding").filter(|encoding| !encoding.eq_ignore_ascii_case("identity"));
        named.or_else(|| self.body.starts_with(&[0x1f, 0x8b]).then_some("gzip"))
    }

    /// The response in the form that the generated client reads.
    pub(crate) fn into_reqwest(self, url: &Url) -> Response {
        // A truncated body must not be mistaken for a complete one.
        let body = if self.exceeded_limit.is_some() { Bytes::new() } else { self.body };
        let response = http::Response::builder().status(self.status).url(url.clone()).body(body);
        let mut response = response.expect("a status and a URL that are valid already");
        *response.headers_mut() = self.headers;
        Response::from(response)
    }
}

/// Reads the next chunk. A truncated error response ends here: its status already says what went wrong.
async fn next_chunk(response: &mut Response) -> reqwest::Result<Option<Bytes>> {
    match response.chunk().await {
        Err(_) if !response.status().is_success() => Ok(None),
        read => read,
    }
}
