//! What happens to every request between the generated client and the wire: the one `ClientHooks`.

mod attempt;

use std::{
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use attempt::{Answered, Attempts, Failed};
use backon::Retryable as _;
use bytes::Bytes;
use http::{HeaderName, header::AUTHORIZATION};
use progenitor_client::{ClientHooks, ClientInfo, OperationInfo};
use reqwest::{Request, Response, Url};

use crate::{
    Error,
    answer::RawAnswer,
    client::Shared,
    error::Came,
    generated::Client,
    retry::{GaveUp, decide},
    trace::CallSpan,
};

/// The most bytes of an answer that holds one status.
pub(crate) const STATUS_LIMIT: usize = 1024 * 1024;
/// The most bytes of an answer that holds a page of statuses.
const PAGE_LIMIT: usize = 16 * 1024 * 1024;

/// What the generated client carries through a call: what all calls share, and where this one's record is kept.
///
/// Only [`Client::generated`](crate::Client::generated) makes one that users see; there is nothing to be asked of it.
#[derive(Clone)]
pub struct CallContext {
    shared: Arc<Shared>,
    /// `None` for the bare generated client, whose calls may run side by side.
    record: Option<Arc<Mutex<Record>>>,
    /// Sends the request here instead, for the links between pages. Boxed, since few calls have one.
    address: Option<Box<Url>>,
    /// When the call began, where that was before its request was made.
    began: Option<Instant>,
    /// Keeps the request here instead of sending it.
    held: Option<Arc<Mutex<Option<Request>>>>,
}

/// What one call came to, beside what the generator's types can say.
#[derive(Default)]
pub(crate) struct Record {
    /// The last answer, whatever its status.
    pub(crate) answer: Option<RawAnswer>,
    /// How many requests were sent.
    pub(crate) attempts: u32,
    pub(crate) asked_wait: Option<Duration>,
    pub(crate) gave_up: Option<GaveUp>,
    /// Set where the call ended before a request of its own was sent.
    pub(crate) refused: Option<Error>,
}

impl CallContext {
    /// The context of calls that nobody asks about afterwards.
    pub(crate) fn new(shared: Arc<Shared>) -> Self {
        Self { shared, record: None, address: None, began: None, held: None }
    }

    /// The context of one call that is recorded.
    pub(crate) fn recorded(shared: Arc<Shared>) -> Self {
        Self { record: Some(Arc::default()), ..Self::new(shared) }
    }

    /// The context of a call whose request is kept instead of sent.
    pub(crate) fn held(self) -> Self {
        Self { held: Some(Arc::default()), ..self }
    }

    /// The context of a call that goes to this address instead of its own.
    pub(crate) fn at(self, address: Option<Url>) -> Self {
        Self { address: address.map(Box::new), ..self }
    }

    /// The context of a call that has taken time already.
    pub(crate) fn since(self, began: Instant) -> Self {
        Self { began: Some(began), ..self }
    }

    pub(crate) fn shared(&self) -> &Shared {
        &self.shared
    }

    /// Takes what the call came to.
    pub(crate) fn take_record(&self) -> Record {
        self.record.as_deref().map(|record| std::mem::take(&mut *locked(record))).unwrap_or_default()
    }

    /// Takes the request that was held back.
    pub(crate) fn take_held(&self) -> Option<Request> {
        self.held.as_deref().and_then(|held| locked(held).take())
    }

    fn keep(&self, kept: Record) {
        if let Some(record) = &self.record {
            *locked(record) = kept;
        }
    }

    /// Keeps an answer in the record, or where there is none gives it to the generated client to read.
    fn answered(&self, came: Answered, mut record: Record, url: &Url) -> Response {
        if self.record.is_none() {
            return came.answer.into_response(url);
        }
        record.answer = Some(came.answer);
        self.keep(record);
        came.emptied
    }
}

impl fmt::Debug for CallContext {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("CallContext").finish_non_exhaustive()
    }
}

fn locked<T>(kept: &Mutex<T>) -> MutexGuard<'_, T> {
    kept.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Travels from `exec`, which cannot give an error of ours, to `post`, which can.
#[derive(Clone)]
struct Unanswered(String);

fn unanswered(reason: impl Into<String>) -> Response {
    let mut response = http::Response::new(Bytes::new());
    response.extensions_mut().insert(Unanswered(reason.into()));
    Response::from(response)
}

impl ClientHooks<CallContext> for Client {
    async fn pre<E>(&self, request: &mut Request, _: &OperationInfo) -> Result<(), progenitor_client::Error<E>> {
        // The generator sends the document's version, which Bitbucket does not know.
        request.headers_mut().remove(HeaderName::from_static("api-version"));
        let context = self.inner();
        if let Some(address) = &context.address {
            request.url_mut().clone_from(address);
        }
        // A request that is held back is shown, and carries no secret.
        if let (None, Some(authorization)) = (&context.held, &context.shared.authorization) {
            request.headers_mut().insert(AUTHORIZATION, authorization.clone());
        }
        Ok(())
    }

    async fn exec(&self, request: Request, info: &OperationInfo) -> reqwest::Result<Response> {
        let context = self.inner();
        if let Some(held) = &context.held {
            *locked(held) = Some(request);
            return Ok(unanswered("the request was held back"));
        }
        let limit = if info.operation_id.starts_with("list_") { PAGE_LIMIT } else { STATUS_LIMIT };
        let began = context.began.unwrap_or_else(Instant::now);
        let attempts = Attempts::new(&context.shared, self.client(), &request, limit, began);
        let span = CallSpan::new(&request, info.operation_id);
        let policy = context.shared.policy;
        let (mut asked_wait, mut gave_up) = (None, None);
        let repeated = (|| attempts.run()).retry(policy.schedule()).adjust(|failed: &Failed, scheduled| {
            let (came, asked) = (failed.came(), failed.asked_wait());
            let decision = decide(policy, came, scheduled, asked, attempts.elapsed());
            asked_wait = asked;
            gave_up = decision.err();
            if let Ok(wait) = decision {
                span.repeats(came, attempts.sent(), wait);
            }
            decision.ok()
        });
        let outcome = span.run(repeated).await;
        span.ended(
            outcome.as_ref().map_or_else(Failed::came, |came| Came::Status(came.answer.status.as_u16())),
            attempts.sent(),
        );
        let record = Record { attempts: attempts.sent(), asked_wait, gave_up, ..Record::default() };
        match outcome {
            Ok(came) => Ok(context.answered(came, Record { asked_wait: None, ..record }, request.url())),
            Err(Failed::Answered(came)) => Ok(context.answered(*came, record, request.url())),
            Err(Failed::Broken(error)) => {
                context.keep(record);
                Err(error)
            }
            Err(Failed::Refused(error)) => {
                let reason = error.to_string();
                context.keep(Record { refused: Some(error), ..record });
                Ok(unanswered(reason))
            }
        }
    }

    async fn post<E>(
        &self,
        result: &reqwest::Result<Response>,
        _: &OperationInfo,
    ) -> Result<(), progenitor_client::Error<E>> {
        let Ok(response) = result else { return Ok(()) };
        let reason = match response.extensions().get() {
            Some(Unanswered(reason)) => reason.clone(),
            // What came is in the record, and is read from there.
            None if self.inner().record.is_some() => String::new(),
            None => return Ok(()),
        };
        Err(progenitor_client::Error::Custom(reason))
    }
}
