//! `bbstatus get`: reads a status.

use clap::Args;

use super::{answer, key, show};
use crate::{
    args::{Connection, Place, Presentation, Trying},
    connection::Target,
    exit::Exit,
    failure::Failure,
    session::Session,
};

/// Read a status.
#[derive(Debug, Args)]
#[command(mut_arg("request_timeout", |arg| arg.visible_alias("timeout")))]
pub(crate) struct Get {
    /// The key that names the status on its commit; one over 40 characters is shortened.
    pub(crate) key: String,
    #[command(flatten)]
    pub(crate) place: Place,
    #[command(flatten)]
    pub(crate) connection: Connection,
    #[command(flatten)]
    pub(crate) trying: Trying,
    #[command(flatten)]
    pub(crate) presentation: Presentation,
}

pub(crate) async fn run(args: Get, session: &mut Session) -> Result<Exit, Failure> {
    let (key, _) = key(session, &args.key)?;
    let target = Target::open(session, &args.place, None, &args.connection, &args.trying).await?;
    let commit = target.commit()?;
    let format = args.presentation.output;
    target.rehearse(session, key.as_str()).await?;
    if args.trying.shows() {
        let prepared = commit.get(&key).prepare().await?;
        show(session, &target, &args.trying, format, &prepared)?;
    }
    if args.trying.sends_nothing() {
        return Ok(Exit::Done);
    }
    let answered = target.call(session, commit.get(&key).send_with_response()).await?;
    answer(session, &target, format, &answered)
}
