//! Whether a request is retried, and after which delay: decisions without clock or I/O.

mod quota;

use std::time::{Duration, SystemTime};

use chrono::{DateTime, NaiveDateTime};
use http::{
    HeaderMap,
    header::{DATE, RETRY_AFTER},
};

pub(crate) use self::quota::{DEFAULT_QUOTA, RetryQuota};
use crate::error::{ConnectCause, ErrorKind};

/// The limits of a call's retries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct RetryPolicy {
    /// The maximum number of retries after the first attempt; without it, time is the only limit.
    pub(crate) max_retries: Option<u32>,
    /// The timeout of the entire call, delays included.
    pub(crate) total_timeout: Duration,
    /// The upper bound of the first delay; it doubles with each retry.
    pub(crate) initial_backoff: Duration,
    /// The longest backoff; only `Retry-After` may exceed it.
    pub(crate) max_backoff: Duration,
}

impl Default for RetryPolicy {
    fn default() -> Self {
        Self {
            max_retries: None,
            total_timeout: Duration::from_secs(30),
            initial_backoff: Duration::from_millis(500),
            max_backoff: Duration::from_secs(8),
        }
    }
}

impl RetryPolicy {
    /// The delay before a retry, with full jitter: `jitter`, between 0 and 1, times the bound. `retry` counts from 0.
    pub(crate) fn backoff(self, retry: u32, jitter: f64) -> Duration {
        let bound = self.initial_backoff.saturating_mul(2_u32.saturating_pow(retry));
        bound.min(self.max_backoff).mul_f64(jitter.clamp(0.0, 1.0))
    }
}

/// The outcome of an attempt, as the decision to retry needs it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// A complete response with this HTTP status.
    Status(u16),
    /// A complete 2xx response whose body is not JSON: a page of a proxy or of a login portal, an empty or truncated
    /// body.
    NotJson(u16),
    /// No connection, with its cause if that is known, or one that broke.
    Connection(Option<ConnectCause>),
    /// The attempt timed out.
    Timeout,
    /// The request could not be built.
    Builder,
}

impl Outcome {
    /// Whether it is a response that can be decoded.
    pub(crate) const fn is_success(self) -> bool {
        matches!(self, Self::Status(200..=299))
    }
}

/// The kind of error, and whether a retry may help.
///
/// Every request of this API may be sent again: GET reads, PUT replaces, and POST overwrites the status with its key.
/// A 2xx that is not JSON is not from the API, and the next response may be. JSON that is not as documented is from a
/// changed API, and would be the same again.
pub(crate) const fn classify(outcome: Outcome) -> (ErrorKind, bool) {
    let kind = match outcome {
        Outcome::Connection(Some(cause)) => return (ErrorKind::Transport, !cause.is_permanent()),
        Outcome::Connection(None) => ErrorKind::Transport,
        Outcome::Timeout => ErrorKind::Timeout,
        Outcome::Builder => ErrorKind::InvalidInput,
        Outcome::NotJson(_) => return (ErrorKind::Decode, true),
        // A conflict with another write at the same time.
        Outcome::Status(409) => return (ErrorKind::Other, true),
        Outcome::Status(status) => ErrorKind::of_status(status),
    };
    (kind, kind.is_transient())
}

/// Why a failed call is not retried, or not again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum StopReason {
    /// A retry does not help.
    Permanent,
    /// All retries are used up.
    RetriesExhausted,
    /// The server asks for a longer delay than the time that is left.
    DelayExceedsDeadline {
        /// The delay that the server asks for.
        delay: Duration,
        /// The time that is left.
        left: Duration,
    },
    /// The retry quota that all calls of the client share is used up.
    QuotaExhausted,
    /// The time for the entire call is over.
    DeadlineExceeded {
        /// The time it had.
        total_timeout: Duration,
    },
}

/// The retries of one call.
#[derive(Debug)]
pub(crate) struct Retries<'a> {
    policy: RetryPolicy,
    quota: Option<&'a RetryQuota>,
    made: u32,
    /// Whether the last retry has cost tokens of the quota.
    has_paid: bool,
}

impl<'a> Retries<'a> {
    pub(crate) fn new(policy: RetryPolicy, quota: Option<&'a RetryQuota>) -> Self {
        Self { policy, quota, made: 0, has_paid: false }
    }

