//! What every command needs: the output, and where the values of its options came from.

use clap::{ArgMatches, parser::ValueSource};

use crate::{
    args::Verbosity,
    output::Output,
    sourced::{Origin, Sourced},
};

/// What every command needs.
pub(crate) struct Context {
    /// Everything is printed through it.
    pub(crate) output: Output,
    typed: Option<ArgMatches>,
}

impl Context {
    pub(crate) fn new(verbosity: &Verbosity, matches: &ArgMatches) -> Self {
        let typed = matches.subcommand().map(|(_, matches)| matches.clone());
        Self { output: Output::new(verbosity.quiet, verbosity.verbose), typed }
    }

    /// An option's value, labelled with the option or the environment variable that it came from.
    pub(crate) fn sourced(&self, option: &str, variable: &str, value: Option<&String>) -> Option<Sourced<String>> {
        Some(Sourced { value: value?.clone(), origin: Origin::User, label: self.option_label(option, variable) })
    }

    /// The option or the environment variable that a value came from.
    pub(crate) fn option_label(&self, option: &str, variable: &str) -> String {
        let source = self.typed.as_ref().and_then(|typed| typed.value_source(option));
        match source {
            Some(ValueSource::EnvVariable) => variable.to_owned(),
            _ => format!("--{}", option.replace('_', "-")),
        }
    }
}
