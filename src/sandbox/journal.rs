//! The requests that the sandbox has received, and assertions on them.

use std::{
    collections::VecDeque,
    fmt::{self, Write as _},
};

use bytes::Bytes;
use http::HeaderMap;
use serde_json::{Value, json};

/// How many requests are stored.
const MAX_REQUESTS: usize = 10_000;
/// How many bytes of bodies are stored.
const MAX_BODY_BYTES: usize = 64 * 1024 * 1024;
/// The maximum number of bytes of a body in a line of the log.
const BODY_EXCERPT_BYTES: usize = 300;

/// A request that the sandbox has received, and its outcome.
///
/// Credentials in headers, the query and the body are not stored; `<redacted>` replaces them. `Display` is one line for
/// a log.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct ReceivedRequest {
    /// Its number, from 1.
    pub number: u64,
    /// The method, such as `PUT`.
    pub method: String,
    /// The path as it was sent, percent-encoded.
    pub path: String,
    /// The query as it was sent, without `?`; empty if there was none.
    pub query: String,
    /// The headers.
    pub headers: HeaderMap,
    /// The body; empty if there was none or it was not read.
    pub body: Bytes,
    /// The identity that sent it, if it has one.
    pub identity: Option<String>,
    /// The HTTP status of the response; none if the connection was reset instead.
    pub status: Option<u16>,
    /// The rule that it broke, see [`rules`](super::rules).
    pub rule: Option<String>,
    /// The fault that was injected.
    pub fault: Option<String>,
}

impl ReceivedRequest {
    /// The body, if it is JSON.
    ///
    /// # Examples
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> bitbucket_build_status::Result<()> {
    /// use bitbucket_build_status::{State, sandbox::Sandbox};
    ///
    /// let sandbox = Sandbox::start().await?;
    /// let commit = sandbox.client().repository("acme/rocket")?.commit("e10dae2")?;
    /// commit.set("unit-tests", State::Failed, "https://ci.example.com/42").send().await?;
    /// assert_eq!(sandbox.journal()[0].json().expect("JSON")["state"], "FAILED");
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn json(&self) -> Option<Value> {
        serde_json::from_slice(&self.body).ok()
    }

    /// The request as `/_sandbox/requests` returns it.
    pub(crate) fn to_json(&self) -> Value {
        let headers = self.headers.keys().map(|name| {
            let values = self.headers.get_all(name).iter().map(|value| String::from_utf8_lossy(value.as_bytes()));
            (name.to_string(), Value::from(values.collect::<Vec<_>>().join(", ")))
        });
        json!({
            "number": self.number,
            "method": self.method,
            "path": self.path,
            "query": self.query,
            "headers": headers.collect::<serde_json::Map<_, _>>(),
            "body": String::from_utf8_lossy(&self.body),
            "json": self.json(),
            "identity": self.identity,
            "status": self.status,
            "rule": self.rule,
            "fault": self.fault,
        })
    }
}

impl fmt::Display for ReceivedRequest {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { number, method, path, query, .. } = self;
        let mark = if query.is_empty() { "" } else { "?" };
        write!(formatter, "#{number} {method} {path}{mark}{query} -> ")?;
        match self.status {
            Some(status) => write!(formatter, "{status}")?,
            None => formatter.write_str("no response")?,
        }
        let notes = [("identity", &self.identity), ("rule", &self.rule), ("fault", &self.fault)];
        for (name, note) in notes {
            if let Some(note) = note {
                write!(formatter, " {name}={note}")?;
            }
        }
        if !self.body.is_empty() {
            let excerpt = self.body.get(..BODY_EXCERPT_BYTES).unwrap_or(&self.body);
            // A control character in a body must not reach a terminal.
            write!(formatter, " {}", String::from_utf8_lossy(excerpt).replace(char::is_control, " "))?;
        }
        Ok(())
    }
}

/// The last requests.
#[derive(Debug, Default)]
pub(crate) struct Journal {
    received: VecDeque<ReceivedRequest>,
    count: u64,
    body_bytes: usize,
}

impl Journal {
    /// Numbers a request and stores it; returns it for the log.
    pub(crate) fn add(&mut self, mut received: ReceivedRequest) -> &ReceivedRequest {
        self.count += 1;
        received.number = self.count;
        self.body_bytes += received.body.len();
        while self.received.len() >= MAX_REQUESTS || self.body_bytes > MAX_BODY_BYTES {
            let Some(oldest) = self.received.pop_front() else { break };
            self.body_bytes -= oldest.body.len();
        }
        self.received.push_back(received);
        &self.received[self.received.len() - 1]
    }

    pub(crate) fn all(&self) -> Vec<ReceivedRequest> {
        self.received.iter().cloned().collect()
    }
}

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
    ///
    /// # Examples
    ///
    /// ```
    /// use bitbucket_build_status::sandbox::RequestMatcher;
    ///
    /// let expected = RequestMatcher::new("POST");
    /// ```
    pub fn new(method: &str) -> Self {
        Self { method: method.to_ascii_uppercase(), path: None, members: Vec::new(), status: None, times: None }
    }

    /// Its path, as it was sent, contains this text.
    ///
    /// # Examples
    ///
    /// ```
    /// use bitbucket_build_status::sandbox::RequestMatcher;
    ///
    /// let expected = RequestMatcher::new("PUT").path_contains("/build/unit-tests");
    /// ```
    pub fn path_contains(mut self, text: impl Into<String>) -> Self {
        self.path = Some(text.into());
        self
    }

    /// Its body has this member with this value.
    ///
    /// # Examples
    ///
    /// ```
    /// use bitbucket_build_status::sandbox::RequestMatcher;
    ///
    /// let expected = RequestMatcher::new("POST").json_field("state", "FAILED");
    /// ```
    pub fn json_field(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.members.push((name.to_owned(), value.into()));
        self
    }

    /// The response had this HTTP status.
    ///
    /// # Examples
    ///
    /// ```
    /// use bitbucket_build_status::sandbox::RequestMatcher;
    ///
    /// let expected = RequestMatcher::new("POST").status(201);
    /// ```
    pub fn status(mut self, status: u16) -> Self {
        self.status = Some(status);
        self
    }

    /// Exactly this many requests, instead of at least one.
    ///
    /// # Examples
    ///
    /// ```
    /// use bitbucket_build_status::sandbox::RequestMatcher;
    ///
    /// let expected = RequestMatcher::new("POST").times(2);
    /// ```
    pub fn times(mut self, requests: usize) -> Self {
        self.times = Some(requests);
        self
    }

    fn matches(&self, received: &ReceivedRequest) -> bool {
        let body = received.json().unwrap_or_default();
        self.method == received.method
            && self.path.as_ref().is_none_or(|text| received.path.contains(text.as_str()))
            && self.members.iter().all(|(name, value)| body.get(name) == Some(value))
            && self.status.is_none_or(|status| received.status == Some(status))
    }

    /// Checks the received requests; the error lists all of them.
    pub(crate) fn check(&self, journal: &[ReceivedRequest]) -> Result<(), String> {
        let count = journal.iter().filter(|received| self.matches(received)).count();
        if self.times.map_or(count > 0, |times| times == count) {
            return Ok(());
        }
        let mut text = format!("expected {self}; got {count} of {} received:", journal.len());
        for received in journal {
            let mark = if self.matches(received) { '*' } else { ' ' };
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
            Some(status) => write!(formatter, ", status {status}"),
            None => Ok(()),
        }
    }
}
