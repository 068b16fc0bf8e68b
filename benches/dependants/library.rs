//! One update, by the library.

use bitbucket_build_status::{Client, Credentials, State};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let bitbucket = Client::builder().credentials(Credentials::from_env()?).build()?;
    let commit = bitbucket.commit("acme", "rocket", "e10dae226959c2194f2b07b077c07762d93821cf")?;
    let update = commit.update("unit-tests").state(State::Successful).exact();
    let update = update.url("https://ci.example.com/builds/42");
    println!("{:?}", update.send().await?.updated_on);
    Ok(())
}
