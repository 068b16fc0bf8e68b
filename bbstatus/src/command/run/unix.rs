//! Processes and signals of Unix.

mod others;

use std::{
    collections::HashSet,
    ffi::OsString,
    fs,
    future::poll_fn,
    io,
    process::{ExitStatus, Stdio},
    task::{Context, Poll},
    time::Duration,
};

use rustix::process::{Pid, Signal, kill_process, kill_process_group, test_kill_process_group};
use tokio::{
    process::{Child, ChildStdin, Command},
    signal::unix::{self, SignalKind},
    time::{Instant, sleep, timeout},
};

use crate::output::on_a_terminal;

/// How often it is looked whether the rest of a group has ended.
const LOOK: Duration = Duration::from_millis(20);

/// How much later than this process another one may end that the terminal interrupts at the same moment.
const SPREAD: Duration = Duration::from_millis(200);

/// A signal that this process has received.
#[derive(Clone, Copy, Debug)]
pub(in super::super) struct Received {
    name: &'static str,
    signal: Signal,
    stops: bool,
    is_from_keyboard: bool,
}

/// The signals that are received instead of ending this process. Those that do not stop a build mean what the command
/// takes them for: a Java machine tells of its threads at SIGQUIT, and goes on.
const RECEIVED: [Received; 6] = [
    Received { name: "SIGINT", signal: Signal::INT, stops: true, is_from_keyboard: false },
    Received { name: "SIGQUIT", signal: Signal::QUIT, stops: false, is_from_keyboard: false },
    Received { name: "SIGTERM", signal: Signal::TERM, stops: true, is_from_keyboard: false },
    Received { name: "SIGHUP", signal: Signal::HUP, stops: true, is_from_keyboard: false },
    Received { name: "SIGUSR1", signal: Signal::USR1, stops: false, is_from_keyboard: false },
    Received { name: "SIGUSR2", signal: Signal::USR2, stops: false, is_from_keyboard: false },
];

impl Received {
    pub(in super::super) fn name(self) -> &'static str {
        self.name
    }

    /// Whether it stops the build.
    pub(in super::super) fn stops(self) -> bool {
        self.stops
    }

    /// Whether it is Ctrl-C or Ctrl-\, of which the terminal has told the command too.
    pub(in super::super) fn is_from_keyboard(self) -> bool {
        self.is_from_keyboard
    }
}

/// The signals that this process receives from now on, instead of being ended by them.
pub(in super::super) struct Signals {
    /// All but SIGHUP under `nohup`, which has it ignored. What a shell has a background job ignore is received: a build
    /// that is interrupted there would be in progress for ever.
    received: Vec<(Received, unix::Signal)>,
    witness: Witness,
    /// One that a keyboard may have sent, and of which nobody knows yet where it came from.
    in_doubt: Option<Received>,
}

impl Signals {
    pub(in super::super) fn listen() -> io::Result<Self> {
        let hang_up_is_ignored = ignores_hang_up();
        let heard = RECEIVED.into_iter().filter(|received| received.signal != Signal::HUP || !hang_up_is_ignored);
        let kind = |received: Received| SignalKind::from_raw(received.signal.as_raw());
        let received = heard.map(|received| Ok((received, unix::signal(kind(received))?)));
        Ok(Self { received: received.collect::<io::Result<_>>()?, witness: Witness::call(), in_doubt: None })
    }

    /// The next signal. Nothing is lost where this is given up.
    pub(in super::super) async fn next(&mut self) -> Received {
        let received = match self.in_doubt {
            Some(received) => received,
            None => poll_fn(|context| self.poll(context)).await,
        };
        if !matches!(received.signal, Signal::INT | Signal::QUIT) {
            return received;
        }
        self.in_doubt = Some(received);
        let is_from_keyboard = self.witness.was_told().await;
        self.in_doubt = None;
        Received { is_from_keyboard, ..received }
    }

    fn poll(&mut self, context: &mut Context<'_>) -> Poll<Received> {
        let mut received = self.received.iter_mut();
        let next = received.find_map(|(received, signal)| signal.poll_recv(context).is_ready().then_some(*received));
        next.map_or(Poll::Pending, Poll::Ready)
    }

    /// Leaves nothing behind, also where nobody asks how a process has ended.
    pub(in super::super) async fn end(self) {
        if let Some(mut idle) = self.witness.idle {
            let _ = idle.kill().await;
        }
    }
}

/// A process that does nothing, beside this one on the terminal. Ctrl-C ends it, since a terminal interrupts them all; an
/// interrupt that another process has sent to this one does not. The same holds for Ctrl-\. The signal itself does not
/// tell.
struct Witness {
    /// None where there is no terminal, or no such process could be started.
    idle: Option<Child>,
    /// The process ends with its input, which is closed when this one ends, however that happens.
    _input: Option<ChildStdin>,
}

