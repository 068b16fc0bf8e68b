//! What the integration tests of the library and of the command share.
//!
//! - [`server`]: a server that responds as a test says, and records what it received
//! - [`raw_client`]: requests as bytes, and responses as they arrive
//! - [`command`]: the binary, run in an environment that is the same everywhere
//! - [`port`]: an address on which nothing listens
//! - [`wait`]: waiting for what happens
//!
//! Everything here panics, and so fails the test, where an expectation is not met.
#![allow(clippy::missing_panics_doc, clippy::must_use_candidate, clippy::return_self_not_must_use)]

pub mod command;
pub mod port;
pub mod raw_client;
pub mod server;
pub mod wait;

/// The commit that tests report for.
pub const COMMIT: &str = "e10dae226959c2194f2b07b077c07762d93821cf";
