//! Faults by script: what goes wrong on its way to or from Bitbucket.

mod play;

use std::{collections::VecDeque, fmt, time::Duration};

/// Something that goes wrong; see [`Sandbox::fault`](super::Sandbox::fault).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Fault {
    /// A 429 with the recorded text, and what it says about the wait. Nothing is applied.
    RateLimited(RetryHint),
    /// An answer with this status and an HTML page, as from the edge. Nothing is applied.
    Html(u16),
    /// The request is handled after this time.
    Delay(Duration),
    /// The connection is reset before the body is read. Nothing is applied.
    ResetBeforeReading,
    /// The request is applied, and the connection reset instead of an answer.
    ResetAfterApplying,
    /// The request is applied, and the connection closed in the middle of the answer's body.
    TruncatedBody,
    /// The answer says `text/html`, with its JSON body.
    WrongContentType,
    /// Each status of the answer has this state.
    UnknownState(String),
    /// Each object of the answer has members nobody knows.
    ExtraMembers,
    /// Each status of the answer has null for every member but `key` and `state`.
    NullMembers,
}

/// What a 429 says about the wait.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum RetryHint {
    /// Nothing, as recorded.
    None,
    /// `Retry-After` in seconds.
    RetryAfterSeconds(u64),
    /// `Retry-After` as the date so long from now.
    RetryAfterDate(Duration),
    /// `X-RateLimit-Reset` in seconds left, with the limit and what remains, as observed live.
    RateLimitReset(u64),
    /// `Retry-After` with this text, whatever it is.
    RetryAfterText(String),
}

/// A fault with the requests it is played on: by default the next one.
#[derive(Clone, Debug)]
#[must_use]
pub struct FaultRule {
    pub(crate) fault: Fault,
    left: usize,
    method: Option<String>,
    path: Option<String>,
}

impl From<Fault> for FaultRule {
    fn from(fault: Fault) -> Self {
        Self { fault, left: 1, method: None, path: None }
    }
}

impl Fault {
    /// Plays it on so many requests.
    pub fn times(self, requests: usize) -> FaultRule {
        FaultRule::from(self).times(requests)
    }

    /// Plays it on the next request with this method.
    pub fn on(self, method: &str) -> FaultRule {
        FaultRule::from(self).on(method)
    }
}

impl FaultRule {
    /// Plays it on so many requests.
    pub fn times(mut self, requests: usize) -> Self {
        self.left = requests;
        self
    }

    /// Plays it only on requests with this method.
    pub fn on(mut self, method: &str) -> Self {
        self.method = Some(method.to_ascii_uppercase());
        self
    }

    /// Plays it only on requests whose path, as it was sent, has this in it.
    pub fn path_contains(mut self, text: impl Into<String>) -> Self {
        self.path = Some(text.into());
        self
    }

    fn suits(&self, method: &str, path: &str) -> bool {
        self.left > 0
            && self.method.as_deref().is_none_or(|own| own == method)
            && self.path.as_deref().is_none_or(|own| path.contains(own))
    }
}

/// The scripts that are left, in the order they were given.
#[derive(Debug, Default)]
pub(crate) struct Scripts(VecDeque<FaultRule>);

impl Scripts {
    pub(crate) fn add(&mut self, script: FaultRule) {
        self.0.push_back(script);
    }

    /// The fault that is due for a request: of the first script that suits it.
    pub(crate) fn take(&mut self, method: &str, path: &str) -> Option<Fault> {
        let script = self.0.iter_mut().find(|script| script.suits(method, path))?;
        script.left -= 1;
        let fault = script.fault.clone();
        self.0.retain(|script| script.left > 0);
        Some(fault)
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::RateLimited(_) => "rate-limited",
            Self::Html(_) => "html",
            Self::Delay(_) => "delay",
            Self::ResetBeforeReading => "reset-before-reading",
            Self::ResetAfterApplying => "reset-after-applying",
            Self::TruncatedBody => "truncated-body",
            Self::WrongContentType => "wrong-content-type",
            Self::UnknownState(_) => "unknown-state",
            Self::ExtraMembers => "extra-members",
            Self::NullMembers => "null-members",
        })
    }
}
