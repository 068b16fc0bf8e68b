//! `bbstatus list`: lists the statuses of a commit or a pull request.

use bitbucket_build_status::{BuildStatus, Statuses};

use super::{PAGELEN, show};
use crate::{
    args::{Format, List},
    connection::Target,
    exit::Exit,
    failure::Failure,
    output::{Row, StatusView, rows},
    session::Session,
};

pub(crate) async fn run(args: List, session: &mut Session) -> Result<Exit, Failure> {
    let target = Target::open(session, &args.place, None, &args.connection, &args.trying).await?;
    let format = args.presentation.output;
    target.rehearse(session, "unit-tests").await?;
    if args.trying.shows() {
        let prepared = request(&args, &target)?.prepare().await?;
        show(session, &target, &args.trying, format, &prepared)?;
    }
    if args.trying.sends_nothing() {
        return Ok(Exit::Done);
    }
    let statuses = target.call(session, request(&args, &target)?.all()).await?;
    write(session, format, &statuses)?;
    Ok(Exit::Done)
}

/// Writes statuses to stdout.
pub(super) fn write(session: &mut Session, format: Format, statuses: &[BuildStatus]) -> Result<(), Failure> {
    match format {
        Format::Json => {
            for status in statuses {
                session.output.json(&StatusView::from(status))?;
            }
        }
        Format::Table if statuses.is_empty() => session.output.note("there are no statuses"),
        Format::Table => {
            let lines: Vec<Row> = statuses.iter().map(Row::from).collect();
            for line in rows(&lines) {
                session.output.line(&line)?;
            }
        }
    }
    Ok(())
}

fn request(args: &List, target: &Target) -> Result<Statuses, Failure> {
    let mut request = match args.pull_request {
        Some(number) => {
            let (workspace, slug) = target.settings.repository()?;
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
