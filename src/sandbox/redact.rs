//! Removes credentials from requests before the journal stores them. No I/O.
//!
//! Bodies are searched as text, not parsed: half a body, or one that is malformed, may contain a token too.

use std::borrow::Cow;

use bytes::Bytes;
use http::{
    HeaderMap, HeaderName, HeaderValue,
    header::{AUTHORIZATION, CONTENT_ENCODING, CONTENT_TYPE, COOKIE, PROXY_AUTHORIZATION, REFERER, SET_COOKIE},
};
use serde::de::IgnoredAny;

/// Replaces a secret.
const REDACTED: &str = "<redacted>";
/// The members of queries, forms and JSON that are secrets (RFC 6749, RFC 6750, RFC 7523, RFC 7636, and common names),
/// in the form of [`is_secret`].
const SECRET_MEMBERS: [&str; 16] = [
    "accesstoken",
    "apikey",
    "apitoken",
    "assertion",
    "authorization",
    "authtoken",
    "clientassertion",
    "clientsecret",
    "code",
    "codeverifier",
    "idtoken",
    "passwd",
    "password",
    "refreshtoken",
    "secret",
    "token",
];
/// The headers whose value is a secret.
const SECRET_HEADERS: [HeaderName; 4] = [AUTHORIZATION, PROXY_AUTHORIZATION, COOKIE, SET_COOKIE];
/// Words in the names of other headers with secrets, such as `X-Auth-Token`.
const SECRET_HEADER_WORDS: [&str; 5] = ["token", "secret", "password", "api-key", "authorization"];
/// The longest name that is looked for in malformed JSON.
const MAX_NAME_BYTES: usize = 100;
/// The longest boundary of a multipart body (RFC 2046, 5.1.1).
const MAX_BOUNDARY_BYTES: usize = 70;

/// A copy of the headers without credentials. A copy, since the original ones keep the read buffer of the request
/// alive.
pub(crate) fn redact_headers(headers: &HeaderMap) -> HeaderMap {
    let mut copy = HeaderMap::with_capacity(headers.keys_len());
    for (name, value) in headers {
        let is_secret =
            SECRET_HEADERS.contains(name) || SECRET_HEADER_WORDS.iter().any(|word| name.as_str().contains(word));
        let value = match value.as_bytes() {
            _ if is_secret => REDACTED.as_bytes().into(),
            value if *name == REFERER => redact_address(value),
            value => Cow::Borrowed(value),
        };
        let name = HeaderName::from_bytes(name.as_str().as_bytes());
        if let (Ok(name), Ok(value)) = (name, HeaderValue::from_bytes(&value)) {
            copy.append(name, value);
        }
    }
    copy
}

/// A query, without `?`, that has no credentials.
pub(crate) fn redact_query(query: &str) -> String {
    String::from_utf8_lossy(&redact_form(query.as_bytes())).into_owned()
}

/// A body without the credentials in it: by its type, and in any form if the type is unknown.
pub(crate) fn redact_body(headers: &HeaderMap, body: Bytes) -> Bytes {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let encoding = text(CONTENT_ENCODING).trim();
    if !encoding.is_empty() && !encoding.eq_ignore_ascii_case("identity") {
        return Bytes::from_static(REDACTED.as_bytes());
    }
    let content_type = text(CONTENT_TYPE);
    let (kind, parameters) = content_type.split_once(';').unwrap_or((content_type, ""));
    let kind = kind.trim().to_ascii_lowercase();
    let redacted = if kind.starts_with("multipart/") {
        Cow::Owned(redact_multipart(parameters, &body))
    } else if kind == "application/json" || kind.ends_with("+json") {
        redact_json(&body)
    } else {
        // curl sends JSON with the content type of a form by default.
        let form = redact_form(&body);
        match redact_json(&form) {
            Cow::Owned(json) => Cow::Owned(json),
            Cow::Borrowed(_) => form,
        }
    };
    match redacted {
        Cow::Owned(redacted) => redacted.into(),
        Cow::Borrowed(_) => body,
    }
}

