//! Watching over a command until it has ended.

use std::{future::pending, time::Duration};

use tokio::time::{Instant, sleep_until};

use super::{
    ending::{Ending, Stop},
    process::{Running, Signals},
};

/// How long a command may take.
#[derive(Clone, Copy, Debug)]
pub(super) struct Limits {
    /// Until it is told to end.
    pub(super) time: Option<Duration>,
    /// From then until it is killed.
    pub(super) grace: Duration,
}

/// Waits until the command has ended; passes signals on, and ends it where it takes too long.
pub(super) async fn ended(running: &mut Running, signals: &mut Signals, limits: Limits) -> std::io::Result<Ending> {
    let began = Instant::now();
    let mut stop = None;
    let mut told_at = limits.time.and_then(|time| began.checked_add(time));
    let mut killed_at = None;
    let how = loop {
        tokio::select! {
            // A signal that ends this process' whole group is seen before its effect on the command.
            biased;
            signal = signals.next() => {
                let passed_on = running.pass_on(signal);
                stop.get_or_insert(Stop::Signal(signal.name()));
                // What a terminal has interrupted may take its time: the user sees it, and can go on to end it.
                if passed_on && killed_at.is_none() {
                    (told_at, killed_at) = (None, Instant::now().checked_add(limits.grace));
                }
            }
            status = running.wait() => break status?.into(),
            () = reached(told_at) => {
                running.end();
                stop.get_or_insert(Stop::TimeLimit(limits.time.unwrap_or_default()));
                (told_at, killed_at) = (None, Instant::now().checked_add(limits.grace));
            }
            () = reached(killed_at) => {
                running.kill();
                killed_at = None;
            }
        }
    };
    let ending = Ending { how, stop, took: began.elapsed() };
    if ending.stop.is_some() {
        running.end_rest(killed_at).await;
    }
    Ok(ending)
}

/// Comes back at a moment; never, where there is none.
async fn reached(moment: Option<Instant>) {
    match moment {
        Some(moment) => sleep_until(moment).await,
        None => pending().await,
    }
}
