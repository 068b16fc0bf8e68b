//! How a client is configured.

use std::{fmt, sync::Arc, time::Duration};

use http::HeaderValue;
use reqwest::{Url, redirect};

use super::{
    Client, Inner,
    base_url::{is_loopback, parse},
};
#[cfg(not(any(feature = "rustls", feature = "rustls-ring")))]
use crate::error::{ConnectCause, Details};
#[cfg(any(feature = "rustls", feature = "rustls-ring"))]
use crate::transport::tls;
use crate::{
    credentials::{AuthMethod, Credentials},
    error::{Error, ErrorKind, Result},
    operation::CredentialKind,
    retry::{DEFAULT_QUOTA, RetryPolicy, RetryQuota},
    transport::{
        Authorization, Exchange, Observer, Proxy, SentCredentials, TokenEndpoint, TokenProvider, Transport, proxy,
    },
};

const OAUTH_TOKEN_URL: &str = "https://bitbucket.org/site/oauth2/access_token";
const USER_AGENT: &str = concat!(env!("CARGO_PKG_NAME"), "/", env!("CARGO_PKG_VERSION"));

/// Configures a [`Client`]; every setting has a default.
#[must_use]
pub struct ClientBuilder {
    settings: Settings,
    http: HttpSource,
}

/// The settings.
#[derive(Clone)]
pub(super) struct Settings {
    credentials: Option<Credentials>,
    base_url: String,
    oauth_token_url: String,
    plain_http_hosts: Vec<String>,
    policy: RetryPolicy,
    retry_quota: Option<u32>,
    attempt_timeout: Duration,
    connect_timeout: Duration,
    user_agent: String,
    ca_pem: Option<Vec<u8>>,
    observer: Option<Observer>,
}

/// The source of the HTTP client.
enum HttpSource {
    /// Made by this crate.
    Own,
    /// A builder that the caller has configured.
    Custom(Box<reqwest::ClientBuilder>),
    /// From another client.
    Built { http: reqwest::Client, timeout: Duration, settings: HttpSettings, is_custom: bool },
}

/// The settings that are fixed once an HTTP client is built.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct HttpSettings {
    connect_timeout: Duration,
    user_agent: String,
    ca_pem: Option<Vec<u8>>,
    needs_tls: bool,
    https_only: bool,
    no_proxy: bool,
}

impl Default for ClientBuilder {
    fn default() -> Self {
        let settings = Settings {
            credentials: None,
            base_url: Client::DEFAULT_BASE_URL.to_owned(),
            oauth_token_url: OAUTH_TOKEN_URL.to_owned(),
            plain_http_hosts: Vec::new(),
            policy: RetryPolicy::default(),
            retry_quota: Some(DEFAULT_QUOTA),
            attempt_timeout: Duration::from_secs(10),
            connect_timeout: Duration::from_secs(5),
            user_agent: USER_AGENT.to_owned(),
            ca_pem: None,
            observer: None,
        };
        Self { settings, http: HttpSource::Own }
    }
}

impl ClientBuilder {
    /// The credentials of the requests. Without them requests are anonymous, which is enough to read public
    /// repositories.
    ///
    /// # Examples
    ///
    /// ```
    /// use bitbucket_build_status::{Client, Credentials};
    ///
    /// let bitbucket = Client::builder().credentials(Credentials::access_token("ATCTT3xFfGF0")?).build()?;
    /// # Ok::<(), bitbucket_build_status::Error>(())
    /// ```
    pub fn credentials(mut self, credentials: Credentials) -> Self {
        self.settings.credentials = Some(credentials);
        self
    }

    /// Where requests go, [`Client::DEFAULT_BASE_URL`] by default: an https address with any path, and without user,
    /// query or fragment. Plain http is accepted for loopback, and for hosts that
    /// [`allow_plain_http`](Self::allow_plain_http) names.
    ///
    /// # Examples
    ///
    /// ```
    /// use bitbucket_build_status::Client;
    ///
    /// let bitbucket = Client::builder().base_url("https://gateway.example.com/bitbucket/2.0").build()?;
    /// assert!(Client::builder().base_url("http://gateway.example.com").build().is_err(), "credentials would be readable");
    /// # Ok::<(), bitbucket_build_status::Error>(())
    /// ```
    pub fn base_url(mut self, base_url: impl Into<String>) -> Self {
        self.settings.base_url = base_url.into();
        self
    }

