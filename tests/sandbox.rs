//! The sandbox as its users meet it: over HTTP.
#![cfg(feature = "sandbox")]
#![allow(missing_docs)]

#[path = "sandbox/flow.rs"]
mod flow;
#[path = "sandbox/support.rs"]
mod support;
