//! Access to private functions for the fuzz targets.

use std::time::{Duration, SystemTime};

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use reqwest::Url;

use crate::{
    client::Client,
    error::Error,
    model::BuildStatus,
    operation::{CredentialKind, Operation, RequestContext},
    response::Undecoded,
    transport::{CallSummary, RawResponse, errors},
};

/// The delay that these header values ask for.
#[must_use]
pub fn retry_after(status: u16, retry_after: &[u8], reset: &[u8]) -> Option<Duration> {
    let values = [("retry-after", retry_after), ("x-ratelimit-reset", reset)];
    let headers = values
        .into_iter()
        .filter_map(|(name, value)| Some((HeaderName::from_static(name), HeaderValue::from_bytes(value).ok()?)));
    crate::retry::retry_after(status, &headers.collect::<HeaderMap>(), SystemTime::now())
}

/// The error of a call with this response; none if it is a status.
#[must_use]
pub fn response_error(status: u16, body: &[u8]) -> Option<Error> {
    let status = StatusCode::from_u16(status).unwrap_or_default();
    let body = Bytes::copy_from_slice(body);
    let response =
        RawResponse { status, headers: HeaderMap::new(), body, exceeded_limit: None, attempts: 1, sent: None };
    let context =
        RequestContext { operation: Operation::Update, short_hash: true, credentials: CredentialKind::ApiToken };
    if response.outcome().is_success() {
        return Undecoded::<BuildStatus>::new(response, context).value().err();
    }
    let url = Url::parse(Client::DEFAULT_BASE_URL).ok()?;
    Some(errors::from_response(&response, &url, context, CallSummary { attempts: 1, retry_after: None, stop: None }))
}
