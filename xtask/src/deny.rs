//! `cargo xtask deny`: licences, sources, bans and advisories of the whole tree, by the rules of `deny.toml`.

use crate::{Outcome, process, repository};

/// Holds all dependencies to deny.toml (needs cargo-deny).
#[derive(clap::Args)]
pub struct Arguments {
    /// Leave out the advisories, whose database is fetched from the network.
    #[arg(long)]
    without_advisories: bool,
}

/// Runs the command.
///
/// # Errors
/// [`Failure::Found`](crate::Failure::Found) for a dependency that breaks a rule.
pub fn run(arguments: &Arguments) -> Outcome {
    let mut deny = process::cargo(&repository());
    deny.args(["deny", "--workspace", "--all-features", "check", "--deny", "warnings", "bans", "licenses", "sources"]);
    if !arguments.without_advisories {
        deny.arg("advisories");
    }
    process::run(&mut deny)
}
