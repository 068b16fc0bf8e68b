//! The library against servers that behave in every recorded and many other ways.
//!
//! - `calls`: what is sent, and how answers are read, kept and written again
//! - `faults`: every failure and what becomes of it, as one table
//! - `limits`: times, sizes, addresses, and what is checked when a client is built
//! - `load`: many updates at a time against a failing sandbox
//! - `oauth`: tokens fetched, kept, renewed and shared
//! - `paging`: lists as streams over their pages
//! - `properties`: laws for any input
//! - `proxy`, `tls`: the way to the server, certificates included
//! - `secrets`: what is printed of whom
//! - `spans`: what `tracing` sees
//! - `server`, `support`: a scripted TCP server, and what the tests share

#[path = "library/calls.rs"]
mod calls;
#[path = "library/faults.rs"]
mod faults;
#[path = "library/limits.rs"]
mod limits;
#[cfg(feature = "sandbox")]
#[path = "library/load.rs"]
mod load;
#[path = "library/oauth.rs"]
mod oauth;
#[path = "library/paging.rs"]
mod paging;
#[path = "library/properties.rs"]
mod properties;
#[path = "library/proxy.rs"]
mod proxy;
#[path = "library/secrets.rs"]
mod secrets;
#[path = "library/server.rs"]
mod server;
#[cfg(feature = "tracing")]
#[path = "library/spans.rs"]
mod spans;
#[path = "library/support.rs"]
mod support;
#[cfg(feature = "rustls")]
#[path = "library/tls.rs"]
mod tls;
