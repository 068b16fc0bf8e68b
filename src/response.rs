//! From a successful response to a typed value.
//!
//! **Every 2xx response counts as a success, whether the document lists it or not**, if its body decodes as the type
//! that the document has for the operation: a proxy that changes a 201 to a 202 must not turn a write that was applied
//! into an error. Any other body is an error of the kind [`Decode`](ErrorKind::Decode); if it is not JSON, the call is
//! retried first. ([`Client::generated`] is stricter: it accepts only the HTTP statuses that the document lists.)
//!
//! [`Client::generated`]: crate::Client::generated

use std::{fmt, marker::PhantomData};

use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::{
    error::{Details, Error, ErrorBody, ErrorKind, Result, excerpt},
    id::Key,
    model::{BuildStatus, BuildStatusPage, ReportedState, State},
    operation::RequestContext,
    transport::{RawResponse, WRITE_UNKNOWN},
};

/// A response: the typed value, and HTTP status, headers and body.
#[derive(Clone)]
pub struct Response<T> {
    value: T,
    raw: RawResponse,
}

/// Key and state that the status in a response must have.
pub(crate) struct Expected {
    pub(crate) key: Key,
    /// The state that was sent.
    pub(crate) state: Option<State>,
}

/// The type that a body is decoded into.
pub(crate) trait Body: DeserializeOwned {
    /// Key and state, if it is a status.
    fn key_and_state(&self) -> Option<(&str, &ReportedState)>;
}

impl Body for BuildStatus {
    fn key_and_state(&self) -> Option<(&str, &ReportedState)> {
        Some((&self.key, &self.state))
    }
}

impl Body for BuildStatusPage {
    fn key_and_state(&self) -> Option<(&str, &ReportedState)> {
        None
    }
}

/// A successful response that is not decoded yet. The outermost future decodes it: a status is large, and each inner
/// future would copy it.
pub(crate) struct Undecoded<T> {
    raw: RawResponse,
    context: RequestContext,
    expected: Option<Expected>,
    value: PhantomData<fn() -> T>,
}

impl<T> Undecoded<T> {
    pub(crate) fn new(raw: RawResponse, context: RequestContext) -> Self {
        Self { raw, context, expected: None, value: PhantomData }
    }

    /// The same response, which must describe this status.
    pub(crate) fn about(self, key: Key, state: Option<State>) -> Self {
        Self { expected: Some(Expected { key, state }), ..self }
    }

    /// The same response, decoded as another type.
    pub(crate) fn decoded_as<U>(self) -> Undecoded<U> {
        let Self { raw, context, expected, value: _ } = self;
        Undecoded { raw, context, expected, value: PhantomData }
    }
}

impl<T: Body> Undecoded<T> {
    /// The value.
    pub(crate) fn value(self) -> Result<T> {
        self.decode()
    }

    /// The value with its response.
    pub(crate) fn response(self) -> Result<Response<T>> {
        Ok(Response { value: self.decode()?, raw: self.raw })
    }

    fn decode(&self) -> Result<T> {
        let Self { raw, context, .. } = self;
        if raw.exceeded_limit.is_some() {
            return Err(undecodable(raw, *context, None));
        }
        let value: T = raw.decode().map_err(|cause| undecodable(raw, *context, Some(&cause)))?;
        if let (Some(expected), Some((key, state))) = (&self.expected, value.key_and_state())
            && !expected.is_met(key, state)
        {
            return Err(mismatch(raw, *context, expected, key, state));
        }
        Ok(value)
    }
}

impl Expected {
    /// Whether a status is the expected one. An unknown state is accepted: it may be a new name of the state that was
    /// sent.
    fn is_met(&self, key: &str, state: &ReportedState) -> bool {
        let is_key = self.key == key || self.key.as_str().to_lowercase() == key.to_lowercase();
        is_key && (self.state.is_none() || state.known().is_none() || state.known() == self.state)
    }
}

fn error(raw: &RawResponse, context: RequestContext, kind: ErrorKind, text: String) -> Error {
    let body = ErrorBody { excerpt: raw.error_body().excerpt, ..ErrorBody::default() };
    Details {
        status: Some(raw.status.as_u16()),
        body,
        trace_id: raw.trace_id().map(excerpt),
        attempts: raw.attempts,
        request: Some(context),
        ..Details::new(kind, text)
    }
    .into()
}

