//! Processes and signals of Unix.

use std::{ffi::OsString, fs, io, process::ExitStatus, time::Duration};

use rustix::process::{Pid, Signal, kill_process, kill_process_group, test_kill_process_group};
use tokio::{
    process::{Child, Command},
    signal::unix::{self, SignalKind},
    time::{Instant, sleep},
};

use crate::output::on_a_terminal;

/// How often it is looked whether the rest of a group has ended.
const LOOK: Duration = Duration::from_millis(20);

/// A signal that stops a build.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) struct Stopping {
    name: &'static str,
    signal: Signal,
}

const INTERRUPT: Stopping = Stopping { name: "SIGINT", signal: Signal::INT };
const TERMINATE: Stopping = Stopping { name: "SIGTERM", signal: Signal::TERM };
const HANG_UP: Stopping = Stopping { name: "SIGHUP", signal: Signal::HUP };

impl Stopping {
    pub(in super::super) fn name(self) -> &'static str {
        self.name
    }

    /// Whether it is what Ctrl-C sends.
    pub(in super::super) fn is_interrupt(self) -> bool {
        self == INTERRUPT
    }
}

/// The signals that this process receives from now on, instead of being ended by them.
pub(in super::super) struct Signals {
    interrupt: unix::Signal,
    terminate: unix::Signal,
    /// None under `nohup`, which has it ignored.
    hang_up: Option<unix::Signal>,
}

impl Signals {
    pub(in super::super) fn listen() -> io::Result<Self> {
        let hang_up = (!ignores_hang_up()).then(|| unix::signal(SignalKind::hangup())).transpose()?;
        let (interrupt, terminate) = (unix::signal(SignalKind::interrupt())?, unix::signal(SignalKind::terminate())?);
        Ok(Self { interrupt, terminate, hang_up })
    }

    pub(in super::super) async fn next(&mut self) -> Stopping {
        let hang_up = async {
            match &mut self.hang_up {
                Some(signal) => signal.recv().await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            _ = self.interrupt.recv() => INTERRUPT,
            _ = self.terminate.recv() => TERMINATE,
            _ = hang_up => HANG_UP,
        }
    }
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

/// A command that runs.
pub(in super::super) struct Running {
    child: Child,
    process: Option<Pid>,
    /// Whether it leads a group of its own. On a terminal it does not: only what is in the foreground may read there.
    leads: bool,
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
        Ok(Self { child, process, leads })
    }

    pub(in super::super) async fn wait(&mut self) -> io::Result<ExitStatus> {
        self.child.wait().await
    }

    /// Passes a signal on; says whether that was needed, which it is not for Ctrl-C: a terminal tells them all.
    pub(in super::super) fn pass_on(&self, signal: Stopping) -> bool {
        let needed = self.leads || !signal.is_interrupt();
        if needed {
            self.send(signal.signal);
        }
        needed
    }

    /// Tells the command to end.
    pub(in super::super) fn end(&self) {
        self.send(Signal::TERM);
    }

    /// Ends the command whether it wants or not.
    pub(in super::super) fn kill(&self) {
        self.send(Signal::KILL);
    }

    /// Gives what the command has left in its group until that moment to end, and kills it then.
    pub(in super::super) async fn end_rest(&self, killed_at: Option<Instant>) {
        let Some(group) = self.process.filter(|_| self.leads) else { return };
        while test_kill_process_group(group).is_ok() {
            if killed_at.is_none_or(|moment| moment <= Instant::now()) {
                self.kill();
                return;
            }
            sleep(LOOK).await;
        }
    }

    /// What has ended already cannot be told anything, and need not.
    fn send(&self, signal: Signal) {
        if let Some(process) = self.process {
            let _ = if self.leads { kill_process_group(process, signal) } else { kill_process(process, signal) };
        }
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
