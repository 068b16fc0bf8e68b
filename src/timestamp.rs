//! Points in time as Bitbucket writes them.

use std::{
    cmp::Ordering,
    fmt,
    str::FromStr,
    time::{Duration, SystemTime},
};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};

/// A point in time as Bitbucket wrote it, such as `2026-11-20T08:15:30.547563+00:00`.
///
/// The text is stored and serialized unchanged: a date in an unexpected form must not turn a write that Bitbucket has
/// accepted into an error. Timestamps are ordered by their time (a text that is not a time comes first), and then by
/// their text. `str::parse` is stricter: it accepts only a date and time.
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
/// assert!(created < "1970-01-01T02:00:00+01:00".parse()?);
/// assert_eq!(Timestamp::from("yesterday").to_system_time(), None);
/// # Ok::<(), bitbucket_build_status::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema), schemars(description = "A point in time."))]
#[serde(transparent)]
pub struct Timestamp(String);

/// The start of the year 0, in microseconds since 1970.
const FIRST_MICROS: i64 = -62_167_219_200_000_000;
/// The end of the year 9999, in microseconds since 1970.
const LAST_MICROS: i64 = 253_402_300_799_999_999;

impl Timestamp {
    /// The text.
    ///
    /// # Examples
    ///
    /// ```
    /// assert_eq!(bitbucket_build_status::Timestamp::from("yesterday").as_str(), "yesterday");
    /// ```
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The time, if the text is a date and time with an offset (RFC 3339).
    ///
    /// # Examples
    ///
    /// ```
    /// use std::time::SystemTime;
    /// use bitbucket_build_status::Timestamp;
    ///
    /// let epoch = Timestamp::from("1970-01-01T00:00:00+00:00");
    /// assert_eq!(epoch.to_system_time(), Some(SystemTime::UNIX_EPOCH));
    /// ```
    #[must_use]
    pub fn to_system_time(&self) -> Option<SystemTime> {
        let time = DateTime::parse_from_rfc3339(&self.0).ok()?;
        let seconds = Duration::from_secs(time.timestamp().unsigned_abs());
        // Not every platform's clock reaches every date.
        let second = match time.timestamp() {
            ..0 => SystemTime::UNIX_EPOCH.checked_sub(seconds)?,
            0.. => SystemTime::UNIX_EPOCH.checked_add(seconds)?,
        };
        second.checked_add(Duration::from_nanos(time.timestamp_subsec_nanos().into()))
    }
}

impl From<&str> for Timestamp {
    fn from(text: &str) -> Self {
        Self(text.to_owned())
    }
}

impl From<String> for Timestamp {
    fn from(text: String) -> Self {
        Self(text)
    }
}

/// As Bitbucket writes it: in UTC, with microseconds. A time before the year 0 or after 9999, which RFC 3339 cannot
/// express, becomes the first or the last that it can.
impl From<SystemTime> for Timestamp {
    fn from(time: SystemTime) -> Self {
        let micros = match time.duration_since(SystemTime::UNIX_EPOCH) {
            Ok(after) => i64::try_from(after.as_micros()).unwrap_or(i64::MAX),
            Err(before) => i64::try_from(before.duration().as_micros()).map_or(i64::MIN, i64::wrapping_neg),
        };
        let time = DateTime::<Utc>::from_timestamp_micros(micros.clamp(FIRST_MICROS, LAST_MICROS));
        let time = time.expect("a time of the years 0 to 9999");
        Self(time.format("%Y-%m-%dT%H:%M:%S%.6f+00:00").to_string())
    }
}

impl FromStr for Timestamp {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let timestamp = Self::from(text);
        if timestamp.to_system_time().is_some() {
            return Ok(timestamp);
        }
        let expected = "expected a date and time with an offset, such as \"2026-11-20T08:15:30+00:00\"";
        Err(Error::invalid_input("timestamp", format_args!("{expected}, got {text:?}")))
    }
}

impl PartialOrd for Timestamp {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Timestamp {
    fn cmp(&self, other: &Self) -> Ordering {
        self.to_system_time().cmp(&other.to_system_time()).then_with(|| self.0.cmp(&other.0))
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, SystemTime};

    use super::Timestamp;

    #[test]
    fn timestamps_are_ordered_by_time_and_one_without_a_time_comes_first() {
        let ordered = [
            "yesterday",
            "1969-12-31T23:59:59+00:00",
            "2026-11-20T09:00:00+02:00",
            "2026-11-20T08:00:00.5+00:00",
            "2026-11-20T08:00:00.500000+00:00",
            "2026-11-20T08:00:01+00:00",
        ];
        for pair in ordered.windows(2) {
            assert!(Timestamp::from(pair[0]) < Timestamp::from(pair[1]), "{pair:?}");
        }
    }

    #[test]
    fn a_time_is_written_as_bitbucket_writes_it_and_read_back() {
        let times = [
            (SystemTime::UNIX_EPOCH + Duration::from_micros(1_795_162_530_547_563), "2026-11-20T08:15:30.547563+00:00"),
            (SystemTime::UNIX_EPOCH - Duration::from_secs(1), "1969-12-31T23:59:59.000000+00:00"),
        ];
        for (time, text) in times {
            assert_eq!(Timestamp::from(time).as_str(), text);
            assert_eq!(Timestamp::from(time).to_system_time(), Some(time));
        }
    }

    #[test]
    fn a_time_that_cannot_be_written_becomes_the_nearest_that_can() {
        let centuries = Duration::from_secs(100 * 366 * 86_400);
        let last = SystemTime::UNIX_EPOCH.checked_add(centuries * 100);
        let first = SystemTime::UNIX_EPOCH.checked_sub(centuries * 100);
        // Not every platform's clock reaches these times.
        for (time, text) in [(last, "9999-12-31T23:59:59.999999+00:00"), (first, "0000-01-01T00:00:00.000000+00:00")] {
            if let Some(time) = time {
                assert_eq!(Timestamp::from(time).as_str(), text);
                assert!(text.parse::<Timestamp>().is_ok());
            }
        }
    }

    #[test]
    fn only_a_date_and_time_is_parsed() {
        for text in ["", "yesterday", "2026-11-20", "2026-11-20T08:15:30"] {
            let error = text.parse::<Timestamp>().unwrap_err();
            assert!(error.to_string().contains(&format!("{text:?}")), "{error}");
        }
        assert!("2026-11-20T08:15:30Z".parse::<Timestamp>().is_ok());
    }
}
