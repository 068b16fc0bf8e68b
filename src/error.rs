//! The error type of this crate.

mod body;
mod connect;
mod explain;
mod kind;

use std::{collections::BTreeMap, convert::Infallible, error::Error as StdError, fmt, sync::Arc, time::Duration};

pub(crate) use body::{ErrorBody, MAX_TEXTS, excerpt};
pub(crate) use connect::ConnectCause;
pub use explain::Explanation;
pub use kind::ErrorKind;

use crate::operation::{CredentialKind, RequestContext};

/// A result whose error is [`Error`] unless another is named.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why a call failed.
///
/// [`kind`](Self::kind) classifies it, the text is a sentence, and [`explain`](Self::explain) adds the likely cause and
/// the remedy. It never contains credentials. Texts from a response are cut to 300 characters each. Of the response's
/// headers it keeps only the scopes, the delay, the trace id and the new location (not cut, but without its query).
///
/// # Examples
///
/// ```
/// use bitbucket_build_status::{ErrorKind, Key};
///
/// let error = Key::new("k".repeat(41)).unwrap_err();
/// assert_eq!(error.kind(), ErrorKind::InvalidInput);
/// assert_eq!(error.field(), Some("key"));
/// ```
#[derive(Clone)]
pub struct Error(Box<Details>);

/// Why a list cannot be read to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PaginationProblem {
    /// The next page is at an address that must not be followed.
    Foreign,
    /// The next page was read before.
    Loop,
    /// There are more pages than are read.
    TooMany,
}

/// Everything that is known about a failure.
#[derive(Clone, Debug)]
pub(crate) struct Details {
    pub(crate) kind: ErrorKind,
    pub(crate) is_retryable: bool,
    pub(crate) text: String,
    pub(crate) field: Option<&'static str>,
    pub(crate) status: Option<u16>,
    pub(crate) body: ErrorBody,
    /// From the headers: the scopes that the endpoint accepts, and those of the credentials.
    pub(crate) accepted_scopes: Vec<String>,
    pub(crate) credential_scopes: Vec<String>,
    pub(crate) retry_after: Option<Duration>,
    pub(crate) trace_id: Option<String>,
    pub(crate) location: Option<String>,
    /// `None` if nothing was called.
    pub(crate) request: Option<RequestContext>,
    /// Whether the request was for the OAuth consumer's access token.
    pub(crate) is_token_request: bool,
    pub(crate) connect_cause: Option<ConnectCause>,
    /// Whether the client's retry quota ended the call.
    pub(crate) is_quota_exhausted: bool,
    pub(crate) pagination: Option<PaginationProblem>,
    pub(crate) attempts: u32,
    pub(crate) source: Option<Arc<dyn StdError + Send + Sync>>,
}

impl Details {
    /// A failure with only a kind and a text.
    pub(crate) fn new(kind: ErrorKind, text: impl Into<String>) -> Self {
        Self {
            kind,
            is_retryable: kind.is_transient(),
            text: text.into(),
            field: None,
            status: None,
            body: ErrorBody::default(),
            accepted_scopes: Vec::new(),
            credential_scopes: Vec::new(),
            retry_after: None,
            trace_id: None,
            location: None,
            request: None,
            is_token_request: false,
            connect_cause: None,
            is_quota_exhausted: false,
            pagination: None,
            attempts: 0,
            source: None,
        }
    }

    fn credentials(&self) -> CredentialKind {
        self.request.map_or(CredentialKind::Anonymous, |request| request.credentials)
    }

    fn is_write(&self) -> bool {
        self.request.is_some_and(|request| request.operation.is_write())
    }

    fn is_list(&self) -> bool {
        self.request.is_some_and(|request| request.operation.is_list())
    }
}

impl Error {
    pub(crate) fn new(kind: ErrorKind, text: impl Into<String>) -> Self {
        Details::new(kind, text).into()
    }

    pub(crate) fn invalid_input(field: &'static str, problem: fmt::Arguments<'_>) -> Self {
        Details { field: Some(field), ..Details::new(ErrorKind::InvalidInput, format!("{field}: {problem}")) }.into()
    }

    pub(crate) fn with_source(mut self, source: impl StdError + Send + Sync + 'static) -> Self {
        self.0.source = Some(Arc::new(source));
        self
    }

    /// Why there was no connection, if that is known.
    pub(crate) fn connect_cause(&self) -> Option<ConnectCause> {
        self.0.connect_cause
    }

    /// The details, to be completed.
    pub(crate) fn into_details(self) -> Details {
        *self.0
    }

