//! The long-running commands `run`, `wait` and `apply`: every test runs the real binary.
#![cfg(unix)]

mod apply;
mod codes;
mod killing;
mod outage;
mod stopping;
mod support;
mod terminal;
mod wait;