/// Whether this is the name of a secret, in any case and with any punctuation; of `user[password]` the last part
/// counts.
fn is_secret(name: &str) -> bool {
    let last = name.trim_end_matches(']').rsplit(['[', '.']).next().unwrap_or(name);
    let letters = last.chars().filter(char::is_ascii_alphanumeric).map(|letter| letter.to_ascii_lowercase());
    let letters: String = letters.collect();
    SECRET_MEMBERS.contains(&letters.as_str())
}

/// Redacts the query of an address.
fn redact_address(address: &[u8]) -> Cow<'_, [u8]> {
    let Some(mark) = address.iter().position(|byte| *byte == b'?') else { return address.into() };
    let (path, query) = address.split_at(mark + 1);
    [path, &redact_form(query)].concat().into()
}

/// Redacts `name=value&…`; names are decoded for the comparison. `;` separates too, as in HTML 4.
fn redact_form(form: &[u8]) -> Cow<'_, [u8]> {
    let mut redacted = Vec::with_capacity(form.len());
    let mut is_changed = false;
    for member in form.split_inclusive(|byte| matches!(byte, b'&' | b';')) {
        let is_end = |byte: &u8| matches!(byte, b'&' | b';');
        let end = if member.last().is_some_and(is_end) { member.len() - 1 } else { member.len() };
        let name_end = member.iter().position(|byte| *byte == b'=').filter(|position| *position < end);
        let secret = name_end.filter(|name_end| {
            let name = form_urlencoded::parse(&member[..*name_end]).next();
            name.is_some_and(|(name, _)| is_secret(&name))
        });
        match secret {
            Some(name_end) => {
                redacted.extend_from_slice(&member[..=name_end]);
                redacted.extend_from_slice(REDACTED.as_bytes());
                redacted.extend_from_slice(&member[end..]);
                is_changed = true;
            }
            None => redacted.extend_from_slice(member),
        }
    }
    if is_changed { redacted.into() } else { form.into() }
}

/// Redacts the values of secret members at any depth of JSON.
///
/// In a text that is not valid JSON, every quote may be the start of a name.
fn redact_json(json: &[u8]) -> Cow<'_, [u8]> {
    let is_valid = serde_json::from_slice::<IgnoredAny>(json).is_ok();
    let mut redacted = Vec::new();
    let mut copied = 0;
    let mut position = 0;
    while position < json.len() {
        if !matches!(json[position], b'"' | b'\'') {
            position += 1;
            continue;
        }
        let longest_end = if is_valid { json.len() } else { json.len().min(position + MAX_NAME_BYTES) };
        let name_end = string_end(&json[..longest_end], position);
        let colon = skip_white_space(json, name_end);
        let is_name = json.get(colon) == Some(&b':');
        if is_name && is_secret(&decode_string(&json[position..name_end])) {
            let start = skip_white_space(json, colon + 1);
            let end = value_end(json, start);
            redacted.extend_from_slice(&json[copied..start]);
            redacted.extend_from_slice(format!("\"{REDACTED}\"").as_bytes());
            (copied, position) = (end, end);
        } else {
            position = if is_valid { name_end } else { position + 1 };
        }
    }
    if copied == 0 {
        return json.into();
    }
    redacted.extend_from_slice(&json[copied..]);
    redacted.into()
}

fn skip_white_space(json: &[u8], start: usize) -> usize {
    json[start..].iter().position(|byte| !byte.is_ascii_whitespace()).map_or(json.len(), |length| start + length)
}

/// Where the string ends whose opening quote is at `start`: after its closing quote, or at the end of the text.
fn string_end(json: &[u8], start: usize) -> usize {
    let mut position = start + 1;
    while let Some(byte) = json.get(position) {
        match *byte {
            quote if quote == json[start] => return position + 1,
            b'\\' => position += 2,
            _ => position += 1,
        }
    }
    json.len()
}

/// Where the value ends that begins at `start`.
fn value_end(json: &[u8], start: usize) -> usize {
    let mut depth = 0_usize;
    let mut position = start;
    while let Some(byte) = json.get(position) {
        match byte {
            b'"' | b'\'' => position = string_end(json, position) - 1,
            b'[' | b'{' => depth += 1,
            b']' | b'}' | b',' if depth == 0 => return position,
            b']' | b'}' => depth -= 1,
            _ => {}
        }
        position += 1;
    }
    json.len()
}

