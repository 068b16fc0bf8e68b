//! The typed mocks, with the library's client.
#![cfg(feature = "mock")]
#![allow(missing_docs)]

/// Values of the path, query and body, matched literally.
mod requests;
/// Every response of the document, and the error that the client makes of it.
mod responses;
