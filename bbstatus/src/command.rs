//! The commands, one file each, and what several of them do.

pub(crate) mod apply;
pub(crate) mod completions;
pub(crate) mod detect;
pub(crate) mod doctor;
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
    args::{Format, Trying},
    connection::Target,
    context::Context,
    exit::Exit,
    failure::Failure,
    output,
};

/// Where `run` passes its key on to the command, and the keys of the runs around it: one a line, the innermost last.
const RUN_KEYS: &str = "BBSTATUS_RUN_KEYS";
/// The most statuses a page may hold: fewer pages are fewer calls.
const PAGELEN: u8 = 100;

/// Makes the key of the name that was typed; says so where it had to be shortened.
///
/// Gives the whole name too in that case, to be reported where no name is given.
pub(crate) fn key(context: &Context, typed: &str) -> Result<(Key, Option<String>), Failure> {
    let key = Key::shorten(typed)?;
    if key.as_str() == typed {
        return Ok((key, None));
    }
    let most = Key::MAX_CHARACTERS;
    context.output.note(&format!("a key has at most {most} characters: {typed} is reported as {key}"));
    Ok((key, Some(typed.to_owned())))
}

/// Shows a request where that is wanted: instead of sending it, or beside it on a sandbox.
pub(crate) fn show(
    context: &mut Context,
    target: &Target,
    trying: &Trying,
    format: Format,
    prepared: &[PreparedRequest],
) -> Result<(), Failure> {
    if target.demonstration.is_some() {
        context.output.block(&output::http(prepared, &target.origin));
    } else if trying.curl {
        context.output.notes(&output::curl_notes(prepared, &target.origin));
        context.output.line(&output::curl(prepared, &target.origin))?;
    } else if trying.dry_run {
        match format {
            Format::Table => context.output.line(output::http(prepared, &target.origin).trim_end())?,
            Format::Json => context.output.json(&output::requests_as_json(prepared, &target.origin))?,
        }
    }
    Ok(())
}

/// Turns a failure into a warning where the report is soft: the build goes on.
pub(crate) fn soften(soft: bool, outcome: Result<Exit, Failure>) -> Result<Exit, Failure> {
    match outcome {
        Err(failure) if soft => {
            output::warning(&failure);
            Ok(Exit::Done)
        }
        outcome => outcome,
    }
}

/// Writes the status that was answered to stdout.
pub(crate) fn answer(
    context: &mut Context,
    target: &Target,
    format: Format,
    answer: &Response<BuildStatus>,
) -> Result<Exit, Failure> {
    if target.demonstration.is_some() {
        context.output.note(&format!("the sandbox responded {}", answer.status()));
    }
    match format {
        Format::Table if context.output.is_quiet() => context.output.line(&output::one_line(answer.value()))?,
        Format::Table => context.output.line(&output::details(answer.value()))?,
        Format::Json => context.output.json(&output::StatusView::from(answer.value()))?,
    }
    Ok(Exit::Done)
}
