//! The sandbox as its users meet it: over HTTP.
#![cfg(feature = "sandbox")]
#![allow(missing_docs)]

/// What is around the statuses: user, workspace, repository, branch, commit, pull request.
mod around;
/// What nobody has seen Bitbucket do.
mod assumptions;
/// What a write may send: JSON, forms, null, what was read.
mod bodies;
/// Who may do what: credentials, scopes, authors, budgets.
mod callers;
/// Commits by short hashes.
mod commits;
/// `/_sandbox`: what was received, faults, resets, from any language.
mod control;
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
/// Where the sandbox is reached: hosts, links, proxies.
mod origin;
/// Each rule, broken once.
mod rules;
/// One sandbox for many tests, and for synchronous code.
mod shared;
mod support;

#[path = "../../spec/json_schema.rs"]
mod json_schema;
