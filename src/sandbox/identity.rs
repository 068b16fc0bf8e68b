//! Identities: their credentials and scopes, and whether they are administrators.

use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Serialize, Serializer};

use super::{assumptions::Assumptions, rules::seed_error};
use crate::{credentials::Credentials, error::Result};

// The credentials of the identity that a sandbox has if its seed names none.
pub(crate) const TOKEN: &str = "sandbox-token";
pub(crate) const EMAIL: &str = "sandbox@example.com";
pub(crate) const CLIENT_ID: &str = "sandbox-client";
pub(crate) const CLIENT_SECRET: &str = "sandbox-secret";

/// An account, token or OAuth consumer that has access: one kind of credentials, with scopes.
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
///
/// Its JSON contains the secrets, so that a seed that is written out can be read again.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Identity {
    pub(crate) name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    email: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none", serialize_with = "expose")]
    token: Option<SecretString>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    client_id: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none", serialize_with = "expose")]
    client_secret: Option<SecretString>,
    #[serde(default = "default_scopes")]
    pub(crate) scopes: Vec<String>,
    #[serde(default)]
    pub(crate) admin: bool,
    #[serde(skip)]
    built_in: bool,
}

/// The values of `X-Credential-Type`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum CredentialType {
    Unauthenticated,
    AccessToken,
    ApiToken,
    OAuth,
}

impl CredentialType {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Unauthenticated => "unauthenticated_identity",
            Self::AccessToken => "repo_access_token",
            Self::ApiToken => "api_token",
            Self::OAuth => "oauth2",
        }
    }
}

#[expect(clippy::ref_option, reason = "serde passes a reference to the field")]
fn expose<S: Serializer>(secret: &Option<SecretString>, serializer: S) -> std::result::Result<S::Ok, S::Error> {
    secret.as_ref().map(SecretString::expose_secret).serialize(serializer)
}

fn default_scopes() -> Vec<String> {
    ["account", "repository", "pullrequest"].map(str::to_owned).to_vec()
}

impl Identity {
    fn new(name: impl Into<String>) -> Self {
        let (email, token, client_id, client_secret) = (None, None, None, None);
        Self {
            name: name.into(),
            email,
            token,
            client_id,
            client_secret,
            scopes: default_scopes(),
            admin: false,
            built_in: false,
        }
    }

    /// A repository, project or workspace access token (`Bearer`), with the scopes `account`, `repository` and
    /// `pullrequest`.
    ///
    /// # Examples
    ///
    /// ```
    /// use bitbucket_build_status::sandbox::Identity;
    ///
    /// let identity = Identity::access_token("ci", "t0ken");
    /// assert_eq!(identity.name(), "ci");
    /// ```
    pub fn access_token(name: impl Into<String>, token: impl Into<SecretString>) -> Self {
        Self { token: Some(token.into()), ..Self::new(name) }
    }

    /// An account's e-mail address and API token (`Basic`), with the scopes `account`, `repository` and `pullrequest`.
    ///
    /// # Examples
    ///
    /// ```
    /// use bitbucket_build_status::sandbox::Identity;
    ///
    /// let identity = Identity::api_token("ada", "ada@example.com", "t0ken");
    /// ```
    pub fn api_token(name: impl Into<String>, email: impl Into<String>, token: impl Into<SecretString>) -> Self {
        Self { email: Some(email.into()), token: Some(token.into()), ..Self::new(name) }
    }

    /// An OAuth consumer, with the scopes `account`, `repository` and `pullrequest`.
    ///
    /// # Examples
    ///
    /// ```
    /// use bitbucket_build_status::sandbox::Identity;
    ///
    /// let identity = Identity::oauth("bot", "client-id", "client-secret");
    /// ```
    pub fn oauth(
        name: impl Into<String>,
        client_id: impl Into<String>,
        client_secret: impl Into<SecretString>,
    ) -> Self {
        let (client_id, client_secret) = (Some(client_id.into()), Some(client_secret.into()));
        Self { client_id, client_secret, ..Self::new(name) }
    }