/// The error of a 2xx response whose body does not match the document.
fn undecodable(raw: &RawResponse, context: RequestContext, cause: Option<&serde_json::Error>) -> Error {
    let expected = if context.operation.is_list() { "page of build statuses" } else { "build status" };
    let problem = match (raw.exceeded_limit, raw.compression(), cause) {
        (Some(limit), ..) => format!("it is larger than {limit} bytes"),
        (None, Some(encoding), _) => format!("it is compressed ({encoding}), which was not requested"),
        (None, None, cause) => {
            first_invalid_item(&raw.body).or_else(|| cause.map(ToString::to_string)).unwrap_or_default()
        }
    };
    let (status, problem) = (raw.status.as_u16(), excerpt(&problem));
    let outcome = match (context.operation.is_write(), is_about_a_status(&raw.body)) {
        (false, _) => "",
        (true, true) => "; the write itself was accepted",
        (true, false) => WRITE_UNKNOWN,
    };
    let text = format!("Bitbucket returned {status} with a body that is not a {expected}: {problem}{outcome}");
    error(raw, context, ErrorKind::Decode, text)
}

/// Whether a body that cannot be decoded is nevertheless a status; a proxy's page is not.
fn is_about_a_status(body: &[u8]) -> bool {
    let body = serde_json::from_slice::<Value>(body).unwrap_or_default();
    body.get("key").is_some() && body.get("state").is_some()
}

/// The error of a response that describes a status other than the expected one.
fn mismatch(
    raw: &RawResponse,
    context: RequestContext,
    expected: &Expected,
    key: &str,
    state: &ReportedState,
) -> Error {
    let status = raw.status.as_u16();
    let (key, state) = (excerpt(key), excerpt(state.as_str()));
    let requested = match expected.state {
        Some(state) => format!("{:?} as {state}", expected.key.as_str()),
        None => format!("{:?}", expected.key.as_str()),
    };
    let text =
        format!("Bitbucket returned {status} about another status: expected {requested}, got {key:?} as {state}");
    error(raw, context, ErrorKind::Mismatch, text)
}

/// Names the first item of a page that is not a status.
fn first_invalid_item(page: &[u8]) -> Option<String> {
    let page: Value = serde_json::from_slice(page).ok()?;
    let items = page.get("values")?.as_array()?.iter().enumerate();
    let mut problems = items.filter_map(|(index, item)| {
        let problem = serde_json::from_value::<BuildStatus>(item.clone()).err()?;
        Some(format!("values[{index}] is not a build status: {problem}"))
    });
    problems.next()
}

impl<T> Response<T> {
    /// The value.
    ///
    /// # Examples
    ///
    /// ```
    /// # #[cfg(feature = "sandbox")] #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> bitbucket_build_status::Result<()> {
    /// # let sandbox = bitbucket_build_status::sandbox::Sandbox::start().await?;
    /// # let commit = sandbox.client().repository("acme/rocket")?.commit("e10dae226959c2194f2b07b077c07762d93821cf")?;
    /// use bitbucket_build_status::State;
    ///
    /// let call = commit.set("unit-tests", State::Failed, "https://ci.example.com/42");
    /// let response = call.send_with_response().await?;
    /// assert_eq!(response.value().state, State::Failed);
    /// # Ok(())
    /// # }
    /// # #[cfg(not(feature = "sandbox"))] fn main() {}
    /// ```
    #[must_use]
    pub fn value(&self) -> &T {
        &self.value
    }

    /// The value alone.
    ///
    /// # Examples
    ///
    /// ```
    /// # #[cfg(feature = "sandbox")] #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> bitbucket_build_status::Result<()> {
    /// # let sandbox = bitbucket_build_status::sandbox::Sandbox::start().await?;
    /// # let commit = sandbox.client().repository("acme/rocket")?.commit("e10dae226959c2194f2b07b077c07762d93821cf")?;
    /// use bitbucket_build_status::State;
    ///
    /// let call = commit.set("unit-tests", State::Failed, "https://ci.example.com/42");
    /// let response = call.send_with_response().await?;
    /// let status = response.into_value();
    /// assert_eq!(status.key, "unit-tests");
    /// # Ok(())
    /// # }
    /// # #[cfg(not(feature = "sandbox"))] fn main() {}
    /// ```
    #[must_use]
    pub fn into_value(self) -> T {
        self.value
    }

