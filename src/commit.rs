//! The statuses of commits and pull requests: the methods that users call.

mod get;
mod list;
mod next_links;
mod options;
mod set;
mod update;

use std::{fmt, num::NonZeroU64, sync::Arc};

pub use get::GetStatus;
pub use list::Statuses;
use options::CallOptions;
pub use set::SetStatus;
pub use update::UpdateStatus;

use crate::{
    client::Client,
    error::{Error, Result},
    generated::BuiltRequest,
    id::{CommitHash, Key, RepoSlug, Workspace},
    model::State,
    response::Undecoded,
    transport::CallLimits,
    validate::{normalize_refname, validate_url, without_secrets},
};

/// The only type of status (documented by Bitbucket; no other was ever observed).
const BUILD: &str = "build";

impl Client {
    /// A repository by its full name, `workspace/slug`. Sends nothing.
    ///
    /// # Errors
    /// [`InvalidInput`](crate::ErrorKind::InvalidInput) unless it is two names with a slash between them.
    ///
    /// # Examples
    ///
    /// ```
    /// use bitbucket_build_status::Client;
    ///
    /// let rocket = Client::builder().build()?.repository("acme/rocket")?;
    /// assert_eq!((rocket.workspace().as_str(), rocket.repo_slug().as_str()), ("acme", "rocket"));
    /// # Ok::<(), bitbucket_build_status::Error>(())
    /// ```
    pub fn repository(&self, full_name: impl AsRef<str>) -> Result<Repository> {
        let full_name = full_name.as_ref();
        let Some((workspace, repo_slug)) = full_name.split_once('/').filter(|(_, slug)| !slug.contains('/')) else {
            let expected = "expected a workspace and a repository slug, such as \"acme/rocket\"";
            return Err(Error::invalid_input(
                "repository",
                format_args!("{expected}, got {:?}", without_secrets(full_name)),
            ));
        };
        Ok(Repository { client: self.clone(), workspace: workspace.try_into()?, repo_slug: repo_slug.try_into()? })
    }

    /// A commit, to report, read and list its statuses. Sends nothing.
    ///
    /// # Errors
    /// [`InvalidInput`](crate::ErrorKind::InvalidInput) for a name that cannot be one segment of a path, or a commit
    /// that is not a hash.
    ///
    /// # Examples
    ///
    /// ```
    /// use bitbucket_build_status::Client;
    ///
    /// let bitbucket = Client::builder().build()?;
    /// let commit = bitbucket.commit("acme", "rocket", "e10dae226959c2194f2b07b077c07762d93821cf")?;
    /// # Ok::<(), bitbucket_build_status::Error>(())
    /// ```
    pub fn commit(
        &self,
        workspace: impl TryInto<Workspace, Error: Into<Error>>,
        repo_slug: impl TryInto<RepoSlug, Error: Into<Error>>,
        commit: impl TryInto<CommitHash, Error: Into<Error>>,
    ) -> Result<Commit> {
        let workspace = workspace.try_into().map_err(Into::into)?;
        let repo_slug = repo_slug.try_into().map_err(Into::into)?;
        let hash = commit.try_into().map_err(Into::into)?;
        Ok(Commit(Arc::new(CommitInner { client: self.clone(), workspace, repo_slug, hash })))
    }

    /// A pull request by its number, to list the statuses of its commits. Sends nothing.
    ///
    /// # Errors
    /// [`InvalidInput`](crate::ErrorKind::InvalidInput) for a name that cannot be one segment of a path, or the
    /// number 0.
    ///
    /// # Examples
    ///
    /// ```
    /// use bitbucket_build_status::Client;
    ///
    /// let pull_request = Client::builder().build()?.pull_request("acme", "rocket", 7)?;
    /// # Ok::<(), bitbucket_build_status::Error>(())
    /// ```
    pub fn pull_request(
        &self,
        workspace: impl TryInto<Workspace, Error: Into<Error>>,
        repo_slug: impl TryInto<RepoSlug, Error: Into<Error>>,
        id: u64,
    ) -> Result<PullRequest> {
        let workspace = workspace.try_into().map_err(Into::into)?;
        let repo_slug = repo_slug.try_into().map_err(Into::into)?;
        let id = id.try_into().map_err(|_| {
            Error::invalid_input("pull_request_id", format_args!("expected the number of a pull request, got 0"))
        })?;
        Ok(PullRequest { client: self.clone(), workspace, repo_slug, id })
    }
}

