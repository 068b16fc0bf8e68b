//! What the body of a failed answer says, whatever it is.

use std::collections::BTreeMap;

use serde_json::Value;

/// The most characters of a body that are kept to be shown.
const EXCERPT_CHARACTERS: usize = 300;

/// What could be read from the body of a failed answer; every part may be missing.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct ErrorBody {
    pub(crate) message: Option<String>,
    pub(crate) detail: Option<String>,
    pub(crate) fields: BTreeMap<String, Vec<String>>,
    pub(crate) required_scopes: Vec<String>,
    pub(crate) granted_scopes: Vec<String>,
    pub(crate) excerpt: Option<String>,
}

/// Reads a body of any kind: the recorded JSON shapes, other JSON, text, HTML, nothing, or bytes.
pub(crate) fn read(body: &[u8]) -> ErrorBody {
    let text = String::from_utf8_lossy(body);
    let text = text.trim();
    if text.is_empty() {
        return ErrorBody::default();
    }
    let mut read = ErrorBody { excerpt: Some(excerpt(text)), ..ErrorBody::default() };
    match serde_json::from_str::<Value>(text) {
        Ok(json) => read_json(&json, &mut read),
        Err(_) if !looks_like_markup(text) => read.message = read.excerpt.clone(),
        Err(_) => {}
    }
    read
}

fn read_json(json: &Value, read: &mut ErrorBody) {
    let error = json.get("error").unwrap_or(json);
    // `{"error": "…", "error_description": "…"}` is how OAuth's endpoints put it (RFC 6749, 5.2).
    let message = error.get("message").or(json.get("error_description")).unwrap_or(error);
    read.message = message.as_str().map(excerpt);
    if let Some(fields) = error.get("fields").and_then(Value::as_object) {
        read.fields = fields.iter().map(|(name, problems)| (name.clone(), sentences(problems))).collect();
    }
    match error.get("detail") {
        Some(Value::String(detail)) => read.detail = Some(excerpt(detail)),
        Some(detail) => {
            read.required_scopes = detail.get("required").map(sentences).unwrap_or_default();
            read.granted_scopes = detail.get("granted").map(sentences).unwrap_or_default();
        }
        None => {}
    }
}

/// A list of texts, or a single text, as texts.
fn sentences(value: &Value) -> Vec<String> {
    match value {
        Value::String(text) => vec![text.clone()],
        Value::Array(items) => items.iter().flat_map(sentences).collect(),
        Value::Null => Vec::new(),
        other => vec![other.to_string()],
    }
}

fn looks_like_markup(text: &str) -> bool {
    text.starts_with('<')
}

fn excerpt(text: &str) -> String {
    let mut characters = text.chars();
    let mut kept: String = characters.by_ref().take(EXCERPT_CHARACTERS).collect();
    if characters.next().is_some() {
        kept.push('…');
    }
    kept
}
