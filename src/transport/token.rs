//! Tokens fetched for an OAuth consumer.

use std::{
    sync::atomic::{AtomicUsize, Ordering::Relaxed},
    time::{Duration, Instant},
};

use http::{
    HeaderValue, StatusCode,
    header::{AUTHORIZATION, CONTENT_TYPE},
};
use reqwest::Url;
use secrecy::SecretString;
use serde::Deserialize;
use serde_json::Value;
use tokio::sync::Mutex;

use super::{MAX_STATUS_BYTES, RawResponse, failure};
use crate::{
    credentials::bearer,
    error::{Error, ErrorKind, Result},
};

/// A token is renewed this long before it expires, so that none expires on its way.
const REFRESH_MARGIN: Duration = Duration::from_secs(60);

/// An OAuth consumer, whose requests carry a token that is fetched (RFC 6749, 4.4).
pub(crate) struct TokenProvider {
    client: HeaderValue,
    token_url: Url,
    http: reqwest::Client,
    timeout: Duration,
    /// Held while a token is fetched, so that concurrent callers share one fetch.
    last: Mutex<TokenCache>,
    /// How many fetches have failed.
    failures: AtomicUsize,
}

/// What the last fetch came to.
#[derive(Default)]
struct TokenCache {
    token: Option<Token>,
    failure: Option<Error>,
}

struct Token {
    authorization: HeaderValue,
    expires: Option<Instant>,
}

#[derive(Deserialize)]
struct TokenResponse {
    access_token: SecretString,
    expires_in: Option<Value>,
}

impl TokenProvider {
    /// `client` is the consumer's own `Authorization`.
    pub(crate) fn new(client: HeaderValue, token_url: Url, http: reqwest::Client, timeout: Duration) -> Self {
        Self { client, token_url, http, timeout, last: Mutex::default(), failures: AtomicUsize::new(0) }
    }

    /// Gives the `Authorization` for the next attempt; another one than `rejected`, whose response was a 401.
    pub(crate) async fn authorization(&self, rejected: Option<&HeaderValue>) -> Result<HeaderValue> {
        let failures = self.failures.load(Relaxed);
        let mut last = self.last.lock().await;
        // Drop the stale token first: if the fetch below fails, the next attempt must not reuse it.
        last.token.take_if(|kept| {
            rejected == Some(&kept.authorization) || kept.expires.is_some_and(|expires| expires <= Instant::now())
        });
        if let Some(kept) = &last.token {
            return Ok(kept.authorization.clone());
        }
        // This caller has waited for a fetch, which failed.
        if let Some(failure) = last.failure.as_ref().filter(|_| failures != self.failures.load(Relaxed)) {
            return Err(failure.clone());
        }
        // Rarely needed, and most of what every call would have to make room for.
        match Box::pin(self.fetch()).await {
            Ok(fetched) => {
                last.failure = None;
                Ok(last.token.insert(fetched).authorization.clone())
            }
            Err(failure) => {
                self.failures.fetch_add(1, Relaxed);
                last.failure = Some(failure.clone());
                Err(failure)
            }
        }
    }

    async fn fetch(&self) -> Result<Token> {
        let asked = Instant::now();
        let request = self
            .http
            .post(self.token_url.clone())
            .timeout(self.timeout)
            .header(AUTHORIZATION, self.client.clone())
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body("grant_type=client_credentials");
        let response = request.send().await.map_err(failure::token_transport)?;
        let response = RawResponse::read(response, MAX_STATUS_BYTES).await.map_err(failure::token_transport)?;
        if response.status != StatusCode::OK {
            return Err(failure::token_rejected(&response));
        }
        let token: TokenResponse = serde_json::from_slice(&response.body).map_err(|_| {
            // The cause might quote the token.
            Error::new(ErrorKind::Decode, "the response to the request for an access token contains none")
        })?;
        // Whatever else it is counts as none, and a 401 renews the token.
        let lifetime = token.expires_in.as_ref().and_then(Value::as_f64);
        let lifetime = lifetime.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
        let expires = lifetime.and_then(|lifetime| asked.checked_add(refresh_after(lifetime)));
        Ok(Token { authorization: bearer(&token.access_token)?, expires })
    }
}

/// For how much of its life a token is used; for nine tenths where it is short.
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
