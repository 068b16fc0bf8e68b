//! The sandbox as its users meet it: over HTTP.
#![cfg(feature = "sandbox")]
#![allow(missing_docs)]

/// Who may do what: credentials, scopes, authors, budgets.
#[path = "sandbox/callers.rs"]
mod callers;
/// Faults by script, as the library's client meets them.
#[path = "sandbox/faults.rs"]
mod faults;
/// What works: create, overwrite, update, read, list.
#[path = "sandbox/flow.rs"]
mod flow;
/// Requests nobody should send.
#[path = "sandbox/hostile.rs"]
mod hostile;
/// The journal and its assertions.
#[path = "sandbox/journal.rs"]
mod journal;
/// Pages, order and filters.
#[path = "sandbox/lists.rs"]
mod lists;
/// Each rule, broken once.
#[path = "sandbox/rules.rs"]
mod rules;
#[path = "sandbox/support.rs"]
mod support;
/// What nobody has seen Bitbucket do.
#[path = "sandbox/switches.rs"]
mod switches;
