//! The credentials of a request, and their removal from what a server echoes.

use std::{ops::Range, sync::Arc};

use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use bytes::Bytes;
use http::{HeaderMap, HeaderValue};
use memchr::memmem;
use secrecy::{ExposeSecret as _, SecretString};

/// Replaces credentials.
const REDACTED: &str = "[redacted]";
/// Shorter secrets are not searched for: they may occur by chance.
const MIN_SECRET_BYTES: usize = 4;
/// The length of the part of a secret that is searched for first.
const MAX_PROBE_BYTES: usize = 16;
/// The length of the end of a secret that contains this part.
const PROBED_BYTES: usize = 40;

/// The `Authorization` of a request.
#[derive(Clone)]
pub(crate) struct SentCredentials {
    authorization: HeaderValue,
    /// User and secret of `Basic`, as `user:secret`.
    decoded: Option<Arc<SecretString>>,
    /// One for each of the two texts above. Wherever any form of the credentials occurs, one of these does. Nearly
    /// every response contains none of them, so the forms themselves are rarely searched for.
    probes: [Option<Probe>; 2],
}

impl SentCredentials {
    pub(crate) fn new(authorization: HeaderValue) -> Self {
        let encoded = authorization.as_bytes().strip_prefix(b"Basic ");
        let decoded = encoded.and_then(|encoded| String::from_utf8(BASE64.decode(encoded).ok()?).ok());
        let decoded = decoded.map(|decoded| Arc::new(SecretString::from(decoded)));
        let mut sent = Self { authorization, decoded, probes: [None, None] };
        let [value, unpadded, pair, secret] = sent.forms();
        // The innermost form that is long enough.
        let probe = |text, inner: &[u8]| {
            [inner, text].iter().find(|form| is_long_enough(form)).map(|form| Probe::new(text, form))
        };
        sent.probes = [probe(value, unpadded), probe(pair, secret)];
        sent
    }

    pub(crate) fn authorization(&self) -> &HeaderValue {
        &self.authorization
    }

    fn pair(&self) -> &str {
        self.decoded.as_ref().map_or("", |decoded| decoded.expose_secret())
    }

    /// The forms in which a server may echo the credentials, those that contain others first.
    fn forms(&self) -> [&[u8]; 4] {
        let value = self.authorization.as_bytes();
        let encoded = value.splitn(2, |byte| *byte == b' ').nth(1).unwrap_or_default();
        let unpadded = encoded.iter().rposition(|byte| *byte != b'=').map_or(encoded, |last| &encoded[..=last]);
        let pair = self.pair();
        let secret = pair.split_once(':').map_or("", |(_, secret)| secret);
        [value, unpadded, pair.as_bytes(), secret.as_bytes()]
    }

    /// Removes the credentials from a body.
    pub(crate) fn redact_body(&self, body: Bytes) -> Bytes {
        if self.may_occur_in(&body) { self.redact(&body).into() } else { body }
    }

    /// Removes the credentials from the values of headers.
    pub(crate) fn redact_headers(&self, headers: &mut HeaderMap) {
        for value in headers.values_mut().filter(|value| self.may_occur_in(value.as_bytes())) {
            let redacted = HeaderValue::from_bytes(&self.redact(value.as_bytes()));
            *value = redacted.unwrap_or(HeaderValue::from_static(REDACTED));
        }
    }

    /// Removes the credentials from a text that was decoded from a body, where they may have been escaped.
    pub(crate) fn redact_text(&self, text: &mut String) {
        if self.may_occur_in(text.as_bytes()) {
            *text = String::from_utf8_lossy(&self.redact(text.as_bytes())).into_owned();
        }
    }

    fn may_occur_in(&self, text: &[u8]) -> bool {
        let mut probes = self.probes.iter().zip([self.authorization.as_bytes(), self.pair().as_bytes()]);
        probes.any(|(probe, of)| probe.as_ref().is_some_and(|probe| probe.may_occur_in(text, of)))
    }

