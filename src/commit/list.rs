//! All statuses of a commit or a pull request, page by page.

use std::{
    collections::VecDeque,
    fmt,
    num::NonZeroU64,
    pin::Pin,
    task::{Context, Poll, ready},
    time::Duration,
};

use futures_core::Stream;
use reqwest::Url;
use serde::Deserialize;
use tokio::time::Instant;

use super::{
    CallOptions, Commit, CommitInner, PullRequest,
    next_links::{MAX_PAGES, NextLinks},
    options::call_options,
    send,
};
use crate::{
    client::Client,
    error::{Details, Error, ErrorKind, Result},
    generated::{BuiltRequest, captured},
    model::{BuildStatus, BuildStatusPage, ReportedState},
    optional_text::OptionalText,
    prepared::PreparedRequest,
    response::{Body, Response, Undecoded},
    validate::normalize_refname,
};

/// The statuses of a commit or a pull request: a `Stream` over all pages; made by [`Commit::statuses`] and
/// [`PullRequest::statuses`].
///
/// Pages are fetched as the stream is read, by the addresses that Bitbucket returns. A list ends with an error after
/// 10,000 pages ([`max_pages`](Self::max_pages)), or after 10 minutes of fetching pages ([`timeout`](Self::timeout));
/// each page has the timeout of one call. After an error the stream ends. A clone starts from the first page.
#[must_use = "nothing is sent before it is read"]
pub struct Statuses {
    target: ListTarget,
    query: Query,
    options: CallOptions,
    max_pages: u32,
    items: VecDeque<BuildStatus>,
    next_links: NextLinks,
    /// The number of pages that were fetched, and the time that this took.
    pages: u32,
    spent: Duration,
    state: StreamState,
}

/// The members of a page that a list needs. The counters are not parsed, so that they cannot fail.
#[derive(Deserialize)]
struct ListPage {
    values: Vec<BuildStatus>,
    next: Option<String>,
}

impl Body for ListPage {
    fn key_and_state(&self) -> Option<(&str, &ReportedState)> {
        None
    }
}

/// Which commit or pull request.
#[derive(Clone, Debug)]
enum ListTarget {
    Commit(Commit),
    PullRequest(PullRequest),
}

/// Filter, order and page length.
#[derive(Clone, Debug, Default)]
struct Query {
    refname: Option<String>,
    q: Option<String>,
    sort: Option<String>,
    pagelen: Option<u8>,
}

enum StreamState {
    /// The page to fetch next: the first, or the one at an address.
    Ready(Option<Url>),
    Fetching(Pin<Box<dyn Future<Output = (Result<ListPage>, Duration)> + Send>>),
    /// The last page has been read, or an error ends the list.
    Done(Option<Error>),
}

impl Statuses {
    pub(super) fn of_commit(commit: Commit) -> Self {
        Self::new(ListTarget::Commit(commit), Query::default(), CallOptions::default())
    }

    pub(super) fn of_pull_request(pull_request: PullRequest) -> Self {
        Self::new(ListTarget::PullRequest(pull_request), Query::default(), CallOptions::default())
    }

    fn new(target: ListTarget, query: Query, options: CallOptions) -> Self {
        let next_links = NextLinks::new(MAX_PAGES);
        Self {
            target,
            query,
            options,
            max_pages: MAX_PAGES,
            items: VecDeque::new(),
            next_links,
            pages: 0,
            spent: Duration::ZERO,
            state: StreamState::Ready(None),
        }
    }

