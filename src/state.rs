//! States as Bitbucket reports them, known or not.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::{Error, State};

/// A state that came from Bitbucket: one of the four of [`State`], or one this version does not know.
///
/// Reading never fails on a new state, writing is limited to [`State`]. Written out again, an unknown state is the
/// text that came.
///
/// # Examples
///
/// ```
/// use bitbucket_build_status::{ReportedState, State};
///
/// assert_eq!(ReportedState::from("FAILED"), ReportedState::Known(State::Failed));
/// assert_eq!(ReportedState::from("PAUSED").known(), None);
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum ReportedState {
    /// One of the states that can be sent.
    Known(State),
    /// A state that this version does not know, as it came.
    Unknown(String),
}

impl ReportedState {
    /// The state as Bitbucket wrote it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::Known(state) => state.as_str(),
            Self::Unknown(text) => text,
        }
    }

    /// The state where it is one that can be sent.
    #[must_use]
    pub const fn known(&self) -> Option<State> {
        match self {
            Self::Known(state) => Some(*state),
            Self::Unknown(_) => None,
        }
    }
}

impl From<&str> for ReportedState {
    fn from(text: &str) -> Self {
        known(text).map_or_else(|| Self::Unknown(text.to_owned()), Self::Known)
    }
}

impl From<State> for ReportedState {
    fn from(state: State) -> Self {
        Self::Known(state)
    }
}

impl PartialEq<State> for ReportedState {
    fn eq(&self, state: &State) -> bool {
        self.known() == Some(*state)
    }
}

impl PartialEq<ReportedState> for State {
    fn eq(&self, reported: &ReportedState) -> bool {
        reported == self
    }
}

impl fmt::Display for ReportedState {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

impl Serialize for ReportedState {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for ReportedState {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Ok(known(&text).map_or_else(|| Self::Unknown(text), Self::Known))
    }
}

#[cfg(feature = "schemars")]
impl schemars::JsonSchema for ReportedState {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "ReportedState".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "string" })
    }
}

impl State {
    /// Reads a state as it is written on a command line: one of the four, in any case. (`str::parse` takes them as
    /// Bitbucket writes them, in capitals only.)
    ///
    /// # Errors
    /// [`InvalidInput`](crate::ErrorKind::InvalidInput) that names the four states.
    ///
    /// # Examples
    ///
    /// ```
    /// use bitbucket_build_status::State;
    ///
    /// assert_eq!(State::parse("successful")?, State::Successful);
    /// assert!(State::parse("DONE").unwrap_err().to_string().contains("INPROGRESS"));
    /// # Ok::<(), bitbucket_build_status::Error>(())
    /// ```
    pub fn parse(text: &str) -> crate::Result<Self> {
        known(&text.to_ascii_uppercase()).ok_or_else(|| {
            let states = Self::ALL.map(Self::as_str).join(", ");
            Error::invalid_input("state", format_args!("expected one of {states}, got {text:?}"))
        })
    }
}

fn known(text: &str) -> Option<State> {
    State::ALL.into_iter().find(|state| state.as_str() == text)
}

#[cfg(test)]
mod tests {
    use crate::{ReportedState, State};

    #[test]
    fn every_state_is_read_and_written_as_bitbucket_writes_it() {
        let table = [
            ("INPROGRESS", State::Inprogress, false),
            ("STOPPED", State::Stopped, true),
            ("FAILED", State::Failed, true),
            ("SUCCESSFUL", State::Successful, true),
        ];
        assert_eq!(table.map(|(_, state, _)| state), State::ALL);
        for (text, state, is_final) in table {
            assert_eq!((state.as_str(), state.is_final()), (text, is_final));
            assert_eq!(serde_json::to_value(state).unwrap(), text);
            let reported: ReportedState = serde_json::from_value(text.into()).unwrap();
            assert_eq!((&reported, reported.known()), (&ReportedState::Known(state), Some(state)));
            assert_eq!(reported, state);
            assert_eq!(state, reported);
            assert_eq!(State::parse(&text.to_lowercase()).unwrap(), state);
        }
    }

    #[test]
    fn an_unknown_state_is_kept_as_it_came_and_is_none_that_can_be_sent() {
        for text in ["PAUSED", "successful", "", " FAILED"] {
            let reported: ReportedState = serde_json::from_value(text.into()).unwrap();
            assert_eq!(reported, ReportedState::Unknown(text.to_owned()));
            assert_eq!((reported.known(), reported.to_string()), (None, text.to_owned()));
            assert_eq!(serde_json::to_value(&reported).unwrap(), text);
            assert!(serde_json::from_value::<State>(text.into()).is_err(), "{text:?} can be sent");
        }
        assert!(serde_json::from_str::<ReportedState>("7").is_err());
    }

    #[test]
    fn a_state_of_a_command_line_is_refused_with_the_four_there_are() {
        let error = State::parse("DONE").unwrap_err();
        let expected = "state: expected one of INPROGRESS, STOPPED, FAILED, SUCCESSFUL, got \"DONE\"";
        assert_eq!((error.to_string().as_str(), error.field()), (expected, Some("state")));
    }

    #[test]
    fn exit_code_0_alone_is_a_success() {
        for (code, state) in [(0, State::Successful), (1, State::Failed), (-1, State::Failed), (143, State::Failed)] {
            assert_eq!(State::from_exit_code(code), state);
        }
    }
}
