//! Watching over a command until it has ended.

use std::{future::pending, time::Duration};

use tokio::time::{Instant, sleep_until, timeout_at};

use super::{
    ending::{Ending, How, Stop},
    process::{Running, Signals},
};
use crate::output::on_a_terminal;

/// How much later than the command's end its cause may be seen: a terminal interrupts this process and the command at
/// once, and nobody knows which of them runs first.
const LATER: Duration = Duration::from_millis(50);
/// The same, where the command's end says that there was an interrupt.
const SURELY: Duration = Duration::from_secs(1);

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
    let how: How = loop {
        tokio::select! {
            // A signal that ends this process' whole group is seen before its effect on the command.
            biased;
            signal = signals.next() => {
                let passed_on = running.pass_on(signal);
                if signal.stops() {
                    stop.get_or_insert(Stop::Signal(signal.name()));
                }
                // What a terminal has interrupted may take its time: the user sees it, and can go on to end it.
                if signal.stops() && passed_on && killed_at.is_none() {
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
    let took = began.elapsed();
    let unexplained = stop.is_none() && how.may_be_by_keyboard();
    if let Some(late) = late_interrupt(signals, if unexplained { SURELY } else { LATER }).await {
        stop.get_or_insert(late);
    }
    let ending = Ending { how, stop, took };
    if ending.stop.is_some() {
        running.end_rest(killed_at).await;
    }
    Ok(ending)
}

/// The interrupt that may have ended the command, where it comes after that end. It must not be taken for one by which
/// somebody means the last report.
async fn late_interrupt(signals: &mut Signals, patience: Duration) -> Option<Stop> {
    if !on_a_terminal() {
        return None;
    }
    let until = Instant::now() + patience;
    while let Ok(signal) = timeout_at(until, signals.next()).await {
        if signal.is_from_keyboard() {
            return signal.stops().then(|| Stop::Signal(signal.name()));
        }
    }
    None
}

/// Comes back at a moment; never, where there is none.
async fn reached(moment: Option<Instant>) {
    match moment {
        Some(moment) => sleep_until(moment).await,
        None => pending().await,
    }
}
