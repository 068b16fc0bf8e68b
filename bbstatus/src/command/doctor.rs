//! `bbstatus doctor`: finds out, with one request, why reports do not arrive.

mod diagnosis;

use std::time::SystemTime;

use anstyle::{AnsiColor, Style};
use bitbucket_build_status::{Client, Commit, Error};
use clap::Args;
use diagnosis::{CheckResult, CredentialFacts, Facts, Listing, Refusal, RequestOutcome, Verdict, diagnose};
use serde_json::json;

use crate::{
    args::{ConnectionOptions, Format, LocationOptions, OutputOptions},
    build_info::{self, BuildInfo},
    call_observer::CallObserver,
    ci,
    cli_error::CliError,
    context::Context,
    credentials::{self, CredentialSource, FoundCredentials},
    demo_sandbox::{self, DemoSandbox},
    exit::ExitCode,
    git,
    output::{JSON_VERSION, sanitize, wrap},
    sourced::Sourced,
    target::{check_clock, client, overrides, refused},
};

/// Find out, with one request, why reports do not arrive.
///
/// Reads one page of the commit's statuses, and prints a line for everything that a report depends on: the proxy, the
/// connection, the clock, the credentials, their scopes, the repository and the commit. Each has a verdict (ok,
/// warning, failure, or not checked), what was found, and what to do about it. No secret is shown.
///
/// Nothing is written at Bitbucket, and nothing is retried. For an OAuth consumer, an access token is fetched first.
///
/// The exit code is 0 if no check failed; otherwise it is the one that a report would have had.
#[derive(Debug, Args)]
#[command(mut_arg("request_timeout", |arg| arg.visible_alias("timeout")), mut_arg("retries", |arg| arg.hide(true)))]
pub(crate) struct Doctor {
    #[command(flatten)]
    pub(crate) location: LocationOptions,
    #[command(flatten)]
    pub(crate) connection: ConnectionOptions,
    /// Check a local sandbox instead of Bitbucket; needs no account.
    #[arg(long, help_heading = "Trying it out")]
    pub(crate) sandbox: bool,
    #[command(flatten)]
    pub(crate) output_options: OutputOptions,
}

/// What the checks need: the build, the client and the credentials. The latter two may be missing, with the reason.
struct Setup {
    client: Result<Client, CliError>,
    /// What the client was refused for, if that is the proxy.
    has_wrong_proxy: bool,
    credentials: Result<CredentialFacts, CliError>,
    build_info: BuildInfo,
    call_observer: CallObserver,
    /// The sandbox of `--sandbox`, which ends with this value.
    _sandbox: Option<DemoSandbox>,
}

pub(crate) async fn run(args: Doctor, context: &mut Context) -> Result<ExitCode, CliError> {
    let setup = Setup::load(&args, context).await?;
    context.output.notes(&setup.build_info.notes);
    let facts = setup.check(&args.connection).await;
    let (findings, exit) = diagnose(&facts);
    write(context, args.output_options.output, &findings)?;
    Ok(exit)
}

impl Setup {
    async fn load(args: &Doctor, context: &Context) -> Result<Self, CliError> {
        let connection = &args.connection;
        let overrides = overrides(context, &args.location, None);
        let call_observer = CallObserver::default();
        let builder = client(context, connection, call_observer.clone()).map(|builder| builder.max_retries(0));
        if args.sandbox {
            let sandbox = DemoSandbox::start().await?;
            let client = sandbox.configure(builder?).build().map_err(CliError::from);
            let source = CredentialSource::Sandbox;
            let credentials = Ok(CredentialFacts {
                name: format!("{} (--sandbox)", source.kind()),
                begins_like: None,
                has_token: false,
                warning: None,
            });
            let build_info = demo_sandbox::build_info(overrides);
            return Ok(Self {
                client,
                has_wrong_proxy: false,
                credentials,
                build_info,
                call_observer,
                _sandbox: Some(sandbox),
            });
        }
        let token_file = connection.token_file.as_deref();
        let token_file = token_file.map(|path| (path, context.option_label("token_file", "BBSTATUS_TOKEN_FILE")));
        let label = token_file.as_ref().map(|(_, label)| label.clone());
        let found = credentials::find(token_file, &|name| std::env::var_os(name))
            .and_then(|found| found.ok_or_else(credentials::missing));
        let (credentials, found) = match found {
            Ok(FoundCredentials { source, credentials, begins_like, warning }) => {
                let name = format!("{} ({})", source.kind(), source.label(label.as_deref()));
                let has_token = source != CredentialSource::OAuth;
                (Ok(CredentialFacts { name, begins_like, has_token, warning }), Some(credentials))
            }
            Err(error) => (Err(error), None),
        };
        let mut has_wrong_proxy = false;
        let client = builder.and_then(|builder| {
            let builder = match found {
                Some(credentials) => builder.credentials(credentials),
                None => builder,
            };
            builder.base_url(&connection.api_url).build().map_err(|error| {
                has_wrong_proxy = is_about_proxy(&error);
                refused(context, connection, error)
            })
        });
        let build_info = build_info::resolve(overrides, ci::detect(&ci::variable), &git::Git::default());
        Ok(Self { client, has_wrong_proxy, credentials, build_info, call_observer, _sandbox: None })
    }