    /// An error for the tests of code that handles errors, such as a fake of a trait around this client.
    ///
    /// # Examples
    ///
    /// ```
    /// use bitbucket_build_status::{Error, ErrorKind};
    ///
    /// let error = Error::for_test(ErrorKind::RateLimited).status(429).message("slow down").build();
    /// assert!(error.is_retryable() && error.status() == Some(429));
    /// assert_eq!(error.message(), Some("slow down"));
    /// ```
    pub fn for_test(kind: ErrorKind) -> TestError {
        TestError(Details::new(kind, ""))
    }

    /// The class of the failure.
    ///
    /// # Examples
    ///
    /// ```
    /// use bitbucket_build_status::{Error, ErrorKind};
    ///
    /// let error = Error::for_test(ErrorKind::NotFound).build();
    /// assert_eq!(error.kind(), ErrorKind::NotFound);
    /// ```
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// The field that was refused before sending, such as `key`.
    ///
    /// # Examples
    ///
    /// ```
    /// use bitbucket_build_status::CommitHash;
    ///
    /// assert_eq!(CommitHash::new("main").unwrap_err().field(), Some("commit"));
    /// ```
    #[must_use]
    pub fn field(&self) -> Option<&str> {
        self.0.field
    }

    /// The HTTP status of the response, if there was one.
    ///
    /// # Examples
    ///
    /// ```
    /// use bitbucket_build_status::{Error, ErrorKind};
    ///
    /// let error = Error::for_test(ErrorKind::RateLimited).status(429).build();
    /// assert_eq!(error.status(), Some(429));
    /// ```
    #[must_use]
    pub fn status(&self) -> Option<u16> {
        self.0.status
    }

    /// Bitbucket's message, if it sent a readable one; at most 300 characters.
    ///
    /// # Examples
    ///
    /// ```
    /// use bitbucket_build_status::{Error, ErrorKind};
    ///
    /// let error = Error::for_test(ErrorKind::NotFound).status(404).message("Commit not found").build();
    /// assert_eq!(error.message(), Some("Commit not found"));
    /// ```
    #[must_use]
    pub fn message(&self) -> Option<&str> {
        self.0.body.message.as_deref()
    }

    /// The message's detail, if Bitbucket sent one; at most 300 characters.
    ///
    /// # Examples
    ///
    /// ```
    /// use bitbucket_build_status::Error;
    ///
    /// fn log(error: &Error) {
    ///     eprintln!("{}: {}", error.message().unwrap_or("-"), error.detail().unwrap_or("-"));
    /// }
    /// ```
    #[must_use]
    pub fn detail(&self) -> Option<&str> {
        self.0.body.detail.as_deref()
    }

    /// The members of the body that Bitbucket refused, each with its problems.
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
    /// let call = commit.set("unit-tests", State::Failed, "https://ci.example.com/42").name("x".repeat(256));
    /// let error = call.send().await.unwrap_err();
    /// assert!(error.fields()["name"][0].contains("255 characters"));
    /// # Ok(())
    /// # }
    /// # #[cfg(not(feature = "sandbox"))] fn main() {}
    /// ```
    #[must_use]
    pub fn fields(&self) -> &BTreeMap<String, Vec<String>> {
        &self.0.body.fields
    }

    /// The scopes that the endpoint needs, if Bitbucket named them in the body or in `X-Accepted-OAuth-Scopes`.
    ///
    /// # Examples
    ///
    /// ```
    /// use bitbucket_build_status::Error;
    ///
    /// fn log(error: &Error) {
    ///     eprintln!("needs {:?}, has {:?}", error.required_scopes(), error.granted_scopes());
    /// }
    /// ```
    #[must_use]
    pub fn required_scopes(&self) -> &[String] {
        let required = &self.0.body.required_scopes;
        if required.is_empty() { &self.0.accepted_scopes } else { required }
    }

    /// The scopes that the credentials have, if Bitbucket named them in the body or in `X-OAuth-Scopes`.
    ///
    /// # Examples
    ///
    /// ```
    /// use bitbucket_build_status::Error;
    ///
    /// /// Whether the token may do nothing at all.
    /// fn is_useless(error: &Error) -> bool {
    ///     error.required_scopes().iter().all(|scope| !error.granted_scopes().contains(scope))
    /// }
    /// ```
    #[must_use]
    pub fn granted_scopes(&self) -> &[String] {
        let granted = &self.0.body.granted_scopes;
        if granted.is_empty() { &self.0.credential_scopes } else { granted }
    }

    /// The scopes that the credentials lack, according to the body or else the headers. Empty if the failure has
    /// another cause or if Bitbucket names no scopes.
    ///
    /// # Examples
    ///
    /// ```
    /// use bitbucket_build_status::{Error, ErrorKind};
    ///
    /// let error = Error::for_test(ErrorKind::NotFound).status(404).build();
    /// assert!(error.missing_scopes().is_empty());
    /// ```
    #[must_use]
    pub fn missing_scopes(&self) -> Vec<&str> {
        explain::missing_scopes(&self.0)
    }

