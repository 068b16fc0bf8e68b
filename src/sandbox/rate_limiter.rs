//! The rate limit of each identity: requests within a rolling window, as Bitbucket counts them.

use std::{
    collections::{HashMap, VecDeque},
    time::{Duration, Instant},
};

use http::{HeaderName, HeaderValue, StatusCode, header::RETRY_AFTER};

use super::{rejection::Rejection, rules, seed::RateLimit};

/// The requests of each identity within the window.
#[derive(Debug)]
pub(crate) struct RateLimiter {
    limit: Option<RateLimit>,
    spent: HashMap<Option<String>, VecDeque<Instant>>,
}

/// The requests that an identity has left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Quota {
    limit: RateLimit,
    requests: usize,
    /// The time until the oldest request leaves the window.
    reset: Duration,
}

impl RateLimiter {
    pub(crate) fn new(limit: Option<RateLimit>) -> Self {
        Self { limit, spent: HashMap::new() }
    }

    /// Sets the limit and forgets the requests counted so far.
    pub(crate) fn set(&mut self, limit: Option<RateLimit>) {
        *self = Self::new(limit);
    }

    /// Counts a request of this identity; requests without credentials share one limit.
    pub(crate) fn acquire(
        &mut self,
        name: Option<&str>,
        now: Instant,
        retry_after: bool,
    ) -> Result<Option<Quota>, Rejection> {
        let Some(limit) = self.limit else { return Ok(None) };
        let window = Duration::from_secs(limit.seconds);
        let spent = self.spent.entry(name.map(str::to_owned)).or_default();
        while spent.front().is_some_and(|time| now.duration_since(*time) >= window) {
            spent.pop_front();
        }
        let enough = spent.len() < limit.requests;
        if enough {
            spent.push_back(now);
        }
        let requests = limit.requests - spent.len();
        let reset = spent.front().map_or(window, |oldest| window.saturating_sub(now.duration_since(*oldest)));
        let quota = Quota { limit, requests, reset };
        if enough {
            return Ok(Some(quota));
        }
        let text = "Rate limit for this resource has been exceeded";
        let rejection = Rejection::text(&rules::RATE_LIMIT, StatusCode::TOO_MANY_REQUESTS, text);
        let rejection = quota.headers().fold(rejection, |rejection, (name, value)| rejection.with(name, value));
        Err(if retry_after { rejection.with(RETRY_AFTER, quota.seconds().into()) } else { rejection })
    }
}

impl Quota {
    fn seconds(self) -> u64 {
        // Rounded up: after a delay of this many seconds there is a request left.
        self.reset.as_secs() + u64::from(self.reset.subsec_nanos() > 0)
    }

    /// The headers as observed live: `X-RateLimit-Reset` is seconds left, and the limit names its window.
    pub(crate) fn headers(self) -> impl Iterator<Item = (HeaderName, HeaderValue)> {
        let RateLimit { requests, seconds } = self.limit;
        [
            ("x-ratelimit-limit", format!("{requests}, {requests};w={seconds}")),
            ("x-ratelimit-remaining", self.requests.to_string()),
            ("x-ratelimit-reset", self.seconds().to_string()),
        ]
        .into_iter()
        .filter_map(|(name, value)| Some((HeaderName::from_static(name), HeaderValue::from_str(&value).ok()?)))
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::{RateLimit, RateLimiter};

    #[test]
    fn a_request_that_leaves_the_window_can_be_sent_again() {
        let mut rate_limiter = RateLimiter::new(Some(RateLimit { requests: 2, seconds: 10 }));
        let begin = Instant::now();
        let mut allowed = |name, second| rate_limiter.acquire(name, begin + Duration::from_secs(second), false).is_ok();
        let ci = Some("ci");
        assert_eq!([0, 4, 5, 10, 11, 14].map(|second| allowed(ci, second)), [true, true, false, true, false, true]);
        assert!(allowed(Some("other"), 5), "each identity has a limit of its own");
    }
}
