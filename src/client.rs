//! The client, and where everything that calls share is kept.

mod builder;
mod consumer;
mod exchange;
#[cfg(feature = "rustls")]
mod tls;

use std::{fmt, sync::Arc, time::Duration};

pub use builder::ClientBuilder;
pub(crate) use consumer::Consumer;
pub use exchange::Exchange;
use http::HeaderValue;
use reqwest::Url;

use crate::{
    Commit, CommitHash, Error, PullRequest, RepoSlug, Result, Workspace, credentials::CredentialKind, generated,
    hooks::CallContext, retry::RetryPolicy,
};

/// A client for the build statuses of Bitbucket Cloud.
///
/// Cheap to clone; clones share connections and tokens. All futures it gives are `Send`.
///
/// # Examples
///
/// ```
/// use bitbucket_build_status::{Client, Credentials};
///
/// let bitbucket = Client::builder().credentials(Credentials::access_token("t0ken")?).build()?;
/// let commit = bitbucket.commit("acme", "rocket", "e10dae226959c2194f2b07b077c07762d93821cf")?;
/// # Ok::<(), bitbucket_build_status::Error>(())
/// ```
#[derive(Clone)]
pub struct Client(Arc<Parts>);

struct Parts {
    base: String,
    base_url: Url,
    http: reqwest::Client,
    shared: Arc<Shared>,
}

/// An observer of every exchange, see [`ClientBuilder::observe`].
pub(crate) type Observer = Box<dyn Fn(&Exchange<'_>) + Send + Sync>;

/// What all calls of a client share.
pub(crate) struct Shared {
    /// A fixed `Authorization`, which requests carry.
    pub(crate) authorization: Option<HeaderValue>,
    /// Or whose tokens they carry.
    pub(crate) consumer: Option<Consumer>,
    pub(crate) credential_kind: CredentialKind,
    pub(crate) policy: RetryPolicy,
    pub(crate) attempt_timeout: Duration,
    pub(crate) observer: Option<Observer>,
}

impl Client {
    /// The address of Bitbucket Cloud's API.
    pub const DEFAULT_BASE_URL: &'static str = "https://api.bitbucket.org/2.0";

    /// Starts to configure a client.
    pub fn builder() -> ClientBuilder {
        ClientBuilder::default()
    }

    /// Names a commit, to report, read and list its statuses. Sends nothing.
    ///
    /// # Errors
    /// [`InvalidInput`](crate::ErrorKind::InvalidInput) for a name that cannot be one segment of a path, or a commit
    /// that is no hash.
    pub fn commit(
        &self,
        workspace: impl TryInto<Workspace, Error: Into<Error>>,
        repo_slug: impl TryInto<RepoSlug, Error: Into<Error>>,
        commit: impl TryInto<CommitHash, Error: Into<Error>>,
    ) -> Result<Commit> {
        let workspace = workspace.try_into().map_err(Into::into)?;
        let repo_slug = repo_slug.try_into().map_err(Into::into)?;
        let hash = commit.try_into().map_err(Into::into)?;
        Ok(Commit::new(self.clone(), workspace, repo_slug, hash))
    }

    /// Names a pull request by its number, to list the statuses of its commits. Sends nothing.
    ///
    /// # Errors
    /// [`InvalidInput`](crate::ErrorKind::InvalidInput) for a name that cannot be one segment of a path, or the
    /// number 0.
    pub fn pull_request(
        &self,
        workspace: impl TryInto<Workspace, Error: Into<Error>>,
        repo_slug: impl TryInto<RepoSlug, Error: Into<Error>>,
        id: u64,
    ) -> Result<PullRequest> {
        let workspace = workspace.try_into().map_err(Into::into)?;
        let repo_slug = repo_slug.try_into().map_err(Into::into)?;
        PullRequest::new(self.clone(), workspace, repo_slug, id)
    }

    /// The generated client, with this client's credentials, retries and limits, for the endpoints as they are.
    ///
    /// It changes with the document, outside the promise of semantic versioning.
    #[must_use]
    pub fn generated(&self) -> generated::Client {
        self.call(CallContext::new(Arc::clone(&self.0.shared)))
    }

    /// The address that requests go to, without a slash at its end.
    #[must_use]
    pub fn base_url(&self) -> &str {
        &self.0.base
    }

    pub(crate) fn parsed_base_url(&self) -> &Url {
        &self.0.base_url
    }

    /// A context for one call.
    pub(crate) fn context(&self) -> CallContext {
        CallContext::recorded(Arc::clone(&self.0.shared))
    }

    /// A generated client for one call.
    pub(crate) fn call(&self, context: CallContext) -> generated::Client {
        generated::Client::new_with_client(&self.0.base, self.0.http.clone(), context)
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = self.0.shared.credential_kind;
        formatter.debug_struct("Client").field("base_url", &self.0.base).field("credentials", &kind).finish()
    }
}
