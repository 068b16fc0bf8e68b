//! Typed [httpmock](https://docs.rs/httpmock) helpers: one for each operation of the document.
//!
//! `when` has a method for each parameter and member that the document describes, `then` one for each response. Values
//! of the path are matched literally, encoded as the client encodes them, under any base path. For anything else,
//! `into_inner` returns httpmock's own `When` and `Then`.
//!
//! A mock responds to requests of one kind and stores nothing; for a flow of several calls, see
#![cfg_attr(feature = "sandbox", doc = "[`sandbox`](crate::sandbox).")]
#![cfg_attr(not(feature = "sandbox"), doc = "the feature `sandbox`.")]
//!
//! # Examples
//!
//! ```
//! use bitbucket_build_status::{
//!     Client, State,
//!     mock::{self, MockServer, MockServerExt as _},
//! };
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let server = MockServer::start();
//! let create = server.create_build_status(|when, then| {
//!     when.workspace("acme").repo_slug("rocket").key("unit-tests").state(State::Failed);
//!     then.created(&mock::build_status("unit-tests", State::Failed, "https://ci.example.com/42"));
//! });
//!
//! let bitbucket = Client::builder().base_url(server.url("/2.0")).build()?;
//! let commit = bitbucket.commit("acme", "rocket", "e10dae226959c2194f2b07b077c07762d93821cf")?;
//! commit.set("unit-tests", State::Failed, "https://ci.example.com/42").send().await?;
//! create.assert();
//! # Ok(())
//! # }
//! ```

mod path;
mod then;
mod when;

pub use httpmock::{self, Mock, MockServer};
pub use then::{CreateThen, PageThen, StatusThen};
pub use when::{CreateWhen, GetWhen, ListCommitWhen, ListPullRequestWhen, UpdateWhen};

pub use crate::generated::types::{ErrorDetails, ErrorResponse};
use serde_json::json;

use crate::model::{BuildStatus, BuildStatusPage, State, of_document};

mod sealed {
    pub trait Sealed {}
    impl Sealed for httpmock::MockServer {}
}

/// Mocks of the operations, as methods of [`MockServer`]. The trait is sealed, since a new operation adds a method.
pub trait MockServerExt: sealed::Sealed {
    /// Mocks `create_build_status`: `POST …/commit/{commit}/statuses/build`.
    ///
    /// # Examples
    ///
    /// ```
    /// use bitbucket_build_status::{
    ///     State,
    ///     mock::{self, MockServer, MockServerExt as _},
    /// };
    ///
    /// let server = MockServer::start();
    /// let mock = server.create_build_status(|when, then| {
    ///     when.key("unit-tests").state(State::Failed);
    ///     then.created(&mock::build_status("unit-tests", State::Failed, "https://ci.example.com/42"));
    /// });
    /// assert_eq!(mock.calls(), 0);
    /// ```
    fn create_build_status(&self, specify: impl FnOnce(CreateWhen, CreateThen)) -> Mock<'_>;
    /// Mocks `update_build_status`: `PUT …/commit/{commit}/statuses/build/{key}`.
    ///
    /// # Examples
    ///
    /// ```
    /// use bitbucket_build_status::{
    ///     State,
    ///     mock::{self, MockServer, MockServerExt as _},
    /// };
    ///
    /// let server = MockServer::start();
    /// let mock = server.update_build_status(|when, then| {
    ///     when.key("unit-tests").state(State::Failed);
    ///     then.ok(&mock::build_status("unit-tests", State::Failed, "https://ci.example.com/42"));
    /// });
    /// assert_eq!(mock.calls(), 0);
    /// ```
    fn update_build_status(&self, specify: impl FnOnce(UpdateWhen, StatusThen)) -> Mock<'_>;
    /// Mocks `get_build_status`: `GET …/commit/{commit}/statuses/build/{key}`.
    ///
    /// # Examples
    ///
    /// ```
    /// use bitbucket_build_status::{
    ///     State,
    ///     mock::{self, MockServer, MockServerExt as _},
    /// };
    ///
    /// let server = MockServer::start();
    /// let mock = server.get_build_status(|when, then| {
    ///     when.key("unit-tests");
    ///     then.ok(&mock::build_status("unit-tests", State::Failed, "https://ci.example.com/42"));
    /// });
    /// assert_eq!(mock.calls(), 0);
    /// ```
    fn get_build_status(&self, specify: impl FnOnce(GetWhen, StatusThen)) -> Mock<'_>;
    /// Mocks `list_commit_statuses`: `GET …/commit/{commit}/statuses`.
    ///
    /// # Examples
    ///
    /// ```
    /// use bitbucket_build_status::mock::{self, MockServer, MockServerExt as _};
    ///
    /// let server = MockServer::start();
    /// let mock = server.list_commit_statuses(|when, then| {
    ///     when.commit("e10dae226959c2194f2b07b077c07762d93821cf");
    ///     then.ok(&mock::page([]));
    /// });
    /// assert_eq!(mock.calls(), 0);
    /// ```
    fn list_commit_statuses(&self, specify: impl FnOnce(ListCommitWhen, PageThen)) -> Mock<'_>;
    /// Mocks `list_pull_request_statuses`: `GET …/pullrequests/{pull_request_id}/statuses`.
    ///
    /// # Examples
    ///
    /// ```
    /// use bitbucket_build_status::mock::{self, MockServer, MockServerExt as _};
    ///
    /// let server = MockServer::start();
    /// let mock = server.list_pull_request_statuses(|when, then| {
    ///     when.pull_request_id(7);
    ///     then.ok(&mock::page([]));
    /// });
    /// assert_eq!(mock.calls(), 0);
    /// ```
    fn list_pull_request_statuses(&self, specify: impl FnOnce(ListPullRequestWhen, PageThen)) -> Mock<'_>;
}

