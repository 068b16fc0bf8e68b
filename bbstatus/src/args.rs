//! What can be typed: the commands and their options, each with its environment variable.

mod apply;
mod options;
mod parse;
mod run;
mod values;
mod wait;

use std::{ffi::OsString, num::NonZeroU64, path::PathBuf};

use bitbucket_build_status::State;
use clap::{
    Args, CommandFactory as _, Parser, Subcommand,
    builder::{PossibleValuesParser, Resettable, TypedValueParser as _},
};

use self::values::number;
pub(crate) use self::{
    apply::Apply,
    options::{Build, Connection, Content, Format, Place, Presentation, Trying, Verbosity},
    parse::{Parsed, Rejected, parse},
    run::Run,
    wait::Wait,
};
use crate::{ci, exit};

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
    Sandbox(Sandbox),
    Completions(Completions),
    Man(Man),
    Reference(Reference),
}

/// Create a status, or overwrite the one with its key.
///
/// This is what most builds want, first and last.
#[derive(Debug, Args)]
#[command(mut_arg("request_timeout", |arg| arg.visible_alias("timeout")))]
pub(crate) struct Set {
    /// The key that names the status on its commit; one over 40 characters is shortened.
    pub(crate) key: String,
    /// How the build stands.
    #[arg(ignore_case = true, value_parser = states(), required_unless_present = "from_exit_code")]
    pub(crate) state: Option<State>,
    #[command(flatten)]
    pub(crate) content: Content,
    #[command(flatten)]
    pub(crate) build: Build,
    #[command(flatten)]
    pub(crate) place: Place,
    #[command(flatten)]
    pub(crate) connection: Connection,
    #[command(flatten)]
    pub(crate) trying: Trying,
    #[command(flatten)]
    pub(crate) presentation: Presentation,
}

/// Change a status that exists.
///
/// What is not given stays as it is, also in a CI job: without a state or a url the status is read first.
#[derive(Debug, Args)]
#[command(mut_arg("url", |arg| arg.help("Where the build can be seen, with a host that has a dot [default: as it is]")))]
#[command(mut_arg("refname", |arg| arg.help("The branch the build ran for: its pull requests show the status [default: as it is]")))]
#[command(mut_arg("request_timeout", |arg| arg.visible_alias("timeout")))]
pub(crate) struct Update {
    /// The key that names the status on its commit; one over 40 characters is shortened.
    pub(crate) key: String,
    /// How the build stands; without it the state stays as it is.
    #[arg(ignore_case = true, value_parser = states())]
    pub(crate) state: Option<State>,
    #[command(flatten)]
    pub(crate) content: Content,
    #[command(flatten)]
    pub(crate) build: Build,
    #[command(flatten)]
    pub(crate) place: Place,
    #[command(flatten)]
    pub(crate) connection: Connection,
    #[command(flatten)]
    pub(crate) trying: Trying,
    #[command(flatten)]
    pub(crate) presentation: Presentation,
}

/// Read a status.
#[derive(Debug, Args)]
#[command(mut_arg("request_timeout", |arg| arg.visible_alias("timeout")))]
pub(crate) struct Get {
    /// The key that names the status on its commit; one over 40 characters is shortened.
    pub(crate) key: String,
    #[command(flatten)]
    pub(crate) place: Place,
    #[command(flatten)]
    pub(crate) connection: Connection,
    #[command(flatten)]
    pub(crate) trying: Trying,
    #[command(flatten)]
    pub(crate) presentation: Presentation,
}

