//! The sandbox as its users meet it: over HTTP.
#![cfg(feature = "sandbox")]
#![allow(missing_docs)]

/// What nobody has seen Bitbucket do.
mod assumptions;
/// Who may do what: credentials, scopes, authors, budgets.
mod callers;
/// Faults by script, as the library's client meets them.
mod faults;
/// What works: create, overwrite, update, read, list.
mod flow;
/// Requests nobody should send.
mod hostile;
/// The journal and its assertions.
mod journal;
/// Pages, order and filters.
mod lists;
/// Each rule, broken once.
mod rules;
mod support;
