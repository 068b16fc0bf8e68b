//! What may be recorded of a response: its shape and Bitbucket's own words, and no names of people, workspaces or
//! repositories. No I/O.

use serde_json::{Map, Value};

/// The names that occur in requests and responses, and their placeholders in a recording.
#[derive(Debug, Default)]
pub(super) struct Redaction {
    /// The longest first, in lower case.
    names: Vec<(String, &'static str)>,
}

/// Members of a response whose texts are recorded, with placeholders for names. Of all others only the kind is
/// recorded.
const TEXTS: [&str; 11] = [
    "type",
    "state",
    "key",
    "message",
    "detail",
    "fields",
    "required",
    "granted",
    "scopes",
    "error",
    "error_description",
];

/// Members of a response that contain names.
const NAMES: [&str; 6] = ["account_id", "display_name", "full_name", "nickname", "username", "uuid"];

/// Headers of a response that are recorded.
const HEADERS: [&str; 12] = [
    "content-type",
    "location",
    "retry-after",
    "www-authenticate",
    "x-accepted-oauth-scopes",
    "x-credential-type",
    "x-oauth-scopes",
    "x-ratelimit-limit",
    "x-ratelimit-nearlimit",
    "x-ratelimit-remaining",
    "x-ratelimit-reset",
    "x-ratelimit-resource",
];

/// The maximum number of characters that are recorded of a text.
const MAX_CHARACTERS: usize = 400;

impl Redaction {
    /// Adds a name and its placeholder.
    pub(super) fn hide(&mut self, name: &str, placeholder: &'static str) {
        let name = name.trim().to_lowercase();
        if !name.is_empty() && !self.names.iter().any(|(known, _)| *known == name) {
            self.names.push((name, placeholder));
            self.names.sort_by_key(|(name, _)| std::cmp::Reverse(name.len()));
        }
    }

    /// Collects the names in a response.
    pub(super) fn learn(&mut self, value: &Value) {
        for (name, value) in value.as_object().into_iter().flatten() {
            match value.as_str() {
                Some(text) if NAMES.contains(&name.as_str()) => self.hide(text, "<name>"),
                _ => self.learn(value),
            }
        }
        for item in value.as_array().into_iter().flatten() {
            self.learn(item);
        }
    }

    /// A text without names, addresses, ids and what else is not Bitbucket's own wording.
    pub(super) fn text(&self, text: &str) -> String {
        let mut text = self.without_names(text);
        if text.chars().count() > MAX_CHARACTERS {
            text = text.chars().take(MAX_CHARACTERS).chain(['…']).collect();
        }
        let mut cleaned = String::new();
        let mut word = String::new();
        for letter in text.chars().chain(['\n']) {
            if letter.is_whitespace() || "\"'`,;()<>[]=&?/".contains(letter) {
                cleaned.push_str(&cleaned_word(&word));
                word.clear();
                cleaned.push(letter);
            } else {
                word.push(letter);
            }
        }
        cleaned.pop();
        cleaned
    }

    fn without_names(&self, text: &str) -> String {
        let mut text = text.to_owned();
        for (name, placeholder) in &self.names {
            let mut cleaned = String::new();
            let mut rest = text.as_str();
            while let Some((before, found)) = find(rest, name) {
                cleaned.extend([&rest[..before], placeholder]);
                rest = &rest[before + found..];
            }
            cleaned.push_str(rest);
            text = cleaned;
        }
        text
    }

    /// A body: JSON by its shape, other text by its words.
    pub(super) fn body(&self, body: &[u8]) -> Value {
        match serde_json::from_slice(body) {
            Ok(value) => self.value(&value, false),
            Err(_) if body.is_empty() => Value::Null,
            Err(_) => Value::String(self.text(&String::from_utf8_lossy(body))),
        }
    }

