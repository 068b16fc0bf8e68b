//! The library's contract suite, run against the process `bbstatus sandbox`.
#![allow(missing_docs)]

#[path = "../../../tests/contract/backend.rs"]
#[allow(dead_code)]
mod backend;
#[path = "../../../tests/contract/suite.rs"]
mod suite;

use backend::Backend;
use test_support::command::{SandboxProcess, bbstatus};

#[tokio::test]
async fn the_sandbox_as_a_process_fulfils_the_contract() {
    let sandbox = SandboxProcess::start(&mut bbstatus(env!("CARGO_BIN_EXE_bbstatus"), ["sandbox", "--quiet"]));
    suite::fulfils_the_contract(&Backend::Url(sandbox.url().to_owned())).await;
}
