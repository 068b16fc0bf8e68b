//! Reports the beginning and the end of a build to a sandbox; with one line changed, to Bitbucket Cloud.
//!
//! ```text
//! cargo run --example quickstart --features sandbox
//! ```

use bitbucket_build_status::{State, sandbox::Sandbox};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let sandbox = Sandbox::start().await?;
    let bitbucket = sandbox.client(); // for Bitbucket Cloud: Client::builder().credentials(Credentials::from_env()?).build()?
    let commit = bitbucket.commit("acme", "rocket", "e10dae226959c2194f2b07b077c07762d93821cf")?;

    commit.set("unit-tests", State::Inprogress, "https://ci.example.com/builds/42").refname("main").send().await?;
    let status = commit.update("unit-tests").state(State::Successful).description("42 tests passed").send().await?;

    println!("{} is {}", status.key, status.state);
    assert_eq!(status.state, State::Successful);
    assert_eq!(status.refname.as_deref(), Some("main"), "members that are not set keep their value");
    Ok(())
}