/// A repository, which leads to its commits and pull requests; made by [`Client::repository`].
#[derive(Clone, Debug)]
pub struct Repository {
    client: Client,
    workspace: Workspace,
    repo_slug: RepoSlug,
}

impl Repository {
    /// A commit of this repository, as with [`Client::commit`].
    ///
    /// # Errors
    /// [`InvalidInput`](crate::ErrorKind::InvalidInput) for a commit that is not a hash.
    ///
    /// # Examples
    ///
    /// ```
    /// use bitbucket_build_status::Client;
    ///
    /// let commit = Client::builder().build()?.repository("acme/rocket")?.commit("e10dae2")?;
    /// # Ok::<(), bitbucket_build_status::Error>(())
    /// ```
    pub fn commit(&self, commit: impl TryInto<CommitHash, Error: Into<Error>>) -> Result<Commit> {
        self.client.commit(&self.workspace, &self.repo_slug, commit)
    }

    /// A pull request of this repository, as with [`Client::pull_request`].
    ///
    /// # Errors
    /// [`InvalidInput`](crate::ErrorKind::InvalidInput) for the number 0.
    ///
    /// # Examples
    ///
    /// ```
    /// use bitbucket_build_status::Client;
    ///
    /// let pull_request = Client::builder().build()?.repository("acme/rocket")?.pull_request(7)?;
    /// # Ok::<(), bitbucket_build_status::Error>(())
    /// ```
    pub fn pull_request(&self, id: u64) -> Result<PullRequest> {
        self.client.pull_request(&self.workspace, &self.repo_slug, id)
    }

    /// The workspace.
    ///
    /// # Examples
    ///
    /// ```
    /// let repository = bitbucket_build_status::Client::builder().build()?.repository("acme/rocket")?;
    /// assert_eq!(repository.workspace(), "acme");
    /// # Ok::<(), bitbucket_build_status::Error>(())
    /// ```
    #[must_use]
    pub fn workspace(&self) -> &Workspace {
        &self.workspace
    }

    /// The repository slug.
    ///
    /// # Examples
    ///
    /// ```
    /// let repository = bitbucket_build_status::Client::builder().build()?.repository("acme/rocket")?;
    /// assert_eq!(repository.repo_slug(), "rocket");
    /// # Ok::<(), bitbucket_build_status::Error>(())
    /// ```
    #[must_use]
    pub fn repo_slug(&self) -> &RepoSlug {
        &self.repo_slug
    }
}

/// A commit of a repository, to report, read and list its statuses; made by [`Client::commit`] and
/// [`Repository::commit`].
///
/// Cheap to clone.
#[derive(Clone)]
pub struct Commit(Arc<CommitInner>);

struct CommitInner {
    client: Client,
    workspace: Workspace,
    repo_slug: RepoSlug,
    hash: CommitHash,
}

impl Commit {
    /// Creates the status with this key, or overwrites it (POST).
    ///
    /// `url` is the page of the build: absolute, http or https, with a host that has a dot, is an IP
    /// address or `localhost`.
    /// Context variables such as `{commit.hash}` are sent unchanged. Nothing is sent before [`send`](SetStatus::send),
    /// which also reports invalid input.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # async fn report(commit: bitbucket_build_status::Commit) -> bitbucket_build_status::Result<()> {
    /// use bitbucket_build_status::State;
    ///
    /// let report = commit.set("unit-tests", State::Inprogress, "https://ci.example.com/builds/42").refname("main");
    /// tokio::spawn(report.send()); // it borrows nothing
    /// # Ok(())
    /// # }
    /// ```
    #[doc(alias("create", "post", "report", "build status", "commit status", "create_build_status"))]
    pub fn set(&self, key: impl TryInto<Key, Error: Into<Error>>, state: State, url: impl Into<String>) -> SetStatus {
        SetStatus::new(self.clone(), key.try_into().map_err(Into::into), state, url.into())
    }

