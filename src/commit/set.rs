//! Creating a status, or overwriting the one with its key.

use super::{BUILD, CallOptions, Commit, Members, options::call_options, send};
use crate::{
    error::Result,
    generated::{BuiltRequest, captured},
    id::Key,
    model::{BuildStatus, BuildStatusCreate, State},
    optional_text::OptionalText,
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

    /// The name of the build, as Bitbucket shows it: about 32 characters of it are visible.
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
    /// let status = call.name("Unit tests").send().await?;
    /// assert_eq!(status.name.as_deref(), Some("Unit tests"));
    /// # Ok(())
    /// # }
    /// # #[cfg(not(feature = "sandbox"))] fn main() {}
    /// ```
    pub fn name(mut self, name: impl OptionalText) -> Self {
        self.members.name = name.into_optional();
        self
    }

    /// A sentence about the result, such as `42 tests passed`.
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
    /// let status = call.description("1 of 42 failed").send().await?;
    /// assert_eq!(status.description.as_deref(), Some("1 of 42 failed"));
    /// # Ok(())
    /// # }
    /// # #[cfg(not(feature = "sandbox"))] fn main() {}
    /// ```
    pub fn description(mut self, description: impl OptionalText) -> Self {
        self.members.description = description.into_optional();
        self
    }

    /// The branch of the build; a pull request shows the statuses that name its source branch.
    ///
    /// A leading `refs/heads/` is removed, since it would hide the status. Use the same branch for a key each time:
    /// Bitbucket stores a second status for another one.
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
    /// let status = call.refname("main").send().await?;
    /// assert_eq!(status.refname.as_deref(), Some("main"));
    /// # Ok(())
    /// # }
    /// # #[cfg(not(feature = "sandbox"))] fn main() {}
    /// ```
    pub fn refname(mut self, refname: impl OptionalText) -> Self {
        self.members.refname = refname.into_optional();
        self
    }

    call_options!();

    /// Sends the status and returns it as Bitbucket stored it.
    ///
    /// # Errors
    /// [`InvalidInput`](crate::ErrorKind::InvalidInput) for a key, url, refname or header that is refused before
    /// anything is sent; [`Rejected`](crate::ErrorKind::Rejected)
    /// if Bitbucket refuses a member; [`NotFound`](crate::ErrorKind::NotFound) if it does not know the repository
    /// or the commit; [`Forbidden`](crate::ErrorKind::Forbidden) if another user created the status.
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
    /// let status = commit.set("unit-tests", State::Inprogress, "https://ci.example.com/42").send().await?;
    /// assert_eq!(status.state, State::Inprogress);
    /// # Ok(())
    /// # }
    /// # #[cfg(not(feature = "sandbox"))] fn main() {}
    /// ```
    pub async fn send(self) -> Result<BuildStatus> {
        self.transmit().await?.value()
    }

    /// Like [`send`](Self::send), but also returns HTTP status, headers and body of the response.
    ///
    /// # Errors
    /// Those of [`send`](Self::send).
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
    /// let call = commit.set("unit-tests", State::Inprogress, "https://ci.example.com/42");
    /// assert_eq!(call.clone().send_with_response().await?.status(), 201, "created");
    /// assert_eq!(call.send_with_response().await?.status(), 200, "overwritten");
    /// # Ok(())
    /// # }
    /// # #[cfg(not(feature = "sandbox"))] fn main() {}
    /// ```
    pub async fn send_with_response(self) -> Result<Response<BuildStatus>> {
        self.transmit().await?.response()
    }

    /// Returns the request as it would be sent. Sends nothing.
    ///
    /// # Errors
    /// [`InvalidInput`](crate::ErrorKind::InvalidInput) for a key, url, refname or header that is refused.
    ///
    /// # Examples
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> bitbucket_build_status::Result<()> {
    /// # let client = bitbucket_build_status::Client::builder().build()?;
    /// # let commit = client.commit("acme", "rocket", "e10dae226959c2194f2b07b077c07762d93821cf")?;
    /// use bitbucket_build_status::State;
    ///
    /// let prepared = commit.set("unit-tests", State::Failed, "https://ci.example.com/42").prepare().await?;
    /// assert_eq!(prepared[0].method(), "POST");
    /// # Ok(())
    /// # }
    /// ```
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
