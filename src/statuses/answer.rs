//! A typed answer with what came around it.

use std::{fmt, marker::PhantomData};

use progenitor_client::{ClientInfo, ResponseValue};
use serde::de::DeserializeOwned;

use crate::{
    Error, Result,
    answer::RawAnswer,
    call::Call,
    credentials::CredentialKind,
    error::{Failure, Generated},
    hooks::{CallContext, Record},
};

/// An answer: the typed value, and the HTTP status, headers and body it came with.
#[derive(Clone)]
pub struct Response<T> {
    value: T,
    raw: RawAnswer,
    attempts: u32,
}

/// What the hooks recorded of a call, to be read as the type that the generated client has for it. The caller reads it
/// at the end: a status is large, and would be copied through each future on its way.
pub(crate) struct Recorded<T> {
    call: Call,
    credentials: CredentialKind,
    record: Record,
    failure: Option<Generated>,
    value: PhantomData<fn() -> T>,
}

impl<T: DeserializeOwned> Recorded<T> {
    pub(crate) fn new(
        call: Call,
        outcome: std::result::Result<ResponseValue<T>, Generated>,
        client: &impl ClientInfo<CallContext>,
    ) -> Self {
        let context = client.inner();
        let (credentials, record) = (context.shared().credential_kind, context.take_record());
        Self { call, credentials, record, failure: outcome.err(), value: PhantomData }
    }

    /// The value.
    pub(crate) fn value(self) -> Result<T> {
        match self.decoded() {
            Some(Ok(value)) => Ok(value),
            other => Err(self.error(other.and_then(std::result::Result::err))),
        }
    }

    /// The value with what came around it.
    pub(crate) fn answer(mut self) -> Result<Response<T>> {
        match (self.decoded(), self.record.answer.take()) {
            (Some(Ok(value)), Some(raw)) => Ok(Response { value, raw, attempts: self.record.attempts }),
            (decoded, answer) => {
                self.record.answer = answer;
                Err(self.error(decoded.and_then(std::result::Result::err)))
            }
        }
    }

    /// Reads the body where the answer is one that should hold a value.
    fn decoded(&self) -> Option<serde_json::Result<T>> {
        let raw = self.record.answer.as_ref()?;
        (raw.status.is_success() && raw.too_large.is_none()).then(|| raw.decode())
    }

    fn error(mut self, cause: Option<serde_json::Error>) -> Error {
        let failure = match self.record.answer.take() {
            Some(raw) => Failure::Answered(raw, cause),
            None => Failure::Unanswered(self.failure),
        };
        Error::from_call(self.call, self.credentials, failure, self.record)
    }
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

    /// A header of the answer, where it is readable text.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.raw.headers.get(name)?.to_str().ok()
    }

    /// All headers of the answer that are readable text.
    pub fn headers(&self) -> impl Iterator<Item = (&str, &str)> {
        self.raw.headers.iter().filter_map(|(name, value)| Some((name.as_str(), value.to_str().ok()?)))
    }

    /// The body as it came.
    #[must_use]
    pub fn body(&self) -> &[u8] {
        &self.raw.body
    }

    /// How many times the request was sent, repeats included; what a completing update reads first, and an OAuth
    /// consumer's token, are not counted.
    #[must_use]
    pub fn attempts(&self) -> u32 {
        self.attempts
    }
}

impl<T: fmt::Debug> fmt::Debug for Response<T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut debug = formatter.debug_struct("Response");
        debug.field("status", &self.status()).field("value", &self.value).finish_non_exhaustive()
    }
}