    fn redact(&self, text: &[u8]) -> Vec<u8> {
        let forms = self.forms().into_iter().filter(|form| is_long_enough(form));
        forms.fold(text.to_vec(), |text, form| replace_escaped(&replace(&text, form), form))
    }
}

/// A quick test whether a text may contain a form of the credentials. It has no copy of them, which would stay in
/// memory.
#[derive(Clone)]
struct Probe {
    form_bytes: usize,
    /// The location of a part of the form that is the same however the form is escaped; none if every part may differ.
    part: Option<Range<usize>>,
}

impl Probe {
    /// For a form that is in `credentials`.
    fn new(credentials: &[u8], form: &[u8]) -> Self {
        let end = &form[form.len().saturating_sub(PROBED_BYTES)..];
        let parts = end.split(|byte| !is_never_escaped(*byte));
        let longest = parts.max_by_key(|part| part.len()).filter(|part| !part.is_empty());
        let part = longest.map(|longest| &longest[longest.len().saturating_sub(MAX_PROBE_BYTES)..]);
        let start = part.and_then(|part| memmem::find(credentials, part));
        let part = start.zip(part).map(|(start, part)| start..start + part.len());
        Self { form_bytes: form.len(), part }
    }

    /// A text that is shorter than the form, as most headers are, is not searched.
    fn may_occur_in(&self, text: &[u8], credentials: &[u8]) -> bool {
        let is_in_text = |part: &Range<usize>| memmem::find(text, &credentials[part.clone()]).is_some();
        text.len() >= self.form_bytes && self.part.as_ref().is_none_or(is_in_text)
    }
}

fn is_long_enough(form: &[u8]) -> bool {
    form.len() >= MIN_SECRET_BYTES
}

fn is_never_escaped(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_')
}

/// Replaces a secret some of whose characters are escaped, as JSON, URLs and HTML do it.
fn replace_escaped(text: &[u8], form: &[u8]) -> Vec<u8> {
    let mut replaced = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some(first) = rest.first() {
        if let Some(length) = escaped_len(rest, form) {
            replaced.extend_from_slice(REDACTED.as_bytes());
            rest = &rest[length..];
        } else {
            replaced.push(*first);
            rest = &rest[1..];
        }
    }
    replaced
}

/// The length of the secret at the beginning of a text, in which its characters may be escaped.
fn escaped_len(text: &[u8], form: &[u8]) -> Option<usize> {
    form.iter().try_fold(0, |length, byte| Some(length + character_len(&text[length..], *byte)?))
}

/// The length of a character at the beginning of a text, in which it may be escaped.
fn character_len(text: &[u8], byte: u8) -> Option<usize> {
    let literal = (*text.first()? == byte).then_some(1);
    if is_never_escaped(byte) {
        return literal;
    }
    let escapes: Vec<String> = match text[0] {
        b'\\' => {
            let (number, character) = (format!("u{byte:04x}"), char::from(byte));
            ["\\", "\\\\", "\\\\\\"]
                .iter()
                .flat_map(|escape| [format!("{escape}{number}"), format!("{escape}{character}")])
                .collect()
        }
        b'%' => vec![format!("%{byte:02x}"), format!("%25{byte:02x}")],
        b'&' => {
            let name = match byte {
                b'&' => "amp",
                b'<' => "lt",
                b'>' => "gt",
                b'"' => "quot",
                b'\'' => "apos",
                b'=' => "equals",
                _ => "",
            };
            vec![format!("&#{byte};"), format!("&#x{byte:x};"), format!("&#x{byte:02x};"), format!("&{name};")]
        }
        _ => return literal,
    };
    let begins =
        |escape: &&String| text.get(..escape.len()).is_some_and(|start| start.eq_ignore_ascii_case(escape.as_bytes()));
    escapes.iter().find(begins).map(String::len).or(literal)
}

