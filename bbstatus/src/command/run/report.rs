//! The reports about a command: the first while it runs, the last until it has arrived.

use std::time::Duration;

use bitbucket_build_status::{Commit, Error, Key, SetStatus, State};
use tokio::{
    sync::Notify,
    time::{Instant, sleep},
};

use crate::{
    args::Run,
    command::{key, repeat},
    connection::Target,
    failure::Failure,
    git,
    session::Session,
};

/// How much longer than any other call the last report is tried.
const HARDER: u32 = 2;
/// Replaces what an earlier run has left.
const RUNNING: &str = "Running";

/// Reports about one command.
pub(super) struct Reports {
    pub(super) target: Target,
    commit: Commit,
    key: Key,
    url: String,
    name: Option<String>,
    description: Option<String>,
    /// The most repeats, and the most time, of the first report.
    retries: Option<u32>,
    time: Duration,
}

impl Reports {
    /// Finds out what to report where. Sends nothing.
    pub(super) async fn open(args: &Run, session: &Session) -> Result<Self, Failure> {
        let (key, whole) = key(session, &args.key)?;
        // Repeats are counted here, so that none is under way when the last report is due.
        let connection = crate::args::Connection { retries: Some(0), ..args.connection.clone() };
        let mut target = Target::open(session, &args.place, Some(&args.build), &connection, &args.trying).await?;
        target.settings = target.settings.with_git_branch(&git::ask);
        Ok(Self {
            commit: target.commit()?,
            key,
            url: target.settings.url()?.to_owned(),
            name: args.name.clone().or(whole),
            description: args.description.clone(),
            retries: args.connection.retries,
            time: args.connection.request_timeout,
            target,
        })
    }

    /// The request that reports a state.
    pub(super) fn request(&self, state: State, description: &str) -> SetStatus<'_> {
        let mut request = self.commit.set(&self.key, state, &*self.url).description(description);
        if let Some(name) = &self.name {
            request = request.name(name);
        }
        if let Some(refname) = &self.target.settings.refname {
            request = request.refname(&refname.value);
        }
        request
    }

    /// The request that reports that the command runs.
    pub(super) fn begin(&self) -> SetStatus<'_> {
        self.request(State::Inprogress, self.description.as_deref().unwrap_or(RUNNING))
    }

    /// Reports that the command runs. When it is over no further attempt is made; one that is under way is waited for,
    /// since it must not arrive after the last report.
    pub(super) async fn first(&self, over: &Notify) -> Result<(), Error> {
        let deadline = Instant::now().checked_add(self.time);
        let mut repeats = 0;
        loop {
            let Err(error) = self.begin().send().await else { return Ok(()) };
            let wait = repeat::wait(&error, repeats);
            let Some(wait) =
                wait.filter(|wait| self.retries.is_none_or(|most| repeats < most) && before(deadline, *wait))
            else {
                return Err(error);
            };
            repeats += 1;
            tokio::select! {
                () = sleep(wait) => {}
                () = over.notified() => return Err(error),
            }
        }
    }

    /// Reports how the command ended, for as long as that makes sense.
    pub(super) async fn last(&self, state: State, description: &str) -> Result<(), Error> {
        let deadline = Instant::now().checked_add(self.time.saturating_mul(HARDER));
        let mut repeats = 0;
        loop {
            let Err(error) = self.request(state, description).send().await else { return Ok(()) };
            let Some(wait) = repeat::wait(&error, repeats).filter(|wait| before(deadline, *wait)) else {
                return Err(error);
            };
            repeats += 1;
            sleep(wait).await;
        }
    }

    /// The key that is reported.
    pub(super) fn key(&self) -> &Key {
        &self.key
    }

    /// What was said to describe the build.
    pub(super) fn description(&self) -> Option<&str> {
        self.description.as_deref()
    }
}

/// Whether a wait ends before a moment; a moment beyond all clocks is none.
fn before(deadline: Option<Instant>, wait: Duration) -> bool {
    deadline.is_none_or(|deadline| wait < deadline.saturating_duration_since(Instant::now()))
}
