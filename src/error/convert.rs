//! From what the generated client and the hooks saw to the one error.

use std::time::Duration;

use http::{HeaderMap, StatusCode};
use serde_json::Value;

use super::{Came, Error, ErrorBody, ErrorKind, Trouble, body, judge};
use crate::{
    answer::RawAnswer,
    call::{Action, Call},
    credentials::CredentialKind,
    hooks::Record,
    model::BuildStatus,
    rate_limit::asked_wait,
    retry::GaveUp,
};

/// Why a call has no value.
pub(crate) enum Failure {
    /// The answer is an error, or one that cannot be read for this reason.
    Answered(RawAnswer, Option<serde_json::Error>),
    /// There was no answer, and this is what the generated client says of it.
    Unanswered(Option<Generated>),
}

/// An error of the generated client, which types no answer but 2xx.
pub(crate) type Generated = progenitor_client::Error<()>;

impl Error {
    /// Makes the error of a failed call.
    pub(crate) fn from_call(call: Call, credentials: CredentialKind, failure: Failure, record: Record) -> Self {
        let mut error = match (record.refused, failure) {
            (Some(refused), _) => refused,
            (None, Failure::Answered(answer, cause)) => answered(call.action, &answer, cause),
            (None, Failure::Unanswered(cause)) => unanswered(cause),
        };
        error.0.attempts = record.attempts;
        error.0.retry_after = record.asked_wait;
        error.0.call = Some(call);
        error.0.credentials = credentials;
        error.0.text.push_str(&afterwards(record.attempts, record.gave_up));
        error
    }

    /// Makes the error of an OAuth consumer that was refused a token.
    pub(crate) fn token_refused(answer: &RawAnswer) -> Self {
        let status = answer.status.as_u16();
        // Another success than 200 might hold the token.
        let read = if answer.status.is_success() { ErrorBody::default() } else { body::read(&answer.body) };
        let (kind, _) = judge(Came::Status(status));
        let kind = match kind {
            // RFC 6749, 5.2: an unknown client is told so with a 400 as well.
            ErrorKind::Rejected | ErrorKind::Forbidden => ErrorKind::Unauthorized,
            // These tell of the address that gives tokens, not of what was asked for.
            ErrorKind::NotFound | ErrorKind::Redirect | ErrorKind::Gone => ErrorKind::Other,
            kind => kind,
        };
        let mut error = Self::new(kind, format!("no access token for the OAuth consumer: {}", describe(status, &read)));
        error.0.status = Some(status);
        error.0.body = read;
        error.0.fetching_token = true;
        error.0.retry_after = asked_wait(status, &answer.headers, std::time::SystemTime::now());
        error
    }

    /// Makes the error of an OAuth consumer whose token could not be fetched.
    pub(crate) fn token_unreachable(cause: reqwest::Error) -> Self {
        let mut error = transport(cause);
        error.0.text.insert_str(0, "no access token for the OAuth consumer: ");
        error.0.fetching_token = true;
        error
    }

    /// Makes the error of an OAuth consumer whose token did not come in time.
    pub(crate) fn token_late() -> Self {
        let mut error = Self::new(ErrorKind::Timeout, "no access token for the OAuth consumer came in time");
        error.0.fetching_token = true;
        error
    }

    /// What an attempt that ended with this error came to.
    pub(crate) fn came(&self) -> Came {
        match (self.0.status, self.0.kind) {
            (Some(status), _) => Came::Status(status),
            (None, ErrorKind::Transport) if self.0.trouble == Some(Trouble::Certificate) => Came::Untrusted,
            (None, ErrorKind::Transport) => Came::Broken,
            (None, ErrorKind::Timeout) => Came::TimedOut,
            (None, _) => Came::Unsendable,
        }
    }
}

/// What a connection that failed came to.
pub(crate) fn came_of(error: &reqwest::Error) -> Came {
    if error.is_builder() {
        Came::Unsendable
    } else if error.is_timeout() {
        Came::TimedOut
    } else if error.is_connect() && Trouble::of(error) == Some(Trouble::Certificate) {
        Came::Untrusted
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
        Came::Untrusted => format!("the certificate of {place} is not trusted"),
        _ if cause.is_connect() => format!("could not connect to {place}"),
        _ => format!("the connection to {place} broke before the answer was whole"),
    };
    let mut error = Error::new(kind, text);
    error.0.trouble = Trouble::of(&cause);
    error.with_source(cause.without_url())
}

fn unanswered(cause: Option<Generated>) -> Error {
    match cause {
        Some(
            Generated::CommunicationError(cause)
            | Generated::InvalidUpgrade(cause)
            | Generated::ResponseBodyError(cause),
        ) => transport(cause),
        Some(Generated::InvalidRequest(problem) | Generated::Custom(problem)) => {
            Error::new(ErrorKind::InvalidInput, problem)
        }
        _ => Error::new(ErrorKind::Other, "what the call came to was not recorded"),
    }
}

