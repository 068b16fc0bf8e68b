//! `bbstatus get`: reads a status.

use super::{answer, key, show};
use crate::{args::Get, connection::Target, exit::Exit, failure::Failure, session::Session};

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
