//! `bbstatus man`: the manual pages.

use clap::{Args, Command};

use crate::{context::Context, exit::Exit, failure::Failure};

/// Print the manual page, of bbstatus or of one of its commands.
#[derive(Debug, Args)]
pub(crate) struct Man {
    /// The command.
    pub(crate) command: Option<String>,
}

pub(crate) fn run(args: &Man, mut all: Command, context: &mut Context) -> Result<Exit, Failure> {
    all.build();
    let known = || all.get_subcommands().filter(|command| !command.is_hide_set());
    let command = match &args.command {
        None => &all,
        Some(name) => known().find(|command| command.get_name() == name).ok_or_else(|| {
            let names: Vec<_> = known().map(Command::get_name).collect();
            Failure::usage(format!("command: expected one of {}, got {name:?}", names.join(", ")))
                .help("Give one of them, or none for the page of bbstatus itself")
        })?,
    };
    let mut page = Vec::new();
    clap_mangen::Man::new(command.clone()).render(&mut page)?;
    context.output.bytes(&page)?;
    Ok(Exit::Done)
}
