//! Reads all statuses of a commit as a stream, page by page, and stops at the first that failed.
//!
//! ```text
//! cargo run --example paginate --features sandbox
//! ```

use std::pin::pin;

use bitbucket_build_status::{BuildStatus, Commit, Error, State, sandbox::Sandbox};
use futures_util::TryStreamExt as _;

/// The first status that failed; later pages are not fetched.
async fn first_failure(commit: &Commit) -> Result<Option<BuildStatus>, Error> {
    let mut statuses = pin!(commit.statuses().pagelen(10));
    while let Some(status) = statuses.try_next().await? {
        if status.state == State::Failed {
            return Ok(Some(status));
        }
    }
    Ok(None)
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let sandbox = Sandbox::start().await?;
    let commit = sandbox.client().commit("acme", "rocket", "e10dae226959c2194f2b07b077c07762d93821cf")?;
    for number in 1..=25 {
        let state = if number == 12 { State::Failed } else { State::Successful };
        commit.set(format!("test-{number}"), state, "https://ci.example.com/builds/42").send().await?;
    }

    let failed = first_failure(&commit).await?.expect("one failed");
    println!("{} failed", failed.key);
    assert_eq!(failed.key.as_str(), "test-12");
    assert_eq!(commit.statuses().all().await?.len(), 25);
    Ok(())
}