/// List the statuses of a commit or a pull request, oldest first.
#[derive(Debug, Args)]
#[command(mut_arg("request_timeout", |arg| arg.visible_alias("timeout")))]
pub(crate) struct List {
    /// List the statuses of this pull request instead of those of a commit.
    #[arg(long, value_name = "NUMBER", conflicts_with_all = ["refname", "sandbox"], value_parser = pull_request)]
    pub(crate) pull_request: Option<u64>,
    /// Only those that name this branch, and those that name none.
    #[arg(long, value_name = "BRANCH")]
    pub(crate) refname: Option<String>,
    /// Only those that match, in Bitbucket's query language, such as 'state = "FAILED"'.
    #[arg(long)]
    pub(crate) query: Option<String>,
    /// Sort by this member instead of the date of creation; with a leading "-" the other way round.
    #[arg(long, value_name = "MEMBER", allow_hyphen_values = true)]
    pub(crate) sort: Option<String>,
    #[command(flatten)]
    pub(crate) place: Place,
    #[command(flatten)]
    pub(crate) connection: Connection,
    #[command(flatten)]
    pub(crate) trying: Trying,
    #[command(flatten)]
    pub(crate) presentation: Presentation,
}

/// Print the key that a name is reported under, without asking anybody.
#[derive(Debug, Args)]
pub(crate) struct Key {
    /// Any name; one over 40 characters is shortened.
    pub(crate) name: String,
    #[command(flatten)]
    pub(crate) presentation: Presentation,
}

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

/// Run a Bitbucket on 127.0.0.1 for tests, until it is interrupted.
///
/// Its address stands on stdout, as a line of JSON; each request is logged on stderr.
#[derive(Debug, Args)]
pub(crate) struct Sandbox {
    /// The port; 0 takes a free one.
    #[arg(long, env = "BBSTATUS_SANDBOX_PORT", default_value_t = 0,
          value_parser = |text: &str| number::<u16>(text, "0 to 65535"))]
    pub(crate) port: u16,
    /// What it holds at first, as JSON: repositories, statuses, identities, assumptions.
    #[arg(long, value_name = "FILE")]
    pub(crate) seed: Option<PathBuf>,
}

/// Print the completions for a shell.
#[derive(Debug, Args)]
pub(crate) struct Completions {
    /// The shell.
    pub(crate) shell: clap_complete::Shell,
}

/// Print the manual page, of bbstatus or of one of its commands.
#[derive(Debug, Args)]
pub(crate) struct Man {
    /// The command.
    pub(crate) command: Option<String>,
}

/// Print the reference of the command line as Markdown, for this project's documentation.
#[derive(Debug, Args)]
#[command(hide = true)]
pub(crate) struct Reference {}

/// Where credentials are read from, which is never the command line.
pub(crate) const CREDENTIALS: [(&str, &str); 3] = [
    ("BITBUCKET_TOKEN", "an access token of a repository, project or workspace"),
    ("BITBUCKET_EMAIL, BITBUCKET_API_TOKEN", "an account's API token"),
    ("BITBUCKET_CLIENT_ID, BITBUCKET_CLIENT_SECRET", "an OAuth consumer"),
];

/// The command line with everything that depends on the process.
pub(crate) fn command() -> clap::Command {
    let credentials = CREDENTIALS.map(|(variables, meaning)| format!("  {variables}\n      {meaning}")).join("\n");
    let codes = exit::TABLE.map(|(code, meaning)| format!("  {code}  {meaning}")).join("\n");
    let after = format!("Credentials, read from the environment:\n{credentials}\n\nExit codes:\n{codes}");
    without_empty_variables(Cli::command().after_help(after))
}

/// An empty variable counts as not set: that is how CI systems leave what they do not know. Values stay out of the help.
fn without_empty_variables(command: clap::Command) -> clap::Command {
    let command = command.mut_args(|arg| {
        let value = arg.get_env().and_then(std::env::var_os);
        let arg = arg.hide_env_values(true);
        if value.is_some_and(|value: OsString| value.is_empty()) { arg.env(Resettable::Reset) } else { arg }
    });
    command.mut_subcommands(without_empty_variables)
}

fn pull_request(text: &str) -> Result<u64, String> {
    number(text, "1 or more").map(NonZeroU64::get)
}

fn states() -> impl clap::builder::TypedValueParser<Value = State> {
    PossibleValuesParser::new(State::ALL.map(State::as_str)).try_map(|text| State::parse(&text))
}
