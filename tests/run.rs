//! `bbstatus run` as a build meets it: every test runs the real binary.
#![cfg(unix)]

#[path = "run/codes.rs"]
mod codes;
#[path = "run/outage.rs"]
mod outage;
#[path = "run/stopping.rs"]
mod stopping;
#[path = "run/support.rs"]
mod support;
#[path = "run/terminal.rs"]
mod terminal;
