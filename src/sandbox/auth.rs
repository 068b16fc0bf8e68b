//! Who asks and whether they may, and the tokens for OAuth consumers: `POST /site/oauth2/access_token`.

use std::{
    collections::HashMap,
    time::{Duration, Instant},
};

use axum::response::{IntoResponse, Response};
use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use http::{
    HeaderMap, HeaderName, HeaderValue, StatusCode,
    header::{AUTHORIZATION, CONTENT_TYPE},
};
use reqwest::Url;
use serde_json::json;

use super::{
    assumptions::Assumptions,
    identity::{Identity, Kind},
    rejection::{JSON, RULE_HEADER, Rejection},
    rules,
    write::Writer,
};

/// Who asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Principal {
    /// The identity; none for those who show nothing, and where any credentials are taken.
    pub(crate) name: Option<String>,
    pub(crate) admin: bool,
    /// None where everything is allowed.
    scopes: Option<Vec<String>>,
    credential: &'static str,
}

/// What an operation needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scope {
    Repository,
    PullRequest,
}

impl Scope {
    fn classic(self) -> &'static str {
        match self {
            Self::Repository => "repository",
            Self::PullRequest => "pullrequest",
        }
    }

    fn granular(self) -> &'static str {
        match self {
            Self::Repository => "read:repository:bitbucket",
            Self::PullRequest => "read:pullrequest:bitbucket",
        }
    }

    /// Classic write and admin scopes hold the reading one, granular ones do not.
    fn is_in(self, granted: &str) -> bool {
        let classic = granted.strip_suffix(":write").or(granted.strip_suffix(":admin")).unwrap_or(granted);
        granted == self.granular() || classic == self.classic()
    }
}

enum PresentedCredentials {
    Nothing,
    Bearer(String),
    Basic(String, String),
    Unreadable,
}

/// Finds out who asks; `writes` tells whether something is to be changed.
pub(crate) fn identify(
    identities: &[Identity],
    tokens: &Tokens,
    headers: &HeaderMap,
    writes: bool,
    assumptions: &Assumptions,
) -> Result<Principal, Rejection> {
    let presented = presented(headers);
    let token_status = match &presented {
        PresentedCredentials::Bearer(token) => tokens.find(token),
        _ => None,
    };
    if let Some(TokenStatus::Expired) = token_status {
        let message = "Access token expired.";
        return Err(Rejection::message(&rules::TOKEN_FRESH, StatusCode::UNAUTHORIZED, message));
    }
    if identities.is_empty() {
        return Ok(Principal::unrestricted(&presented));
    }
    let found = match &presented {
        PresentedCredentials::Nothing => return anonymous(writes),
        PresentedCredentials::Bearer(token) => {
            identities.iter().find(|identity| match (identity.kind(), &token_status) {
                (Kind::Consumer, Some(TokenStatus::To(name))) => identity.name == *name,
                (Kind::AccessToken, _) => identity.has_token(token),
                (Kind::ApiToken, _) => assumptions.api_token_as_bearer.accepts() && identity.has_token(token),
                (Kind::Consumer, _) => false,
            })
        }
        PresentedCredentials::Basic(user, password) => {
            let accounts = identities.iter().filter(|identity| identity.kind() == Kind::ApiToken);
            accounts.into_iter().find(|identity| identity.has_email(user) && identity.has_token(password))
        }
        PresentedCredentials::Unreadable => None,
    };
    // A token without scopes is answered like a wrong one.
    match found.filter(|identity| !identity.scopes.is_empty()) {
        Some(identity) => Ok(Principal::known(identity)),
        None if writes && matches!(presented, PresentedCredentials::Basic(..)) => {
            Err(Rejection::empty(&rules::KNOWN_CREDENTIALS, StatusCode::UNAUTHORIZED).challenge())
        }
        None => {
            let message = "Token is invalid, expired, or not supported for this endpoint.";
            Err(Rejection::message(&rules::KNOWN_CREDENTIALS, StatusCode::UNAUTHORIZED, message))
        }
    }
}

fn anonymous(writes: bool) -> Result<Principal, Rejection> {
    if writes {
        let text = "Authentication required.\nYou must authenticate to access this resource.\nGive an access token, or \
                    an e-mail address and an API token.\n";
        return Err(Rejection::text(&rules::CREDENTIALS_PRESENT, StatusCode::UNAUTHORIZED, text).challenge());
    }
    Ok(Principal { name: None, admin: false, scopes: None, credential: "unauthenticated_identity" })
}

fn presented(headers: &HeaderMap) -> PresentedCredentials {
    let Some(value) = headers.get(AUTHORIZATION) else { return PresentedCredentials::Nothing };
    let Some((scheme, rest)) = value.to_str().ok().and_then(|value| value.split_once(' ')) else {
        return PresentedCredentials::Unreadable;
    };
    if scheme.eq_ignore_ascii_case("bearer") {
        return PresentedCredentials::Bearer(rest.trim().to_owned());
    }
    if !scheme.eq_ignore_ascii_case("basic") {
        return PresentedCredentials::Unreadable;
    }
    basic(rest).map_or(PresentedCredentials::Unreadable, |(user, password)| PresentedCredentials::Basic(user, password))
}

