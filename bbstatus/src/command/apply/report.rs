//! One report: completed from the settings, and sent within the budget of all.

use std::{
    sync::{Mutex, PoisonError},
    time::Duration,
};

use bitbucket_build_status::{Commit, Error, ErrorKind, Key, SetStatus, State};
use tokio::time::{Instant, sleep, sleep_until};

use super::entry::Entry;
use crate::{
    address::repository_named,
    build_info::{BuildInfo, is_same_commit},
    command::repeat,
    connection::Target,
    failure::Failure,
    output::Progress,
    sourced::{Origin, Sourced},
};

/// The window of Bitbucket's rate limits: who has waited so long has a budget again.
const WINDOW: Duration = Duration::from_secs(3600);
/// Short hashes are the beginning of long ones.
const HASH: usize = 12;

/// A report that only has to be sent.
#[derive(Debug)]
pub(super) struct Report {
    commit: Commit,
    pub(super) key: Key,
    /// The key as it stands in the line, where that was too long.
    pub(super) whole: Option<String>,
    pub(super) state: State,
    pub(super) repo: String,
    url: String,
    name: Option<String>,
    description: Option<String>,
    refname: Option<String>,
}

impl Report {
    /// Adds what the line does not say.
    pub(super) fn new(entry: Entry, target: &Target) -> Result<Self, Failure> {
        let settings = &target.settings;
        let refname = entry.refname.clone().or_else(|| refname(&entry, settings));
        let found;
        let settings_of_line = match entry.repo {
            Some(repo) => {
                let repository =
                    Some(Sourced { value: repository_named(&repo), origin: Origin::User, label: "repo".to_owned() });
                found = BuildInfo { repository, ..BuildInfo::default() };
                &found
            }
            None => settings,
        };
        let (workspace, slug) = settings_of_line.repository()?;
        let hash = entry.commit.as_deref().map_or_else(|| settings.commit(), Ok)?;
        Ok(Self {
            commit: target.client.commit(workspace, slug, hash)?,
            key: entry.key,
            whole: entry.whole,
            state: entry.state,
            repo: format!("{workspace}/{slug}"),
            url: entry.url.map_or_else(|| settings.url().map(str::to_owned), Ok)?,
            name: entry.name,
            description: entry.description,
            refname,
        })
    }

    /// The commit's hash.
    pub(super) fn hash(&self) -> &str {
        self.commit.hash().as_str()
    }

    /// What it has in common with all reports about the same status.
    pub(super) fn lane(&self) -> String {
        let hash = self.hash();
        let mut lane = format!("{}\0{}\0{}", self.repo, hash.get(..HASH).unwrap_or(hash), self.key);
        lane.make_ascii_lowercase();
        lane
    }

    /// The request.
    pub(super) fn request(&self) -> SetStatus {
        let mut request = self.commit.set(&self.key, self.state, &*self.url);
        if let Some(name) = &self.name {
            request = request.name(name);
        }
        if let Some(description) = &self.description {
            request = request.description(description);
        }
        if let Some(refname) = &self.refname {
            request = request.refname(refname);
        }
        request
    }

    /// Sends it, again where that may help.
    pub(super) async fn send(&self, budget: &Budget) -> Result<(), Error> {
        let (mut repeats, mut limited) = (0, 0);
        let (mut spent, mut waited) = (Duration::ZERO, Duration::ZERO);
        loop {
            budget.free().await;
            let began = Instant::now();
            let Err(error) = self.request().send().await else { return Ok(()) };
            spent += began.elapsed();
            let is_limited = error.kind() == ErrorKind::RateLimited;
            let Some(wait) = repeat::wait(&error, if is_limited { limited } else { repeats }) else {
                return Err(error);
            };
            if is_limited {
                waited = waited.saturating_add(wait);
                if waited > WINDOW {
                    return Err(error);
                }
                limited += 1;
                budget.pause(wait);
            } else {
                spent = spent.saturating_add(wait);
                if budget.retries.is_some_and(|most| repeats >= most) || spent >= budget.time {
                    return Err(error);
                }
                repeats += 1;
                sleep(wait).await;
            }
        }
    }
}

/// The refname that was found, for the commit that was found.
fn refname(entry: &Entry, settings: &BuildInfo) -> Option<String> {
    let found = settings.commit.as_ref();
    let is_found = |commit: &String| found.is_some_and(|found| is_same_commit(commit, &found.value));
    let same = entry.repo.is_none() && entry.commit.as_ref().is_none_or(is_found);
    settings.refname.as_ref().filter(|_| same).map(|refname| refname.value.clone())
}

/// What all reports share: when the next one may be sent, and how long each is tried.
pub(super) struct Budget {
    retries: Option<u32>,
    time: Duration,
    progress: Progress,
    /// None may be sent before this.
    paused_until: Mutex<Option<Instant>>,
}

impl Budget {
    pub(super) fn new(retries: Option<u32>, time: Duration, progress: Progress) -> Self {
        Self { retries, time, progress, paused_until: Mutex::new(None) }
    }

    /// Comes back when a report may be sent.
    async fn free(&self) {
        while let Some(moment) = self.paused_until().filter(|moment| *moment > Instant::now()) {
            sleep_until(moment).await;
        }
    }

    /// Lets all wait.
    fn pause(&self, wait: Duration) {
        let Some(moment) = Instant::now().checked_add(wait) else { return };
        let mut paused_until = self.paused_until.lock().unwrap_or_else(PoisonError::into_inner);
        if paused_until.is_none_or(|before| before < moment) {
            if paused_until.is_none_or(|before| before < Instant::now()) {
                let shown = humantime::format_duration(Duration::from_secs(wait.as_secs().max(1)));
                self.progress.set_message(&format!("the rate is limited: all wait for {shown}"));
            }
            *paused_until = Some(moment);
        }
    }

    fn paused_until(&self) -> Option<Instant> {
        *self.paused_until.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
