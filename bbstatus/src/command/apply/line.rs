//! Parses a line of the file, without I/O.

use bitbucket_build_status::{Key, State};
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::{args::state as state_of, cli_error::CliError};

/// A line that was parsed.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Line {
    pub(super) key: Key,
    /// The key as in the line, if it was shortened.
    pub(super) long_key: Option<String>,
    pub(super) state: State,
    pub(super) url: Option<String>,
    pub(super) name: Option<String>,
    pub(super) description: Option<String>,
    pub(super) refname: Option<String>,
    pub(super) commit: Option<String>,
    pub(super) repository: Option<String>,
}

/// The members of a line; `bbstatus list --output json` also writes those that begin with `_`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Members {
    key: Option<String>,
    state: Option<String>,
    url: Option<String>,
    name: Option<String>,
    description: Option<String>,
    refname: Option<String>,
    commit: Option<String>,
    #[serde(alias = "repo")]
    repository: Option<String>,
    #[serde(rename = "version")]
    _version: Option<Value>,
    #[serde(rename = "created_on")]
    _created_on: Option<Value>,
    #[serde(rename = "updated_on")]
    _updated_on: Option<Value>,
}

/// The members that have an effect.
const MEMBERS: [&str; 9] = ["key", "state", "url", "name", "description", "refname", "commit", "repository", "repo"];
/// The members that `bbstatus list` writes and that are ignored.
const IGNORED: [&str; 3] = ["version", "created_on", "updated_on"];
/// From this similarity on, an unknown member counts as misspelled.
const SIMILAR: f64 = 0.8;

impl Line {
    /// Parses a line. An error names the member, what was expected and what it is.
    pub(super) fn parse(number: u64, line: &[u8]) -> Result<Self, CliError> {
        // Serde would also accept a list with the members in this order.
        if !line.trim_ascii_start().starts_with(b"{") {
            object(number, line).map_err(invalid)?;
        }
        let members = serde_json::from_slice(line.trim_ascii_end());
        let members: Members = members.map_err(|problem| invalid(explain(number, line, &problem)))?;
        let typed = members.key.ok_or_else(|| invalid("key: expected a string, got none"))?;
        let state = members.state.ok_or_else(|| invalid("state: expected a string, got none"))?;
        let key = Key::shorten(&typed)?;
        let long_key = (key.as_str() != typed).then_some(typed);
        Ok(Self {
            key,
            state: state_of(&state)?,
            url: members.url,
            name: members.name.or_else(|| long_key.clone()),
            long_key,
            description: members.description,
            refname: members.refname,
            commit: members.commit,
            repository: members.repository,
        })
    }
}

/// Why the members of a line are not valid.
fn explain(number: u64, line: &[u8], problem: &serde_json::Error) -> String {
    let members = match object(number, line) {
        Ok(members) => members,
        Err(problem) => return problem,
    };
    let is_text = |value: &Value| value.is_string() || value.is_null();
    let typed = MEMBERS.iter().find_map(|member| Some((member, members.get(*member).filter(|value| !is_text(value))?)));
    if let Some((member, value)) = typed {
        return format!("{member}: expected a string, got {value}");
    }
    let is_known = |member: &str| MEMBERS.contains(&member) || IGNORED.contains(&member);
    match members.keys().find(|member| !is_known(member)) {
        Some(unknown) => format!("unknown member {unknown:?}; {}", suggestion(unknown)),
        None => format!("expected each member once: {}", without_position(problem)),
    }
}

fn suggestion(unknown: &str) -> String {
    let similarity = |member: &str| strsim::jaro(unknown, member);
    let similar = MEMBERS.into_iter().max_by(|one, other| similarity(one).total_cmp(&similarity(other)));
    match similar.filter(|member| similarity(member) >= SIMILAR) {
        Some(member) => format!("did you mean {member:?}?"),
        None => format!("expected one of {}", MEMBERS.join(", ")),
    }
}

/// The error of a line that is not valid.
pub(super) fn invalid(problem: impl Into<String>) -> CliError {
    CliError::usage(problem).help(
        "Write one JSON object per line, such as {\"key\": \"lint\", \"state\": \"FAILED\"}; `bbstatus apply --help` \
         names its members",
    )
}

/// Key and state of a line that is not valid, normalized if possible.
pub(super) fn partial_fields(line: &[u8]) -> (Option<String>, Option<String>) {
    let members: Map<String, Value> = serde_json::from_slice(line.trim_ascii_end()).unwrap_or_default();
    let text = |member: &str| members.get(member).and_then(Value::as_str).map(str::to_owned);
    let key = text("key").map(|key| Key::shorten(&key).map(|key| key.to_string()).unwrap_or(key));
    let state = text("state").map(|state| state_of(&state).map(|state| state.to_string()).unwrap_or(state));
    (key, state)
}

