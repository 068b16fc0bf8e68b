//! `bbstatus key`: the key used for a name.

use clap::Args;
use serde_json::json;

use crate::{
    args::{Format, OutputOptions},
    cli_error::CliError,
    context::Context,
    exit::ExitCode,
    output::JSON_VERSION,
};

/// Print the key used for a name (offline).
#[derive(Debug, Args)]
pub(crate) struct Key {
    /// Any name; one over 40 characters is shortened.
    pub(crate) name: String,
    #[command(flatten)]
    pub(crate) output_options: OutputOptions,
}

pub(crate) fn run(args: &Key, context: &mut Context) -> Result<ExitCode, CliError> {
    let key = bitbucket_build_status::Key::shorten(&args.name)?;
    let shortened = key.as_str() != args.name;
    match args.output_options.output {
        // Data for scripts, and no text of a server: exactly the key, whatever it may mean to a terminal or a CI agent.
        Format::Table => context.output.bytes(format!("{key}\n").as_bytes())?,
        Format::Json => context.output.json(&json!({
            "version": JSON_VERSION, "key": key, "name": args.name, "shortened": shortened,
        }))?,
    }
    Ok(ExitCode::Done)
}