fn replace(text: &[u8], form: &[u8]) -> Vec<u8> {
    let mut replaced = Vec::with_capacity(text.len());
    let mut rest = 0;
    for start in memmem::find_iter(text, form) {
        replaced.extend_from_slice(&text[rest..start]);
        replaced.extend_from_slice(REDACTED.as_bytes());
        rest = start + form.len();
    }
    replaced.extend_from_slice(&text[rest..]);
    replaced
}

#[cfg(test)]
mod tests {
    use super::{Bytes, HeaderMap, HeaderValue, SentCredentials};

    /// `ada@example.com:s3cret`
    const BASIC: &str = "Basic YWRhQGV4YW1wbGUuY29tOnMzY3JldA==";

    /// As long and as varied as a real one.
    const TOKEN: &str = "Bearer ATCTT3xFf+GN0/abc=1F2E3D4C";

    #[test]
    fn credentials_are_removed_in_every_form_that_a_server_may_echo() {
        let table = [
            ("Bearer s3cret", "got Bearer s3cret and s3cret", "got [redacted] and [redacted]"),
            ("Bearer s3cret", "bearer s3cret", "bearer [redacted]"),
            ("Bearer s3cret", "nothing of it", "nothing of it"),
            ("Bearer abc", "Bearer abc, but an abc by chance", "[redacted], but an abc by chance"),
            (BASIC, "Basic YWRhQGV4YW1wbGUuY29tOnMzY3JldA==", "[redacted]"),
            (BASIC, "YWRhQGV4YW1wbGUuY29tOnMzY3JldA", "[redacted]"),
            (BASIC, "ada@example.com:s3cret", "[redacted]"),
            (BASIC, "for ada@example.com, s3cret", "for ada@example.com, [redacted]"),
            ("Basic !", "Basic !", "[redacted]"),
            (TOKEN, "ATCTT3xFf+GN0/abc=1F2E3D4C", "[redacted]"),
            // JSON, as some libraries escape it, once and twice; URLs; HTML.
            (TOKEN, r"got ATCTT3xFf\u002bGN0\/abc\u003d1F2E3D4C.", "got [redacted]."),
            (TOKEN, r"ATCTT3xFf\\u002BGN0\\/abc\\u003D1F2E3D4C", "[redacted]"),
            (r#"Bearer ab"cd"#, r#"ab\"cd, ab\\\"cd"#, "[redacted], [redacted]"),
            (TOKEN, "t=ATCTT3xFf%2BGN0%2Fabc%3D1F2E3D4C&u", "t=[redacted]&u"),
            (TOKEN, "t=ATCTT3xFf%252bGN0%252fabc%253d1F2E3D4C", "t=[redacted]"),
            (TOKEN, "ATCTT3xFf&#43;GN0&#x2F;abc&#x3d;1F2E3D4C", "[redacted]"),
            (TOKEN, "ATCTT3xFf+GN0/abc=1F2E3D4D", "ATCTT3xFf+GN0/abc=1F2E3D4D"),
            ("Bearer a%2Bb%2Bc%2Bd", "a%2Bb%2Bc%2Bd", "[redacted]"),
            ("Bearer &<>\"&<>'", "&amp;&lt;&gt;&quot;&amp;&lt;&gt;&#39;", "[redacted]"),
        ];
        for (authorization, echoed, expected) in table {
            let sent = SentCredentials::new(HeaderValue::from_static(authorization));
            assert_eq!(sent.redact_body(Bytes::from(echoed)), expected);
            let mut text = echoed.to_owned();
            sent.redact_text(&mut text);
            assert_eq!(text, expected);
            let mut headers: HeaderMap =
                [(http::header::LOCATION, HeaderValue::from_static(echoed))].into_iter().collect();
            sent.redact_headers(&mut headers);
            assert_eq!(headers["location"], expected);
        }
    }
}
