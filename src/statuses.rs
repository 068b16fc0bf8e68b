//! Statuses of a commit and of a pull request: what a user writes.

mod answer;
mod list;
mod prepared;
mod set;
mod update;

use answer::Recorded;
pub use answer::Response;
pub use list::Statuses;
pub use prepared::{Prepared, PreparedRequest};
pub use set::SetStatus;
pub use update::UpdateStatus;

use crate::{
    BuildStatus, Client, CommitHash, Error, Key, RepoSlug, Result, State, Workspace,
    call::{Action, Call},
    hooks::CallContext,
};

/// The only kind of status there is (Bitbucket's page; nothing else was ever observed).
const BUILD: &str = "build";

/// A commit of a repository, to report, read and list its statuses.
///
/// Made by [`Client::commit`]; cheap to keep and to clone.
#[derive(Clone, Debug)]
pub struct Commit {
    client: Client,
    workspace: Workspace,
    repo_slug: RepoSlug,
    hash: CommitHash,
}

impl Commit {
    pub(crate) fn new(client: Client, workspace: Workspace, repo_slug: RepoSlug, hash: CommitHash) -> Self {
        Self { client, workspace, repo_slug, hash }
    }

    /// Creates the status with this key, or overwrites it (POST): what most builds want, first and last.
    ///
    /// `url` is where the build can be seen: absolute, http or https, with a host that has a dot, is an address or
    /// `localhost`. Context variables such as `{commit.hash}` reach Bitbucket unchanged. Nothing is sent before
    /// [`send`](SetStatus::send), which also reports what is refused here.
    pub fn set(
        &self,
        key: impl TryInto<Key, Error: Into<Error>>,
        state: State,
        url: impl Into<String>,
    ) -> SetStatus<'_> {
        SetStatus::new(self, key.try_into().map_err(Into::into), state, url.into())
    }

    /// Changes the status with this key (PUT), which must exist.
    ///
    /// Bitbucket needs the whole status: where `state` or `url` is not given, the status is read first and completed.
    /// Nothing is sent before [`send`](UpdateStatus::send), which also reports what is refused here.
    pub fn update(&self, key: impl TryInto<Key, Error: Into<Error>>) -> UpdateStatus<'_> {
        UpdateStatus::new(self, key.try_into().map_err(Into::into))
    }

    /// Reads the status with this key.
    ///
    /// `.await` it, or [`send_with_response`](GetStatus::send_with_response) for status and headers of the answer too.
    pub fn get(&self, key: impl TryInto<Key, Error: Into<Error>>) -> GetStatus<'_> {
        GetStatus { commit: self, key: key.try_into().map_err(Into::into) }
    }

    /// Lists all statuses of the commit, page by page, oldest first.
    pub fn statuses(&self) -> Statuses {
        Statuses::of_commit(self)
    }

    /// The workspace as given.
    #[must_use]
    pub fn workspace(&self) -> &Workspace {
        &self.workspace
    }

    /// The repository slug as given.
    #[must_use]
    pub fn repo_slug(&self) -> &RepoSlug {
        &self.repo_slug
    }

    /// The commit's hash as given.
    #[must_use]
    pub fn hash(&self) -> &CommitHash {
        &self.hash
    }
}

/// A status to be read; made by [`Commit::get`].
#[derive(Debug)]
#[must_use = "nothing is sent before `.await` or `send_with_response`"]
pub struct GetStatus<'a> {
    commit: &'a Commit,
    key: Result<Key>,
}

impl GetStatus<'_> {
    /// Reads the status and gives it with status, headers and body of the answer.
    ///
    /// # Errors
    /// [`NotFound`](crate::ErrorKind::NotFound) where the commit has no status with this key;
    /// [`Commit::set`] makes one.
    pub async fn send_with_response(self) -> Result<Response<BuildStatus>> {
        self.call().await?.answer()
    }

    /// The request as it would be sent.
    ///
    /// # Errors
    /// [`InvalidInput`](crate::ErrorKind::InvalidInput) for a key that is refused.
    pub async fn prepare(self) -> Result<Prepared> {
        let key = self.key?;
        let context = self.commit.client.context().held();
        let recorded = self.commit.read(&key, context.clone()).await;
        Ok(Prepared::new([PreparedRequest::held(recorded, &context)?]))
    }

    async fn call(self) -> Result<Recorded<BuildStatus>> {
        let key = self.key?;
        Ok(self.commit.read(&key, self.commit.client.context()).await)
    }
}

impl<'a> IntoFuture for GetStatus<'a> {
    type Output = Result<BuildStatus>;
    type IntoFuture = std::pin::Pin<Box<dyn Future<Output = Self::Output> + Send + 'a>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async { self.call().await?.value() })
    }
}

impl Commit {
    async fn read(&self, key: &Key, context: CallContext) -> Recorded<BuildStatus> {
        let client = self.client.call(context);
        let outcome = client.get_build_status(&self.workspace, &self.repo_slug, &self.hash, key).await;
        Recorded::new(self.names(Action::Get), outcome, &client)
    }

    /// What an error tells of a call to this commit.
    fn names(&self, action: Action) -> Call {
        Call { action, short_hash: self.hash.is_short() }
    }
}

/// A pull request, to list the statuses of its commits; made by [`Client::pull_request`].
#[derive(Clone, Debug)]
pub struct PullRequest {
    client: Client,
    workspace: Workspace,
    repo_slug: RepoSlug,
    id: std::num::NonZeroU64,
}

impl PullRequest {
    pub(crate) fn new(client: Client, workspace: Workspace, repo_slug: RepoSlug, id: u64) -> Result<Self> {
        let id = id.try_into().map_err(|_| {
            Error::invalid_input("pull_request_id", format_args!("expected the number of a pull request, got 0"))
        })?;
        Ok(Self { client, workspace, repo_slug, id })
    }

    /// The pull request's number.
    #[must_use]
    pub fn id(&self) -> u64 {
        self.id.get()
    }

    /// Lists all statuses of the pull request's commits, page by page, oldest first.
    pub fn statuses(&self) -> Statuses {
        Statuses::of_pull_request(self)
    }
}
