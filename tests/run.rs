//! `bbstatus run`, `wait` and `apply`, the commands that take their time: every test runs the real binary.
#![cfg(unix)]

#[path = "run/apply.rs"]
mod apply;
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
#[path = "run/wait.rs"]
mod wait;
