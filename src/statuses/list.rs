//! All statuses of a commit or a pull request, page by page.

use std::{
    collections::VecDeque,
    fmt,
    num::NonZeroU64,
    pin::Pin,
    task::{Context, Poll, ready},
};

use futures_core::Stream;
use reqwest::Url;

use super::{Commit, Prepared, PreparedRequest, PullRequest, Recorded, Response};
use crate::{
    BuildStatus, BuildStatusPage, Client, Error, Result,
    call::{Action, Call},
    hooks::CallContext,
    link::bare_refname,
    page::Pages,
};

/// The statuses of a commit or a pull request: a `Stream` over all pages; made by [`Commit::statuses`] and
/// [`PullRequest::statuses`].
///
/// Pages are fetched as the stream is read, by the addresses Bitbucket gives. After an error the stream ends.
#[must_use = "nothing is sent before it is read"]
pub struct Statuses {
    of: Of,
    query: Query,
    items: VecDeque<BuildStatus>,
    pages: Pages,
    state: Reading,
}

/// Whose statuses.
#[derive(Clone, Debug)]
enum Of {
    Commit(Commit),
    PullRequest(PullRequest),
}

/// Which statuses, in which order, how many a page.
#[derive(Clone, Debug, Default)]
struct Query {
    refname: Option<String>,
    q: Option<String>,
    sort: Option<String>,
    pagelen: Option<u8>,
}

enum Reading {
    /// The page to fetch next: the first, or the one at an address.
    Due(Option<Url>),
    Fetching(Pin<Box<dyn Future<Output = Result<Recorded<BuildStatusPage>>> + Send>>),
    /// The last page has been read, and why there is no further one where there should be.
    Ended(Option<Error>),
}

impl Statuses {
    pub(super) fn of_commit(commit: &Commit) -> Self {
        Self::new(Of::Commit(commit.clone()))
    }

    pub(super) fn of_pull_request(pull_request: &PullRequest) -> Self {
        Self::new(Of::PullRequest(pull_request.clone()))
    }

    fn new(of: Of) -> Self {
        let (query, items, pages) = (Query::default(), VecDeque::new(), Pages::default());
        Self { of, query, items, pages, state: Reading::Due(None) }
    }

    /// Keeps the statuses that name this branch and those that name none. Only for a commit: Bitbucket's list of a
    /// pull request does not take it, and reading it is refused.
    pub fn refname(mut self, refname: impl Into<String>) -> Self {
        self.query.refname = Some(refname.into());
        self
    }

    /// Keeps what matches a filter in Bitbucket's query language, such as `state = "FAILED"`.
    pub fn query(mut self, filter: impl Into<String>) -> Self {
        self.query.q = Some(filter.into());
        self
    }

    /// Sorts by a member, descending with a leading `-`; Bitbucket's default is `created_on`.
    pub fn sort(mut self, member: impl Into<String>) -> Self {
        self.query.sort = Some(member.into());
        self
    }

    /// How many statuses a page holds, 1 to 100; Bitbucket's default is 30 (observed).
    pub fn pagelen(mut self, pagelen: u8) -> Self {
        self.query.pagelen = Some(pagelen);
        self
    }

    /// Fetches the first page, with its counters.
    ///
    /// # Errors
    /// [`NotFound`](crate::ErrorKind::NotFound) where the repository, commit or pull request is not known;
    /// [`Decode`](crate::ErrorKind::Decode) for a page that holds something else, with its place.
    pub async fn page(self) -> Result<BuildStatusPage> {
        fetch(self.of, self.query, None).await?.value()
    }

    /// As [`page`](Self::page), with status, headers and body of the answer.
    ///
    /// # Errors
    /// As [`page`](Self::page).
    pub async fn page_with_response(self) -> Result<Response<BuildStatusPage>> {
        fetch(self.of, self.query, None).await?.answer()
    }

