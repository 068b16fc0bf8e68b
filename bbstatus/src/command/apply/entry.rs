//! What a line says: a decision without I/O.

use bitbucket_build_status::{Key, State};
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::{args::state as state_of, failure::Failure};

/// A status to report, as a line gives it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) key: Key,
    /// The key as it stands in the line, where that was too long.
    pub(super) whole: Option<String>,
    pub(super) state: State,
    pub(super) url: Option<String>,
    pub(super) name: Option<String>,
    pub(super) description: Option<String>,
    pub(super) refname: Option<String>,
    pub(super) commit: Option<String>,
    pub(super) repo: Option<String>,
}

/// The members of a line.
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
    repo: Option<String>,
}

const MEMBERS: [&str; 8] = ["key", "state", "url", "name", "description", "refname", "commit", "repo"];

impl Entry {
    /// Reads a line; the problem names the member, what came and what is expected.
    pub(super) fn read(line: &[u8]) -> Result<Self, Failure> {
        // What is read next takes a list too, as the members in their order.
        if !line.trim_ascii_start().starts_with(b"{") {
            object(line).map_err(refused)?;
        }
        let members = serde_json::from_slice(line.trim_ascii_end());
        let members: Members = members.map_err(|problem| refused(why(line, &problem)))?;
        let typed = members.key.ok_or_else(|| refused("key: expected a text, got none"))?;
        let state = members.state.ok_or_else(|| refused("state: expected a text, got none"))?;
        let key = Key::shorten(&typed)?;
        let whole = (key.as_str() != typed).then_some(typed);
        Ok(Self {
            key,
            state: state_of(&state)?,
            url: members.url,
            name: members.name.or_else(|| whole.clone()),
            whole,
            description: members.description,
            refname: members.refname,
            commit: members.commit,
            repo: members.repo,
        })
    }
}

/// Why a line has no members that can be taken.
fn why(line: &[u8], problem: &serde_json::Error) -> String {
    let members = match object(line) {
        Ok(members) => members,
        Err(problem) => return problem,
    };
    let is_text = |value: &Value| value.is_string() || value.is_null();
    let typed = MEMBERS.iter().find_map(|member| Some((member, members.get(*member).filter(|value| !is_text(value))?)));
    if let Some((member, value)) = typed {
        return format!("{member}: expected a text, got {value}");
    }
    match members.keys().find(|member| !MEMBERS.contains(&member.as_str())) {
        Some(unknown) => format!("{unknown}: expected one of {}", MEMBERS.join(", ")),
        None => format!("expected each member once: {}", without_place(problem)),
    }
}

/// A line that makes no sense.
pub(super) fn refused(problem: impl Into<String>) -> Failure {
    Failure::usage(problem).help(
        "Give one JSON object a line, such as {\"key\": \"lint\", \"state\": \"FAILED\"}; `bbstatus apply --help` \
         names its members",
    )
}

/// What a line says that makes no sense as a whole: its key, as it would be sent, and its state.
pub(super) fn said(line: &[u8]) -> (Option<String>, Option<String>) {
    let members = object(line).unwrap_or_default();
    let text = |member: &str| members.get(member).and_then(Value::as_str).map(str::to_owned);
    let key = text("key").map(|key| Key::shorten(&key).map(|key| key.to_string()).unwrap_or(key));
    let state = text("state").map(|state| state_of(&state).map(|state| state.to_string()).unwrap_or(state));
    (key, state)
}

fn object(line: &[u8]) -> Result<Map<String, Value>, String> {
    serde_json::from_slice(line.trim_ascii_end()).map_err(|problem| {
        format!("expected a JSON object: {} at column {}", without_place(&problem), problem.column())
    })
}

/// The problem alone: there is only one line, and its number is known to whoever asks.
fn without_place(problem: &serde_json::Error) -> String {
    problem.to_string().split(" at line ").next().unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::{Entry, said};
    use crate::failure::Failure;

    #[test]
    fn a_line_is_read_or_refused_by_its_member() {
        let table = [
            (r#"{"key": "lint", "state": "FAILED"}"#, None),
            (r#"{"key": "lint", "state": "FAILED", "url": null, "name": "Lint", "repo": "acme/rocket"}"#, None),
            (r#"{"state": "FAILED"}"#, Some("key: expected a text, got none")),
            (r#"{"key": 3, "state": "FAILED"}"#, Some("key: expected a text, got 3")),
            (r#"{"key": "..", "state": "FAILED"}"#, Some("key: expected a name, got a relative path")),
            (r#"{"key": "lint"}"#, Some("state: expected a text, got none")),
            (r#"{"key": "lint", "state": "DONE"}"#, Some("state: expected")),
            (r#"{"key": "lint", "state": "FAILED", "url": []}"#, Some("url: expected a text, got []")),
            (r#"{"key": "lint", "state": "FAILED", "descripton": "x"}"#, Some("descripton: expected one of key,")),
            (r#"{"key": "lint", "state": "FAILED", "x": 1, "name": {}}"#, Some("name: expected a text, got {}")),
            (
                r#"{"key": "lint", "key": "a", "state": "FAILED"}"#,
                Some("expected each member once: duplicate field `key`"),
            ),
            (r#"["lint"]"#, Some("expected a JSON object: invalid type: sequence, expected a map at column 0")),
            (
                r#"["lint", "FAILED", null, null, null, null, null, null]"#,
                Some("expected a JSON object: invalid type: sequence, expected a map at column 0"),
            ),
            ("not json\n", Some("expected a JSON object: expected ident at column 2")),
            ("{\"key\": \"lint\"\r\n", Some("expected a JSON object: EOF while parsing an object at column 14")),
            ("\u{0}", Some("expected a JSON object: expected value at column 1")),
        ];
        for (line, problem) in table {
            match (Entry::read(line.as_bytes()), problem) {
                (Ok(entry), None) => assert_eq!(entry.key.as_str(), "lint"),
                (Err(Failure::Told { problem: told, help: Some(_), .. }), Some(problem)) => {
                    assert!(told.starts_with(problem), "{line}: {told}");
                }
                (came, _) => panic!("{line}: expected {problem:?}, got {came:?}"),
            }
        }
    }

    #[test]
    fn a_key_that_is_too_long_is_shortened_and_stands_whole_in_the_name() {
        let typed = "k".repeat(41);
        let entry = Entry::read(format!(r#"{{"key": "{typed}", "state": "FAILED"}}"#).as_bytes()).unwrap();
        assert_eq!((entry.key.as_str().len(), &entry.name), (40, &Some(typed)));
        assert_eq!(entry.whole, entry.name);
    }

    #[test]
    fn what_a_line_says_is_known_although_it_makes_no_sense() {
        let table = [
            (r#"{"key": "lint", "state": "failed", "ur": ""}"#, Some("lint"), Some("FAILED")),
            (r#"{"key": "..", "state": "DONE"}"#, Some(".."), Some("DONE")),
            (r#"{"key": 3}"#, None, None),
            ("not json", None, None),
        ];
        for (line, key, state) in table {
            assert_eq!(said(line.as_bytes()), (key.map(str::to_owned), state.map(str::to_owned)), "{line}");
        }
    }
}
