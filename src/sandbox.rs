#![doc = include_str!("../docs/contract-testing.md")]

mod assumptions;
mod auth;
mod body;
mod connection;
mod control;
mod fault;
mod identity;
mod journal;
mod middleware;
mod ordered_json;
mod origin;
mod rate_limiter;
mod redact;
mod rejection;
mod render;
mod routes;
pub mod rules;
mod seed;
mod server;
mod state;
mod store;
mod write;

use std::{
    fmt,
    net::{Ipv4Addr, SocketAddr},
    sync::Arc,
    time::Duration,
};

pub use assumptions::{Assumption, Assumptions, Policy};
pub use fault::{Fault, FaultRule, RetryHint};
pub use identity::Identity;
pub use journal::{ReceivedRequest, RequestMatcher};
use origin::Hosts;
pub use seed::{RateLimit, Repository, Seed, SeededPullRequest, SeededStatus};
use server::Server;
use state::{Observer, SandboxState};

use crate::{client::Client, credentials::Credentials, error::Result, id::CommitHash};

/// A running sandbox; it ends when it is dropped.
///
/// It runs on its own thread: it responds while a test blocks, and several tests can share it.
///
/// # Examples
///
/// ```
/// use bitbucket_build_status::{State, sandbox::Sandbox};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let sandbox = Sandbox::start().await?;
/// let commit = sandbox.client().commit("acme", "rocket", "e10dae226959c2194f2b07b077c07762d93821cf")?;
/// let status = commit.set("unit-tests", State::Failed, "https://ci.example.com/42").send().await?;
/// assert_eq!(status.state, State::Failed);
/// # Ok(())
/// # }
/// ```
///
/// One for all tests of a program:
///
/// ```
/// use std::sync::LazyLock;
///
/// use bitbucket_build_status::sandbox::Sandbox;
///
/// static SANDBOX: LazyLock<Sandbox> = LazyLock::new(|| Sandbox::start_blocking().expect("a free port"));
/// # assert!(SANDBOX.journal().is_empty());
/// ```
pub struct Sandbox {
    address: SocketAddr,
    state: Arc<SandboxState>,
    _server: Server,
}

/// Configures a [`Sandbox`].
#[must_use]
pub struct SandboxBuilder {
    host: String,
    port: u16,
    public_url: Option<String>,
    allowed_hosts: Vec<String>,
    read_timeout: Duration,
    seed: Seed,
    observer: Option<Observer>,
}

impl Sandbox {
    /// The access token of a sandbox whose seed names no identity.
    pub const TOKEN: &str = identity::TOKEN;
    /// The e-mail address for [`TOKEN`](Self::TOKEN) as an API token.
    pub const EMAIL: &str = identity::EMAIL;
    /// The client id of the OAuth consumer of a sandbox whose seed names no identity.
    pub const CLIENT_ID: &str = identity::CLIENT_ID;
    /// The secret for [`CLIENT_ID`](Self::CLIENT_ID).
    pub const CLIENT_SECRET: &str = identity::CLIENT_SECRET;

