//! The state that a sandbox starts with.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize, de::DeserializeOwned};

use super::{assumptions::Assumptions, fault::FaultRule, identity::Identity, rules::seed_error};
use crate::{
    error::Result,
    id::{CommitHash, Key, RepoSlug, Workspace},
    model::{BuildStatusCreate, State},
};

/// The state that a sandbox starts with: in Rust, or as a JSON file.
///
/// Without repositories, every repository exists; in a repository without commits, every commit exists; without
/// identities, the sandbox has one of its own (see [`Sandbox::TOKEN`](super::Sandbox::TOKEN)).
///
/// # Examples
///
/// ```
/// use bitbucket_build_status::sandbox::Seed;
///
/// let seed = Seed::from_json(r#"{
///   "repositories": [{
///     "name": "acme/rocket",
///     "commits": ["e10dae226959c2194f2b07b077c07762d93821cf"],
///     "pull_requests": [
///       {"id": 7, "source_branch": "engine", "source_commit": "e10dae226959c2194f2b07b077c07762d93821cf"}
///     ],
///     "statuses": [{
///       "commit": "e10dae226959c2194f2b07b077c07762d93821cf", "author": "ci",
///       "key": "unit-tests", "state": "INPROGRESS", "url": "https://ci.example.com/42"
///     }]
///   }],
///   "identities": [
///     {"name": "ci", "token": "t0ken"},
///     {"name": "dev", "email": "dev@example.com", "token": "t0ken", "scopes": ["read:repository:bitbucket"]},
///     {"name": "consumer", "client_id": "id", "client_secret": "secret", "admin": true}
///   ],
///   "assumptions": {"partial_update": "accept"},
///   "rate_limit": {"requests": 1000, "seconds": 3600},
///   "faults": [{"fault": "html", "status": 503, "times": 2}]
/// }"#)?;
/// assert_eq!(seed.identities.len(), 3);
/// let again = Seed::from_json(&serde_json::to_string(&seed)?)?;
/// assert_eq!(again.identities.len(), 3);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct Seed {
    /// The repositories that exist; if there are none, all do.
    pub repositories: Vec<Repository>,
    /// Who has access; if there are none, the sandbox's own identity.
    pub identities: Vec<Identity>,
    /// The assumptions where Bitbucket's behaviour is not known.
    pub assumptions: Assumptions,
    /// The rate limit of each identity; `None` is no limit.
    pub rate_limit: Option<RateLimit>,
    /// The lifetime of an OAuth consumer's token in seconds; 7200 by default.
    pub oauth_expires_in: Option<u64>,
    /// The faults that are planned at the start.
    pub faults: Vec<FaultRule>,
}

/// A repository that exists.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Repository {
    /// Workspace and slug, as in `acme/rocket`.
    pub name: String,
    /// The UUID, in curly braces; by default one derived from the name.
    #[serde(default)]
    pub uuid: Option<String>,
    /// Whether it can be read without credentials.
    #[serde(default)]
    pub public: bool,
    /// The full hashes of the commits that exist; if there are none, all do.
    #[serde(default)]
    pub commits: Vec<CommitHash>,
    /// The branches that exist, each with its last commit; without branches and commits, all do.
    #[serde(default)]
    pub branches: BTreeMap<String, CommitHash>,
    /// The pull requests that exist.
    #[serde(default)]
    pub pull_requests: Vec<SeededPullRequest>,
    /// The statuses that exist.
    #[serde(default)]
    pub statuses: Vec<SeededStatus>,
}

/// A pull request that exists.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct SeededPullRequest {
    /// Its number.
    pub id: u64,
    /// The source branch: statuses with another refname are not listed.
    pub source_branch: String,
    /// The last commit of that branch.
    pub source_commit: CommitHash,
    /// The destination branch.
    #[serde(default = "main_branch")]
    pub destination_branch: String,
    /// Its title; by default one derived from the number.
    #[serde(default)]
    pub title: Option<String>,
}

/// The default destination of pull requests.
pub(crate) const MAIN_BRANCH: &str = "main";

fn main_branch() -> String {
    MAIN_BRANCH.to_owned()
}

/// A status that exists. In JSON its members are on the same level as `commit` and `author`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(from = "FlatStatus", into = "FlatStatus")]
#[non_exhaustive]
pub struct SeededStatus {
    /// The commit that it was reported for.
    pub commit: CommitHash,
    /// The identity that reported it; without one, every identity may overwrite it, like statuses from before May 2021.
    pub author: Option<String>,
    /// The status itself.
    pub status: BuildStatusCreate,
}

/// The JSON of a [`SeededStatus`]; serde's `flatten` would accept unknown members.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct FlatStatus {
    commit: CommitHash,
    author: Option<String>,
    key: Key,
    state: State,
    url: String,
    name: Option<String>,
    description: Option<String>,
    refname: Option<String>,
    #[serde(rename = "type")]
    type_: Option<String>,
}

impl From<FlatStatus> for SeededStatus {
    fn from(flat: FlatStatus) -> Self {
        let FlatStatus { commit, author, key, state, url, name, description, refname, type_ } = flat;
        let status = BuildStatusCreate { key, state, url, name, description, refname, type_ };
        Self { commit, author, status }
    }
}

