//! How a client is configured.

use std::{fmt, time::Duration};

use http::HeaderValue;
use reqwest::{Url, redirect};

#[cfg(feature = "rustls")]
use super::tls;
use super::{Client, Exchange, Observer, Parts, Shared, consumer::Consumer};
use crate::{
    Credentials, Error, ErrorKind, Result,
    credentials::{CredentialKind, Method},
    retry::RetryPolicy,
};

const OAUTH_TOKEN_URL: &str = "https://bitbucket.org/site/oauth2/access_token";
const USER_AGENT: &str = concat!(env!("CARGO_PKG_NAME"), "/", env!("CARGO_PKG_VERSION"));

/// Configures a [`Client`]; every setting has a default.
#[must_use]
pub struct ClientBuilder {
    credentials: Option<Credentials>,
    base_url: String,
    oauth_token_url: String,
    plain_http_hosts: Vec<String>,
    policy: RetryPolicy,
    attempt_timeout: Duration,
    connect_timeout: Duration,
    user_agent: String,
    ca_pem: Option<Vec<u8>>,
    http: Option<reqwest::ClientBuilder>,
    observer: Option<Observer>,
}

impl Default for ClientBuilder {
    fn default() -> Self {
        Self {
            credentials: None,
            base_url: Client::DEFAULT_BASE_URL.to_owned(),
            oauth_token_url: OAUTH_TOKEN_URL.to_owned(),
            plain_http_hosts: Vec::new(),
            policy: RetryPolicy::default(),
            attempt_timeout: Duration::from_secs(10),
            connect_timeout: Duration::from_secs(5),
            user_agent: USER_AGENT.to_owned(),
            ca_pem: None,
            http: None,
            observer: None,
        }
    }
}

impl ClientBuilder {
    /// Who reports. Without credentials requests are anonymous, which is enough to read public repositories.
    pub fn credentials(mut self, credentials: Credentials) -> Self {
        self.credentials = Some(credentials);
        self
    }

    /// Where requests go, [`Client::DEFAULT_BASE_URL`] by default: an https address with any path, and without user,
    /// query or fragment. Plain http is taken for loopback, and for hosts named by
    /// [`allow_plain_http`](Self::allow_plain_http).
    pub fn base_url(mut self, base_url: impl Into<String>) -> Self {
        self.base_url = base_url.into();
        self
    }

    /// Where an OAuth consumer's tokens are fetched, Bitbucket's own address by default. Checked like
    /// [`base_url`](Self::base_url). Where one of the two is loopback, no proxy is used for either.
    pub fn oauth_token_url(mut self, url: impl Into<String>) -> Self {
        self.oauth_token_url = url.into();
        self
    }

    /// Takes plain http for this host (a name or an address, without port), for a proxy of your own in a network you
    /// trust: credentials travel unencrypted.
    pub fn allow_plain_http(mut self, host: impl Into<String>) -> Self {
        self.plain_http_hosts.push(host.into());
        self
    }

    /// The most time for one attempt, 10 s by default.
    pub fn attempt_timeout(mut self, timeout: Duration) -> Self {
        self.attempt_timeout = timeout;
        self
    }

