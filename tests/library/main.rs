//! The library against servers that behave in every recorded and many other ways.
//!
//! - `builders`: calls as values: what they own, and what they accept
//! - `calls`: what is sent, and how answers are read, kept and written again
//! - `errors`: what an error and a response report
//! - `faults`: every failure and what becomes of it, as one table
//! - `limits`: times, sizes, addresses, and what is checked when a client is built
//! - `load`: many updates at a time against a failing sandbox
//! - `oauth`: tokens fetched, kept, renewed and shared
//! - `options`: what one call, one status and one client can have of their own
//! - `paging`: lists as streams over their pages
//! - `properties`: laws for any input
//! - `proxy`, `tls`: the way to the server, certificates included
//! - `retries`: the retry quota, and what a call is retried for
//! - `secrets`: what is printed of whom
//! - `support`: what these tests share

mod builders;
mod calls;
mod errors;
mod faults;
mod limits;
#[cfg(feature = "sandbox")]
mod load;
mod oauth;
mod options;
mod paging;
mod properties;
mod proxy;
mod retries;
mod secrets;
mod support;
#[cfg(any(feature = "rustls", feature = "rustls-ring"))]
mod tls;
