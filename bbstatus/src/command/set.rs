//! `bbstatus set`: creates a status, or overwrites the one with this key.

use bitbucket_build_status::State;
use clap::Args;

use super::{downgrade_to_warning, key, print_request, print_status, report::StatusReport};
use crate::{
    args::{
        BuildOptions, ConnectionOptions, LocationOptions, OutputOptions, Overwriting, PreviewOptions, StatusOptions,
        states,
    },
    cli_error::CliError,
    context::Context,
    exit::ExitCode,
    git,
    target::Target,
};

/// Create a status, or overwrite the one that has the same key.
///
/// Most builds need only this command, at the start and at the end. If the build has no url, the status links to
/// the commit's page.
#[derive(Debug, Args)]
#[command(mut_arg("request_timeout", |arg| arg.visible_alias("timeout")))]
pub(crate) struct Set {
    /// The key, which identifies the status on its commit. A key of more than 40 characters is shortened.
    pub(crate) key: String,
    /// The state of the build; success, passed, failure, error, cancelled, aborted, pending and running are accepted
    /// too.
    #[arg(ignore_case = true, value_parser = states(), required_unless_present = "from_exit_code")]
    pub(crate) state: Option<State>,
    #[command(flatten)]
    pub(crate) status: StatusOptions,
    #[command(flatten)]
    pub(crate) overwriting: Overwriting,
    #[command(flatten)]
    pub(crate) build: BuildOptions,
    #[command(flatten)]
    pub(crate) location: LocationOptions,
    #[command(flatten)]
    pub(crate) connection: ConnectionOptions,
    #[command(flatten)]
    pub(crate) preview: PreviewOptions,
    #[command(flatten)]
    pub(crate) output_options: OutputOptions,
}

pub(crate) async fn run(args: Set, context: &mut Context) -> Result<ExitCode, CliError> {
    let outcome = Box::pin(report(&args, context)).await;
    downgrade_to_warning(args.status.soft, outcome)
}

async fn report(args: &Set, context: &mut Context) -> Result<ExitCode, CliError> {
    let state = args.status.state(args.state).ok_or_else(|| CliError::usage("state: none was given"))?;
    let (key, long_key) = key(context, &args.key)?;
    let mut target = Target::open(context, &args.location, Some(&args.build), &args.connection, &args.preview).await?;
    target.build_info = target.build_info.with_git_branch(&git::Git::default());
    let (name, description) = (args.status.name.clone().or(long_key), args.status.description.clone());
    let (report, note) = StatusReport::of_build(&target, key, name, description)?;
    context.output.notes(note.as_slice());
    let guard = target.guard(args.overwriting, &report.commit, &report.key, Some(&report.url));
    let request = report.request(state);
    let format = args.output_options.output;
    if args.preview.shows() {
        let mut prepared = guard.prepare().await?;
        prepared.extend(request.clone().prepare().await?);
        print_request(context, &target, &args.preview, format, &prepared)?;
    }
    if args.preview.sends_nothing() {
        return Ok(ExitCode::Done);
    }
    if let Some(newer) = target.call(context, guard.newer_report()).await {
        context.output.note(&newer.note(&report.key));
        return print_status(context, &target, format, &newer.stored);
    }
    let response = target.call(context, request.send_with_response()).await?;
    print_status(context, &target, format, &response)
}