/// Reads what follows `Basic`.
pub(crate) fn basic(encoded: &str) -> Option<(String, String)> {
    let decoded = String::from_utf8(BASE64.decode(encoded.trim()).ok()?).ok()?;
    let (user, password) = decoded.split_once(':')?;
    Some((user.to_owned(), password.to_owned()))
}

impl Principal {
    fn unrestricted(presented: &PresentedCredentials) -> Self {
        let credential = match presented {
            PresentedCredentials::Bearer(_) => "repo_access_token",
            PresentedCredentials::Basic(..) => "api_token",
            PresentedCredentials::Nothing | PresentedCredentials::Unreadable => "unauthenticated_identity",
        };
        Self { name: None, admin: true, scopes: None, credential }
    }

    fn known(identity: &Identity) -> Self {
        let credential = match identity.kind() {
            Kind::AccessToken => "repo_access_token",
            Kind::ApiToken => "api_token",
            Kind::Consumer => "oauth2",
        };
        let (name, scopes) = (Some(identity.name.clone()), Some(identity.scopes.clone()));
        Self { name, admin: identity.admin, scopes, credential }
    }

    /// The caller as an author.
    pub(crate) fn writer(&self) -> Writer<'_> {
        Writer { name: self.name.as_deref(), admin: self.admin }
    }

    /// Whether repositories that are not public can be seen.
    pub(crate) fn sees_private(&self) -> bool {
        self.name.is_some() || self.admin
    }

    /// Holds the caller to a scope.
    pub(crate) fn check(&self, scope: Scope) -> Result<(), Rejection> {
        let Some(granted) = &self.scopes else { return Ok(()) };
        if granted.iter().any(|granted| scope.is_in(granted)) {
            return Ok(());
        }
        let modern = granted.iter().any(|granted| granted.ends_with(":bitbucket"));
        let required = if modern { scope.granular() } else { scope.classic() };
        let error = json!({
            "message": "Your credentials lack one or more required privilege scopes.",
            "detail": { "required": [required], "granted": granted },
        });
        Err(Rejection::json(&rules::SCOPE, StatusCode::FORBIDDEN, &error))
    }

    /// The headers that tell what was shown and what is needed.
    pub(crate) fn headers(&self, scope: Scope) -> Vec<(HeaderName, HeaderValue)> {
        let granted = self.scopes.as_ref().map(|scopes| scopes.join(", "));
        let granted = granted.and_then(|granted| HeaderValue::from_str(&granted).ok());
        [
            (HeaderName::from_static("x-accepted-oauth-scopes"), Some(HeaderValue::from_static(scope.classic()))),
            (HeaderName::from_static("x-credential-type"), Some(HeaderValue::from_static(self.credential))),
            (HeaderName::from_static("x-oauth-scopes"), granted),
        ]
        .into_iter()
        .filter_map(|(name, value)| Some((name, value?)))
        .collect()
    }
}

/// Where tokens are given, below the server's root as at bitbucket.org.
pub(crate) const TOKEN_PATH: &str = "/site/oauth2/access_token";
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
pub(crate) enum TokenStatus {
    /// It was given to this identity.
    To(String),
    /// Its time is over.
    Expired,
}

impl Tokens {
    pub(crate) fn new(lifetime: Duration) -> Self {
        Self { lifetime, given: HashMap::new() }
    }

    pub(crate) fn find(&self, token: &str) -> Option<TokenStatus> {
        let (name, expires) = self.given.get(token)?;
        let lasts = expires.is_none_or(|expires| Instant::now() < expires);
        Some(if lasts { TokenStatus::To(name.clone()) } else { TokenStatus::Expired })
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
            return grant_error(StatusCode::UNAUTHORIZED, "unauthorized_client", "Invalid OAuth client credentials");
        };
        let form = Url::parse(&format!("form:?{}", String::from_utf8_lossy(body)));
        let grant = form.ok().and_then(|form| {
            let mut members = form.query_pairs();
            members.find(|(member, _)| member == "grant_type").map(|(_, value)| value.into_owned())
        });
        if grant.as_deref() != Some("client_credentials") {
            let problem = "The sandbox gives tokens for grant_type=client_credentials";
            return grant_error(StatusCode::BAD_REQUEST, "unsupported_grant_type", problem);
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

fn grant_error(status: StatusCode, error: &str, problem: &str) -> Response {
    let answer = json!({ "error": error, "error_description": problem });
    (status, [(CONTENT_TYPE, JSON), (RULE_HEADER, rules::GRANT.name)], answer.to_string()).into_response()
}