/// The text of a string with its quotes; the bytes as they are if its escapes are malformed.
fn decode_string(quoted: &[u8]) -> String {
    serde_json::from_slice(quoted).unwrap_or_else(|_| String::from_utf8_lossy(quoted).into_owned())
}

/// Redacts the parts of a multipart body that have the name of a secret, or none.
fn redact_multipart(parameters: &str, body: &[u8]) -> Vec<u8> {
    let boundary = parameters.split(';').find_map(|parameter| {
        let (name, value) = parameter.split_once('=')?;
        name.trim().eq_ignore_ascii_case("boundary").then(|| value.trim().trim_matches('"'))
    });
    let Some(boundary) = boundary.filter(|boundary| (1..=MAX_BOUNDARY_BYTES).contains(&boundary.len())) else {
        return REDACTED.as_bytes().to_vec();
    };
    let delimiter = format!("--{boundary}");
    let mut redacted = Vec::with_capacity(body.len());
    for (index, part) in split_at_each(body, delimiter.as_bytes()).enumerate() {
        if index > 0 {
            redacted.extend_from_slice(delimiter.as_bytes());
        }
        let Some(head_end) = find(part, b"\r\n\r\n").map(|end| end + 4) else {
            // Not a part: the text before the first delimiter or after the last one, or half a head.
            let is_short = part.iter().all(|byte| byte.is_ascii_whitespace() || *byte == b'-');
            redacted.extend_from_slice(if is_short { part } else { REDACTED.as_bytes() });
            continue;
        };
        let (head, content) = part.split_at(head_end);
        redacted.extend_from_slice(head);
        if part_name(head).is_none_or(|name| is_secret(&name)) {
            redacted.extend_from_slice(REDACTED.as_bytes());
            redacted.extend_from_slice(if content.ends_with(b"\r\n") { b"\r\n" } else { b"" });
        } else {
            redacted.extend_from_slice(&redact_json(content));
        }
    }
    redacted
}

/// The name in the `Content-Disposition` of a part.
fn part_name(head: &[u8]) -> Option<String> {
    let head = String::from_utf8_lossy(head);
    let line = head.lines().find(|line| line.to_ascii_lowercase().starts_with("content-disposition:"))?;
    line.split(';').find_map(|parameter| {
        let (name, value) = parameter.split_once('=')?;
        name.trim().eq_ignore_ascii_case("name").then(|| value.trim().trim_matches('"').to_owned())
    })
}

fn find(text: &[u8], pattern: &[u8]) -> Option<usize> {
    text.windows(pattern.len()).position(|window| window == pattern)
}

