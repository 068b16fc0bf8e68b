//! Tokens fetched for an OAuth consumer.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use http::{
    StatusCode,
    header::{AUTHORIZATION, CONTENT_TYPE},
};
use reqwest::Url;
use secrecy::SecretString;
use serde::Deserialize;
use serde_json::Value;
use tokio::{sync::watch, time::Instant};

use super::{MAX_STATUS_BYTES, Proxy, RawResponse, SentCredentials, errors};
use crate::{credentials::bearer, error::Result};

/// A token is renewed this long before it expires, so that none expires in a request.
const REFRESH_MARGIN: Duration = Duration::from_secs(60);
/// If a fetch returns the rejected token again, no other fetch is made for this time.
const UNCHANGED_PAUSE: Duration = Duration::from_secs(10);

/// An OAuth consumer, whose requests carry a token that is fetched (RFC 6749, 4.4).
///
/// All callers share one fetch at a time and its outcome, failures and timeouts included.
pub(crate) struct TokenProvider(Arc<Inner>);

struct Inner {
    endpoint: TokenEndpoint,
    cache: Mutex<TokenCache>,
}

/// The token endpoint, and what a request to it needs.
pub(crate) struct TokenEndpoint {
    /// The consumer's own `Authorization`.
    pub(crate) consumer: SentCredentials,
    pub(crate) url: Url,
    pub(crate) http: reqwest::Client,
    pub(crate) timeout: Duration,
    pub(crate) proxy: Option<Proxy>,
}

#[derive(Default)]
struct TokenCache {
    token: Option<Token>,
    /// The number of tokens that were fetched.
    generation: u64,
    /// The fetch in progress.
    fetching: Option<watch::Receiver<Fetched>>,
}

/// The outcome of a fetch, once there is one.
type Fetched = Option<Result<Token>>;

/// A fetched token.
#[derive(Clone)]
pub(crate) struct Token {
    pub(crate) credentials: SentCredentials,
    expires: Option<Instant>,
    /// The number of its fetch.
    generation: u64,
    /// When a fetch returned it again after it had been rejected.
    unchanged: Option<Instant>,
}

#[derive(Deserialize)]
struct TokenResponse {
    access_token: SecretString,
    expires_in: Option<Value>,
}

impl TokenProvider {
    pub(crate) fn new(endpoint: TokenEndpoint) -> Self {
        Self(Arc::new(Inner { endpoint, cache: Mutex::default() }))
    }

    /// The token for the next attempt. If the stored token is the rejected one, fetches a new one.
    pub(crate) async fn token(&self, rejected: Option<&Token>) -> Result<Token> {
        loop {
            let mut fetching = match self.0.stored_or_fetching(rejected) {
                Ok(token) => return Ok(token),
                Err(fetching) => fetching,
            };
            let fetched = match fetching.wait_for(Option::is_some).await {
                Ok(fetched) => fetched.clone(),
                // The task has ended without an outcome: its runtime has shut down.
                Err(_) => None,
            };
            if let Some(fetched) = fetched {
                return fetched;
            }
        }
    }
}

impl Inner {
    /// The stored token, or else a fetch to wait for.
    fn stored_or_fetching(self: &Arc<Self>, rejected: Option<&Token>) -> Result<Token, watch::Receiver<Fetched>> {
        let mut cache = self.cache();
        if let Some(fetching) = &cache.fetching
            && fetching.has_changed().is_ok()
        {
            return Err(fetching.clone());
        }
        let now = Instant::now();
        let is_rejected = |token: &Token| {
            let is_recent = token.unchanged.is_some_and(|since| now.duration_since(since) < UNCHANGED_PAUSE);
            rejected.is_some_and(|rejected| rejected.generation == token.generation) && !is_recent
        };
        // Drop a stale token first: if the fetch fails, the next attempt must not reuse it.
        let is_stale = |token: &mut Token| is_rejected(token) || token.expires.is_some_and(|expires| expires <= now);
        cache.token.take_if(is_stale);
        if let Some(token) = &cache.token {
            return Ok(token.clone());
        }
        let (sender, receiver) = watch::channel(None);
        cache.fetching = Some(receiver.clone());
        // In a task of its own: a caller that times out must not end the fetch for the others.
        tokio::spawn(Arc::clone(self).fetch(rejected.cloned(), sender));
        Err(receiver)
    }

    /// Fetches a token, stores it, and passes it on.
    async fn fetch(self: Arc<Self>, rejected: Option<Token>, sender: watch::Sender<Fetched>) {
        let mut fetched = self.endpoint.fetch().await;
        {
            let mut cache = self.cache();
            if let Ok(token) = &mut fetched {
                cache.generation += 1;
                token.generation = cache.generation;
                let same = |rejected: Token| rejected.credentials.authorization() == token.credentials.authorization();
                let is_unchanged = rejected.is_some_and(same);
                token.unchanged = is_unchanged.then(Instant::now);
                cache.token = Some(token.clone());
            }
            cache.fetching = None;
        }
        sender.send_replace(Some(fetched));
    }

    fn cache(&self) -> MutexGuard<'_, TokenCache> {
        self.cache.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl TokenEndpoint {
    async fn fetch(&self) -> Result<Token> {
        let started = Instant::now();
        let request = self
            .http
            .post(self.url.clone())
            .timeout(self.timeout)
            .header(AUTHORIZATION, self.consumer.authorization().clone())
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body("grant_type=client_credentials");
        let transport = |cause| errors::token_transport(cause, self.proxy.as_ref());
        let response = request.send().await.map_err(transport)?;
        let mut response = RawResponse::read(response, MAX_STATUS_BYTES, None).await.map_err(transport)?;
        if response.status != StatusCode::OK {
            response.redact(&self.consumer);
            return Err(errors::token_rejected(&response));
        }
        let token: TokenResponse = serde_json::from_slice(&response.body).map_err(|_| {
            // The cause might quote the token.
            errors::token_missing(&response)
        })?;
        // Any other value is ignored; a 401 renews the token.
        let lifetime = token.expires_in.as_ref().and_then(Value::as_f64);
        let lifetime = lifetime.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
        let expires = lifetime.and_then(|lifetime| started.checked_add(refresh_after(lifetime)));
        let credentials = SentCredentials::new(bearer(&token.access_token)?);
        Ok(Token { credentials, expires, generation: 0, unchanged: None })
    }
}

/// The age at which a token is renewed; nine tenths of a short lifetime.
fn refresh_after(lifetime: Duration) -> Duration {
    lifetime.saturating_sub(REFRESH_MARGIN.min(lifetime / 10))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    #[test]
    fn a_token_is_renewed_before_it_expires() {
        for (lifetime, used) in [(7200, 7140), (600, 540), (100, 90), (10, 9), (0, 0), (u64::MAX, u64::MAX - 60)] {
            assert_eq!(super::refresh_after(Duration::from_secs(lifetime)), Duration::from_secs(used), "{lifetime}");
        }
    }
}
