//! `bbstatus list`: lists the statuses of a commit or a pull request.

use bitbucket_build_status::{BuildStatus, Statuses};
use clap::Args;

use super::{PAGELEN, print_request};
use crate::{
    args::{ConnectionOptions, Format, LocationOptions, OutputOptions, PreviewOptions, pull_request},
    cli_error::CliError,
    context::Context,
    exit::ExitCode,
    output::{Row, StatusView, rows},
    target::Target,
};

/// List the statuses of a commit or a pull request, oldest first.
#[derive(Debug, Args)]
#[command(mut_arg("request_timeout", |arg| arg.visible_alias("timeout")))]
pub(crate) struct List {
    /// List the statuses of this pull request instead of those of a commit.
    #[arg(long, value_name = "NUMBER", conflicts_with_all = ["refname", "sandbox"], value_parser = pull_request)]
    pub(crate) pull_request: Option<u64>,
    /// Only statuses with this refname or without one.
    #[arg(long, value_name = "BRANCH")]
    pub(crate) refname: Option<String>,
    /// Only statuses that match this query in Bitbucket's query language, such as 'state = "FAILED"'.
    #[arg(long)]
    pub(crate) query: Option<String>,
    /// Sort by this member instead of the creation date; a leading "-" reverses the order.
    #[arg(long, value_name = "MEMBER", allow_hyphen_values = true)]
    pub(crate) sort: Option<String>,
    #[command(flatten)]
    pub(crate) location: LocationOptions,
    #[command(flatten)]
    pub(crate) connection: ConnectionOptions,
    #[command(flatten)]
    pub(crate) preview: PreviewOptions,
    #[command(flatten)]
    pub(crate) output_options: OutputOptions,
}

pub(crate) async fn run(args: List, context: &mut Context) -> Result<ExitCode, CliError> {
    let target = Target::open(context, &args.location, None, &args.connection, &args.preview).await?;
    let format = args.output_options.output;
    target.seed_status(context, "unit-tests").await?;
    if args.preview.shows() {
        let prepared = request(&args, &target)?.prepare().await?;
        print_request(context, &target, &args.preview, format, &prepared)?;
    }
    if args.preview.sends_nothing() {
        return Ok(ExitCode::Done);
    }
    let statuses = target.call(context, request(&args, &target)?.all()).await?;
    write(context, format, &statuses)?;
    Ok(ExitCode::Done)
}

/// Writes statuses to stdout.
pub(super) fn write(context: &mut Context, format: Format, statuses: &[BuildStatus]) -> Result<(), CliError> {
    match format {
        Format::Json => {
            for status in statuses {
                context.output.json(&StatusView::from(status))?;
            }
        }
        Format::Table if statuses.is_empty() => context.output.note("there are no statuses"),
        Format::Table => {
            let lines: Vec<Row> = statuses.iter().map(Row::from).collect();
            // With --quiet there is a line for each result, and nothing else.
            for line in rows(&lines).iter().skip(usize::from(context.output.is_quiet())) {
                context.output.line(line)?;
            }
        }
    }
    Ok(())
}

fn request(args: &List, target: &Target) -> Result<Statuses, CliError> {
    let mut request = match args.pull_request {
        Some(number) => {
            let (workspace, slug) = target.build_info.repository()?;
            target.client.pull_request(workspace, slug, number)?.statuses()
        }
        None => target.commit()?.statuses().pagelen(PAGELEN),
    };
    if let Some(refname) = &args.refname {
        request = request.refname(refname);
    }
    if let Some(query) = &args.query {
        request = request.query(query);
    }
    if let Some(sort) = &args.sort {
        request = request.sort(sort);
    }
    Ok(request)
}
