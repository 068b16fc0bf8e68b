//! What a line says: a decision without I/O.

use bitbucket_build_status::{Key, State};
use serde_json::{Map, Value};

/// A status to report, as a line gives it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) key: Key,
    pub(super) state: State,
    pub(super) url: Option<String>,
    pub(super) name: Option<String>,
    pub(super) description: Option<String>,
    pub(super) refname: Option<String>,
    pub(super) commit: Option<String>,
    pub(super) repo: Option<String>,
}

const MEMBERS: &str = "key, state, url, name, description, refname, commit, repo";

impl Entry {
    /// Reads a line; the problem names the member, what came and what is expected.
    pub(super) fn read(line: &[u8]) -> Result<Self, String> {
        let mut members: Map<String, Value> =
            serde_json::from_slice(line).map_err(|problem| format!("expected a JSON object: {problem}"))?;
        let mut text = |member: &str| match members.remove(member) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(other) => Err(format!("{member}: expected a text, got {other}")),
        };
        let typed = text("key")?.ok_or("key: expected a text, got none")?;
        let state = text("state")?.ok_or("state: expected a text, got none")?;
        let key = Key::shorten(&typed).map_err(|problem| problem.to_string())?;
        let whole = (key.as_str() != typed).then_some(typed);
        let entry = Self {
            key,
            state: State::parse(&state).map_err(|problem| problem.to_string())?,
            url: text("url")?,
            name: text("name")?.or(whole),
            description: text("description")?,
            refname: text("refname")?,
            commit: text("commit")?,
            repo: text("repo")?,
        };
        match members.keys().next() {
            Some(unknown) => Err(format!("{unknown}: expected one of {MEMBERS}")),
            None => Ok(entry),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Entry;

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
            (r#"["lint"]"#, Some("expected a JSON object: ")),
            (r#"{"key": "lint""#, Some("expected a JSON object: ")),
            ("\u{0}", Some("expected a JSON object: ")),
        ];
        for (line, problem) in table {
            match (Entry::read(line.as_bytes()), problem) {
                (Ok(entry), None) => assert_eq!(entry.key.as_str(), "lint"),
                (Err(told), Some(problem)) => assert!(told.starts_with(problem), "{line}: {told}"),
                (came, _) => panic!("{line}: expected {problem:?}, got {came:?}"),
            }
        }
    }

    #[test]
    fn a_key_that_is_too_long_is_shortened_and_stands_whole_in_the_name() {
        let typed = "k".repeat(41);
        let entry = Entry::read(format!(r#"{{"key": "{typed}", "state": "FAILED"}}"#).as_bytes()).unwrap();
        assert_eq!((entry.key.as_str().len(), entry.name), (40, Some(typed)));
    }
}
