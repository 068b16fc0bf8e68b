//! `bbstatus update`: changes a status that exists.

use bitbucket_build_status::{Commit, Key, State, UpdateStatus};
use clap::Args;

use super::{answer, drop_if_newer, key, show, soften};
use crate::{
    args::{Build, Connection, Content, Overwriting, Place, Presentation, Trying, states},
    build_info::BuildInfo,
    connection::Target,
    exit::Exit,
    failure::Failure,
    session::Session,
};

/// Change a status that exists.
///
/// What is not given stays as it is, also in a CI job: without a state or a url the status is read first.
#[derive(Debug, Args)]
#[command(mut_arg("url", |arg| arg.help("Where the build can be seen, with a host that has a dot [default: as it is]")))]
#[command(mut_arg("refname", |arg| arg.help("The branch the build ran for: its pull requests show the status [default: as it is]")))]
#[command(mut_arg("request_timeout", |arg| arg.visible_alias("timeout")))]
pub(crate) struct Update {
    /// The key that names the status on its commit; one over 40 characters is shortened.
    pub(crate) key: String,
    /// How the build stands; without it the state stays as it is.
    #[arg(ignore_case = true, value_parser = states())]
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

pub(crate) async fn run(args: Update, session: &mut Session) -> Result<Exit, Failure> {
    let outcome = report(&args, session).await;
    soften(args.content.soft, outcome)
}

async fn report(args: &Update, session: &mut Session) -> Result<Exit, Failure> {
    let (key, whole) = key(session, &args.key)?;
    let mut target = Target::open(session, &args.place, Some(&args.build), &args.connection, &args.trying).await?;
    let url = target.settings.url.as_ref().map(|url| url.value.clone());
    target.settings = target.settings.explicit_only();
    let commit = target.commit()?;
    let request = || request(args, &commit, &key, whole.as_deref(), &target.settings);
    let format = args.presentation.output;
    target.rehearse(session, key.as_str()).await?;
    if args.trying.shows() {
        let prepared = request().prepare().await?;
        show(session, &target, &args.trying, format, &prepared)?;
    }
    if args.trying.sends_nothing() {
        return Ok(Exit::Done);
    }
    if args.overwriting.if_newer
        && let Some(outcome) = drop_if_newer(session, &target, &commit, &key, url.as_deref(), format).await?
    {
        return Ok(outcome);
    }
    let answered = target.call(session, request().send_with_response()).await?;
    answer(session, &target, format, &answered)
}

fn request<'a>(
    args: &Update,
    commit: &'a Commit,
    key: &Key,
    whole: Option<&str>,
    settings: &BuildInfo,
) -> UpdateStatus<'a> {
    let mut request = commit.update(key);
    let state = args.content.state(args.state);
    if let Some(state) = state {
        request = request.state(state);
    }
    // Where the status is read first, it keeps the name that it has.
    let whole = whole.filter(|_| state.is_some() && settings.url.is_some());
    if let Some(url) = &settings.url {
        request = request.url(&url.value);
    }
    if let Some(name) = args.content.name.as_deref().or(whole) {
        request = request.name(name);
    }
    if let Some(description) = &args.content.description {
        request = request.description(description);
    }
    if let Some(refname) = &settings.refname {
        request = request.refname(&refname.value);
    }
    request
}
