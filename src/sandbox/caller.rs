//! Who asks, and whether they may: decisions without I/O.

use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header::AUTHORIZATION};
use serde_json::json;

use super::{
    Assumptions, Identity,
    identity::Kind,
    oauth::{Issued, Tokens},
    refusal::Refusal,
    rules,
    write::Writer,
};

/// Who asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Caller {
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

enum Shown {
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
) -> Result<Caller, Refusal> {
    let shown = shown(headers);
    let issued = match &shown {
        Shown::Bearer(token) => tokens.find(token),
        _ => None,
    };
    if let Some(Issued::Expired) = issued {
        let message = "Access token expired.";
        return Err(Refusal::message(&rules::TOKEN_FRESH, StatusCode::UNAUTHORIZED, message));
    }
    if identities.is_empty() {
        return Ok(Caller::anybody(&shown));
    }
    let found = match &shown {
        Shown::Nothing => return nobody(writes),
        Shown::Bearer(token) => identities.iter().find(|identity| match (identity.kind(), &issued) {
            (Kind::Consumer, Some(Issued::To(name))) => identity.name == *name,
            (Kind::AccessToken, _) => identity.has_token(token),
            (Kind::ApiToken, _) => assumptions.api_token_as_bearer.accepts() && identity.has_token(token),
            (Kind::Consumer, _) => false,
        }),
        Shown::Basic(user, password) => {
            let accounts = identities.iter().filter(|identity| identity.kind() == Kind::ApiToken);
            accounts.into_iter().find(|identity| identity.has_email(user) && identity.has_token(password))
        }
        Shown::Unreadable => None,
    };
    // A token without scopes is answered like a wrong one.
    match found.filter(|identity| !identity.scopes.is_empty()) {
        Some(identity) => Ok(Caller::known(identity)),
        None if writes && matches!(shown, Shown::Basic(..)) => {
            Err(Refusal::empty(&rules::KNOWN_CREDENTIALS, StatusCode::UNAUTHORIZED).challenge())
        }
        None => {
            let message = "Token is invalid, expired, or not supported for this endpoint.";
            Err(Refusal::message(&rules::KNOWN_CREDENTIALS, StatusCode::UNAUTHORIZED, message))
        }
    }
}

fn nobody(writes: bool) -> Result<Caller, Refusal> {
    if writes {
        let text = "Authentication required.\nYou must authenticate to access this resource.\nGive an access token, or \
                    an e-mail address and an API token.\n";
        return Err(Refusal::text(&rules::CREDENTIALS_PRESENT, StatusCode::UNAUTHORIZED, text).challenge());
    }
    Ok(Caller { name: None, admin: false, scopes: None, credential: "unauthenticated_identity" })
}

fn shown(headers: &HeaderMap) -> Shown {
    let Some(value) = headers.get(AUTHORIZATION) else { return Shown::Nothing };
    let Some((scheme, rest)) = value.to_str().ok().and_then(|value| value.split_once(' ')) else {
        return Shown::Unreadable;
    };
    if scheme.eq_ignore_ascii_case("bearer") {
        return Shown::Bearer(rest.trim().to_owned());
    }
    if !scheme.eq_ignore_ascii_case("basic") {
        return Shown::Unreadable;
    }
    basic(rest).map_or(Shown::Unreadable, |(user, password)| Shown::Basic(user, password))
}

/// Reads what follows `Basic`.
pub(crate) fn basic(encoded: &str) -> Option<(String, String)> {
    let decoded = String::from_utf8(BASE64.decode(encoded.trim()).ok()?).ok()?;
    let (user, password) = decoded.split_once(':')?;
    Some((user.to_owned(), password.to_owned()))
}

impl Caller {
    fn anybody(shown: &Shown) -> Self {
        let credential = match shown {
            Shown::Bearer(_) => "repo_access_token",
            Shown::Basic(..) => "api_token",
            Shown::Nothing | Shown::Unreadable => "unauthenticated_identity",
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
    pub(crate) fn check(&self, scope: Scope) -> Result<(), Refusal> {
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
        Err(Refusal::json(&rules::SCOPE, StatusCode::FORBIDDEN, &error))
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