    /// Starts a sandbox on a free port, in which every repository and commit exists; [`client`](Self::client) returns a
    /// client for it.
    ///
    /// # Errors
    /// [`InvalidInput`](crate::ErrorKind::InvalidInput) if the sandbox cannot listen on any port or start a thread.
    ///
    /// # Examples
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> bitbucket_build_status::Result<()> {
    /// use bitbucket_build_status::sandbox::Sandbox;
    ///
    /// let sandbox = Sandbox::start().await?;
    /// assert!(sandbox.url().starts_with("http://127.0.0.1:"));
    /// # Ok(())
    /// # }
    /// ```
    #[expect(clippy::unused_async, reason = "async like the servers of httpmock and wiremock")]
    pub async fn start() -> Result<Self> {
        Self::start_blocking()
    }

    /// Like [`start`](Self::start), for synchronous code and for a `static`.
    ///
    /// # Errors
    /// Those of [`start`](Self::start).
    ///
    /// # Examples
    ///
    /// ```
    /// use bitbucket_build_status::sandbox::Sandbox;
    ///
    /// let sandbox = Sandbox::start_blocking()?;
    /// assert!(sandbox.journal().is_empty());
    /// # Ok::<(), bitbucket_build_status::Error>(())
    /// ```
    pub fn start_blocking() -> Result<Self> {
        Self::builder().start_blocking()
    }

    /// Starts to configure a sandbox.
    ///
    /// # Examples
    ///
    /// ```
    /// use bitbucket_build_status::sandbox::Sandbox;
    ///
    /// let sandbox = Sandbox::builder().repository("acme/rocket").start_blocking()?;
    /// # Ok::<(), bitbucket_build_status::Error>(())
    /// ```
    pub fn builder() -> SandboxBuilder {
        SandboxBuilder::default()
    }

    /// A client with the base URL, the token URL and the credentials of this sandbox. It connects to the address that
    /// the sandbox listens on, even if there is a public URL.
    ///
    /// Each call returns a client with its own connections, so that tests on different runtimes do not share them.
    ///
    /// # Panics
    /// If the HTTP client cannot be created, as `reqwest::Client::new` does.
    ///
    /// # Examples
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> bitbucket_build_status::Result<()> {
    /// use bitbucket_build_status::{State, sandbox::Sandbox};
    ///
    /// let sandbox = Sandbox::start().await?;
    /// let commit = sandbox.client().repository("acme/rocket")?.commit("e10dae2")?;
    /// commit.set("unit-tests", State::Failed, "https://ci.example.com/42").send().await?;
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn client(&self) -> Client {
        let local = self.state.hosts.local();
        let builder = Client::builder()
            .base_url(format!("{}{}", local.0, render::BASE_PATH))
            .oauth_token_url(format!("{}{}", local.0, auth::TOKEN_PATH))
            .allow_plain_http(self.address.ip().to_string())
            .credentials(self.credentials());
        builder.build().expect("a client for an address of this machine")
    }

    /// The credentials of the seed's first identity, or the sandbox's own.
    ///
    /// # Examples
    ///
    /// ```
    /// use bitbucket_build_status::{Client, sandbox::Sandbox};
    ///
    /// let sandbox = Sandbox::start_blocking()?;
    /// let client = Client::builder().base_url(sandbox.url()).credentials(sandbox.credentials()).build()?;
    /// # Ok::<(), bitbucket_build_status::Error>(())
    /// ```
    #[must_use]
    pub fn credentials(&self) -> Credentials {
        self.state.world().credentials.clone()
    }

    /// The base URL for clients, such as `http://127.0.0.1:40123/2.0`. It starts with the public URL, if there is one.
    ///
    /// # Examples
    ///
    /// ```
    /// use bitbucket_build_status::sandbox::Sandbox;
    ///
    /// let sandbox = Sandbox::start_blocking()?;
    /// assert!(sandbox.url().ends_with("/2.0"));
    /// # Ok::<(), bitbucket_build_status::Error>(())
    /// ```
    #[must_use]
    pub fn url(&self) -> String {
        self.state.api_url()
    }

    /// The URL at which OAuth consumers get their tokens.
    ///
    /// # Examples
    ///
    /// ```
    /// use bitbucket_build_status::{Client, Credentials, sandbox::Sandbox};
    ///
    /// let sandbox = Sandbox::start_blocking()?;
    /// let client = Client::builder()
    ///     .base_url(sandbox.url())
    ///     .oauth_token_url(sandbox.oauth_token_url())
    ///     .credentials(Credentials::oauth(Sandbox::CLIENT_ID, Sandbox::CLIENT_SECRET)?)
    ///     .build()?;
    /// # Ok::<(), bitbucket_build_status::Error>(())
    /// ```
    #[must_use]
    pub fn oauth_token_url(&self) -> String {
        format!("{}{}", self.state.hosts.origin().0, auth::TOKEN_PATH)
    }

    /// The URL under which tests in any language read the received requests, plan faults and reset everything; see
    /// [this module](self).
    ///
    /// # Examples
    ///
    /// ```
    /// use bitbucket_build_status::sandbox::Sandbox;
    ///
    /// let sandbox = Sandbox::start_blocking()?;
    /// assert!(sandbox.control_url().ends_with("/_sandbox"));
    /// # Ok::<(), bitbucket_build_status::Error>(())
    /// ```
    #[must_use]
    pub fn control_url(&self) -> String {
        format!("{}{}", self.state.hosts.origin().0, control::CONTROL_PATH)
    }

    /// The address it listens on.
    ///
    /// # Examples
    ///
    /// ```
    /// use bitbucket_build_status::sandbox::Sandbox;
    ///
    /// let sandbox = Sandbox::start_blocking()?;
    /// assert!(sandbox.address().ip().is_loopback());
    /// # Ok::<(), bitbucket_build_status::Error>(())
    /// ```
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The requests received so far, oldest first; at most the last 10,000 requests and 64 MiB of bodies.
    ///
    /// # Examples
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> bitbucket_build_status::Result<()> {
    /// use bitbucket_build_status::sandbox::Sandbox;
    ///
    /// let sandbox = Sandbox::start().await?;
    /// let commit = sandbox.client().repository("acme/rocket")?.commit("e10dae2")?;
    /// commit.statuses().all().await?;
    /// assert_eq!(sandbox.journal()[0].method, "GET");
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn journal(&self) -> Vec<ReceivedRequest> {
        self.state.world().journal.all()
    }

    /// Checks the received requests against an expectation.
    ///
    /// # Panics
    /// If the expectation is not met. The message has the expectation and every received request.
    ///
    /// # Examples
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> bitbucket_build_status::Result<()> {
    /// use bitbucket_build_status::{
    ///     State,
    ///     sandbox::{RequestMatcher, Sandbox},
    /// };
    ///
    /// let sandbox = Sandbox::start().await?;
    /// let commit = sandbox.client().repository("acme/rocket")?.commit("e10dae2")?;
    /// commit.set("unit-tests", State::Failed, "https://ci.example.com/42").send().await?;
    /// sandbox.assert_received(&RequestMatcher::new("POST").json_field("state", "FAILED").times(1));
    /// # Ok(())
    /// # }
    /// ```
    #[track_caller]
    pub fn assert_received(&self, expected: &RequestMatcher) {
        if let Err(problem) = expected.check(&self.journal()) {
            panic!("{problem}");
        }
    }

    /// Injects a fault into the next request, or into those that its rule matches. Several faults are injected in the
    /// order in which they were added.
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
    pub fn fault(&self, rule: impl Into<FaultRule>) {
        self.state.world().faults.add(rule.into());
    }

    /// Sets the rate limit of every identity and forgets the requests counted so far; `None` is no limit.
    ///
    /// # Examples
    ///
    /// ```
    /// use bitbucket_build_status::sandbox::{RateLimit, Sandbox};
    ///
    /// let sandbox = Sandbox::start_blocking()?;
    /// sandbox.set_rate_limit(Some(RateLimit { requests: 10, seconds: 3600 }));
    /// # Ok::<(), bitbucket_build_status::Error>(())
    /// ```
    pub fn set_rate_limit(&self, limit: Option<RateLimit>) {
        self.state.world().rate_limiter.set(limit);
    }

    /// Resets statuses, journal, faults, tokens and rate limits to this seed, or to the one that the sandbox was
    /// started with. Requests in flight are not applied.
    ///
    /// # Errors
    /// [`InvalidInput`](crate::ErrorKind::InvalidInput) for a seed that [`SandboxBuilder::start`] refuses; in that case
    /// nothing is changed.
    ///
    /// # Examples
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> bitbucket_build_status::Result<()> {
    /// use bitbucket_build_status::sandbox::Sandbox;
    ///
    /// let sandbox = Sandbox::start().await?;
    /// sandbox.client().repository("acme/rocket")?.commit("e10dae2")?.statuses().all().await?;
    /// sandbox.reset(None)?;
    /// assert!(sandbox.journal().is_empty());
    /// # Ok(())
    /// # }
    /// ```
    pub fn reset(&self, seed: impl Into<Option<Seed>>) -> Result<()> {
        self.state.reset(seed.into())
    }

    /// Makes every OAuth token that was issued expire.
    ///
    /// # Examples
    ///
    /// ```
    /// use bitbucket_build_status::sandbox::Sandbox;
    ///
    /// let sandbox = Sandbox::start_blocking()?;
    /// sandbox.expire_tokens(); // the next request of an OAuth consumer gets a 401
    /// # Ok::<(), bitbucket_build_status::Error>(())
    /// ```
    pub fn expire_tokens(&self) {
        self.state.world().tokens.expire();
    }
}

impl Default for SandboxBuilder {
    fn default() -> Self {
        let (host, public_url, allowed_hosts) = (Ipv4Addr::LOCALHOST.to_string(), None, Vec::new());
        Self {
            host,
            port: 0,
            public_url,
            allowed_hosts,
            read_timeout: Duration::from_secs(10),
            seed: Seed::default(),
            observer: None,
        }
    }
}

impl fmt::Debug for Sandbox {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Sandbox").field("url", &self.url()).finish_non_exhaustive()
    }
}

impl SandboxBuilder {
    /// The address to listen on, or a name that resolves to one; 127.0.0.1 by default. With any other address, everyone
    /// who can reach it can use the sandbox, its faults and its journal.
    ///
    /// # Examples
    ///
    /// ```
    /// use bitbucket_build_status::sandbox::Sandbox;
    ///
    /// let sandbox = Sandbox::builder().host("127.0.0.1").start_blocking()?;
    /// # Ok::<(), bitbucket_build_status::Error>(())
    /// ```
    pub fn host(mut self, host: impl Into<String>) -> Self {
        self.host = host.into();
        self
    }

    /// The URL at which clients reach the sandbox, if they cannot use the address that it listens on, such as behind a
    /// gateway. Links start with it.
    ///
    /// # Examples
    ///
    /// ```
    /// use bitbucket_build_status::sandbox::Sandbox;
    ///
    /// let sandbox = Sandbox::builder().public_url("https://bitbucket.test").start_blocking()?;
    /// assert_eq!(sandbox.url(), "https://bitbucket.test/2.0");
    /// # Ok::<(), bitbucket_build_status::Error>(())
    /// ```
    pub fn public_url(mut self, url: impl Into<String>) -> Self {
        self.public_url = Some(url.into());
        self
    }

    /// Accepts requests for this host too. By default the sandbox accepts those for loopback, [`host`](Self::host) and
    /// [`public_url`](Self::public_url), and as a proxy those for `api.bitbucket.org`; other hosts get a 421.
    ///
    /// # Examples
    ///
    /// ```
    /// use bitbucket_build_status::sandbox::Sandbox;
    ///
    /// let sandbox = Sandbox::builder().allow_host("bitbucket.test").start_blocking()?;
    /// # Ok::<(), bitbucket_build_status::Error>(())
    /// ```
    pub fn allow_host(mut self, host: impl Into<String>) -> Self {
        self.allowed_hosts.push(host.into());
        self
    }

    /// The port to listen on; 0, the default, is a free one.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// use bitbucket_build_status::sandbox::Sandbox;
    ///
    /// let sandbox = Sandbox::builder().port(7990).start_blocking()?;
    /// # Ok::<(), bitbucket_build_status::Error>(())
    /// ```
    pub fn port(mut self, port: u16) -> Self {
        self.port = port;
        self
    }

    /// Replaces the seed, including what other methods have added to it.
    ///
    /// # Examples
    ///
    /// ```
    /// use bitbucket_build_status::sandbox::{Sandbox, Seed};
    ///
    /// let seed = Seed::from_json(r#"{"repositories": [{"name": "acme/rocket"}]}"#)?;
    /// let sandbox = Sandbox::builder().seed(seed).start_blocking()?;
    /// # Ok::<(), bitbucket_build_status::Error>(())
    /// ```
    pub fn seed(mut self, seed: Seed) -> Self {
        self.seed = seed;
        self
    }

    /// Adds a repository, such as `acme/rocket`; once there is one, no others exist.
    ///
    /// # Examples
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> bitbucket_build_status::Result<()> {
    /// use bitbucket_build_status::sandbox::Sandbox;
    ///
    /// let sandbox = Sandbox::builder().repository("acme/rocket").start().await?;
    /// let other = sandbox.client().repository("acme/boat")?.commit("e10dae2")?;
    /// assert!(other.statuses().all().await.unwrap_err().is_not_found());
    /// # Ok(())
    /// # }
    /// ```
    pub fn repository(mut self, name: impl Into<String>) -> Self {
        self.seed.repository(name.into());
        self
    }

    /// Adds a commit to a repository; once the repository has one, no other commits exist in it.
    ///
    /// # Examples
    ///
    /// ```
    /// use bitbucket_build_status::{CommitHash, sandbox::Sandbox};
    ///
    /// let commit = CommitHash::new("e10dae226959c2194f2b07b077c07762d93821cf")?;
    /// let sandbox = Sandbox::builder().commit("acme/rocket", &commit).start_blocking()?;
    /// # Ok::<(), bitbucket_build_status::Error>(())
    /// ```
    pub fn commit(mut self, repository: impl Into<String>, commit: &CommitHash) -> Self {
        self.seed.repository(repository.into()).commits.push(commit.clone());
        self
    }

    /// Adds a pull request to a repository, with its source branch and that branch's last commit.
    ///
    /// # Examples
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> bitbucket_build_status::Result<()> {
    /// use bitbucket_build_status::{CommitHash, sandbox::Sandbox};
    ///
    /// let commit = CommitHash::new("e10dae226959c2194f2b07b077c07762d93821cf")?;
    /// let sandbox = Sandbox::builder().pull_request("acme/rocket", 7, "feature/x", &commit).start().await?;
    /// assert!(sandbox.client().pull_request("acme", "rocket", 7)?.statuses().all().await?.is_empty());
    /// # Ok(())
    /// # }
    /// ```
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

    /// Adds an identity; once there is one, only these identities have access.
    ///
    /// # Examples
    ///
    /// ```
    /// use bitbucket_build_status::sandbox::{Identity, Sandbox};
    ///
    /// let sandbox = Sandbox::builder().identity(Identity::access_token("ci", "t0ken")).start_blocking()?;
    /// # Ok::<(), bitbucket_build_status::Error>(())
    /// ```
    pub fn identity(mut self, identity: Identity) -> Self {
        self.seed.identities.push(identity);
        self
    }

    /// Sets the assumptions where Bitbucket's behaviour is not known.
    ///
    /// # Examples
    ///
    /// ```
    /// use bitbucket_build_status::sandbox::{Assumptions, Policy, Sandbox};
    ///
    /// let assumptions = Assumptions { partial_update: Policy::Reject, ..Assumptions::default() };
    /// let sandbox = Sandbox::builder().assumptions(assumptions).start_blocking()?;
    /// # Ok::<(), bitbucket_build_status::Error>(())
    /// ```
    pub fn assumptions(mut self, assumptions: Assumptions) -> Self {
        self.seed.assumptions = assumptions;
        self
    }

    /// Sets the rate limit of every identity.
    ///
    /// # Examples
    ///
    /// ```
    /// use bitbucket_build_status::sandbox::Sandbox;
    ///
    /// let sandbox = Sandbox::builder().rate_limit(1000, 3600).start_blocking()?;
    /// # Ok::<(), bitbucket_build_status::Error>(())
    /// ```
    pub fn rate_limit(mut self, requests: usize, seconds: u64) -> Self {
        self.seed.rate_limit = Some(RateLimit { requests, seconds });
        self
    }

    /// How long the head of a request may take to arrive, and then its body; 10 s each by default. If the head is late,
    /// the connection is closed; if the body is late, the response is a 400.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// use bitbucket_build_status::sandbox::Sandbox;
    ///
    /// let sandbox = Sandbox::builder().read_timeout(Duration::from_secs(1)).start_blocking()?;
    /// # Ok::<(), bitbucket_build_status::Error>(())
    /// ```
    pub fn read_timeout(mut self, read_timeout: Duration) -> Self {
        self.read_timeout = read_timeout;
        self
    }

    /// Calls a function with every request and its outcome, such as for an access log. It runs on the sandbox's thread,
    /// so it must not block.
    ///
    /// # Examples
    ///
    /// ```
    /// use bitbucket_build_status::sandbox::Sandbox;
    ///
    /// let sandbox = Sandbox::builder().on_request(|request| println!("{request}")).start_blocking()?;
    /// # Ok::<(), bitbucket_build_status::Error>(())
    /// ```
    pub fn on_request(mut self, observer: impl Fn(&ReceivedRequest) + Send + Sync + 'static) -> Self {
        self.observer = Some(Box::new(observer));
        self
    }

    /// Starts the sandbox.
    ///
    /// # Errors
    /// [`InvalidInput`](crate::ErrorKind::InvalidInput) for a seed with contradictory values or a status that Bitbucket
    /// would refuse, and if the sandbox cannot listen on the port.
    ///
    /// # Examples
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> bitbucket_build_status::Result<()> {
    /// use bitbucket_build_status::sandbox::Sandbox;
    ///
    /// let sandbox = Sandbox::builder().repository("acme/rocket").start().await?;
    /// # Ok(())
    /// # }
    /// ```
    #[expect(clippy::unused_async, reason = "see `Sandbox::start`")]
    pub async fn start(self) -> Result<Sandbox> {
        self.start_blocking()
    }

    /// Like [`start`](Self::start), for synchronous code and for a `static`.
    ///
    /// # Errors
    /// Those of [`start`](Self::start).
    ///
    /// # Examples
    ///
    /// ```
    /// use bitbucket_build_status::sandbox::Sandbox;
    ///
    /// let sandbox = Sandbox::builder().repository("acme/rocket").start_blocking()?;
    /// # Ok::<(), bitbucket_build_status::Error>(())
    /// ```
    pub fn start_blocking(self) -> Result<Sandbox> {
        let Self { host, port, public_url, allowed_hosts, read_timeout, seed, observer } = self;
        let known_as = host.clone();
        let (server, (address, state)) = Server::start(&host, port, read_timeout, move |address| {
            let hosts = Hosts::new(address, &known_as, public_url.as_deref(), &allowed_hosts)?;
            let state = Arc::new(SandboxState::new(hosts, seed, read_timeout, observer)?);
            Ok((routes::router(Arc::clone(&state)), (address, state)))
        })?;
        Ok(Sandbox { address, state, _server: server })
    }
}

impl fmt::Debug for SandboxBuilder {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (port, seed) = (&self.port, &self.seed);
        formatter.debug_struct("SandboxBuilder").field("port", port).field("seed", seed).finish_non_exhaustive()
    }
}