    /// Sends the one request, if all that it needs is there.
    async fn check(&self, connection: &ConnectionOptions) -> Facts {
        let (proxy, address) = match &self.client {
            Ok(client) => (Ok(client.proxy().map(ToString::to_string)), Ok(client.base_url().to_owned())),
            Err(error) if self.has_wrong_proxy => (Err(error.clone()), Ok(connection.api_url.clone())),
            Err(error) => (Ok(None), Err(error.clone())),
        };
        let name = |sourced: &Option<Sourced<String>>| {
            sourced.as_ref().map(|Sourced { value, label, .. }| format!("{value} ({label})")).unwrap_or_default()
        };
        let build_info = &self.build_info;
        let mut facts = Facts {
            proxy,
            clock: check_clock(&connection.api_url, SystemTime::now()),
            connection: address,
            credentials: self.credentials.clone(),
            repository: build_info.repository().map(|_| name(&build_info.repository)),
            commit: build_info.commit().map(|_| name(&build_info.commit)),
            outcome: None,
        };
        let commit = self.client.as_ref().ok().and_then(|client| match commit(client, build_info)? {
            Ok(commit) => Some(commit),
            Err(error) => {
                let is_commit = error.field() == Some("commit");
                let refused = if is_commit { &mut facts.commit } else { &mut facts.repository };
                *refused = Err(error.into());
                None
            }
        });
        if let (Some(commit), Ok(_), Ok(())) = (commit, &facts.credentials, &facts.clock) {
            let result = commit.statuses().pagelen(1).page_with_response(1).await;
            let result = result.as_ref().map(Listing::from).map_err(Refusal::from);
            facts.outcome = Some(RequestOutcome { now: SystemTime::now(), date: self.call_observer.date(), result });
        }
        facts
    }
}

/// The commit to be asked about, if it and its repository are known.
fn commit(client: &Client, build_info: &BuildInfo) -> Option<Result<Commit, Error>> {
    let (workspace, slug) = build_info.repository().ok()?;
    Some(client.commit(workspace, slug, build_info.commit().ok()?))
}

/// Whether a client was refused for the proxy that a variable names.
fn is_about_proxy(error: &Error) -> bool {
    error.field().is_some_and(|field| field.to_ascii_uppercase().ends_with("_PROXY"))
}

fn write(context: &mut Context, format: Format, findings: &[CheckResult]) -> Result<(), CliError> {
    if format == Format::Json {
        context.output.json(&json!({"version": JSON_VERSION, "checks": findings}))?;
        return Ok(());
    }
    for finding in findings {
        let (style, verdict) = shown(finding.verdict);
        let found = match (&finding.remedy, finding.verdict) {
            (Some(remedy), Verdict::NotChecked) => format!("{}. {remedy}", finding.found),
            _ => finding.found.clone(),
        };
        // As wide as the longest verdict and the longest name of a check.
        let (verdict, name) = (format!("{style}{verdict:<11}{style:#}"), format!("{:<11}", finding.check.name()));
        context.output.line(&format!("{verdict}  {name}  {}", wrap(&sanitize(&found), INDENT)))?;
        // With --quiet there is a line for each result, and nothing else.
        let remedy = finding.remedy.as_ref().filter(|_| finding.verdict != Verdict::NotChecked);
        if let Some(remedy) = remedy.filter(|_| !context.output.is_quiet()) {
            let help = wrap(&format!("help: {}", sanitize(remedy)), INDENT);
            context.output.line(&format!("{}{help}", " ".repeat(INDENT)))?;
        }
    }
    Ok(())
}

/// The column at which the texts begin.
const INDENT: usize = 26;

fn shown(verdict: Verdict) -> (Style, &'static str) {
    match verdict {
        Verdict::Ok => (AnsiColor::Green.on_default(), "ok"),
        Verdict::Warning => (AnsiColor::Yellow.on_default(), "warning"),
        Verdict::Failure => (AnsiColor::Red.on_default(), "failure"),
        Verdict::NotChecked => (Style::new().dimmed(), "not checked"),
    }
}
