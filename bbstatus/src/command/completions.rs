//! `bbstatus completions`: the completions for a shell.

use clap::{
    Arg, Args, Command, ValueHint,
    builder::{PossibleValue, PossibleValuesParser},
};
use clap_complete::Shell;

use crate::{cli_error::CliError, context::Context, exit::ExitCode};

/// Print the completions for a shell.
#[derive(Debug, Args)]
pub(crate) struct Completions {
    /// The shell.
    pub(crate) shell: Shell,
}

pub(crate) fn run(args: &Completions, all: &Command, context: &mut Context) -> Result<ExitCode, CliError> {
    let shown = shown(all);
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut shown.clone(), "bbstatus", &mut script);
    let script = String::from_utf8_lossy(&script);
    let script = match args.shell {
        Shell::Bash => format!("{script}\n{}", BASH.script(&shown)),
        Shell::Fish => format!("{script}\n{}", FISH.script(&shown)),
        Shell::Zsh => with_command_of_zsh(&script),
        _ => script.into_owned(),
    };
    context.output.bytes(script.as_bytes())?;
    Ok(ExitCode::Done)
}

/// The command line without hidden commands, which completions would offer otherwise.
fn shown(all: &Command) -> Command {
    let commands: Vec<_> = all.get_subcommands().filter(|command| !command.is_hide_set()).cloned().collect();
    let names: Vec<_> = commands.iter().map(|command| command.get_name().to_owned()).collect();
    let bare = Command::new("bbstatus").disable_help_subcommand(true).version("");
    bare.args(all.get_arguments()).subcommands(commands).mut_subcommand("man", |man| {
        man.mut_arg("command", |command| command.value_parser(PossibleValuesParser::new(names)))
    })
}

const ZSH: &str = include_str!("completions/command.zsh");

/// The completion of positional arguments in a shell's language, which clap's own scripts have only for zsh.
struct Positionals {
    script: &'static str,
    /// The line of the script for one argument.
    case: &'static str,
    /// The actions that offer values, files, or nothing.
    values: &'static str,
    files: &'static str,
    nothing: &'static str,
}

const BASH: Positionals = Positionals {
    script: include_str!("completions/positionals.bash"),
    case: "        {at}) {action} ;;",
    values: "COMPREPLY=($(compgen -W \"{values}\" -- \"$cur\"))",
    files: "COMPREPLY=($(compgen -f -- \"$cur\"))",
    nothing: "COMPREPLY=()",
};
const FISH: Positionals = Positionals {
    script: include_str!("completions/positionals.fish"),
    case: "complete -c bbstatus -n \"__fish_bbstatus_is_at {at}\" {action}",
    values: "-f -k -a \"{values}\"",
    files: "-F",
    nothing: "-f",
};

impl Positionals {
    /// The script with the options that have values, and the values of the positional arguments of each command.
    fn script(&self, all: &Command) -> String {
        let mut all = all.clone();
        all.build();
        let (mut options, mut cases) = (Vec::new(), Vec::new());
        for command in all.get_subcommands() {
            for arg in command.get_opts() {
                let names = arg.get_long_and_visible_aliases().unwrap_or_default();
                options.extend(names.into_iter().map(|name| format!("--{name}")));
            }
            for (index, arg) in command.get_positionals().enumerate().filter(|(_, arg)| !arg.is_last_set()) {
                let at = format!("{}:{index}", command.get_name());
                cases.push(self.case.replace("{at}", &at).replace("{action}", &self.action(arg)));
            }
        }
        options.sort();
        options.dedup();
        self.script.replace("{options}", &options.join(" ")).replace("{cases}", &cases.join("\n"))
    }

    fn action(&self, arg: &Arg) -> String {
        let values = arg.get_possible_values();
        let values: Vec<_> = values.iter().map(PossibleValue::get_name).collect();
        match arg.get_value_hint() {
            _ if !values.is_empty() => self.values.replace("{values}", &values.join(" ")),
            ValueHint::AnyPath | ValueHint::FilePath => self.files.to_owned(),
            _ => self.nothing.to_owned(),
        }
    }
}

/// The script of clap, which completes no command after `--`.
fn with_command_of_zsh(script: &str) -> String {
    let (action, start) = (":_default'", "(( $+functions[_bbstatus_commands] )) ||");
    let lines = script.lines().map(|line| match line.strip_prefix("'*::command -- ") {
        Some(_) => line.replacen(action, ":_bbstatus_command'", 1) + "\n",
        None if line == start => format!("{ZSH}{line}\n"),
        None => format!("{line}\n"),
    });
    lines.collect()
}