    /// The delay that Bitbucket asked for, if it did.
    ///
    /// # Examples
    ///
    /// ```
    /// use bitbucket_build_status::Error;
    ///
    /// /// When to try again.
    /// fn next_attempt(error: &Error, now: std::time::Instant) -> std::time::Instant {
    ///     now + error.retry_after().unwrap_or(std::time::Duration::from_secs(60))
    /// }
    /// ```
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        self.0.retry_after
    }

    /// The id by which Atlassian's support finds the request.
    ///
    /// # Examples
    ///
    /// ```
    /// use bitbucket_build_status::Error;
    ///
    /// fn log(error: &Error) {
    ///     eprintln!("{error} (trace id {})", error.trace_id().unwrap_or("unknown"));
    /// }
    /// ```
    #[must_use]
    pub fn trace_id(&self) -> Option<&str> {
        self.0.trace_id.as_deref()
    }

    /// The new location of the repository, without its query, for an [`ErrorKind::Redirect`] on Bitbucket's host.
    ///
    /// # Examples
    ///
    /// ```
    /// use bitbucket_build_status::Error;
    ///
    /// fn log(error: &Error) {
    ///     if let Some(location) = error.location() {
    ///         eprintln!("the repository is at {location} now");
    ///     }
    /// }
    /// ```
    #[must_use]
    pub fn location(&self) -> Option<&str> {
        self.0.location.as_deref()
    }

    /// The beginning of the response's body, at most 300 characters.
    ///
    /// # Examples
    ///
    /// ```
    /// use bitbucket_build_status::Error;
    ///
    /// fn log(error: &Error) {
    ///     eprintln!("{error}: {}", error.body_excerpt().unwrap_or_default());
    /// }
    /// ```
    #[must_use]
    pub fn body_excerpt(&self) -> Option<&str> {
        self.0.body.excerpt.as_deref()
    }

    /// How many requests were sent, retries included; those for an OAuth consumer's token are not counted.
    ///
    /// # Examples
    ///
    /// ```
    /// use bitbucket_build_status::Key;
    ///
    /// assert_eq!(Key::new("").unwrap_err().attempts(), 0, "nothing was sent");
    /// ```
    #[must_use]
    pub fn attempts(&self) -> u32 {
        self.0.attempts
    }

    /// Whether the same call may succeed later without a change.
    ///
    /// # Examples
    ///
    /// ```
    /// use bitbucket_build_status::{Error, ErrorKind};
    ///
    /// assert!(Error::for_test(ErrorKind::Unavailable).build().is_retryable());
    /// assert!(!Error::for_test(ErrorKind::Rejected).build().is_retryable());
    /// ```
    #[must_use]
    pub fn is_retryable(&self) -> bool {
        self.0.is_retryable
    }

    /// Whether the call was not retried, or not again, because the client's
    /// [`retry_quota`](crate::ClientBuilder::retry_quota) is used up: too many other calls fail, so the service is
    /// probably down.
    ///
    /// # Examples
    ///
    /// ```
    /// use bitbucket_build_status::Error;
    ///
    /// /// Whether to stop reporting for now, since the service is down.
    /// fn is_outage(error: &Error) -> bool {
    ///     error.is_retry_quota_exhausted()
    /// }
    /// ```
    #[must_use]
    pub fn is_retry_quota_exhausted(&self) -> bool {
        self.0.is_quota_exhausted
    }

    /// Whether the requested resource does not exist, or the credentials may not see it.
    ///
    /// # Examples
    ///
    /// ```
    /// use bitbucket_build_status::{Error, ErrorKind};
    ///
    /// assert!(Error::for_test(ErrorKind::NotFound).status(404).build().is_not_found());
    /// ```
    #[must_use]
    pub fn is_not_found(&self) -> bool {
        self.0.kind == ErrorKind::NotFound
    }

    /// Whether no connection was made for the last attempt, so that Bitbucket cannot have received it. After any
    /// other failure without a response the request may still be applied.
    ///
    /// # Examples
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> bitbucket_build_status::Result<()> {
    /// use bitbucket_build_status::Client;
    ///
    /// let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    /// let client = Client::builder().base_url(format!("http://127.0.0.1:{port}")).max_retries(0).build()?;
    /// let commit = client.commit("acme", "rocket", "e10dae226959c2194f2b07b077c07762d93821cf")?;
    /// assert!(commit.get("unit-tests").await.unwrap_err().is_connect());
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn is_connect(&self) -> bool {
        let causes = std::iter::successors(self.source(), |&cause| cause.source());
        causes.filter_map(|cause| cause.downcast_ref::<reqwest::Error>()).any(reqwest::Error::is_connect)
    }
}

