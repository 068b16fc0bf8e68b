//! What the figures of docs/performance.md are measured with: a loopback server (`bench-server`) and a load driver
//! (`bench-load`).
//!
//! The driver makes the same calls three ways: with this project's library, and by hand on reqwest and on bare hyper.

pub mod handwritten;
pub mod measure;

/// The commit that calls report on.
pub const COMMIT: &str = "e10dae226959c2194f2b07b077c07762d93821cf";
/// The key of the status that calls report on.
pub const KEY: &str = "unit-tests";
/// The token that calls carry, as long as Bitbucket's access tokens are.
pub const TOKEN: &str = concat!(
    "ATCTT3xFfGN0",
    "benchbenchbenchbenchbenchbenchbenchbenchbenchbenchbenchbenchbenchbenchbenchbench",
    "benchbenchbenchbenchbenchbenchbenchbenchbenchbenchbenchbenchbenchbenchbenchbench",
    "=00000000"
);
/// Where the build that calls report on can be seen.
pub const BUILD_URL: &str = "https://ci.example.com/builds/42";
/// The name of the build that calls report on.
pub const NAME: &str = "Unit tests";
/// The result that updates report.
pub const DESCRIPTION: &str = "42 tests passed";
