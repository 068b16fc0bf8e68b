//! Processes and signals on Unix.

mod processes;
mod watchdog;

use std::{
    collections::HashSet,
    ffi::OsString,
    fs,
    future::{pending, poll_fn},
    io,
    os::unix::process::CommandExt as _,
    process::{ExitStatus, Stdio},
    task::{Context, Poll},
    time::Duration,
};

use rustix::{
    io::Errno,
    process::{
        Pid, Signal, WaitOptions, getpgrp, getpid, kill_process, kill_process_group, test_kill_process_group, waitpid,
    },
};
use tokio::{
    process::{Child, ChildStdin, Command},
    signal::unix::{self, SignalKind},
    time::{Instant, sleep, timeout},
};

pub(crate) use self::watchdog::{Watchdog, watchdog};
use crate::output::on_a_terminal;

/// How often the group is polled for remaining processes.
const POLL_INTERVAL: Duration = Duration::from_millis(20);

/// How much later than this process was interrupted another one may end, if the terminal interrupted both.
const SIGNAL_SKEW: Duration = Duration::from_millis(200);

/// Handles SIGCHLD, which a parent process may have set to be ignored: then the system would not store how child
/// processes end, and waiting for them would fail. Child processes do not inherit the handler, so they do not ignore it
/// either.
pub(crate) fn receive_child_signals() -> io::Result<()> {
    unix::signal(SignalKind::child()).map(|_| ())
}

/// Runs a command instead of this process. Returns only if that fails.
pub(crate) fn run_instead(command: &mut std::process::Command) -> io::Result<ExitStatus> {
    Err(command.exec())
}

/// Whether the system lacks the resources for another process.
pub(crate) fn is_exhausted(cause: &io::Error) -> bool {
    matches!(Errno::from_io_error(cause), Some(Errno::AGAIN | Errno::MFILE | Errno::NFILE | Errno::NOMEM))
}

/// A signal that this process has received.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ReceivedSignal {
    name: &'static str,
    signal: Signal,
    stops: bool,
    is_from_keyboard: bool,
}

/// The signals that are handled instead of ending this process. Those that do not stop a build mean whatever the
/// command does with them: a JVM prints its threads on SIGQUIT and continues.
const RECEIVED_SIGNALS: [ReceivedSignal; 6] = [
    ReceivedSignal { name: "SIGINT", signal: Signal::INT, stops: true, is_from_keyboard: false },
    ReceivedSignal { name: "SIGQUIT", signal: Signal::QUIT, stops: false, is_from_keyboard: false },
    ReceivedSignal { name: "SIGTERM", signal: Signal::TERM, stops: true, is_from_keyboard: false },
    ReceivedSignal { name: "SIGHUP", signal: Signal::HUP, stops: true, is_from_keyboard: false },
    ReceivedSignal { name: "SIGUSR1", signal: Signal::USR1, stops: false, is_from_keyboard: false },
    ReceivedSignal { name: "SIGUSR2", signal: Signal::USR2, stops: false, is_from_keyboard: false },
];

impl ReceivedSignal {
    pub(crate) fn name(self) -> &'static str {
        self.name
    }

    /// Whether it stops the build.
    pub(crate) fn stops(self) -> bool {
        self.stops
    }

    /// Whether it is Ctrl-C or Ctrl-\, which the terminal also sent to the command.
    pub(crate) fn is_from_keyboard(self) -> bool {
        self.is_from_keyboard
    }
}

/// Handles signals from now on, instead of being ended by them.
pub(crate) struct SignalListener {
    /// All signals, except SIGHUP under `nohup`. SIGINT and SIGQUIT are handled even if a shell set them to be ignored
    /// for a background job: otherwise an interrupted build would be in progress forever.
    received: Vec<(ReceivedSignal, unix::Signal)>,
    probe: CtrlCProbe,
    /// A signal that may be from the keyboard, while that is not known yet.
    pending: Option<ReceivedSignal>,
}

impl SignalListener {
    pub(crate) fn listen() -> io::Result<Self> {
        let hang_up_is_ignored = ignores_hang_up();
        let heard =
            RECEIVED_SIGNALS.into_iter().filter(|received| received.signal != Signal::HUP || !hang_up_is_ignored);
        let kind = |received: ReceivedSignal| SignalKind::from_raw(received.signal.as_raw());
        let received = heard.map(|received| Ok((received, unix::signal(kind(received))?)));
        Ok(Self { received: received.collect::<io::Result<_>>()?, probe: CtrlCProbe::start(), pending: None })
    }