    /// Where an OAuth consumer's tokens are fetched, Bitbucket's own address by default. The address is checked like
    /// [`base_url`](Self::base_url). If one of the two is loopback, no proxy is used for either.
    ///
    /// # Examples
    ///
    /// ```
    /// use bitbucket_build_status::{Client, Credentials};
    ///
    /// let bitbucket = Client::builder()
    ///     .base_url("http://127.0.0.1:7990/2.0")
    ///     .oauth_token_url("http://127.0.0.1:7990/site/oauth2/access_token")
    ///     .credentials(Credentials::oauth("client-id", "client-secret")?)
    ///     .build()?;
    /// # Ok::<(), bitbucket_build_status::Error>(())
    /// ```
    pub fn oauth_token_url(mut self, url: impl Into<String>) -> Self {
        self.settings.oauth_token_url = url.into();
        self
    }

    /// Accepts plain http for this host (a name or an IP address, without port), for a gateway of your own in a network
    /// that you trust: credentials travel unencrypted.
    ///
    /// # Examples
    ///
    /// ```
    /// use bitbucket_build_status::Client;
    ///
    /// let builder = Client::builder().base_url("http://bitbucket.internal/2.0");
    /// let bitbucket = builder.allow_plain_http("bitbucket.internal").build()?;
    /// # Ok::<(), bitbucket_build_status::Error>(())
    /// ```
    #[doc(alias = "insecure")]
    pub fn allow_plain_http(mut self, host: impl Into<String>) -> Self {
        self.settings.plain_http_hosts.push(host.into());
        self
    }

    /// The timeout of one attempt, 10 s by default.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// use bitbucket_build_status::Client;
    ///
    /// let bitbucket = Client::builder().attempt_timeout(Duration::from_secs(20)).build()?;
    /// # Ok::<(), bitbucket_build_status::Error>(())
    /// ```
    #[doc(alias = "request_timeout")]
    pub fn attempt_timeout(mut self, timeout: Duration) -> Self {
        self.settings.attempt_timeout = timeout;
        self
    }

