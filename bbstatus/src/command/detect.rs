//! `bbstatus detect`: what is known about the build, and where it comes from.

use clap::Args;
use serde_json::{Map, Value, json};

use crate::{
    args::{BuildOptions, Format, LocationOptions, OutputOptions},
    build_info, ci,
    cli_error::CliError,
    command::report::refusal,
    context::Context,
    exit::ExitCode,
    git::Git,
    output::{JSON_VERSION, sanitize},
    sourced::Sourced,
    target::overrides,
};

/// Print what was detected about the build, and the source of each value.
#[derive(Debug, Args)]
#[command(after_help = format!("The CI systems whose variables are known: {}.", ci::names()))]
pub(crate) struct Detect {
    #[command(flatten)]
    pub(crate) build: BuildOptions,
    #[command(flatten)]
    pub(crate) location: LocationOptions,
    #[command(flatten)]
    pub(crate) output_options: OutputOptions,
}

pub(crate) fn run(args: &Detect, context: &mut Context) -> Result<ExitCode, CliError> {
    let overrides = overrides(context, &args.location, Some(&args.build));
    let git = Git::default();
    let mut build_info =
        build_info::resolve(overrides, ci::detect(&ci::variable), &git).with_git_branch(&git).with_git_error_note();
    if let Some(problem) = build_info.url.as_ref().and_then(refusal) {
        build_info.notes.push(format!("{problem}: pass another with --url"));
        build_info.url = None;
    }
    context.output.notes(&build_info.notes);
    if build_info.repository.is_some() {
        build_info.repository()?;
    }
    if build_info.commit.is_some() {
        build_info.commit()?;
    }
    let found = [
        ("system", &build_info.system),
        ("repository", &build_info.repository),
        ("commit", &build_info.commit),
        ("refname", &build_info.refname),
        ("pull_request", &build_info.pull_request),
        ("url", &build_info.url),
        ("build_number", &build_info.build_number),
    ];
    match args.output_options.output {
        Format::Json => {
            let version = ("version".to_owned(), JSON_VERSION.into());
            let members = found.into_iter().map(|(what, found)| (what.to_owned(), as_json(found.as_ref())));
            context.output.json(&std::iter::once(version).chain(members).collect::<Map<_, _>>())?;
        }
        Format::Table => {
            for (what, found) in found {
                context.output.line(&as_line(what, found.as_ref()))?;
            }
        }
    }
    Ok(ExitCode::Done)
}

fn as_json(sourced: Option<&Sourced<String>>) -> Value {
    sourced.map_or(Value::Null, |sourced| json!({"value": sourced.value, "from": sourced.label}))
}

fn as_line(what: &str, sourced: Option<&Sourced<String>>) -> String {
    let what = what.replace('_', " ");
    match sourced {
        Some(Sourced { value, label, .. }) => format!("{what:<12}  {}  ({})", sanitize(value), sanitize(label)),
        None => format!("{what:<12}  -"),
    }
}
