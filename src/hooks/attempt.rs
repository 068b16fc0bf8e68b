//! One call's attempts: credentials, limits and the request itself.

use std::{
    sync::atomic::{AtomicBool, AtomicU32, Ordering::Relaxed},
    time::{Duration, Instant, SystemTime},
};

use http::{HeaderValue, StatusCode, header::AUTHORIZATION};
use reqwest::Request;

use crate::{
    Error, ErrorKind,
    answer::{self, Answer},
    client::{Exchange, Shared},
    error::{Came, came_of},
    rate_limit::asked_wait,
};

/// An attempt that brought no success.
pub(super) enum Failed {
    /// An answer that is no success, read to its end.
    Answered(Box<Answer>),
    /// No whole answer.
    Broken(reqwest::Error),
    /// There were no credentials to send with it.
    Refused(Error),
}

impl Failed {
    pub(super) fn came(&self) -> Came {
        match self {
            Self::Answered(answer) => Came::Status(answer.status.as_u16()),
            Self::Broken(error) => came_of(error),
            Self::Refused(error) => error.came(),
        }
    }

    pub(super) fn asked_wait(&self) -> Option<Duration> {
        match self {
            Self::Answered(answer) => asked_wait(answer.status.as_u16(), &answer.headers, SystemTime::now()),
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
    pub(super) async fn run(&self) -> Result<Answer, Failed> {
        let authorizer = &self.shared.authorizer;
        let authorization = self.in_time(authorizer.authorization()).await.map_err(Failed::Refused)?;
        let mut answer = self.send(authorization.as_ref()).await?;
        // A fetched token may have been withdrawn before its time; a new one is tried, once a call.
        if answer.status == StatusCode::UNAUTHORIZED && !self.renewed.swap(true, Relaxed) {
            let renewed = self.in_time(authorizer.renew(authorization.as_ref())).await.map_err(Failed::Refused)?;
            if renewed.is_some() {
                answer = self.send(renewed.as_ref()).await?;
            }
        }
        if answer.status.is_success() { Ok(answer) } else { Err(Failed::Answered(Box::new(answer))) }
    }

    /// The most time for what is to be done next.
    fn time_left(&self) -> Duration {
        self.shared.attempt_timeout.min(self.shared.policy.budget.saturating_sub(self.elapsed()))
    }

    /// Waits for credentials no longer than for an answer.
    async fn in_time<T>(&self, credentials: impl Future<Output = crate::Result<T>>) -> crate::Result<T> {
        if !self.shared.authorizer.takes_time() {
            return credentials.await;
        }
        tokio::time::timeout(self.time_left(), credentials).await.unwrap_or_else(|_| {
            Err(Error::new(ErrorKind::Timeout, "no access token for the OAuth consumer came in time"))
        })
    }

    async fn send(&self, authorization: Option<&HeaderValue>) -> Result<Answer, Failed> {
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
        let began = Instant::now();
        let outcome = match self.http.execute(request).await {
            // A body that breaks forgets where it came from.
            Ok(response) => {
                answer::read(response, self.limit).await.map_err(|error| error.with_url(self.request.url().clone()))
            }
            Err(error) => Err(error),
        };
        if let Some(observer) = &self.shared.observer {
            let answer = outcome.as_ref().ok();
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
