//! Supervises a command until it has ended.

use std::{future::pending, time::Duration};

use tokio::{
    sync::watch,
    time::{Instant, sleep_until, timeout_at},
};

use super::{
    outcome::{CommandOutcome, StopCause, Termination},
    schedule::{CommandProgress, Decided},
    sys::{ChildCommand, OrphanReaper, ReceivedSignal, SignalListener},
};
use crate::output::on_a_terminal;

/// How long to wait, after the command's end, for an interrupt that may have caused it: a terminal interrupts both
/// processes at once, and either may react first.
const INTERRUPT_GRACE: Duration = Duration::from_millis(50);
/// The same, if the command was killed by an interrupt.
const CONFIRMED_INTERRUPT_GRACE: Duration = Duration::from_secs(1);
/// A signal this soon after the first is a duplicate: `timeout` signals the process, and then its group.
const DUPLICATE_WINDOW: Duration = Duration::from_millis(100);

/// The time limits of a command.
#[derive(Clone, Copy, Debug)]
pub(super) struct Limits {
    /// The time until it is told to stop.
    pub(super) time: Option<Duration>,
    /// The time from then until it is killed.
    pub(super) grace: Duration,
}

/// The stop requests so far. The first is passed on to the command, the second kills it.
#[derive(Debug, Default)]
pub(super) struct StopRequests {
    first: Option<Instant>,
}

/// How a stopping signal relates to those before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Request {
    First,
    Duplicate,
    Second,
}

impl StopRequests {
    fn add(&mut self, signal: ReceivedSignal) -> Request {
        let now = Instant::now();
        match self.first {
            None => {
                self.first = Some(now);
                Request::First
            }
            Some(first) if now >= first + DUPLICATE_WINDOW && !signal.is_from_keyboard() => Request::Second,
            Some(_) => Request::Duplicate,
        }
    }
}

/// Why the final report is cut short.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Interruption {
    /// Ctrl-C or Ctrl-\ at the terminal.
    Keyboard,
    /// A second signal that was sent to this process.
    SecondSignal,
}

/// Waits until the command has ended. Passes signals on, and enforces the limits. The first cause to stop the command
/// decides the state to report, otherwise its end does.
pub(super) async fn supervise(
    child: &mut ChildCommand,
    signals: &mut SignalListener,
    requests: &mut StopRequests,
    limits: Limits,
    progress: &watch::Sender<CommandProgress>,
) -> CommandOutcome {
    let started = Instant::now();
    let mut orphans = OrphanReaper::start();
    let mut stop = None;
    let mut ended_at = limits.time.and_then(|time| started.checked_add(time));
    let mut killed_at = None;
    let termination = loop {
        tokio::select! {
            // A signal to the entire group is handled before its effect on the command.
            biased;
            signal = signals.next() => {
                let passed_on = child.pass_on(signal);
                if !signal.stops() {
                    continue;
                }
                record(progress, signal);
                stop_once(&mut stop, StopCause::Signal(signal.name()), started, progress);
                // No grace period after Ctrl-C: the user sees that the command is still running, and can stop it.
                if !passed_on {
                    continue;
                }
                match requests.add(signal) {
                    Request::First => {
                        ended_at = None;
                        killed_at = killed_at.or_else(|| Instant::now().checked_add(limits.grace));
                    }
                    Request::Duplicate => {}
                    Request::Second => {
                        child.kill();
                        (ended_at, killed_at) = (None, None);
                    }
                }
            }
            status = child.wait() => break status.map_or(Termination::Unknown, Termination::from),
            () = reached(ended_at) => {
                child.end();
                stop_once(&mut stop, StopCause::TimeLimit(limits.time.unwrap_or_default()), started, progress);
                (ended_at, killed_at) = (None, Instant::now().checked_add(limits.grace));
            }
            () = reached(killed_at) => {
                child.kill();
                killed_at = None;
            }
            () = orphans.child_ended() => OrphanReaper::reap(child, signals),
        }
    };
    let elapsed = started.elapsed();
    let may_be_interrupted = stop.is_none() && termination.may_be_by_keyboard();
    if let Some(late) =
        late_interrupt(signals, if may_be_interrupted { CONFIRMED_INTERRUPT_GRACE } else { INTERRUPT_GRACE }).await
    {
        record(progress, late);
        stop.get_or_insert(StopCause::Signal(late.name()));
    }
    let outcome = CommandOutcome { termination, stop, elapsed };
    if outcome.stop.is_some() {
        decide(progress, &outcome);
        loop {
            tokio::select! {
                () = child.end_remaining(killed_at) => break,
                interruption = interrupted(signals, requests, progress) => {
                    if interruption == Interruption::SecondSignal {
                        child.kill();
                        break;
                    }
                }
            }
        }
    } else {
        // Before the state is reported: from then on, background processes of the command survive this process.
        child.release().await;
    }
    decide(progress, &outcome);
    end(progress);
    outcome
}

/// Receives signals after the command's end, and returns when the final report is to be cut short. The first signal
/// that was sent to this process only shortens its budget.
pub(super) async fn interrupted(
    signals: &mut SignalListener,
    requests: &mut StopRequests,
    progress: &watch::Sender<CommandProgress>,
) -> Interruption {
    loop {
        let signal = signals.next().await;
        if signal.is_from_keyboard() {
            return Interruption::Keyboard;
        }
        record(progress, signal);
        if signal.stops() && requests.add(signal) == Request::Second {
            return Interruption::SecondSignal;
        }
    }
}

/// Decides the state to report from the command's end, unless it was stopped.
pub(super) fn decide(progress: &watch::Sender<CommandProgress>, outcome: &CommandOutcome) {
    let (final_state, by_stop) = (outcome.final_state(), outcome.stop.is_some());
    progress.send_modify(|progress| {
        progress.decided.get_or_insert_with(|| Decided { final_state, at: Instant::now(), by_stop });
    });
}

/// Records that the command and everything that ends with it has ended.
pub(super) fn end(progress: &watch::Sender<CommandProgress>) {
    progress.send_modify(|progress| progress.ended_at = Some(Instant::now()));
}

/// The first cause to stop the command decides the state to report.
fn stop_once(
    stop: &mut Option<StopCause>,
    cause: StopCause,
    started: Instant,
    progress: &watch::Sender<CommandProgress>,
) {
    if stop.is_none() {
        let decided = Decided { final_state: cause.final_state(started.elapsed()), at: Instant::now(), by_stop: true };
        progress.send_modify(|progress| progress.decided = Some(decided));
        *stop = Some(cause);
    }
}

/// Records when the first stopping signal was received.
fn record(progress: &watch::Sender<CommandProgress>, signal: ReceivedSignal) {
    if signal.stops() {
        progress.send_modify(|progress| _ = progress.signalled_at.get_or_insert_with(Instant::now));
    }
}

/// The interrupt that may have ended the command but is received after its end. It must not count as an interrupt of
/// the final report.
async fn late_interrupt(signals: &mut SignalListener, grace: Duration) -> Option<ReceivedSignal> {
    if !on_a_terminal() {
        return None;
    }
    let until = Instant::now() + grace;
    while let Ok(signal) = timeout_at(until, signals.next()).await {
        if signal.is_from_keyboard() {
            return Some(signal).filter(|signal| signal.stops());
        }
    }
    None
}

/// Returns at this time, or never.
async fn reached(time: Option<Instant>) {
    match time {
        Some(time) => sleep_until(time).await,
        None => pending().await,
    }
}
