//! One contract for every backend that tests can run against.
//!
//! | file | what |
//! | --- | --- |
//! | `suite.rs` | the contract, claim by claim |
//! | `backend.rs` | the typed mocks, or a server by its address |
//! | `responses.rs` | the sandbox responds as the document describes |
#![allow(missing_docs)]

#[path = "../../spec/json_schema.rs"]
mod json_schema;

mod backend;
mod responses;
mod suite;

use backend::Backend;
use bitbucket_build_status::sandbox::Sandbox;
use suite::fulfils_the_contract;

#[tokio::test]
async fn the_typed_mocks_fulfil_the_contract() {
    fulfils_the_contract(&Backend::mocks().await).await;
}

#[tokio::test]
async fn the_sandbox_in_process_fulfils_the_contract() {
    let sandbox = Sandbox::start().await.unwrap();
    fulfils_the_contract(&Backend::Url(sandbox.url())).await;
}
