//! One status: its line completed by the build, and how it is sent.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use bitbucket_build_status::{Error, ErrorKind, State};
use tokio::{
    sync::watch,
    time::{Instant, sleep_until},
};

use super::line::Line;
use crate::{
    address::repository_named,
    args::Overwriting,
    build_info::{BuildInfo, is_same_commit},
    cli_error::CliError,
    command::report::{DefaultUrl, StatusReport, check_url},
    output::Progress,
    sourced::{Origin, Sourced},
    target::Target,
};

/// The longest pause for a rate limit: Bitbucket's limits are per hour.
const MAX_RATE_LIMIT_WAIT: Duration = Duration::from_secs(60 * 60);
/// Commits are compared by this many digits, since short and full hashes may name the same commit.
const SHORT_HASH_LEN: usize = 7;

/// The values that complete a line.
pub(super) struct Defaults {
    pub(super) target: Arc<Target>,
    pub(super) url: DefaultUrl,
}

/// A complete status, ready to be sent.
#[derive(Debug)]
pub(super) struct Job {
    pub(super) report: StatusReport,
    pub(super) state: State,
    /// The key as in the line, if it was shortened.
    pub(super) long_key: Option<String>,
    /// Workspace and slug.
    pub(super) repository: String,
}

impl Job {
    /// Completes a line.
    pub(super) fn new(line: Line, defaults: &Defaults) -> Result<Self, CliError> {
        let build = &defaults.target.build_info;
        let refname = line.refname.clone().or_else(|| default_refname(&line, build));
        let of_line;
        let build_of_line = match line.repository {
            Some(repository) => {
                let value = repository_named(&repository);
                let repository = Sourced { value, origin: Origin::User, label: "repository".to_owned() };
                of_line = BuildInfo { repository: Some(repository), ..BuildInfo::default() };
                &of_line
            }
            None => build,
        };
        let (workspace, slug) = build_of_line.repository()?;
        let hash = line.commit.as_deref().map_or_else(|| build.commit(), Ok)?;
        let commit = defaults.target.client.commit(workspace, slug, hash)?;
        let url = match line.url {
            Some(url) => {
                check_url(&url, "url")?;
                url
            }
            None => defaults.url.for_commit(&commit),
        };
        let (key, name, description) = (line.key, line.name, line.description);
        Ok(Self {
            report: StatusReport { commit, key, url, name, description, refname },
            state: line.state,
            long_key: line.long_key,
            repository: format!("{workspace}/{slug}"),
        })
    }

    /// The commit's hash.
    pub(super) fn hash(&self) -> &str {
        self.report.commit.hash().as_str()
    }

    /// Equal for all jobs about the same status.
    pub(super) fn lane(&self) -> String {
        let hash = self.hash();
        let hash = hash.get(..SHORT_HASH_LEN).unwrap_or(hash);
        let mut lane = format!("{}\0{hash}\0{}", self.repository, self.report.key);
        lane.make_ascii_lowercase();
        lane
    }
}

/// The refname of the build, if the line is about the commit of the build.
fn default_refname(line: &Line, build: &BuildInfo) -> Option<String> {
    let is_commit_of_build =
        |commit: &String| build.commit.as_ref().is_some_and(|built| is_same_commit(commit, &built.value));
    let is_same = line.repository.is_none() && line.commit.as_ref().is_none_or(is_commit_of_build);
    build.refname.as_ref().filter(|_| is_same).map(|refname| refname.value.clone())
}

/// The outcome of a job.
#[derive(Debug)]
pub(super) enum JobOutcome {
    Reported,
    /// A newer build had already reported.
    Dropped(String),
    Failed(Error),
    /// Sending was halted before it was sent.
    NotTried,
}

/// Sends jobs, and pauses all of them if Bitbucket limits the rate.
pub(super) struct Dispatcher {
    pub(super) target: Arc<Target>,
    pub(super) request_timeout: Duration,
    pub(super) overwriting: Overwriting,
    /// After this time nothing is sent.
    pub(super) deadline: Option<Instant>,
    /// Becomes true when sending is halted.
    pub(super) halted: watch::Receiver<bool>,
    pub(super) progress: Progress,
    /// The end of the last pause that was announced.
    pub(super) announced: Mutex<Option<Instant>>,
}

impl Dispatcher {
    /// Sends a job, and retries after each pause that Bitbucket asks for, if it ends before the deadline.
    pub(super) async fn send(&self, job: &Job) -> JobOutcome {
        let mut halted = self.halted.clone();
        let latest = Instant::now().checked_add(MAX_RATE_LIMIT_WAIT);
        let latest = latest.into_iter().chain(self.deadline).min();
        loop {
            tokio::select! {
                biased;
                _ = halted.wait_for(|halted| *halted) => return JobOutcome::NotTried,
                () = self.wait() => {}
            }
            let Some(timeout) = self.timeout() else { return JobOutcome::NotTried };
            if let Some(note) = self.newer(job, timeout).await {
                return JobOutcome::Dropped(note);
            }
            match job.report.request(job.state).timeout(timeout).send().await {
                Ok(_) => return JobOutcome::Reported,
                Err(error) if error.kind() == ErrorKind::RateLimited && self.ends_before(latest) => {}
                Err(error) => return JobOutcome::Failed(error),
            }
        }
    }

    /// The time budget of a call; none after the deadline.
    fn timeout(&self) -> Option<Duration> {
        let left = self.deadline.map_or(Duration::MAX, |deadline| deadline.saturating_duration_since(Instant::now()));
        (!left.is_zero()).then(|| self.request_timeout.min(left))
    }

    async fn newer(&self, job: &Job, timeout: Duration) -> Option<String> {
        let StatusReport { commit, key, url, .. } = &job.report;
        let guard = self.target.guard(self.overwriting, commit, key, Some(url));
        Some(guard.timeout(timeout).newer_report().await?.note(key))
    }

    /// Returns when there is no pause.
    async fn wait(&self) {
        while let Some(end) = self.pause() {
            self.announce(end);
            sleep_until(end).await;
        }
    }

    /// Announces each pause once.
    fn announce(&self, end: Instant) {
        let mut announced = self.announced.lock().unwrap_or_else(PoisonError::into_inner);
        if *announced < Some(end) {
            let until = self.deadline.map_or(end, |deadline| deadline.min(end));
            let pause = until.saturating_duration_since(Instant::now());
            let pause = humantime::format_duration(Duration::from_secs(pause.as_secs() + 1));
            self.progress.set_message(&format!("rate-limited: all lines wait for {pause}"));
            *announced = Some(end);
        }
    }

    /// The end of the pause that Bitbucket has asked for.
    fn pause(&self) -> Option<Instant> {
        self.target.rate_limited_until().filter(|end| *end > Instant::now())
    }

    /// Whether there is a pause that ends in time.
    fn ends_before(&self, latest: Option<Instant>) -> bool {
        self.pause().is_some_and(|end| latest.is_none_or(|latest| end < latest))
    }
}
