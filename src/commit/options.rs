//! Options of a single call that replace those of its client.

use std::time::Duration;

use http::{HeaderName, HeaderValue};
use reqwest::Request;
use tokio::time::Instant;

use crate::{
    client::Client,
    error::{Error, Result},
    transport::CallLimits,
};

/// Headers that are this crate's or the connection's own.
const OWN_HEADERS: [&str; 10] = [
    "accept",
    "accept-encoding",
    "authorization",
    "connection",
    "content-length",
    "content-type",
    "host",
    "proxy-authorization",
    "te",
    "transfer-encoding",
];

/// The timeout of an entire list.
const LIST_TIMEOUT: Duration = Duration::from_secs(600);

/// The maximum number of retries of a call.
#[derive(Clone, Copy, Debug, Default)]
enum MaxRetries {
    #[default]
    OfClient,
    OfCall(Option<u32>),
}

/// The options that are set for one call.
#[derive(Clone, Debug, Default)]
pub(super) struct CallOptions {
    timeout: Option<Duration>,
    max_retries: MaxRetries,
    headers: Vec<(String, String)>,
}

impl CallOptions {
    pub(super) fn set_timeout(&mut self, timeout: Duration) {
        self.timeout = Some(timeout);
    }

    pub(super) fn set_max_retries(&mut self, max_retries: Option<u32>) {
        self.max_retries = MaxRetries::OfCall(max_retries);
    }

    pub(super) fn add_header(&mut self, name: impl Into<String>, value: impl Into<String>) {
        self.headers.push((name.into(), value.into()));
    }

    /// The limits of a call that starts now.
    pub(super) fn limits(&self, client: &Client) -> CallLimits {
        let mut limits = CallLimits { started: Instant::now(), policy: client.transport().policy };
        if let Some(timeout) = self.timeout {
            limits.policy.total_timeout = timeout;
        }
        if let MaxRetries::OfCall(max_retries) = self.max_retries {
            limits.policy.max_retries = max_retries;
        }
        limits
    }

    /// The timeout of an entire list.
    pub(super) fn list_timeout(&self) -> Duration {
        self.timeout.unwrap_or(LIST_TIMEOUT)
    }

    /// Adds the headers to a request.
    ///
    /// # Errors
    /// [`InvalidInput`](crate::ErrorKind::InvalidInput) for a name or a value that is not allowed in a header,
    /// or for a header that is the client's own. Values are not shown: they may be secret.
    pub(super) fn apply(&self, request: &mut Request) -> Result<()> {
        for (name, value) in &self.headers {
            let refused = |problem: &str| Error::invalid_input("header", format_args!("{name:?}: {problem}"));
            let name = HeaderName::try_from(name).map_err(|_| refused("expected the name of a header"))?;
            if OWN_HEADERS.contains(&name.as_str()) {
                return Err(refused("this header is set by the client and cannot be added"));
            }
            let value = HeaderValue::try_from(value)
                .map_err(|_| refused("expected only characters that are allowed in a header"))?;
            request.headers_mut().append(name, value);
        }
        Ok(())
    }
}

/// The methods that every call has; its builder has a field `options`.
macro_rules! call_options {
    () => {
        /// The timeout of this call, all attempts and delays included, instead of the client's
        /// [`total_timeout`](crate::ClientBuilder::total_timeout). For a list, this covers all pages together.
        ///
        /// # Examples
        ///
        /// ```
        /// # #[cfg(feature = "sandbox")] #[tokio::main(flavor = "current_thread")]
        /// # async fn main() -> bitbucket_build_status::Result<()> {
        /// # let sandbox = bitbucket_build_status::sandbox::Sandbox::start().await?;
        /// # let commit = sandbox.client().repository("acme/rocket")?.commit("e10dae226959c2194f2b07b077c07762d93821cf")?;
        /// use std::time::Duration;
        ///
        /// let statuses = commit.statuses().timeout(Duration::from_secs(5)).all().await?;
        /// # Ok(())
        /// # }
        /// # #[cfg(not(feature = "sandbox"))] fn main() {}
        /// ```
        pub fn timeout(mut self, timeout: std::time::Duration) -> Self {
            self.options.set_timeout(timeout);
            self
        }

        /// The maximum number of retries of this call, instead of the client's; with `None` only the timeout limits
        /// them.
        ///
        /// # Examples
        ///
        /// ```
        /// # #[cfg(feature = "sandbox")] #[tokio::main(flavor = "current_thread")]
        /// # async fn main() -> bitbucket_build_status::Result<()> {
        /// # let sandbox = bitbucket_build_status::sandbox::Sandbox::start().await?;
        /// # let commit = sandbox.client().repository("acme/rocket")?.commit("e10dae226959c2194f2b07b077c07762d93821cf")?;
        /// use bitbucket_build_status::sandbox::Fault;
        ///
        /// sandbox.fault(Fault::Html(503));
        /// assert!(commit.get("unit-tests").max_retries(0).await.unwrap_err().is_retryable());
        /// # Ok(())
        /// # }
        /// # #[cfg(not(feature = "sandbox"))] fn main() {}
        /// ```
        pub fn max_retries(mut self, max_retries: impl Into<Option<u32>>) -> Self {
            self.options.set_max_retries(max_retries.into());
            self
        }

        /// Adds a header to the requests of this call, such as one that a gateway requires. Observers and `prepare`
        /// show it. Headers that the client sets itself, such as `Authorization`, are refused when the call is sent.
        ///
        /// # Examples
        ///
        /// ```
        /// # #[tokio::main(flavor = "current_thread")]
        /// # async fn main() -> bitbucket_build_status::Result<()> {
        /// # let client = bitbucket_build_status::Client::builder().build()?;
        /// # let commit = client.commit("acme", "rocket", "e10dae226959c2194f2b07b077c07762d93821cf")?;
        /// let prepared = commit.get("unit-tests").header("X-Gateway-Key", "blue").prepare().await?;
        /// assert!(prepared[0].headers().any(|header| header == ("x-gateway-key", "blue")));
        /// # Ok(())
        /// # }
        /// ```
        pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
            self.options.add_header(name, value);
            self
        }
    };
}

pub(super) use call_options;