    /// The timeout for connecting, 5 s by default.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// use bitbucket_build_status::Client;
    ///
    /// let bitbucket = Client::builder().connect_timeout(Duration::from_secs(2)).build()?;
    /// # Ok::<(), bitbucket_build_status::Error>(())
    /// ```
    pub fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.settings.connect_timeout = timeout;
        self
    }

    /// The timeout of a call, all attempts and delays included, 30 s by default. Until it is over, a call that fails
    /// for a transient reason is retried. A `Retry-After` that does not fit into it ends the call at once.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// use bitbucket_build_status::Client;
    ///
    /// let bitbucket = Client::builder().total_timeout(Duration::from_secs(120)).build()?;
    /// # Ok::<(), bitbucket_build_status::Error>(())
    /// ```
    pub fn total_timeout(mut self, timeout: Duration) -> Self {
        self.settings.policy.total_timeout = timeout;
        self
    }

    /// The maximum number of retries of a call, after failures for a transient reason. By default, and with `None`,
    /// only [`total_timeout`](Self::total_timeout) ends a call.
    ///
    /// # Examples
    ///
    /// ```
    /// use bitbucket_build_status::Client;
    ///
    /// let bitbucket = Client::builder().max_retries(3).build()?;
    /// # Ok::<(), bitbucket_build_status::Error>(())
    /// ```
    pub fn max_retries(mut self, max_retries: impl Into<Option<u32>>) -> Self {
        self.settings.policy.max_retries = max_retries.into();
        self
    }

    /// The retry quota, 500 tokens by default, which protects the account's hourly limit in an outage; `None` turns it
    /// off.
    ///
    /// All clones of the client share it. A retry costs 14 tokens, which are refunded when its attempt succeeds; a call
    /// that succeeds at once adds 1; a retry after a 429 costs nothing, since its delay paces it. A call that needs a
    /// retry without enough tokens fails, with an error that says so ([`Error::is_retry_quota_exhausted`]). A program
    /// that makes one call at a time does not need a quota.
    ///
    /// # Examples
    ///
    /// ```
    /// use bitbucket_build_status::Client;
    ///
    /// let bitbucket = Client::builder().retry_quota(None).build()?;
    /// # Ok::<(), bitbucket_build_status::Error>(())
    /// ```
    pub fn retry_quota(mut self, tokens: impl Into<Option<u32>>) -> Self {
        self.settings.retry_quota = tokens.into();
        self
    }

    /// The upper bound of the delay before the first retry, 500 ms by default. It doubles with each retry up to
    /// [`max_backoff`](Self::max_backoff). The delay is a random part of it (full jitter), so that many clients do not
    /// retry at the same time. A longer `Retry-After` is respected.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// use bitbucket_build_status::Client;
    ///
    /// let bitbucket = Client::builder().initial_backoff(Duration::from_secs(1)).build()?;
    /// # Ok::<(), bitbucket_build_status::Error>(())
    /// ```
    pub fn initial_backoff(mut self, backoff: Duration) -> Self {
        self.settings.policy.initial_backoff = backoff;
        self
    }

    /// The upper bound of the delay before any retry, 8 s by default. A longer `Retry-After` is respected.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// use bitbucket_build_status::Client;
    ///
    /// let bitbucket = Client::builder().max_backoff(Duration::from_secs(30)).build()?;
    /// # Ok::<(), bitbucket_build_status::Error>(())
    /// ```
    pub fn max_backoff(mut self, backoff: Duration) -> Self {
        self.settings.policy.max_backoff = backoff;
        self
    }

    /// Prepends this to the crate's own name and version in `User-Agent`.
    ///
    /// # Examples
    ///
    /// ```
    /// use bitbucket_build_status::Client;
    ///
    /// // User-Agent: rocket-ci/7 bitbucket-build-status/…
    /// let bitbucket = Client::builder().user_agent("rocket-ci/7").build()?;
    /// # Ok::<(), bitbucket_build_status::Error>(())
    /// ```
    pub fn user_agent(mut self, name: impl AsRef<str>) -> Self {
        self.settings.user_agent = format!("{} {USER_AGENT}", name.as_ref());
        self
    }

    /// Trusts only the certificates in this PEM text, instead of the platform's.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// use bitbucket_build_status::Client;
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let bitbucket = Client::builder().ca_pem(std::fs::read("company-ca.pem")?).build()?;
    /// # Ok(())
    /// # }
    /// ```
    #[cfg(any(feature = "rustls", feature = "rustls-ring"))]
    pub fn ca_pem(mut self, pem: impl Into<Vec<u8>>) -> Self {
        self.settings.ca_pem = Some(pem.into());
        self
    }

    /// Builds on a reqwest client of your own: its TLS, proxies and pools are retained (no proxy for loopback). This
    /// crate sets the timeouts, `User-Agent`, and https only, and turns redirects off.
    ///
    /// With the feature `rustls-ring` and without `rustls`, ring is installed as the default provider of a process that
    /// has none, since reqwest would panic otherwise. To use another provider, install it first.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// use bitbucket_build_status::Client;
    ///
    /// let http = reqwest::Client::builder().no_proxy().pool_idle_timeout(Duration::from_secs(30));
    /// let bitbucket = Client::builder().http_client_builder(http).build()?;
    /// # Ok::<(), bitbucket_build_status::Error>(())
    /// ```
    pub fn http_client_builder(mut self, builder: reqwest::ClientBuilder) -> Self {
        self.http = HttpSource::Custom(Box::new(builder));
        self
    }

    /// Calls this with every request and its outcome, retries included, for logs. Requests for an OAuth consumer's
    /// token are not shown.
    ///
    /// # Examples
    ///
    /// ```
    /// use bitbucket_build_status::Client;
    ///
    /// let bitbucket = Client::builder()
    ///     .observe(|exchange| eprintln!("{} {}: {:?}", exchange.method(), exchange.url(), exchange.status()))
    ///     .build()?;
    /// # Ok::<(), bitbucket_build_status::Error>(())
    /// ```
    #[doc(alias("log", "middleware"))]
    pub fn observe(mut self, observer: impl Fn(&Exchange<'_>) + Send + Sync + 'static) -> Self {
        self.settings.observer = Some(Arc::new(observer));
        self
    }

    /// Makes the client. Sends nothing.
    ///
    /// # Errors
    /// [`InvalidInput`](ErrorKind::InvalidInput) for an address that is refused, a text that is not a certificate, a
    /// `User-Agent` that no header accepts, or a proxy variable of the environment that reqwest would ignore.
    ///
    /// # Examples
    ///
    /// ```
    /// use bitbucket_build_status::Client;
    ///
    /// let bitbucket = Client::builder().build()?;
    /// assert_eq!(bitbucket.base_url(), Client::DEFAULT_BASE_URL);
    /// # Ok::<(), bitbucket_build_status::Error>(())
    /// ```
    pub fn build(self) -> Result<Client> {
        let settings = self.settings;
        let base_url = parse("base_url", &settings.base_url, &settings.plain_http_hosts)?;
        let oauth_token_url = parse("oauth_token_url", &settings.oauth_token_url, &settings.plain_http_hosts)?;
        let is_consumer = matches!(settings.credentials, Some(Credentials(AuthMethod::ClientCredentials { .. })));
        if is_consumer && is_loopback(&base_url) && oauth_token_url.host_str() == Some("bitbucket.org") {
            let problem = "expected a URL on this machine, like the base URL, got Bitbucket's: the client secret would be sent \
                           there";
            return Err(Error::invalid_input("oauth_token_url", format_args!("{problem}")));
        }
        let http_settings = settings.http_settings(&base_url, &oauth_token_url, is_consumer);
        let is_custom_http = match &self.http {
            HttpSource::Own => false,
            HttpSource::Custom(_) => true,
            HttpSource::Built { is_custom, .. } => *is_custom,
        };
        // A client of the caller's may have proxies of its own.
        let proxy = |url: &Url| {
            let is_known = !is_custom_http && !http_settings.no_proxy;
            if is_known { Proxy::from_env(url, std::env::var_os) } else { Ok(None) }
        };
        let base_proxy = proxy(&base_url)?;
        let token_proxy = if is_consumer { proxy(&oauth_token_url)? } else { None };
        let (http, http_timeout) = http_settings.client(self.http, settings.attempt_timeout)?;
        let credentials = settings.credentials.as_ref().map_or(CredentialKind::Anonymous, Credentials::kind);
        let authorization = match settings.credentials.clone().map(|credentials| credentials.0) {
            None => Authorization::None,
            Some(AuthMethod::Static { authorization, .. }) => {
                Authorization::Static(SentCredentials::new(authorization))
            }
            Some(AuthMethod::ClientCredentials { consumer }) => {
                Authorization::Fetched(TokenProvider::new(TokenEndpoint {
                    consumer: SentCredentials::new(consumer),
                    url: oauth_token_url,
                    http: http.clone(),
                    timeout: settings.attempt_timeout,
                    proxy: token_proxy,
                }))
            }
        };
        let transport = Transport {
            http,
            http_timeout,
            proxy: base_proxy,
            authorization,
            credentials,
            policy: settings.policy,
            quota: settings.retry_quota.map(RetryQuota::new),
            attempt_timeout: settings.attempt_timeout,
            observer: settings.observer.clone(),
        };
        let base_text = base_url.as_str().trim_end_matches('/').to_owned();
        let transport = Arc::new(transport);
        Ok(Client(Arc::new(Inner { base_url, base_text, transport, settings, http_settings, is_custom_http })))
    }

    /// A builder with the settings of a client.
    pub(super) fn from_client(
        transport: &Transport,
        settings: &Settings,
        http_settings: &HttpSettings,
        is_custom: bool,
    ) -> Self {
        let (http, timeout, http_settings) = (transport.http.clone(), transport.http_timeout, http_settings.clone());
        Self {
            settings: settings.clone(),
            http: HttpSource::Built { http, timeout, settings: http_settings, is_custom },
        }
    }
}

