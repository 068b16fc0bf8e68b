//! Reads the body of an error response, whatever it is.

use std::collections::BTreeMap;

use serde_json::Value;

/// The maximum number of bytes of a body that are read: recorded ones have a few hundred.
const MAX_BYTES: usize = 64 * 1024;
/// The maximum number of characters of a text from a body that are stored.
const EXCERPT_CHARACTERS: usize = 300;
/// The maximum number of texts of one kind (fields, problems of a field, scopes) that are stored.
pub(crate) const MAX_TEXTS: usize = 50;

/// What could be read from the body of an error response; every part may be missing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct ErrorBody {
    pub(crate) message: Option<String>,
    pub(crate) detail: Option<String>,
    pub(crate) fields: BTreeMap<String, Vec<String>>,
    pub(crate) required_scopes: Vec<String>,
    pub(crate) granted_scopes: Vec<String>,
    pub(crate) excerpt: Option<String>,
}

impl ErrorBody {
    /// Changes every text.
    pub(crate) fn for_each_text(&mut self, mut change: impl FnMut(&mut String)) {
        let fields = std::mem::take(&mut self.fields).into_iter().map(|(mut name, mut problems)| {
            change(&mut name);
            problems.iter_mut().for_each(&mut change);
            (name, problems)
        });
        self.fields = fields.collect();
        let texts = [&mut self.message, &mut self.detail, &mut self.excerpt].into_iter().flatten();
        texts.chain(&mut self.required_scopes).chain(&mut self.granted_scopes).for_each(change);
    }

    /// Reads a body of any kind: the recorded JSON shapes, other JSON, text, HTML, nothing, or bytes.
    pub(crate) fn read(body: &[u8]) -> Self {
        let text = String::from_utf8_lossy(&body[..body.len().min(MAX_BYTES)]);
        let text = text.trim();
        if text.is_empty() {
            return Self::default();
        }
        let mut read = Self { excerpt: Some(excerpt(text)), ..Self::default() };
        match serde_json::from_str::<Value>(text) {
            Ok(json) => read_json(&json, &mut read),
            // Markup, or truncated JSON, is not meant for people.
            Err(_) if text.starts_with(['<', '{', '[']) => {}
            Err(_) => read.message.clone_from(&read.excerpt),
        }
        read
    }
}

fn read_json(json: &Value, read: &mut ErrorBody) {
    let error = json.get("error").unwrap_or(json);
    // `{"error": "…", "error_description": "…"}` is the form of OAuth's endpoints (RFC 6749, 5.2).
    let message = error.get("message").or(json.get("error_description")).unwrap_or(error);
    read.message = message.as_str().map(excerpt);
    if let Some(fields) = error.get("fields").and_then(Value::as_object) {
        let fields = fields.iter().take(MAX_TEXTS);
        read.fields = fields.map(|(name, problems)| (excerpt(name), texts(problems))).collect();
    }
    match error.get("detail") {
        Some(Value::String(detail)) => read.detail = Some(excerpt(detail)),
        Some(detail) => {
            read.required_scopes = detail.get("required").map(texts).unwrap_or_default();
            read.granted_scopes = detail.get("granted").map(texts).unwrap_or_default();
        }
        None => {}
    }
}

/// A list of texts, or a single text, as texts.
fn texts(value: &Value) -> Vec<String> {
    let text = |value: &Value| match value {
        Value::String(text) => excerpt(text),
        other => excerpt(&other.to_string()),
    };
    match value {
        Value::Null => Vec::new(),
        Value::Array(items) => items.iter().filter(|item| !item.is_null()).take(MAX_TEXTS).map(text).collect(),
        single => vec![text(single)],
    }
}

/// The beginning of a text on one line, safe for a log and a terminal.
pub(crate) fn excerpt(text: &str) -> String {
    let words = text.split(|character: char| character.is_whitespace() || character.is_control());
    let line = words.filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ");
    let mut characters = line.chars();
    let mut excerpt: String = characters.by_ref().take(EXCERPT_CHARACTERS).collect();
    if characters.next().is_some() {
        excerpt.push('…');
    }
    excerpt
}

#[cfg(test)]
mod tests {
    use super::{EXCERPT_CHARACTERS, ErrorBody, MAX_BYTES, MAX_TEXTS};

    fn read(body: &[u8]) -> ErrorBody {
        ErrorBody::read(body)
    }

    fn message(body: &str) -> Option<String> {
        read(body.as_bytes()).message
    }

