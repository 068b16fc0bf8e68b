//! Parsers of numbers, durations and states, whose errors use words that a user knows.

use std::{num::NonZeroU64, str::FromStr, time::Duration};

use bitbucket_build_status::{Error, State};
use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};

/// A duration with units, such as `90s` or `1h30m`; a bare number is seconds.
pub(crate) fn duration(text: &str) -> Result<Duration, String> {
    let is_number = text.starts_with(|first: char| first.is_ascii_digit())
        && text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    let seconds = is_number.then(|| text.parse().ok().and_then(|seconds| Duration::try_from_secs_f64(seconds).ok()));
    seconds
        .unwrap_or_else(|| humantime::parse_duration(text).ok())
        .ok_or_else(|| "expected a duration, such as 90s, 10m or 1h30m, or a number of seconds".to_owned())
}

/// A duration that is not zero.
pub(crate) fn positive_duration(text: &str) -> Result<Duration, String> {
    match duration(text)? {
        Duration::ZERO => Err("expected a duration greater than zero, such as 90s, 10m or 1h30m".to_owned()),
        duration => Ok(duration),
    }
}

/// An exit code, as a CI system passes it in a variable.
pub(super) fn exit_code(text: &str) -> Result<i32, String> {
    match text {
        "" => Err("expected a whole number, got nothing: the variable is not set".to_owned()),
        text => number(text, "such as 0 or 1"),
    }
}

/// A whole number; `range` describes the allowed ones.
pub(crate) fn number<T: FromStr>(text: &str, range: &str) -> Result<T, String> {
    text.parse().map_err(|_| format!("expected a whole number, {range}"))
}

/// The number of a pull request.
pub(crate) fn pull_request(text: &str) -> Result<u64, String> {
    number(text, "1 or more").map(NonZeroU64::get)
}

/// The words of other systems for a state.
const fn words(state: State) -> &'static [&'static str] {
    match state {
        State::Successful => &["success", "passed"],
        State::Failed => &["failure", "error"],
        State::Stopped => &["cancelled", "canceled", "aborted"],
        State::Inprogress => &["pending", "running"],
    }
}

/// A state in the words of Bitbucket or of other systems, regardless of case.
pub(crate) fn state(text: &str) -> Result<State, Error> {
    let means = |state: &State| words(*state).iter().any(|word| word.eq_ignore_ascii_case(text));
    State::ALL.into_iter().find(means).map_or_else(|| State::parse(text), Ok)
}

/// Parses a state. Help and completions show the four of Bitbucket.
pub(crate) fn states() -> impl TypedValueParser<Value = State> {
    let values = State::ALL.map(|state| PossibleValue::new(state.as_str()).aliases(words(state)));
    PossibleValuesParser::new(values).try_map(|text| state(&text))
}

#[cfg(test)]
mod tests {
    use std::{num::NonZeroU64, time::Duration};

    use bitbucket_build_status::State;

    use super::{duration, exit_code, number, positive_duration, state};

    #[test]
    fn durations_have_units_or_are_seconds() {
        let table = [
            ("90s", 90_000),
            ("10m", 600_000),
            ("1h30m", 5_400_000),
            ("1h 30m", 5_400_000),
            ("5", 5_000),
            ("1.5", 1_500),
            ("200ms", 200),
        ];
        for (text, millis) in table {
            let expected = Ok(Duration::from_millis(millis));
            assert_eq!((duration(text), positive_duration(text)), (expected.clone(), expected), "{text}");
        }
        for text in ["", "s", "-5", "-5s", "5x", "5 apples", "1.2.3", ".", "1e3", "inf", "NaN", &"9".repeat(400)] {
            assert!(duration(text).unwrap_err().starts_with("expected a duration, such as 90s"), "{text}");
        }
        for text in ["0", "0s", "0.0"] {
            assert_eq!(duration(text), Ok(Duration::ZERO));
            assert!(positive_duration(text).unwrap_err().starts_with("expected a duration greater than zero"));
        }
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

    #[test]
    fn states_have_the_words_of_other_systems() {
        let table = [
            (State::Successful, vec!["SUCCESSFUL", "successful", "success", "passed", "PASSED"]),
            (State::Failed, vec!["FAILED", "failure", "Failure", "error"]),
            (State::Stopped, vec!["STOPPED", "cancelled", "canceled", "aborted", "ABORTED"]),
            (State::Inprogress, vec!["INPROGRESS", "pending", "running"]),
        ];
        for (expected, texts) in table {
            for text in texts {
                assert_eq!(state(text).unwrap(), expected, "{text}");
            }
        }
        for text in ["", "done", "successfu", "skipped"] {
            assert!(state(text).unwrap_err().to_string().contains("INPROGRESS, STOPPED, FAILED, SUCCESSFUL"), "{text}");
        }
    }
}