impl Settings {
    /// What these settings require of the HTTP client.
    fn http_settings(&self, base_url: &Url, oauth_token_url: &Url, is_consumer: bool) -> HttpSettings {
        let is_https = |url: &Url| url.scheme() == "https";
        HttpSettings {
            connect_timeout: self.connect_timeout,
            user_agent: self.user_agent.clone(),
            ca_pem: self.ca_pem.clone(),
            needs_tls: is_https(base_url) || (is_consumer && is_https(oauth_token_url)),
            https_only: is_https(base_url) && is_https(oauth_token_url),
            no_proxy: is_loopback(base_url) || (is_consumer && is_loopback(oauth_token_url)),
        }
    }
}

impl HttpSettings {
    /// The HTTP client, and the timeout that it has: a client that is used again retains its own.
    fn client(&self, source: HttpSource, timeout: Duration) -> Result<(reqwest::Client, Duration)> {
        let builder = match source {
            HttpSource::Built { http, timeout, settings, .. } if settings == *self => return Ok((http, timeout)),
            HttpSource::Built { is_custom: true, .. } => {
                let problem = "call it again: a setting has changed that is fixed once an HTTP client is built";
                return Err(Error::invalid_input("http_client_builder", format_args!("{problem}")));
            }
            HttpSource::Custom(_) if self.ca_pem.is_some() => {
                let problem =
                    "cannot be combined with `http_client_builder`; add the certificates to your reqwest client";
                return Err(Error::invalid_input("ca_pem", format_args!("{problem}")));
            }
            HttpSource::Custom(builder) => {
                #[cfg(all(feature = "rustls-ring", not(feature = "rustls")))]
                tls::ensure_provider();
                *builder
            }
            HttpSource::Own | HttpSource::Built { .. } => {
                proxy::with_trimmed(own_http(self.ca_pem.as_deref(), self.needs_tls)?, std::env::var_os)
            }
        };
        let user_agent = HeaderValue::try_from(&*self.user_agent).map_err(|cause| {
            let expected = "expected only characters that are allowed in a header";
            Error::invalid_input("user_agent", format_args!("{expected}")).with_source(cause)
        })?;
        let builder = if self.no_proxy { builder.no_proxy() } else { builder };
        let http = builder
            .redirect(redirect::Policy::none())
            .referer(false)
            // Retries are this crate's own; reqwest would copy each request for its own.
            .retry(reqwest::retry::never().max_retries_per_request(0))
            .https_only(self.https_only)
            .connect_timeout(self.connect_timeout)
            .timeout(timeout)
            .user_agent(user_agent)
            .build()
            .map_err(|cause| {
                Error::new(ErrorKind::InvalidInput, "the HTTP client could not be built").with_source(cause)
            })?;
        Ok((http, timeout))
    }
}

