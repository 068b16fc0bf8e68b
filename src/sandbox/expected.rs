//! Assertions on what was received.

use std::fmt::{self, Write as _};

use serde_json::Value;

use super::ReceivedRequest;

/// Requests that a test expects; see [`Sandbox::assert_received`](super::Sandbox::assert_received).
///
/// # Examples
///
/// ```
/// use bitbucket_build_status::sandbox::RequestMatcher;
///
/// let once = RequestMatcher::new("PUT").path_contains("/build/unit-tests").json_field("state", "FAILED").times(1);
/// assert_eq!(once.to_string(), r#"1 x PUT, path containing "/build/unit-tests", body with state = "FAILED""#);
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct RequestMatcher {
    method: String,
    path: Option<String>,
    members: Vec<(String, Value)>,
    status: Option<u16>,
    times: Option<usize>,
}

impl RequestMatcher {
    /// At least one request with this method.
    pub fn new(method: &str) -> Self {
        Self { method: method.to_ascii_uppercase(), path: None, members: Vec::new(), status: None, times: None }
    }

    /// Its path, as it was sent, has this in it.
    pub fn path_contains(mut self, text: impl Into<String>) -> Self {
        self.path = Some(text.into());
        self
    }

    /// Its body has this member with this value.
    pub fn json_field(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.members.push((name.to_owned(), value.into()));
        self
    }

    /// It was answered with this HTTP status.
    pub fn status(mut self, status: u16) -> Self {
        self.status = Some(status);
        self
    }

    /// Exactly so many requests, instead of at least one.
    pub fn times(mut self, requests: usize) -> Self {
        self.times = Some(requests);
        self
    }

    fn suits(&self, received: &ReceivedRequest) -> bool {
        let body = received.json().unwrap_or_default();
        self.method == received.method
            && self.path.as_ref().is_none_or(|text| received.path.contains(text.as_str()))
            && self.members.iter().all(|(name, value)| body.get(name) == Some(value))
            && self.status.is_none_or(|status| received.status == Some(status))
    }

    /// Compares with what was received; says what is wrong with it, and all of it.
    pub(crate) fn check(&self, journal: &[ReceivedRequest]) -> Result<(), String> {
        let count = journal.iter().filter(|received| self.suits(received)).count();
        if self.times.map_or(count > 0, |times| times == count) {
            return Ok(());
        }
        let mut text = format!("expected {self}; got {count} of {} received:", journal.len());
        for received in journal {
            let mark = if self.suits(received) { '*' } else { ' ' };
            // Writing to a String cannot fail.
            let _written = write!(text, "\n {mark} {received}");
        }
        Err(text)
    }
}

impl fmt::Display for RequestMatcher {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.times {
            Some(times) => write!(formatter, "{times} x {}", self.method)?,
            None => write!(formatter, "{}", self.method)?,
        }
        if let Some(path) = &self.path {
            write!(formatter, ", path containing {path:?}")?;
        }
        for (name, value) in &self.members {
            write!(formatter, ", body with {name} = {value}")?;
        }
        match self.status {
            Some(status) => write!(formatter, ", answered with {status}"),
            None => Ok(()),
        }
    }
}
