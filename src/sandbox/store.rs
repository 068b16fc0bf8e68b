//! What the sandbox remembers: repositories, commits, pull requests and their statuses. No I/O.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    time::{Duration, SystemTime},
};

use http::StatusCode;
use serde_json::json;
use sha2::{Digest as _, Sha256};

use super::{
    assumptions::Assumptions,
    rejection::Rejection,
    rules::{self, seed_error},
    seed::{Repository, Seed, SeededPullRequest},
};
use crate::State;

const HASH_DIGITS: usize = 40;

/// All repositories.
#[derive(Debug)]
pub(crate) struct Store {
    repositories: Vec<RepositoryState>,
    /// Whether repositories exist that nobody has named.
    implicit: bool,
}

/// A repository with what has been reported in it.
#[derive(Debug)]
pub(crate) struct RepositoryState {
    pub(crate) workspace: String,
    pub(crate) slug: String,
    pub(crate) uuid: String,
    pub(crate) public: bool,
    commits: BTreeSet<String>,
    /// Whether commits exist that nobody has named.
    implicit: bool,
    pull_requests: BTreeMap<u64, SeededPullRequest>,
    statuses: HashMap<String, Statuses>,
}

/// The statuses of one commit, by key and refname: both are their identity.
pub(crate) type Statuses = BTreeMap<(String, Option<String>), Status>;

/// A status as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Status {
    pub(crate) commit: String,
    pub(crate) key: String,
    pub(crate) state: State,
    pub(crate) url: String,
    pub(crate) name: String,
    pub(crate) description: String,
    pub(crate) refname: Option<String>,
    pub(crate) author: Option<String>,
    pub(crate) created_on: SystemTime,
    pub(crate) updated_on: SystemTime,
}

impl Store {
    /// Takes what a seed holds, the statuses excepted.
    pub(crate) fn new(seed: &Seed) -> crate::Result<Self> {
        let mut store = Self { repositories: Vec::new(), implicit: seed.repositories.is_empty() };
        for repository in &seed.repositories {
            let state = RepositoryState::new(repository)?;
            if store.repositories.iter().any(|known| known.full_name() == state.full_name()) {
                return Err(seed_error(format_args!("repository {:?}: expected it once", repository.name)));
            }
            store.repositories.push(state);
        }
        Ok(store)
    }

    /// Finds a repository by slug or UUID; one that nobody has named is made where every one exists.
    pub(crate) fn repository(
        &mut self,
        workspace: &str,
        slug: &str,
        assumptions: &Assumptions,
    ) -> Result<&mut RepositoryState, Rejection> {
        let any_workspace = workspace == "{}" && assumptions.empty_workspace.accepts() && slug.starts_with('{');
        let in_workspace = |repository: &RepositoryState| any_workspace || repository.is_in(workspace);
        let found =
            self.repositories.iter().position(|repository| in_workspace(repository) && repository.is_named(slug));
        let at = match found {
            Some(at) => at,
            None if self.implicit => {
                self.repositories.push(RepositoryState::implicit(workspace, slug));
                self.repositories.len() - 1
            }
            None if self.repositories.iter().any(in_workspace) => return Err(unknown_repository()),
            None => {
                let message = format!("No workspace with identifier '{workspace}'.");
                return Err(Rejection::message(&rules::REPOSITORY_KNOWN, StatusCode::NOT_FOUND, message));
            }
        };
        self.repositories.get_mut(at).ok_or_else(unknown_repository)
    }
}

/// The answer for a repository that is not there or that the caller may not see.
pub(crate) fn unknown_repository() -> Rejection {
    let message = "You may not have access to this repository or it no longer exists in this workspace. If you think \
                   this repository exists and you have access, make sure you are authenticated.";
    Rejection::message(&rules::REPOSITORY_KNOWN, StatusCode::NOT_FOUND, message)
}

impl RepositoryState {
    fn new(repository: &Repository) -> crate::Result<Self> {
        let (workspace, slug) = repository.parts()?;
        let mut state = Self::implicit(workspace.as_str(), slug.as_str());
        if let Some(uuid) = &repository.uuid {
            state.uuid.clone_from(uuid);
        }
        state.public = repository.public;
        state.implicit = repository.commits.is_empty();
        for pull_request in &repository.pull_requests {
            state.pull_requests.insert(pull_request.id, pull_request.clone());
        }
        let sources = repository.pull_requests.iter().map(|pull_request| &pull_request.source_commit);
        for commit in repository.commits.iter().chain(sources) {
            if commit.is_short() {
                return Err(seed_error(format_args!("commit: expected all 40 digits, got {:?}", commit.as_str())));
            }
            state.commits.insert(commit.as_str().to_ascii_lowercase());
        }
        Ok(state)
    }

