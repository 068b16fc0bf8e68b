//! Reading a status.

use std::pin::Pin;

use super::{CallOptions, Commit, options::call_options, send};
use crate::{
    error::Result,
    generated::{BuiltRequest, captured},
    id::Key,
    model::BuildStatus,
    prepared::PreparedRequest,
    response::{Response, Undecoded},
    transport::CallLimits,
};

/// A status to be read; made by [`Commit::get`].
#[derive(Clone, Debug)]
#[must_use = "nothing is sent before `.await` or `send`"]
pub struct GetStatus {
    commit: Commit,
    key: Result<Key>,
    options: CallOptions,
}

impl GetStatus {
    pub(super) fn new(commit: Commit, key: Result<Key>) -> Self {
        Self { commit, key, options: CallOptions::default() }
    }

    call_options!();

    /// Reads the status; `.await` on the builder does the same.
    ///
    /// # Errors
    /// [`NotFound`](crate::ErrorKind::NotFound) if the commit has no status with this key;
    /// [`Commit::set`] makes one.
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
    /// # commit.set("unit-tests", State::Failed, "https://ci.example.com/42").send().await?;
    /// let status = commit.get("unit-tests").send().await?;
    /// assert_eq!(status.state, State::Failed);
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
    /// # use bitbucket_build_status::State;
    /// # commit.set("unit-tests", State::Failed, "https://ci.example.com/42").send().await?;
    /// let response = commit.get("unit-tests").send_with_response().await?;
    /// assert_eq!((response.status(), response.value().key.as_str()), (200, "unit-tests"));
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
    /// [`InvalidInput`](crate::ErrorKind::InvalidInput) for a key or header that is refused.
    ///
    /// # Examples
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> bitbucket_build_status::Result<()> {
    /// # let client = bitbucket_build_status::Client::builder().build()?;
    /// # let commit = client.commit("acme", "rocket", "e10dae226959c2194f2b07b077c07762d93821cf")?;
    /// let prepared = commit.get("unit-tests").prepare().await?;
    /// assert!(prepared[0].url().ends_with("/statuses/build/unit-tests"));
    /// # Ok(())
    /// # }
    /// ```
    pub async fn prepare(self) -> Result<Vec<PreparedRequest>> {
        let built = self.commit.build_get(&self.key?, &self.options).await?;
        Ok(vec![PreparedRequest::new(&built.request)])
    }

    async fn transmit(self) -> Result<Undecoded<BuildStatus>> {
        let limits = self.options.limits(&self.commit.0.client);
        let key = self.key?;
        Ok(self.commit.read(&key, &self.options, limits).await?.about(key, None))
    }
}

impl IntoFuture for GetStatus {
    type Output = Result<BuildStatus>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> + Send>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.send())
    }
}

impl Commit {
    /// Reads a status within the limits of a call.
    pub(super) async fn read(
        &self,
        key: &Key,
        options: &CallOptions,
        limits: CallLimits,
    ) -> Result<Undecoded<BuildStatus>> {
        let built = self.build_get(key, options).await?;
        send(&self.0.client, built, self.0.hash.is_short(), limits).await
    }

    /// The request that reads a status.
    pub(super) async fn build_get(&self, key: &Key, options: &CallOptions) -> Result<BuiltRequest<BuildStatus>> {
        let client = self.0.client.capturing();
        let outcome = client.get_build_status(&self.0.workspace, &self.0.repo_slug, &self.0.hash, key).await;
        let mut built = captured(client, outcome)?;
        options.apply(&mut built.request)?;
        Ok(built)
    }
}
