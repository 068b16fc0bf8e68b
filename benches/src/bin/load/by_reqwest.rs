//! The calls by hand on reqwest, with the TLS configuration and the timeouts of the library.

use std::time::Duration;

use benches::{
    TOKEN,
    handwritten::{Name, Status, Update},
};
use reqwest::redirect::Policy;
use rustls::{ClientConfig, RootCertStore, crypto::ring};

use crate::{Caller, Outcome};

#[derive(Clone)]
pub(crate) struct Reqwest {
    client: reqwest::Client,
    base: String,
    name: Name,
}

impl Reqwest {
    pub(crate) fn new(url: &str) -> Outcome<Self> {
        Ok(Self { client: client()?, base: url.to_owned(), name: Name::of_all_calls() })
    }
}

/// A client as a careful author would build it.
pub(crate) fn client() -> Outcome<reqwest::Client> {
    let tls = ClientConfig::builder_with_provider(ring::default_provider().into())
        .with_safe_default_protocol_versions()?
        .with_root_certificates(RootCertStore::empty())
        .with_no_client_auth();
    let builder = reqwest::Client::builder().tls_backend_preconfigured(tls).no_proxy().redirect(Policy::none());
    let builder = builder.user_agent("handwritten/1.0");
    Ok(builder.connect_timeout(Duration::from_secs(5)).timeout(Duration::from_secs(10)).build()?)
}

impl Caller for Reqwest {
    async fn update(&mut self) -> Outcome<usize> {
        let body = Update::of_all_calls(&self.name.key);
        let request = self.client.put(self.name.below(&self.base)).bearer_auth(TOKEN).json(&body);
        let status: Status = request.send().await?.error_for_status()?.json().await?;
        Ok(status.url.len())
    }

    async fn get(&mut self) -> Outcome<usize> {
        let request = self.client.get(self.name.below(&self.base)).bearer_auth(TOKEN);
        let status: Status = request.send().await?.error_for_status()?.json().await?;
        Ok(status.url.len())
    }
}
