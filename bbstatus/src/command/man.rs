//! `bbstatus man`: the manual pages.

use std::io;

use clap::{Args, Command};
use clap_mangen::{
    Man as Page,
    roff::{Roff, bold, roman},
};

use super::{
    examples::page_of,
    reference::{OTHER_VARIABLES, variable_of},
};
use crate::{cli_error::CliError, context::Context, credentials, exit, exit::ExitCode};

/// Print the manual page of bbstatus, or of one of its commands.
#[derive(Debug, Args)]
pub(crate) struct Man {
    /// The command.
    pub(crate) command: Option<String>,
}

pub(crate) fn run(args: &Man, mut all: Command, context: &mut Context) -> Result<ExitCode, CliError> {
    all.build();
    let known = || all.get_subcommands().filter(|command| !command.is_hide_set());
    let command = match &args.command {
        None => &all,
        Some(name) => known().find(|command| command.get_name() == name).ok_or_else(|| {
            let names: Vec<_> = known().map(Command::get_name).collect();
            CliError::usage(format!("command: expected one of {}, got {name:?}", names.join(", ")))
                .help("Pass one of them, or none for the page of bbstatus itself")
        })?,
    };
    context.output.bytes(&render(command)?)?;
    Ok(ExitCode::Done)
}

fn render(command: &Command) -> io::Result<Vec<u8>> {
    let mut text = Vec::new();
    // The example at the beginning of the help has a section of its own here.
    let page = Page::new(command.clone()).source(concat!("bbstatus ", env!("CARGO_PKG_VERSION")));
    page.render_title(&mut text)?;
    page.render_name_section(&mut text)?;
    page.render_synopsis_section(&mut text)?;
    page.render_description_section(&mut text)?;
    page.render_options_section(&mut text)?;
    if command.has_subcommands() {
        page.render_subcommands_section(&mut text)?;
    }
    let mut rest = Roff::new();
    if let Some(notes) = command.get_after_help().filter(|_| !command.has_subcommands()) {
        section(&mut rest, "NOTES");
        rest.text([roman(notes.to_string())]);
    }
    examples(&mut rest, command);
    entries(&mut rest, "EXIT STATUS", exit_codes(command));
    entries(&mut rest, "ENVIRONMENT", environment(command));
    see_also(&mut rest, command);
    rest.to_writer(&mut text)?;
    Ok(text)
}

fn section(page: &mut Roff, heading: &str) {
    page.control("SH", [heading]);
}

/// A section of names with their meanings.
fn entries(page: &mut Roff, heading: &str, entries: Vec<(String, String)>) {
    section(page, heading);
    for (name, meaning) in entries {
        page.control("TP", []);
        page.text([bold(name)]);
        page.text([roman(meaning)]);
    }
}

fn examples(page: &mut Roff, command: &Command) {
    section(page, "EXAMPLES");
    for example in page_of(command.get_name()).into_iter().flat_map(|page| page.examples) {
        page.control("PP", []);
        page.text([roman(format!("{}:", example.purpose))]);
        page.control("PP", []);
        page.control("RS", ["4"]);
        page.control("nf", []);
        page.text([bold(example.line)]);
        page.control("fi", []);
        page.control("RE", []);
    }
}

/// Whether a command talks to Bitbucket.
fn connects(command: &Command) -> bool {
    command.has_subcommands() || command.get_arguments().any(|arg| arg.get_id() == "token_file")
}

/// The exit codes that a command has; those of one command are in the table by its name.
fn exit_codes(command: &Command) -> Vec<(String, String)> {
    // A report that fails does not change the exit code of `run`.
    let is_result_of_reports = connects(command) && command.get_name() != "run";
    let has = |entry: &exit::Entry| match entry.command {
        _ if command.has_subcommands() => true,
        Some(only) => only == command.get_name(),
        None => is_result_of_reports || ["0", "1", "2"].contains(&entry.code),
    };
    let codes = exit::TABLE.into_iter().filter(has).map(|entry| {
        let meaning = if command.has_subcommands() { entry.to_string() } else { entry.meaning.to_owned() };
        (entry.code.to_owned(), meaning)
    });
    let own = (command.get_name() == "run").then(|| ("any".to_owned(), "that of the command itself".to_owned()));
    own.into_iter().chain(codes).collect()
}

fn environment(command: &Command) -> Vec<(String, String)> {
    let arguments = command.get_arguments().filter(|arg| !arg.is_hide_set());
    let options = arguments.filter_map(|arg| {
        let (variable, option) = variable_of(arg)?;
        Some((variable, format!("as --{option}")))
    });
    let owned = |(variables, meaning): (&str, &str)| (variables.to_owned(), meaning.to_owned());
    let (credentials, others) = (credentials::VARIABLES.map(owned), OTHER_VARIABLES.map(owned));
    let [colours, connection @ ..] = others;
    let connection = credentials.into_iter().chain(connection).filter(|_| connects(command));
    options.chain(connection).chain([colours]).collect()
}

fn see_also(page: &mut Roff, command: &Command) {
    section(page, "SEE ALSO");
    let own = page_of(command.get_name());
    let names: Vec<_> = if command.has_subcommands() {
        let shown = command.get_subcommands().filter(|command| !command.is_hide_set());
        shown.map(|command| format!("bbstatus-{}", command.get_name())).collect()
    } else {
        let related = own.into_iter().flat_map(|page| page.see_also).map(|name| format!("bbstatus-{name}"));
        std::iter::once("bbstatus".to_owned()).chain(related).collect()
    };
    let separators = std::iter::once("").chain(std::iter::repeat(", "));
    let names = separators.zip(names).flat_map(|(separator, name)| [roman(separator), bold(name), roman("(1)")]);
    page.text(names.collect::<Vec<_>>());
}

#[cfg(test)]
mod tests {
    use super::page_of;
    use crate::command::examples::PAGES;

    #[test]
    fn what_is_related_to_a_command_exists() {
        for page in &PAGES {
            for name in page.see_also {
                assert!(page_of(name).is_some(), "{name}");
            }
            assert!(!page.examples.is_empty(), "{:?}", page.command);
        }
    }
}
