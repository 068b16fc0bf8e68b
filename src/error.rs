//! The one error of this crate.

mod body;
mod convert;
mod explain;
mod kind;
mod trouble;

use std::{collections::BTreeMap, error::Error as StdError, fmt, sync::Arc, time::Duration};

pub(crate) use body::{ErrorBody, excerpt};
#[cfg(fuzzing)]
pub use convert::answered_by as answered;
pub(crate) use convert::{Failure, Generated, came_of};
pub use explain::Explanation;
pub use kind::ErrorKind;
pub(crate) use kind::{Came, judge};
pub(crate) use trouble::Trouble;

use crate::{call::Call, credentials::CredentialKind};

/// A result whose error is [`Error`].
pub type Result<T> = std::result::Result<T, Error>;

/// Why a call failed.
///
/// [`kind`](Self::kind) says it in one word, the text in a sentence, [`explain`](Self::explain) with the likely cause
/// and the remedy. Credentials are never part of it. What an answer said is cut: each text to 300 characters, and of
/// headers only the scopes, the wait, the trace id and, uncut, the new place are kept.
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
pub struct Error(Box<Inner>);

#[derive(Clone, Debug)]
struct Inner {
    kind: ErrorKind,
    text: String,
    field: Option<&'static str>,
    status: Option<u16>,
    body: ErrorBody,
    /// From the headers: what the endpoint takes, and what the credentials have.
    accepted_scopes: Vec<String>,
    credential_scopes: Vec<String>,
    retry_after: Option<Duration>,
    trace_id: Option<String>,
    location: Option<String>,
    call: Option<Call>,
    credentials: CredentialKind,
    fetching_token: bool,
    trouble: Option<Trouble>,
    attempts: u32,
    source: Option<Arc<dyn StdError + Send + Sync>>,
}

impl Error {
    /// An error of which only kind and text are known.
    pub(crate) fn new(kind: ErrorKind, text: impl Into<String>) -> Self {
        Self(Box::new(Inner {
            kind,
            text: text.into(),
            field: None,
            status: None,
            body: ErrorBody::default(),
            accepted_scopes: Vec::new(),
            credential_scopes: Vec::new(),
            retry_after: None,
            trace_id: None,
            location: None,
            call: None,
            credentials: CredentialKind::Anonymous,
            fetching_token: false,
            trouble: None,
            attempts: 0,
            source: None,
        }))
    }

    pub(crate) fn invalid_input(field: &'static str, problem: fmt::Arguments<'_>) -> Self {
        let mut error = Self::new(ErrorKind::InvalidInput, format!("{field}: {problem}"));
        error.0.field = Some(field);
        error
    }

    pub(crate) fn with_source(mut self, source: impl StdError + Send + Sync + 'static) -> Self {
        self.0.source = Some(Arc::new(source));
        self
    }

    pub(crate) fn with_trouble(mut self, trouble: Trouble) -> Self {
        self.0.trouble = Some(trouble);
        self
    }

    /// The same error, for another caller whom it concerns.
    pub(crate) fn shared(&self) -> Self {
        Self(self.0.clone())
    }

    /// What went wrong, in one word.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// The field that was refused before sending, such as `key`.
    #[must_use]
    pub fn field(&self) -> Option<&str> {
        self.0.field
    }

    /// The answer's HTTP status, where there was an answer.
    #[must_use]
    pub fn status(&self) -> Option<u16> {
        self.0.status
    }

    /// What Bitbucket said, where it said something readable; at most 300 characters.
    #[must_use]
    pub fn message(&self) -> Option<&str> {
        self.0.body.message.as_deref()
    }

    /// More of what Bitbucket said, where it did; at most 300 characters.
    #[must_use]
    pub fn detail(&self) -> Option<&str> {
        self.0.body.detail.as_deref()
    }

    /// The members of the body that Bitbucket refused, each with what is wrong with it.
    #[must_use]
    pub fn fields(&self) -> &BTreeMap<String, Vec<String>> {
        &self.0.body.fields
    }

    /// The scopes that the endpoint needs, where Bitbucket named them in the body or in `X-Accepted-OAuth-Scopes`.
    #[must_use]
    pub fn required_scopes(&self) -> &[String] {
        let required = &self.0.body.required_scopes;
        if required.is_empty() { &self.0.accepted_scopes } else { required }
    }

    /// The scopes that the credentials have, where Bitbucket named them in the body or in `X-OAuth-Scopes`.
    #[must_use]
    pub fn granted_scopes(&self) -> &[String] {
        let granted = &self.0.body.granted_scopes;
        if granted.is_empty() { &self.0.credential_scopes } else { granted }
    }

    /// How long Bitbucket asked to wait, where it did.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        self.0.retry_after
    }

    /// The number under which Atlassian's support finds the request.
    #[must_use]
    pub fn trace_id(&self) -> Option<&str> {
        self.0.trace_id.as_deref()
    }

    /// Where the repository has moved to, for [`ErrorKind::Redirect`].
    #[must_use]
    pub fn location(&self) -> Option<&str> {
        self.0.location.as_deref()
    }

    /// The beginning of the answer's body, at most 300 characters.
    #[must_use]
    pub fn body_excerpt(&self) -> Option<&str> {
        self.0.body.excerpt.as_deref()
    }

    /// How many requests were sent, repeats included; those for an OAuth consumer's token are not counted.
    #[must_use]
    pub fn attempts(&self) -> u32 {
        self.0.attempts
    }

    /// Whether the same call may succeed later without a change. A certificate that is not trusted stays so.
    #[must_use]
    pub fn is_retryable(&self) -> bool {
        judge(self.came()).1
    }

    /// Whether what was asked for does not exist, or the credentials may not see it.
    #[must_use]
    pub fn is_not_found(&self) -> bool {
        self.0.kind == ErrorKind::NotFound
    }

    /// Whether no connection was made for the last attempt, so that Bitbucket has certainly not received it. After any
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
        self.0.fmt(formatter)
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.0.source.as_deref().map(|source| source as _)
    }
}
