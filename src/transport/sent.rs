//! The credentials of a request, and their removal from what a server echoes.

use std::sync::Arc;

use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use bytes::Bytes;
use http::{HeaderMap, HeaderValue};
use memchr::memmem;
use secrecy::{ExposeSecret as _, SecretString};

/// Replaces credentials.
const REDACTED: &str = "[redacted]";
/// A shorter text may occur by chance.
const MIN_SECRET_BYTES: usize = 4;
/// The length of the end of a secret that is searched for first.
const MAX_PROBE_BYTES: usize = 16;

/// The `Authorization` of a request.
#[derive(Clone)]
pub(crate) struct SentCredentials {
    authorization: HeaderValue,
    /// User and secret of `Basic`, as `user:secret`.
    decoded: Option<Arc<SecretString>>,
}

impl SentCredentials {
    pub(crate) fn new(authorization: HeaderValue) -> Self {
        let encoded = authorization.as_bytes().strip_prefix(b"Basic ");
        let decoded = encoded.and_then(|encoded| String::from_utf8(BASE64.decode(encoded).ok()?).ok());
        let decoded = decoded.map(|decoded| Arc::new(SecretString::from(decoded)));
        Self { authorization, decoded }
    }

    pub(crate) fn authorization(&self) -> &HeaderValue {
        &self.authorization
    }

    /// The forms in which a server may echo the credentials, those that contain others first.
    fn forms(&self) -> [&[u8]; 4] {
        let value = self.authorization.as_bytes();
        let encoded = value.splitn(2, |byte| *byte == b' ').nth(1).unwrap_or_default();
        let unpadded = encoded.iter().rposition(|byte| *byte != b'=').map_or(encoded, |last| &encoded[..=last]);
        let pair = self.decoded.as_ref().map_or("", |decoded| decoded.expose_secret());
        let secret = pair.split_once(':').map_or("", |(_, secret)| secret);
        [value, unpadded, pair.as_bytes(), secret.as_bytes()]
    }

    /// A subset of the forms: wherever any form occurs, one of these does. Nearly every response contains none of them, so
    /// the others are rarely searched for.
    fn innermost_forms(&self) -> [Option<&[u8]>; 2] {
        let [value, unpadded, pair, secret] = self.forms();
        let is_long_enough = |form: &&[u8]| form.len() >= MIN_SECRET_BYTES;
        [[unpadded, value], [secret, pair]].map(|forms| forms.into_iter().find(is_long_enough))
    }

    /// Removes the credentials from a body.
    pub(crate) fn redact_body(&self, body: Bytes) -> Bytes {
        if may_contain(&body, self.innermost_forms()) { self.redact(&body).into() } else { body }
    }

    /// Removes the credentials from the values of headers.
    pub(crate) fn redact_headers(&self, headers: &mut HeaderMap) {
        let innermost = self.innermost_forms();
        for value in headers.values_mut().filter(|value| may_contain(value.as_bytes(), innermost)) {
            let redacted = HeaderValue::from_bytes(&self.redact(value.as_bytes()));
            *value = redacted.unwrap_or(HeaderValue::from_static(REDACTED));
        }
    }

    /// Removes the credentials from a text that was decoded from a body, where they may have been escaped.
    pub(crate) fn redact_text(&self, text: &mut String) {
        if may_contain(text.as_bytes(), self.innermost_forms()) {
            *text = String::from_utf8_lossy(&self.redact(text.as_bytes())).into_owned();
        }
    }

    fn redact(&self, text: &[u8]) -> Vec<u8> {
        let forms = self.forms().into_iter().filter(|form| form.len() >= MIN_SECRET_BYTES);
        forms.fold(text.to_vec(), |text, form| replace(&text, form))
    }
}

/// Whether a text may contain one of the forms: it contains the end of one. Preparing a search for all of a long token
/// would cost more than the search. A text that is shorter than the form, as most headers are, is not searched.
fn may_contain(text: &[u8], forms: [Option<&[u8]>; 2]) -> bool {
    let mut forms = forms.into_iter().flatten();
    forms.any(|form| {
        let end = &form[form.len().saturating_sub(MAX_PROBE_BYTES)..];
        text.len() >= form.len() && memmem::find(text, end).is_some()
    })
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
