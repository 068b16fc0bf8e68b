//! The library against servers that behave in every recorded way, and in many others.
//!
//! - `builders`: calls as values: their ownership and their arguments
//! - `calls`: requests as they are sent, and responses as they are read, stored and written again
//! - `errors`: what errors and responses report
//! - `faults`: every failure and its outcome, as one table
//! - `limits`: timeouts, sizes, addresses, and the checks of `ClientBuilder::build`
//! - `load`: many concurrent updates against a failing sandbox
//! - `oauth`: tokens fetched, stored, renewed and shared
//! - `options`: options of single calls, members of a status, and clients made from others
//! - `paging`: lists as streams over their pages
//! - `properties`: laws for any input
//! - `proxy`, `tls`: the way to the server, certificates included
//! - `retries`: the shared retry quota, and when a call is retried
//! - `secrets`: nothing public prints a secret
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
