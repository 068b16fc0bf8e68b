//! The sandbox over HTTP.
#![cfg(feature = "sandbox")]
#![allow(missing_docs)]

/// Each assumption, by default and switched.
mod assumptions;
/// Bodies of writes: JSON, forms, null, a status that was read.
mod bodies;
/// Commits named by short hashes.
mod commits;
/// `/_sandbox`: the journal, faults and resets for any language.
mod control;
/// Each fault, as the library's client sees it.
mod faults;
/// Hostile and malformed requests.
mod hostile;
/// Credentials, scopes, authors, rate limits, OAuth.
mod identities;
/// The journal: what it stores, what it redacts, its assertions.
mod journal;
/// Pages, order and filters of lists.
mod lists;
/// The host of a request, links, use as a proxy.
mod origin;
/// User, workspace, repository, branch, commit and pull request.
mod resources;
/// Each rule of a request, broken once.
mod rules;
/// One sandbox for many tests, and for synchronous code.
mod shared;
/// Create, overwrite, update, read and list statuses.
mod statuses;
mod support;

#[path = "../../spec/json_schema.rs"]
mod json_schema;
