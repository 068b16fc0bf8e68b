//! `bbstatus get`: reads a status.

use clap::Args;

use super::{key, print_request, print_status};
use crate::{
    args::{ConnectionOptions, LocationOptions, OutputOptions, PreviewOptions},
    cli_error::CliError,
    context::Context,
    exit::ExitCode,
    target::Target,
};

/// Read a status.
#[derive(Debug, Args)]
#[command(mut_arg("request_timeout", |arg| arg.visible_alias("timeout")))]
pub(crate) struct Get {
    /// The key, which identifies the status on its commit. A key of more than 40 characters is shortened.
    pub(crate) key: String,
    #[command(flatten)]
    pub(crate) location: LocationOptions,
    #[command(flatten)]
    pub(crate) connection: ConnectionOptions,
    #[command(flatten)]
    pub(crate) preview: PreviewOptions,
    #[command(flatten)]
    pub(crate) output_options: OutputOptions,
}

pub(crate) async fn run(args: Get, context: &mut Context) -> Result<ExitCode, CliError> {
    let (key, _) = key(context, &args.key)?;
    let target = Target::open(context, &args.location, None, &args.connection, &args.preview).await?;
    let commit = target.commit()?;
    let format = args.output_options.output;
    target.seed_status(context, key.as_str()).await?;
    if args.preview.shows() {
        let prepared = commit.get(&key).prepare().await?;
        print_request(context, &target, &args.preview, format, &prepared)?;
    }
    if args.preview.sends_nothing() {
        return Ok(ExitCode::Done);
    }
    let response = target.call(context, commit.get(&key).send_with_response()).await?;
    print_status(context, &target, format, &response)
}
