//! Creating a status, or overwriting the one with its key.

use super::{BUILD, Commit, Prepared, PreparedRequest, Recorded, Response};
use crate::{
    BuildStatus, BuildStatusCreate, Key, Result, State,
    call::Action,
    hooks::CallContext,
    link::{bare_refname, check_url},
};

/// A status to be created or overwritten; made by [`Commit::set`].
#[derive(Debug)]
#[must_use = "nothing is sent before `send`"]
pub struct SetStatus<'a> {
    commit: &'a Commit,
    key: Result<Key>,
    state: State,
    url: String,
    name: Option<String>,
    description: Option<String>,
    refname: Option<String>,
}

impl<'a> SetStatus<'a> {
    pub(super) fn new(commit: &'a Commit, key: Result<Key>, state: State, url: String) -> Self {
        Self { commit, key, state, url, name: None, description: None, refname: None }
    }

    /// What people read: a name for the build. Bitbucket's pages show about 32 characters of it.
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// A sentence about the result, such as `42 tests passed`.
    pub fn description(mut self, description: impl Into<String>) -> Self {
        self.description = Some(description.into());
        self
    }

    /// The branch the build ran for; a pull request shows the statuses that name its source branch.
    ///
    /// A leading `refs/heads/` is removed, since it would hide the status. Stay with one branch for a key: Bitbucket
    /// keeps statuses apart that differ in it.
    pub fn refname(mut self, refname: impl Into<String>) -> Self {
        self.refname = Some(refname.into());
        self
    }

    /// Sends the status and gives it as Bitbucket keeps it.
    ///
    /// # Errors
    /// [`InvalidInput`](crate::ErrorKind::InvalidInput) before anything is sent; [`Rejected`](crate::ErrorKind::Rejected)
    /// where Bitbucket refuses a member; [`NotFound`](crate::ErrorKind::NotFound) where it does not know the repository
    /// or the commit; [`Forbidden`](crate::ErrorKind::Forbidden) where somebody else created the status.
    pub async fn send(self) -> Result<BuildStatus> {
        self.call().await?.value()
    }

    /// As [`send`](Self::send), with status, headers and body of the answer.
    ///
    /// # Errors
    /// As [`send`](Self::send).
    pub async fn send_with_response(self) -> Result<Response<BuildStatus>> {
        self.call().await?.answer()
    }

    /// The request as it would be sent.
    ///
    /// # Errors
    /// [`InvalidInput`](crate::ErrorKind::InvalidInput) for what is refused before sending.
    pub async fn prepare(self) -> Result<Prepared> {
        let context = self.commit.client.context().held();
        let recorded = self.call_in(context.clone()).await?;
        Ok(Prepared::new([PreparedRequest::held(recorded, &context)?]))
    }

    async fn call(self) -> Result<Recorded<BuildStatus>> {
        let context = self.commit.client.context();
        self.call_in(context).await
    }

    async fn call_in(self, context: CallContext) -> Result<Recorded<BuildStatus>> {
        let commit = self.commit;
        let body = self.body()?;
        let client = commit.client.call(context);
        let outcome = client.create_build_status(&commit.workspace, &commit.repo_slug, &commit.hash, &body).await;
        Ok(Recorded::new(commit.names(Action::Create), outcome, &client))
    }

    /// What to send.
    fn body(self) -> Result<BuildStatusCreate> {
        check_url(&self.url)?;
        let refname = self.refname.as_deref().map(bare_refname).transpose()?.map(str::to_owned);
        Ok(BuildStatusCreate {
            key: self.key?,
            state: self.state,
            url: self.url,
            name: self.name,
            description: self.description,
            refname,
            type_: Some(BUILD.to_owned()),
        })
    }
}
