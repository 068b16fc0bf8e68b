//! The library against servers that behave in every recorded and many other ways.
//!
//! - `server`, `support`: a scripted TCP server, and what the tests share
//! - `faults`: every failure and what becomes of it, as one table

#[path = "library/faults.rs"]
mod faults;
#[path = "library/server.rs"]
mod server;
#[path = "library/support.rs"]
mod support;
