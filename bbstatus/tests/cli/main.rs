//! The command `bbstatus` as its users meet it: every test runs the real binary.
#![allow(missing_docs)]
// What needs a Unix shell or signal is left out elsewhere, and with it what only that uses.
#![cfg_attr(not(unix), allow(unused_imports, dead_code))]

mod checkout;
mod ci_page;
mod completions;
mod doctor;
mod dumps;
mod environment;
mod examples;
mod exit_codes;
mod found;
mod guide;
mod hostile_git;
mod input;
mod newer;
mod outages;
mod probe;
mod recipes;
mod reference;
mod sandbox;
mod secrets;
mod streams;
mod support;
mod transcript;
mod trying;
