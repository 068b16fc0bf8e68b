//! A typed answer with what came around it.

use std::fmt;

use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use progenitor_client::ResponseValue;

use crate::{Error, Result, call::Call, error::Failure, hooks::CallContext};

/// An answer: the typed value, and the HTTP status, headers and body it came with.
#[derive(Clone)]
pub struct Answer<T> {
    value: T,
    status: StatusCode,
    headers: HeaderMap,
    body: Bytes,
    attempts: u32,
}

impl<T> Answer<T> {
    /// Joins what the generated client gave with what the hooks recorded.
    pub(crate) fn from_call(
        call: Call,
        outcome: std::result::Result<ResponseValue<T>, Failure>,
        context: &CallContext,
    ) -> Result<Self> {
        let record = context.take_record();
        match outcome {
            Ok(answer) => Ok(Self {
                value: answer.into_inner(),
                status: record.status,
                headers: record.headers,
                body: record.body,
                attempts: record.attempts,
            }),
            Err(failure) => Err(Error::from_call(call, context.shared().credential_kind, failure, record)),
        }
    }

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
        self.status.as_u16()
    }

    /// A header of the answer, where it is readable text.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// All headers of the answer that are readable text.
    pub fn headers(&self) -> impl Iterator<Item = (&str, &str)> {
        self.headers.iter().filter_map(|(name, value)| Some((name.as_str(), value.to_str().ok()?)))
    }

    /// The body as it came.
    #[must_use]
    pub fn body(&self) -> &[u8] {
        &self.body
    }

    /// How many times the request was sent, repeats included; what a completing update reads first, and an OAuth
    /// consumer's token, are not counted.
    #[must_use]
    pub fn attempts(&self) -> u32 {
        self.attempts
    }
}

impl<T: fmt::Debug> fmt::Debug for Answer<T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut debug = formatter.debug_struct("Answer");
        debug.field("status", &self.status()).field("value", &self.value).finish_non_exhaustive()
    }
}
