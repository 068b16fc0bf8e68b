//! What happens to every request between the generated client and the wire: the one `ClientHooks`.

use std::{
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant, SystemTime},
};

use backon::Retryable as _;
use bytes::Bytes;
use http::{HeaderMap, HeaderValue, StatusCode, header::AUTHORIZATION};
use progenitor_client::{ClientHooks, ClientInfo, OperationInfo};
use reqwest::{Request, Response, Url};

use crate::{
    Error,
    answer::{self, Answer},
    client::{Exchange, Shared},
    error::{Came, came_of},
    generated::Client,
    rate_limit::asked_wait,
    retry::{GaveUp, decide},
};

/// The most bytes of an answer that holds one status.
pub(crate) const STATUS_LIMIT: usize = 1024 * 1024;
/// The most bytes of an answer that holds a page of statuses.
const PAGE_LIMIT: usize = 16 * 1024 * 1024;

/// What the generated client carries through a call: what all calls share, and the record of this one.
#[derive(Clone)]
pub struct CallContext {
    shared: Arc<Shared>,
    record: Arc<Mutex<Record>>,
    /// Sends the request here instead, for the links between pages.
    address: Option<Url>,
    /// Takes the request instead of the wire.
    held: Option<Arc<Mutex<Option<Request>>>>,
}

/// What one call came to, beside what the generator's types can say.
#[derive(Default)]
pub(crate) struct Record {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
    pub(crate) attempts: u32,
    pub(crate) asked_wait: Option<Duration>,
    pub(crate) gave_up: Option<GaveUp>,
    /// The limit that the body went beyond.
    pub(crate) too_large: Option<usize>,
    /// Set where the call ended without a request of its own.
    pub(crate) refused: Option<Error>,
}

impl CallContext {
    pub(crate) fn new(shared: Arc<Shared>) -> Self {
        Self { shared, record: Arc::default(), address: None, held: None }
    }

    /// The context of a call whose request is kept instead of sent.
    pub(crate) fn held(self) -> Self {
        Self { held: Some(Arc::default()), ..self }
    }

    /// The context of a call that goes to this address instead of its own.
    pub(crate) fn at(self, address: Option<Url>) -> Self {
        Self { address, ..self }
    }

    pub(crate) fn record(&self) -> MutexGuard<'_, Record> {
        unpoisoned(&self.record)
    }

    /// The request that was kept, once.
    pub(crate) fn take_held(&self) -> Option<Request> {
        self.held.as_ref().and_then(|held| unpoisoned(held).take())
    }
}

fn unpoisoned<T>(kept: &Mutex<T>) -> MutexGuard<'_, T> {
    kept.lock().unwrap_or_else(PoisonError::into_inner)
}

impl fmt::Debug for CallContext {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("CallContext").finish_non_exhaustive()
    }
}

impl ClientHooks<CallContext> for Client {
    async fn pre<E>(&self, request: &mut Request, _: &OperationInfo) -> Result<(), progenitor_client::Error<E>> {
        // The generator sends the document's version, which Bitbucket does not know.
        request.headers_mut().remove("api-version");
        if let Some(address) = &self.inner().address {
            request.url_mut().clone_from(address);
        }
        Ok(())
    }

    async fn exec(&self, request: Request, info: &OperationInfo) -> reqwest::Result<Response> {
        let context = self.inner();
        *context.record() = Record::default();
        if let Some(held) = &context.held {
            *unpoisoned(held) = Some(request);
            return Ok(Response::from(http::Response::new(Bytes::new())));
        }
        let began = Instant::now();
        let policy = context.shared.policy;
        let attempt = || Attempt { client: self, request: &request, info, began }.run();
        let outcome = attempt
            .retry(policy.schedule())
            .adjust(|failed: &Failed, scheduled| {
                let asked = failed.asked_wait();
                let decision = decide(policy, failed.came(), scheduled, asked, began.elapsed());
                let mut record = context.record();
                record.asked_wait = asked;
                record.gave_up = decision.err();
                decision.ok()
            })
            .await;
        let answer = match outcome {
            Ok(answer) => answer,
            Err(Failed::Answered(answer)) => *answer,
            Err(Failed::Broken(error)) => return Err(error),
            Err(Failed::Refused(error)) => {
                context.record().refused = Some(error);
                return Ok(Response::from(http::Response::new(Bytes::new())));
            }
        };
        let mut record = context.record();
        record.status = answer.status;
        record.headers = answer.headers.clone();
        record.body = answer.body.clone();
        record.too_large = answer.too_large;
        drop(record);
        Ok(answer.into_response(request.url()))
    }
}

/// An attempt that brought no success.
enum Failed {
    Answered(Box<Answer>),
    Broken(reqwest::Error),
    /// There were no credentials to send with it.
    Refused(Error),
}

impl Failed {
    fn came(&self) -> Came {
        match self {
            Self::Answered(answer) => Came::Status(answer.status.as_u16()),
            Self::Broken(error) => came_of(error),
            Self::Refused(error) => error.came(),
        }
    }

    fn asked_wait(&self) -> Option<Duration> {
        match self {
            Self::Answered(answer) => asked_wait(answer.status.as_u16(), &answer.headers, SystemTime::now()),
            Self::Broken(_) | Self::Refused(_) => None,
        }
    }
}

/// One attempt at a request.
struct Attempt<'a> {
    client: &'a Client,
    request: &'a Request,
    info: &'a OperationInfo,
    began: Instant,
}

impl Attempt<'_> {
    async fn run(self) -> Result<Answer, Failed> {
        let shared = &self.client.inner().shared;
        let authorization = shared.authorizer.authorization().await.map_err(Failed::Refused)?;
        let answer = self.send(authorization.as_ref()).await?;
        if answer.status == StatusCode::UNAUTHORIZED {
            // A fetched token may have been withdrawn before its time; a new one is tried once.
            if let Some(renewed) = shared.authorizer.renew(authorization.as_ref()).await.map_err(Failed::Refused)? {
                return sorted(self.send(Some(&renewed)).await?);
            }
        }
        sorted(answer)
    }

    async fn send(&self, authorization: Option<&HeaderValue>) -> Result<Answer, Failed> {
        let context = self.client.inner();
        let Some(mut request) = self.request.try_clone() else {
            return Err(Failed::Refused(Error::invalid_input("body", format_args!("expected one kept in memory"))));
        };
        if let Some(authorization) = authorization {
            request.headers_mut().insert(AUTHORIZATION, authorization.clone());
        }
        let left = context.shared.policy.budget.saturating_sub(self.began.elapsed());
        *request.timeout_mut() = Some(context.shared.attempt_timeout.min(left));
        context.record().attempts += 1;
        let began = Instant::now();
        let limit = if self.info.operation_id.starts_with("list_") { PAGE_LIMIT } else { STATUS_LIMIT };
        let outcome = match self.client.client().execute(request).await {
            Ok(response) => answer::read(response, limit).await,
            Err(error) => Err(error),
        };
        if let Some(observer) = &context.shared.observer {
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

fn sorted(answer: Answer) -> Result<Answer, Failed> {
    if answer.status.is_success() { Ok(answer) } else { Err(Failed::Answered(Box::new(answer))) }
}
