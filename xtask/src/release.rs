//! `cargo xtask release`: what a release consists of.

mod archive;
mod changelog;
mod locks;

use std::path::PathBuf;

use crate::{Failure, Outcome, RootManifest, read, repository};

/// Where the archives are put and looked for.
const ARCHIVES: &str = "target/release-archives";

/// Checks and makes the parts of a release.
#[derive(clap::Args)]
pub struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(clap::Subcommand)]
enum Command {
    /// Hold a tag such as v0.1.0 to the manifest's version, and that version to the lock files and to a dated section
    /// of the changelog.
    Check {
        /// The tag.
        tag: String,
    },
    /// Print what the changelog says about the manifest's version.
    Notes,
    /// Publish the archives under a tag on GitHub, with the changelog's words (needs gh).
    Publish {
        /// The tag.
        tag: String,
        /// Where the archives and their checksums are.
        #[arg(long, default_value = ARCHIVES)]
        archives: PathBuf,
    },
    /// Build bbstatus for release and pack it with README, changelog and licences, beside a checksum.
    Archive {
        /// The target triple, such as x86_64-unknown-linux-musl; the machine's own if none is given.
        #[arg(long)]
        target: Option<String>,
        /// Where to put the archive and its checksum.
        #[arg(long, default_value = ARCHIVES)]
        output: PathBuf,
    },
}

/// Runs the command.
///
/// # Errors
/// [`Failure::Found`] for a release whose parts do not agree, or a build that fails.
pub fn run(arguments: Arguments) -> Outcome {
    let root = repository();
    let manifest = RootManifest::of(&root)?;
    let version = manifest.package("version")?;
    let changelog = read(&root.join("CHANGELOG.md"))?;
    match arguments.command {
        Command::Check { tag } => {
            changelog::check(&changelog, version, &tag)?;
            locks::check(&root, manifest.package("name")?, version)
        }
        Command::Notes => {
            println!("{}", notes(&changelog, version)?);
            Ok(())
        }
        Command::Publish { tag, archives } => {
            changelog::check(&changelog, version, &tag)?;
            archive::publish(&root.join(archives), &tag, notes(&changelog, version)?)
        }
        Command::Archive { target, output } => archive::make(&root, version, target.as_deref(), &root.join(output)),
    }
}

fn notes<'a>(changelog: &'a str, version: &str) -> Result<&'a str, Failure> {
    let section = changelog::section(changelog, version);
    section.map(|section| section.text).ok_or_else(|| Failure::Found(format!("CHANGELOG.md: no section [{version}]")))
}
