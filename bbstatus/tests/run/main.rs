//! The long-running commands `run`, `wait` and `apply`: every test runs the real binary.
#![cfg(unix)]

mod apply;
mod killing;
mod outage;
mod passthrough;
mod stopping;
mod support;
mod terminal;
mod wait;
