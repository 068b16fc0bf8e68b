//! The client: its settings and what calls share.

mod base_url;
mod builder;

use std::{fmt, sync::Arc, time::Duration};

pub use builder::ClientBuilder;
use builder::{HttpSettings, Settings};
use reqwest::Url;

use crate::{
    error::Error,
    generated,
    operation::{Operation, RequestContext},
    transport::{Proxy, Transport},
};

/// A client for the build statuses of Bitbucket Cloud.
///
/// Cheap to clone; clones share connections and tokens. All its futures are `Send`.
///
/// # Examples
///
/// ```
/// use bitbucket_build_status::{Client, Credentials};
///
/// let bitbucket = Client::builder().credentials(Credentials::access_token("t0ken")?).build()?;
/// let commit = bitbucket.repository("acme/rocket")?.commit("e10dae226959c2194f2b07b077c07762d93821cf")?;
/// # Ok::<(), bitbucket_build_status::Error>(())
/// ```
#[derive(Clone)]
pub struct Client(Arc<Inner>);

struct Inner {
    base_url: Url,
    /// The base URL as text, without a slash at its end.
    base_text: String,
    transport: Arc<Transport>,
    settings: Settings,
    http_settings: HttpSettings,
    /// Whether the HTTP client was built from one of the caller's.
    is_custom_http: bool,
}

impl Client {
    /// The address of Bitbucket Cloud's API.
    pub const DEFAULT_BASE_URL: &'static str = "https://api.bitbucket.org/2.0";

    /// Starts to configure a client.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::time::Duration;
    /// use bitbucket_build_status::Client;
    ///
    /// let bitbucket = Client::builder().total_timeout(Duration::from_secs(60)).build()?;
    /// # Ok::<(), bitbucket_build_status::Error>(())
    /// ```
    pub fn builder() -> ClientBuilder {
        ClientBuilder::default()
    }

    /// A builder with the settings, credentials and observer of this client, to change some of them.
    ///
    /// The two share their connections unless a setting of the HTTP client itself is changed.
    ///
    /// # Examples
    ///
    /// ```
    /// use bitbucket_build_status::{Client, Credentials};
    ///
    /// let anonymous = Client::builder().user_agent("rocket-ci/7").build()?;
    /// let reporter = anonymous.to_builder().credentials(Credentials::access_token("t0ken")?).build()?;
    /// # Ok::<(), bitbucket_build_status::Error>(())
    /// ```
    pub fn to_builder(&self) -> ClientBuilder {
        let Inner { transport, settings, http_settings, is_custom_http, .. } = &*self.0;
        ClientBuilder::from_client(transport, settings, http_settings, *is_custom_http)
    }

    /// The delay before a retry of a call that failed with `error`, where `retry` counts from 0: this client's backoff
    /// with jitter, but at least the `Retry-After` of the response. `None` if a retry does not help.
    ///
    /// For callers that have a retry loop of their own around calls with `max_retries(0)`.
    ///
    /// # Examples
    ///
    /// ```
    /// use bitbucket_build_status::{Client, Key};
    ///
    /// let bitbucket = Client::builder().build()?;
    /// let refused = Key::new("").unwrap_err();
    /// assert_eq!(bitbucket.retry_delay(&refused, 0), None);
    /// # Ok::<(), bitbucket_build_status::Error>(())
    /// ```
    #[must_use]
    pub fn retry_delay(&self, error: &Error, retry: u32) -> Option<Duration> {
        let backoff = self.transport().policy.backoff(retry, fastrand::f64());
        error.is_retryable().then(|| backoff.max(error.retry_after().unwrap_or_default()))
    }

    /// The generated client, with this client's credentials, retries and limits, for the endpoints as they are.
    ///
    /// It changes with the document, outside the promise of semantic versioning.
    ///
    /// # Examples
    ///
    /// ```
    /// # #[cfg(feature = "sandbox")] #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let sandbox = bitbucket_build_status::sandbox::Sandbox::start().await?;
    /// # let bitbucket = sandbox.client();
    /// # let hash = "e10dae226959c2194f2b07b077c07762d93821cf";
    /// use bitbucket_build_status::{CommitHash, RepoSlug, Workspace};
    ///
    /// let (workspace, repo_slug) = (Workspace::new("acme")?, RepoSlug::new("rocket")?);
    /// let generated = bitbucket.generated();
    /// let page = generated
    ///     .list_commit_statuses(&workspace, &repo_slug, &CommitHash::new(hash)?, None, None, None, None, None)
    ///     .await?;
    /// assert!(page.into_inner().values.is_empty());
    /// # Ok(())
    /// # }
    /// # #[cfg(not(feature = "sandbox"))] fn main() {}
    /// ```
    #[must_use]
    pub fn generated(&self) -> generated::Client {
        self.generated_in(generated::Context::direct(Arc::clone(&self.0.transport)))
    }

    /// The address that requests go to, without a slash at its end.
    ///
    /// # Examples
    ///
    /// ```
    /// use bitbucket_build_status::Client;
    ///
    /// let bitbucket = Client::builder().base_url("http://localhost:8080/2.0/").build()?;
    /// assert_eq!(bitbucket.base_url(), "http://localhost:8080/2.0");
    /// # Ok::<(), bitbucket_build_status::Error>(())
    /// ```
    #[must_use]
    pub fn base_url(&self) -> &str {
        &self.0.base_text
    }

    /// The proxy from the environment that requests go through. `None` if they go directly, or if it is not known: an
    /// HTTP client of your own ([`ClientBuilder::http_client_builder`]) may have other proxies.
    ///
    /// # Examples
    ///
    /// ```
    /// use bitbucket_build_status::Client;
    ///
    /// let bitbucket = Client::builder().base_url("http://localhost:8080/2.0").build()?;
    /// assert_eq!(bitbucket.proxy(), None, "this machine is reached without a proxy");
    /// # Ok::<(), bitbucket_build_status::Error>(())
    /// ```
    #[must_use]
    pub fn proxy(&self) -> Option<&Proxy> {
        self.0.transport.proxy.as_ref()
    }

    pub(crate) fn parsed_base_url(&self) -> &Url {
        &self.0.base_url
    }

    pub(crate) fn transport(&self) -> &Transport {
        &self.0.transport
    }

    /// A generated client that builds one request and sends nothing.
    pub(crate) fn capturing(&self) -> generated::Client {
        self.generated_in(generated::Context::capture())
    }

    fn generated_in(&self, context: generated::Context) -> generated::Client {
        generated::Client::new_with_client(&self.0.base_text, self.0.transport.http.clone(), context)
    }

    /// What an error knows about its request.
    pub(crate) fn request_context(&self, operation: Operation, short_hash: bool) -> RequestContext {
        RequestContext { operation, short_hash, credentials: self.0.transport.credentials }
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = self.0.transport.credentials;
        formatter.debug_struct("Client").field("base_url", &self.0.base_text).field("credentials", &kind).finish()
    }
}