impl Witness {
    fn call() -> Self {
        let mut idle = if on_a_terminal() { idle() } else { None };
        // Waiting for its end would close it.
        let input = idle.as_mut().and_then(|idle| idle.stdin.take());
        Self { idle, _input: input }
    }

    /// Whether the signal that has just come is one for all on the terminal.
    async fn was_told(&mut self) -> bool {
        let told = match &mut self.idle {
            Some(idle) => timeout(SPREAD, idle.wait()).await.is_ok(),
            None => on_a_terminal(),
        };
        if told {
            *self = Self::call();
        }
        told
    }
}

fn idle() -> Option<Child> {
    let mut command = Command::new("cat");
    command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null()).kill_on_drop(true);
    command.spawn().ok()
}

/// Whether SIGHUP is ignored. Where the system does not say, it is left as it is.
fn ignores_hang_up() -> bool {
    fs::read_to_string("/proc/self/status").ok().and_then(|status| ignored(&status)).is_none_or(|mask| mask & 1 == 1)
}

/// The signals that are ignored, the first in the lowest bit.
fn ignored(status: &str) -> Option<u64> {
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"))?;
    u64::from_str_radix(mask.trim(), 16).ok()
}

/// A command that runs, and how its processes are reached.
///
/// It leads a group of its own, except on a terminal. There a group of its own would have to be made the one in the
/// foreground, since no other may read; then Ctrl-C and Ctrl-Z would no longer reach the script that has started this
/// process, and a pager that reads its output would be stopped. So it stays where it is, and is told together with its
/// descendants.
pub(in super::super) struct Running {
    child: Child,
    process: Option<Pid>,
    leads: bool,
    /// Who was told something, where it does not lead a group: their parents may be gone by now.
    told: HashSet<Pid>,
}

impl Running {
    pub(in super::super) fn start(program: &OsString, arguments: &[OsString]) -> io::Result<Self> {
        let leads = !on_a_terminal();
        let mut command = Command::new(program);
        command.args(arguments);
        if leads {
            command.process_group(0);
        }
        let child = command.spawn()?;
        let process = child.id().and_then(|id| Pid::from_raw(id.cast_signed()));
        Ok(Self { child, process, leads, told: HashSet::new() })
    }

    pub(in super::super) async fn wait(&mut self) -> io::Result<ExitStatus> {
        self.child.wait().await
    }

    /// Passes a signal on; says whether that was needed, which it is not for Ctrl-C.
    pub(in super::super) fn pass_on(&mut self, received: Received) -> bool {
        let needed = !received.is_from_keyboard;
        if needed {
            self.send(received.signal);
        }
        if needed && received.stops {
            self.send(Signal::CONT);
        }
        needed
    }

    /// Tells the command to end.
    pub(in super::super) fn end(&mut self) {
        self.send(Signal::TERM);
        // Who stands still hears nothing.
        self.send(Signal::CONT);
    }

    /// Ends the command whether it wants or not.
    pub(in super::super) fn kill(&mut self) {
        self.send(Signal::KILL);
    }

    /// Gives what the command has left until that moment to end, and kills it then.
    pub(in super::super) async fn end_rest(&mut self, killed_at: Option<Instant>) {
        while self.has_left_any() {
            if killed_at.is_none_or(|moment| moment <= Instant::now()) {
                self.kill();
                return;
            }
            sleep(LOOK).await;
        }
    }

    fn has_left_any(&self) -> bool {
        let Some(process) = self.process else { return false };
        if self.leads {
            test_kill_process_group(process).is_ok() && others::any_runs(|_, group| group == process)
        } else {
            let left: Vec<Pid> = self.told.iter().copied().filter(|told| others::is_ours(*told)).collect();
            !left.is_empty() && others::any_runs(|other, _| left.contains(&other))
        }
    }

    /// What has ended already cannot be told anything, and need not.
    fn send(&mut self, signal: Signal) {
        let Some(process) = self.process else { return };
        if self.leads {
            let _ = kill_process_group(process, signal);
            return;
        }
        // The first one first: who sees its child's end would go on otherwise.
        let found = others::family(process);
        let left = self.told.iter().copied().filter(|told| !found.contains(told));
        for process in found.iter().copied().chain(left).filter(|process| others::is_ours(*process)) {
            let _ = kill_process(process, signal);
        }
        self.told.extend(found);
    }
}

#[cfg(test)]
mod tests {
    use super::ignored;

    #[test]
    fn ignored_signals_are_read_from_what_linux_says() {
        assert_eq!(ignored("Name:\tbbstatus\nSigIgn:\t0000000000001001\nSigCgt:\t0\n"), Some(0x1001));
        assert_eq!(ignored("Name:\tbbstatus\n"), None);
        assert_eq!(ignored("SigIgn:\tmany\n"), None);
    }
}
