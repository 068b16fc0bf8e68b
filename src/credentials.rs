//! Credentials: access tokens, API tokens, OAuth consumers.

use std::{cell::RefCell, ffi::OsString, fmt};

use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use bytes::Bytes;
use http::HeaderValue;
use secrecy::{ExposeSecret, SecretSlice, SecretString};

use crate::{
    error::{Error, ErrorKind, Result},
    operation::CredentialKind,
};

/// The identity that reports a status.
///
/// Only the creator of a status may overwrite it (repository admins excepted), so use one identity for a key. The scope
/// `read:repository:bitbucket` is enough to report.
///
/// Secrets are checked when made, never printed, and wiped from memory when the last copy of the credentials is
/// dropped.
///
/// # Examples
///
/// ```
/// use bitbucket_build_status::Credentials;
///
/// let credentials = Credentials::access_token("ATCTT3xFfGF0")?;
/// assert_eq!(format!("{credentials:?}"), "Credentials(access token)");
/// # Ok::<(), bitbucket_build_status::Error>(())
/// ```
#[derive(Clone)]
pub struct Credentials(pub(crate) AuthMethod);

#[derive(Clone)]
pub(crate) enum AuthMethod {
    /// One `Authorization` for every request.
    Static { kind: CredentialKind, authorization: HeaderValue },
    /// A token fetched with a consumer's id and secret.
    ClientCredentials { consumer: HeaderValue },
}

impl Credentials {
    /// A repository, project or workspace access token, or an OAuth access token (`Authorization: Bearer`).
    ///
    /// # Errors
    /// [`InvalidInput`](ErrorKind::InvalidInput) for an empty token, or for one with characters that are not
    /// allowed in a header.
    ///
    /// # Examples
    ///
    /// ```
    /// use bitbucket_build_status::{Client, Credentials};
    ///
    /// let credentials = Credentials::access_token("ATCTT3xFfGF0")?;
    /// let bitbucket = Client::builder().credentials(credentials).build()?;
    /// # Ok::<(), bitbucket_build_status::Error>(())
    /// ```
    #[doc(alias("bearer", "token"))]
    pub fn access_token(token: impl Into<SecretString>) -> Result<Self> {
        let token = token.into();
        check("access token", token.expose_secret())?;
        let authorization = sensitive(&["Bearer ", token.expose_secret()])?;
        Ok(Self(AuthMethod::Static { kind: CredentialKind::AccessToken, authorization }))
    }

    /// An API token of an Atlassian account, with the account's e-mail address (`Authorization: Basic`).
    ///
    /// The token must have been created "with scopes". The Bitbucket user name instead of the e-mail address leads to a
    /// 401.
    ///
    /// # Errors
    /// [`InvalidInput`](ErrorKind::InvalidInput) for an invalid e-mail address, or for a token that
    /// [`access_token`](Self::access_token) refuses.
    ///
    /// # Examples
    ///
    /// ```
    /// use bitbucket_build_status::Credentials;
    ///
    /// let credentials = Credentials::api_token("ada@example.com", "ATATT3xFfGF0")?;
    /// assert!(Credentials::api_token("ada", "ATATT3xFfGF0").is_err(), "a user name");
    /// # Ok::<(), bitbucket_build_status::Error>(())
    /// ```
    #[doc(alias("basic", "app password"))]
    pub fn api_token(email: &str, token: impl Into<SecretString>) -> Result<Self> {
        if !email.contains('@') || email.contains(':') || email.chars().any(|c| c.is_control() || c.is_whitespace()) {
            // It is not shown: the token may have been passed by mistake.
            let expected = "expected the e-mail address of an Atlassian account (not the Bitbucket user name)";
            let got = match email {
                "" => "an empty text",
                _ if !email.contains('@') => "a text without an @",
                _ => "one with a colon, white space or control characters",
            };
            return Err(Error::invalid_input("email", format_args!("{expected}, got {got}")));
        }
        let token = token.into();
        check("API token", token.expose_secret())?;
        let authorization = basic(email, &token)?;
        Ok(Self(AuthMethod::Static { kind: CredentialKind::ApiToken, authorization }))
    }

