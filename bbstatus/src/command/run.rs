//! `bbstatus run`: runs a command, and reports how it goes.

mod ending;
mod report;
mod supervise;

#[cfg(unix)]
#[path = "run/unix.rs"]
mod process;
#[cfg(windows)]
#[path = "run/windows.rs"]
mod process;

use std::time::Duration;

use bitbucket_build_status::Error;
use ending::{Ending, How};
use process::{Running, Signals};
use report::Reports;
use supervise::Limits;
use tokio::sync::Notify;

use super::show;
use crate::{args::Run, exit::Exit, failure::Failure, output, session::Session};

pub(crate) async fn run(args: Run, session: &mut Session) -> Result<Exit, Failure> {
    if args.trying.sends_nothing() {
        return rehearse(&args, session).await;
    }
    let reports = match Reports::open(&args, session).await {
        Ok(reports) => Some(reports),
        Err(failure) => {
            output::warning(&failure.because("nothing is reported"));
            None
        }
    };
    if let Some(reports) = reports.as_ref().filter(|_| args.trying.sandbox) {
        present(&args, session, reports).await?;
    }
    let signals = Signals::listen();
    let mut signals = signals.map_err(|cause| failed(format!("signals cannot be received: {cause}")))?;
    let (ending, first) = watched(&args, reports.as_ref(), &mut signals).await?;
    let reported = match &reports {
        Some(reports) => conclude(reports, &ending, first, &mut signals).await,
        None => false,
    };
    signals.end().await;
    if reported && args.trying.sandbox {
        let (state, description) = (ending.state(), ending.description(args.description.as_deref()));
        session.output.note(&format!("the sandbox took the last report: {state}, {description}"));
    }
    let code = ending.exit_code();
    Ok(if args.strict && !reported && code == 0 { Exit::Failure } else { Exit::Command(code) })
}

/// Runs the command to its end, and reports beside it that it runs.
async fn watched(
    args: &Run,
    reports: Option<&Reports>,
    signals: &mut Signals,
) -> Result<(Ending, Result<(), Error>), Failure> {
    let Some((program, arguments)) = args.command.split_first() else {
        return Err(Failure::usage("command: expected one after \"--\", got none"));
    };
    let mut running = match Running::start(program, arguments) {
        Ok(running) => running,
        Err(cause) => {
            let problem = format!("{} could not be run: {cause}", program.to_string_lossy());
            output::failure(&failed(problem).help(
                "Give a program that can be run, and each of its arguments as a word of its own; what needs a shell is \
                 run by one: sh -c \"make && make test\"",
            ));
            return Ok((Ending { how: How::from(&cause), stop: None, took: Duration::ZERO }, Ok(())));
        }
    };
    let over = Notify::new();
    let limits = Limits { time: args.time_limit, grace: args.grace };
    let ended = async {
        let ending = supervise::ended(&mut running, signals, limits).await;
        over.notify_one();
        ending
    };
    let first = async {
        match reports {
            Some(reports) => reports.first(&over).await,
            None => Ok(()),
        }
    };
    let (ending, first) = tokio::join!(ended, first);
    let ending = ending.map_err(|cause| failed(format!("the command's end could not be seen: {cause}")))?;
    Ok((ending, first))
}

/// Reports how the command ended, and warns once where a report was lost. Says whether the last one has arrived.
async fn conclude(reports: &Reports, ending: &Ending, first: Result<(), Error>, signals: &mut Signals) -> bool {
    let state = ending.state();
    let description = ending.description(reports.description());
    let last = tokio::select! {
        last = reports.last(state, &description) => last.map_err(Failure::from),
        () = interrupted(signals) => Err(failed("interrupted".to_owned())),
    };
    let unreported = |state: &str| format!("{} was not reported as {state}", reports.key());
    match (first, last) {
        (_, Err(failure)) => {
            output::warning(&failure.because(&unreported(state.as_str())));
            return false;
        }
        (Err(error), Ok(())) => output::warning(&Failure::from(error).because(&unreported("INPROGRESS"))),
        (Ok(()), Ok(())) => {}
    }
    true
}

/// Comes back when somebody at a terminal does not want to wait for the last report. What else would end this process
/// has to wait for it.
async fn interrupted(signals: &mut Signals) {
    while !signals.next().await.is_from_keyboard() {}
}

/// Shows the first request, and neither sends it nor runs the command.
async fn rehearse(args: &Run, session: &mut Session) -> Result<Exit, Failure> {
    let reports = Reports::open(args, session).await?;
    present(args, session, &reports).await?;
    session.output.note("the command is not run; at its end the state and the description are replaced");
    Ok(Exit::Done)
}

async fn present(args: &Run, session: &mut Session, reports: &Reports) -> Result<(), Failure> {
    let prepared = reports.begin().prepare().await?;
    show(session, &reports.target, &args.trying, args.presentation.output, &prepared)
}

fn failed(problem: String) -> Failure {
    Failure::new(Exit::Failure, problem)
}