fn split_at_each<'a>(text: &'a [u8], pattern: &'a [u8]) -> impl Iterator<Item = &'a [u8]> {
    let mut rest = Some(text);
    std::iter::from_fn(move || {
        let text = rest?;
        let found = find(text, pattern);
        rest = found.map(|start| &text[start + pattern.len()..]);
        Some(found.map_or(text, |start| &text[..start]))
    })
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use http::{HeaderMap, HeaderName, HeaderValue};
    use proptest::prelude::*;

    use super::{redact_body, redact_headers, redact_query};

    fn headers(lines: &[(&'static str, &'static str)]) -> HeaderMap {
        lines.iter().map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value))).collect()
    }

    fn body(content_type: &'static str, text: &str) -> String {
        let redacted =
            redact_body(&headers(&[("content-type", content_type)]), Bytes::copy_from_slice(text.as_bytes()));
        String::from_utf8(redacted.to_vec()).expect("UTF-8")
    }

    const FORM: &str = "application/x-www-form-urlencoded";
    const JSON: &str = "application/json; charset=utf-8";

    #[test]
    fn a_query_or_a_form_keeps_everything_but_the_values_of_secrets() {
        let table = [
            ("", ""),
            ("page=1&pagelen=2", "page=1&pagelen=2"),
            ("access_token=s3cret", "access_token=<redacted>"),
            ("a=1&access_token=s3cret&b=2", "a=1&access_token=<redacted>&b=2"),
            ("access%5Ftoken=s3cret&%74oken=s3cret", "access%5Ftoken=<redacted>&%74oken=<redacted>"),
            ("ACCESS-TOKEN=s3cret&clientSecret=s3cret", "ACCESS-TOKEN=<redacted>&clientSecret=<redacted>"),
            ("+token+=s3cret", "+token+=<redacted>"),
            ("a=1;token=s3cret;b=2", "a=1;token=<redacted>;b=2"),
            (
                "user%5Bpassword%5D=s3cret&user[password]=s3cret",
                "user%5Bpassword%5D=<redacted>&user[password]=<redacted>",
            ),
            ("token=s3=cr=et", "token=<redacted>"),
            ("token=", "token=<redacted>"),
            ("token", "token"),
            ("=s3&&=", "=s3&&="),
            ("token=s3cret&token=s3cret2", "token=<redacted>&token=<redacted>"),
            ("key=tokens&tokens=5&monkey=a", "key=tokens&tokens=5&monkey=a"),
        ];
        for (given, expected) in table {
            assert_eq!(redact_query(given), expected, "{given}");
            assert_eq!(body(FORM, given), expected, "{given}");
            assert_eq!(body("", given), expected, "{given}, of no type");
            assert_eq!(body("text/plain", given), expected, "{given}, as text");
        }
    }

    #[test]
    fn json_keeps_everything_but_the_values_of_secrets() {
        let table = [
            (
                r#"{"key":"k","url":"https://a.example/?b&token=c"}"#,
                r#"{"key":"k","url":"https://a.example/?b&token=c"}"#,
            ),
            (r#"{"token":"s3cret","key":"k"}"#, r#"{"token":"<redacted>","key":"k"}"#),
            (r#"{"key": "k", "access_token" : "s3\"cret" }"#, r#"{"key": "k", "access_token" : "<redacted>"}"#),
            (r#"{"a":[{"clientSecret":"s3cret"},1]}"#, r#"{"a":[{"clientSecret":"<redacted>"},1]}"#),
            (r#"{"password":{"b":["s3cret","}"]},"c":1}"#, r#"{"password":"<redacted>","c":1}"#),
            (r#"{"token":12345,"c":1}"#, r#"{"token":"<redacted>","c":1}"#),
            (r#"{"t\u006fken":"s3cret"}"#, r#"{"t\u006fken":"<redacted>"}"#),
            (r#"["token","s3"]"#, r#"["token","s3"]"#),
            // Cut off, or malformed.
            (r#"{"token":"s3cr"#, r#"{"token":"<redacted>""#),
            (r#"{"token":"s3cr\"#, r#"{"token":"<redacted>""#),
            (r#"{"token":["s3cr"#, r#"{"token":"<redacted>""#),
            (r#"{"token":"#, r#"{"token":"<redacted>""#),
            (r#"{"token""#, r#"{"token""#),
            (r#"{"tok"#, r#"{"tok"#),
            (r#"}]"token":s3cret"#, r#"}]"token":"<redacted>""#),
            (r#"""{"token":"s3cret"}"#, r#"""{"token":"<redacted>"}"#),
            (r#"{"a":"b"c","token":"s3cret"}"#, r#"{"a":"b"c","token":"<redacted>"}"#),
            (r"{'token': 's3,}cret', 'a': 1}", r#"{'token': "<redacted>", 'a': 1}"#),
            ("", ""),
        ];
        for (given, expected) in table {
            assert_eq!(body(JSON, given), expected, "{given}");
            assert_eq!(body("application/vnd.api+json", given), expected, "{given}");
        }
        assert_eq!(body(FORM, r#"{"token":"s3cret"}"#), r#"{"token":"<redacted>"}"#, "what curl --data sends");
    }

    proptest! {
        #[test]
        fn no_text_around_a_secret_keeps_it_from_being_redacted(
            before in r#"[a-z"'\\{}\[\]:,= é]{0,12}"#,
            after in r#"[a-z"'\\{}\[\]:,= é]{0,12}"#,
        ) {
            let json = format!("{before}{{\"access_token\":\"s3cret\"}}{after}");
            let form = format!("{before}&access_token=s3cret&{after}");
            for content_type in [JSON, FORM, "", "text/plain"] {
                prop_assert!(!body(content_type, &json).contains("s3cret"), "{content_type} {json}");
            }
            prop_assert!(!body(FORM, &form).contains("s3cret"), "{form}");
        }
    }

    #[test]
    fn a_body_full_of_quotes_is_searched_in_one_pass() {
        let quotes = "\"\\".repeat(500_000);
        assert_eq!(body(JSON, &quotes), quotes);
    }

    #[test]
    fn parts_of_a_multipart_body_that_have_the_name_of_a_secret_or_none_are_redacted() {
        let part = |disposition: &str, content: &str| format!("--b\r\n{disposition}\r\n\r\n{content}\r\n");
        let named = |name: &str| format!("Content-Disposition: form-data; name={name}");
        let multipart = "multipart/form-data; boundary=\"b\"";
        let redacted = "<redacted>";
        let table = [
            (named("\"key\""), "k", "k"),
            (named("\"access_token\""), "s3cret", redacted),
            (named("token"), "s3cret\r\n\r\ns3cret", redacted),
            (
                named("\"a\"; filename=\"f.json\"\r\nContent-Type: application/json"),
                r#"{"token":"s3"}"#,
                r#"{"token":"<redacted>"}"#,
            ),
            ("X: y".to_owned(), "s3cret", redacted),
        ];
        for (head, content, expected) in &table {
            let multipart_body =
                |content: &str| format!("{}{}--b--\r\n", part(head, content), part(&named("\"z\""), "last"));
            assert_eq!(body(multipart, &multipart_body(content)), multipart_body(expected), "{head}");
        }
        let cut = part(&named("\"token\""), "s3cret");
        assert_eq!(body(multipart, &cut[..cut.len() - 4]), part(&named("\"token\""), redacted).trim_end());
        assert_eq!(body(multipart, "--b\r\nContent-Disposition: s3cret"), "--b<redacted>");
        assert_eq!(body("multipart/form-data", &cut), redacted, "no boundary");
        let long =
            "multipart/form-data; boundary=bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb";
        assert_eq!(body(long, &cut), redacted, "a boundary of 71 characters");
    }

    #[test]
    fn a_compressed_body_is_not_stored() {
        let headers = headers(&[("content-type", "application/json"), ("content-encoding", "gzip")]);
        assert_eq!(redact_body(&headers, Bytes::from_static(b"\x1f\x8bs3cret")), "<redacted>");
    }

    #[test]
    fn a_body_without_secrets_is_not_copied() {
        let given = Bytes::from_static(br#"{"key":"k"}"#);
        for content_type in [JSON, FORM, ""] {
            let stored = redact_body(&headers(&[("content-type", content_type)]), given.clone());
            assert_eq!(stored.as_ptr(), given.as_ptr(), "{content_type}");
        }
    }

    #[test]
    fn headers_that_hold_credentials_are_redacted() {
        let given = headers(&[
            ("authorization", "Bearer s3cret"),
            ("proxy-authorization", "Basic s3cret"),
            ("cookie", "sid=s3cret"),
            ("cookie", "other=s3cret"),
            ("set-cookie", "sid=s3cret"),
            ("x-auth-token", "s3cret"),
            ("private-token", "s3cret"),
            ("x-api-key", "s3cret"),
            ("referer", "https://a.example/?page=1&access_token=s3cret"),
            ("x-request-id", "42"),
        ]);
        let redacted = redact_headers(&given);
        assert!(!format!("{redacted:?}").contains("s3cret"), "{redacted:?}");
        assert_eq!(redacted.get_all("cookie").iter().count(), 2);
        assert_eq!(redacted["referer"], "https://a.example/?page=1&access_token=<redacted>");
        assert_eq!(redacted["x-request-id"], "42");
    }
}
