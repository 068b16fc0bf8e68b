//! What the sandbox has received.

use std::{collections::VecDeque, fmt};

use bytes::Bytes;
use http::{HeaderMap, header::AUTHORIZATION};
use serde_json::Value;

/// How many requests are remembered.
const MOST: usize = 10_000;
/// The most bytes of a body that a line shows.
const SHOWN_BODY: usize = 300;

/// A request that the sandbox has received, and what it answered.
///
/// Credentials are not kept: `Authorization` reads `<redacted>`. Printed, it is one line for a log.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Received {
    /// Its number, from 1.
    pub number: u64,
    /// The method, such as `PUT`.
    pub method: String,
    /// The path as it was sent, percent-encoded.
    pub path: String,
    /// The query as it was sent, without `?`; empty where there was none.
    pub query: String,
    /// The headers.
    pub headers: HeaderMap,
    /// The body; empty where there was none, or where it was not read.
    pub body: Bytes,
    /// The identity that asked, where one was found.
    pub identity: Option<String>,
    /// The HTTP status of the answer; none where the connection was cut instead.
    pub status: Option<u16>,
    /// The rule that refused it, see [`rules`](super::rules).
    pub rule: Option<String>,
    /// The fault that was played on it.
    pub fault: Option<String>,
}

impl Received {
    /// The body as JSON, where it is that.
    #[must_use]
    pub fn json(&self) -> Option<Value> {
        serde_json::from_slice(&self.body).ok()
    }

    /// The headers without the credentials.
    pub(crate) fn redacted(mut headers: HeaderMap) -> HeaderMap {
        if let Some(authorization) = headers.get_mut(AUTHORIZATION) {
            *authorization = http::HeaderValue::from_static("<redacted>");
        }
        headers
    }
}

impl fmt::Display for Received {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { number, method, path, query, .. } = self;
        let mark = if query.is_empty() { "" } else { "?" };
        write!(formatter, "#{number} {method} {path}{mark}{query} -> ")?;
        match self.status {
            Some(status) => write!(formatter, "{status}")?,
            None => formatter.write_str("no answer")?,
        }
        let notes = [("identity", &self.identity), ("rule", &self.rule), ("fault", &self.fault)];
        for (name, note) in notes {
            if let Some(note) = note {
                write!(formatter, " {name}={note}")?;
            }
        }
        if !self.body.is_empty() {
            let shown = self.body.get(..SHOWN_BODY).unwrap_or(&self.body);
            // A control character in a body must not reach a terminal.
            write!(formatter, " {}", String::from_utf8_lossy(shown).replace(char::is_control, " "))?;
        }
        Ok(())
    }
}

/// The last requests.
#[derive(Debug, Default)]
pub(crate) struct Journal {
    received: VecDeque<Received>,
    count: u64,
}

impl Journal {
    /// Numbers a request and remembers it; gives it back for the log.
    pub(crate) fn add(&mut self, mut received: Received) -> Received {
        self.count += 1;
        received.number = self.count;
        if self.received.len() == MOST {
            self.received.pop_front();
        }
        self.received.push_back(received.clone());
        received
    }

    pub(crate) fn all(&self) -> Vec<Received> {
        self.received.iter().cloned().collect()
    }
}
