//! Requests as they would be sent: for people, for programs, and for curl.

use bitbucket_build_status::{PreparedRequest, sandbox::Sandbox};
use serde_json::{Value, json};

use super::{JSON_VERSION, sanitize};
use crate::credentials::{CredentialSource, is_stdin};

/// Requests in the form of HTTP, with names in place of secrets.
pub(crate) fn http(prepared: &[PreparedRequest], origin: &CredentialSource) -> String {
    let requests = prepared.iter().map(|request| {
        let mut lines = vec![format!("{} {}", request.method(), request.url())];
        lines.extend(headers(request, origin).map(|(name, value)| format!("{name}: {value}")));
        let mut text: String = lines.iter().flat_map(|line| [sanitize(line), "\n".into()]).collect();
        if let Some(body) = request.body() {
            text.extend(["\n", &pretty(body), "\n"]);
        }
        text
    });
    requests.collect::<Vec<_>>().join("\n")
}

/// Requests as JSON.
pub(crate) fn json(prepared: &[PreparedRequest], origin: &CredentialSource) -> Value {
    let requests = prepared.iter().map(|request| {
        let headers: serde_json::Map<_, _> =
            headers(request, origin).map(|(name, value)| (name, Value::String(value))).collect();
        json!({"method": request.method(), "url": request.url(), "headers": headers, "body": request.body()})
    });
    json!({"version": JSON_VERSION, "requests": requests.collect::<Vec<_>>()})
}

fn headers(request: &PreparedRequest, origin: &CredentialSource) -> impl Iterator<Item = (String, String)> {
    let authorization = origin.header().map(|value| ("authorization".to_owned(), value));
    let others = request.headers().map(|(name, value)| (name.to_owned(), value.to_owned()));
    authorization.into_iter().chain(others)
}

fn pretty(body: &Value) -> String {
    let text = format!("{body:#}");
    text.lines().map(|line| super::sanitize::escape_json(line).into_owned()).collect::<Vec<_>>().join("\n")
}

/// Requests as lines for a shell. When a line is run, it reads the secret from its variable and passes it to curl by
/// stdin: other users of the machine could see an argument.
pub(crate) fn curl(prepared: &[PreparedRequest], origin: &CredentialSource) -> String {
    prepared.iter().map(|request| curl_line(request, origin)).collect::<Vec<_>>().join("\n")
}

/// Notes about what such a line needs.
pub(crate) fn curl_notes(prepared: &[PreparedRequest], origin: &CredentialSource) -> Vec<String> {
    let mut notes = Vec::new();
    match origin {
        CredentialSource::None => notes.push("there are no credentials, so the line has none either".to_owned()),
        CredentialSource::OAuth => notes
            .push("the line reads BITBUCKET_TOKEN: first set it to an access token of the OAuth consumer".to_owned()),
        CredentialSource::TokenFile(path) if is_stdin(path) => {
            notes.push("the line reads BITBUCKET_TOKEN: set it to the token first".to_owned());
        }
        CredentialSource::Sandbox
        | CredentialSource::Token
        | CredentialSource::TokenFile(_)
        | CredentialSource::ApiToken => {}
    }
    if prepared.len() > 1 {
        notes.push("the last line needs values that the first one reads: replace each <as read>".to_owned());
    }
    notes
}

fn curl_line(request: &PreparedRequest, origin: &CredentialSource) -> String {
    let bearer = |token: &str| format!("printf 'header = \"Authorization: Bearer %s\"\\n' \"{token}\" | ");
    let (before, config) = match origin {
        CredentialSource::None => (String::new(), ""),
        CredentialSource::Sandbox => (bearer(Sandbox::TOKEN), " --config -"),
        CredentialSource::Token | CredentialSource::OAuth => (bearer("$BITBUCKET_TOKEN"), " --config -"),
        CredentialSource::TokenFile(path) if is_stdin(path) => (bearer("$BITBUCKET_TOKEN"), " --config -"),
        CredentialSource::TokenFile(path) => {
            (bearer(&format!("$(cat {})", quoted(&path.to_string_lossy()))), " --config -")
        }
        CredentialSource::ApiToken => {
            let user = "printf 'user = \"%s:%s\"\\n' \"$BITBUCKET_EMAIL\" \"$BITBUCKET_API_TOKEN\" | ";
            (user.to_owned(), " --config -")
        }
    };
    let mut line = format!("{before}curl --silent --show-error --globoff{config} --request {}", request.method());
    for (name, value) in request.headers() {
        line.extend([" --header ", &quoted(&format!("{name}: {value}"))]);
    }
    if let Some(body) = request.body() {
        line.extend([" --data-raw ", &quoted(&super::sanitize::escape_json(&body.to_string()))]);
    }
    line.extend([" ", &quoted(request.url())]);
    line
}

/// A text as one word of a POSIX shell.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "'\\''"))
}

#[cfg(test)]
mod tests {
    use super::quoted;

    #[test]
    fn a_quoted_text_is_one_word_whatever_it_holds() {
        assert_eq!(quoted("plain"), "'plain'");
        assert_eq!(quoted("it's $HOME `pwd`"), "'it'\\''s $HOME `pwd`'");
    }
}
