//! `bbstatus set`: creates a status, or overwrites the one with its key.

use bitbucket_build_status::{Commit, Key, SetStatus, State};
use clap::Args;

use super::{answer, drop_if_newer, key, show, soften};
use crate::{
    args::{Build, Connection, Content, Overwriting, Place, Presentation, Trying, states},
    build_info::BuildInfo,
    connection::Target,
    exit::Exit,
    failure::Failure,
    git,
    session::Session,
};

/// Create a status, or overwrite the one with its key.
///
/// This is what most builds want, first and last.
#[derive(Debug, Args)]
#[command(mut_arg("request_timeout", |arg| arg.visible_alias("timeout")))]
pub(crate) struct Set {
    /// The key that names the status on its commit; one over 40 characters is shortened.
    pub(crate) key: String,
    /// How the build stands.
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

pub(crate) async fn run(args: Set, session: &mut Session) -> Result<Exit, Failure> {
    let outcome = report(&args, session).await;
    soften(args.content.soft, outcome)
}

async fn report(args: &Set, session: &mut Session) -> Result<Exit, Failure> {
    let (key, whole) = key(session, &args.key)?;
    let mut target = Target::open(session, &args.place, Some(&args.build), &args.connection, &args.trying).await?;
    target.settings = target.settings.with_git_branch(&git::Git::default());
    let commit = target.commit()?;
    let request = || request(args, &commit, &key, whole.as_deref(), &target.settings);
    let format = args.presentation.output;
    if args.trying.shows() {
        let prepared = request()?.prepare().await?;
        show(session, &target, &args.trying, format, &prepared)?;
    }
    if args.trying.sends_nothing() {
        return Ok(Exit::Done);
    }
    if args.overwriting.if_newer
        && let Some(outcome) =
            drop_if_newer(session, &target, &commit, &key, target.settings.url.as_ref().map(|url| &*url.value), format)
                .await?
    {
        return Ok(outcome);
    }
    let answered = target.call(session, request()?.send_with_response()).await?;
    answer(session, &target, format, &answered)
}

fn request(
    args: &Set,
    commit: &Commit,
    key: &Key,
    whole: Option<&str>,
    settings: &BuildInfo,
) -> Result<SetStatus, Failure> {
    let state = args.content.state(args.state);
    let state = state.ok_or_else(|| Failure::usage("state: none was given"))?;
    let mut request = commit.set(key, state, settings.url()?);
    if let Some(name) = args.content.name.as_deref().or(whole) {
        request = request.name(name);
    }
    if let Some(description) = &args.content.description {
        request = request.description(description);
    }
    if let Some(refname) = &settings.refname {
        request = request.refname(&refname.value);
    }
    Ok(request)
}