    #[test]
    fn a_message_is_found_in_every_recorded_shape_and_in_plain_text() {
        let table = [
            (r#"{"type":"error","error":{"message":"Commit not found","data":{"shas":["main"]}}}"#, "Commit not found"),
            (r#"{"error":{"message":"Something went wrong","id":"0123456789abcdef"}}"#, "Something went wrong"),
            (r#"{"message":"Access token expired."}"#, "Access token expired."),
            (r#"{"error":"invalid_client","error_description":"Unknown client"}"#, "Unknown client"),
            (r#"{"error":"invalid_client"}"#, "invalid_client"),
            ("Rate limit for this resource has been exceeded", "Rate limit for this resource has been exceeded"),
            ("\r\n Not Found \n", "Not Found"),
            ("Log in\r\n  with a \u{1b}[31mtoken\n", "Log in with a [31mtoken"),
        ];
        for (body, expected) in table {
            assert_eq!(message(body).as_deref(), Some(expected), "{body}");
        }
    }

    #[test]
    fn markup_and_other_json_is_an_excerpt_but_not_a_message() {
        for body in
            ["<!DOCTYPE html><html></html>", r#"{"error":{"mess"#, "[1,", "{}", "[]", "7", "null", r#"{"error":null}"#]
        {
            let read = read(body.as_bytes());
            assert_eq!((read.message, read.excerpt.as_deref()), (None, Some(body)), "{body}");
        }
        assert_eq!(read(b" \n "), ErrorBody::default());
    }

    #[test]
    fn fields_are_read_as_lists_and_as_texts() {
        let body = r#"{"error":{"fields":{"key":["too long","odd"],"url":"no URL","state":null,"name":[7,null]}}}"#;
        let fields = read(body.as_bytes()).fields;
        let expected =
            [("key", vec!["too long", "odd"]), ("name", vec!["7"]), ("state", vec![]), ("url", vec!["no URL"])];
        let fields: Vec<_> = fields.iter().map(|(name, problems)| (name.as_str(), problems.clone())).collect();
        assert_eq!(fields, expected.map(|(name, problems)| (name, problems.into_iter().map(str::to_owned).collect())));
    }

    #[test]
    fn detail_is_a_text_or_the_scopes() {
        let body = r#"{"error":{"message":"m","detail":{"required":["repository"],"granted":["account","email"]}}}"#;
        let scopes = read(body.as_bytes());
        assert_eq!(scopes.required_scopes, ["repository"]);
        assert_eq!(scopes.granted_scopes, ["account", "email"]);
        assert_eq!(scopes.detail, None);
        let text = read(br#"{"error":{"detail":"There is no API hosted at this URL."}}"#);
        assert_eq!(text.detail.as_deref(), Some("There is no API hosted at this URL."));
    }

    #[test]
    fn texts_are_cut_and_their_number_is_limited() {
        let long = "x".repeat(2 * EXCERPT_CHARACTERS);
        let fields: Vec<_> = (0..=MAX_TEXTS).map(|n| format!(r#""{n}{long}":["{long}"]"#)).collect();
        let body = format!(r#"{{"error":{{"message":"{long}","detail":"{long}","fields":{{{}}}}}}}"#, fields.join(","));
        let read = read(body.as_bytes());
        let bounded = |text: &String| text.chars().count() == EXCERPT_CHARACTERS + 1;
        assert!([&read.message, &read.detail, &read.excerpt].into_iter().flatten().all(bounded));
        assert_eq!(read.fields.len(), MAX_TEXTS);
        assert!(read.fields.iter().all(|(name, problems)| bounded(name) && problems.iter().all(bounded)));
    }

    #[test]
    fn only_the_beginning_of_a_long_body_is_read() {
        let list = format!("[{}0]", "0,".repeat(MAX_BYTES));
        let message = |padding: usize| format!(r#"{{"error":{{"message":"m"}},"padding":"{}"}}"#, "x".repeat(padding));
        for (body, expected) in [(message(1000), Some("m")), (message(MAX_BYTES), None), (list, None)] {
            let read = read(body.as_bytes());
            assert_eq!(read.message.as_deref(), expected);
            assert!(read.excerpt.is_some());
        }
        assert!(read("€".repeat(MAX_BYTES).as_bytes()).message.is_some(), "a character may be cut");
    }

    #[test]
    fn bytes_that_are_not_text_are_read_with_replacement_characters() {
        assert_eq!(read(b"\xff\xfe\x00").message.as_deref(), Some("\u{fffd}\u{fffd}"));
    }
}
