#![doc = include_str!("../docs/contract-testing.md")]

mod assumptions;
mod auth;
mod body;
mod connection;
mod fault;
mod identity;
mod journal;
mod rate_limiter;
mod rejection;
mod render;
mod routes;
pub mod rules;
mod seed;
mod state;
mod store;
mod write;

use std::{
    fmt,
    net::{Ipv4Addr, SocketAddr},
    sync::Arc,
    time::Duration,
};

pub use assumptions::{Assumptions, Policy};
pub use fault::{Fault, FaultRule, RetryHint};
pub use identity::Identity;
pub use journal::{ReceivedRequest, RequestMatcher};
pub use seed::{RateLimit, Repository, Seed, SeededPullRequest, SeededStatus};
use state::{Observer, SandboxState};
use tokio::{net::TcpListener, task::AbortHandle};

use crate::{CommitHash, Error, Result};

/// A running sandbox; it ends when it is dropped.
///
/// # Examples
///
/// ```
/// use bitbucket_build_status::{Client, State, sandbox::Sandbox};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let sandbox = Sandbox::start().await?;
/// let bitbucket = Client::builder().base_url(sandbox.url()).build()?;
/// let commit = bitbucket.commit("acme", "rocket", "e10dae226959c2194f2b07b077c07762d93821cf")?;
/// let status = commit.set("unit-tests", State::Failed, "https://ci.example.com/42").send().await?;
/// assert_eq!(status.state, State::Failed);
/// # Ok(())
/// # }
/// ```
pub struct Sandbox {
    address: SocketAddr,
    state: Arc<SandboxState>,
    serving: AbortHandle,
}

/// Configures a [`Sandbox`].
#[must_use]
pub struct SandboxBuilder {
    port: u16,
    read_timeout: Duration,
    seed: Seed,
    observer: Option<Observer>,
}

impl Sandbox {
    /// Starts a sandbox on a free port, in which everything exists and any credentials are taken.
    ///
    /// # Errors
    /// [`InvalidInput`](crate::ErrorKind::InvalidInput) where no port can be listened on.
    ///
    /// # Panics
    /// Outside of a tokio runtime.
    pub async fn start() -> Result<Self> {
        Self::builder().start().await
    }

    /// Starts to configure a sandbox.
    pub fn builder() -> SandboxBuilder {
        SandboxBuilder::default()
    }

    /// Where the API is, such as `http://127.0.0.1:40123/2.0`: a client's base URL.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}{}", self.address, routes::BASE)
    }

    /// Where OAuth consumers get their tokens.
    #[must_use]
    pub fn oauth_token_url(&self) -> String {
        format!("http://{}{}", self.address, auth::TOKEN_PATH)
    }

    /// The address it listens on.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// What was received so far, oldest first; of a great many, the last 10,000.
    #[must_use]
    pub fn journal(&self) -> Vec<ReceivedRequest> {
        self.state.journal().all()
    }

    /// Holds what was received to what a test expects.
    ///
    /// # Panics
    /// Where it was not received: with what was expected, and everything that was received.
    #[track_caller]
    pub fn assert_received(&self, expected: &RequestMatcher) {
        if let Err(problem) = expected.check(&self.journal()) {
            panic!("{problem}");
        }
    }

    /// Plays a fault on the next request, or on those its script names. Several are played in the order given.
    ///
    /// # Examples
    ///
    /// ```
    /// use bitbucket_build_status::sandbox::{Fault, Sandbox, RetryHint};
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> bitbucket_build_status::Result<()> {
    /// let sandbox = Sandbox::start().await?;
    /// sandbox.fault(Fault::RateLimited(RetryHint::RetryAfterSeconds(1)).times(2).on("PUT"));
    /// # Ok(())
    /// # }
    /// ```
    pub fn fault(&self, script: impl Into<FaultRule>) {
        self.state.scripts().add(script.into());
    }

    /// Sets the budget of every identity, and gives back what was spent; none: any number of requests.
    pub fn set_rate_limit(&self, limit: Option<RateLimit>) {
        self.state.rate_limiter().set(limit);
    }

    /// Makes every OAuth token that was given expire now.
    pub fn expire_tokens(&self) {
        self.state.tokens().expire();
    }
}

