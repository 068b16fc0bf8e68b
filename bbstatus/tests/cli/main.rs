//! The command `bbstatus`: every test runs the real binary.
#![allow(missing_docs)]
// Tests that need a Unix shell or signals are left out elsewhere, which leaves helpers unused.
#![cfg_attr(not(unix), allow(unused_imports, dead_code))]

mod checkout;
mod ci_page;
mod completions;
mod detect;
mod doctor;
mod dumps;
mod environment;
mod examples;
mod exit_codes;
mod guide;
mod hostile_git;
mod if_newer;
mod input;
mod outages;
mod preview;
mod probe;
mod recipes;
mod reference;
mod sandbox;
mod secrets;
mod streams;
mod support;
mod transcript;
