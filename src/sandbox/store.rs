//! What the sandbox stores: repositories, commits, branches, pull requests and their statuses. No I/O.

use std::{
    collections::{BTreeMap, HashMap},
    time::{Duration, SystemTime},
};

use http::StatusCode;
use serde_json::json;
use sha2::{Digest as _, Sha256};

use super::{
    assumptions::Assumptions,
    ordered_json::object,
    rejection::Rejection,
    rules::{self, seed_error},
    seed::{MAIN_BRANCH, Repository, Seed, SeededPullRequest},
};
use crate::{error::Error, id::CommitHash, model::State};

const HASH_DIGITS: usize = 40;
/// The name in place of the workspace, if the repository is named by its UUID.
const ANY_WORKSPACE: &str = "{}";

/// All repositories.
#[derive(Debug)]
pub(crate) struct Store {
    repositories: Vec<RepositoryState>,
    by_name: HashMap<(String, String), usize>,
    /// Whether repositories exist that the seed does not name.
    implicit: bool,
}

/// A repository with its commits and their statuses.
#[derive(Debug)]
pub(crate) struct RepositoryState {
    pub(crate) workspace: String,
    pub(crate) slug: String,
    pub(crate) uuid: String,
    public: bool,
    /// Whether commits exist that the seed does not name.
    implicit: bool,
    /// The statuses of each commit, by its full hash.
    commits: BTreeMap<String, Statuses>,
    /// For the digits of a short hash of an unknown commit: the full hash that was invented.
    invented: BTreeMap<String, String>,
    /// For each invented hash that was replaced by a real one: the real one.
    replaced: HashMap<String, String>,
    branches: BTreeMap<String, CommitHash>,
    pull_requests: BTreeMap<u64, SeededPullRequest>,
}

/// The statuses of one commit, by key and refname: both are their identity.
pub(crate) type Statuses = BTreeMap<(String, Option<String>), Status>;

/// A status as it is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Status {
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
    /// The repositories of a seed, without their statuses.
    pub(crate) fn new(seed: &Seed) -> Result<Self, Error> {
        let implicit = seed.repositories.is_empty();
        let mut store = Self { repositories: Vec::new(), by_name: HashMap::new(), implicit };
        for repository in &seed.repositories {
            let state = RepositoryState::new(repository)?;
            if store.position(&state.workspace, &state.slug, false).is_some() {
                return Err(seed_error(format_args!("repository {:?}: expected once, got twice", repository.name)));
            }
            store.add(state);
        }
        Ok(store)
    }

    /// The name of a workspace, by its name or UUID, if it may be seen.
    pub(crate) fn workspace(&self, workspace: &str, sees_private: bool) -> Result<String, Rejection> {
        let mut repositories = self.repositories.iter();
        let seen = |repository: &&RepositoryState| repository.is_in(workspace) && (sees_private || repository.public);
        match repositories.find(seen) {
            Some(repository) => Ok(repository.workspace.clone()),
            None if self.implicit && !sees_private => Err(Rejection::no_credentials()),
            None if self.implicit => Ok(workspace.to_owned()),
            None => Err(unknown_workspace(workspace)),
        }
    }

    /// The repository of this name or UUID, if it may be seen; one that the seed does not name is created if every
    /// repository exists.
    pub(crate) fn repository(
        &mut self,
        workspace: &str,
        slug: &str,
        sees_private: bool,
        assumptions: &Assumptions,
    ) -> Result<&mut RepositoryState, Rejection> {
        let any_workspace =
            workspace == ANY_WORKSPACE && slug.starts_with('{') && assumptions.empty_workspace.accepts();
        let index = match self.position(workspace, slug, any_workspace) {
            Some(index) if sees_private || self.repositories[index].public => index,
            _ if self.implicit && !sees_private => return Err(Rejection::no_credentials()),
            None if self.implicit => self.add(RepositoryState::implicit(workspace, slug)),
            None if !any_workspace && !self.has_workspace(workspace) => return Err(unknown_workspace(workspace)),
            _ => return Err(unknown_repository()),
        };
        Ok(&mut self.repositories[index])
    }

    fn has_workspace(&self, workspace: &str) -> bool {
        self.repositories.iter().any(|repository| repository.is_in(workspace))
    }

    fn position(&self, workspace: &str, slug: &str, any_workspace: bool) -> Option<usize> {
        let name = (workspace.to_owned(), slug.to_owned());
        self.by_name.get(&name).copied().or_else(|| {
            // A repository has only its UUID as a second name.
            let has_uuid = workspace.starts_with('{') || slug.starts_with('{');
            let is_named = |repository: &RepositoryState| repository.slug == slug || repository.uuid == slug;
            let mut repositories = self.repositories.iter().take(if has_uuid { usize::MAX } else { 0 });
            repositories.position(|repository| (any_workspace || repository.is_in(workspace)) && is_named(repository))
        })
    }

    fn add(&mut self, repository: RepositoryState) -> usize {
        let index = self.repositories.len();
        self.by_name.insert((repository.workspace.clone(), repository.slug.clone()), index);
        self.repositories.push(repository);
        index
    }
}

