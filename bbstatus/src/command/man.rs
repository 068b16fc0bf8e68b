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
    let known = || all.get_subcommands().filter(|command| !command.is_hide_set());
    let command = match &args.command {
        None => &all,
        Some(name) => known().find(|command| command.get_name() == name).ok_or_else(|| {
            let names: Vec<_> = known().map(clap::Command::get_name).collect();
            Failure::usage(format!("command: expected one of {}, got {name:?}", names.join(", ")))
                .help("Give one of them, or none for the page of bbstatus itself")
        })?,
    };
    let mut page = Vec::new();
    clap_mangen::Man::new(command.clone()).render(&mut page)?;
    session.output.bytes(&page)?;
    Ok(Exit::Done)
}