impl MockServerExt for MockServer {
    fn create_build_status(&self, specify: impl FnOnce(CreateWhen, CreateThen)) -> Mock<'_> {
        self.mock(|when, then| specify(CreateWhen::new(when), CreateThen::new(then)))
    }

    fn update_build_status(&self, specify: impl FnOnce(UpdateWhen, StatusThen)) -> Mock<'_> {
        self.mock(|when, then| specify(UpdateWhen::new(when), StatusThen::new(then)))
    }

    fn get_build_status(&self, specify: impl FnOnce(GetWhen, StatusThen)) -> Mock<'_> {
        self.mock(|when, then| specify(GetWhen::new(when), StatusThen::new(then)))
    }

    fn list_commit_statuses(&self, specify: impl FnOnce(ListCommitWhen, PageThen)) -> Mock<'_> {
        self.mock(|when, then| specify(ListCommitWhen::new(when), PageThen::new(then)))
    }

    fn list_pull_request_statuses(&self, specify: impl FnOnce(ListPullRequestWhen, PageThen)) -> Mock<'_> {
        self.mock(|when, then| specify(ListPullRequestWhen::new(when), PageThen::new(then)))
    }
}

/// A status with type, key, state and url; its other members are public and can be set.
///
/// # Examples
///
/// ```
/// use bitbucket_build_status::{State, mock};
///
/// let mut status = mock::build_status("unit-tests", State::Failed, "https://ci.example.com/42");
/// status.refname = Some("main".to_owned());
/// ```
#[must_use]
pub fn build_status(key: &str, state: State, url: &str) -> BuildStatus {
    BuildStatus::new(key, state, url)
}

/// A list with these statuses that fits into one page, with the counters that a live page has.
///
/// # Examples
///
/// ```
/// use bitbucket_build_status::{State, mock};
///
/// let page = mock::page([mock::build_status("unit-tests", State::Failed, "https://ci.example.com/42")]);
/// assert_eq!(page.size, Some(1));
/// ```
#[must_use]
pub fn page(statuses: impl IntoIterator<Item = BuildStatus>) -> BuildStatusPage {
    let mut page: BuildStatusPage = of_document(json!({ "pagelen": 30, "values": [], "page": 1 }));
    page.values.extend(statuses);
    page.size = u64::try_from(page.values.len()).ok();
    page
}

/// An error with a message, as in `{"type": "error", "error": {"message": "Commit not found"}}`.
///
/// # Examples
///
/// ```
/// use bitbucket_build_status::mock::{self, MockServer, MockServerExt as _};
///
/// let server = MockServer::start();
/// server.get_build_status(|when, then| {
///     when.key("unit-tests");
///     then.not_found(&mock::error("Commit not found"));
/// });
/// ```
#[must_use]
pub fn error(message: &str) -> ErrorResponse {
    of_document(json!({ "type": "error", "error": { "message": message } }))
}

/// An error about a member of the body, as recorded:
/// `{"message": "url: Enter a valid URL.", "fields": {"url": ["Enter a valid URL."]}}`.
///
/// # Examples
///
/// ```
/// use bitbucket_build_status::mock::{self, MockServer, MockServerExt as _};
///
/// let server = MockServer::start();
/// server.create_build_status(|when, then| {
///     when.key("unit-tests");
///     then.bad_request(&mock::field_error("url", "Enter a valid URL."));
/// });
/// ```
#[must_use]
pub fn field_error(field: &str, problem: &str) -> ErrorResponse {
    let mut response = error(&format!("{field}: {problem}"));
    response.error.fields = Some([(field.to_owned(), json!([problem]))].into_iter().collect());
    response
}
