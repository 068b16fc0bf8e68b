//! The attempts of a call: credentials, timeouts and the request itself.

use std::time::{Duration, SystemTime};

use http::{StatusCode, header::AUTHORIZATION};
use reqwest::Request;
use tokio::time::Instant;

use super::{
    Authorization, CallLimits, Exchange, RawResponse, SentCredentials, TokenProvider, Transport, errors, token::Token,
};
use crate::{
    error::{Error, Result},
    retry::{Outcome, retry_after as delay_of},
};

/// Why an attempt ended without a response.
pub(crate) enum AttemptError {
    /// The connection failed.
    Transport(reqwest::Error),
    /// The request could not be prepared: there is no token, or its body is a stream.
    Auth(Error),
}

/// The outcome of an attempt.
pub(super) fn outcome(result: &Result<RawResponse, AttemptError>) -> Outcome {
    match result {
        Ok(response) => response.outcome(),
        Err(AttemptError::Transport(error)) => errors::outcome(error),
        Err(AttemptError::Auth(error)) => errors::token_outcome(error),
    }
}

/// The delay that the server asked for.
pub(super) fn retry_after(result: &Result<RawResponse, AttemptError>, now: SystemTime) -> Option<Duration> {
    match result {
        Ok(response) => delay_of(response.status.as_u16(), &response.headers, now),
        Err(AttemptError::Transport(_)) => None,
        Err(AttemptError::Auth(error)) => error.retry_after(),
    }
}

/// The attempts of one call.
pub(super) struct Attempts<'a> {
    transport: &'a Transport,
    request: &'a Request,
    /// The maximum number of bytes of a response.
    max_bytes: usize,
    limits: CallLimits,
    sent: u32,
    /// Whether a rejected token has been renewed.
    renewed: bool,
}

impl<'a> Attempts<'a> {
    pub(super) fn new(transport: &'a Transport, request: &'a Request, max_bytes: usize, limits: CallLimits) -> Self {
        Self { transport, request, max_bytes, limits, sent: 0, renewed: false }
    }

    /// How many requests were sent.
    pub(super) fn sent(&self) -> u32 {
        self.sent
    }

    /// Makes one attempt.
    pub(super) async fn run(&mut self) -> Result<RawResponse, AttemptError> {
        match &self.transport.authorization {
            Authorization::None => self.send(None).await,
            Authorization::Static(sent) => self.send(Some(sent)).await,
            // Boxed, so that the futures of other calls stay small.
            Authorization::Fetched(tokens) => Box::pin(self.send_with_token(tokens)).await,
        }
    }

    /// Sends the request with a fetched token. It may have been revoked before it expired: then a new one is fetched,
    /// at most once per call.
    async fn send_with_token(&mut self, tokens: &TokenProvider) -> Result<RawResponse, AttemptError> {
        let token = self.within_time_left(tokens.token(None)).await?;
        let response = self.send(Some(&token.credentials)).await?;
        if response.status != StatusCode::UNAUTHORIZED || self.renewed {
            return Ok(response);
        }
        self.renewed = true;
        let renewed = self.within_time_left(tokens.token(Some(&token))).await?;
        self.send(Some(&renewed.credentials)).await
    }

    /// The timeout of the next step.
    fn time_left(&self) -> Duration {
        let total_timeout = self.limits.policy.total_timeout;
        self.transport.attempt_timeout.min(total_timeout.saturating_sub(self.limits.started.elapsed()))
    }

    /// Waits for a token, with the timeout of an attempt.
    async fn within_time_left(&self, token: impl Future<Output = Result<Token>>) -> Result<Token, AttemptError> {
        let token = tokio::time::timeout(self.time_left(), token).await;
        token.unwrap_or_else(|_| Err(errors::token_timeout())).map_err(AttemptError::Auth)
    }

    /// The request for the next attempt.
    fn next_request(&mut self, sent: Option<&SentCredentials>) -> Result<Request, AttemptError> {
        let Some(mut request) = self.request.try_clone() else {
            let problem = Error::invalid_input(
                "body",
                format_args!("expected a body in memory, which can be sent again, got a stream"),
            );
            return Err(AttemptError::Auth(problem));
        };
        if let Some(sent) = sent {
            request.headers_mut().insert(AUTHORIZATION, sent.authorization().clone());
        }
        // Setting it on the request costs more than the client's own.
        let timeout = self.time_left();
        if timeout != self.transport.http_timeout {
            *request.timeout_mut() = Some(timeout);
        }
        self.sent += 1;
        Ok(request)
    }

    async fn send(&mut self, sent: Option<&SentCredentials>) -> Result<RawResponse, AttemptError> {
        let (started, request) = (Instant::now(), self.next_request(sent)?);
        let result = match self.transport.http.execute(request).await {
            // reqwest drops the URL from body errors; restore it for the message.
            Ok(response) => RawResponse::read(response, self.max_bytes, sent)
                .await
                .map_err(|error| error.with_url(self.request.url().clone())),
            Err(error) => Err(error),
        };
        if let Some(observer) = &self.transport.observer {
            observer(&Exchange::new(self.request, result.as_ref(), started.elapsed()));
        }
        result.map_err(AttemptError::Transport)
    }
}