    /// Changes the status with this key (PUT), which must exist.
    ///
    /// Bitbucket needs the full status. Unless `state`, `url`, `name` and `description` are all set, the stored status
    /// is read first and completes the update. Nothing is sent before [`send`](UpdateStatus::send), which also reports
    /// invalid input.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # async fn report(commit: bitbucket_build_status::Commit) -> bitbucket_build_status::Result<()> {
    /// use bitbucket_build_status::State;
    ///
    /// commit.update("unit-tests").state(State::Successful).description("42 tests passed").send().await?;
    /// # Ok(())
    /// # }
    /// ```
    #[doc(alias("put", "change", "update_build_status"))]
    pub fn update(&self, key: impl TryInto<Key, Error: Into<Error>>) -> UpdateStatus {
        UpdateStatus::new(self.clone(), key.try_into().map_err(Into::into))
    }

    /// Reads the status with this key.
    ///
    /// `.await` it, or call [`send_with_response`](GetStatus::send_with_response) to see HTTP status and headers too.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # async fn read(commit: bitbucket_build_status::Commit) -> bitbucket_build_status::Result<()> {
    /// let status = commit.get("unit-tests").await?;
    /// println!("{} is {}", status.key, status.state);
    /// # Ok(())
    /// # }
    /// ```
    #[doc(alias("read", "get_build_status"))]
    pub fn get(&self, key: impl TryInto<Key, Error: Into<Error>>) -> GetStatus {
        GetStatus::new(self.clone(), key.try_into().map_err(Into::into))
    }

    /// Lists all statuses of the commit, page by page, oldest first.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # async fn list(commit: bitbucket_build_status::Commit) -> bitbucket_build_status::Result<()> {
    /// let failed = commit.statuses().query(r#"state = "FAILED""#).all().await?;
    /// # Ok(())
    /// # }
    /// ```
    #[doc(alias("list", "list_commit_statuses"))]
    pub fn statuses(&self) -> Statuses {
        Statuses::of_commit(self.clone())
    }

    /// The workspace.
    ///
    /// # Examples
    ///
    /// ```
    /// let commit = bitbucket_build_status::Client::builder().build()?.repository("acme/rocket")?.commit("e10dae2")?;
    /// assert_eq!(commit.workspace(), "acme");
    /// # Ok::<(), bitbucket_build_status::Error>(())
    /// ```
    #[must_use]
    pub fn workspace(&self) -> &Workspace {
        &self.0.workspace
    }

    /// The repository slug.
    ///
    /// # Examples
    ///
    /// ```
    /// let commit = bitbucket_build_status::Client::builder().build()?.repository("acme/rocket")?.commit("e10dae2")?;
    /// assert_eq!(commit.repo_slug(), "rocket");
    /// # Ok::<(), bitbucket_build_status::Error>(())
    /// ```
    #[must_use]
    pub fn repo_slug(&self) -> &RepoSlug {
        &self.0.repo_slug
    }

    /// The hash of the commit, as it was passed in.
    ///
    /// # Examples
    ///
    /// ```
    /// let commit = bitbucket_build_status::Client::builder().build()?.repository("acme/rocket")?.commit("e10dae2")?;
    /// assert!(commit.hash().is_short());
    /// # Ok::<(), bitbucket_build_status::Error>(())
    /// ```
    #[must_use]
    pub fn hash(&self) -> &CommitHash {
        &self.0.hash
    }
}