impl Default for SandboxBuilder {
    fn default() -> Self {
        Self { port: 0, read_timeout: Duration::from_secs(10), seed: Seed::default(), observer: None }
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

impl fmt::Debug for Sandbox {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Sandbox").field("url", &self.url()).finish_non_exhaustive()
    }
}

impl SandboxBuilder {
    /// The port to listen on; 0, the default, takes a free one.
    pub fn port(mut self, port: u16) -> Self {
        self.port = port;
        self
    }

    /// What the sandbox holds when it starts, in place of what was said before.
    pub fn seed(mut self, seed: Seed) -> Self {
        self.seed = seed;
        self
    }

    /// Names a repository, as in `acme/rocket`; from the first one on, no others exist.
    pub fn repository(mut self, name: impl Into<String>) -> Self {
        self.seed.repository(name.into());
        self
    }

    /// Names a commit of a repository; from the first one on, the repository has no others.
    pub fn commit(mut self, repository: impl Into<String>, commit: &CommitHash) -> Self {
        self.seed.repository(repository.into()).commits.push(commit.clone());
        self
    }

    /// Names a pull request of a repository, with the branch it comes from and that branch's last commit.
    pub fn pull_request(
        mut self,
        repository: impl Into<String>,
        id: u64,
        source_branch: impl Into<String>,
        source_commit: &CommitHash,
    ) -> Self {
        let (source_branch, source_commit) = (source_branch.into(), source_commit.clone());
        let pull_request = SeededPullRequest::new(id, source_branch, source_commit);
        self.seed.repository(repository.into()).pull_requests.push(pull_request);
        self
    }

    /// Names somebody who may ask; from the first one on, nobody else may.
    pub fn identity(mut self, identity: Identity) -> Self {
        self.seed.identities.push(identity);
        self
    }

    /// Says what is done where Bitbucket's behaviour is not known.
    pub fn assumptions(mut self, assumptions: Assumptions) -> Self {
        self.seed.assumptions = assumptions;
        self
    }

    /// Sets the budget of every identity.
    pub fn rate_limit(mut self, requests: usize, seconds: u64) -> Self {
        self.seed.rate_limit = Some(RateLimit { requests, seconds });
        self
    }

    /// How long the head of a request may take to arrive, and its body: 10 s each by default. A late head is not
    /// answered, a late body with a 400.
    pub fn read_timeout(mut self, read_timeout: Duration) -> Self {
        self.read_timeout = read_timeout;
        self
    }

    /// Calls this with every request once it is answered, for an access log.
    pub fn on_request(mut self, observer: impl Fn(&ReceivedRequest) + Send + Sync + 'static) -> Self {
        self.observer = Some(Box::new(observer));
        self
    }

    /// Starts the sandbox.
    ///
    /// # Errors
    /// [`InvalidInput`](crate::ErrorKind::InvalidInput) for a seed that contradicts itself or holds what Bitbucket
    /// would refuse, and for a port that cannot be listened on.
    ///
    /// # Panics
    /// Outside of a tokio runtime.
    pub async fn start(self) -> Result<Sandbox> {
        let state = Arc::new(SandboxState::new(self.seed, self.read_timeout, self.observer)?);
        let failed = |cause: std::io::Error| {
            Error::invalid_input("port", format_args!("expected one to listen on, got {}: {cause}", self.port))
        };
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, self.port)).await.map_err(failed)?;
        let address = listener.local_addr().map_err(failed)?;
        let router = routes::router(Arc::clone(&state));
        let serving = tokio::spawn(connection::serve(listener, router, self.read_timeout));
        Ok(Sandbox { address, state, serving: serving.abort_handle() })
    }
}

impl fmt::Debug for SandboxBuilder {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (port, seed) = (&self.port, &self.seed);
        formatter.debug_struct("SandboxBuilder").field("port", port).field("seed", seed).finish_non_exhaustive()
    }
}
