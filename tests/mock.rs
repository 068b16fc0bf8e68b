//! The typed mocks, met by the library's own client.
#![cfg(feature = "mock")]
#![allow(missing_docs)]

/// Every answer of the document, and what the client makes of it.
#[path = "mock/answers.rs"]
mod answers;
/// Values of the path, query and body, matched literally.
#[path = "mock/requests.rs"]
mod requests;
