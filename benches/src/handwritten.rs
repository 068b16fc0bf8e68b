//! The types and addresses of these calls, as a user would write them by hand.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::{Deserialize, Serialize};

/// The characters that are encoded in a path segment: all but the unreserved ones.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// The parts of a status's address.
#[derive(Clone, Debug)]
pub struct Name {
    /// The workspace.
    pub workspace: String,
    /// The repository's slug.
    pub repo_slug: String,
    /// The commit's hash.
    pub commit: String,
    /// The status's key, which may contain slashes and spaces.
    pub key: String,
}

impl Name {
    /// The status that the calls write and read.
    #[must_use]
    pub fn of_all_calls() -> Self {
        let [workspace, repo_slug, commit, key] = ["acme", "rocket", crate::COMMIT, crate::KEY].map(str::to_owned);
        Self { workspace, repo_slug, commit, key }
    }

    /// The address of the status below a base URL.
    #[must_use]
    pub fn below(&self, base: &str) -> String {
        let Self { workspace, repo_slug, commit, key } = self;
        let key = utf8_percent_encode(key, RESERVED);
        format!("{base}/repositories/{workspace}/{repo_slug}/commit/{commit}/statuses/build/{key}")
    }
}

/// The body of an update.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Update<'a> {
    /// Always `build`.
    #[serde(rename = "type")]
    pub kind: &'a str,
    /// The status's key.
    pub key: &'a str,
    /// The state of the build.
    pub state: State,
    /// A name for the build.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<&'a str>,
    /// A sentence about the result.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<&'a str>,
    /// Where the build can be seen.
    pub url: &'a str,
}

impl<'a> Update<'a> {
    /// The update that the calls send.
    #[must_use]
    pub fn of_all_calls(key: &'a str) -> Self {
        let (name, description) = (Some(crate::NAME), Some(crate::DESCRIPTION));
        Self { kind: "build", key, state: State::Successful, name, description, url: crate::BUILD_URL }
    }
}

/// The state of a build.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, Serialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum State {
    /// The build is running.
    Inprogress,
    /// The build was stopped.
    Stopped,
    /// The build failed.
    Failed,
    /// The build succeeded.
    Successful,
}

/// A status as Bitbucket returns it: the twelve fields that every live response has.
#[derive(Debug, Deserialize)]
pub struct Status {
    /// The status's key.
    pub key: String,
    /// Always `build`.
    #[serde(rename = "type")]
    pub kind: String,
    /// The state of the build.
    pub state: State,
    /// A name for the build.
    pub name: Option<String>,
    /// The branch of the build.
    pub refname: Option<String>,
    /// The commit.
    pub commit: Commit,
    /// Where the build can be seen.
    pub url: String,
    /// The repository.
    pub repository: Repository,
    /// A sentence about the result.
    pub description: Option<String>,
    /// When the status was created.
    pub created_on: String,
    /// When the status was last changed.
    pub updated_on: String,
    /// The status's own links.
    pub links: StatusLinks,
}

/// The commit of a status.
#[derive(Debug, Deserialize)]
pub struct Commit {
    /// Always `commit`.
    #[serde(rename = "type")]
    pub kind: String,
    /// The commit's hash.
    pub hash: String,
    /// The commit's links.
    pub links: CommitLinks,
}

/// The links of a commit.
#[derive(Debug, Deserialize)]
pub struct CommitLinks {
    /// Its address in the API.
    #[serde(rename = "self")]
    pub itself: Link,
    /// Its page.
    pub html: Link,
}

/// The repository of a status.
#[derive(Debug, Deserialize)]
pub struct Repository {
    /// Always `repository`.
    #[serde(rename = "type")]
    pub kind: String,
    /// Workspace and slug.
    pub full_name: String,
    /// The repository's links.
    pub links: RepositoryLinks,
    /// The repository's name.
    pub name: String,
    /// The repository's id.
    pub uuid: String,
}

/// The links of a repository.
#[derive(Debug, Deserialize)]
pub struct RepositoryLinks {
    /// Its address in the API.
    #[serde(rename = "self")]
    pub itself: Link,
    /// Its page.
    pub html: Link,
    /// Its picture.
    pub avatar: Link,
}

/// The links of a status.
#[derive(Debug, Deserialize)]
pub struct StatusLinks {
    /// Its address in the API.
    #[serde(rename = "self")]
    pub itself: Link,
    /// The commit it belongs to.
    pub commit: Link,
}

/// One link.
#[derive(Debug, Deserialize)]
pub struct Link {
    /// Where it leads.
    pub href: String,
}
