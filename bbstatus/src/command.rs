//! The commands, one file each, and what several of them share.

pub(crate) mod apply;
pub(crate) mod completions;
pub(crate) mod detect;
pub(crate) mod doctor;
pub(crate) mod examples;
pub(crate) mod get;
pub(crate) mod key;
pub(crate) mod list;
pub(crate) mod man;
pub(crate) mod probe;
pub(crate) mod reference;
pub(crate) mod report;
pub(crate) mod run;
pub(crate) mod sandbox;
pub(crate) mod set;
pub(crate) mod update;
pub(crate) mod wait;
#[cfg(unix)]
pub(crate) mod watchdog;

use bitbucket_build_status::{BuildStatus, Key, PreparedRequest, Response};

use crate::{
    args::{Format, PreviewOptions},
    cli_error::CliError,
    context::Context,
    exit::ExitCode,
    output,
    target::Target,
};

/// The variable in which `run` passes the keys of all enclosing runs to the command, one per line, the innermost
/// last.
const RUN_KEYS: &str = "BBSTATUS_RUN_KEYS";
/// The maximum number of statuses per page: fewer pages need fewer requests.
const PAGELEN: u8 = 100;

/// The key for the name that was typed. Prints a note if it had to be shortened.
///
/// In that case also returns the full name, to be reported if no name is given.
pub(crate) fn key(context: &Context, typed: &str) -> Result<(Key, Option<String>), CliError> {
    let key = Key::shorten(typed)?;
    if key.as_str() == typed {
        return Ok((key, None));
    }
    let most = Key::MAX_CHARACTERS;
    context.output.note(&format!("a key has at most {most} characters: {typed} is reported as {key}"));
    Ok((key, Some(typed.to_owned())))
}

/// Prints a request if that is asked for: instead of sending it, or alongside sending it to a sandbox.
pub(crate) fn print_request(
    context: &mut Context,
    target: &Target,
    preview: &PreviewOptions,
    format: Format,
    prepared: &[PreparedRequest],
) -> Result<(), CliError> {
    if target.demo_sandbox.is_some() {
        context.output.block(&output::http(prepared, &target.credential_source));
    } else if preview.curl {
        context.output.notes(&output::curl_notes(prepared, &target.credential_source));
        context.output.line(&output::curl(prepared, &target.credential_source))?;
    } else if preview.dry_run {
        match format {
            Format::Table => context.output.line(output::http(prepared, &target.credential_source).trim_end())?,
            Format::Json => context.output.json(&output::requests_as_json(prepared, &target.credential_source))?,
        }
    }
    Ok(())
}

/// With `--soft`, turns an error into a warning, so that the build continues.
pub(crate) fn downgrade_to_warning(soft: bool, outcome: Result<ExitCode, CliError>) -> Result<ExitCode, CliError> {
    match outcome {
        Err(error) if soft => {
            output::warning(&error);
            Ok(ExitCode::Done)
        }
        outcome => outcome,
    }
}

/// Prints the status of a response.
pub(crate) fn print_status(
    context: &mut Context,
    target: &Target,
    format: Format,
    response: &Response<BuildStatus>,
) -> Result<ExitCode, CliError> {
    if target.demo_sandbox.is_some() {
        context.output.note(&format!("the sandbox responded {}", response.status()));
    }
    match format {
        Format::Table if context.output.is_quiet() => context.output.line(&output::one_line(response.value()))?,
        Format::Table => context.output.line(&output::details(response.value()))?,
        Format::Json => context.output.json(&output::StatusView::from(response.value()))?,
    }
    Ok(ExitCode::Done)
}