    /// An OAuth consumer's client id and secret (client credentials grant).
    ///
    /// A token is fetched before the first request, stored until it expires, and renewed once when a request returns
    /// 401.
    ///
    /// # Errors
    /// [`InvalidInput`](ErrorKind::InvalidInput) for an empty id or secret, or one with characters that no header
    /// accepts.
    ///
    /// # Examples
    ///
    /// ```
    /// use bitbucket_build_status::{Client, Credentials};
    ///
    /// let credentials = Credentials::oauth("client-id", "client-secret")?;
    /// let bitbucket = Client::builder().credentials(credentials).build()?; // fetches no token yet
    /// # Ok::<(), bitbucket_build_status::Error>(())
    /// ```
    #[doc(alias("consumer", "client credentials"))]
    pub fn oauth(client_id: &str, client_secret: impl Into<SecretString>) -> Result<Self> {
        let secret = client_secret.into();
        check("client id", client_id)?;
        if client_id.contains(':') {
            return Err(Error::invalid_input("credentials", format_args!("client id: expected no colon")));
        }
        check("client secret", secret.expose_secret())?;
        Ok(Self(AuthMethod::ClientCredentials { consumer: basic(client_id, &secret)? }))
    }

    /// The credentials that the environment names: `BITBUCKET_TOKEN`, or `BITBUCKET_EMAIL` and `BITBUCKET_API_TOKEN`,
    /// or `BITBUCKET_CLIENT_ID` and `BITBUCKET_CLIENT_SECRET`.
    ///
    /// # Errors
    /// [`InvalidInput`](ErrorKind::InvalidInput) if none of them is set, or only half of a pair, or if one is not UTF-8.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// use bitbucket_build_status::{Client, Credentials};
    ///
    /// let bitbucket = Client::builder().credentials(Credentials::from_env()?).build()?;
    /// # Ok::<(), bitbucket_build_status::Error>(())
    /// ```
    pub fn from_env() -> Result<Self> {
        Self::from_os_lookup(|name| std::env::var_os(name))
    }

    /// A value that is not UTF-8 counts as set, so that no other credentials are used instead.
    fn from_os_lookup(variable: impl Fn(&str) -> Option<OsString>) -> Result<Self> {
        let unreadable = RefCell::new(None);
        let found = Self::from_lookup(|name| {
            let value = variable(name)?.into_string();
            Some(value.unwrap_or_else(|value| {
                unreadable.borrow_mut().get_or_insert_with(|| name.to_owned());
                value.to_string_lossy().into_owned()
            }))
        });
        match unreadable.into_inner() {
            Some(name) => {
                let problem = format_args!("{name}: expected UTF-8 text, got other bytes");
                Err(Error::invalid_input("credentials", problem))
            }
            None => found,
        }
    }

