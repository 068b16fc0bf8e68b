//! The tools behind the figures of docs/performance.md: a loopback server (`bench-server`) and a load driver
//! (`bench-load`).
//!
//! The driver makes the same calls three ways: with this project's library, and by hand on reqwest and on bare hyper.

pub mod handwritten;
pub mod measure;

/// The commit of all calls.
pub const COMMIT: &str = "e10dae226959c2194f2b07b077c07762d93821cf";
/// The key of the status in all calls.
pub const KEY: &str = "unit-tests";
/// The token of all calls, as long as Bitbucket's access tokens.
pub const TOKEN: &str = concat!(
    "ATCTT3xFfGN0",
    "benchbenchbenchbenchbenchbenchbenchbenchbenchbenchbenchbenchbenchbenchbenchbench",
    "benchbenchbenchbenchbenchbenchbenchbenchbenchbenchbenchbenchbenchbenchbenchbench",
    "=00000000"
);
/// The url of the build.
pub const BUILD_URL: &str = "https://ci.example.com/builds/42";
/// The name of the build.
pub const NAME: &str = "Unit tests";
/// The description in updates.
pub const DESCRIPTION: &str = "42 tests passed";
