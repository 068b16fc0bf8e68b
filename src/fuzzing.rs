//! The door through which the fuzz targets reach what is private.

use std::time::{Duration, SystemTime};

use http::{HeaderMap, HeaderName, HeaderValue};

pub use crate::error::answered;

/// The wait that these header values ask for.
#[must_use]
pub fn asked_wait(status: u16, retry_after: &[u8], reset: &[u8]) -> Option<Duration> {
    let values = [("retry-after", retry_after), ("x-ratelimit-reset", reset)];
    let headers = values
        .into_iter()
        .filter_map(|(name, value)| Some((HeaderName::from_static(name), HeaderValue::from_bytes(value).ok()?)));
    crate::rate_limit::asked_wait(status, &headers.collect::<HeaderMap>(), SystemTime::now())
}