    /// Like [`from_env`](Self::from_env), but with any source of variables. An empty variable counts as not set.
    ///
    /// # Errors
    /// Those of [`from_env`](Self::from_env).
    ///
    /// # Examples
    ///
    /// ```
    /// use bitbucket_build_status::Credentials;
    ///
    /// let credentials = Credentials::from_lookup(|name| (name == "BITBUCKET_TOKEN").then(|| "t0ken".to_owned()))?;
    /// assert!(Credentials::from_lookup(|_| None).is_err());
    /// # Ok::<(), bitbucket_build_status::Error>(())
    /// ```
    pub fn from_lookup(variable: impl Fn(&str) -> Option<String>) -> Result<Self> {
        let get = |name: &str| variable(name).filter(|value| !value.is_empty());
        if let Some(token) = get("BITBUCKET_TOKEN") {
            return Self::access_token(token);
        }
        match (get("BITBUCKET_EMAIL"), get("BITBUCKET_API_TOKEN")) {
            (Some(email), Some(token)) => return Self::api_token(&email, token),
            (None, Some(_)) => return Err(incomplete_pair("BITBUCKET_EMAIL", "BITBUCKET_API_TOKEN")),
            (Some(_), None) if get("BITBUCKET_CLIENT_ID").is_none() && get("BITBUCKET_CLIENT_SECRET").is_none() => {
                return Err(incomplete_pair("BITBUCKET_API_TOKEN", "BITBUCKET_EMAIL"));
            }
            (_, None) => {}
        }
        match (get("BITBUCKET_CLIENT_ID"), get("BITBUCKET_CLIENT_SECRET")) {
            (Some(id), Some(secret)) => Self::oauth(&id, secret),
            (Some(_), None) => Err(incomplete_pair("BITBUCKET_CLIENT_SECRET", "BITBUCKET_CLIENT_ID")),
            (None, Some(_)) => Err(incomplete_pair("BITBUCKET_CLIENT_ID", "BITBUCKET_CLIENT_SECRET")),
            (None, None) => Err(Error::invalid_input(
                "credentials",
                format_args!(
                    "expected BITBUCKET_TOKEN, or BITBUCKET_EMAIL and BITBUCKET_API_TOKEN, or BITBUCKET_CLIENT_ID \
                     and BITBUCKET_CLIENT_SECRET in the environment, got none of them"
                ),
            )),
        }
    }

    pub(crate) fn kind(&self) -> CredentialKind {
        match &self.0 {
            AuthMethod::Static { kind, .. } => *kind,
            AuthMethod::ClientCredentials { .. } => CredentialKind::OAuth,
        }
    }
}

impl fmt::Debug for Credentials {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = match self.kind() {
            CredentialKind::AccessToken => "access token",
            CredentialKind::ApiToken => "API token",
            CredentialKind::OAuth => "OAuth consumer",
            CredentialKind::Anonymous => "none",
        };
        write!(formatter, "Credentials({kind})")
    }
}

/// `Authorization: Bearer` for a fetched token.
pub(crate) fn bearer(token: &SecretString) -> Result<HeaderValue> {
    check("access token", token.expose_secret())?;
    sensitive(&["Bearer ", token.expose_secret()])
}

fn basic(user: &str, secret: &SecretString) -> Result<HeaderValue> {
    let pair = SecretString::from([user, ":", secret.expose_secret()].concat());
    let encoded = SecretString::from(BASE64.encode(pair.expose_secret()));
    sensitive(&["Basic ", encoded.expose_secret()])
}

/// Makes a header value that is never printed. Its buffer is wiped when its last copy is dropped.
fn sensitive(parts: &[&str]) -> Result<HeaderValue> {
    struct Wiped(SecretSlice<u8>);
    impl AsRef<[u8]> for Wiped {
        fn as_ref(&self) -> &[u8] {
            self.0.expose_secret()
        }
    }
    let buffer = Bytes::from_owner(Wiped(SecretSlice::from(parts.concat().into_bytes())));
    let mut value = HeaderValue::from_maybe_shared(buffer).map_err(|_| {
        Error::new(ErrorKind::InvalidInput, "credentials: expected only characters that are allowed in a header")
    })?;
    value.set_sensitive(true);
    Ok(value)
}

/// Refuses a secret without showing it.
fn check(what: &'static str, secret: &str) -> Result<()> {
    let problem = match secret {
        "" => "expected a value, got an empty one",
        _ if secret.chars().any(|character| character.is_control() || character.is_whitespace()) => {
            "expected no white space or control characters (a trailing line feed?)"
        }
        _ if !secret.is_ascii() => "expected ASCII characters only",
        _ => return Ok(()),
    };
    Err(Error::invalid_input("credentials", format_args!("{what}: {problem}")))
}

fn incomplete_pair(missing: &str, given: &str) -> Error {
    Error::invalid_input("credentials", format_args!("expected {missing} along with {given}, got only {given}"))
}

#[cfg(test)]
mod tests;