    /// The name in the journal and in the author of a seeded status.
    ///
    /// # Examples
    ///
    /// ```
    /// use bitbucket_build_status::sandbox::Identity;
    ///
    /// assert_eq!(Identity::access_token("ci", "t0ken").name(), "ci");
    /// ```
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Replaces its scopes.
    ///
    /// # Examples
    ///
    /// ```
    /// use bitbucket_build_status::sandbox::Identity;
    ///
    /// let identity = Identity::access_token("ci", "t0ken").scopes(["pullrequest"]);
    /// ```
    #[must_use]
    pub fn scopes<Scope: Into<String>>(mut self, scopes: impl IntoIterator<Item = Scope>) -> Self {
        self.scopes = scopes.into_iter().map(Into::into).collect();
        self
    }

    /// Makes it an administrator, who may overwrite the statuses of others.
    ///
    /// # Examples
    ///
    /// ```
    /// use bitbucket_build_status::sandbox::Identity;
    ///
    /// let identity = Identity::access_token("ci", "t0ken").admin();
    /// ```
    #[must_use]
    pub fn admin(mut self) -> Self {
        self.admin = true;
        self
    }

    /// The identity of a sandbox whose seed names none: one account with each kind of credentials.
    pub(crate) fn built_in() -> Self {
        Self {
            email: Some(EMAIL.to_owned()),
            token: Some(TOKEN.into()),
            client_id: Some(CLIENT_ID.to_owned()),
            client_secret: Some(CLIENT_SECRET.into()),
            built_in: true,
            ..Self::new("sandbox")
        }
    }

    /// Its credentials for a client.
    ///
    /// # Errors
    /// [`InvalidInput`](crate::ErrorKind::InvalidInput) if it has none, more than one kind, or one that no header can
    /// carry.
    pub(crate) fn credentials(&self) -> Result<Credentials> {
        let credentials = match (&self.token, &self.email, &self.client_id, &self.client_secret) {
            (Some(token), _, _, _) if self.built_in => Credentials::access_token(token.clone()),
            (Some(token), None, None, None) => Credentials::access_token(token.clone()),
            (Some(token), Some(email), None, None) => Credentials::api_token(email, token.clone()),
            (None, None, Some(id), Some(secret)) => Credentials::oauth(id, secret.clone()),
            _ => {
                let expected = "expected `token`, `email` and `token`, or `client_id` and `client_secret`";
                return Err(seed_error(format_args!("identity {:?}: {expected}", self.name)));
            }
        };
        credentials.map_err(|error| seed_error(format_args!("identity {:?}: {error}", self.name)))
    }

    /// Whether this is its token and may be sent as `Bearer`.
    pub(crate) fn accepts_bearer(&self, token: &str, assumptions: &Assumptions) -> bool {
        let is_access_token = self.email.is_none() || self.built_in;
        self.has_token(token) && (is_access_token || assumptions.api_token_as_bearer.accepts())
    }

    /// The type of its token if that is sent as `Bearer`.
    pub(crate) fn bearer_type(&self) -> CredentialType {
        match self.email {
            // The built-in identity is an account, so its bearer token counts as an OAuth token of that account.
            _ if self.built_in => CredentialType::OAuth,
            Some(_) => CredentialType::ApiToken,
            None => CredentialType::AccessToken,
        }
    }

    /// Whether these are its e-mail address and API token.
    pub(crate) fn accepts_basic(&self, email: &str, token: &str) -> bool {
        self.email.as_deref() == Some(email) && self.has_token(token)
    }

    fn has_token(&self, token: &str) -> bool {
        self.token.as_ref().is_some_and(|own| own.expose_secret() == token)
    }

    pub(crate) fn has_client_id(&self) -> bool {
        self.client_id.is_some()
    }

    /// Whether these are its client id and client secret.
    pub(crate) fn is_consumer(&self, id: &str, secret: &str) -> bool {
        let own = self.client_secret.as_ref().is_some_and(|own| own.expose_secret() == secret);
        own && self.client_id.as_deref() == Some(id)
    }
}