fn object(number: u64, line: &[u8]) -> Result<Map<String, Value>, String> {
    serde_json::from_slice(line.trim_ascii_end()).map_err(|problem| {
        let column = problem.column().max(1);
        format!("line {number} is not a JSON object (column {column}): {}", without_position(&problem))
    })
}

/// The problem without the line number, which would always be 1.
fn without_position(problem: &serde_json::Error) -> String {
    problem.to_string().split(" at line ").next().unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use bitbucket_build_status::State;

    use super::{Line, partial_fields};

    #[test]
    fn a_line_is_parsed_or_refused_by_its_member() {
        let table = [
            (r#"{"key": "lint", "state": "FAILED"}"#, None),
            (r#"{"key": "lint", "state": "failure", "url": null, "name": "Lint", "repo": "acme/rocket"}"#, None),
            (r#"{"state": "FAILED"}"#, Some("key: expected a string, got none")),
            (r#"{"key": 3, "state": "FAILED"}"#, Some("key: expected a string, got 3")),
            (r#"{"key": "..", "state": "FAILED"}"#, Some("key: expected a name, got a relative path")),
            (r#"{"key": "lint"}"#, Some("state: expected a string, got none")),
            (r#"{"key": "lint", "state": "DONE"}"#, Some("state: expected")),
            (r#"{"key": "lint", "state": "FAILED", "url": []}"#, Some("url: expected a string, got []")),
            (
                r#"{"key": "lint", "state": "FAILED", "urll": "x"}"#,
                Some("unknown member \"urll\"; did you mean \"url\"?"),
            ),
            (
                r#"{"key": "lint", "state": "FAILED", "descripton": "x"}"#,
                Some("unknown member \"descripton\"; did you mean \"description\"?"),
            ),
            (
                r#"{"key": "lint", "state": "FAILED", "x": 1}"#,
                Some("unknown member \"x\"; expected one of key, state, url,"),
            ),
            (r#"{"key": "lint", "state": "FAILED", "x": 1, "name": {}}"#, Some("name: expected a string, got {}")),
            (
                r#"{"key": "lint", "key": "a", "state": "FAILED"}"#,
                Some("expected each member once: duplicate field `key`"),
            ),
            (
                r#"{"key": "lint", "state": "FAILED", "repo": "a/b", "repository": "a/b"}"#,
                Some("expected each member once: duplicate field `repository`"),
            ),
            (r#"["lint"]"#, Some("line 7 is not a JSON object (column 1): invalid type: sequence, expected a map")),
            (
                r#"["lint", "FAILED", null, null, null, null, null, null]"#,
                Some("line 7 is not a JSON object (column 1): invalid type: sequence"),
            ),
            ("not json\n", Some("line 7 is not a JSON object (column 2): expected ident")),
            ("{\"key\": \"lint\"\r\n", Some("line 7 is not a JSON object (column 14): EOF while parsing an object")),
            ("\u{0}", Some("line 7 is not a JSON object (column 1): expected value")),
        ];
        for (line, problem) in table {
            match (Line::parse(7, line.as_bytes()), problem) {
                (Ok(parsed), None) => assert_eq!((parsed.key.as_str(), parsed.state), ("lint", State::Failed)),
                (Err(error), Some(problem)) => assert!(error.problem().starts_with(problem), "{line}: {error:?}"),
                (parsed, _) => panic!("{line}: expected {problem:?}, got {parsed:?}"),
            }
        }
    }

    #[test]
    fn a_line_may_be_one_that_list_wrote() {
        let listed = r#"{"version":1,"key":"lint","state":"FAILED","name":null,"description":"","url":"https://a.example/1",
            "refname":null,"repository":"acme/rocket","commit":"e10dae226959c2194f2b07b077c07762d93821cf",
            "created_on":"2026-11-20T08:15:30.547563+00:00","updated_on":null}"#;
        let line = Line::parse(1, listed.as_bytes()).unwrap();
        assert_eq!((line.repository.as_deref(), line.refname), (Some("acme/rocket"), None));
        assert_eq!(line.description.as_deref(), Some(""));
    }

    #[test]
    fn a_key_that_is_too_long_is_shortened_and_complete_in_the_name() {
        let typed = "k".repeat(41);
        let line = Line::parse(1, format!(r#"{{"key": "{typed}", "state": "FAILED"}}"#).as_bytes()).unwrap();
        assert_eq!((line.key.as_str().len(), &line.name), (40, &Some(typed)));
        assert_eq!(line.long_key, line.name);
    }

    #[test]
    fn key_and_state_are_known_although_the_line_is_not_valid() {
        let table = [
            (r#"{"key": "lint", "state": "failed", "ur": ""}"#, Some("lint"), Some("FAILED")),
            (r#"{"key": "..", "state": "DONE"}"#, Some(".."), Some("DONE")),
            (r#"{"key": 3}"#, None, None),
            ("not json", None, None),
        ];
        for (line, key, state) in table {
            assert_eq!(partial_fields(line.as_bytes()), (key.map(str::to_owned), state.map(str::to_owned)), "{line}");
        }
    }
}