    fn implicit(workspace: &str, slug: &str) -> Self {
        Self {
            workspace: workspace.to_owned(),
            slug: slug.to_owned(),
            uuid: uuid(&format!("{workspace}/{slug}")),
            public: true,
            commits: BTreeSet::new(),
            implicit: true,
            pull_requests: BTreeMap::new(),
            statuses: HashMap::new(),
        }
    }

    pub(crate) fn full_name(&self) -> String {
        format!("{}/{}", self.workspace, self.slug)
    }

    fn is_in(&self, workspace: &str) -> bool {
        self.workspace == workspace || uuid(&self.workspace) == workspace
    }

    fn is_named(&self, slug: &str) -> bool {
        self.slug == slug || self.uuid == slug
    }

    /// Gives the whole hash of a commit of this repository.
    pub(crate) fn commit(&mut self, text: &str, assumptions: &Assumptions) -> Result<String, Rejection> {
        let hash = text.to_ascii_lowercase();
        let digits = hash.bytes().all(|byte| byte.is_ascii_hexdigit());
        if digits && hash.len() >= assumptions.shortest_commit && hash.len() <= HASH_DIGITS {
            if let Some(known) = self.commits.range(hash.clone()..).next().filter(|known| known.starts_with(&hash)) {
                return Ok(known.clone());
            }
            if self.implicit {
                let full = complete(&hash);
                self.commits.insert(full.clone());
                return Ok(full);
            }
        }
        if assumptions.branch_as_commit.accepts() {
            let branch = self.pull_requests.values().find(|pull_request| pull_request.source_branch == text);
            if let Some(pull_request) = branch {
                return Ok(pull_request.source_commit.as_str().to_ascii_lowercase());
            }
        }
        let data = json!({ "shas": [text] });
        let error = json!({ "message": "Commit not found", "data": data });
        Err(Rejection::json(&rules::COMMIT_KNOWN, StatusCode::NOT_FOUND, &error).with_member("data", data))
    }

    /// The source branch and commit of a pull request. Where no commit and no pull request is named, every one exists,
    /// and has no commits: none.
    pub(crate) fn pull_request(&self, id: u64) -> Result<Option<&SeededPullRequest>, Rejection> {
        match self.pull_requests.get(&id) {
            Some(pull_request) => Ok(Some(pull_request)),
            None if self.implicit && self.pull_requests.is_empty() && id > 0 => Ok(None),
            None => Err(Rejection::text(&rules::PULL_REQUEST_KNOWN, StatusCode::NOT_FOUND, "Not Found")),
        }
    }

    pub(crate) fn statuses_of(&self, commit: &str) -> &Statuses {
        static NONE: Statuses = Statuses::new();
        self.statuses.get(commit).unwrap_or(&NONE)
    }

    pub(crate) fn statuses_mut(&mut self, commit: &str) -> &mut Statuses {
        self.statuses.entry(commit.to_owned()).or_default()
    }
}

impl Status {
    /// Whether a list that is narrowed to a branch shows it: it names that branch, or none.
    pub(crate) fn matches(&self, refname: Option<&str>) -> bool {
        self.refname.is_none() || self.refname.as_deref() == refname
    }
}

/// A time after `previous` even where the clock has not moved, to the microsecond as Bitbucket writes it.
pub(crate) fn next_timestamp(previous: SystemTime, now: SystemTime) -> SystemTime {
    now.max(previous + Duration::from_micros(1))
}

/// A UUID made from a name: the same on every run.
fn uuid(name: &str) -> String {
    let digits = hex(name);
    format!("{{{}-{}-4{}-8{}-{}}}", &digits[..8], &digits[8..12], &digits[13..16], &digits[17..20], &digits[20..32])
}

/// The whole of a short hash nobody has named: the same on every run.
fn complete(hash: &str) -> String {
    let rest = hex(hash);
    hash.chars().chain(rest.chars()).take(HASH_DIGITS).collect()
}

/// 64 hexadecimal digits.
fn hex(text: &str) -> String {
    format!("{:x}", Sha256::digest(text))
}
