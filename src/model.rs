//! The document's types under their public names, and its states.

use std::{cmp::Ordering, convert::Infallible, fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::DeserializeOwned};
use serde_json::{Value, json};

use crate::error::{Error, Result};
#[doc(inline)]
pub use crate::generated::types::{
    BuildStatus, BuildStatusCreate, BuildStatusLinks, BuildStatusPage, BuildStatusUpdate, BuildStatusUpdateLink,
    BuildStatusUpdateLinks, CommitLinks, Link, RepositoryLinks, StatusCommit, StatusRepository,
};

/// One of the four states that can be reported.
///
/// `str::parse` accepts them in any case.
///
/// # Examples
///
/// ```
/// use bitbucket_build_status::State;
///
/// let state: State = "successful".parse()?;
/// assert_eq!(state, State::Successful);
/// assert!("DONE".parse::<State>().unwrap_err().to_string().contains("INPROGRESS"));
/// # Ok::<(), bitbucket_build_status::Error>(())
/// ```
///
/// States have no order, since none is "less" than another; a [`ReportedState`] has one, by its text:
///
/// ```compile_fail,E0369
/// use bitbucket_build_status::State;
///
/// assert!(State::Failed < State::Successful);
/// ```
#[doc(alias = "build state")]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema), schemars(description = "A state that can be reported."))]
pub enum State {
    /// `INPROGRESS`: the build is running. The merge check waits for it.
    #[serde(rename = "INPROGRESS")]
    Inprogress,
    /// `STOPPED`: the build was aborted before it had a result.
    #[serde(rename = "STOPPED")]
    Stopped,
    /// `FAILED`: the build has ended and found a problem. The merge check blocks until the key is overwritten.
    #[serde(rename = "FAILED")]
    Failed,
    /// `SUCCESSFUL`: the build has ended without a problem.
    #[serde(rename = "SUCCESSFUL")]
    Successful,
}

impl State {
    /// The four states, in the document's order.
    pub const ALL: [Self; 4] = [Self::Inprogress, Self::Stopped, Self::Failed, Self::Successful];

    /// The state as Bitbucket writes it, such as `INPROGRESS`.
    ///
    /// # Examples
    ///
    /// ```
    /// assert_eq!(bitbucket_build_status::State::Stopped.as_str(), "STOPPED");
    /// ```
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Inprogress => "INPROGRESS",
            Self::Stopped => "STOPPED",
            Self::Failed => "FAILED",
            Self::Successful => "SUCCESSFUL",
        }
    }

    /// Whether the build has ended: every state but `INPROGRESS`.
    ///
    /// # Examples
    ///
    /// ```
    /// use bitbucket_build_status::State;
    ///
    /// assert!(State::Stopped.is_final() && !State::Inprogress.is_final());
    /// ```
    #[must_use]
    pub const fn is_final(self) -> bool {
        !matches!(self, Self::Inprogress)
    }

    /// The state of a command that ended with an exit code: 0 is `SUCCESSFUL`, everything else `FAILED`.
    ///
    /// # Examples
    ///
    /// ```
    /// use bitbucket_build_status::State;
    ///
    /// assert_eq!(State::from_exit_code(0), State::Successful);
    /// ```
    #[must_use]
    pub const fn from_exit_code(code: i32) -> Self {
        if code == 0 { Self::Successful } else { Self::Failed }
    }

    /// The same as `str::parse`: one of the four states, in any case.
    ///
    /// # Errors
    /// [`InvalidInput`](crate::ErrorKind::InvalidInput) that names the four states.
    ///
    /// # Examples
    ///
    /// ```
    /// use bitbucket_build_status::State;
    ///
    /// assert_eq!(State::parse("failed")?, State::Failed);
    /// # Ok::<(), bitbucket_build_status::Error>(())
    /// ```
    pub fn parse(text: &str) -> Result<Self> {
        text.parse()
    }

    /// The state that Bitbucket writes as this text.
    fn known(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == text)
    }
}

impl FromStr for State {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        Self::known(&text.to_ascii_uppercase()).ok_or_else(|| {
            let states = Self::ALL.map(Self::as_str).join(", ");
            Error::invalid_input("state", format_args!("expected one of {states}, got {text:?}"))
        })
    }
}

