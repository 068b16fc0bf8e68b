//! `bbstatus completions`: the completions for a shell.

use std::fmt::Write as _;

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
        Shell::Bash => format!("{script}\n{}", positionals(&shown, BASH, bash_case)),
        Shell::Fish => format!("{script}\n{}", positionals(&shown, FISH, fish_case)),
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

/// The completion of positional arguments, which clap's own scripts have only for zsh.
const BASH: &str = include_str!("completions/positionals.bash");
const ZSH: &str = include_str!("completions/command.zsh");
const FISH: &str = include_str!("completions/positionals.fish");

/// A script with the options that have values, and the values of the positional arguments of each command.
fn positionals(all: &Command, script: &str, case: fn(&mut String, &str, usize, &Arg)) -> String {
    let mut all = all.clone();
    all.build();
    let (mut options, mut cases) = (Vec::new(), String::new());
    for command in all.get_subcommands() {
        for arg in command.get_opts() {
            let names = arg.get_long_and_visible_aliases().unwrap_or_default();
            options.extend(names.into_iter().map(|name| format!("--{name}")));
        }
        for (index, arg) in command.get_positionals().enumerate().filter(|(_, arg)| !arg.is_last_set()) {
            case(&mut cases, command.get_name(), index, arg);
        }
    }
    options.sort();
    options.dedup();
    script.replace("{options}", &options.join(" ")).replace("{cases}", cases.trim_end())
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

fn values(arg: &Arg) -> Option<String> {
    let values = arg.get_possible_values();
    let names: Vec<_> = values.iter().map(PossibleValue::get_name).collect();
    (!names.is_empty()).then(|| names.join(" "))
}

/// Whether the value is the name of a file.
fn is_file(arg: &Arg) -> bool {
    matches!(arg.get_value_hint(), ValueHint::AnyPath | ValueHint::FilePath)
}

fn bash_case(cases: &mut String, command: &str, index: usize, arg: &Arg) {
    let action = match values(arg) {
        Some(values) => format!("COMPREPLY=($(compgen -W \"{values}\" -- \"$cur\"))"),
        None if is_file(arg) => "COMPREPLY=($(compgen -f -- \"$cur\"))".to_owned(),
        None => "COMPREPLY=()".to_owned(),
    };
    // Writing to a string does not fail.
    let _ = writeln!(cases, "        {command}:{index}) {action} ;;");
}

fn fish_case(cases: &mut String, command: &str, index: usize, arg: &Arg) {
    let action = match values(arg) {
        Some(values) => format!(" -f -k -a \"{values}\""),
        None if is_file(arg) => " -F".to_owned(),
        None => " -f".to_owned(),
    };
    let _ = writeln!(cases, "complete -c bbstatus -n \"__fish_bbstatus_is_at {command}:{index}\"{action}");
}
