//! How long a server asks to wait.

use std::time::{Duration, SystemTime};

use chrono::DateTime;
use http::{HeaderMap, header::RETRY_AFTER};

/// Gives the wait that an answer asks for: `Retry-After` in seconds or as a date, else for a 429 the seconds that
/// `X-RateLimit-Reset` says are left (observed live; it is not a moment in time).
pub(crate) fn asked_wait(status: u16, headers: &HeaderMap, now: SystemTime) -> Option<Duration> {
    let text = |name: &str| headers.get(name)?.to_str().ok().map(str::trim);
    text(RETRY_AFTER.as_str())
        .and_then(|value| seconds(value).or_else(|| until(value, now)))
        .or_else(|| text("x-ratelimit-reset").filter(|_| status == 429).and_then(seconds))
}

fn seconds(text: &str) -> Option<Duration> {
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    // More digits than a number holds are a very long wait, not a missing one.
    digits.then(|| Duration::from_secs(text.parse().unwrap_or(u64::MAX)))
}

fn until(date: &str, now: SystemTime) -> Option<Duration> {
    let moment = SystemTime::from(DateTime::parse_from_rfc2822(date).ok()?);
    Some(moment.duration_since(now).unwrap_or_default())
}
