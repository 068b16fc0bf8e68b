//! From a successful response to a typed value.
//!
//! **Every 2xx response counts as a success, whether the document lists it or not**, if its body decodes as the type that
//! the document has for the operation: a proxy that makes a 202 of a 201 must not turn a write that was applied into an
//! error. Any other body is an error of the kind [`Decode`](ErrorKind::Decode). ([`Client::generated`] is stricter: it
//! accepts only the HTTP statuses that the document lists.)
//!
//! [`Client::generated`]: crate::Client::generated

use std::{fmt, marker::PhantomData};

use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::{
    context::RequestContext,
    error::{Details, Error, ErrorBody, ErrorKind, Result, excerpt},
    model::BuildStatus,
    transport::RawResponse,
};

/// A response: the typed value, and the HTTP status, headers and body it arrived with.
#[derive(Clone)]
pub struct Response<T> {
    value: T,
    raw: RawResponse,
}

/// A successful response that is not decoded yet. The outermost future decodes it: a status is large, and would be
/// copied through each future on its way.
pub(crate) struct Undecoded<T> {
    raw: RawResponse,
    context: RequestContext,
    value: PhantomData<fn() -> T>,
}

impl<T: DeserializeOwned> Undecoded<T> {
    pub(crate) fn new(raw: RawResponse, context: RequestContext) -> Self {
        Self { raw, context, value: PhantomData }
    }

    /// The value.
    pub(crate) fn value(self) -> Result<T> {
        decode(&self.raw, self.context)
    }

    /// The value with its response.
    pub(crate) fn response(self) -> Result<Response<T>> {
        Ok(Response { value: decode(&self.raw, self.context)?, raw: self.raw })
    }
}

fn decode<T: DeserializeOwned>(raw: &RawResponse, context: RequestContext) -> Result<T> {
    if raw.exceeded_limit.is_some() {
        return Err(undecodable(raw, context, None));
    }
    raw.decode().map_err(|cause| undecodable(raw, context, Some(&cause)))
}

/// The error of a 2xx response whose body is not what the document says.
fn undecodable(raw: &RawResponse, context: RequestContext, cause: Option<&serde_json::Error>) -> Error {
    let status = raw.status.as_u16();
    let expected = if context.operation.is_list() { "page of build statuses" } else { "build status" };
    let problem = match (raw.exceeded_limit, cause) {
        (Some(limit), _) => format!("it is larger than {limit} bytes"),
        (None, Some(cause)) if !raw.body.is_empty() => {
            first_invalid_item(&raw.body).unwrap_or_else(|| cause.to_string())
        }
        (None, _) => "it is empty".to_owned(),
    };
    let accepted = if context.operation.is_write() { "; the write itself was accepted" } else { "" };
    let problem = excerpt(&problem);
    let text = format!("Bitbucket returned {status} with a body that is no {expected}: {problem}{accepted}");
    let body = ErrorBody { excerpt: ErrorBody::read(&raw.body).excerpt, ..ErrorBody::default() };
    Details {
        status: Some(status),
        body,
        trace_id: raw.trace_id().map(excerpt),
        attempts: raw.attempts,
        request: Some(context),
        ..Details::new(ErrorKind::Decode, text)
    }
    .into()
}

/// Names the first item of a page that is not a status.
fn first_invalid_item(page: &[u8]) -> Option<String> {
    let page: Value = serde_json::from_slice(page).ok()?;
    let items = page.get("values")?.as_array()?.iter().enumerate();
    let mut problems = items.filter_map(|(index, item)| {
        let problem = serde::Deserialize::deserialize(item).map(|_: BuildStatus| ()).err()?;
        Some(format!("values[{index}] is no build status: {problem}"))
    });
    problems.next()
}

impl<T> Response<T> {
    /// The value.
    #[must_use]
    pub fn value(&self) -> &T {
        &self.value
    }

    /// The value, without the rest.
    #[must_use]
    pub fn into_value(self) -> T {
        self.value
    }

    /// The HTTP status: 201 where a status was created, 200 where it was overwritten, updated or read.
    #[must_use]
    pub fn status(&self) -> u16 {
        self.raw.status.as_u16()
    }

    /// A header of the response, where it is readable text.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.raw.header(name)
    }

    /// All headers of the response that are readable text.
    pub fn headers(&self) -> impl Iterator<Item = (&str, &str)> {
        self.raw.headers.iter().filter_map(|(name, value)| Some((name.as_str(), value.to_str().ok()?)))
    }

    /// The number under which Atlassian's support finds the request.
    #[must_use]
    pub fn trace_id(&self) -> Option<&str> {
        self.raw.trace_id()
    }

    /// The body as it was received.
    #[must_use]
    pub fn body(&self) -> &[u8] {
        &self.raw.body
    }

    /// How many times the request was sent, retries included; the request of a completing update that reads first, and
    /// those for an OAuth consumer's token, are not counted.
    #[must_use]
    pub fn attempts(&self) -> u32 {
        self.raw.attempts
    }
}

impl<T: fmt::Debug> fmt::Debug for Response<T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut debug = formatter.debug_struct("Response");
        debug.field("status", &self.status()).field("value", &self.value).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::first_invalid_item;

    #[test]
    fn an_item_of_a_page_that_is_no_status_is_named_by_its_index() {
        let page = br#"{"values":[{"key":"a","state":"FAILED"},"Free plan"]}"#;
        let problem = first_invalid_item(page).expect("the second item is no status");
        assert!(problem.starts_with("values[1] is no build status: invalid type: string \"Free plan\""), "{problem}");
        for good in [br#"{"values":[]}"#.as_slice(), b"[]", b"<html>", b""] {
            assert_eq!(first_invalid_item(good), None);
        }
    }
}