impl fmt::Debug for ClientBuilder {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut debug = formatter.debug_struct("ClientBuilder");
        debug.field("credentials", &self.settings.credentials).field("policy", &self.settings.policy);
        debug.finish_non_exhaustive()
    }
}

#[cfg(any(feature = "rustls", feature = "rustls-ring"))]
fn own_http(ca_pem: Option<&[u8]>, needs_tls: bool) -> Result<reqwest::ClientBuilder> {
    let trust = match ca_pem {
        Some(pem) => tls::TrustAnchors::Pem(pem),
        None if needs_tls => tls::TrustAnchors::Platform,
        None => tls::TrustAnchors::None,
    };
    Ok(reqwest::ClientBuilder::new().tls_backend_preconfigured(tls::configuration(trust)?))
}

#[cfg(not(any(feature = "rustls", feature = "rustls-ring")))]
fn own_http(_: Option<&[u8]>, needs_tls: bool) -> Result<reqwest::ClientBuilder> {
    if needs_tls {
        let problem = "https needs TLS, and this crate was built without the features `rustls` and `rustls-ring`";
        let connect_cause = Some(ConnectCause::WithoutTls);
        return Err(Details { connect_cause, ..Details::new(ErrorKind::InvalidInput, problem) }.into());
    }
    Ok(reqwest::ClientBuilder::new())
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{ClientBuilder, DEFAULT_QUOTA, RetryPolicy};

    #[test]
    fn the_defaults_are_those_of_the_documentation() {
        let settings = ClientBuilder::default().settings;
        assert_eq!(settings.attempt_timeout, Duration::from_secs(10));
        assert_eq!(settings.connect_timeout, Duration::from_secs(5));
        assert_eq!(settings.policy, RetryPolicy::default());
        assert_eq!(settings.retry_quota, Some(DEFAULT_QUOTA));
        assert_eq!(settings.base_url, "https://api.bitbucket.org/2.0");
        assert_eq!(settings.oauth_token_url, "https://bitbucket.org/site/oauth2/access_token");
    }
}
