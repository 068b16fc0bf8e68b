//! Tokens for OAuth consumers: `POST /site/oauth2/access_token`.

use std::{
    collections::HashMap,
    time::{Duration, Instant},
};

use axum::response::{IntoResponse, Response};
use http::{
    HeaderMap, StatusCode,
    header::{AUTHORIZATION, CONTENT_TYPE},
};
use reqwest::Url;
use serde_json::json;

use super::{
    Identity,
    caller::basic,
    refusal::{JSON, RULE_HEADER},
    rules,
};

/// Where tokens are given, below the server's root as at bitbucket.org.
pub(crate) const PATH: &str = "/site/oauth2/access_token";
/// How many tokens are remembered.
const MOST_TOKENS: usize = 10_000;

/// The tokens that were given.
#[derive(Debug)]
pub(crate) struct Tokens {
    lifetime: Duration,
    /// For each token who has it, and when it expires; one that outlasts the clock never does.
    given: HashMap<String, (String, Option<Instant>)>,
}

/// What is known of a token.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Issued {
    /// It was given to this identity.
    To(String),
    /// Its time is over.
    Expired,
}

impl Tokens {
    pub(crate) fn new(lifetime: Duration) -> Self {
        Self { lifetime, given: HashMap::new() }
    }

    pub(crate) fn find(&self, token: &str) -> Option<Issued> {
        let (name, expires) = self.given.get(token)?;
        let lasts = expires.is_none_or(|expires| Instant::now() < expires);
        Some(if lasts { Issued::To(name.clone()) } else { Issued::Expired })
    }

    /// Makes every token expire now.
    pub(crate) fn expire(&mut self) {
        let now = Instant::now();
        self.given.values_mut().for_each(|(_, expires)| *expires = Some(now));
    }

    fn give(&mut self, name: &str) -> String {
        if self.given.len() >= MOST_TOKENS {
            self.given.clear();
        }
        let token = format!("sandbox-{:032x}", fastrand::u128(..));
        self.given.insert(token.clone(), (name.to_owned(), Instant::now().checked_add(self.lifetime)));
        token
    }

    /// Answers a consumer that asks for a token.
    pub(crate) fn answer(&mut self, identities: &[Identity], headers: &HeaderMap, body: &[u8]) -> Response {
        let Some((name, scopes)) = consumer(identities, headers) else {
            return refused(StatusCode::UNAUTHORIZED, "unauthorized_client", "Invalid OAuth client credentials");
        };
        let form = Url::parse(&format!("form:?{}", String::from_utf8_lossy(body)));
        let grant = form.ok().and_then(|form| {
            let mut members = form.query_pairs();
            members.find(|(member, _)| member == "grant_type").map(|(_, value)| value.into_owned())
        });
        if grant.as_deref() != Some("client_credentials") {
            let problem = "The sandbox gives tokens for grant_type=client_credentials";
            return refused(StatusCode::BAD_REQUEST, "unsupported_grant_type", problem);
        }
        let answer = json!({
            "scopes": scopes.join(" "),
            "access_token": self.give(&name),
            "expires_in": self.lifetime.as_secs(),
            "token_type": "bearer",
            "state": "client_credentials",
            "refresh_token": format!("{:032x}", fastrand::u128(..)),
        });
        ([(CONTENT_TYPE, JSON)], answer.to_string()).into_response()
    }
}

/// The consumer that asks; where no identity is named, any one is taken.
fn consumer(identities: &[Identity], headers: &HeaderMap) -> Option<(String, Vec<String>)> {
    let (scheme, encoded) = headers.get(AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    let (id, secret) = basic(encoded).filter(|_| scheme.eq_ignore_ascii_case("basic"))?;
    if identities.is_empty() {
        return Some((id, vec!["repository".to_owned(), "pullrequest".to_owned()]));
    }
    let known = identities.iter().find(|identity| identity.is_consumer(&id, &secret))?;
    Some((known.name.clone(), known.scopes.clone()))
}

fn refused(status: StatusCode, error: &str, problem: &str) -> Response {
    let answer = json!({ "error": error, "error_description": problem });
    (status, [(CONTENT_TYPE, JSON), (RULE_HEADER, rules::GRANT.name)], answer.to_string()).into_response()
}
