//! `bbstatus set`: creates a status, or overwrites the one with its key.

use bitbucket_build_status::State;
use clap::Args;

use super::{
    answer, key,
    report::{DefaultUrl, StatusReport},
    show, soften,
};
use crate::{
    args::{Build, Connection, Content, Overwriting, Place, Presentation, Trying, states},
    connection::Target,
    context::Context,
    exit::Exit,
    failure::Failure,
    git,
};

/// Create a status, or overwrite the one with its key.
///
/// This is what most builds want, first and last. Without a url for the build, the url is the page of the commit.
#[derive(Debug, Args)]
#[command(mut_arg("request_timeout", |arg| arg.visible_alias("timeout")))]
pub(crate) struct Set {
    /// The key that names the status on its commit; one over 40 characters is shortened.
    pub(crate) key: String,
    /// The state of the build, also as success, passed, failure, error, cancelled, aborted, pending or running.
    #[arg(ignore_case = true, value_parser = states(), required_unless_present = "from_exit_code")]
    pub(crate) state: Option<State>,
    #[command(flatten)]
    pub(crate) content: Content,
    #[command(flatten)]
    pub(crate) overwriting: Overwriting,
    #[command(flatten)]
    pub(crate) build: Build,
    #[command(flatten)]
    pub(crate) place: Place,
    #[command(flatten)]
    pub(crate) connection: Connection,
    #[command(flatten)]
    pub(crate) trying: Trying,
    #[command(flatten)]
    pub(crate) presentation: Presentation,
}

pub(crate) async fn run(args: Set, context: &mut Context) -> Result<Exit, Failure> {
    let outcome = Box::pin(report(&args, context)).await;
    soften(args.content.soft, outcome)
}

async fn report(args: &Set, context: &mut Context) -> Result<Exit, Failure> {
    let state = args.content.state(args.state).ok_or_else(|| Failure::usage("state: none was given"))?;
    let (key, long_key) = key(context, &args.key)?;
    let mut target = Target::open(context, &args.place, Some(&args.build), &args.connection, &args.trying).await?;
    target.build_info = target.build_info.with_git_branch(&git::Git::default());
    let commit = target.commit()?;
    let (url, note) = DefaultUrl::new(&target.build_info)?;
    context.output.notes(note.as_slice());
    let report = StatusReport {
        url: url.for_commit(&commit),
        commit,
        key,
        name: args.content.name.clone().or(long_key),
        description: args.content.description.clone(),
        refname: target.build_info.refname.as_ref().map(|refname| refname.value.clone()),
    };
    let guard = target.guard(args.overwriting, &report.commit, &report.key, Some(&report.url));
    let request = report.request(state);
    let format = args.presentation.output;
    if args.trying.shows() {
        let mut prepared = guard.prepare().await?;
        prepared.extend(request.clone().prepare().await?);
        show(context, &target, &args.trying, format, &prepared)?;
    }
    if args.trying.sends_nothing() {
        return Ok(Exit::Done);
    }
    if let Some(newer) = target.call(context, guard.newer_report()).await {
        context.output.note(&newer.note(&report.key));
        return answer(context, &target, format, &newer.stored);
    }
    let response = target.call(context, request.send_with_response()).await?;
    answer(context, &target, format, &response)
}