impl TryFrom<&str> for State {
    type Error = Error;

    fn try_from(text: &str) -> Result<Self> {
        text.parse()
    }
}

impl TryFrom<String> for State {
    type Error = Error;

    fn try_from(text: String) -> Result<Self> {
        text.parse()
    }
}

impl fmt::Display for State {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

/// A state that Bitbucket reported: one of the four of [`State`], or one that this version does not know.
///
/// Reading never fails because of a new state; only a [`State`] can be sent. An unknown state is serialized as it was
/// read. The known states come first; each group is ordered by its text.
///
/// # Examples
///
/// ```
/// use bitbucket_build_status::{ReportedState, State};
///
/// assert_eq!(ReportedState::from("FAILED"), ReportedState::Known(State::Failed));
/// assert_eq!("PAUSED".parse::<ReportedState>()?.known(), None);
/// # Ok::<(), bitbucket_build_status::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum ReportedState {
    /// One of the states that can be sent.
    Known(State),
    /// A state that this version does not know, as Bitbucket wrote it.
    Unknown(String),
}

impl ReportedState {
    /// The state as Bitbucket wrote it.
    ///
    /// # Examples
    ///
    /// ```
    /// assert_eq!(bitbucket_build_status::ReportedState::from("PAUSED").as_str(), "PAUSED");
    /// ```
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::Known(state) => state.as_str(),
            Self::Unknown(text) => text,
        }
    }

    /// The state, if it is one that can be sent.
    ///
    /// # Examples
    ///
    /// ```
    /// use bitbucket_build_status::{ReportedState, State};
    ///
    /// assert_eq!(ReportedState::from("FAILED").known(), Some(State::Failed));
    /// ```
    #[must_use]
    pub const fn known(&self) -> Option<State> {
        match self {
            Self::Known(state) => Some(*state),
            Self::Unknown(_) => None,
        }
    }

    /// Whether the build is known to have ended. An unknown state counts as one that has not.
    ///
    /// # Examples
    ///
    /// ```
    /// use bitbucket_build_status::ReportedState;
    ///
    /// assert!(ReportedState::from("FAILED").is_final() && !ReportedState::from("PAUSED").is_final());
    /// ```
    #[must_use]
    pub const fn is_final(&self) -> bool {
        match self {
            Self::Known(state) => state.is_final(),
            Self::Unknown(_) => false,
        }
    }
}

impl From<String> for ReportedState {
    fn from(text: String) -> Self {
        State::known(&text).map_or_else(|| Self::Unknown(text), Self::Known)
    }
}

impl From<&str> for ReportedState {
    fn from(text: &str) -> Self {
        State::known(text).map_or_else(|| Self::Unknown(text.to_owned()), Self::Known)
    }
}

impl FromStr for ReportedState {
    type Err = Infallible;

