//! `bbstatus completions`: the completions for a shell.

use crate::{
    args::{self, Completions},
    exit::Exit,
    failure::Failure,
    session::Session,
};

pub(crate) fn run(args: &Completions, session: &mut Session) -> Result<Exit, Failure> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut args::command(), "bbstatus", &mut script);
    session.output.bytes(&script)?;
    Ok(Exit::Done)
}
