//! `bbstatus completions`: the completions for a shell.

use clap::Command;

use crate::{
    args::{self, Completions},
    exit::Exit,
    failure::Failure,
    session::Session,
};

pub(crate) fn run(args: &Completions, session: &mut Session) -> Result<Exit, Failure> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut shown(&args::command()), "bbstatus", &mut script);
    session.output.bytes(&script)?;
    Ok(Exit::Done)
}

/// The command line without what the help does not show either, which completions would offer all the same.
fn shown(all: &Command) -> Command {
    let commands = all.get_subcommands().filter(|command| !command.is_hide_set());
    let bare = Command::new("bbstatus").disable_help_subcommand(true).version("");
    bare.args(all.get_arguments()).subcommands(commands)
}
