//! `bbstatus run`, `wait` and `apply`, the commands that take their time: every test runs the real binary.
#![cfg(unix)]

mod apply;
mod codes;
mod killing;
mod outage;
mod stopping;
mod support;
mod terminal;
mod wait;
