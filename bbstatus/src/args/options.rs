//! The options that several commands have.

use std::{path::PathBuf, time::Duration};

use bitbucket_build_status::{Client, State};
use clap::{Args, ValueEnum, builder::FalseyValueParser};

use super::values::{exit_code, number, positive_duration};

/// The values of a status besides its state.
#[derive(Debug, Args)]
#[command(next_help_heading = "What to report")]
pub(crate) struct StatusOptions {
    /// Derive the state from a command's exit code: 0 is SUCCESSFUL, anything else FAILED.
    #[arg(long, value_name = "CODE", conflicts_with = "state", allow_negative_numbers = true,
          value_parser = exit_code)]
    pub(crate) from_exit_code: Option<i32>,
    /// The name that Bitbucket shows; about 32 characters of it are visible.
    #[arg(long, env = "BBSTATUS_NAME")]
    pub(crate) name: Option<String>,
    /// A sentence about the result, such as "42 tests passed".
    #[arg(long, env = "BBSTATUS_DESCRIPTION", value_name = "TEXT")]
    pub(crate) description: Option<String>,
    /// If the report fails, only warn and exit with 0, so that the build continues.
    #[arg(long, env = "BBSTATUS_SOFT", value_parser = FalseyValueParser::new())]
    pub(crate) soft: bool,
}

/// Which stored status must not be overwritten.
#[derive(Clone, Copy, Debug, Args)]
#[command(next_help_heading = "What to report")]
pub(crate) struct Overwriting {
    /// Do not overwrite the report of a newer build: one whose url differs only in a larger build number.
    #[arg(long, env = "BBSTATUS_IF_NEWER", value_parser = FalseyValueParser::new())]
    pub(crate) if_newer: bool,
}

/// The build that is reported.
#[derive(Debug, Args)]
#[command(next_help_heading = "What to report")]
pub(crate) struct BuildOptions {
    /// The url of the build; its host has a dot, or is an IP address or localhost [default: from the CI system].
    #[arg(long, env = "BBSTATUS_URL")]
    pub(crate) url: Option<String>,
    /// The branch that was built; the pull requests from it show the status [default: from the CI system, or git].
    #[arg(long, env = "BBSTATUS_REFNAME", value_name = "BRANCH")]
    pub(crate) refname: Option<String>,
}

/// Which commit of which repository.
#[derive(Debug, Args)]
#[command(next_help_heading = "Where")]
pub(crate) struct LocationOptions {
    /// The repository, or its URL at Bitbucket [default: from the CI system, or git's remote].
    #[arg(long, env = "BBSTATUS_REPO", value_name = "WORKSPACE/SLUG")]
    pub(crate) repo: Option<String>,
    /// The commit: its SHA-1 (at least the first 7 digits), HEAD, a branch or a tag [default: from the CI system, or
    /// git].
    #[arg(long, env = "BBSTATUS_COMMIT", value_name = "COMMIT")]
    pub(crate) commit: Option<String>,
}

/// How Bitbucket is reached.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Connection")]
pub(crate) struct ConnectionOptions {
    /// The base URL of the API.
    #[arg(long, env = "BBSTATUS_API_URL", value_name = "URL", default_value = Client::DEFAULT_BASE_URL)]
    pub(crate) api_url: String,
    /// The token endpoint for an OAuth consumer [default: Bitbucket's].
    #[arg(long, env = "BBSTATUS_OAUTH_TOKEN_URL", value_name = "URL")]
    pub(crate) oauth_token_url: Option<String>,
    /// The time budget of one call with all its retries, such as 90s, 10m or 1h30m; a bare number is seconds.
    #[arg(long, env = "BBSTATUS_TIMEOUT", value_name = "DURATION", default_value = "30s",
          value_parser = positive_duration)]
    pub(crate) request_timeout: Duration,
    /// The maximum number of retries of a request [default: as many as fit into the time budget].
    #[arg(long, env = "BBSTATUS_RETRIES", value_name = "NUMBER",
          value_parser = |text: &str| number::<u32>(text, "0 or more"))]
    pub(crate) retries: Option<u32>,
    /// Trust the certificates in this PEM file instead of the system's.
    #[arg(long, env = "BBSTATUS_CA_FILE", value_name = "FILE")]
    pub(crate) ca_file: Option<PathBuf>,
    /// Read an access token from this file, or from stdin for "-".
    #[arg(long, env = "BBSTATUS_TOKEN_FILE", value_name = "FILE")]
    pub(crate) token_file: Option<PathBuf>,
    /// Whether many calls share a retry quota, which protects the account's hourly limit in an outage.
    #[arg(skip)]
    pub(crate) has_retry_quota: bool,
}

/// Previews of requests.
#[derive(Debug, Args)]
#[command(next_help_heading = "Trying it out")]
pub(crate) struct PreviewOptions {
    /// Send the request to a local sandbox instead of Bitbucket; needs no account, and uses example values for what is
    /// not given.
    #[arg(long)]
    pub(crate) sandbox: bool,
    /// Print the request exactly as it would be sent, but without secrets, and send nothing.
    #[arg(long, conflicts_with = "sandbox")]
    pub(crate) dry_run: bool,
    /// Print the request as a curl command, which reads the secret from its variable, and send nothing.
    #[arg(long, conflicts_with_all = ["sandbox", "dry_run"])]
    pub(crate) curl: bool,
}

/// The format of the output on stdout.
#[derive(Debug, Args)]
#[command(next_help_heading = "Output")]
pub(crate) struct OutputOptions {
    /// How data is written to stdout.
    #[arg(long, env = "BBSTATUS_OUTPUT", value_name = "FORMAT", default_value = "table")]
    pub(crate) output: Format,
}

/// How data is written to stdout.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// For people.
    Table,
    /// For programs: one JSON object, or one per line.
    Json,
}

/// How much is printed to stderr.
#[derive(Debug, Args)]
#[command(next_help_heading = "Output")]
pub(crate) struct Verbosity {
    /// Print only warnings and errors to stderr.
    #[arg(long, short, global = true)]
    pub(crate) quiet: bool,
    /// Print each request and response to stderr, without secrets; -vv prints headers too.
    #[arg(long, short, global = true, action = clap::ArgAction::Count)]
    pub(crate) verbose: u8,
}

impl StatusOptions {
    /// The state that was given, or that follows from an exit code.
    pub(crate) fn state(&self, typed: Option<State>) -> Option<State> {
        typed.or(self.from_exit_code.map(State::from_exit_code))
    }
}

impl PreviewOptions {
    /// Whether the request is printed.
    pub(crate) fn shows(&self) -> bool {
        self.sandbox || self.sends_nothing()
    }

    /// Whether the request is only printed, and not sent.
    pub(crate) fn sends_nothing(&self) -> bool {
        self.dry_run || self.curl
    }
}
