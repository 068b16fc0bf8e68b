//! The only implementation of `ClientHooks`: captures the request that a generated method builds, or sends it.
//!
//! The rest of this crate calls a generated method for its request alone: `pre` captures it and ends the method, so
//! that nothing is sent and `exec` is never reached. Only [`Client::generated`](crate::Client::generated) sends from
//! here.

use std::{
    fmt,
    marker::PhantomData,
    sync::{Arc, OnceLock},
};

use bytes::Bytes;
use http::HeaderName;
use progenitor_client::{ClientHooks, ClientInfo, OperationInfo, ResponseValue};
use reqwest::{Method, Request, Response};

use super::Client;
use crate::{
    error::{Error, ErrorKind},
    operation::Operation,
    transport::{AttemptError, Transport},
};

/// The context of a generated client.
///
/// It has no public interface; only [`Client::generated`](crate::Client::generated) makes one.
#[derive(Clone)]
pub struct Context(Mode);

#[derive(Clone)]
enum Mode {
    /// Captures the one request of the client, with its operation, and sends nothing.
    Capture(Arc<OnceLock<(Request, Operation)>>),
    /// Sends each request.
    Direct(Arc<Transport>),
}

impl Context {
    /// The context of a client whose one request is captured.
    pub(crate) fn capture() -> Self {
        Self(Mode::Capture(Arc::default()))
    }

    /// The context of a client that sends.
    pub(crate) fn direct(transport: Arc<Transport>) -> Self {
        Self(Mode::Direct(transport))
    }
}

impl fmt::Debug for Context {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Context").finish_non_exhaustive()
    }
}

/// A request, and the type that the generated client has for its response.
pub(crate) struct BuiltRequest<T> {
    pub(crate) request: Request,
    pub(crate) operation: Operation,
    response: PhantomData<fn() -> T>,
}

/// The request that a generated method has built.
///
/// # Errors
/// [`ErrorKind::InvalidInput`] if the method could not build one.
pub(crate) fn captured<T>(
    client: Client,
    outcome: Result<ResponseValue<T>, progenitor_client::Error<()>>,
) -> Result<BuiltRequest<T>, Error> {
    let captured = match client.inner.0 {
        Mode::Capture(captured) => Arc::into_inner(captured).and_then(OnceLock::into_inner),
        Mode::Direct(_) => None,
    };
    let Some((request, operation)) = captured else {
        let error = Error::new(ErrorKind::InvalidInput, "the request could not be built");
        return Err(match outcome {
            Err(progenitor_client::Error::CommunicationError(cause)) => error.with_source(cause.without_url()),
            Err(progenitor_client::Error::Custom(problem)) => Error::new(ErrorKind::Other, problem),
            _ => error,
        });
    };
    Ok(BuiltRequest { request, operation, response: PhantomData })
}

/// Passes a reason from `exec`, which cannot return an error of ours, to `post`, which can.
#[derive(Clone)]
struct NotSent(String);

fn not_sent(reason: impl Into<String>) -> Response {
    let mut response = http::Response::new(Bytes::new());
    response.extensions_mut().insert(NotSent(reason.into()));
    Response::from(response)
}

fn unknown(info: &OperationInfo) -> String {
    format!("the operation {} is not known", info.operation_id)
}

impl ClientHooks<Context> for Client {
    async fn pre<E>(&self, request: &mut Request, info: &OperationInfo) -> Result<(), progenitor_client::Error<E>> {
        // The generator sends the document's version, which Bitbucket does not know.
        request.headers_mut().remove(HeaderName::from_static("api-version"));
        let Mode::Capture(captured) = &self.inner().0 else { return Ok(()) };
        let Some(operation) = Operation::from_id(info.operation_id) else {
            return Err(progenitor_client::Error::Custom(unknown(info)));
        };
        let placeholder = Request::new(Method::GET, request.url().clone());
        // Set once: a client that captures is made for one call.
        let _ = captured.set((std::mem::replace(request, placeholder), operation));
        Err(progenitor_client::Error::Custom(String::new()))
    }

    async fn exec(&self, request: Request, info: &OperationInfo) -> reqwest::Result<Response> {
        let Mode::Direct(transport) = &self.inner().0 else { return Ok(not_sent("the request was captured")) };
        let Some(operation) = Operation::from_id(info.operation_id) else { return Ok(not_sent(unknown(info))) };
        match transport.call(&request, operation, transport.limits()).await.0 {
            Ok(response) => Ok(response.into_reqwest(request.url())),
            Err(AttemptError::Transport(error)) => Err(error),
            Err(AttemptError::Auth(error)) => Ok(not_sent(error.to_string())),
        }
    }

    async fn post<E>(
        &self,
        result: &reqwest::Result<Response>,
        _: &OperationInfo,
    ) -> Result<(), progenitor_client::Error<E>> {
        match result.as_ref().ok().and_then(|response| response.extensions().get()) {
            Some(NotSent(reason)) => Err(progenitor_client::Error::Custom(reason.clone())),
            None => Ok(()),
        }
    }
}