    /// A value; `shown` where it is, or is part of, a member whose texts are recorded.
    fn value(&self, value: &Value, shown: bool) -> Value {
        match value {
            Value::String(text) if shown => Value::String(self.text(text)),
            Value::String(text) => Value::String(shape_of(text)),
            Value::Array(items) => items.iter().take(2).map(|item| self.value(item, shown)).collect(),
            Value::Object(object) => {
                let member = |(name, value): (&String, &Value)| {
                    let shown = shown || (TEXTS.contains(&&**name) && !value.is_object()) || name == "fields";
                    // A list has the keys of others too.
                    let foreign = name == "key" && value.as_str().is_some_and(|key| !key.starts_with("bbstatus"));
                    (self.text(name), self.value(value, shown && !foreign))
                };
                Value::Object(object.iter().map(member).collect::<Map<_, _>>())
            }
            other => other.clone(),
        }
    }

    /// The headers that are recorded.
    pub(super) fn headers<'a>(&self, headers: impl Iterator<Item = (&'a str, &'a str)>) -> Map<String, Value> {
        let kept = headers.filter(|(name, _)| HEADERS.contains(&name.to_ascii_lowercase().as_str()));
        kept.map(|(name, value)| (name.to_ascii_lowercase(), Value::String(self.text(value)))).collect()
    }
}

/// Where a name that is in lower case occurs, and how many bytes it has there.
fn find(text: &str, name: &str) -> Option<(usize, usize)> {
    text.char_indices().find_map(|(start, _)| {
        let mut end = start;
        let mut left = name;
        for letter in text[start..].chars() {
            let lower: String = letter.to_lowercase().collect();
            left = left.strip_prefix(lower.as_str())?;
            end += letter.len_utf8();
            if left.is_empty() {
                return Some((start, end - start));
            }
        }
        None
    })
}

/// A word, or the placeholder for one that looks like an address, an id or a secret.
fn cleaned_word(word: &str) -> String {
    let digits = word.chars().filter(char::is_ascii_digit).count();
    let letters = word.chars().filter(char::is_ascii_alphabetic).count();
    let longest = word.split(|letter: char| !letter.is_ascii_alphanumeric()).map(str::len).max().unwrap_or_default();
    match word {
        _ if word.contains('@') => "<address>".to_owned(),
        _ if longest >= 12 && digits > 0 && letters > 0 => "<id>".to_owned(),
        _ if longest >= 32 => "<id>".to_owned(),
        _ => word.to_owned(),
    }
}

/// The description of a text whose words may be names.
fn shape_of(text: &str) -> String {
    match text.chars().count() {
        0 => String::new(),
        _ if text.starts_with("http://") || text.starts_with("https://") => "<url>".to_owned(),
        _ if looks_like_date(text) => {
            text.chars().map(|letter| if letter.is_ascii_digit() { '0' } else { letter }).collect()
        }
        characters => format!("<{characters} characters>"),
    }
}

