//! Who may ask for what.

use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;

use super::rules::seed_error;
use crate::Result;

/// Somebody who may ask: one credential with its scopes.
///
/// # Examples
///
/// ```
/// use bitbucket_build_status::sandbox::Identity;
///
/// let reporter = Identity::access_token("ci", "t0ken").scopes(["repository"]);
/// let administrator = Identity::api_token("boss", "boss@example.com", "t0ken2").admin();
/// # let _ = (reporter, administrator);
/// ```
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Identity {
    pub(crate) name: String,
    #[serde(default)]
    email: Option<String>,
    #[serde(default)]
    token: Option<SecretString>,
    #[serde(default)]
    client_id: Option<String>,
    #[serde(default)]
    client_secret: Option<SecretString>,
    #[serde(default = "reading")]
    pub(crate) scopes: Vec<String>,
    #[serde(default)]
    pub(crate) admin: bool,
}

/// How an identity shows who it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    AccessToken,
    ApiToken,
    Consumer,
}

fn reading() -> Vec<String> {
    ["repository", "pullrequest"].map(str::to_owned).to_vec()
}

impl Identity {
    fn new(name: impl Into<String>) -> Self {
        let (email, token, client_id, client_secret) = (None, None, None, None);
        Self { name: name.into(), email, token, client_id, client_secret, scopes: reading(), admin: false }
    }

    /// A repository, project or workspace access token (`Bearer`), with the scopes `repository` and `pullrequest`.
    pub fn access_token(name: impl Into<String>, token: impl Into<SecretString>) -> Self {
        Self { token: Some(token.into()), ..Self::new(name) }
    }

    /// An account's e-mail address and API token (`Basic`), with the scopes `repository` and `pullrequest`.
    pub fn api_token(name: impl Into<String>, email: impl Into<String>, token: impl Into<SecretString>) -> Self {
        Self { email: Some(email.into()), token: Some(token.into()), ..Self::new(name) }
    }

    /// An OAuth consumer, with the scopes `repository` and `pullrequest`.
    pub fn oauth(
        name: impl Into<String>,
        client_id: impl Into<String>,
        client_secret: impl Into<SecretString>,
    ) -> Self {
        let (client_id, client_secret) = (Some(client_id.into()), Some(client_secret.into()));
        Self { client_id, client_secret, ..Self::new(name) }
    }

    /// The scopes it has instead.
    #[must_use]
    pub fn scopes<Scope: Into<String>>(mut self, scopes: impl IntoIterator<Item = Scope>) -> Self {
        self.scopes = scopes.into_iter().map(Into::into).collect();
        self
    }

    /// Lets it overwrite what others reported, as administrators of a repository may.
    #[must_use]
    pub fn admin(mut self) -> Self {
        self.admin = true;
        self
    }

    pub(crate) fn kind(&self) -> Kind {
        match (&self.client_id, &self.email) {
            (Some(_), _) => Kind::Consumer,
            (None, Some(_)) => Kind::ApiToken,
            (None, None) => Kind::AccessToken,
        }
    }

    /// Refuses an identity that has no credential, or more than one.
    pub(crate) fn check(&self) -> Result<()> {
        let given =
            (self.token.is_some(), self.email.is_some(), self.client_id.is_some(), self.client_secret.is_some());
        if matches!(given, (true, _, false, false) | (false, false, true, true)) {
            return Ok(());
        }
        let expected = "expected `token`, `email` and `token`, or `client_id` and `client_secret`";
        Err(seed_error(format_args!("identity {:?}: {expected}", self.name)))
    }

    pub(crate) fn has_token(&self, token: &str) -> bool {
        self.token.as_ref().is_some_and(|own| own.expose_secret() == token)
    }

    pub(crate) fn has_email(&self, email: &str) -> bool {
        self.email.as_deref() == Some(email)
    }

    pub(crate) fn is_consumer(&self, id: &str, secret: &str) -> bool {
        let own = self.client_secret.as_ref().is_some_and(|own| own.expose_secret() == secret);
        own && self.client_id.as_deref() == Some(id)
    }
}
