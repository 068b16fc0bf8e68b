//! The library's contract suite, run against the process `bbstatus sandbox`.
#![allow(missing_docs)]

#[path = "../../../tests/contract/backend.rs"]
#[allow(dead_code)]
mod backend;
#[path = "../../../tests/contract/suite.rs"]
mod suite;

use std::{
    io::{BufRead as _, BufReader},
    process::{Child, Command, Stdio},
};

use backend::Backend;

/// A running `bbstatus sandbox`.
struct Process(Child);

impl Drop for Process {
    fn drop(&mut self) {
        // One that has ended by itself cannot be killed.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[tokio::test]
async fn the_sandbox_as_a_process_holds_the_contract() {
    let mut command = Command::new(env!("CARGO_BIN_EXE_bbstatus"));
    let mut process = Process(command.args(["sandbox", "--quiet"]).stdout(Stdio::piped()).spawn().unwrap());
    let mut line = String::new();
    BufReader::new(process.0.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let address: serde_json::Value = serde_json::from_str(&line).unwrap();
    suite::holds_the_contract(&Backend::Url(address["url"].as_str().unwrap().to_owned())).await;
}
