//! Makes many calls in one of three ways, and prints their cost as one line of JSON.

mod apply;
mod by_hyper;
mod by_library;
mod by_reqwest;
mod caller;

use std::{error::Error, path::PathBuf};

use benches::measure::Cost;
use caller::{Caller, Load, Operation, repeat};
use clap::{Parser, Subcommand, ValueEnum};

/// The result of each part of this program.
type Outcome<T> = Result<T, Box<dyn Error + Send + Sync>>;

/// Makes calls against a server and measures them.
#[derive(Parser)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// The same call, many times.
    Call {
        /// The client that makes the call.
        #[arg(long)]
        client: Client,
        /// The call.
        #[arg(long)]
        operation: Operation,
        /// The number of concurrent calls.
        #[arg(long, default_value_t = 1)]
        concurrency: usize,
        /// The number of calls before the measurement, for each concurrent one.
        #[arg(long, default_value_t = 50)]
        warm_up: usize,
        /// The number of calls that are measured.
        #[arg(long)]
        calls: usize,
        /// The server's base URL.
        #[arg(long)]
        url: String,
    },
    /// Creates the statuses of an NDJSON file by hand on reqwest, as `bbstatus apply` does.
    Apply {
        /// The file, with one status per line.
        file: PathBuf,
        /// The number of concurrent calls.
        #[arg(long)]
        concurrency: usize,
        /// The server's base URL.
        #[arg(long)]
        url: String,
        /// The token that the server expects.
        #[arg(long, default_value = benches::TOKEN)]
        token: String,
    },
}

#[derive(Clone, Copy, ValueEnum)]
enum Client {
    /// This project's library.
    Library,
    /// By hand on reqwest.
    Reqwest,
    /// By hand on bare hyper, with a connection for each concurrent call.
    Hyper,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Outcome<()> {
    match Arguments::parse().command {
        Command::Apply { file, concurrency, url, token } => apply::run(&file, concurrency, &url, token.into()).await,
        Command::Call { client, operation, concurrency, warm_up, calls, url } => {
            let load = Load { operation, concurrency, warm_up, calls };
            let cost = measure(client, &url, load).await?;
            println!("{}", serde_json::to_string(&cost)?);
            Ok(())
        }
    }
}

async fn measure(client: Client, url: &str, load: Load) -> Outcome<Cost> {
    let slots = 0..load.concurrency;
    match client {
        Client::Library => {
            let caller = by_library::Library::new(url)?;
            repeat(slots.map(|_| caller.clone()).collect(), load).await
        }
        Client::Reqwest => {
            let caller = by_reqwest::Reqwest::new(url)?;
            repeat(slots.map(|_| caller.clone()).collect(), load).await
        }
        Client::Hyper => {
            let mut callers = Vec::new();
            for _ in slots {
                callers.push(by_hyper::Hyper::connect(url).await?);
            }
            repeat(callers, load).await
        }
    }
}
