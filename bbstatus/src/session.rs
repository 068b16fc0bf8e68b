//! What every command is given: the door for its output, and how its options were typed.

use clap::{ArgMatches, parser::ValueSource};

use crate::{
    args::Verbosity,
    output::Output,
    sourced::{Origin, Sourced},
};

/// What every command is given.
pub(crate) struct Session {
    /// The one door for output.
    pub(crate) output: Output,
    typed: Option<ArgMatches>,
}

impl Session {
    pub(crate) fn new(verbosity: &Verbosity, matches: &ArgMatches) -> Self {
        let typed = matches.subcommand().map(|(_, matches)| matches.clone());
        Self { output: Output::new(verbosity.quiet, verbosity.verbose), typed }
    }

    /// Says where an option's value came from: the option itself, or its environment variable.
    pub(crate) fn given(&self, option: &str, variable: &str, value: Option<&String>) -> Option<Sourced<String>> {
        Some(Sourced { value: value?.clone(), origin: Origin::User, label: self.place(option, variable) })
    }

    /// The option itself, or its environment variable, whichever the value came from.
    pub(crate) fn place(&self, option: &str, variable: &str) -> String {
        let source = self.typed.as_ref().and_then(|typed| typed.value_source(option));
        match source {
            Some(ValueSource::EnvVariable) => variable.to_owned(),
            _ => format!("--{}", option.replace('_', "-")),
        }
    }
}
