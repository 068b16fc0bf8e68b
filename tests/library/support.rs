//! What the tests of the library share.

use std::time::Duration;

use bitbucket_build_status::{
    BuildStatus, Client, ClientBuilder, Commit, CommitHash, Credentials, Error, ErrorKind, Key, PullRequest, RepoSlug,
    Result, State, Workspace,
};
pub(crate) use test_support::COMMIT as HASH;
use test_support::server::RecordingServer;

pub(crate) const LINK: &str = "https://ci.example.com/builds/42";
pub(crate) const TOKEN: &str = "s3cret-access-token";
/// A status as the live API returns it.
pub(crate) const LIVE: &str = include_str!("../fixtures/get_build_status/live.json");

/// A client for the server that retries quickly, three times.
pub(crate) fn builder(server: &RecordingServer) -> ClientBuilder {
    Client::builder()
        .base_url(format!("{}/2.0", server.address()))
        .credentials(Credentials::access_token(TOKEN).unwrap())
        .initial_backoff(Duration::from_millis(1))
        .max_retries(3)
}

#[track_caller]
pub(crate) fn client(server: &RecordingServer) -> Client {
    builder(server).build().unwrap()
}

#[track_caller]
pub(crate) fn commit_of(client: &Client) -> Commit {
    client.commit("acme", "rocket", HASH).unwrap()
}

/// The ids of the status `k`, for the generated client.
#[track_caller]
pub(crate) fn ids() -> (Workspace, RepoSlug, CommitHash, Key) {
    let (workspace, repo_slug) = (Workspace::new("acme").unwrap(), RepoSlug::new("rocket").unwrap());
    (workspace, repo_slug, CommitHash::new(HASH).unwrap(), Key::new("k").unwrap())
}

#[track_caller]
pub(crate) fn commit(server: &RecordingServer) -> Commit {
    commit_of(&client(server))
}

#[track_caller]
pub(crate) fn pull_request(server: &RecordingServer) -> PullRequest {
    client(server).pull_request("acme", "rocket", 7).unwrap()
}

/// The four kinds of calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verb {
    Put,
    Post,
    Get,
    List,
}

impl Verb {
    pub(crate) const ALL: [Self; 4] = [Self::Put, Self::Post, Self::Get, Self::List];

    pub(crate) fn writes(self) -> bool {
        matches!(self, Self::Put | Self::Post)
    }

    /// Makes a call of this kind.
    pub(crate) async fn call(self, commit: &Commit) -> Result<()> {
        match self {
            Self::Put => {
                let update =
                    commit.update("unit-tests").state(State::Successful).url(LINK).name("Unit tests").description("");
                update.send().await.map(drop)
            }
            Self::Post => commit.set("unit-tests", State::Successful, LINK).send().await.map(drop),
            Self::Get => commit.get("unit-tests").await.map(drop),
            Self::List => commit.statuses().all().await.map(drop),
        }
    }

    /// A successful response to it.
    pub(crate) fn success(self) -> String {
        if self == Self::List { page(&[LIVE], None) } else { LIVE.to_owned() }
    }
}

/// A page of statuses.
pub(crate) fn page(values: &[&str], next: Option<&str>) -> String {
    let next = next.map(|next| format!(r#","next":"{next}""#)).unwrap_or_default();
    format!(r#"{{"pagelen":30,"values":[{}],"page":1,"size":{}{next}}}"#, values.join(","), values.len())
}

/// A short status with this key.
pub(crate) fn status(key: &str) -> String {
    format!(r#"{{"key":"{key}","type":"build","state":"SUCCESSFUL","url":"{LINK}"}}"#)
}

#[track_caller]
pub(crate) fn parsed(text: &str) -> BuildStatus {
    serde_json::from_str(text).unwrap_or_else(|problem| panic!("{problem} in {text}"))
}

#[track_caller]
pub(crate) fn expect_kind<T: std::fmt::Debug>(outcome: Result<T>, kind: ErrorKind) -> Error {
    let error = outcome.expect_err("the call fails");
    assert_eq!(error.kind(), kind, "{error}");
    error
}

/// The texts of an error and its causes.
pub(crate) fn chain(error: &Error) -> Vec<String> {
    let first: &dyn std::error::Error = error;
    std::iter::successors(Some(first), |&cause| cause.source()).map(ToString::to_string).collect()
}
