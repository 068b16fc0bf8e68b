//! The command line: all commands, and what they share.

mod parse;

use std::ffi::OsString;

use clap::{CommandFactory as _, Parser, Subcommand, builder::Resettable};

pub(crate) use self::parse::{Parsed, Rejected, parse};
#[cfg(unix)]
use crate::command::watchdog::Watchdog;
use crate::{
    args::Verbosity,
    command::{
        apply::Apply, completions::Completions, detect::Detect, doctor::Doctor, examples::PAGES, get::Get, key::Key,
        list::List, man::Man, probe::Probe, reference::Reference, run::Run, sandbox::Sandbox, set::Set, update::Update,
        wait::Wait,
    },
    credentials, exit,
};

/// Report the state of a build to Bitbucket Cloud, from any CI job.
#[derive(Debug, Parser)]
#[command(name = "bbstatus", version, subcommand_required = true, arg_required_else_help = true)]
#[command(max_term_width = 100, disable_help_subcommand = true)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) verbosity: Verbosity,
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    Set(Set),
    Update(Update),
    Get(Get),
    List(List),
    Run(Run),
    Wait(Wait),
    Apply(Apply),
    Key(Key),
    Detect(Detect),
    Doctor(Doctor),
    Sandbox(Sandbox),
    Probe(Probe),
    Completions(Completions),
    Man(Man),
    Reference(Reference),
    #[cfg(unix)]
    Watchdog(Watchdog),
}

/// The command line, including the parts that depend on the environment.
pub(crate) fn command() -> clap::Command {
    let credentials =
        credentials::VARIABLES.map(|(variables, meaning)| format!("  {variables}\n      {meaning}")).join("\n");
    let codes = exit::TABLE.map(|entry| format!("  {:<5}  {entry}", entry.code)).join("\n");
    let after = format!("Credentials, read from the environment:\n{credentials}\n\nExit codes:\n{codes}");
    let command = PAGES.iter().fold(Cli::command().after_help(after), |command, page| match page.command {
        Some(name) => command.mut_subcommand(name, |command| command.before_help(page.beginning())),
        None => command.before_help(page.beginning()),
    });
    without_empty_variables(command)
}

/// An empty variable counts as not set: CI systems leave variables empty. The help does not show values.
fn without_empty_variables(command: clap::Command) -> clap::Command {
    let command = command.mut_args(|arg| {
        let value = arg.get_env().and_then(std::env::var_os);
        let arg = arg.hide_env_values(true);
        if value.is_some_and(|value: OsString| value.is_empty()) { arg.env(Resettable::Reset) } else { arg }
    });
    command.mut_subcommands(without_empty_variables)
}

#[cfg(test)]
mod tests {
    use clap::Parser as _;

    use super::{Cli, PAGES, command};

    /// The words of a line up to a pipe or a redirection, as a POSIX shell reads them.
    fn words(line: &str) -> Vec<String> {
        let (mut words, mut word, mut quote) = (Vec::new(), None::<String>, None);
        for character in line.split(['|', '>']).next().unwrap_or_default().chars().chain([' ']) {
            match (character, quote) {
                (_, Some(open)) if character == open => quote = None,
                ('"' | '\'', None) => {
                    quote = Some(character);
                    word.get_or_insert_default();
                }
                (' ', None) => words.extend(word.take()),
                _ => word.get_or_insert_default().push(character),
            }
        }
        words
    }

    #[test]
    fn the_words_of_a_line_are_those_of_a_shell() {
        assert_eq!(words("a --b 'c \"d\"' \"e f\" '' | g"), ["a", "--b", "c \"d\"", "e f", ""]);
    }

    #[test]
    fn every_example_is_a_command_line_of_its_command() {
        for page in &PAGES {
            for example in page.examples {
                let line = example.line.replace("$BITBUCKET_EXIT_CODE", "1");
                let words = words(&line);
                if let Some(problem) = Cli::try_parse_from(&words).err() {
                    panic!("{line}: {problem}");
                }
                assert!(page.command.is_none_or(|command| words[1] == command), "{line}");
            }
        }
    }

    #[test]
    fn every_command_has_an_example() {
        for command in command().get_subcommands().filter(|command| command.get_name() != "watchdog") {
            let page = PAGES.iter().find(|page| page.command == Some(command.get_name()));
            assert!(page.is_some_and(|page| !page.examples.is_empty()), "{}", command.get_name());
        }
    }
}