    /// The HTTP status: 201 if a status was created, 200 if it was overwritten, updated or read.
    ///
    /// # Examples
    ///
    /// ```
    /// # #[cfg(feature = "sandbox")] #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> bitbucket_build_status::Result<()> {
    /// # let sandbox = bitbucket_build_status::sandbox::Sandbox::start().await?;
    /// # let commit = sandbox.client().repository("acme/rocket")?.commit("e10dae226959c2194f2b07b077c07762d93821cf")?;
    /// use bitbucket_build_status::State;
    ///
    /// let call = commit.set("unit-tests", State::Failed, "https://ci.example.com/42");
    /// let response = call.send_with_response().await?;
    /// assert_eq!(response.status(), 201, "created");
    /// # Ok(())
    /// # }
    /// # #[cfg(not(feature = "sandbox"))] fn main() {}
    /// ```
    #[must_use]
    pub fn status(&self) -> u16 {
        self.raw.status.as_u16()
    }

    /// A header of the response, if it is visible ASCII text.
    ///
    /// # Examples
    ///
    /// ```
    /// # #[cfg(feature = "sandbox")] #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> bitbucket_build_status::Result<()> {
    /// # let sandbox = bitbucket_build_status::sandbox::Sandbox::start().await?;
    /// # let commit = sandbox.client().repository("acme/rocket")?.commit("e10dae226959c2194f2b07b077c07762d93821cf")?;
    /// use bitbucket_build_status::State;
    ///
    /// let call = commit.set("unit-tests", State::Failed, "https://ci.example.com/42");
    /// let response = call.send_with_response().await?;
    /// assert!(response.header("location").is_some_and(|url| url.ends_with("/unit-tests")));
    /// # Ok(())
    /// # }
    /// # #[cfg(not(feature = "sandbox"))] fn main() {}
    /// ```
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.raw.header(name)
    }

    /// All headers of the response that are visible ASCII text.
    ///
    /// # Examples
    ///
    /// ```
    /// # #[cfg(feature = "sandbox")] #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> bitbucket_build_status::Result<()> {
    /// # let sandbox = bitbucket_build_status::sandbox::Sandbox::start().await?;
    /// # let commit = sandbox.client().repository("acme/rocket")?.commit("e10dae226959c2194f2b07b077c07762d93821cf")?;
    /// use bitbucket_build_status::State;
    ///
    /// let call = commit.set("unit-tests", State::Failed, "https://ci.example.com/42");
    /// let response = call.send_with_response().await?;
    /// for (name, value) in response.headers() {
    ///     println!("{name}: {value}");
    /// }
    /// # Ok(())
    /// # }
    /// # #[cfg(not(feature = "sandbox"))] fn main() {}
    /// ```
    pub fn headers(&self) -> impl Iterator<Item = (&str, &str)> {
        self.raw.headers.iter().filter_map(|(name, value)| Some((name.as_str(), value.to_str().ok()?)))
    }

    /// The id by which Atlassian's support finds the request.
    ///
    /// # Examples
    ///
    /// ```
    /// # #[cfg(feature = "sandbox")] #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> bitbucket_build_status::Result<()> {
    /// # let sandbox = bitbucket_build_status::sandbox::Sandbox::start().await?;
    /// # let commit = sandbox.client().repository("acme/rocket")?.commit("e10dae226959c2194f2b07b077c07762d93821cf")?;
    /// use bitbucket_build_status::State;
    ///
    /// let call = commit.set("unit-tests", State::Failed, "https://ci.example.com/42");
    /// let response = call.send_with_response().await?;
    /// println!("trace id: {}", response.trace_id().unwrap_or("-"));
    /// # Ok(())
    /// # }
    /// # #[cfg(not(feature = "sandbox"))] fn main() {}
    /// ```
    #[must_use]
    pub fn trace_id(&self) -> Option<&str> {
        self.raw.trace_id()
    }

    /// The body as it was received.
    ///
    /// # Examples
    ///
    /// ```
    /// # #[cfg(feature = "sandbox")] #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> bitbucket_build_status::Result<()> {
    /// # let sandbox = bitbucket_build_status::sandbox::Sandbox::start().await?;
    /// # let commit = sandbox.client().repository("acme/rocket")?.commit("e10dae226959c2194f2b07b077c07762d93821cf")?;
    /// use bitbucket_build_status::State;
    ///
    /// let call = commit.set("unit-tests", State::Failed, "https://ci.example.com/42");
    /// let response = call.send_with_response().await?;
    /// assert!(response.body().starts_with(b"{"));
    /// # Ok(())
    /// # }
    /// # #[cfg(not(feature = "sandbox"))] fn main() {}
    /// ```
    #[must_use]
    pub fn body(&self) -> &[u8] {
        &self.raw.body
    }

    /// How many times the request was sent, retries included. The read before an update and requests for an OAuth
    /// consumer's token are not counted.
    ///
    /// # Examples
    ///
    /// ```
    /// # #[cfg(feature = "sandbox")] #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> bitbucket_build_status::Result<()> {
    /// # let sandbox = bitbucket_build_status::sandbox::Sandbox::start().await?;
    /// # let commit = sandbox.client().repository("acme/rocket")?.commit("e10dae226959c2194f2b07b077c07762d93821cf")?;
    /// use bitbucket_build_status::{State, sandbox::Fault};
    ///
    /// sandbox.fault(Fault::Html(503));
    /// let call = commit.set("unit-tests", State::Failed, "https://ci.example.com/42");
    /// assert_eq!(call.send_with_response().await?.attempts(), 2);
    /// # Ok(())
    /// # }
    /// # #[cfg(not(feature = "sandbox"))] fn main() {}
    /// ```
    #[must_use]
    pub fn attempts(&self) -> u32 {
        self.raw.attempts
    }
}

