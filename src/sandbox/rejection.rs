//! Responses that refuse a request, with the recorded bodies.

use axum::{
    body::Body,
    response::{IntoResponse, Response},
};
use http::{
    HeaderName, HeaderValue, StatusCode,
    header::{CONTENT_TYPE, WWW_AUTHENTICATE},
};
use serde_json::{Map, Value, json};

use super::{
    ordered_json::{Json, object},
    rules::{self, Rule},
};

/// Names the rule that a request broke.
pub(crate) const RULE_HEADER: HeaderName = HeaderName::from_static("x-sandbox-rule");

pub(crate) const TEXT: &str = "text/plain; charset=utf-8";
pub(crate) const HTML: &str = "text/html; charset=utf-8";
pub(crate) const JSON: &str = "application/json; charset=utf-8";

/// A request that is refused by a rule.
#[derive(Debug)]
pub(crate) struct Rejection {
    rule: &'static Rule,
    status: StatusCode,
    content: Content,
    headers: Vec<(HeaderName, HeaderValue)>,
}

#[derive(Debug)]
enum Content {
    Json(Json),
    Text(&'static str),
    Html(&'static str),
    Empty,
}

impl Rejection {
    fn new(rule: &'static Rule, status: StatusCode, content: Content) -> Self {
        Self { rule, status, content, headers: Vec::new() }
    }

    /// The rule that the request broke.
    pub(crate) fn rule(&self) -> &'static Rule {
        self.rule
    }

    /// `{"type": "error", "error": {…}}`.
    pub(crate) fn json(rule: &'static Rule, status: StatusCode, error: Json) -> Self {
        Self::new(rule, status, Content::Json(object!({ "type": "error", "error": error })))
    }

    /// An error with nothing but a message.
    pub(crate) fn message(rule: &'static Rule, status: StatusCode, message: impl Into<String>) -> Self {
        Self::json(rule, status, object!({ "message": message.into() }))
    }

    /// A JSON body of another form.
    pub(crate) fn body(rule: &'static Rule, status: StatusCode, body: Json) -> Self {
        Self::new(rule, status, Content::Json(body))
    }

    pub(crate) fn text(rule: &'static Rule, status: StatusCode, text: &'static str) -> Self {
        Self::new(rule, status, Content::Text(text))
    }

    pub(crate) fn html(rule: &'static Rule, status: StatusCode, page: &'static str) -> Self {
        Self::new(rule, status, Content::Html(page))
    }

    pub(crate) fn empty(rule: &'static Rule, status: StatusCode) -> Self {
        Self::new(rule, status, Content::Empty)
    }

    /// Members that are missing or of the wrong type, each with one sentence; the message is `Bad request`.
    pub(crate) fn invalid_fields(rule: &'static Rule, fields: Map<String, Value>) -> Self {
        Self::json(rule, StatusCode::BAD_REQUEST, object!({ "message": "Bad request", "fields": fields }))
    }

    /// A member whose value is refused: a list of sentences, which the message contains too.
    pub(crate) fn field(rule: &'static Rule, field: &str, problem: &str) -> Self {
        let mut fields = Map::new();
        fields.insert(field.to_owned(), json!([problem]));
        let message = format!("{field}: {problem}");
        Self::json(rule, StatusCode::BAD_REQUEST, object!({ "message": message, "fields": fields }))
    }

    /// Adds a member next to `error`.
    pub(crate) fn with_member(mut self, name: &'static str, value: Value) -> Self {
        if let Content::Json(body) = &mut self.content {
            body.push(name, value);
        }
        self
    }

    /// The response to a request that needs credentials and has none.
    pub(crate) fn no_credentials() -> Self {
        let text = "Authentication required.\nYou must authenticate to access this resource.\nGive an access token, or \
                    an e-mail address and an API token.\n";
        Self::text(&rules::CREDENTIALS_PRESENT, StatusCode::UNAUTHORIZED, text).challenge()
    }

    /// Adds the header that names the accepted kind of credentials.
    pub(crate) fn challenge(self) -> Self {
        self.with(WWW_AUTHENTICATE, HeaderValue::from_static(r#"Basic realm="Bitbucket.org HTTP""#))
    }

    pub(crate) fn with(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.push((name, value));
        self
    }
}

impl IntoResponse for Rejection {
    fn into_response(self) -> Response {
        let (kind, body) = match self.content {
            Content::Json(value) => (Some(JSON), Body::from(value.to_string())),
            Content::Text(text) => (Some(TEXT), Body::from(text)),
            Content::Html(page) => (Some(HTML), Body::from(page)),
            Content::Empty => (None, Body::empty()),
        };
        let mut response = (self.status, body).into_response();
        let headers = response.headers_mut();
        headers.extend(self.headers);
        headers.remove(CONTENT_TYPE);
        if let Some(kind) = kind {
            headers.insert(CONTENT_TYPE, HeaderValue::from_static(kind));
        }
        headers.insert(RULE_HEADER, HeaderValue::from_static(self.rule.name));
        response
    }
}
