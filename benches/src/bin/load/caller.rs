//! The load, which is the same for every client.

use benches::measure::{Cost, Stopwatch};
use clap::ValueEnum;
use tokio::task::JoinSet;

use crate::Outcome;

/// The call.
#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum Operation {
    /// One PUT of the full status.
    Update,
    /// One GET of the status.
    Get,
}

/// The number of calls, and how many of them at a time.
#[derive(Clone, Copy)]
pub(crate) struct Load {
    pub(crate) operation: Operation,
    pub(crate) concurrency: usize,
    pub(crate) warm_up: usize,
    pub(crate) calls: usize,
}

/// A client. It decodes the full response and returns a length, so that decoding is not optimized away.
pub(crate) trait Caller: Send + 'static {
    fn update(&mut self) -> impl Future<Output = Outcome<usize>> + Send;
    fn get(&mut self) -> impl Future<Output = Outcome<usize>> + Send;
}

/// Makes the calls, one at a time for each caller.
pub(crate) async fn repeat<C: Caller>(callers: Vec<C>, load: Load) -> Outcome<Cost> {
    let each = load.calls.div_ceil(load.concurrency);
    let callers = round(callers, load.operation, load.warm_up).await?;
    let stopwatch = Stopwatch::start()?;
    let callers = round(callers, load.operation, each).await?;
    Ok(stopwatch.stop(callers.len() * each)?)
}

async fn round<C: Caller>(callers: Vec<C>, operation: Operation, each: usize) -> Outcome<Vec<C>> {
    let mut tasks = JoinSet::new();
    for caller in callers {
        tasks.spawn(calls(caller, operation, each));
    }
    let mut callers = Vec::new();
    while let Some(joined) = tasks.join_next().await {
        callers.push(joined??);
    }
    Ok(callers)
}

async fn calls<C: Caller>(mut caller: C, operation: Operation, each: usize) -> Outcome<C> {
    for _ in 0..each {
        let length = match operation {
            Operation::Update => caller.update().await?,
            Operation::Get => caller.get().await?,
        };
        if length == 0 {
            return Err("the returned status is empty".into());
        }
    }
    Ok(caller)
}
