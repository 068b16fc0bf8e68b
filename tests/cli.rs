//! The command `bbstatus` as its users meet it: every test runs the real binary.
#![cfg(feature = "cli")]
#![allow(missing_docs)]
// What needs a Unix shell or signal is left out elsewhere, and with it what only that uses.
#![cfg_attr(not(unix), allow(unused_imports, dead_code))]

#[path = "cli/build_systems.rs"]
mod build_systems;
#[path = "cli/exit_codes.rs"]
mod exit_codes;
#[path = "cli/found.rs"]
mod found;
#[path = "cli/hosted_systems.rs"]
mod hosted_systems;
#[path = "cli/input.rs"]
mod input;
#[path = "cli/reference.rs"]
mod reference;
#[path = "cli/sandbox.rs"]
mod sandbox;
#[path = "cli/secrets.rs"]
mod secrets;
#[path = "cli/streams.rs"]
mod streams;
#[path = "cli/support.rs"]
mod support;
#[path = "cli/transcript.rs"]
mod transcript;
#[path = "cli/trying.rs"]
mod trying;
