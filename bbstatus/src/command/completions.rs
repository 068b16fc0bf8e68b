//! `bbstatus completions`: the completions for a shell.

use clap::{Args, Command};

use crate::{context::Context, exit::Exit, failure::Failure};

/// Print the completions for a shell.
#[derive(Debug, Args)]
pub(crate) struct Completions {
    /// The shell.
    pub(crate) shell: clap_complete::Shell,
}

pub(crate) fn run(args: &Completions, all: &Command, context: &mut Context) -> Result<Exit, Failure> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut shown(all), "bbstatus", &mut script);
    context.output.bytes(&script)?;
    Ok(Exit::Done)
}

/// The command line without hidden commands, which completions would offer otherwise.
fn shown(all: &Command) -> Command {
    let commands = all.get_subcommands().filter(|command| !command.is_hide_set());
    let bare = Command::new("bbstatus").disable_help_subcommand(true).version("");
    bare.args(all.get_arguments()).subcommands(commands)
}
