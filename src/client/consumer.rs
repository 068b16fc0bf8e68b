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

use crate::{Error, ErrorKind, Result, answer, credentials::bearer, hooks::STATUS_LIMIT};

/// A token is renewed this long before it expires, so that none expires on its way.
const MARGIN: Duration = Duration::from_secs(60);

/// An OAuth consumer, whose requests carry a token that is fetched (RFC 6749, 4.4).
pub(crate) struct Consumer {
    client: HeaderValue,
    token_url: Url,
    http: reqwest::Client,
    /// Held while a token is fetched, so that concurrent callers share one fetch.
    last: Mutex<Last>,
    /// How many fetches have failed.
    failures: AtomicUsize,
}

/// What the last fetch came to.
#[derive(Default)]
struct Last {
    token: Option<Token>,
    failure: Option<Error>,
}

struct Token {
    authorization: HeaderValue,
    expires: Option<Instant>,
}

#[derive(Deserialize)]
struct TokenAnswer {
    access_token: SecretString,
    expires_in: Option<Value>,
}

impl Consumer {
    /// `client` is the consumer's own `Authorization`.
    pub(crate) fn new(client: HeaderValue, token_url: Url, http: reqwest::Client) -> Self {
        Self { client, token_url, http, last: Mutex::default(), failures: AtomicUsize::new(0) }
    }

    /// Gives the `Authorization` for the next attempt; another one than `refused`, which was answered by 401.
    pub(crate) async fn authorization(&self, refused: Option<&HeaderValue>) -> Result<HeaderValue> {
        let failures = self.failures.load(Relaxed);
        let mut last = self.last.lock().await;
        // Before the next is fetched, which may fail: the call's next attempt must not come back to this one.
        last.token.take_if(|kept| {
            refused == Some(&kept.authorization) || kept.expires.is_some_and(|expires| expires <= Instant::now())
        });
        if let Some(kept) = &last.token {
            return Ok(kept.authorization.clone());
        }
        // This caller has waited for a fetch, which failed.
        if let Some(failure) = last.failure.as_ref().filter(|_| failures != self.failures.load(Relaxed)) {
            return Err(failure.shared());
        }
        // Rarely needed, and most of what every call would have to make room for.
        match Box::pin(self.fetch()).await {
            Ok(fetched) => {
                last.failure = None;
                Ok(last.token.insert(fetched).authorization.clone())
            }
            Err(failure) => {
                self.failures.fetch_add(1, Relaxed);
                last.failure = Some(failure.shared());
                Err(failure)
            }
        }
    }

    async fn fetch(&self) -> Result<Token> {
        let asked = Instant::now();
        let request = self
            .http
            .post(self.token_url.clone())
            .header(AUTHORIZATION, self.client.clone())
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body("grant_type=client_credentials");
        let unreachable = |cause: reqwest::Error| Error::token_unreachable(cause);
        let mut response = request.send().await.map_err(unreachable)?;
        let answer = answer::take(&mut response, STATUS_LIMIT).await.map_err(unreachable)?;
        if answer.status != StatusCode::OK {
            return Err(Error::token_refused(&answer));
        }
        let token: TokenAnswer = serde_json::from_slice(&answer.body).map_err(|_| {
            // The cause might quote the token.
            Error::new(ErrorKind::Decode, "the answer to the request for an access token holds none")
        })?;
        // Whatever else it is counts as none, and a 401 renews the token.
        let lifetime = token.expires_in.as_ref().and_then(Value::as_f64);
        let lifetime = lifetime.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
        let expires = lifetime.and_then(|lifetime| asked.checked_add(used(lifetime)));
        Ok(Token { authorization: bearer(&token.access_token)?, expires })
    }
}

/// For how much of its life a token is used; for nine tenths where it is short.
fn used(lifetime: Duration) -> Duration {
    lifetime.saturating_sub(MARGIN.min(lifetime / 10))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    #[test]
    fn a_token_is_renewed_before_it_expires() {
        for (lifetime, used) in [(7200, 7140), (600, 540), (100, 90), (10, 9), (0, 0), (u64::MAX, u64::MAX - 60)] {
            assert_eq!(super::used(Duration::from_secs(lifetime)), Duration::from_secs(used), "{lifetime}");
        }
    }
}
