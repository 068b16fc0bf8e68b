//! `bbstatus update`: changes a status that exists.

use bitbucket_build_status::{Commit, Key, State, UpdateStatus};
use clap::Args;

use super::{answer, drop_if_newer, key, show, soften};
use crate::{
    args::{Build, Connection, Content, Overwriting, Place, Presentation, Trying, states},
    build_info::BuildInfo,
    connection::Target,
    demonstration,
    exit::Exit,
    failure::Failure,
    session::Session,
};

/// Change a status that exists.
///
/// What is not given stays as it is, also in a CI job: unless state, url, name and description are all given the status is read first.
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
    let request = request(args, session, &commit, &key, whole, &target.settings);
    let format = args.presentation.output;
    target.rehearse(session, key.as_str()).await?;
    if args.trying.shows() {
        let prepared = request.clone().prepare().await?;
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
    let answered = target.call(session, request.send_with_response()).await?;
    answer(session, &target, format, &answered)
}

fn request(
    args: &Update,
    session: &Session,
    commit: &Commit,
    key: &Key,
    whole: Option<String>,
    settings: &BuildInfo,
) -> UpdateStatus {
    let state = args.content.state(args.state);
    let (mut name, mut description) = (args.content.name.clone(), args.content.description.clone());
    // A status that is read first keeps the name that it has.
    if state.is_some() && settings.url.is_some() && (description.is_some() || args.trying.sandbox) {
        name = name.or(whole);
    }
    if args.trying.sandbox && state.is_some() {
        let assumed = demonstration::name_and_description(name, description);
        (name, description) = (Some(assumed.name), Some(assumed.description));
        session.output.notes(&assumed.notes);
    }
    commit
        .update(key)
        .state(state)
        .url(settings.url.as_ref().map(|url| &*url.value))
        .name(name)
        .description(description)
        .refname(settings.refname.as_ref().map(|refname| &*refname.value))
}
