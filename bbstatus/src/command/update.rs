//! `bbstatus update`: changes a status that exists.

use bitbucket_build_status::{Commit, Key, State, UpdateStatus};
use clap::Args;

use super::{downgrade_to_warning, key, print_request, print_status, report::check_url};
use crate::{
    args::{
        BuildOptions, ConnectionOptions, LocationOptions, OutputOptions, Overwriting, PreviewOptions, StatusOptions,
        states,
    },
    build_info::BuildInfo,
    cli_error::CliError,
    context::Context,
    demo_sandbox,
    exit::ExitCode,
    target::Target,
};

/// Change a status that exists.
///
/// Values that are not given stay as they are, even if the CI system has others. To keep them, bbstatus reads the
/// status first and sends its values again. If state, url, name and description are all given, it does not; Bitbucket
/// is then assumed to keep the refname.
#[derive(Debug, Args)]
#[command(mut_arg("url", |arg| arg.help("The url of the build; its host has a dot, or is an IP address or localhost [default: unchanged]")))]
#[command(mut_arg("refname", |arg| arg.help("The branch that was built; the pull requests from it show the status [default: unchanged]")))]
#[command(mut_arg("request_timeout", |arg| arg.visible_alias("timeout")))]
pub(crate) struct Update {
    /// The key, which identifies the status on its commit. A key of more than 40 characters is shortened.
    pub(crate) key: String,
    /// The state of the build; words of other systems, such as success or failure, are accepted too [default: unchanged].
    #[arg(ignore_case = true, value_parser = states())]
    pub(crate) state: Option<State>,
    /// Send only the given values, without reading the status first. It is not known what Bitbucket does with the
    /// others.
    #[arg(long)]
    pub(crate) exact: bool,
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

pub(crate) async fn run(args: Update, context: &mut Context) -> Result<ExitCode, CliError> {
    let outcome = Box::pin(report(&args, context)).await;
    downgrade_to_warning(args.status.soft, outcome)
}

async fn report(args: &Update, context: &mut Context) -> Result<ExitCode, CliError> {
    let (key, long_key) = key(context, &args.key)?;
    let mut target = Target::open(context, &args.location, Some(&args.build), &args.connection, &args.preview).await?;
    let url_of_build = target.build_info.url.as_ref().map(|url| url.value.clone());
    target.build_info = target.build_info.explicit_only();
    if let Some(url) = &target.build_info.url {
        check_url(&url.value, &format!("url ({})", url.label))?;
    }
    let commit = target.commit()?;
    let guard = target.guard(args.overwriting, &commit, &key, url_of_build.as_deref());
    let request = request(args, context, &commit, &key, long_key, &target.build_info);
    let format = args.output_options.output;
    target.seed_status(context, key.as_str()).await?;
    if args.preview.shows() {
        let mut prepared = guard.prepare().await?;
        prepared.extend(request.clone().prepare().await?);
        print_request(context, &target, &args.preview, format, &prepared)?;
    }
    if args.preview.sends_nothing() {
        return Ok(ExitCode::Done);
    }
    if let Some(newer) = target.call(context, guard.newer_report()).await {
        context.output.note(&newer.note(&key));
        return print_status(context, &target, format, &newer.stored);
    }
    let response = target.call(context, request.send_with_response()).await?;
    print_status(context, &target, format, &response)
}

fn request(
    args: &Update,
    context: &Context,
    commit: &Commit,
    key: &Key,
    long_key: Option<String>,
    build: &BuildInfo,
) -> UpdateStatus {
    let state = args.status.state(args.state);
    let (mut name, mut description) = (args.status.name.clone(), args.status.description.clone());
    // A status that is read first keeps its name.
    if args.exact || state.is_some() && build.url.is_some() && (description.is_some() || args.preview.sandbox) {
        name = name.or(long_key);
    }
    if args.preview.sandbox && state.is_some() && !args.exact {
        let assumed = demo_sandbox::name_and_description(name, description);
        (name, description) = (Some(assumed.name), Some(assumed.description));
        context.output.notes(&assumed.notes);
    }
    let request = commit
        .update(key)
        .state(state)
        .url(build.url.as_ref().map(|url| &*url.value))
        .name(name)
        .description(description)
        .refname(build.refname.as_ref().map(|refname| &*refname.value));
    if args.exact { request.exact() } else { request }
}