    /// Fetches everything that is left.
    ///
    /// # Errors
    /// As [`page`](Self::page), for any page.
    pub async fn all(mut self) -> Result<Vec<BuildStatus>> {
        let mut all = Vec::new();
        while let Some(status) = std::future::poll_fn(|context| Pin::new(&mut self).poll_next(context)).await {
            all.push(status?);
        }
        Ok(all)
    }

    /// The request for the first page as it would be sent.
    ///
    /// # Errors
    /// [`InvalidInput`](crate::ErrorKind::InvalidInput) for what is refused before sending.
    pub async fn prepare(self) -> Result<Prepared> {
        let context = self.of.client().context().held();
        let recorded = call(&self.of, &self.query, context.clone()).await?;
        Ok(Prepared::new([PreparedRequest::held(recorded, &context)?]))
    }

    /// Keeps a page's statuses, and finds out where the next page is.
    fn arrived(&mut self, page: Result<Recorded<BuildStatusPage>>) {
        let next = page.and_then(Recorded::value).and_then(|page| {
            self.items.extend(page.values);
            self.pages.next(self.of.client().parsed_base_url(), page.next.as_deref())
        });
        self.state = match next {
            Ok(Some(address)) => Reading::Due(Some(address)),
            Ok(None) => Reading::Ended(None),
            Err(error) => Reading::Ended(Some(error)),
        };
    }
}

impl Of {
    fn client(&self) -> &Client {
        match self {
            Self::Commit(commit) => &commit.client,
            Self::PullRequest(pull_request) => &pull_request.client,
        }
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
                Reading::Ended(error) => return Poll::Ready(error.take().map(Err)),
                Reading::Due(address) => {
                    let fetching = fetch(this.of.clone(), this.query.clone(), address.take());
                    this.state = Reading::Fetching(Box::pin(fetching));
                }
                Reading::Fetching(page) => {
                    let page = ready!(page.as_mut().poll(context));
                    this.arrived(page);
                }
            }
        }
    }
}

impl fmt::Debug for Statuses {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Statuses").field("of", &self.of).field("query", &self.query).finish_non_exhaustive()
    }
}

async fn fetch(of: Of, query: Query, address: Option<Url>) -> Result<Recorded<BuildStatusPage>> {
    let context = of.client().context().at(address);
    call(&of, &query, context).await
}

async fn call(of: &Of, query: &Query, context: CallContext) -> Result<Recorded<BuildStatusPage>> {
    let client = of.client().call(context);
    let pagelen = query.pagelen.map(checked_pagelen).transpose()?;
    let (refname, q, sort) = (query.refname.as_deref(), query.q.as_deref(), query.sort.as_deref());
    let (call, outcome) = match of {
        Of::Commit(commit) => {
            let Commit { workspace, repo_slug, hash, .. } = commit;
            let refname = refname.map(bare_refname).transpose()?;
            let list = client.list_commit_statuses(workspace, repo_slug, hash, None, pagelen, q, refname, sort);
            (commit.names(Action::ListOfCommit), list.await)
        }
        Of::PullRequest(_) if refname.is_some() => {
            let problem = "expected none for the statuses of a pull request, which are those of its source branch";
            return Err(Error::invalid_input("refname", format_args!("{problem}")));
        }
        Of::PullRequest(PullRequest { workspace, repo_slug, id, .. }) => {
            let list = client.list_pull_request_statuses(workspace, repo_slug, *id, None, pagelen, q, sort);
            (Call { action: Action::ListOfPullRequest, short_hash: false }, list.await)
        }
    };
    Ok(Recorded::new(call, outcome, &client))
}

fn checked_pagelen(pagelen: u8) -> Result<NonZeroU64> {
    let refused = || Error::invalid_input("pagelen", format_args!("expected 1 to 100, got {pagelen}"));
    NonZeroU64::new(pagelen.into()).filter(|pagelen| pagelen.get() <= 100).ok_or_else(refused)
}
