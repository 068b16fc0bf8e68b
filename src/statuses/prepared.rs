//! Requests as they would be sent, for a dry run.

use std::fmt;

use reqwest::Request;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::Recorded;
use crate::{Error, ErrorKind, Result, hooks::CallContext};

/// Stands for what is only known once the status has been read.
const AS_READ: &str = "<as read>";

/// The requests of a call, in order, as they would be sent.
#[derive(Clone, Debug)]
pub struct Prepared {
    requests: Vec<PreparedRequest>,
}

/// One request as it would be sent, without `Authorization`.
#[derive(Clone)]
pub struct PreparedRequest {
    method: String,
    url: String,
    headers: Vec<(String, String)>,
    body: Option<Value>,
}

impl Prepared {
    /// Takes the requests that were held back.
    pub(crate) fn new(requests: impl IntoIterator<Item = PreparedRequest>) -> Self {
        Self { requests: requests.into_iter().collect() }
    }

    /// Marks members of the last body that a read status will fill.
    pub(crate) fn mark_as_read(&mut self, members: &[&str]) {
        let body = self.requests.last_mut().and_then(|request| request.body.as_mut());
        if let Some(body) = body.and_then(Value::as_object_mut) {
            for member in members {
                body.entry(*member).or_insert_with(|| AS_READ.into());
            }
        }
    }

    /// The requests, in the order they would be sent.
    #[must_use]
    pub fn requests(&self) -> &[PreparedRequest] {
        &self.requests
    }
}

impl PreparedRequest {
    /// Takes the request that was held back in a call, or gives the error of one that was refused before.
    pub(crate) fn held<T: DeserializeOwned>(recorded: Recorded<T>, context: &CallContext) -> Result<Self> {
        match (context.take_held(), recorded.value()) {
            (Some(request), _) => Ok(Self::new(&request)),
            (None, Err(refused)) => Err(refused),
            (None, Ok(_)) => Err(Error::new(ErrorKind::Other, "the request was not held back")),
        }
    }

    fn new(request: &Request) -> Self {
        let headers = request.headers().iter();
        let headers = headers.filter_map(|(name, value)| Some((name.to_string(), value.to_str().ok()?.to_owned())));
        let body = request.body().and_then(reqwest::Body::as_bytes);
        Self {
            method: request.method().to_string(),
            url: request.url().to_string(),
            headers: headers.collect(),
            body: body.and_then(|body| serde_json::from_slice(body).ok()),
        }
    }

    /// The method, such as `PUT`.
    #[must_use]
    pub fn method(&self) -> &str {
        &self.method
    }

    /// The whole address, encoded as it is sent.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The headers, without `Authorization` and those the connection adds.
    pub fn headers(&self) -> impl Iterator<Item = (&str, &str)> {
        self.headers.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// The JSON body. A text `<as read>` stands for what is only known once the status has been read.
    #[must_use]
    pub fn body(&self) -> Option<&Value> {
        self.body.as_ref()
    }
}

impl fmt::Debug for PreparedRequest {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} {}", self.method, self.url)
    }
}
