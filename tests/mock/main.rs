//! The typed mocks, met by the library's own client.
#![cfg(feature = "mock")]
#![allow(missing_docs)]

/// Every answer of the document, and what the client makes of it.
mod answers;
/// Values of the path, query and body, matched literally.
mod requests;
