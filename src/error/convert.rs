//! From what the generated client and the hooks saw to the one error.

use serde_json::Value;

use super::{Came, Error, ErrorBody, ErrorKind, body, judge};
use crate::{hooks::Record, model::BuildStatus, retry::GaveUp};

/// An error of the generated client. No answer but 2xx is typed.
pub(crate) type Failure = progenitor_client::Error<()>;

impl Error {
    /// Makes the error of a failed call; `operation` is the document's name for it.
    pub(crate) fn from_call(operation: &'static str, failure: Failure, record: Record) -> Self {
        if let Some(error) = record.refused {
            return error;
        }
        let mut error = match failure {
            Failure::InvalidRequest(problem) | Failure::Custom(problem) => Self::new(ErrorKind::InvalidInput, problem),
            Failure::CommunicationError(cause) | Failure::InvalidUpgrade(cause) | Failure::ResponseBodyError(cause) => {
                transport(cause)
            }
            Failure::ErrorResponse(_) | Failure::UnexpectedResponse(_) | Failure::InvalidResponsePayload(..) => {
                answered(operation, &failure, &record)
            }
        };
        error.0.attempts = record.attempts;
        error.0.retry_after = record.asked_wait;
        error.0.writes = writes(operation);
        error.0.text.push_str(&afterwards(&record));
        error
    }
}

/// Whether an operation changes something.
fn writes(operation: &str) -> bool {
    matches!(operation, "create_build_status" | "update_build_status")
}

/// What a connection that failed came to.
pub(crate) fn came_of(error: &reqwest::Error) -> Came {
    if error.is_builder() {
        Came::Unsendable
    } else if error.is_timeout() {
        Came::TimedOut
    } else {
        Came::Broken
    }
}

fn transport(cause: reqwest::Error) -> Error {
    let came = came_of(&cause);
    let (kind, _) = judge(came);
    let place = cause.url().map(|url| url.origin().ascii_serialization()).unwrap_or_default();
    let text = match came {
        Came::Unsendable => "the request could not be built".to_owned(),
        Came::TimedOut => format!("{place} did not answer in time"),
        _ if cause.is_connect() => format!("could not connect to {place}"),
        _ => format!("the connection to {place} broke before the answer was whole"),
    };
    Error::new(kind, text).with_source(cause.without_url())
}

fn answered(operation: &str, failure: &Failure, record: &Record) -> Error {
    let status = record.status.as_u16();
    let (kind, _) = judge(Came::Status(status));
    let header = |name: &str| record.headers.get(name)?.to_str().ok();
    let mut error = if kind == ErrorKind::Decode {
        undecodable(operation, failure, record)
    } else {
        let read = body::read(&record.body);
        let mut error = Error::new(kind, describe(status, &read));
        error.0.body = read;
        error
    };
    error.0.status = Some(status);
    error.0.trace_id = header("x-b3-traceid").or(header("x-request-id")).map(str::to_owned);
    error.0.credential_scopes = header("x-oauth-scopes").map(scopes).unwrap_or_default();
    if kind == ErrorKind::Moved {
        error.0.moved_to = header("location").map(str::to_owned);
        let place = header("location").unwrap_or("an address it does not name");
        error.0.text = format!("the repository has moved: Bitbucket answered {status} and points to {place}");
    }
    error
}

/// One sentence from status and body: the message once, and the fields that it does not repeat.
fn describe(status: u16, read: &ErrorBody) -> String {
    let reason = http::StatusCode::from_u16(status).ok().and_then(|status| status.canonical_reason());
    let mut text = match reason {
        Some(reason) => format!("Bitbucket answered {status} {reason}"),
        None => format!("Bitbucket answered {status}"),
    };
    if let Some(message) = &read.message {
        text.push_str(": ");
        text.push_str(message);
    }
    for (field, problems) in &read.fields {
        for problem in problems {
            if !text.contains(problem.as_str()) {
                text.extend(["; ", field, ": ", problem]);
            }
        }
    }
    if let Some(detail) = &read.detail {
        text.push_str(" (");
        text.push_str(detail);
        text.push(')');
    }
    text
}

fn undecodable(operation: &str, failure: &Failure, record: &Record) -> Error {
    let status = record.status.as_u16();
    let problem = match (record.too_large, failure) {
        (Some(limit), _) => format!("the body is larger than {limit} bytes"),
        (None, Failure::InvalidResponsePayload(bytes, cause)) => {
            misplaced_item(bytes).unwrap_or_else(|| cause.to_string())
        }
        _ => "no status was expected with it".to_owned(),
    };
    let accepted = if writes(operation) { "; Bitbucket has accepted the write" } else { "" };
    let text = format!("Bitbucket answered {status} with a body that is no build status: {problem}{accepted}");
    let mut error = Error::new(ErrorKind::Decode, text);
    error.0.body.excerpt = body::read(&record.body).excerpt;
    error
}

/// Names the first item of a page that is no status.
fn misplaced_item(page: &[u8]) -> Option<String> {
    let page: Value = serde_json::from_slice(page).ok()?;
    let items = page.get("values")?.as_array()?.iter().enumerate();
    let mut problems = items.filter_map(|(place, item)| {
        let problem = serde_json::from_value::<BuildStatus>(item.clone()).err()?;
        Some(format!("values[{place}] is no build status: {problem}"))
    });
    problems.next()
}

/// What followed the first attempt.
fn afterwards(record: &Record) -> String {
    let attempts = if record.attempts > 1 { format!(" (after {} attempts)", record.attempts) } else { String::new() };
    match record.gave_up {
        Some(GaveUp::WaitTooLong { wait, left }) => {
            let (wait, left) = (wait.as_secs_f64().ceil(), left.as_secs_f64().floor());
            format!("{attempts}; a wait of {wait} s is due, and only {left} s are left for the call")
        }
        _ => attempts,
    }
}

fn scopes(header: &str) -> Vec<String> {
    header.split([',', ' ']).filter(|scope| !scope.is_empty()).map(str::to_owned).collect()
}

impl Error {
    /// Makes the error of an OAuth consumer that was refused a token.
    pub(crate) fn token_refused(status: u16, body: &[u8]) -> Self {
        let read = body::read(body);
        let (kind, _) = judge(Came::Status(status));
        // RFC 6749, 5.2: an unknown client is told so with a 400 as well.
        let kind = if kind == ErrorKind::Rejected { ErrorKind::Unauthorized } else { kind };
        let mut error = Self::new(kind, format!("no access token for the OAuth consumer: {}", describe(status, &read)));
        error.0.status = Some(status);
        error.0.body = read;
        error
    }

    /// Makes the error of an OAuth consumer whose token could not be fetched.
    pub(crate) fn token_unreachable(cause: reqwest::Error) -> Self {
        let mut error = transport(cause);
        error.0.text.insert_str(0, "no access token for the OAuth consumer: ");
        error
    }

    /// What an attempt that ended with this error came to.
    pub(crate) fn came(&self) -> Came {
        match (self.0.status, self.0.kind) {
            (Some(status), _) => Came::Status(status),
            (None, ErrorKind::Transport) => Came::Broken,
            (None, ErrorKind::Timeout) => Came::TimedOut,
            (None, _) => Came::Unsendable,
        }
    }
}
