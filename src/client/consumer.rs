//! Tokens fetched for an OAuth consumer.

use std::time::{Duration, Instant};

use http::{
    HeaderValue, StatusCode,
    header::{AUTHORIZATION, CONTENT_TYPE},
};
use reqwest::Url;
use secrecy::SecretString;
use serde::Deserialize;
use tokio::sync::Mutex;

use crate::{Error, ErrorKind, Result, answer, credentials::bearer, hooks::STATUS_LIMIT};

/// A token is renewed this long before it expires, so that none expires on its way; a short-lived one after nine
/// tenths of its life.
const MARGIN: Duration = Duration::from_secs(60);

/// An OAuth consumer, whose requests carry a token that is fetched (RFC 6749, 4.4).
pub(crate) struct Consumer {
    client: HeaderValue,
    token_url: Url,
    http: reqwest::Client,
    /// Held while a token is fetched, so that concurrent callers share one fetch.
    token: Mutex<Option<Token>>,
}

struct Token {
    authorization: HeaderValue,
    expires: Option<Instant>,
}

#[derive(Deserialize)]
struct TokenAnswer {
    access_token: SecretString,
    expires_in: Option<u64>,
}

impl Consumer {
    /// `client` is the consumer's own `Authorization`.
    pub(crate) fn new(client: HeaderValue, token_url: Url, http: reqwest::Client) -> Self {
        Self { client, token_url, http, token: Mutex::default() }
    }

    /// Gives the `Authorization` for the next attempt; another one than `refused`, which was answered by 401.
    pub(crate) async fn authorization(&self, refused: Option<&HeaderValue>) -> Result<HeaderValue> {
        let mut token = self.token.lock().await;
        // Before the next is fetched, which may fail: the call's next attempt must not come back to this one.
        token.take_if(|kept| {
            refused == Some(&kept.authorization) || kept.expires.is_some_and(|expires| expires <= Instant::now())
        });
        if let Some(kept) = token.as_ref() {
            return Ok(kept.authorization.clone());
        }
        // Rarely needed, and most of what every call would have to make room for.
        let fetched = Box::pin(self.fetch()).await?;
        let authorization = fetched.authorization.clone();
        *token = Some(fetched);
        Ok(authorization)
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
        let lifetime = token.expires_in.map(Duration::from_secs);
        let expires =
            lifetime.and_then(|lifetime| asked.checked_add(lifetime.saturating_sub(MARGIN.min(lifetime / 10))));
        Ok(Token { authorization: bearer(&token.access_token)?, expires })
    }
}
