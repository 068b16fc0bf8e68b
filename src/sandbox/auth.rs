//! Authentication, scopes, and the tokens of OAuth consumers (`POST /site/oauth2/access_token`). No I/O.

use std::{
    collections::{HashMap, VecDeque},
    time::{Duration, Instant},
};

use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header::AUTHORIZATION};
use serde_json::json;

use super::{
    assumptions::Assumptions,
    identity::{CredentialType, Identity},
    ordered_json::{Json, object},
    rejection::Rejection,
    rules,
    write::Writer,
};

/// The path of the token endpoint, as at bitbucket.org.
pub(crate) const TOKEN_PATH: &str = "/site/oauth2/access_token";
/// How many tokens of each kind are stored.
const MAX_TOKENS: usize = 10_000;

/// The sender of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Principal {
    /// The name of the identity; none for a request without credentials.
    pub(crate) name: Option<String>,
    pub(crate) admin: bool,
    /// None for a request without credentials.
    scopes: Option<Vec<String>>,
    pub(crate) credential: CredentialType,
}

/// The scope that an operation needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scope {
    Account,
    Repository,
    PullRequest,
}

impl Scope {
    fn classic(self) -> &'static str {
        match self {
            Self::Account => "account",
            Self::Repository => "repository",
            Self::PullRequest => "pullrequest",
        }
    }

    fn granular(self) -> &'static str {
        match self {
            Self::Account => "read:user:bitbucket",
            Self::Repository => "read:repository:bitbucket",
            Self::PullRequest => "read:pullrequest:bitbucket",
        }
    }

    /// Classic write and admin scopes include the read scope, granular ones do not.
    fn is_in(self, granted: &str) -> bool {
        let classic = granted.strip_suffix(":write").or(granted.strip_suffix(":admin")).unwrap_or(granted);
        granted == self.granular() || classic == self.classic()
    }
}

#[derive(Debug)]
enum PresentedCredentials {
    None,
    Bearer(String),
    Basic(String, String),
    Unreadable,
}

/// Authenticates a request; `writes` says whether it is a write.
pub(crate) fn authenticate(
    identities: &[Identity],
    tokens: &Tokens,
    headers: &HeaderMap,
    writes: bool,
    assumptions: &Assumptions,
) -> Result<Principal, Rejection> {
    let presented = presented(headers);
    let found = match &presented {
        PresentedCredentials::None if writes => return Err(Rejection::no_credentials()),
        PresentedCredentials::None => return Ok(Principal::anonymous()),
        PresentedCredentials::Bearer(token) => match tokens.status(token) {
            Some(TokenStatus::Expired) => {
                let message = "Access token expired. Use your refresh token to obtain a new access token.";
                return Err(Rejection::message(&rules::TOKEN_FRESH, StatusCode::UNAUTHORIZED, message));
            }
            Some(TokenStatus::IssuedTo(name)) => identities
                .iter()
                .find(|identity| identity.name == name && identity.has_client_id())
                .map(|identity| (identity, CredentialType::OAuth)),
            None => identities
                .iter()
                .find(|identity| identity.accepts_bearer(token, assumptions))
                .map(|identity| (identity, identity.bearer_type())),
        },
        PresentedCredentials::Basic(user, password) => identities
            .iter()
            .find(|identity| identity.accepts_basic(user, password))
            .map(|identity| (identity, CredentialType::ApiToken)),
        PresentedCredentials::Unreadable => None,
    };
    // A token without scopes is refused like a wrong one.
    match found.filter(|(identity, _)| !identity.scopes.is_empty()) {
        Some((identity, credential)) => Ok(Principal::new(identity, credential)),
        None if writes && matches!(presented, PresentedCredentials::Basic(..)) => {
            Err(Rejection::empty(&rules::KNOWN_CREDENTIALS, StatusCode::UNAUTHORIZED).challenge())
        }
        None => {
            let message = "Token is invalid, expired, or not supported for this endpoint.";
            Err(Rejection::message(&rules::KNOWN_CREDENTIALS, StatusCode::UNAUTHORIZED, message))
        }
    }
}

fn presented(headers: &HeaderMap) -> PresentedCredentials {
    let Some(value) = headers.get(AUTHORIZATION) else { return PresentedCredentials::None };
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

/// Decodes the user and password after `Basic`.
fn basic(encoded: &str) -> Option<(String, String)> {
    let decoded = String::from_utf8(BASE64.decode(encoded.trim()).ok()?).ok()?;
    let (user, password) = decoded.split_once(':')?;
    Some((user.to_owned(), password.to_owned()))
}

impl Principal {
    fn new(identity: &Identity, credential: CredentialType) -> Self {
        let (name, scopes) = (Some(identity.name.clone()), Some(identity.scopes.clone()));
        Self { name, admin: identity.admin, scopes, credential }
    }

    fn anonymous() -> Self {
        Self { name: None, admin: false, scopes: None, credential: CredentialType::Unauthenticated }
    }

    /// The principal as an author.
    pub(crate) fn writer(&self) -> Writer<'_> {
        Writer { name: self.name.as_deref(), admin: self.admin }
    }

    /// Whether repositories that are not public can be seen.
    pub(crate) fn sees_private(&self) -> bool {
        self.name.is_some()
    }

    /// Checks the principal's scopes.
    pub(crate) fn check(&self, scope: Option<Scope>) -> Result<(), Rejection> {
        let (Some(granted), Some(scope)) = (&self.scopes, scope) else { return Ok(()) };
        if granted.iter().any(|granted| scope.is_in(granted)) {
            return Ok(());
        }
        let is_granular = granted.iter().any(|granted| granted.ends_with(":bitbucket"));
        let required = if is_granular { scope.granular() } else { scope.classic() };
        let error = object!({
            "message": "Your credentials lack one or more required privilege scopes.",
            "detail": json!({ "required": [required], "granted": granted }),
        });
        Err(Rejection::json(&rules::SCOPE, StatusCode::FORBIDDEN, error))
    }

    /// The headers that report which credentials were presented and which scopes are needed.
    pub(crate) fn headers(&self, scope: Option<Scope>) -> Vec<(HeaderName, HeaderValue)> {
        let granted = self.scopes.as_ref().map(|scopes| scopes.join(", "));
        let granted = granted.and_then(|granted| HeaderValue::from_str(&granted).ok());
        let credential = HeaderValue::from_static(self.credential.as_str());
        [
            (
                HeaderName::from_static("x-accepted-oauth-scopes"),
                scope.map(|scope| HeaderValue::from_static(scope.classic())),
            ),
            (HeaderName::from_static("x-credential-type"), Some(credential)),
            (HeaderName::from_static("x-oauth-scopes"), granted),
        ]
        .into_iter()
        .filter_map(|(name, value)| Some((name, value?)))
        .collect()
    }
}

