//! The client as generated from `spec/openapi.json`, for direct use of the endpoints.
//!
//! [`Client::generated`](crate::Client::generated) makes one that shares credentials, retries and limits with the rest
//! of this crate. This module changes whenever the document does and is **outside the promise of semantic
//! versioning**; its errors are the generator's, without [`explain`](crate::Error::explain).

#![allow(missing_docs, unreachable_pub, unused_imports, clippy::all, clippy::pedantic, rustdoc::all)]

mod hooks;

pub(crate) use hooks::{BuiltRequest, Context, captured};

include!(concat!(env!("OUT_DIR"), "/generated.rs"));
