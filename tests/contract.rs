//! One contract, held by every backend that tests can run against.
//!
//! | file | what |
//! | --- | --- |
//! | `suite.rs` | the contract, claim by claim |
//! | `backend.rs` | the typed mocks, the sandbox in process, the sandbox as a process |
//! | `answers.rs` | the sandbox's answers are what the document describes |
#![allow(missing_docs)]

#[path = "../spec/json_schema.rs"]
mod json_schema;

mod contract {
    mod answers;
    mod backend;
    mod suite;
}