/// The tokens that were issued.
#[derive(Debug)]
pub(crate) struct Tokens {
    lifetime: Duration,
    access: IssuedTokens,
    refresh: IssuedTokens,
}

/// Tokens of one kind, each with the identity it was issued to and its expiry; none if it never expires.
#[derive(Debug, Default)]
struct IssuedTokens {
    tokens: HashMap<String, (String, Option<Instant>)>,
    /// The oldest first.
    order: VecDeque<String>,
}

/// The status of a known access token.
#[derive(Debug, PartialEq, Eq)]
enum TokenStatus {
    IssuedTo(String),
    Expired,
}

impl IssuedTokens {
    fn add(&mut self, identity: &str, expires: Option<Instant>) -> String {
        if self.order.len() == MAX_TOKENS
            && let Some(oldest) = self.order.pop_front()
        {
            self.tokens.remove(&oldest);
        }
        let token = format!("sandbox-{:032x}", fastrand::u128(..));
        self.tokens.insert(token.clone(), (identity.to_owned(), expires));
        self.order.push_back(token.clone());
        token
    }
}

impl Tokens {
    pub(crate) fn new(lifetime: Duration) -> Self {
        Self { lifetime, access: IssuedTokens::default(), refresh: IssuedTokens::default() }
    }

    fn status(&self, token: &str) -> Option<TokenStatus> {
        let (name, expires) = self.access.tokens.get(token)?;
        let is_fresh = expires.is_none_or(|expires| Instant::now() < expires);
        Some(if is_fresh { TokenStatus::IssuedTo(name.clone()) } else { TokenStatus::Expired })
    }

    /// Makes every access token expire now.
    pub(crate) fn expire(&mut self) {
        let now = Instant::now();
        self.access.tokens.values_mut().for_each(|(_, expires)| *expires = Some(now));
    }

    /// Issues a token to a consumer; a refusal has the form of RFC 6749.
    pub(crate) fn grant(
        &mut self,
        identities: &[Identity],
        headers: &HeaderMap,
        body: &[u8],
    ) -> Result<Json, Rejection> {
        let form: HashMap<_, _> = form_urlencoded::parse(body).into_owned().collect();
        let consumer = consumer(identities, headers, &form).ok_or_else(|| {
            grant_error(StatusCode::UNAUTHORIZED, "unauthorized_client", "Invalid OAuth client credentials")
        })?;
        let grant = form.get("grant_type").map(String::as_str);
        match grant {
            Some("client_credentials") => {}
            Some("refresh_token") => {
                let issued = form.get("refresh_token").and_then(|token| self.refresh.tokens.get(token));
                if issued.is_none_or(|(name, _)| *name != consumer.name) {
                    let problem = "Invalid refresh_token";
                    return Err(grant_error(StatusCode::BAD_REQUEST, "invalid_request", problem));
                }
            }
            other => {
                let problem = format!("Unsupported grant type: {}", other.unwrap_or("None"));
                return Err(grant_error(StatusCode::BAD_REQUEST, "invalid_grant", &problem));
            }
        }
        Ok(object!({
            "scopes": consumer.scopes.join(" "),
            "access_token": self.access.add(&consumer.name, Instant::now().checked_add(self.lifetime)),
            "expires_in": self.lifetime.as_secs(),
            "token_type": "bearer",
            "state": grant,
            "refresh_token": self.refresh.add(&consumer.name, None),
        }))
    }
}

/// The consumer that sent a request, by its Basic credentials or by those in the form.
fn consumer<'a>(
    identities: &'a [Identity],
    headers: &HeaderMap,
    form: &HashMap<String, String>,
) -> Option<&'a Identity> {
    let (id, secret) = match presented(headers) {
        PresentedCredentials::Basic(id, secret) => (id, secret),
        PresentedCredentials::None => (form.get("client_id")?.clone(), form.get("client_secret")?.clone()),
        _ => return None,
    };
    identities.iter().find(|identity| identity.is_consumer(&id, &secret))
}

fn grant_error(status: StatusCode, error: &str, description: &str) -> Rejection {
    Rejection::body(&rules::GRANT, status, object!({ "error_description": description, "error": error }))
}
