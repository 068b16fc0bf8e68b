//! `bbstatus get`: reads a status.

use clap::Args;

use super::{answer, key, show};
use crate::{
    args::{Connection, Place, Presentation, Trying},
    connection::Target,
    context::Context,
    exit::Exit,
    failure::Failure,
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

pub(crate) async fn run(args: Get, context: &mut Context) -> Result<Exit, Failure> {
    let (key, _) = key(context, &args.key)?;
    let target = Target::open(context, &args.place, None, &args.connection, &args.trying).await?;
    let commit = target.commit()?;
    let format = args.presentation.output;
    target.rehearse(context, key.as_str()).await?;
    if args.trying.shows() {
        let prepared = commit.get(&key).prepare().await?;
        show(context, &target, &args.trying, format, &prepared)?;
    }
    if args.trying.sends_nothing() {
        return Ok(Exit::Done);
    }
    let answered = target.call(context, commit.get(&key).send_with_response()).await?;
    answer(context, &target, format, &answered)
}