    fn from_str(text: &str) -> std::result::Result<Self, Infallible> {
        Ok(text.into())
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

impl PartialOrd for ReportedState {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for ReportedState {
    fn cmp(&self, other: &Self) -> Ordering {
        fn rank(state: &ReportedState) -> (bool, &str) {
            (state.known().is_none(), state.as_str())
        }
        rank(self).cmp(&rank(other))
    }
}

impl fmt::Display for ReportedState {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

impl Serialize for ReportedState {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for ReportedState {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        String::deserialize(deserializer).map(Self::from)
    }
}

#[cfg(feature = "schemars")]
impl schemars::JsonSchema for ReportedState {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "ReportedState".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "string", "description": "A state that Bitbucket reported." })
    }
}

impl BuildStatus {
    /// A status with type, key, state and url, for tests and fakes. More members can be set, since they are public.
    ///
    /// # Examples
    ///
    /// ```
    /// use bitbucket_build_status::{BuildStatus, State};
    ///
    /// let mut status = BuildStatus::new("unit-tests", State::Failed, "https://ci.example.com/builds/42");
    /// status.description = Some("1 test failed".to_owned());
    /// assert_eq!(status.state, State::Failed);
    /// ```
    #[must_use]
    pub fn new(key: impl Into<String>, state: impl Into<ReportedState>, url: impl Into<String>) -> Self {
        let (key, state, url) = (key.into(), state.into(), url.into());
        of_document(json!({ "type": "build", "key": key, "state": state, "url": url }))
    }
}

/// A type of the document with some of its members. It is read from JSON, so that a new member of the document does not
/// have to be added here.
pub(crate) fn of_document<T: DeserializeOwned>(members: Value) -> T {
    serde_json::from_value(members).expect("the members that the document requires; edit the caller")
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::{ReportedState, State};

    #[test]
    fn the_states_are_those_of_the_document() {
        let document: Value = serde_json::from_str(include_str!("../spec/openapi.json")).unwrap();
        let states = serde_json::to_value(State::ALL).unwrap();
        let expected = &document["components"]["schemas"]["State"]["enum"];
        assert_eq!(&states, expected, "spec/openapi.json has other states than `State` in src/model.rs");
    }

    #[test]
    fn every_state_is_read_and_written_as_bitbucket_writes_it() {
        let table = [
            ("INPROGRESS", State::Inprogress, false),
            ("STOPPED", State::Stopped, true),
            ("FAILED", State::Failed, true),
            ("SUCCESSFUL", State::Successful, true),
        ];
        for (text, state, is_final) in table {
            assert_eq!((state.as_str(), state.is_final(), &*state.to_string()), (text, is_final, text));
            assert_eq!(serde_json::to_value(state).unwrap(), text);
            assert_eq!(serde_json::from_value::<State>(text.into()).unwrap(), state);
            assert_eq!(text.to_lowercase().parse::<State>().unwrap(), state);
            let reported: ReportedState = serde_json::from_value(text.into()).unwrap();
            assert_eq!((&reported, reported.known()), (&ReportedState::Known(state), Some(state)));
            assert_eq!(reported.is_final(), is_final);
        }
    }

    #[test]
    fn a_reported_state_equals_its_own_state_and_no_other_in_both_directions() {
        for state in State::ALL {
            for other in State::ALL {
                let reported = ReportedState::from(other);
                assert_eq!((reported == state, state == reported), (other == state, other == state));
            }
            let unknown = ReportedState::from("PAUSED");
            assert_eq!((unknown == state, state == unknown), (false, false));
        }
    }

    #[test]
    fn an_unknown_state_is_retained_and_cannot_be_sent() {
        for text in ["PAUSED", "successful", "", " FAILED"] {
            let reported: ReportedState = serde_json::from_value(text.into()).unwrap();
            assert_eq!(reported, ReportedState::Unknown(text.to_owned()));
            assert_eq!(text.parse::<ReportedState>().unwrap(), reported);
            assert_eq!((reported.known(), reported.is_final(), &*reported.to_string()), (None, false, text));
            assert_eq!(serde_json::to_value(&reported).unwrap(), text);
            assert!(serde_json::from_value::<State>(text.into()).is_err(), "{text:?} can be sent");
        }
        assert!(serde_json::from_str::<ReportedState>("7").is_err());
    }

    #[test]
    fn reported_states_are_ordered_by_their_text_and_unknown_ones_come_last() {
        let mut states = ["SUCCESSFUL", "PAUSED", "FAILED", "ABORTED", "INPROGRESS"].map(ReportedState::from);
        states.sort();
        assert_eq!(states.map(|state| state.to_string()), ["FAILED", "INPROGRESS", "SUCCESSFUL", "ABORTED", "PAUSED"]);
    }

    #[test]
    fn another_word_is_refused_with_the_four_states() {
        let error = "DONE".parse::<State>().unwrap_err();
        let expected = "state: expected one of INPROGRESS, STOPPED, FAILED, SUCCESSFUL, got \"DONE\"";
        assert_eq!((error.to_string().as_str(), error.field()), (expected, Some("state")));
        assert_eq!(State::try_from("DONE").unwrap_err().to_string(), expected);
    }

    #[test]
    fn exit_code_0_alone_is_a_success() {
        for (code, state) in [(0, State::Successful), (1, State::Failed), (-1, State::Failed), (143, State::Failed)] {
            assert_eq!(State::from_exit_code(code), state);
        }
    }
}
