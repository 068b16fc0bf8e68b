//! Parses arguments and environment variables. An invalid variable is named in a message, and never stops
//! a build.

use std::{
    error::Error as _,
    ffi::{OsStr, OsString},
};

use clap::{
    ArgMatches, Command, FromArgMatches as _,
    builder::Resettable,
    error::{ContextKind, ContextValue, ErrorKind},
};

use super::{Cli, command};
use crate::cli_error::CliError;

/// A command line that was parsed.
pub(crate) struct Parsed {
    pub(crate) cli: Cli,
    pub(crate) matches: ArgMatches,
    /// Warnings about variables that are ignored because their values are wrong.
    pub(crate) ignored: Vec<CliError>,
}

/// Why a command line was not parsed.
#[derive(Debug)]
pub(crate) enum Rejected {
    /// Because of an argument, or for `--help` and `--version`.
    Typed(Box<clap::Error>),
    /// Because of the value of an environment variable.
    Variable(CliError),
}

impl From<clap::Error> for Rejected {
    fn from(error: clap::Error) -> Self {
        Self::Typed(Box::new(error))
    }
}

/// Parses the arguments, completed by the environment.
///
/// If the value of a variable is wrong, the error names the variable. `run`, and reports with `--soft`, ignore it
/// instead: a setting for reports must not stop a build.
pub(crate) fn parse(words: &[OsString]) -> Result<Parsed, Rejected> {
    let mut wrong: Vec<(String, String)> = Vec::new();
    let matches = loop {
        let is_ignored = |variable: &str| wrong.iter().any(|(name, _)| name == variable);
        let error = match without(command(), &is_ignored).try_get_matches_from(words) {
            Ok(matches) => break matches,
            Err(error) => error,
        };
        let Some((variable, value)) = variable_at_fault(words, &error, &is_ignored) else {
            return Err(as_typed(words, error).into());
        };
        wrong.push((variable, format!("{}, got {:?}", expectation(&error), value.to_string_lossy())));
    };
    let cli = Cli::from_arg_matches(&matches)?;
    let invalid = |(variable, problem): &(String, String), what: &str| {
        CliError::usage(format!("{variable}{what}: {problem}")).help(format!("Correct {variable}, or unset it"))
    };
    match wrong.first() {
        Some(first) if !must_not_stop(&matches) => Err(Rejected::Variable(invalid(first, ""))),
        _ => {
            let ignored = wrong.iter().map(|wrong| invalid(wrong, " is ignored")).collect();
            Ok(Parsed { cli, matches, ignored })
        }
    }
}

/// Whether a wrong setting must not stop the command: it runs a build, or its report is soft.
fn must_not_stop(matches: &ArgMatches) -> bool {
    matches.subcommand().is_some_and(|(name, matches)| {
        name == "run" || matches.try_get_one("soft").is_ok_and(|soft| soft.is_some_and(|soft: &bool| *soft))
    })
}

/// The variable that caused the error, and its value: without this variable, there would be no error, or another one.
fn variable_at_fault(
    words: &[OsString],
    error: &clap::Error,
    is_ignored: &dyn Fn(&str) -> bool,
) -> Option<(String, OsString)> {
    let named = match error.get(ContextKind::InvalidArg) {
        Some(ContextValue::String(named)) => Some(named.as_str()),
        _ => None,
    };
    if named.is_none() && error.kind() != ErrorKind::InvalidUtf8 {
        return None;
    }
    let mut command = command();
    command.build();
    let args = command.get_subcommands().flat_map(Command::get_arguments).chain(command.get_arguments());
    let candidates = args.filter(|arg| match named {
        Some(named) => arg.to_string() == named,
        None => arg.get_env().and_then(std::env::var_os).is_some_and(|value| value.to_str().is_none()),
    });
    let variables = candidates.filter_map(|arg| arg.get_env()?.to_str()).filter(|variable| !is_ignored(variable));
    let variables: Vec<&str> = variables.collect();
    // Several may cause the same error: each is tried without the others.
    let causes_it = |variable: Option<&str>| {
        let is_left_out = |name: &str| is_ignored(name) || (variables.contains(&name) && Some(name) != variable);
        let outcome = without(super::command(), &is_left_out).try_get_matches_from(words);
        outcome.err().is_some_and(|other| is_same(&other, error))
    };
    if causes_it(None) {
        return None;
    }
    let variable = variables.iter().copied().find(|variable| causes_it(Some(variable)))?;
    Some((variable.to_owned(), std::env::var_os(variable)?))
}

/// Whether two errors are about the same value of the same argument.
fn is_same(one: &clap::Error, other: &clap::Error) -> bool {
    let about = |error: &clap::Error| {
        [ContextKind::InvalidArg, ContextKind::InvalidValue].map(|kind| error.get(kind).map(ToString::to_string))
    };
    one.kind() == other.kind() && about(one) == about(other)
}

/// What the value should have been.
fn expectation(error: &clap::Error) -> String {
    match (error.source(), error.get(ContextKind::ValidValue)) {
        (Some(cause), _) => cause.to_string(),
        (None, Some(ContextValue::Strings(values))) => format!("expected one of {}", values.join(", ")),
        _ => "expected UTF-8".to_owned(),
    }
}

/// The error with a usage line that ignores the environment: otherwise it would list arguments as required that
/// the environment supplies.
fn as_typed(words: &[OsString], error: clap::Error) -> clap::Error {
    if !error.use_stderr() {
        return error;
    }
    match without(command(), &|_| true).try_get_matches_from(words) {
        Err(typed) if typed.kind() == error.kind() => typed,
        _ => error,
    }
}

/// The command line with some variables left out.
fn without(command: Command, is_ignored: &dyn Fn(&str) -> bool) -> Command {
    let command = command.mut_args(|arg| {
        let is_ignored = arg.get_env().and_then(OsStr::to_str).is_some_and(is_ignored);
        if is_ignored { arg.env(Resettable::Reset) } else { arg }
    });
    command.mut_subcommands(|subcommand| without(subcommand, is_ignored))
}
