//! What the sandbox has received.

use std::{collections::VecDeque, fmt};

use bytes::Bytes;
use http::{
    HeaderMap, HeaderValue,
    header::{AUTHORIZATION, COOKIE, PROXY_AUTHORIZATION},
};
use serde_json::Value;

use super::oauth;

/// How many requests are remembered.
const MOST: usize = 10_000;
/// Stands where credentials stood.
const REDACTED: &str = "<redacted>";
/// The members of forms and queries that are secrets (RFC 6749, RFC 6750).
const SECRETS: [&str; 6] = ["access_token", "client_secret", "refresh_token", "password", "code", "assertion"];
/// The most bytes of a body that a line shows.
const SHOWN_BODY: usize = 300;

/// A request that the sandbox has received, and what it answered.
///
/// Credentials are not kept, wherever they stood: there it reads `<redacted>`. Printed, it is one line for a log.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct ReceivedRequest {
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

impl ReceivedRequest {
    /// The body as JSON, where it is that.
    #[must_use]
    pub fn json(&self) -> Option<Value> {
        serde_json::from_slice(&self.body).ok()
    }

    /// The headers without the credentials.
    pub(crate) fn redacted_headers(mut headers: HeaderMap) -> HeaderMap {
        for name in [AUTHORIZATION, PROXY_AUTHORIZATION, COOKIE] {
            if headers.contains_key(&name) {
                headers.insert(name, HeaderValue::from_static(REDACTED));
            }
        }
        headers
    }

    /// A query, or a form, without the credentials that some put there.
    pub(crate) fn redacted_form(form: &str) -> String {
        let members = form.split('&').map(|member| match member.split_once('=') {
            Some((name, _)) if SECRETS.contains(&name) => format!("{name}={REDACTED}"),
            _ => member.to_owned(),
        });
        members.collect::<Vec<_>>().join("&")
    }

    /// The body without the credentials, which only the endpoint for tokens takes there.
    pub(crate) fn redacted_body(path: &str, body: Bytes) -> Bytes {
        if path != oauth::PATH {
            return body;
        }
        Self::redacted_form(&String::from_utf8_lossy(&body)).into()
    }
}

impl fmt::Display for ReceivedRequest {
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
    received: VecDeque<ReceivedRequest>,
    count: u64,
}

impl Journal {
    /// Numbers a request and remembers it; gives it back for the log.
    pub(crate) fn add(&mut self, mut received: ReceivedRequest) -> ReceivedRequest {
        self.count += 1;
        received.number = self.count;
        if self.received.len() == MOST {
            self.received.pop_front();
        }
        self.received.push_back(received.clone());
        received
    }

    pub(crate) fn all(&self) -> Vec<ReceivedRequest> {
        self.received.iter().cloned().collect()
    }
}