/// The response for a workspace that does not exist.
fn unknown_workspace(workspace: &str) -> Rejection {
    let message = format!("No workspace with identifier '{workspace}'.");
    Rejection::message(&rules::REPOSITORY_KNOWN, StatusCode::NOT_FOUND, message)
}

/// The response for a repository that does not exist or may not be seen.
fn unknown_repository() -> Rejection {
    let message = "You may not have access to this repository or it no longer exists in this workspace. If you think \
                   this repository exists and you have access, make sure you are authenticated.";
    Rejection::message(&rules::REPOSITORY_KNOWN, StatusCode::NOT_FOUND, message)
}

impl RepositoryState {
    fn new(repository: &Repository) -> Result<Self, Error> {
        let (workspace, slug) = repository.parts()?;
        let mut state = Self::implicit(workspace.as_str(), slug.as_str());
        if let Some(uuid) = &repository.uuid {
            state.uuid.clone_from(uuid);
        }
        state.public = repository.public;
        state.implicit = repository.commits.is_empty();
        state.branches.clone_from(&repository.branches);
        for pull_request in &repository.pull_requests {
            state.pull_requests.insert(pull_request.id, pull_request.clone());
        }
        let sources = repository.pull_requests.iter().map(|pull_request| &pull_request.source_commit);
        for commit in repository.commits.iter().chain(repository.branches.values()).chain(sources) {
            if commit.is_short() {
                return Err(seed_error(format_args!("commit: expected all 40 digits, got {:?}", commit.as_str())));
            }
            state.commits.entry(commit.as_str().to_ascii_lowercase()).or_default();
        }
        Ok(state)
    }

    /// A private repository in which every commit exists.
    fn implicit(workspace: &str, slug: &str) -> Self {
        Self {
            workspace: workspace.to_owned(),
            slug: slug.to_owned(),
            uuid: if slug.starts_with('{') { slug.to_owned() } else { uuid(&format!("{workspace}/{slug}")) },
            public: false,
            implicit: true,
            commits: BTreeMap::new(),
            invented: BTreeMap::new(),
            replaced: HashMap::new(),
            branches: BTreeMap::new(),
            pull_requests: BTreeMap::new(),
        }
    }

    pub(crate) fn full_name(&self) -> String {
        format!("{}/{}", self.workspace, self.slug)
    }

    /// The branch that pull requests are merged into by default.
    pub(crate) fn main_branch(&self) -> &str {
        let first = self.branches.keys().next().map_or(MAIN_BRANCH, String::as_str);
        if self.branches.contains_key(MAIN_BRANCH) { MAIN_BRANCH } else { first }
    }

    pub(crate) fn is_public(&self) -> bool {
        self.public
    }

    fn is_in(&self, workspace: &str) -> bool {
        self.workspace == workspace || uuid(&self.workspace) == workspace
    }

    /// The full hash of a commit of this repository.
    ///
    /// If every commit exists, a short hash of an unknown commit is completed with invented digits. The first longer
    /// hash that starts with the short one replaces the invented hash.
    pub(crate) fn commit(&mut self, text: &str, assumptions: &Assumptions) -> Result<String, Rejection> {
        let digits = text.to_ascii_lowercase();
        let is_hash = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
        if is_hash && (assumptions.shortest_commit..=HASH_DIGITS).contains(&digits.len()) {
            if let Some(hash) = self.known(&digits, text)? {
                return Ok(hash);
            }
            if let Some(hash) = self.replace_invented(&digits) {
                return Ok(hash);
            }
            if self.implicit {
                let hash = complete(&digits);
                if digits.len() < HASH_DIGITS {
                    self.invented.insert(digits, hash.clone());
                }
                self.commits.entry(hash.clone()).or_default();
                return Ok(hash);
            }
        }
        if assumptions.branch_as_commit.accepts()
            && let Some(commit) = self.named_branch(text)
        {
            return Ok(commit.as_str().to_ascii_lowercase());
        }
        Err(no_commit(&rules::COMMIT_KNOWN, text))
    }

