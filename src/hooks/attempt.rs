//! One call's attempts: credentials, limits and the request itself.

use std::{
    sync::atomic::{AtomicBool, AtomicU32, Ordering::Relaxed},
    time::{Duration, Instant, SystemTime},
};

use http::{HeaderValue, StatusCode, header::AUTHORIZATION};
use reqwest::{Request, Response};

use crate::{
    Error,
    answer::{self, RawAnswer},
    client::{Consumer, Exchange, Shared},
    error::{Came, came_of},
    rate_limit::asked_wait,
};

/// What an attempt brought, and the response it was taken from.
pub(super) struct Answered {
    pub(super) answer: RawAnswer,
    pub(super) emptied: Response,
}

/// An attempt that brought no success.
pub(super) enum Failed {
    /// An answer that is no success, read to its end.
    Answered(Box<Answered>),
    /// No whole answer.
    Broken(reqwest::Error),
    /// There were no credentials to send with it.
    Refused(Error),
}

impl Failed {
    pub(super) fn came(&self) -> Came {
        match self {
            Self::Answered(came) => Came::Status(came.answer.status.as_u16()),
            Self::Broken(error) => came_of(error),
            Self::Refused(error) => error.came(),
        }
    }

    pub(super) fn asked_wait(&self) -> Option<Duration> {
        match self {
            Self::Answered(came) => asked_wait(came.answer.status.as_u16(), &came.answer.headers, SystemTime::now()),
            Self::Broken(_) => None,
            Self::Refused(error) => error.retry_after(),
        }
    }
}

/// What the attempts at one request share.
pub(super) struct Attempts<'a> {
    shared: &'a Shared,
    http: &'a reqwest::Client,
    request: &'a Request,
    /// The most bytes of an answer.
    limit: usize,
    began: Instant,
    sent: AtomicU32,
    renewed: AtomicBool,
}

impl<'a> Attempts<'a> {
    pub(super) fn new(
        shared: &'a Shared,
        http: &'a reqwest::Client,
        request: &'a Request,
        limit: usize,
        began: Instant,
    ) -> Self {
        let (sent, renewed) = (AtomicU32::new(0), AtomicBool::new(false));
        Self { shared, http, request, limit, began, sent, renewed }
    }

    /// The time since the call began.
    pub(super) fn elapsed(&self) -> Duration {
        self.began.elapsed()
    }

    /// How many requests were sent.
    pub(super) fn sent(&self) -> u32 {
        self.sent.load(Relaxed)
    }

    /// Makes one attempt.
    pub(super) async fn run(&self) -> Result<Answered, Failed> {
        let answered = match &self.shared.consumer {
            // Boxed, so that other calls need not make room for it.
            Some(consumer) => Box::pin(self.send_for(consumer)).await?,
            None => self.send(None).await?,
        };
        if answered.answer.status.is_success() { Ok(answered) } else { Err(Failed::Answered(Box::new(answered))) }
    }

    /// Sends the request with a fetched token. One may have been withdrawn before its time; a new one is tried, once a
    /// call.
    async fn send_for(&self, consumer: &Consumer) -> Result<Answered, Failed> {
        let authorization = self.in_time(consumer.authorization(None)).await?;
        let answered = self.send(Some(&authorization)).await?;
        if answered.answer.status != StatusCode::UNAUTHORIZED || self.renewed.swap(true, Relaxed) {
            return Ok(answered);
        }
        let renewed = self.in_time(consumer.authorization(Some(&authorization))).await?;
        self.send(Some(&renewed)).await
    }

    /// The most time for what is to be done next.
    fn time_left(&self) -> Duration {
        self.shared.attempt_timeout.min(self.shared.policy.budget.saturating_sub(self.elapsed()))
    }

    /// Waits for a token no longer than for an answer.
    async fn in_time(&self, token: impl Future<Output = crate::Result<HeaderValue>>) -> Result<HeaderValue, Failed> {
        let token = tokio::time::timeout(self.time_left(), token).await;
        token.unwrap_or_else(|_| Err(Error::token_late())).map_err(Failed::Refused)
    }

    /// The request for the next attempt.
    fn next_request(&self, authorization: Option<&HeaderValue>) -> Result<Request, Failed> {
        let Some(mut request) = self.request.try_clone() else {
            return Err(Failed::Refused(Error::invalid_input("body", format_args!("expected one kept in memory"))));
        };
        if let Some(authorization) = authorization {
            request.headers_mut().insert(AUTHORIZATION, authorization.clone());
        }
        let time_left = self.time_left();
        if time_left < self.shared.attempt_timeout {
            *request.timeout_mut() = Some(time_left);
        }
        self.sent.fetch_add(1, Relaxed);
        Ok(request)
    }

    async fn send(&self, authorization: Option<&HeaderValue>) -> Result<Answered, Failed> {
        let began = Instant::now();
        let outcome = match self.http.execute(self.next_request(authorization)?).await {
            Ok(mut emptied) => match answer::take(&mut emptied, self.limit).await {
                Ok(answer) => Ok(Answered { answer, emptied }),
                // A body that breaks forgets where it came from.
                Err(error) => Err(error.with_url(self.request.url().clone())),
            },
            Err(error) => Err(error),
        };
        if let Some(observer) = &self.shared.observer {
            let answer = outcome.as_ref().ok().map(|came| &came.answer);
            observer(&Exchange::new(
                self.request,
                answer.map(|answer| (answer.status, &answer.headers, &*answer.body)),
                outcome.as_ref().err(),
                began.elapsed(),
            ));
        }
        outcome.map_err(Failed::Broken)
    }
}
