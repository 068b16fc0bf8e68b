//! `bbstatus detect`: what is known about the build, and where it comes from.

use clap::Args;
use serde_json::{Map, Value, json};

use crate::{
    args::{Build, Format, Place, Presentation},
    build_info, ci,
    command::report::refusal,
    connection::given,
    exit::Exit,
    failure::Failure,
    git::Git,
    output::{JSON_VERSION, sanitize},
    session::Session,
    sourced::Sourced,
};

/// Print what is known about the build, and where it comes from.
#[derive(Debug, Args)]
#[command(after_help = format!("The CI systems whose variables are known: {}.", ci::names()))]
pub(crate) struct Detect {
    #[command(flatten)]
    pub(crate) build: Build,
    #[command(flatten)]
    pub(crate) place: Place,
    #[command(flatten)]
    pub(crate) presentation: Presentation,
}

pub(crate) fn run(args: &Detect, session: &mut Session) -> Result<Exit, Failure> {
    let given = given(session, &args.place, Some(&args.build));
    let git = Git::default();
    let mut settings =
        build_info::resolve(given, ci::detect(&ci::variable), &git).with_git_branch(&git).with_git_error_note();
    if let Some(problem) = settings.url.as_ref().and_then(refusal) {
        settings.notes.push(format!("{problem}: give another as --url"));
        settings.url = None;
    }
    session.output.notes(&settings.notes);
    if settings.commit.is_some() {
        settings.commit()?;
    }
    let found = [
        ("system", &settings.system),
        ("repository", &settings.repository),
        ("commit", &settings.commit),
        ("refname", &settings.refname),
        ("pull_request", &settings.pull_request),
        ("url", &settings.url),
        ("build_number", &settings.build_number),
    ];
    match args.presentation.output {
        Format::Json => {
            let version = ("version".to_owned(), JSON_VERSION.into());
            let members = found.into_iter().map(|(what, found)| (what.to_owned(), as_json(found.as_ref())));
            session.output.json(&std::iter::once(version).chain(members).collect::<Map<_, _>>())?;
        }
        Format::Table => {
            for (what, found) in found {
                session.output.line(&as_line(what, found.as_ref()))?;
            }
        }
    }
    Ok(Exit::Done)
}

fn as_json(found: Option<&Sourced<String>>) -> Value {
    found.map_or(Value::Null, |found| json!({"value": found.value, "from": found.label}))
}

fn as_line(what: &str, found: Option<&Sourced<String>>) -> String {
    let what = what.replace('_', " ");
    match found {
        Some(Sourced { value, label, .. }) => format!("{what:<12}  {}  ({})", sanitize(value), sanitize(label)),
        None => format!("{what:<12}  -"),
    }
}