fn answered(action: Action, answer: &RawAnswer, cause: Option<serde_json::Error>) -> Error {
    let status = answer.status.as_u16();
    let (kind, _) = judge(Came::Status(status));
    let mut error = match kind {
        ErrorKind::Decode => undecodable(action, answer, cause),
        ErrorKind::Redirect => moved(status, header(&answer.headers, "location")),
        _ => {
            let read = body::read(&answer.body);
            let mut error = Error::new(kind, describe(status, &read));
            error.0.body = read;
            error
        }
    };
    error.0.status = Some(status);
    let trace_id = header(&answer.headers, "x-b3-traceid").or(header(&answer.headers, "x-request-id"));
    error.0.trace_id = trace_id.map(body::excerpt);
    error.0.accepted_scopes = scopes(&answer.headers, "x-accepted-oauth-scopes");
    error.0.credential_scopes = scopes(&answer.headers, "x-oauth-scopes");
    error
}

/// The error of a call that was answered in this way.
#[cfg(fuzzing)]
#[must_use]
pub fn answered_by(status: u16, body: &[u8]) -> Error {
    let status = StatusCode::from_u16(status).unwrap_or_default();
    let body = bytes::Bytes::copy_from_slice(body);
    let answer = RawAnswer { status, headers: HeaderMap::new(), body, too_large: None };
    let cause = answer.decode::<BuildStatus>().err().filter(|_| status.is_success());
    let call = Call { action: Action::Update, short_hash: true };
    let record = Record { attempts: 1, ..Record::default() };
    Error::from_call(call, CredentialKind::ApiToken, Failure::Answered(answer, cause), record)
}

fn moved(status: u16, location: Option<&str>) -> Error {
    let place = location.map_or_else(|| "an address it does not name".to_owned(), body::excerpt);
    let text = format!("the repository has moved: Bitbucket answered {status} and points to {place}");
    let mut error = Error::new(ErrorKind::Redirect, text);
    error.0.location = location.map(str::to_owned);
    error
}

/// One sentence from status and body: the message once, and the fields that it does not repeat.
fn describe(status: u16, read: &ErrorBody) -> String {
    let reason = StatusCode::from_u16(status).ok().and_then(|status| status.canonical_reason());
    let mut text = match reason {
        Some(reason) => format!("Bitbucket answered {status} {reason}"),
        None => format!("Bitbucket answered {status}"),
    };
    if let Some(message) = read.message.as_ref().filter(|said| !said.eq_ignore_ascii_case(reason.unwrap_or_default())) {
        text.extend([": ", message]);
    }
    let message = read.message.as_deref().unwrap_or_default();
    for (field, problem) in read.fields.iter().flat_map(|(field, all)| all.iter().map(move |one| (field, one))) {
        if text.len() < LONGEST_TEXT && !message.contains(problem.as_str()) {
            text.extend(["; ", field, ": ", problem]);
        }
    }
    if let Some(detail) = &read.detail {
        text.extend([" (", detail, ")"]);
    }
    text
}

/// From this many bytes on no further field is added to a text.
const LONGEST_TEXT: usize = 1000;

fn undecodable(action: Action, answer: &RawAnswer, cause: Option<serde_json::Error>) -> Error {
    let status = answer.status.as_u16();
    let expected = if action.lists() { "page of build statuses" } else { "build status" };
    let problem = match (answer.too_large, cause) {
        (Some(limit), _) => format!("it is larger than {limit} bytes"),
        (None, Some(cause)) if !answer.body.is_empty() => {
            misplaced_item(&answer.body).unwrap_or_else(|| cause.to_string())
        }
        (None, _) => "it is empty".to_owned(),
    };
    let accepted = if action.writes() { "; the write itself was accepted" } else { "" };
    let problem = body::excerpt(&problem);
    let text = format!("Bitbucket answered {status} with a body that is no {expected}: {problem}{accepted}");
    let mut error = Error::new(ErrorKind::Decode, text);
    error.0.body.excerpt = body::read(&answer.body).excerpt;
    error
}

/// Names the first item of a page that is no status.
fn misplaced_item(page: &[u8]) -> Option<String> {
    let page: Value = serde_json::from_slice(page).ok()?;
    let items = page.get("values")?.as_array()?.iter().enumerate();
    let mut problems = items.filter_map(|(place, item)| {
        let problem = serde::Deserialize::deserialize(item).map(|_: BuildStatus| ()).err()?;
        Some(format!("values[{place}] is no build status: {problem}"))
    });
    problems.next()
}

/// What followed the first attempt.
fn afterwards(attempts: u32, gave_up: Option<GaveUp>) -> String {
    let tried = if attempts > 1 { format!(" (after {attempts} attempts)") } else { String::new() };
    match gave_up {
        Some(GaveUp::WaitTooLong { wait, left }) => {
            format!("{tried}; a wait of {} is due, and only {} are left for the call", seconds(wait), seconds(left))
        }
        Some(GaveUp::OutOfTime { budget }) => format!("{tried}; the call's {} are over", seconds(budget)),
        Some(GaveUp::Final | GaveUp::NoRepeatsLeft) | None => tried,
    }
}

/// A duration to be read: in seconds, with tenths where they matter.
fn seconds(duration: Duration) -> String {
    match duration.as_secs() {
        ..10 => format!("{:.1} s", duration.as_secs_f64()),
        whole @ 10..86_400 => format!("{whole} s"),
        _ => "more than a day".to_owned(),
    }
}

fn header<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}

fn scopes(headers: &HeaderMap, name: &str) -> Vec<String> {
    let scopes = header(headers, name).unwrap_or_default().split([',', ' ']);
    scopes.filter(|scope| !scope.is_empty()).take(body::MOST_TEXTS).map(body::excerpt).collect()
}

#[cfg(test)]
mod tests;
