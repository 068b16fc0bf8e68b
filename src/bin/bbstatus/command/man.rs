//! `bbstatus man`: the manual pages.

use crate::{
    args::{self, Man},
    exit::Exit,
    failure::Failure,
    session::Session,
};

pub(crate) fn run(args: &Man, session: &mut Session) -> Result<Exit, Failure> {
    let mut all = args::command();
    all.build();
    let command = match &args.command {
        None => &all,
        Some(name) => all.find_subcommand(name).ok_or_else(|| {
            let known: Vec<_> = all.get_subcommands().map(clap::Command::get_name).collect();
            Failure::usage(format!("command: expected one of {}, got {name:?}", known.join(", ")))
        })?,
    };
    let mut page = Vec::new();
    clap_mangen::Man::new(command.clone()).render(&mut page)?;
    session.output.bytes(&page)?;
    Ok(Exit::Done)
}
