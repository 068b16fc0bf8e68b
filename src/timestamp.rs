//! Moments as Bitbucket writes them.

use std::{
    fmt,
    time::{Duration, SystemTime},
};

use chrono::DateTime;
use serde::{Deserialize, Serialize};

/// A moment as Bitbucket wrote it, such as `2026-11-20T08:15:30.547563+00:00`.
///
/// The text is kept as it came: a date in a form nobody has seen yet must not turn a write that Bitbucket has accepted
/// into an error, and written out again it is the same to the byte.
///
/// # Examples
///
/// ```
/// use std::time::{Duration, SystemTime};
/// use bitbucket_build_status::Timestamp;
///
/// let created = Timestamp::from("1970-01-01T00:00:01.000002+00:00");
/// let expected = SystemTime::UNIX_EPOCH + Duration::from_micros(1_000_002);
/// assert_eq!(created.to_system_time(), Some(expected));
/// assert_eq!(Timestamp::from("yesterday").to_system_time(), None);
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(transparent)]
pub struct Timestamp(String);

impl Timestamp {
    /// The text as it came.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// A moment as Bitbucket would write it; one near ours, since the clock's are.
    #[cfg(feature = "sandbox")]
    pub(crate) fn of(moment: SystemTime) -> Self {
        let moment = DateTime::<chrono::Utc>::from(moment);
        Self(moment.format("%Y-%m-%dT%H:%M:%S%.6f+00:00").to_string())
    }

    /// The moment, where the text is a date and time with an offset (RFC 3339).
    #[must_use]
    pub fn to_system_time(&self) -> Option<SystemTime> {
        let moment = DateTime::parse_from_rfc3339(&self.0).ok()?;
        let seconds = Duration::from_secs(moment.timestamp().unsigned_abs());
        // Not every platform's clock reaches every date.
        let second = match moment.timestamp() {
            ..0 => SystemTime::UNIX_EPOCH.checked_sub(seconds)?,
            0.. => SystemTime::UNIX_EPOCH.checked_add(seconds)?,
        };
        second.checked_add(Duration::from_nanos(moment.timestamp_subsec_nanos().into()))
    }
}

impl From<&str> for Timestamp {
    fn from(text: &str) -> Self {
        Self(text.to_owned())
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}
