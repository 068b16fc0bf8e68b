//! Changing a status that exists.

use serde::Deserialize;

use super::{BUILD, CallOptions, Commit, Members, options::call_options, send};
use crate::{
    error::{Error, Result},
    generated::{BuiltRequest, captured},
    id::Key,
    model::{BuildStatus, BuildStatusUpdate, ReportedState, State},
    optional_text::OptionalText,
    prepared::PreparedRequest,
    response::{Body, Response, Undecoded},
};

/// A status to be changed; made by [`Commit::update`].
#[derive(Clone, Debug)]
#[must_use = "nothing is sent before `send`"]
pub struct UpdateStatus {
    commit: Commit,
    key: Result<Key>,
    changes: Members,
    exact: bool,
    options: CallOptions,
}

impl UpdateStatus {
    pub(super) fn new(commit: Commit, key: Result<Key>) -> Self {
        Self { commit, key, changes: Members::default(), exact: false, options: CallOptions::default() }
    }

    /// The new state.
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
    /// # commit.set("unit-tests", State::Inprogress, "https://ci.example.com/42").send().await?;
    /// let status = commit.update("unit-tests").state(State::Successful).send().await?;
    /// assert_eq!(status.state, State::Successful);
    /// # Ok(())
    /// # }
    /// # #[cfg(not(feature = "sandbox"))] fn main() {}
    /// ```
    pub fn state(mut self, state: impl Into<Option<State>>) -> Self {
        self.changes.state = state.into();
        self
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
    /// # use bitbucket_build_status::State;
    /// # commit.set("unit-tests", State::Inprogress, "https://ci.example.com/42").send().await?;
    /// let status = commit.update("unit-tests").name("Unit tests").send().await?;
    /// assert_eq!(status.name.as_deref(), Some("Unit tests"));
    /// # Ok(())
    /// # }
    /// # #[cfg(not(feature = "sandbox"))] fn main() {}
    /// ```
    pub fn name(mut self, name: impl OptionalText) -> Self {
        self.changes.name = name.into_optional();
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
    /// # use bitbucket_build_status::State;
    /// # commit.set("unit-tests", State::Inprogress, "https://ci.example.com/42").send().await?;
    /// let status = commit.update("unit-tests").description("42 tests passed").send().await?;
    /// assert_eq!(status.description.as_deref(), Some("42 tests passed"));
    /// # Ok(())
    /// # }
    /// # #[cfg(not(feature = "sandbox"))] fn main() {}
    /// ```
    pub fn description(mut self, description: impl OptionalText) -> Self {
        self.changes.description = description.into_optional();
        self
    }

    /// The page of the build, as for [`Commit::set`].
    ///
    /// # Examples
    ///
    /// ```
    /// # #[cfg(feature = "sandbox")] #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> bitbucket_build_status::Result<()> {
    /// # let sandbox = bitbucket_build_status::sandbox::Sandbox::start().await?;
    /// # let commit = sandbox.client().repository("acme/rocket")?.commit("e10dae226959c2194f2b07b077c07762d93821cf")?;
    /// # use bitbucket_build_status::State;
    /// # commit.set("unit-tests", State::Inprogress, "https://ci.example.com/42").send().await?;
    /// let status = commit.update("unit-tests").url("https://ci.example.com/43").send().await?;
    /// assert_eq!(status.url.as_deref(), Some("https://ci.example.com/43"));
    /// # Ok(())
    /// # }
    /// # #[cfg(not(feature = "sandbox"))] fn main() {}
    /// ```
    pub fn url(mut self, url: impl OptionalText) -> Self {
        self.changes.url = url.into_optional();
        self
    }

    /// The branch of the build, as for [`SetStatus::refname`](crate::SetStatus::refname).
    ///
    /// # Examples
    ///
    /// ```
    /// # #[cfg(feature = "sandbox")] #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> bitbucket_build_status::Result<()> {
    /// # let sandbox = bitbucket_build_status::sandbox::Sandbox::start().await?;
    /// # let commit = sandbox.client().repository("acme/rocket")?.commit("e10dae226959c2194f2b07b077c07762d93821cf")?;
    /// # use bitbucket_build_status::State;
    /// # commit.set("unit-tests", State::Inprogress, "https://ci.example.com/42").send().await?;
    /// let status = commit.update("unit-tests").refname("main").send().await?;
    /// assert_eq!(status.refname.as_deref(), Some("main"));
    /// # Ok(())
    /// # }
    /// # #[cfg(not(feature = "sandbox"))] fn main() {}
    /// ```
    pub fn refname(mut self, refname: impl OptionalText) -> Self {
        self.changes.refname = refname.into_optional();
        self
    }

    /// Sends only the members that are set, in one request, without reading the status first.
    ///
    /// How Bitbucket handles an update that lacks a member is not known.
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
    /// let prepared = commit.update("unit-tests").state(State::Failed).exact().prepare().await?;
    /// assert_eq!(prepared.len(), 1, "nothing is read first");
    /// # Ok(())
    /// # }
    /// ```
    pub fn exact(mut self) -> Self {
        self.exact = true;
        self
    }

    call_options!();

    /// Sends the update and returns the status as Bitbucket stored it.
    ///
    /// Unless `state`, `url`, `name` and `description` are all set, the stored status is read first, and its other
    /// members are sent again unchanged. The two requests share the timeout of one call; each has its own retries.
    ///
    /// # Errors
    /// [`InvalidInput`](crate::ErrorKind::InvalidInput) for a key, url, refname or header that is refused
    /// before anything is sent, and if the stored state is unknown and cannot be sent;
    /// [`NotFound`](crate::ErrorKind::NotFound) if the commit has no status with this key ([`Commit::set`] makes one);
    /// [`Rejected`](crate::ErrorKind::Rejected) if Bitbucket refuses a member;
    /// [`Forbidden`](crate::ErrorKind::Forbidden) if another user created the status.
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
    /// # commit.set("unit-tests", State::Inprogress, "https://ci.example.com/42").send().await?;
    /// let status = commit.update("unit-tests").state(State::Successful).send().await?;
    /// assert_eq!(status.url.as_deref(), Some("https://ci.example.com/42"), "it stays as it is");
    /// # Ok(())
    /// # }
    /// # #[cfg(not(feature = "sandbox"))] fn main() {}
    /// ```
    pub async fn send(self) -> Result<BuildStatus> {
        self.transmit().await?.value()
    }

    /// Like [`send`](Self::send), but also returns HTTP status, headers and body of the (last) response.
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
    /// # commit.set("unit-tests", State::Inprogress, "https://ci.example.com/42").send().await?;
    /// let update = commit.update("unit-tests").state(State::Successful);
    /// assert_eq!(update.send_with_response().await?.status(), 200);
    /// # Ok(())
    /// # }
    /// # #[cfg(not(feature = "sandbox"))] fn main() {}
    /// ```
    pub async fn send_with_response(self) -> Result<Response<BuildStatus>> {
        self.transmit().await?.response()
    }

    async fn transmit(self) -> Result<Undecoded<BuildStatus>> {
        let Self { commit, key, changes, exact, options } = self;
        let (key, changes) = (key?, changes.validate()?);
        // Reading and writing are one call and share its timeout.
        let limits = options.limits(&commit.0.client);
        let stored = if exact || changes.is_complete() {
            None
        } else {
            // Boxed, so that the future of an update that reads nothing stays small.
            let read = Box::pin(commit.read(&key, &options, limits)).await?.about(key.clone(), None);
            Some(read.decoded_as::<StoredStatus>().value()?)
        };
        let body = body(changes, &key, stored)?;
        let built = commit.build_update(&key, &body, &options).await?;
        let response = send(&commit.0.client, built, commit.0.hash.is_short(), limits).await?;
        Ok(response.about(key, body.state))
    }

    /// Returns the requests as they would be sent: first the read, if one is needed; `<as read>` replaces the values
    /// that it would return. Sends nothing.
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
    /// let prepared = commit.update("unit-tests").state(State::Failed).prepare().await?;
    /// let methods: Vec<_> = prepared.iter().map(|request| request.method()).collect();
    /// assert_eq!(methods, ["GET", "PUT"]);
    /// assert_eq!(prepared[1].body().expect("JSON")["url"], "<as read>");
    /// # Ok(())
    /// # }
    /// ```
    pub async fn prepare(self) -> Result<Vec<PreparedRequest>> {
        let Self { commit, key, changes, exact, options } = self;
        let (key, changes) = (key?, changes.validate()?);
        let reads_first = !exact && !changes.is_complete();
        let write = commit.build_update(&key, &body(changes, &key, None)?, &options).await?;
        let write = PreparedRequest::new(&write.request);
        if !reads_first {
            return Ok(vec![write]);
        }
        let read = commit.build_get(&key, &options).await?;
        let write = write.with_members_as_read(&RETAINED);
        Ok(vec![PreparedRequest::new(&read.request), write])
    }
}

impl Commit {
    /// The request that changes a status.
    async fn build_update(
        &self,
        key: &Key,
        body: &BuildStatusUpdate,
        options: &CallOptions,
    ) -> Result<BuiltRequest<BuildStatus>> {
        let client = self.0.client.capturing();
        let outcome = client.update_build_status(&self.0.workspace, &self.0.repo_slug, &self.0.hash, key, body).await;
        let mut built = captured(client, outcome)?;
        options.apply(&mut built.request)?;
        Ok(built)
    }
}

/// The members that an update does not change unless they are set: it sends the stored values.
const RETAINED: [&str; 5] = ["state", "name", "description", "url", "refname"];

/// The members of the stored status that complete an update. Nothing else is parsed, so that other members cannot fail.
#[derive(Deserialize)]
struct StoredStatus {
    key: String,
    state: ReportedState,
    name: Option<String>,
    description: Option<String>,
    url: Option<String>,
    refname: Option<String>,
}

impl Body for StoredStatus {
    fn key_and_state(&self) -> Option<(&str, &ReportedState)> {
        Some((&self.key, &self.state))
    }
}

/// The body to send: the changes, and the other members of the stored status.
fn body(changes: Members, key: &Key, stored: Option<StoredStatus>) -> Result<BuildStatusUpdate> {
    let state = match (changes.state, stored.as_ref().map(|stored| &stored.state)) {
        (Some(state), _) => Some(state),
        (None, None) => None,
        (None, Some(ReportedState::Known(state))) => Some(*state),
        (None, Some(ReportedState::Unknown(text))) => {
            let problem = "expected a state to be set, since the stored one is unknown and cannot be sent";
            return Err(Error::invalid_input("state", format_args!("{problem}: {text:?}")));
        }
    };
    let (name, description, url, refname) =
        stored.map(|stored| (stored.name, stored.description, stored.url, stored.refname)).unwrap_or_default();
    Ok(BuildStatusUpdate {
        type_: BUILD.to_owned(),
        key: Some(key.as_str().to_owned()),
        state,
        name: changes.name.or(name),
        description: changes.description.or(description),
        url: changes.url.or(url),
        refname: changes.refname.or(refname),
        uuid: None,
        created_on: None,
        updated_on: None,
        links: None,
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use serde_json::{Value, json};

    use super::{Key, Members, RETAINED, body};
    use crate::document;

    /// Without this, an update would delete a new member of the document that it does not change.
    #[test]
    fn an_update_sends_every_stored_member_that_the_document_allows() {
        // The first two identify the status, the others cannot be changed.
        let fixed = ["type", "key", "uuid", "created_on", "updated_on", "links"];
        let documented = document::schema("BuildStatusUpdate")["properties"].as_object().expect("members").keys();
        let documented: BTreeSet<_> = documented.map(String::as_str).filter(|member| !fixed.contains(member)).collect();
        assert_eq!(BTreeSet::from(RETAINED), documented, "src/commit/update.rs: RETAINED, or here `fixed`");

        let mut stored = document::schema("BuildStatus")["example"].clone();
        stored["refname"] = json!("main");
        let key = Key::new("unit-tests").expect("a valid key");
        let sent = body(Members::default(), &key, Some(serde_json::from_value(stored.clone()).expect("a status")));
        let sent: Value = serde_json::to_value(sent.expect("a known state")).expect("JSON");
        for member in documented {
            assert_eq!(sent[member], stored[member], "src/commit/update.rs: StoredStatus and `body` drop {member}");
            assert!(!stored[member].is_null(), "spec/openapi.json: the example of BuildStatus lacks {member}");
        }
    }
}
