//! `bbstatus apply`: what can be typed.

use std::{num::NonZeroUsize, path::PathBuf};

use clap::Args;

use super::{Build, Connection, Place, Trying, values::number};

/// Report many statuses from a file.
///
/// Each line is a JSON object with "key" and "state", and, where they are known, "url", "name", "description",
/// "refname", "commit" and "repo" (WORKSPACE/SLUG); what a line lacks is found as for `bbstatus set`. The refname that
/// is found belongs to the commit that is found: a line with another commit names its own, or none.
///
/// For each line one line of JSON is written to stdout as soon as its result is known, with the number of the line: not
/// in the file's order, except for lines with the same key and commit, which are sent one after the other. A line that
/// makes no sense is a result too, and the others go on. The exit code is 1 where a status was not reported. Where this
/// is interrupted, a line without a result may have been reported or not; it may be applied again without harm.
///
/// Where the credentials are refused, no further line is sent, and the exit code is 4.
///
/// Where Bitbucket limits the rate, all wait together for as long as it asks, up to an hour.
#[derive(Debug, Args)]
pub(crate) struct Apply {
    /// The file, or stdin for "-".
    pub(crate) file: PathBuf,
    /// How many statuses are sent at a time.
    #[arg(long, env = "BBSTATUS_CONCURRENCY", value_name = "NUMBER", default_value = "8",
          value_parser = |text: &str| number::<NonZeroUsize>(text, "1 or more"))]
    pub(crate) concurrency: NonZeroUsize,
    #[command(flatten)]
    pub(crate) build: Build,
    #[command(flatten)]
    pub(crate) place: Place,
    #[command(flatten)]
    pub(crate) connection: Connection,
    #[command(flatten)]
    pub(crate) trying: Trying,
}