impl<T: fmt::Debug> fmt::Debug for Response<T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut debug = formatter.debug_struct("Response");
        debug.field("status", &self.status()).field("value", &self.value).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::{Expected, Key, ReportedState, State, first_invalid_item, is_about_a_status};

    #[test]
    fn an_item_of_a_page_that_is_not_a_status_is_named_by_its_index() {
        let page = br#"{"values":[{"key":"a","state":"FAILED"},"Free plan"]}"#;
        let problem = first_invalid_item(page).expect("the second item is no status");
        assert!(
            problem.starts_with("values[1] is not a build status: invalid type: string \"Free plan\""),
            "{problem}"
        );
        for good in [br#"{"values":[]}"#.as_slice(), b"[]", b"<html>", b""] {
            assert_eq!(first_invalid_item(good), None);
        }
    }

    #[test]
    fn a_response_must_be_about_the_key_without_case_and_the_state_that_was_sent() {
        let table = [
            ("unit-tests", Some(State::Failed), "unit-tests", "FAILED", true),
            ("unit-tests", Some(State::Failed), "Unit-Tests", "FAILED", true),
            ("É", Some(State::Failed), "é", "FAILED", true),
            ("unit-tests", Some(State::Failed), "unit-test", "FAILED", false),
            ("unit-tests", Some(State::Failed), "unit-tests", "SUCCESSFUL", false),
            ("unit-tests", Some(State::Failed), "unit-tests", "BROKEN", true),
            ("unit-tests", None, "unit-tests", "SUCCESSFUL", true),
            ("unit-tests", None, "other", "SUCCESSFUL", false),
        ];
        for (sent_key, sent_state, key, state, is_met) in table {
            let expected = Expected { key: Key::new(sent_key).unwrap(), state: sent_state };
            assert_eq!(expected.is_met(key, &ReportedState::from(state)), is_met, "{sent_key} {key} {state}");
        }
    }

    #[test]
    fn only_json_with_a_key_and_a_state_shows_that_a_write_was_accepted() {
        for (body, expected) in [
            (r#"{"key":7,"state":"FAILED"}"#, true),
            (r#"{"ok":true}"#, false),
            ("[]", false),
            ("", false),
            ("<html>key state</html>", false),
            (r#""key state""#, false),
        ] {
            assert_eq!(is_about_a_status(body.as_bytes()), expected, "{body}");
        }
    }
}
