#![doc = include_str!("../docs/tour.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]

// The generated code names our own types by the crate's public path.
extern crate self as bitbucket_build_status;

mod answer;
mod call;
mod client;
mod credentials;
mod error;
#[cfg(fuzzing)]
#[doc(hidden)]
pub mod fuzzing;
pub mod generated;
mod hooks;
mod id;
mod link;
#[cfg(feature = "mock")]
pub mod mock;
mod model;
#[cfg(any(feature = "mock", feature = "sandbox"))]
mod operations;
mod page;
mod rate_limit;
mod retry;
#[cfg(feature = "sandbox")]
pub mod sandbox;
mod state;
mod statuses;
mod timestamp;
mod trace;

pub use client::{Client, ClientBuilder, Exchange};
pub use credentials::Credentials;
pub use error::{Error, ErrorKind, Explanation, Result};
pub use id::{CommitHash, Key, RepoSlug, Workspace};
#[doc(inline)]
pub use model::{
    BuildStatus, BuildStatusCreate, BuildStatusLinks, BuildStatusPage, BuildStatusUpdate, CommitLinks, Link,
    RepositoryLinks, State, StatusCommit, StatusRepository,
};
pub use state::ReportedState;
pub use statuses::{
    Commit, GetStatus, Prepared, PreparedRequest, PullRequest, Response, SetStatus, Statuses, UpdateStatus,
};
pub use timestamp::Timestamp;

/// The README's examples, compiled.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