    /// The most time to connect, 5 s by default.
    pub fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.connect_timeout = timeout;
        self
    }

    /// The most time for a call, all attempts and waits included, 30 s by default. A wait that does not fit ends the
    /// call at once.
    pub fn total_timeout(mut self, budget: Duration) -> Self {
        self.policy.budget = budget;
        self
    }

    /// The most repeats after a first attempt that failed for a passing reason, 3 by default.
    pub fn max_retries(mut self, repeats: u32) -> Self {
        self.policy.repeats = repeats;
        self
    }

    /// The most time before the first repeat, 500 ms by default. It doubles with each further one, and the wait is
    /// anything between nothing and that, so that many clients do not come back at once. A longer wait that Bitbucket
    /// asks for is kept.
    pub fn initial_backoff(mut self, wait: Duration) -> Self {
        self.policy.initial_backoff = wait;
        self
    }

    /// Goes before this crate's own name and version in `User-Agent`.
    pub fn user_agent(mut self, name: impl AsRef<str>) -> Self {
        self.user_agent = format!("{} {USER_AGENT}", name.as_ref());
        self
    }

    /// Trusts only the certificates of this PEM text, instead of the platform's.
    #[cfg(feature = "rustls")]
    pub fn ca_pem(mut self, pem: impl Into<Vec<u8>>) -> Self {
        self.ca_pem = Some(pem.into());
        self
    }

    /// Builds on a reqwest client of your own: its TLS, proxies and pools stay (no proxy for loopback), and this crate
    /// adds that redirects are never followed, the time-outs, `User-Agent`, and https only.
    ///
    /// With the feature `rustls`, a process without a default provider of cryptography gets ring as that, since reqwest
    /// cannot do without one. Install yours before.
    pub fn http_client_builder(mut self, builder: reqwest::ClientBuilder) -> Self {
        self.http = Some(builder);
        self
    }

    /// Calls this with every request and what came of it, repeats included, for logs. Requests for an OAuth consumer's
    /// token are not shown.
    pub fn observe(mut self, observer: impl Fn(&Exchange<'_>) + Send + Sync + 'static) -> Self {
        self.observer = Some(Box::new(observer));
        self
    }

    /// Makes the client. Sends nothing.
    ///
    /// # Errors
    /// [`InvalidInput`](ErrorKind::InvalidInput) for an address that is refused, certificates that are none, or a name
    /// that no header takes.
    pub fn build(self) -> Result<Client> {
        let (base, base_url) = self.checked("base_url", &self.base_url)?;
        let (_, oauth_token_url) = self.checked("oauth_token_url", &self.oauth_token_url)?;
        let credential_kind = self.credentials.as_ref().map_or(CredentialKind::Anonymous, Credentials::kind);
        let (authorization, consumer) = match self.credentials.map(|credentials| credentials.0) {
            None => (None, None),
            Some(Method::Fixed { authorization, .. }) => (Some(authorization), None),
            Some(Method::OAuth { client }) => (None, Some(client)),
        };
        let secure = base_url.scheme() == "https";
        let needs_tls = secure || (consumer.is_some() && oauth_token_url.scheme() == "https");
        let user_agent = HeaderValue::try_from(self.user_agent).map_err(|cause| {
            let expected = "expected characters that a header takes";
            Error::invalid_input("user_agent", format_args!("{expected}")).with_source(cause)
        })?;
        let http = match (self.http, self.ca_pem) {
            (Some(_), Some(_)) => {
                let problem = "expected none beside an http client of your own, which brings its own trust";
                return Err(Error::invalid_input("ca_pem", format_args!("{problem}")));
            }
            (Some(builder), None) => {
                #[cfg(feature = "rustls")]
                tls::ensure_provider();
                builder
            }
            (None, ca_pem) => own_http(ca_pem.as_deref(), needs_tls)?,
        };
        let leads_to_loopback = is_loopback(&base_url) || (consumer.is_some() && is_loopback(&oauth_token_url));
        let http = if leads_to_loopback { http.no_proxy() } else { http };
        let http = http
            .redirect(redirect::Policy::none())
            .referer(false)
            // Repeats are counted by this crate alone; reqwest would keep a copy of each request for its own.
            .retry(reqwest::retry::never().max_retries_per_request(0))
            .https_only(secure && oauth_token_url.scheme() == "https")
            .connect_timeout(self.connect_timeout)
            .timeout(self.attempt_timeout)
            .user_agent(user_agent)
            .build()
            .map_err(|cause| Error::new(ErrorKind::InvalidInput, "the http client is refused").with_source(cause))?;
        let shared = Shared {
            authorization,
            consumer: consumer.map(|client| Consumer::new(client, oauth_token_url, http.clone())),
            credential_kind,
            policy: self.policy,
            attempt_timeout: self.attempt_timeout,
            observer: self.observer,
        };
        Ok(Client(Parts { base, base_url, http, shared: shared.into() }.into()))
    }

    /// Reads an address strictly, once; gives it without a slash at its end.
    fn checked(&self, field: &'static str, address: &str) -> Result<(String, Url)> {
        let plain_http_hosts = self.plain_http_hosts.iter().map(|host| as_in_url(host)).collect::<Result<Vec<_>>>()?;
        let refused = |expected: &str| {
            // What stands before an `@` may be a password.
            let shown = address.rsplit_once('@').map_or(address, |(_, shown)| shown);
            Error::invalid_input(field, format_args!("expected {expected}, got {shown:?}"))
        };
        let url = Url::parse(address).map_err(|_| refused("an absolute http or https URL"))?;
        if !url.username().is_empty() || url.password().is_some() {
            return Err(refused("no user or password in the URL; give credentials instead"));
        }
        if url.query().is_some() || url.fragment().is_some() {
            return Err(refused("a URL without query and fragment"));
        }
        let host = url.host_str().unwrap_or_default();
        let plain = is_loopback(&url) || plain_http_hosts.iter().any(|allowed| allowed == host);
        match url.scheme() {
            "https" => {}
            "http" if plain => {}
            "http" => return Err(refused("an https URL; http is for loopback, or hosts allowed by name")),
            _ => return Err(refused("an http or https URL")),
        }
        Ok((url.as_str().trim_end_matches('/').to_owned(), url))
    }
}

impl fmt::Debug for ClientBuilder {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut debug = formatter.debug_struct("ClientBuilder");
        debug.field("credentials", &self.credentials).field("policy", &self.policy);
        debug.finish_non_exhaustive()
    }
}

#[cfg(feature = "rustls")]
fn own_http(ca_pem: Option<&[u8]>, needs_tls: bool) -> Result<reqwest::ClientBuilder> {
    let trust = match ca_pem {
        Some(pem) => tls::Trust::Only(pem),
        None if needs_tls => tls::Trust::Platform,
        None => tls::Trust::Nobody,
    };
    Ok(reqwest::ClientBuilder::new().tls_backend_preconfigured(tls::configuration(trust)?))
}

#[cfg(not(feature = "rustls"))]
fn own_http(_: Option<&[u8]>, needs_tls: bool) -> Result<reqwest::ClientBuilder> {
    if needs_tls {
        let problem =
            "https needs the feature `rustls`, or a reqwest client of your own (`ClientBuilder::http_client_builder`)";
        return Err(Error::new(ErrorKind::InvalidInput, problem));
    }
    Ok(reqwest::ClientBuilder::new())
}

/// Writes a host as it stands in a URL: names in lower case, IPv6 addresses in brackets.
fn as_in_url(host: &str) -> Result<String> {
    let is_bare_ipv6 = host.parse::<std::net::Ipv6Addr>().is_ok();
    let address = if is_bare_ipv6 { format!("http://[{host}]") } else { format!("http://{host}") };
    let alone = |url: &Url| Some(url.authority()) == url.host_str() && url.path() == "/" && url.query().is_none();
    match Url::parse(&address) {
        Ok(url) if alone(&url) => Ok(url.authority().to_owned()),
        _ => Err(Error::invalid_input(
            "allow_plain_http",
            format_args!("expected the name or address of a host, got {host:?}"),
        )),
    }
}

fn is_loopback(url: &Url) -> bool {
    match url.host_str() {
        Some("localhost") => true,
        Some(host) => host.trim_matches(['[', ']']).parse::<std::net::IpAddr>().is_ok_and(|ip| ip.is_loopback()),
        None => false,
    }
}
