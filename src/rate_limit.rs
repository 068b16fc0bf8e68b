//! How long a server asks to wait.

use std::time::{Duration, SystemTime};

use chrono::{DateTime, NaiveDateTime};
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

/// The time until a date in one of HTTP's three forms (RFC 9110, 5.6.7); nothing for one that is past.
fn until(date: &str, now: SystemTime) -> Option<Duration> {
    let obsolete = ["%A, %d-%b-%y %H:%M:%S GMT", "%a %b %e %H:%M:%S %Y"];
    let moment = DateTime::parse_from_rfc2822(date)
        .map(|moment| moment.to_utc())
        .ok()
        .or_else(|| obsolete.iter().find_map(|form| Some(NaiveDateTime::parse_from_str(date, form).ok()?.and_utc())))?;
    // In seconds: not every platform's clock reaches every date.
    let now = now.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_secs();
    let moment = u64::try_from(moment.timestamp()).unwrap_or_default();
    Some(Duration::from_secs(moment.saturating_sub(now)))
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, SystemTime};

    use http::HeaderValue;

    use super::asked_wait;

    /// Sun, 06 Nov 1994 08:49:37 GMT.
    const NOW: u64 = 784_111_777;

    fn asked(status: u16, headers: &[(&'static str, &'static str)]) -> Option<u64> {
        let headers = headers.iter().map(|(name, value)| (name.parse().unwrap(), HeaderValue::from_static(value)));
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(NOW);
        asked_wait(status, &headers.collect(), now).map(|wait| wait.as_secs())
    }

    #[test]
    fn retry_after_is_read_in_seconds_and_as_a_date() {
        let table = [
            ("0", Some(0)),
            ("120", Some(120)),
            (" 7 ", Some(7)),
            ("99999999999999999999999999", Some(u64::MAX)),
            ("Sun, 06 Nov 1994 08:50:37 GMT", Some(60)),
            ("Sunday, 06-Nov-94 08:50:37 GMT", Some(60)),
            ("Sun Nov  6 08:50:37 1994", Some(60)),
            ("Sun, 06 Nov 1994 08:49:00 GMT", Some(0)),
            ("Fri, 31 Dec 9999 23:59:59 GMT", Some(253_402_300_799 - NOW)),
            ("1 Jan 0000 00:00:00 GMT", Some(0)),
            ("", None),
            ("-1", None),
            ("1.5", None),
            ("soon", None),
            ("Sun, 99 Nov 1994 08:50:37 GMT", None),
        ];
        for (value, expected) in table {
            assert_eq!(asked(503, &[("retry-after", value)]), expected, "{value:?}");
        }
    }

    #[test]
    fn the_rate_limits_reset_is_seconds_left_and_counts_for_a_429_without_retry_after() {
        let reset = ("x-ratelimit-reset", "745");
        assert_eq!(asked(429, &[reset]), Some(745));
        assert_eq!(asked(503, &[reset]), None);
        assert_eq!(asked(429, &[reset, ("retry-after", "3")]), Some(3));
        assert_eq!(asked(429, &[reset, ("retry-after", "soon")]), Some(745));
        assert_eq!(asked(429, &[("x-ratelimit-reset", "60, 60;w=3600")]), None);
        assert_eq!(asked(429, &[]), None);
    }
}