    /// Decides what follows a failed attempt: a delay and another attempt, or the reason to stop.
    ///
    /// `retry_after` is the delay that the server asked for, `elapsed` the time since the call began, `jitter` any
    /// number between 0 and 1.
    pub(crate) fn on_failure(
        &mut self,
        outcome: Outcome,
        retry_after: Option<Duration>,
        elapsed: Duration,
        jitter: f64,
    ) -> Result<Duration, StopReason> {
        let (_, is_retryable) = classify(outcome);
        if !is_retryable {
            return Err(StopReason::Permanent);
        }
        let delay = self.delay(retry_after, elapsed, jitter)?;
        // A 429 is paced by its delay.
        self.has_paid = outcome != Outcome::Status(429) && self.quota.is_some();
        if self.has_paid && !self.quota.is_some_and(RetryQuota::withdraw) {
            return Err(StopReason::QuotaExhausted);
        }
        self.made += 1;
        Ok(delay)
    }

    /// Refunds or rewards the quota after an attempt that succeeded.
    pub(crate) fn on_success(&self) {
        match self.quota {
            Some(quota) if self.has_paid => quota.refund(),
            Some(quota) if self.made == 0 => quota.reward(),
            _ => {}
        }
    }

    fn delay(&self, retry_after: Option<Duration>, elapsed: Duration, jitter: f64) -> Result<Duration, StopReason> {
        let RetryPolicy { max_retries, total_timeout, initial_backoff, max_backoff } = self.policy;
        let left = total_timeout.saturating_sub(elapsed);
        let deadline_exceeded = Err(StopReason::DeadlineExceeded { total_timeout });
        if left.is_zero() {
            return deadline_exceeded;
        }
        if max_retries.is_some_and(|max_retries| self.made >= max_retries) {
            return Err(StopReason::RetriesExhausted);
        }
        if let Some(delay) = retry_after.filter(|delay| *delay >= left) {
            return Err(StopReason::DelayExceedsDeadline { delay, left });
        }
        let delay = self.policy.backoff(self.made, jitter).max(retry_after.unwrap_or_default());
        if delay < left {
            return Ok(delay);
        }
        // A backoff that does not fit is shortened to half of the time left, for one more retry before the timeout; but
        // not below the initial backoff, or the last seconds would be full of requests.
        let shortened = (left / 2).max(retry_after.unwrap_or_default());
        if shortened > initial_backoff.min(max_backoff) { Ok(shortened) } else { deadline_exceeded }
    }
}

/// The delay that a response asks for: `Retry-After`, in seconds or as a date; without it, for a 429,
/// `X-RateLimit-Reset`, which is a number of seconds and not a point in time (observed live, August 2026).
///
/// A date is measured from the response's own `Date`, since the server's clock may differ from ours; without `Date`,
/// from `now`.
pub(crate) fn retry_after(status: u16, headers: &HeaderMap, now: SystemTime) -> Option<Duration> {
    let text = |name: &str| headers.get(name)?.to_str().ok().map(str::trim);
    text(RETRY_AFTER.as_str())
        .and_then(|value| seconds(value).or_else(|| until(value, text(DATE.as_str()).and_then(http_date), now)))
        .or_else(|| text("x-ratelimit-reset").filter(|_| status == 429).and_then(seconds))
}

fn seconds(text: &str) -> Option<Duration> {
    let is_number = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    // A number that overflows is a very long delay, not a missing one.
    is_number.then(|| Duration::from_secs(text.parse().unwrap_or(u64::MAX)))
}

/// The time until a date, by the server's clock or ours; zero for a date in the past.
fn until(date: &str, server_date: Option<i64>, now: SystemTime) -> Option<Duration> {
    // In seconds: not every platform's clock reaches every date.
    let our_date = || now.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_secs();
    let from = server_date.map_or_else(our_date, |date| u64::try_from(date).unwrap_or_default());
    let then = u64::try_from(http_date(date)?).unwrap_or_default();
    Some(Duration::from_secs(then.saturating_sub(from)))
}

/// The seconds since 1970 of a date in one of HTTP's three forms (RFC 9110, 5.6.7).
fn http_date(date: &str) -> Option<i64> {
    let obsolete = ["%A, %d-%b-%y %H:%M:%S GMT", "%a %b %e %H:%M:%S %Y"];
    let time = DateTime::parse_from_rfc2822(date).map(|time| time.to_utc()).ok();
    let time = time
        .or_else(|| obsolete.iter().find_map(|form| Some(NaiveDateTime::parse_from_str(date, form).ok()?.and_utc())))?;
    Some(time.timestamp())
}

#[cfg(test)]
mod tests;
