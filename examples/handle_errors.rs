//! Handling errors: the program uses the kind, people read the explanation.
//!
//! ```text
//! cargo run --example handle_errors --features sandbox
//! ```

use bitbucket_build_status::{
    Client, Commit, Error, ErrorKind, State,
    sandbox::{Fault, Sandbox},
};

const URL: &str = "https://ci.example.com/builds/42";

/// Reports the end of a build, whether its beginning was reported or not.
async fn finish(commit: &Commit, key: &str, state: State) -> Result<(), Error> {
    match commit.update(key).state(state).send().await {
        Ok(_) => Ok(()),
        Err(error) if error.is_not_found() => commit.set(key, state, URL).send().await.map(drop),
        Err(error) => Err(error),
    }
}

/// Whether a build should continue without its status.
fn is_transient(error: &Error) -> bool {
    eprintln!("{error}\n  {}", error.explain());
    error.is_retryable()
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let sandbox = Sandbox::start().await?;
    let bitbucket =
        Client::builder().base_url(sandbox.url()).credentials(sandbox.credentials()).max_retries(0).build()?;
    let commit = bitbucket.commit("acme", "rocket", "e10dae226959c2194f2b07b077c07762d93821cf")?;

    // There is no such status yet: it is created.
    finish(&commit, "unit-tests", State::Failed).await?;
    assert_eq!(commit.get("unit-tests").await?.state, State::Failed);

    // Bitbucket is down, which is transient. (Without `max_retries(0)` the call itself would have been retried.)
    sandbox.fault(Fault::Html(503));
    let error = finish(&commit, "unit-tests", State::Successful).await.expect_err("Bitbucket is down");
    assert!(is_transient(&error));

    // Bitbucket would refuse this url, which is permanent: nothing is sent.
    let error = commit.set("unit-tests", State::Failed, "http://jenkins:8080/").send().await.expect_err("no dot");
    assert_eq!((error.kind(), error.field()), (ErrorKind::InvalidInput, Some("url")));
    assert!(!is_transient(&error));
    Ok(())
}
