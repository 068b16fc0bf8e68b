#![doc = include_str!("../docs/tour.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]

// The generated code names our own types by the crate's public path.
extern crate self as bitbucket_build_status;

mod client;
mod commit;
mod credentials;
#[cfg(any(test, feature = "mock", feature = "sandbox"))]
mod document;
mod error;
#[cfg(fuzzing)]
#[doc(hidden)]
pub mod fuzzing;
pub mod generated;
mod id;
#[cfg(feature = "mock")]
pub mod mock;
mod model;
mod operation;
mod optional_text;
mod prepared;
mod response;
mod retry;
#[cfg(feature = "sandbox")]
pub mod sandbox;
mod timestamp;
mod transport;
mod validate;

pub use client::{Client, ClientBuilder};
pub use commit::{Commit, GetStatus, PullRequest, Repository, SetStatus, Statuses, UpdateStatus};
pub use credentials::Credentials;
pub use error::{Error, ErrorKind, Explanation, Result, TestError};
pub use id::{CommitHash, Key, RepoSlug, Workspace};
#[doc(inline)]
pub use model::{
    BuildStatus, BuildStatusCreate, BuildStatusLinks, BuildStatusPage, BuildStatusUpdate, BuildStatusUpdateLink,
    BuildStatusUpdateLinks, CommitLinks, Link, ReportedState, RepositoryLinks, State, StatusCommit, StatusRepository,
};
pub use optional_text::OptionalText;
pub use prepared::PreparedRequest;
pub use response::Response;
pub use timestamp::Timestamp;
pub use transport::{Exchange, Proxy};
pub use validate::validate_url;

/// The README's examples, compiled.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
