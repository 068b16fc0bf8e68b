//! `bbstatus reference`: the reference of the command line, for `docs/command-line.md`.

use std::{collections::BTreeMap, fmt::Write as _};

use clap::{Arg, Args, Command};

use crate::{cli_error::CliError, context::Context, credentials, exit, exit::ExitCode};

/// The width of the help.
const WIDTH: usize = 100;

/// The variables that belong to no option.
pub(super) const OTHER_VARIABLES: [(&str, &str); 2] = [
    ("NO_COLOR", "no colours, even on a terminal"),
    ("HTTPS_PROXY, HTTP_PROXY, ALL_PROXY, NO_PROXY", "the proxy; not used for loopback"),
];

/// Print the reference of the command line as Markdown, for this project's documentation.
#[derive(Debug, Args)]
#[command(hide = true)]
pub(crate) struct Reference {}

pub(crate) fn run(all: Command, context: &mut Context) -> Result<ExitCode, CliError> {
    let mut all = all.term_width(WIDTH).max_term_width(WIDTH);
    all.build();
    let mut text = String::new();
    write(&mut text, &all).map_err(|cause| CliError::new(ExitCode::Failure, cause.to_string()))?;
    context.output.line(text.trim_end())?;
    Ok(ExitCode::Done)
}

fn write(text: &mut String, all: &Command) -> std::fmt::Result {
    writeln!(text, "# The command line of bbstatus\n\nWritten by `cargo xtask docs`.\n\n## Commands\n")?;
    help(text, all)?;
    for command in shown(all) {
        help(text, command)?;
    }
    writeln!(
        text,
        "## Environment variables\n\nAn option overrides its environment variable; an empty variable counts as not set.\n"
    )?;
    writeln!(text, "| variable | option | commands | meaning |\n| --- | --- | --- | --- |")?;
    for ((variable, option), (commands, what)) in variables(all) {
        writeln!(text, "| `{variable}` | `--{option}` | {} | {what} |", commands.join(", "))?;
    }
    for (variables, what) in credentials::VARIABLES {
        writeln!(text, "| `{}` | | | {what} |", variables.replace(", ", "`, `"))?;
    }
    for (variables, what) in OTHER_VARIABLES {
        writeln!(text, "| `{}` | | | {what} |", variables.replace(", ", "`, `"))?;
    }
    writeln!(text, "\n## Exit codes\n\n| code | meaning |\n| --- | --- |")?;
    for entry in exit::TABLE {
        writeln!(text, "| {} | {entry} |", entry.code)?;
    }
    Ok(())
}

fn shown(all: &Command) -> impl Iterator<Item = &Command> {
    all.get_subcommands().filter(|command| !command.is_hide_set())
}

/// The help as `--help` shows it.
fn help(text: &mut String, command: &Command) -> std::fmt::Result {
    let (name, help) = (command.get_bin_name().unwrap_or("bbstatus"), [command.get_name(), "--help"]);
    let shown = command.clone().term_width(WIDTH).no_binary_name(false).try_get_matches_from(help);
    let help = shown.err().map(|help| help.to_string()).unwrap_or_default();
    let help: Vec<_> = help.lines().map(str::trim_end).collect();
    writeln!(text, "### {name}\n\n```text\n{}\n```\n", help.join("\n").trim_end())
}

/// The variables of all options, each with its option, the commands that have it, and its description.
fn variables(all: &Command) -> BTreeMap<(String, String), (Vec<String>, String)> {
    let mut variables = BTreeMap::<_, (Vec<String>, String)>::new();
    for command in shown(all) {
        for arg in command.get_arguments() {
            let Some(variable) = variable_of(arg).filter(|_| !arg.is_hide_set()) else { continue };
            let what = arg.get_help().map(ToString::to_string).unwrap_or_default();
            let entry = variables.entry(variable).or_insert_with(|| (Vec::new(), what.clone()));
            if entry.1 != what {
                // The default differs between commands.
                entry.1.truncate(entry.1.find(" [default:").unwrap_or(entry.1.len()));
            }
            entry.0.push(command.get_name().to_owned());
        }
    }
    variables
}

/// The variable of an option, and the option's name.
pub(super) fn variable_of(arg: &Arg) -> Option<(String, String)> {
    Some((arg.get_env()?.to_str()?.to_owned(), arg.get_long()?.to_owned()))
}