impl From<SeededStatus> for FlatStatus {
    fn from(seeded: SeededStatus) -> Self {
        let SeededStatus { commit, author, status } = seeded;
        let BuildStatusCreate { key, state, url, name, description, refname, type_ } = status;
        Self { commit, author, key, state, url, name, description, refname, type_ }
    }
}

/// The rate limit of an identity.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RateLimit {
    /// How many requests an identity may send within the window.
    pub requests: usize,
    /// The length of the rolling window; Bitbucket's is an hour.
    #[serde(default = "an_hour")]
    pub seconds: u64,
}

fn an_hour() -> u64 {
    3600
}

impl Seed {
    /// Reads a seed from JSON.
    ///
    /// # Errors
    /// [`InvalidInput`](crate::ErrorKind::InvalidInput) that names the member and what is expected of it.
    ///
    /// # Examples
    ///
    /// ```
    /// use bitbucket_build_status::sandbox::Seed;
    ///
    /// let seed = Seed::from_json(r#"{"repositories": [{"name": "acme/rocket"}]}"#)?;
    /// assert_eq!(seed.repositories[0].name, "acme/rocket");
    /// # Ok::<(), bitbucket_build_status::Error>(())
    /// ```
    pub fn from_json(text: &str) -> Result<Self> {
        from_json(text.as_bytes()).map_err(|problem| seed_error(format_args!("{problem}")))
    }

    /// The repository of this name, which is added if the seed does not have it.
    pub(crate) fn repository(&mut self, name: String) -> &mut Repository {
        let index = self.repositories.iter().position(|known| known.name == name).unwrap_or_else(|| {
            self.repositories.push(Repository::new(name));
            self.repositories.len() - 1
        });
        &mut self.repositories[index]
    }
}

impl Repository {
    /// A private repository in which every commit exists.
    ///
    /// # Examples
    ///
    /// ```
    /// use bitbucket_build_status::sandbox::{Repository, Sandbox, Seed};
    ///
    /// let mut seed = Seed::default();
    /// seed.repositories.push(Repository::new("acme/rocket"));
    /// let sandbox = Sandbox::builder().seed(seed).start_blocking()?;
    /// # Ok::<(), bitbucket_build_status::Error>(())
    /// ```
    pub fn new(name: impl Into<String>) -> Self {
        let (commits, pull_requests, statuses) = (Vec::new(), Vec::new(), Vec::new());
        Self {
            name: name.into(),
            uuid: None,
            public: false,
            commits,
            branches: BTreeMap::new(),
            pull_requests,
            statuses,
        }
    }

    /// Workspace and slug.
    pub(crate) fn parts(&self) -> Result<(Workspace, RepoSlug)> {
        let (workspace, slug) = self
            .name
            .split_once('/')
            .ok_or_else(|| seed_error(format_args!("repository: expected WORKSPACE/SLUG, got {:?}", self.name)))?;
        Ok((workspace.parse()?, slug.parse()?))
    }
}

impl SeededPullRequest {
    /// A pull request with this number, source branch and last commit of that branch.
    ///
    /// # Examples
    ///
    /// ```
    /// use bitbucket_build_status::{CommitHash, sandbox::{Repository, SeededPullRequest}};
    ///
    /// let commit = CommitHash::new("e10dae226959c2194f2b07b077c07762d93821cf")?;
    /// let mut repository = Repository::new("acme/rocket");
    /// repository.pull_requests.push(SeededPullRequest::new(7, "feature/x", commit));
    /// # Ok::<(), bitbucket_build_status::Error>(())
    /// ```
    pub fn new(id: u64, source_branch: impl Into<String>, source_commit: CommitHash) -> Self {
        Self { id, source_branch: source_branch.into(), source_commit, destination_branch: main_branch(), title: None }
    }
}

impl SeededStatus {
    /// A status on a commit, without an author.
    ///
    /// # Examples
    ///
    /// ```
    /// use bitbucket_build_status::{BuildStatusCreate, CommitHash, Key, State, sandbox::{Repository, SeededStatus}};
    ///
    /// let status = BuildStatusCreate {
    ///     key: Key::new("unit-tests")?,
    ///     state: State::Inprogress,
    ///     url: "https://ci.example.com/42".to_owned(),
    ///     name: None,
    ///     description: None,
    ///     refname: None,
    ///     type_: None,
    /// };
    /// let commit = CommitHash::new("e10dae226959c2194f2b07b077c07762d93821cf")?;
    /// let mut repository = Repository::new("acme/rocket");
    /// repository.statuses.push(SeededStatus::new(commit, status));
    /// # Ok::<(), bitbucket_build_status::Error>(())
    /// ```
    #[must_use]
    pub fn new(commit: CommitHash, status: BuildStatusCreate) -> Self {
        Self { commit, author: None, status }
    }
}

/// Reads JSON; a problem starts with the path of the member, such as `repositories[0].name`.
pub(crate) fn from_json<T: DeserializeOwned>(json: &[u8]) -> std::result::Result<T, String> {
    let mut reader = serde_json::Deserializer::from_slice(json);
    let value =
        serde_path_to_error::deserialize(&mut reader).map_err(|error| match error.path().to_string().as_str() {
            "." => error.inner().to_string(),
            path => format!("{path}: {}", error.inner()),
        })?;
    reader.end().map_err(|error| error.to_string())?;
    Ok(value)
}