    /// The next signal. Cancel safe: no signal is lost if the future is dropped.
    pub(crate) async fn next(&mut self) -> ReceivedSignal {
        let received = match self.pending {
            Some(received) => received,
            None => poll_fn(|context| self.poll(context)).await,
        };
        if !matches!(received.signal, Signal::INT | Signal::QUIT) {
            return received;
        }
        self.pending = Some(received);
        let is_from_keyboard = self.probe.was_signalled().await;
        self.pending = None;
        ReceivedSignal { is_from_keyboard, ..received }
    }

    fn poll(&mut self, context: &mut Context<'_>) -> Poll<ReceivedSignal> {
        let mut received = self.received.iter_mut();
        let next = received.find_map(|(received, signal)| signal.poll_recv(context).is_ready().then_some(*received));
        next.map_or(Poll::Pending, Poll::Ready)
    }

    /// Kills and reaps the probe: some containers have no process that reaps orphans.
    pub(crate) async fn end(self) {
        if let Some(mut idle) = self.probe.idle {
            let _ = idle.kill().await;
        }
    }
}

/// An idle process on the same terminal. Ctrl-C ends it too, since a terminal interrupts its entire foreground group; a
/// SIGINT that was sent to this process alone does not. The same goes for Ctrl-\. The signal itself does not say where
/// it came from.
struct CtrlCProbe {
    /// None if there is no terminal, or if it could not be started.
    idle: Option<Child>,
    /// The idle process ends when its input is closed, which happens when this process ends in any way.
    _input: Option<ChildStdin>,
}

impl CtrlCProbe {
    fn start() -> Self {
        let mut idle = if on_a_terminal() { idle() } else { None };
        // `wait` would close it.
        let input = idle.as_mut().and_then(|idle| idle.stdin.take());
        Self { idle, _input: input }
    }

    /// Whether the signal that was just received went to the entire foreground group.
    async fn was_signalled(&mut self) -> bool {
        let was_signalled = match &mut self.idle {
            Some(idle) => timeout(SIGNAL_SKEW, idle.wait()).await.is_ok(),
            None => on_a_terminal(),
        };
        if was_signalled {
            *self = Self::start();
        }
        was_signalled
    }
}

fn idle() -> Option<Child> {
    let mut command = Command::new("cat");
    command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null()).kill_on_drop(true);
    command.spawn().ok()
}

/// Whether SIGHUP is ignored. If the system does not say, it counts as ignored.
fn ignores_hang_up() -> bool {
    fs::read_to_string("/proc/self/status").ok().and_then(|status| ignored(&status)).is_none_or(|mask| mask & 1 == 1)
}

/// The bit mask of ignored signals; the lowest bit is signal 1.
fn ignored(status: &str) -> Option<u64> {
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"))?;
    u64::from_str_radix(mask.trim(), 16).ok()
}

/// A running command and its processes.
///
/// Without a terminal, it runs in the process group of the watchdog. On a terminal only the foreground group may read.
/// If the command had a group of its own in the foreground, Ctrl-C and Ctrl-Z would no longer reach the script that
/// started this process, and a pager that reads its output would be stopped. So it stays in the group of this process,
/// and is signalled together with its descendants.
pub(crate) struct ChildCommand {
    child: Child,
    process: Option<Pid>,
    /// Its own process group, if it has one.
    group: Option<Pid>,
    /// The processes that were signalled, if it has no group of its own: their parents may have ended since.
    signalled: HashSet<Pid>,
    watchdog: Option<Watchdog>,
}

