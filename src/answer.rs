//! An answer, read to its end within a limit.

use bytes::{Bytes, BytesMut};
use http::{HeaderMap, StatusCode};
use reqwest::{Response, ResponseBuilderExt as _, Url};
use serde::de::DeserializeOwned;

/// An answer whose body has been read.
#[derive(Clone)]
pub(crate) struct RawAnswer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
    /// The limit that the body went beyond; what came after it was not read.
    pub(crate) too_large: Option<usize>,
}

/// Takes headers and body out of a response, the body up to the limit. An ordinary body arrives in one piece and is not
/// copied.
pub(crate) async fn take(response: &mut Response, limit: usize) -> reqwest::Result<RawAnswer> {
    let status = response.status();
    let headers = std::mem::take(response.headers_mut());
    let mut body = piece(response).await?.unwrap_or_default();
    let mut too_large = (body.len() > limit).then_some(limit);
    let mut whole = BytesMut::new();
    while too_large.is_none() {
        let Some(piece) = piece(response).await? else { break };
        if whole.is_empty() {
            whole.extend_from_slice(&body);
        }
        whole.extend_from_slice(&piece);
        too_large = (whole.len() > limit).then_some(limit);
    }
    if !whole.is_empty() {
        body = whole.freeze();
    }
    Ok(RawAnswer { status, headers, body, too_large })
}

/// Reads on. A failure is known by its status: where its body breaks off, it ends.
async fn piece(response: &mut Response) -> reqwest::Result<Option<Bytes>> {
    match response.chunk().await {
        Err(_) if !response.status().is_success() => Ok(None),
        read => read,
    }
}

impl RawAnswer {
    /// Reads the body as JSON.
    pub(crate) fn decode<T: DeserializeOwned>(&self) -> serde_json::Result<T> {
        match str::from_utf8(&self.body) {
            // The whole is checked once, and not each of its strings.
            Ok(text) => serde_json::from_str(text),
            Err(_) => serde_json::from_slice(&self.body),
        }
    }

    /// The answer in the form the generated client reads by itself.
    pub(crate) fn into_response(self, url: &Url) -> Response {
        // What is cut at the limit must not be taken for a whole answer.
        let body = if self.too_large.is_some() { Bytes::new() } else { self.body };
        let response = http::Response::builder().status(self.status).url(url.clone()).body(body);
        let mut response = response.unwrap_or_default();
        *response.headers_mut() = self.headers;
        Response::from(response)
    }
}
