//! Shared by the integration tests of the library and the command.
//!
//! - [`server`]: a server that responds as a test scripts it, and records the requests
//! - [`raw_client`]: requests as bytes, and responses as they arrive
//! - [`command`]: runs the binary in an environment that is the same on every machine
//! - [`port`]: an address on which nothing listens
//! - [`wait`]: waits for events
//!
//! All of it panics, and so fails the test, if an expectation is not met.
#![allow(clippy::missing_panics_doc, clippy::must_use_candidate, clippy::return_self_not_must_use)]

pub mod command;
pub mod port;
pub mod raw_client;
pub mod server;
pub mod wait;

/// The commit that tests report for.
pub const COMMIT: &str = "e10dae226959c2194f2b07b077c07762d93821cf";
