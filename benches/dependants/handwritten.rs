//! One update, by hand on reqwest.

use serde::{Deserialize, Serialize};

const BASE: &str = "https://api.bitbucket.org/2.0";

#[derive(Serialize)]
struct Update<'a> {
    #[serde(rename = "type")]
    kind: &'a str,
    key: &'a str,
    state: &'a str,
    url: &'a str,
}

#[derive(Deserialize)]
struct Status {
    updated_on: String,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let body = Update { kind: "build", key: "unit-tests", state: "SUCCESSFUL", url: "https://ci.example.com/builds/42" };
    let commit = "e10dae226959c2194f2b07b077c07762d93821cf";
    let url = format!("{BASE}/repositories/acme/rocket/commit/{commit}/statuses/build/{}", body.key);
    let request = client()?.put(url).bearer_auth(std::env::var("BITBUCKET_TOKEN")?).json(&body);
    let status: Status = request.send().await?.error_for_status()?.json().await?;
    println!("{}", status.updated_on);
    Ok(())
}

#[cfg(not(feature = "ring"))]
fn client() -> reqwest::Result<reqwest::Client> {
    reqwest::Client::builder().build()
}

#[cfg(feature = "ring")]
fn client() -> Result<reqwest::Client, Box<dyn std::error::Error>> {
    use rustls_platform_verifier::BuilderVerifierExt as _;
    let provider = rustls::crypto::ring::default_provider();
    let builder = rustls::ClientConfig::builder_with_provider(provider.into()).with_safe_default_protocol_versions()?;
    let tls = builder.with_platform_verifier()?.with_no_client_auth();
    Ok(reqwest::Client::builder().tls_backend_preconfigured(tls).build()?)
}