impl fmt::Display for Error {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0.text)
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let details = &*self.0;
        let mut debug = formatter.debug_struct("Error");
        debug.field("kind", &details.kind).field("text", &details.text);
        let texts = [
            ("field", details.field),
            ("trace_id", self.trace_id()),
            ("location", self.location()),
            ("body_excerpt", self.body_excerpt()),
        ];
        for (name, value) in texts {
            if let Some(value) = value {
                debug.field(name, &value);
            }
        }
        if let Some(status) = details.status {
            debug.field("status", &status);
        }
        if let Some(retry_after) = details.retry_after {
            debug.field("retry_after", &retry_after);
        }
        for (name, scopes) in [("required_scopes", self.required_scopes()), ("granted_scopes", self.granted_scopes())] {
            if !scopes.is_empty() {
                debug.field(name, &scopes);
            }
        }
        if details.attempts > 0 {
            debug.field("attempts", &details.attempts);
        }
        if let Some(source) = &details.source {
            debug.field("source", &format_args!("{source}"));
        }
        debug.field("remedy", &self.explain().remedy).finish()
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.0.source.as_deref().map(|source| source as _)
    }
}

impl From<Details> for Error {
    fn from(details: Details) -> Self {
        Self(Box::new(details))
    }
}

impl From<Infallible> for Error {
    fn from(never: Infallible) -> Self {
        match never {}
    }
}

/// An [`Error`] under construction, for tests; made by [`Error::for_test`].
#[derive(Clone, Debug)]
#[must_use]
pub struct TestError(Details);

impl TestError {
    /// The HTTP status of the response.
    ///
    /// # Examples
    ///
    /// ```
    /// use bitbucket_build_status::{Error, ErrorKind};
    ///
    /// let error = Error::for_test(ErrorKind::Unavailable).status(503).build();
    /// assert_eq!(error.to_string(), "Bitbucket returned 503");
    /// ```
    pub fn status(mut self, status: u16) -> Self {
        self.0.status = Some(status);
        self
    }

    /// Bitbucket's message.
    ///
    /// # Examples
    ///
    /// ```
    /// use bitbucket_build_status::{Error, ErrorKind};
    ///
    /// let error = Error::for_test(ErrorKind::Forbidden).status(403).message("Access denied").build();
    /// assert_eq!(error.to_string(), "Bitbucket returned 403: Access denied");
    /// ```
    pub fn message(mut self, message: impl AsRef<str>) -> Self {
        self.0.body.message = Some(excerpt(message.as_ref()));
        self
    }

    /// Makes the error.
    ///
    /// # Examples
    ///
    /// ```
    /// use bitbucket_build_status::{Error, ErrorKind};
    ///
    /// let error: Error = Error::for_test(ErrorKind::Timeout).build();
    /// assert!(error.is_retryable());
    /// ```
    #[must_use]
    pub fn build(mut self) -> Error {
        let message = self.0.body.message.as_deref();
        self.0.text = match (self.0.status, message) {
            (Some(status), Some(message)) => format!("Bitbucket returned {status}: {message}"),
            (Some(status), None) => format!("Bitbucket returned {status}"),
            (None, Some(message)) => message.to_owned(),
            (None, None) => self.0.kind.to_string(),
        };
        self.0.into()
    }
}

impl From<TestError> for Error {
    fn from(error: TestError) -> Self {
        error.build()
    }
}

#[cfg(test)]
mod tests {
    use super::{Error, ErrorKind};

    #[test]
    fn an_error_for_a_test_behaves_like_one_of_the_client() {
        let error: Error = Error::for_test(ErrorKind::NotFound).status(404).message("Commit not found").into();
        assert_eq!(error.to_string(), "Bitbucket returned 404: Commit not found");
        assert_eq!(
            (error.kind(), error.status(), error.message()),
            (ErrorKind::NotFound, Some(404), Some("Commit not found"))
        );
        assert!(error.is_not_found() && !error.is_retryable());
        assert!(Error::for_test(ErrorKind::Unavailable).build().is_retryable());
        assert_eq!(Error::for_test(ErrorKind::Timeout).build().to_string(), "timeout");
    }

    #[test]
    fn debug_has_the_fields_that_are_set_and_the_remedy() {
        let error = Error::invalid_input("credentials", format_args!("expected a token, got none"));
        let expected = r#"Error { kind: InvalidInput, text: "credentials: expected a token, got none", field: "credentials", remedy: "Check the secret's value in the CI system: the full token, without quotes and line feeds" }"#;
        assert_eq!(format!("{error:?}"), expected);
    }
}
