//! Patterns for the paths of operations, in which values are literal.

use httpmock::When;
use progenitor_client::encode_path;
use regex::escape;
use reqwest::Url;

use crate::document::{Endpoint, endpoints};

/// Matches an operation with any values in its path.
pub(crate) fn operation(when: When, id: &str) -> When {
    let when = when.method(endpoint(id).method.as_str());
    when.path_matches(pattern(id, None))
}

/// Matches one value of the path.
pub(crate) fn parameter(when: When, id: &str, name: &str, value: &str) -> When {
    when.path_matches(pattern(id, Some((name, value))))
}

fn endpoint(id: &str) -> &'static Endpoint {
    endpoints()
        .iter()
        .find(|endpoint| endpoint.id == id)
        .expect("an operation of the document, as tests of the mocks check")
}

/// The pattern for an operation's path under any base path: the value of one parameter, anything for the others.
fn pattern(id: &str, value: Option<(&str, &str)>) -> String {
    let segments = endpoint(id).path.split('/').map(|segment| {
        let name = segment.strip_prefix('{').and_then(|name| name.strip_suffix('}'));
        match (name, value) {
            (None, _) => escape(segment),
            (Some(name), Some((parameter, value))) if name == parameter => escape(&on_the_wire(value)),
            (Some(_), _) => "[^/]+".to_owned(),
        }
    });
    format!("^.*{}$", segments.collect::<Vec<_>>().join("/"))
}

/// A value as the client sends it: encoded by the generated code, then by the URL.
fn on_the_wire(value: &str) -> String {
    let encoded = encode_path(value);
    let url = Url::parse(&format!("http://127.0.0.1/{encoded}/end")).ok();
    let sent = url.and_then(|url| Some(url.path().strip_prefix('/')?.strip_suffix("/end")?.to_owned()));
    sent.unwrap_or(encoded)
}

#[cfg(test)]
mod tests {
    use super::pattern;

    #[test]
    fn a_value_is_matched_literally_and_the_others_by_anything() {
        assert_eq!(
            pattern("get_build_status", Some(("key", "a.b{c}"))),
            r"^.*/repositories/[^/]+/[^/]+/commit/[^/]+/statuses/build/a\.b%7Bc%7D$"
        );
        assert_eq!(
            pattern("list_pull_request_statuses", Some(("pull_request_id", "7"))),
            r"^.*/repositories/[^/]+/[^/]+/pullrequests/7/statuses$"
        );
    }
}