fn looks_like_date(text: &str) -> bool {
    let mut parts = text.splitn(3, '-');
    let digits = |part: Option<&str>, count: usize| {
        part.is_some_and(|part| part.len() == count && part.bytes().all(|byte| byte.is_ascii_digit()))
    };
    digits(parts.next(), 4) && digits(parts.next(), 2) && parts.next().is_some_and(|rest| rest.len() < 30)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::Redaction;

    fn redaction() -> Redaction {
        let mut redaction = Redaction::default();
        redaction.hide("Acme", "{workspace}");
        redaction.hide("acme-rocket", "{repo_slug}");
        redaction.hide("s3cret", "<token>");
        redaction
    }

    #[test]
    fn names_are_replaced_in_any_case_the_longest_first() {
        let text = "No workspace 'ACME', no repository acme-rocket, and S3CRET is no token";
        let expected = "No workspace '{workspace}', no repository {repo_slug}, and <token> is no token";
        assert_eq!(redaction().text(text), expected);
    }

    #[test]
    fn what_looks_like_an_address_an_id_or_a_secret_is_replaced_and_bitbuckets_words_stay() {
        let table = [
            ("Ask jane@example.com.", "Ask <address>"),
            ("user 557058:f0e1d2c3-0000-4000-8000-000000000000", "user <id>"),
            ("user 5b10a2844c20165700a1e21g", "user <id>"),
            ("token ATBBxyz0123456789abc", "token <id>"),
            (
                "/2.0/repositories/acme/x/commit/e10dae226959c2194f2b07b077c07762d93821cf",
                "/2.0/repositories/{workspace}/x/commit/<id>",
            ),
            ("key: Ensure this value has at most 40 characters (it has 41).", ""),
            ("repository, pullrequest:write", ""),
            ("Basic realm=\"Bitbucket.org HTTP\"", ""),
        ];
        for (text, expected) in table {
            assert_eq!(redaction().text(text), if expected.is_empty() { text } else { expected });
        }
    }

    #[test]
    fn of_a_status_only_the_shape_and_its_own_words_are_recorded() {
        let body = json!({
            "key": "bbstatus-probe", "state": "SUCCESSFUL", "type": "build", "name": "Jane's build", "refname": null,
            "url": "https://ci.acme.example/42", "description": "",
            "created_on": "2026-11-20T08:15:30.547563+00:00",
            "repository": {"full_name": "acme/acme-rocket", "uuid": "{1a2b3c4d-0000-4000-8000-000000000000}"},
            "links": {"self": {"href": "https://api.bitbucket.org/2.0/repositories/acme"}},
        });
        let expected = json!({
            "key": "bbstatus-probe", "state": "SUCCESSFUL", "type": "build", "name": "<12 characters>", "refname": null,
            "url": "<url>", "description": "",
            "created_on": "0000-00-00T00:00:00.000000+00:00",
            "repository": {"full_name": "<16 characters>", "uuid": "<38 characters>"},
            "links": {"self": {"href": "<url>"}},
        });
        assert_eq!(redaction().body(body.to_string().as_bytes()), expected);
    }

    #[test]
    fn of_an_error_bitbuckets_words_are_recorded_without_names() {
        let body = json!({"type": "error", "error": {
            "message": "No workspace with identifier 'acme'.",
            "fields": {"acme": ["acme is not allowed"]},
            "detail": {"required": ["repository"], "granted": ["account"]},
            "data": {"shas": ["main"], "owner": "Jane"},
        }});
        let expected = json!({"type": "error", "error": {
            "message": "No workspace with identifier '{workspace}'.",
            "fields": {"{workspace}": ["{workspace} is not allowed"]},
            "detail": {"required": ["repository"], "granted": ["account"]},
            "data": {"shas": ["<4 characters>"], "owner": "<4 characters>"},
        }});
        assert_eq!(redaction().body(body.to_string().as_bytes()), expected);
        assert_eq!(redaction().body(b"Not Found"), json!("Not Found"));
        assert_eq!(redaction().body(b""), json!(null));
    }

    #[test]
    fn names_are_learnt_from_responses() {
        let mut redaction = redaction();
        redaction.learn(&json!({"values": [{"author": {"nickname": "jane", "display_name": "Jane Smith"}}]}));
        assert_eq!(redaction.text("Jane Smith (jane) may not"), "<name> (<name>) may not");
    }

    #[test]
    fn the_key_of_another_status_is_not_recorded() {
        let body = json!({"values": [{"key": "jane-smith"}, {"key": "bbstatus/probe"}]});
        let expected = json!({"values": [{"key": "<10 characters>"}, {"key": "bbstatus/probe"}]});
        assert_eq!(redaction().body(body.to_string().as_bytes()), expected);
    }

    #[test]
    fn only_the_listed_headers_are_recorded() {
        let headers = [("Content-Type", "text/plain"), ("Set-Cookie", "s3cret"), ("X-OAuth-Scopes", "repository")];
        let recorded = redaction().headers(headers.into_iter());
        assert_eq!(recorded.len(), 2);
        assert_eq!(recorded["content-type"], "text/plain");
    }
}