impl fmt::Debug for Commit {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let CommitInner { client, workspace, repo_slug, hash } = &*self.0;
        let mut debug = formatter.debug_struct("Commit");
        debug.field("client", client).field("workspace", workspace).field("repo_slug", repo_slug);
        debug.field("hash", hash).finish()
    }
}

/// A pull request, to list the statuses of its commits; made by [`Client::pull_request`].
#[derive(Clone, Debug)]
pub struct PullRequest {
    client: Client,
    workspace: Workspace,
    repo_slug: RepoSlug,
    id: NonZeroU64,
}

impl PullRequest {
    /// The workspace.
    ///
    /// # Examples
    ///
    /// ```
    /// let pull_request = bitbucket_build_status::Client::builder().build()?.pull_request("acme", "rocket", 7)?;
    /// assert_eq!(pull_request.workspace(), "acme");
    /// # Ok::<(), bitbucket_build_status::Error>(())
    /// ```
    #[must_use]
    pub fn workspace(&self) -> &Workspace {
        &self.workspace
    }

    /// The repository slug.
    ///
    /// # Examples
    ///
    /// ```
    /// let pull_request = bitbucket_build_status::Client::builder().build()?.pull_request("acme", "rocket", 7)?;
    /// assert_eq!(pull_request.repo_slug(), "rocket");
    /// # Ok::<(), bitbucket_build_status::Error>(())
    /// ```
    #[must_use]
    pub fn repo_slug(&self) -> &RepoSlug {
        &self.repo_slug
    }

    /// The pull request's number.
    ///
    /// # Examples
    ///
    /// ```
    /// let pull_request = bitbucket_build_status::Client::builder().build()?.pull_request("acme", "rocket", 7)?;
    /// assert_eq!(pull_request.id(), 7);
    /// # Ok::<(), bitbucket_build_status::Error>(())
    /// ```
    #[must_use]
    pub fn id(&self) -> u64 {
        self.id.get()
    }

    /// Lists all statuses of the pull request's commits, page by page, oldest first.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # async fn list(bitbucket: bitbucket_build_status::Client) -> bitbucket_build_status::Result<()> {
    /// let statuses = bitbucket.pull_request("acme", "rocket", 7)?.statuses().all().await?;
    /// # Ok(())
    /// # }
    /// ```
    #[doc(alias("list", "list_pull_request_statuses"))]
    pub fn statuses(&self) -> Statuses {
        Statuses::of_pull_request(self.clone())
    }
}

/// The members of a status that a caller may set.
#[derive(Clone, Debug, Default)]
struct Members {
    state: Option<State>,
    url: Option<String>,
    name: Option<String>,
    description: Option<String>,
    refname: Option<String>,
}

impl Members {
    /// The members as they are sent.
    ///
    /// # Errors
    /// [`InvalidInput`](crate::ErrorKind::InvalidInput) for a url that Bitbucket would refuse, or a refname
    /// that would hide the status.
    fn validate(mut self) -> Result<Self> {
        if let Some(url) = &self.url {
            validate_url(url)?;
        }
        if let Some(refname) = &self.refname {
            self.refname = Some(normalize_refname(refname)?.to_owned());
        }
        Ok(self)
    }

    /// Whether these members complete an update, so that the stored status need not be read first. The refname may be
    /// left out: it is assumed that Bitbucket then keeps the stored one.
    fn is_complete(&self) -> bool {
        let Self { state, url, name, description, refname: _ } = self;
        state.is_some() && url.is_some() && name.is_some() && description.is_some()
    }
}

/// Sends a built request. The caller decodes the response.
async fn send<T>(
    client: &Client,
    built: BuiltRequest<T>,
    short_hash: bool,
    limits: CallLimits,
) -> Result<Undecoded<T>> {
    let context = client.request_context(built.operation, short_hash);
    let raw = client.transport().send(built.request, context, limits).await?;
    Ok(Undecoded::new(raw, context))
}