    /// The known commit that starts with these digits; `text` is the hash as it was sent.
    fn known(&self, digits: &str, text: &str) -> Result<Option<String>, Rejection> {
        if let Some(hash) = self.replaced.get(digits) {
            return Ok(Some(hash.clone()));
        }
        let mut same = self.commits.range(digits.to_owned()..).take_while(|(hash, _)| hash.starts_with(digits));
        match (same.next(), same.next()) {
            (Some((hash, _)), None) => Ok(Some(hash.clone())),
            (None, _) => Ok(None),
            (Some(_), Some(_)) => Err(no_commit(&rules::COMMIT_UNAMBIGUOUS, text)),
        }
    }

    /// Replaces the invented commit whose short hash these digits start with.
    fn replace_invented(&mut self, digits: &str) -> Option<String> {
        let prefix =
            (1..digits.len()).rev().map(|end| &digits[..end]).find(|prefix| self.invented.contains_key(*prefix))?;
        let old = self.invented.remove(prefix)?;
        let new = complete(digits);
        if digits.len() < HASH_DIGITS {
            self.invented.insert(digits.to_owned(), new.clone());
        }
        let statuses = self.commits.remove(&old).unwrap_or_default();
        self.commits.insert(new.clone(), statuses);
        self.replaced.values_mut().filter(|hash| **hash == old).for_each(|hash| hash.clone_from(&new));
        self.replaced.insert(old, new.clone());
        Some(new)
    }

    /// The last commit of a branch.
    pub(crate) fn branch(&mut self, name: &str, assumptions: &Assumptions) -> Result<String, Rejection> {
        match self.named_branch(name) {
            Some(commit) => Ok(commit.as_str().to_ascii_lowercase()),
            None if self.implicit && self.branches.is_empty() => self.commit(&self.invented_commit(name), assumptions),
            None => Err(Rejection::message(&rules::BRANCH_KNOWN, StatusCode::NOT_FOUND, "Branch not found")),
        }
    }

    fn named_branch(&self, name: &str) -> Option<&CommitHash> {
        let mut pull_requests = self.pull_requests.values();
        self.branches.get(name).or_else(|| {
            pull_requests.find(|pull_request| pull_request.source_branch == name).map(|found| &found.source_commit)
        })
    }

    /// The last commit of an unknown branch: the same on every run.
    fn invented_commit(&self, branch: &str) -> String {
        let mut digits = digest(&format!("{} {branch}", self.full_name()));
        digits.truncate(HASH_DIGITS);
        digits
    }

    /// A pull request. If the seed names no commit and no pull request, every one exists.
    pub(crate) fn pull_request(&self, id: u64) -> Result<SeededPullRequest, Rejection> {
        if let Some(pull_request) = self.pull_requests.get(&id) {
            return Ok(pull_request.clone());
        }
        let unknown = || Rejection::text(&rules::PULL_REQUEST_KNOWN, StatusCode::NOT_FOUND, "Not Found");
        if !self.implicit || !self.pull_requests.is_empty() || id == 0 {
            return Err(unknown());
        }
        let branch = format!("pull-request-{id}");
        let commit = CommitHash::new(self.invented_commit(&branch)).map_err(|_| unknown())?;
        Ok(SeededPullRequest::new(id, branch, commit))
    }

    pub(crate) fn statuses_of(&self, commit: &str) -> &Statuses {
        static NONE: Statuses = Statuses::new();
        self.commits.get(commit).unwrap_or(&NONE)
    }

    pub(crate) fn statuses_mut(&mut self, commit: &str) -> &mut Statuses {
        self.commits.entry(commit.to_owned()).or_default()
    }
}

fn no_commit(rule: &'static rules::Rule, text: &str) -> Rejection {
    let data = json!({ "shas": [text] });
    let error = object!({ "message": "Commit not found", "data": data.clone() });
    Rejection::json(rule, StatusCode::NOT_FOUND, error).with_member("data", data)
}

impl Status {
    /// Whether a list for a branch contains it: it has that refname, or none.
    pub(crate) fn matches(&self, refname: Option<&str>) -> bool {
        self.refname.is_none() || self.refname.as_deref() == refname
    }
}

/// A time after `previous`, even if the clock has not moved; in microseconds, as Bitbucket writes it.
pub(crate) fn next_timestamp(previous: SystemTime, now: SystemTime) -> SystemTime {
    now.max(previous + Duration::from_micros(1))
}

/// A UUID derived from a name: the same on every run.
pub(crate) fn uuid(name: &str) -> String {
    let digits = digest(name);
    format!("{{{}-{}-4{}-8{}-{}}}", &digits[..8], &digits[8..12], &digits[13..16], &digits[17..20], &digits[20..32])
}

/// A full hash that starts with these digits: the same on every run.
fn complete(digits: &str) -> String {
    let rest = digest(digits);
    digits.chars().chain(rest.chars()).take(HASH_DIGITS).collect()
}

/// 64 hexadecimal digits.
fn digest(text: &str) -> String {
    format!("{:x}", Sha256::digest(text))
}
