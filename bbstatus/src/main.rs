//! The command `bbstatus`: reports, reads and lists build statuses of Bitbucket Cloud.

mod address;
mod args;
mod build_info;
mod call_observer;
mod ci;
mod cli;
mod cli_error;
mod command;
mod context;
mod credentials;
mod demo_sandbox;
mod exit;
mod file;
mod git;
mod if_newer;
mod output;
mod sourced;
mod target;

use std::time::Duration;

use cli::{Command, Parsed, Rejected};
use cli_error::CliError;
use context::Context;
use exit::ExitCode;
use target::catch_panic;
use tokio::runtime::Runtime;

/// Longer than any process runs.
const FOREVER: Duration = Duration::from_secs(100 * 365 * 24 * 60 * 60);

fn main() -> std::process::ExitCode {
    let words: Vec<_> = std::env::args_os().collect();
    let Parsed { cli, matches, ignored } = match cli::parse(&words) {
        Ok(parsed) => parsed,
        Err(Rejected::Typed(error)) => return output::print_clap_error(&error).into(),
        Err(Rejected::Variable(error)) => return output::error(&error).into(),
    };
    for error in ignored {
        output::warning(&error);
    }
    let mut context = Context::new(&cli.verbosity, &matches);
    let outcome = match (start_runtime(), cli.command) {
        (Ok(runtime), command) => {
            let outcome = runtime.block_on(run(command, &mut context));
            // Does not wait for a name that is still being looked up.
            runtime.shutdown_background();
            outcome
        }
        (Err(problem), Command::Run(args)) if !args.preview.sends_nothing() => {
            command::run::without_reports(&args, &problem)
        }
        (Err(problem), _) => Err(CliError::new(ExitCode::Failure, problem)),
    };
    let outcome = outcome.and_then(|exit| {
        context.output.finish().map_err(CliError::from).or_else(CliError::ignore_broken_pipe)?;
        Ok(exit)
    });
    outcome.unwrap_or_else(|error| output::error(&error)).into()
}

fn start_runtime() -> Result<Runtime, String> {
    // One thread: a call needs only one connection, and the process starts and ends faster.
    let mut runtime = tokio::runtime::Builder::new_current_thread();
    // The thread that looks up names is started where a failure can be reported, and stays.
    runtime.enable_all().thread_keep_alive(FOREVER);
    // Without a free file descriptor tokio fails, or panics.
    let built = catch_panic(move || runtime.build());
    let built = built.and_then(|built| built.map_err(|cause| cause.to_string()));
    built.map_err(|cause| format!("the runtime could not be started: {cause}"))
}

async fn run(command: Command, context: &mut Context) -> Result<ExitCode, CliError> {
    // Best effort: without it, the exit code of git is unknown if a parent process set SIGCHLD to be ignored.
    let _ = command::run::receive_child_signals();
    match command {
        Command::Set(args) => command::set::run(args, context).await,
        Command::Update(args) => command::update::run(args, context).await,
        Command::Get(args) => command::get::run(args, context).await,
        Command::List(args) => command::list::run(args, context).await,
        Command::Run(args) => command::run::run(args, context).await,
        Command::Wait(args) => command::wait::run(args, context).await,
        Command::Apply(args) => command::apply::run(args, context).await,
        Command::Key(args) => command::key::run(&args, context),
        Command::Detect(args) => command::detect::run(&args, context),
        Command::Doctor(args) => Box::pin(command::doctor::run(args, context)).await,
        Command::Sandbox(args) => command::sandbox::run(args, context).await,
        Command::Probe(args) => Box::pin(command::probe::run(args, context)).await,
        Command::Completions(args) => command::completions::run(&args, &cli::command(), context),
        Command::Man(args) => command::man::run(&args, cli::command(), context),
        Command::Reference(_) => command::reference::run(cli::command(), context),
        #[cfg(unix)]
        Command::Watchdog(_) => command::watchdog::run(),
    }
}
