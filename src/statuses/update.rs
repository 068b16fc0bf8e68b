//! Changing a status that exists.

use std::time::Instant;

use super::{BUILD, Commit, Prepared, PreparedRequest, Recorded, Response};
use crate::{
    BuildStatus, BuildStatusUpdate, Error, Key, ReportedState, Result, State,
    call::Action,
    hooks::CallContext,
    link::{bare_refname, check_url},
};

/// A status to be changed; made by [`Commit::update`].
#[derive(Debug)]
#[must_use = "nothing is sent before `send`"]
pub struct UpdateStatus<'a> {
    commit: &'a Commit,
    key: Result<Key>,
    changes: Changes,
    exact: bool,
}

/// The five members that can be changed, where they are.
#[derive(Debug, Default)]
struct Changes {
    state: Option<State>,
    name: Option<String>,
    description: Option<String>,
    url: Option<String>,
    refname: Option<String>,
}

impl<'a> UpdateStatus<'a> {
    pub(super) fn new(commit: &'a Commit, key: Result<Key>) -> Self {
        Self { commit, key, changes: Changes::default(), exact: false }
    }

    /// How the build stands now.
    pub fn state(mut self, state: State) -> Self {
        self.changes.state = Some(state);
        self
    }

    /// What people read: a name for the build. Bitbucket's pages show about 32 characters of it.
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.changes.name = Some(name.into());
        self
    }

    /// A sentence about the result, such as `42 tests passed`.
    pub fn description(mut self, description: impl Into<String>) -> Self {
        self.changes.description = Some(description.into());
        self
    }

    /// Where the build can be seen, as for [`Commit::set`].
    pub fn url(mut self, url: impl Into<String>) -> Self {
        self.changes.url = Some(url.into());
        self
    }

    /// The branch the build ran for, as for [`SetStatus::refname`](crate::SetStatus::refname).
    pub fn refname(mut self, refname: impl Into<String>) -> Self {
        self.changes.refname = Some(refname.into());
        self
    }

    /// Sends only what was given, in one request, and never reads the status first.
    ///
    /// What Bitbucket does with an update that lacks `state` or `url` is not known; this is for finding out.
    pub fn exact(mut self) -> Self {
        self.exact = true;
        self
    }

    /// Sends the update and gives the status as Bitbucket keeps it.
    ///
    /// Where `state` or `url` is not given, the status is read first, and what was read and not changed is sent again,
    /// byte for byte. The two requests share the time of one call, and each has its own repeats.
    ///
    /// # Errors
    /// [`InvalidInput`](crate::ErrorKind::InvalidInput) before anything is sent, or where the state that was read
    /// cannot be sent; [`NotFound`](crate::ErrorKind::NotFound) where the commit has no status with this key
    /// ([`Commit::set`] makes one); [`Rejected`](crate::ErrorKind::Rejected) where Bitbucket refuses a member;
    /// [`Forbidden`](crate::ErrorKind::Forbidden) where somebody else created the status.
    pub async fn send(self) -> Result<BuildStatus> {
        self.call().await?.value()
    }

    /// As [`send`](Self::send), with status, headers and body of the (last) answer.
    ///
    /// # Errors
    /// As [`send`](Self::send).
    pub async fn send_with_response(self) -> Result<Response<BuildStatus>> {
        self.call().await?.answer()
    }

    async fn call(self) -> Result<Recorded<BuildStatus>> {
        let (commit, key) = (self.commit, self.key?);
        let changes = self.changes.checked()?;
        let context = || commit.client.context();
        if self.exact || changes.suffice() {
            return Ok(commit.put(&key, &changes.body(&key, None)?, context()).await);
        }
        // Reading and writing are one call, and share its time.
        let began = Instant::now();
        let read = commit.read(&key, context().since(began)).await.value()?;
        let body = changes.body(&key, Some(read))?;
        Ok(commit.put(&key, &body, context().since(began)).await)
    }

    /// The requests as they would be sent: the reading one first where there is one, and `<as read>` in place of what
    /// it will bring.
    ///
    /// # Errors
    /// [`InvalidInput`](crate::ErrorKind::InvalidInput) for what is refused before sending.
    pub async fn prepare(self) -> Result<Prepared> {
        let (commit, key) = (self.commit, self.key?);
        let changes = self.changes.checked()?;
        let reads = !self.exact && !changes.suffice();
        let mut requests = Vec::new();
        if reads {
            let context = commit.client.context().held();
            requests.push(PreparedRequest::held(commit.read(&key, context.clone()).await, &context)?);
        }
        let context = commit.client.context().held();
        let body = changes.body(&key, None)?;
        requests.push(PreparedRequest::held(commit.put(&key, &body, context.clone()).await, &context)?);
        let mut prepared = Prepared::new(requests);
        if reads {
            prepared.mark_as_read(&["state", "name", "description", "url", "refname"]);
        }
        Ok(prepared)
    }
}

impl Commit {
    async fn put(&self, key: &Key, body: &BuildStatusUpdate, context: CallContext) -> Recorded<BuildStatus> {
        let client = self.client.call(context);
        let outcome = client.update_build_status(&self.workspace, &self.repo_slug, &self.hash, key, body).await;
        Recorded::new(self.names(Action::Update), outcome, &client)
    }
}

impl Changes {
    fn checked(mut self) -> Result<Self> {
        if let Some(url) = &self.url {
            check_url(url)?;
        }
        if let Some(refname) = &self.refname {
            self.refname = Some(bare_refname(refname)?.to_owned());
        }
        Ok(self)
    }

    /// Whether an update made of these alone has what Bitbucket needs.
    fn suffice(&self) -> bool {
        self.state.is_some() && self.url.is_some()
    }

    /// What to send: the changes, and from the status that was read what they leave as it is.
    fn body(self, key: &Key, read: Option<BuildStatus>) -> Result<BuildStatusUpdate> {
        let state = match (self.state, read.as_ref().map(|read| &read.state)) {
            (Some(state), _) => Some(state),
            (None, None) => None,
            (None, Some(ReportedState::Known(state))) => Some(*state),
            (None, Some(ReportedState::Unknown(text))) => {
                let problem = "expected one to be given, since the state that was read cannot be sent";
                return Err(Error::invalid_input("state", format_args!("{problem}: {text:?}")));
            }
        };
        let (name, description, url, refname) =
            read.map(|read| (read.name, read.description, read.url, read.refname)).unwrap_or_default();
        Ok(BuildStatusUpdate {
            type_: BUILD.to_owned(),
            key: Some(key.as_str().to_owned()),
            state,
            name: self.name.or(name),
            description: self.description.or(description),
            url: self.url.or(url),
            refname: self.refname.or(refname),
            uuid: None,
            created_on: None,
            updated_on: None,
            links: None,
        })
    }
}
