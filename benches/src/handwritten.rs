//! The types that somebody would write by hand for these calls.

use serde::{Deserialize, Serialize};

/// The body of an update.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Update<'a> {
    /// Always `build`.
    #[serde(rename = "type")]
    pub kind: &'a str,
    /// The status' key.
    pub key: &'a str,
    /// How the build stands.
    pub state: State,
    /// A sentence about the result.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<&'a str>,
    /// Where the build can be seen.
    pub url: &'a str,
}

/// How a build stands.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, Serialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum State {
    /// It runs.
    Inprogress,
    /// It was stopped.
    Stopped,
    /// It failed.
    Failed,
    /// It succeeded.
    Successful,
}

/// A status as Bitbucket answers it: the twelve members that every live answer has.
#[derive(Debug, Deserialize)]
pub struct Status {
    /// The status' key.
    pub key: String,
    /// Always `build`.
    #[serde(rename = "type")]
    pub kind: String,
    /// How the build stands.
    pub state: State,
    /// A name for the build.
    pub name: Option<String>,
    /// The branch the build ran for.
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
    /// The status' own links.
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
    /// The API's address of it.
    #[serde(rename = "self")]
    pub itself: Link,
    /// The page that shows it.
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
    /// The API's address of it.
    #[serde(rename = "self")]
    pub itself: Link,
    /// The page that shows it.
    pub html: Link,
    /// Its picture.
    pub avatar: Link,
}

/// The links of a status.
#[derive(Debug, Deserialize)]
pub struct StatusLinks {
    /// The API's address of it.
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
