//! How to test code that reports builds: a mock for one exact call, a sandbox for a flow, a fault for an outage, and
//! the same flow against a repository of your own.
//!
//! ```text
//! cargo run --example contract_test --features mock,sandbox
//! ```
//!
//! With `BITBUCKET_LIVE_WORKSPACE`, `BITBUCKET_LIVE_REPO_SLUG` and `BITBUCKET_LIVE_COMMIT` set, and credentials as
//! `Credentials::from_env` reads them, the flow also runs against Bitbucket. It leaves a status `contract-test` behind.

use std::{env, error::Error};

use bitbucket_build_status::{
    Client, Commit, Credentials, State,
    mock::{self, MockServer, MockServerExt as _},
    sandbox::{Fault, RequestMatcher, RetryHint, Sandbox},
};

const COMMIT: &str = "e10dae226959c2194f2b07b077c07762d93821cf";
const URL: &str = "https://ci.example.com/42";
const KEY: &str = "contract-test";

type Outcome = Result<(), Box<dyn Error>>;

/// The code under test: what a build does at its end.
async fn report(commit: &Commit, passed: bool) -> bitbucket_build_status::Result<()> {
    let (state, description) = if passed { (State::Successful, "Passed") } else { (State::Failed, "Failed") };
    // All members are set, so that the status does not have to be read first.
    commit.update(KEY).state(state).url(URL).name("Contract test").description(description).send().await?;
    Ok(())
}

/// The contract: it applies to every backend, the real Bitbucket included.
async fn flow(commit: &Commit) -> Outcome {
    commit.set(KEY, State::Inprogress, URL).send().await?;
    report(commit, true).await?;
    assert_eq!(commit.get(KEY).await?.state, State::Successful);
    assert!(commit.statuses().all().await?.iter().any(|status| status.key == KEY));
    report(commit, false).await?;
    assert_eq!(commit.get(KEY).await?.state, State::Failed);
    Ok(())
}

async fn one_exact_call() -> Outcome {
    let server = MockServer::start_async().await;
    let update = server.update_build_status(|when, then| {
        when.workspace("acme").repo_slug("rocket").commit(COMMIT).key(KEY).state(State::Failed).url(URL);
        then.ok(&mock::build_status(KEY, State::Failed, URL));
    });
    let client = Client::builder().base_url(server.url("/2.0")).build()?;
    report(&client.commit("acme", "rocket", COMMIT)?, false).await?;
    update.assert();
    Ok(())
}

async fn a_flow() -> Outcome {
    let sandbox = Sandbox::start().await?;
    flow(&sandbox.client().commit("acme", "rocket", COMMIT)?).await?;
    sandbox.assert_received(&RequestMatcher::new("PUT").path_contains(KEY).status(200).times(2));
    Ok(())
}

async fn an_outage() -> Outcome {
    let sandbox = Sandbox::start().await?;
    let commit = sandbox.client().commit("acme", "rocket", COMMIT)?;
    commit.set(KEY, State::Inprogress, URL).send().await?;
    sandbox.fault(Fault::Html(503).on("PUT"));
    sandbox.fault(Fault::RateLimited(RetryHint::RetryAfterSeconds(0)).on("PUT"));
    report(&commit, true).await?;
    sandbox.assert_received(&RequestMatcher::new("PUT").times(3));
    Ok(())
}

async fn the_real_thing() -> Outcome {
    let named = ["WORKSPACE", "REPO_SLUG", "COMMIT"].map(|name| env::var(format!("BITBUCKET_LIVE_{name}")).ok());
    let [Some(workspace), Some(repo_slug), Some(commit)] = named else {
        println!("skipped: Bitbucket itself (BITBUCKET_LIVE_WORKSPACE, _REPO_SLUG and _COMMIT are not all set)");
        return Ok(());
    };
    let client = Client::builder().credentials(Credentials::from_env()?).build()?;
    flow(&client.commit(workspace, repo_slug, commit)?).await?;
    println!("passed: Bitbucket itself");
    Ok(())
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Outcome {
    one_exact_call().await?;
    println!("passed: one exact call, against a typed mock");
    a_flow().await?;
    println!("passed: a flow, against a sandbox");
    an_outage().await?;
    println!("passed: an outage, against a sandbox with faults");
    the_real_thing().await
}
