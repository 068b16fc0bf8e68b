//! Creating a status, or overwriting the one with its key.

use super::{BUILD, CallOptions, Commit, Members, options::call_options, send};
use crate::{
    error::Result,
    generated::{BuiltRequest, captured},
    id::Key,
    model::{BuildStatus, BuildStatusCreate, State},
    optional::OptionalText,
    prepared::PreparedRequest,
    response::{Response, Undecoded},
};

/// A status to be created or overwritten; made by [`Commit::set`].
#[derive(Clone, Debug)]
#[must_use = "nothing is sent before `send`"]
pub struct SetStatus {
    commit: Commit,
    key: Result<Key>,
    state: State,
    url: String,
    members: Members,
    options: CallOptions,
}

impl SetStatus {
    pub(super) fn new(commit: Commit, key: Result<Key>, state: State, url: String) -> Self {
        Self { commit, key, state, url, members: Members::default(), options: CallOptions::default() }
    }

    /// What people read: a name for the build. Bitbucket's pages show about 32 characters of it.
    pub fn name(mut self, name: impl OptionalText) -> Self {
        self.members.name = name.into_optional();
        self
    }

    /// A sentence about the result, such as `42 tests passed`.
    pub fn description(mut self, description: impl OptionalText) -> Self {
        self.members.description = description.into_optional();
        self
    }

    /// The branch the build ran for; a pull request shows the statuses that name its source branch.
    ///
    /// A leading `refs/heads/` is removed, since it would hide the status. Stay with one branch for a key: Bitbucket
    /// keeps statuses apart that differ in it.
    pub fn refname(mut self, refname: impl OptionalText) -> Self {
        self.members.refname = refname.into_optional();
        self
    }

    call_options!();

    /// Sends the status and returns it as Bitbucket stored it.
    ///
    /// # Errors
    /// [`InvalidInput`](crate::ErrorKind::InvalidInput) before anything is sent; [`Rejected`](crate::ErrorKind::Rejected)
    /// where Bitbucket refuses a member; [`NotFound`](crate::ErrorKind::NotFound) where it does not know the repository
    /// or the commit; [`Forbidden`](crate::ErrorKind::Forbidden) where someone else created the status.
    pub async fn send(self) -> Result<BuildStatus> {
        self.transmit().await?.value()
    }

    /// As [`send`](Self::send), with HTTP status, headers and body of the response.
    ///
    /// # Errors
    /// As [`send`](Self::send).
    pub async fn send_with_response(self) -> Result<Response<BuildStatus>> {
        self.transmit().await?.response()
    }

    /// The request as it would be sent. Sends nothing.
    ///
    /// # Errors
    /// [`InvalidInput`](crate::ErrorKind::InvalidInput) for what is refused before sending.
    pub async fn prepare(self) -> Result<Vec<PreparedRequest>> {
        let (built, ..) = self.build().await?;
        Ok(vec![PreparedRequest::new(&built.request)])
    }

    async fn transmit(self) -> Result<Undecoded<BuildStatus>> {
        let limits = self.options.limits(&self.commit.0.client);
        let state = self.state;
        let (built, commit, key) = self.build().await?;
        let response = send(&commit.0.client, built, commit.0.hash.is_short(), limits).await?;
        Ok(response.about(key, Some(state)))
    }

    async fn build(self) -> Result<(BuiltRequest<BuildStatus>, Commit, Key)> {
        let Self { commit, key, state, url, members, options } = self;
        let key = key?;
        let members = Members { state: Some(state), url: Some(url), ..members }.validate()?;
        let body = BuildStatusCreate {
            key,
            state,
            url: members.url.unwrap_or_default(),
            name: members.name,
            description: members.description,
            refname: members.refname,
            type_: Some(BUILD.to_owned()),
        };
        let client = commit.0.client.capturing();
        let outcome = client.create_build_status(&commit.0.workspace, &commit.0.repo_slug, &commit.0.hash, &body).await;
        let mut built = captured(client, outcome)?;
        options.apply(&mut built.request)?;
        Ok((built, commit, body.key))
    }
}