    /// Only statuses of this branch, and those without a branch. Only for the list of a commit: for a pull request it
    /// is refused, since Bitbucket does not accept it there.
    ///
    /// # Examples
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> bitbucket_build_status::Result<()> {
    /// # let client = bitbucket_build_status::Client::builder().build()?;
    /// # let commit = client.commit("acme", "rocket", "e10dae226959c2194f2b07b077c07762d93821cf")?;
    /// let prepared = commit.statuses().refname("main").prepare().await?;
    /// assert!(prepared[0].url().ends_with("?refname=main"));
    /// # Ok(())
    /// # }
    /// ```
    pub fn refname(mut self, refname: impl OptionalText) -> Self {
        self.query.refname = refname.into_optional();
        self
    }

    /// Only statuses that match a filter in Bitbucket's query language, such as `state = "FAILED"`.
    ///
    /// # Examples
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> bitbucket_build_status::Result<()> {
    /// # let client = bitbucket_build_status::Client::builder().build()?;
    /// # let commit = client.commit("acme", "rocket", "e10dae226959c2194f2b07b077c07762d93821cf")?;
    /// let failed = commit.statuses().query(r#"state = "FAILED""#);
    /// assert!(failed.prepare().await?[0].url().contains("?q="));
    /// # Ok(())
    /// # }
    /// ```
    pub fn query(mut self, filter: impl OptionalText) -> Self {
        self.query.q = filter.into_optional();
        self
    }

    /// The member to sort by, descending with a leading `-`; Bitbucket's default is `created_on`.
    ///
    /// # Examples
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> bitbucket_build_status::Result<()> {
    /// # let client = bitbucket_build_status::Client::builder().build()?;
    /// # let commit = client.commit("acme", "rocket", "e10dae226959c2194f2b07b077c07762d93821cf")?;
    /// let newest_first = commit.statuses().sort("-created_on");
    /// assert!(newest_first.prepare().await?[0].url().ends_with("?sort=-created_on"));
    /// # Ok(())
    /// # }
    /// ```
    pub fn sort(mut self, member: impl OptionalText) -> Self {
        self.query.sort = member.into_optional();
        self
    }

    /// The number of statuses on a page, 1 to 100; Bitbucket's default is 30 (observed).
    ///
    /// # Examples
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> bitbucket_build_status::Result<()> {
    /// # let client = bitbucket_build_status::Client::builder().build()?;
    /// # let commit = client.commit("acme", "rocket", "e10dae226959c2194f2b07b077c07762d93821cf")?;
    /// let few_requests = commit.statuses().pagelen(100);
    /// assert!(few_requests.prepare().await?[0].url().ends_with("?pagelen=100"));
    /// # Ok(())
    /// # }
    /// ```
    pub fn pagelen(mut self, pagelen: impl Into<Option<u8>>) -> Self {
        self.query.pagelen = pagelen.into();
        self
    }

    /// The maximum number of pages to read, 10,000 by default; a longer list ends with an error.
    ///
    /// # Examples
    ///
    /// ```
    /// # #[cfg(feature = "sandbox")] #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> bitbucket_build_status::Result<()> {
    /// # let sandbox = bitbucket_build_status::sandbox::Sandbox::start().await?;
    /// # let commit = sandbox.client().repository("acme/rocket")?.commit("e10dae226959c2194f2b07b077c07762d93821cf")?;
    /// # use bitbucket_build_status::State;
    /// # for key in ["unit-tests", "lint"] {
    /// #     commit.set(key, State::Successful, "https://ci.example.com/42").send().await?;
    /// # }
    /// let list = commit.statuses().pagelen(1).max_pages(1);
    /// assert!(list.all().await.is_err(), "there are two pages");
    /// # Ok(())
    /// # }
    /// # #[cfg(not(feature = "sandbox"))] fn main() {}
    /// ```
    pub fn max_pages(mut self, max_pages: u32) -> Self {
        self.max_pages = max_pages;
        self.next_links = NextLinks::new(max_pages);
        self
    }

    call_options!();

    /// Fetches one page by its number, counted from 1, with its counters.
    ///
    /// # Errors
    /// [`InvalidInput`](crate::ErrorKind::InvalidInput) for the number 0; [`NotFound`](crate::ErrorKind::NotFound) if
    /// the repository, commit or pull request is not known; [`Decode`](crate::ErrorKind::Decode) for a page with an
    /// item that is not a status; the error has its index.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # async fn newest(commit: bitbucket_build_status::Commit) -> bitbucket_build_status::Result<()> {
    /// let newest = commit.statuses().sort("-updated_on").pagelen(1).page(1).await?.values.pop();
    /// # Ok(())
    /// # }
    /// ```
    pub async fn page(self, number: u64) -> Result<BuildStatusPage> {
        self.transmit(number).await?.value()
    }

    /// Like [`page`](Self::page), but also returns HTTP status, headers and body of the response.
    ///
    /// # Errors
    /// Those of [`page`](Self::page).
    ///
    /// # Examples
    ///
    /// ```
    /// # #[cfg(feature = "sandbox")] #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> bitbucket_build_status::Result<()> {
    /// # let sandbox = bitbucket_build_status::sandbox::Sandbox::start().await?;
    /// # let commit = sandbox.client().repository("acme/rocket")?.commit("e10dae226959c2194f2b07b077c07762d93821cf")?;
    /// let response = commit.statuses().page_with_response(1).await?;
    /// assert_eq!((response.status(), response.value().size), (200, Some(0)));
    /// # Ok(())
    /// # }
    /// # #[cfg(not(feature = "sandbox"))] fn main() {}
    /// ```
    pub async fn page_with_response(self, number: u64) -> Result<Response<BuildStatusPage>> {
        self.transmit(number).await?.response()
    }

    async fn transmit(self, number: u64) -> Result<Undecoded<BuildStatusPage>> {
        let refused = || Error::invalid_input("page", format_args!("expected 1 or more, got 0"));
        let number = NonZeroU64::new(number).ok_or_else(refused)?;
        let limits = self.options.limits(self.target.client());
        let built = build(&self.target, &self.query, &self.options, Some(number)).await?;
        send(self.target.client(), built, self.target.is_short(), limits).await
    }

    /// Fetches all remaining statuses.
    ///
    /// # Errors
    /// Those of [`page`](Self::page), for any page.
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
    /// # for key in ["unit-tests", "lint"] {
    /// #     commit.set(key, State::Successful, "https://ci.example.com/42").send().await?;
    /// # }
    /// let statuses = commit.statuses().all().await?;
    /// assert!(statuses.iter().all(|status| status.state == State::Successful));
    /// # Ok(())
    /// # }
    /// # #[cfg(not(feature = "sandbox"))] fn main() {}
    /// ```
    pub async fn all(mut self) -> Result<Vec<BuildStatus>> {
        let mut all = Vec::new();
        while let Some(status) = std::future::poll_fn(|context| Pin::new(&mut self).poll_next(context)).await {
            all.push(status?);
        }
        Ok(all)
    }

    /// Returns the request for the first page as it would be sent. Sends nothing.
    ///
    /// # Errors
    /// [`InvalidInput`](crate::ErrorKind::InvalidInput) for a page length, refname or header that is refused.
    ///
    /// # Examples
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> bitbucket_build_status::Result<()> {
    /// # let client = bitbucket_build_status::Client::builder().build()?;
    /// # let commit = client.commit("acme", "rocket", "e10dae226959c2194f2b07b077c07762d93821cf")?;
    /// let prepared = commit.statuses().prepare().await?;
    /// assert!(prepared[0].url().ends_with("/statuses"));
    /// # Ok(())
    /// # }
    /// ```
    pub async fn prepare(self) -> Result<Vec<PreparedRequest>> {
        let built = build(&self.target, &self.query, &self.options, None).await?;
        Ok(vec![PreparedRequest::new(&built.request)])
    }

    /// Starts to fetch a page, if there is time left for it.
    fn fetch(&self, address: Option<Url>) -> StreamState {
        let timeout = self.options.list_timeout();
        let left = timeout.saturating_sub(self.spent);
        if left.is_zero() {
            let text = format!(
                "the list took longer than its timeout of {} s (pages read: {})",
                timeout.as_secs_f64(),
                self.pages
            );
            return StreamState::Done(Some(Details::new(ErrorKind::Timeout, text).into()));
        }
        let fetching = fetch(self.target.clone(), self.query.clone(), self.options.clone(), left, address);
        StreamState::Fetching(Box::pin(async {
            let started = Instant::now();
            let page = fetching.await;
            (page, started.elapsed())
        }))
    }

    /// Stores the statuses of a page, and the address of the next page.
    fn on_page(&mut self, page: Result<ListPage>, spent: Duration) {
        self.pages += 1;
        self.spent += spent;
        let next = page.and_then(|page| {
            self.items.extend(page.values);
            self.next_links.next(self.target.client().parsed_base_url(), page.next.as_deref())
        });
        self.state = match next {
            Ok(Some(address)) => StreamState::Ready(Some(address)),
            Ok(None) => StreamState::Done(None),
            Err(error) => StreamState::Done(Some(error)),
        };
    }
}

impl ListTarget {
    fn client(&self) -> &Client {
        match self {
            Self::Commit(commit) => &commit.0.client,
            Self::PullRequest(pull_request) => &pull_request.client,
        }
    }

    fn is_short(&self) -> bool {
        matches!(self, Self::Commit(commit) if commit.0.hash.is_short())
    }
}

impl Clone for Statuses {
    fn clone(&self) -> Self {
        Self::new(self.target.clone(), self.query.clone(), self.options.clone()).max_pages(self.max_pages)
    }
}

impl Stream for Statuses {
    type Item = Result<BuildStatus>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = self.get_mut();
        loop {
            if let Some(status) = this.items.pop_front() {
                return Poll::Ready(Some(Ok(status)));
            }
            match &mut this.state {
                StreamState::Done(error) => return Poll::Ready(error.take().map(Err)),
                StreamState::Ready(address) => {
                    let address = address.take();
                    this.state = this.fetch(address);
                }
                StreamState::Fetching(page) => {
                    let (page, spent) = ready!(page.as_mut().poll(context));
                    this.on_page(page, spent);
                }
            }
        }
    }
}

impl fmt::Debug for Statuses {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Statuses")
            .field("target", &self.target)
            .field("query", &self.query)
            .finish_non_exhaustive()
    }
}

/// Fetches a page of a list: the first, or the one at an address.
async fn fetch(
    target: ListTarget,
    query: Query,
    options: CallOptions,
    left: Duration,
    address: Option<Url>,
) -> Result<ListPage> {
    let mut limits = options.limits(target.client());
    limits.policy.total_timeout = limits.policy.total_timeout.min(left);
    let mut built = build(&target, &query, &options, None).await?;
    if let Some(address) = address {
        *built.request.url_mut() = address;
    }
    send(target.client(), built, target.is_short(), limits).await?.decoded_as::<ListPage>().value()
}

/// The request for a page.
async fn build(
    target: &ListTarget,
    query: &Query,
    options: &CallOptions,
    page: Option<NonZeroU64>,
) -> Result<BuiltRequest<BuildStatusPage>> {
    let client = target.client().capturing();
    let pagelen = query.pagelen.map(checked_pagelen).transpose()?;
    let (refname, q, sort) = (query.refname.as_deref(), query.q.as_deref(), query.sort.as_deref());
    let outcome = match target {
        ListTarget::Commit(commit) => {
            let CommitInner { workspace, repo_slug, hash, .. } = &*commit.0;
            let refname = refname.map(normalize_refname).transpose()?;
            client.list_commit_statuses(workspace, repo_slug, hash, page, pagelen, q, refname, sort).await
        }
        ListTarget::PullRequest(_) if refname.is_some() => {
            let problem = "not supported for a pull request, whose list has only the statuses of its source branch";
            return Err(Error::invalid_input("refname", format_args!("{problem}")));
        }
        ListTarget::PullRequest(PullRequest { workspace, repo_slug, id, .. }) => {
            client.list_pull_request_statuses(workspace, repo_slug, *id, page, pagelen, q, sort).await
        }
    };
    let mut built = captured(client, outcome)?;
    options.apply(&mut built.request)?;
    Ok(built)
}

fn checked_pagelen(pagelen: u8) -> Result<NonZeroU64> {
    let refused = || Error::invalid_input("pagelen", format_args!("expected 1 to 100, got {pagelen}"));
    NonZeroU64::new(pagelen.into()).filter(|pagelen| pagelen.get() <= 100).ok_or_else(refused)
}