impl ChildCommand {
    /// Starts it. Without a watchdog it survives if this process is killed.
    pub(crate) async fn start(
        program: &OsString,
        arguments: &[OsString],
        environment: Vec<(&'static str, String)>,
        mut watchdog: Option<Watchdog>,
    ) -> io::Result<Self> {
        let has_group = !on_a_terminal();
        let mut command = Command::new(program);
        command.args(arguments).envs(environment);
        if has_group {
            command.process_group(watchdog.as_ref().map_or(0, |watchdog| watchdog.id().as_raw_nonzero().get()));
        }
        let child = command.spawn()?;
        let process = id_of(&child);
        let group = if has_group { watchdog.as_ref().map(Watchdog::id).or(process) } else { None };
        if let (None, Some(watchdog), Some(process)) = (group, &mut watchdog, process) {
            // This fails only if the watchdog has ended.
            let _ = watchdog.watch(process).await;
        }
        Ok(Self { child, process, group, signalled: HashSet::new(), watchdog })
    }

    pub(crate) async fn wait(&mut self) -> io::Result<ExitStatus> {
        let status = self.child.wait().await;
        // From now on the system may reuse its identifier.
        self.process = None;
        status
    }

    /// Passes a signal on. Returns whether that was necessary: it is not for Ctrl-C.
    pub(crate) fn pass_on(&mut self, received: ReceivedSignal) -> bool {
        let necessary = !received.is_from_keyboard;
        if necessary {
            self.send(received.signal);
        }
        if necessary && received.stops {
            self.send(Signal::CONT);
        }
        necessary
    }

    /// Asks the command to end.
    pub(crate) fn end(&mut self) {
        self.send(Signal::TERM);
        // A stopped process handles no signal.
        self.send(Signal::CONT);
    }

    /// Kills the command.
    pub(crate) fn kill(&mut self) {
        self.send(Signal::KILL);
    }

    /// Waits until this time for the command's remaining processes, then kills them.
    pub(crate) async fn end_remaining(&mut self, killed_at: Option<Instant>) {
        while self.has_remaining_processes() {
            if killed_at.is_none_or(|time| time <= Instant::now()) {
                self.kill();
                return;
            }
            sleep(POLL_INTERVAL).await;
        }
    }

    /// From now on, the command's remaining processes survive even if this process is killed. They can still be killed
    /// here: as long as the watchdog lives, the identifier of its group is not reused.
    pub(crate) async fn release(&mut self) {
        if let Some(watchdog) = &mut self.watchdog {
            // This fails only if the watchdog has ended.
            let _ = watchdog.release().await;
        }
    }

    /// Ends the watchdog without killing anything else.
    pub(crate) async fn dismiss_watchdog(self) {
        if let Some(watchdog) = self.watchdog {
            watchdog.dismiss().await;
        }
    }

    fn watchdog_id(&self) -> Option<Pid> {
        self.watchdog.as_ref().map(Watchdog::id)
    }

    fn has_remaining_processes(&self) -> bool {
        if let Some(group) = self.group {
            let watchdog = self.watchdog_id();
            let is_remaining = |process, other| other == group && Some(process) != watchdog;
            return test_kill_process_group(group).is_ok() && processes::any_alive(is_remaining);
        }
        let own = getpgrp();
        let left: Vec<Pid> =
            self.signalled.iter().copied().filter(|process| processes::in_group(*process, own)).collect();
        !left.is_empty() && processes::any_alive(|process, _| left.contains(&process))
    }

    /// Signals all processes of the command. Those that have ended are skipped.
    fn send(&mut self, signal: Signal) {
        if let Some(group) = self.group {
            let _ = kill_process_group(group, signal);
            return;
        }
        let own = getpgrp();
        // Parents first: a shell whose child ends before it would run the next command.
        let found = self.process.map(|process| processes::descendants(process, own)).unwrap_or_default();
        let left = self.signalled.iter().copied().filter(|process| !found.contains(process));
        for process in found.iter().copied().chain(left).filter(|process| processes::in_group(*process, own)) {
            let _ = kill_process(process, signal);
        }
        self.signalled.extend(found);
    }
}

/// Reaps orphans if this is the first process of a container: no other process can, and they would remain as zombies.
pub(crate) struct OrphanReaper(Option<unix::Signal>);

impl OrphanReaper {
    pub(crate) fn start() -> Self {
        Self(if getpid().is_init() { unix::signal(SignalKind::child()).ok() } else { None })
    }

    /// Waits until an orphan may have ended.
    pub(crate) async fn child_ended(&mut self) {
        match &mut self.0 {
            Some(signal) => _ = signal.recv().await,
            None => pending().await,
        }
    }

    /// Reaps every child process that has ended, except those that this process started and waits for.
    pub(crate) fn reap(command: &ChildCommand, signals: &SignalListener) {
        let own = [command.process, command.watchdog_id(), signals.probe.idle.as_ref().and_then(id_of)];
        for orphan in processes::ended_children().into_iter().filter(|process| !own.contains(&Some(*process))) {
            let _ = waitpid(Some(orphan), WaitOptions::NOHANG);
        }
    }
}

fn id_of(child: &Child) -> Option<Pid> {
    child.id().and_then(|id| Pid::from_raw(id.cast_signed()))
}

#[cfg(test)]
mod tests {
    use super::ignored;

    #[test]
    fn ignored_signals_are_read_from_the_status_of_linux() {
        assert_eq!(ignored("Name:\tbbstatus\nSigIgn:\t0000000000001001\nSigCgt:\t0\n"), Some(0x1001));
        assert_eq!(ignored("Name:\tbbstatus\n"), None);
        assert_eq!(ignored("SigIgn:\tmany\n"), None);
    }
}
