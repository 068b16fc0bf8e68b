//! How numbers and times are read; what cannot be read is told in words that a user knows.

use std::{str::FromStr, time::Duration};

/// A time.
pub(super) fn time(text: &str) -> Result<Duration, String> {
    humantime::parse_duration(text).map_err(|_| "expected a number with its unit, such as 90s, 10m or 1h30m".to_owned())
}

/// The most time for something that takes some.
pub(super) fn some_time(text: &str) -> Result<Duration, String> {
    match time(text)? {
        Duration::ZERO => Err("expected more than no time, such as 90s, 10m or 1h30m".to_owned()),
        time => Ok(time),
    }
}

/// An exit code, as a CI system hands it over in a variable.
pub(super) fn exit_code(text: &str) -> Result<i32, String> {
    match text {
        "" => Err("expected a whole number, got nothing: the variable that should hold it is not set".to_owned()),
        text => number(text, "such as 0 or 1"),
    }
}

/// A whole number in the range that these words name.
pub(super) fn number<T: FromStr>(text: &str, range: &str) -> Result<T, String> {
    text.parse().map_err(|_| format!("expected a whole number, {range}"))
}

#[cfg(test)]
mod tests {
    use std::{num::NonZeroU64, time::Duration};

    use super::{exit_code, number, some_time, time};

    #[test]
    fn times_have_units() {
        let table = [("90s", 90), ("10m", 600), ("1h30m", 5400), ("1h 30m", 5400)];
        for (text, seconds) in table {
            assert_eq!(
                (time(text), some_time(text)),
                (Ok(Duration::from_secs(seconds)), Ok(Duration::from_secs(seconds)))
            );
        }
        for text in ["", "5", "s", "-5s", "5 apples"] {
            assert!(time(text).unwrap_err().ends_with("such as 90s, 10m or 1h30m"), "{text}");
        }
        assert_eq!(time("0s"), Ok(Duration::ZERO));
        assert!(some_time("0s").unwrap_err().starts_with("expected more than no time"));
    }

    #[test]
    fn numbers_are_whole_and_in_their_range() {
        assert_eq!((exit_code("0"), exit_code("-1"), exit_code("137")), (Ok(0), Ok(-1), Ok(137)));
        assert!(exit_code("").unwrap_err().contains("is not set"));
        assert_eq!(exit_code("one").unwrap_err(), "expected a whole number, such as 0 or 1");
        for text in ["0", "", "-1", "1.5", "seven"] {
            assert_eq!(number::<NonZeroU64>(text, "1 or more").unwrap_err(), "expected a whole number, 1 or more");
        }
    }
}
