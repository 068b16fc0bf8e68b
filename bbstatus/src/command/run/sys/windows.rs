//! Processes and console events on Windows.

use std::{ffi::OsString, future::pending, io, process::ExitStatus};

use tokio::{
    process::{Child, Command},
    signal::windows::{self, CtrlBreak, CtrlC},
    time::Instant,
};
use win32job::{ExtendedLimitInfo, Job};

use crate::output::on_a_terminal;

/// Windows has no SIGCHLD.
pub(crate) fn receive_child_signals() -> io::Result<()> {
    Ok(())
}

/// Runs a command and waits for its end: Windows cannot replace a process.
pub(crate) fn run_instead(command: &mut std::process::Command) -> io::Result<ExitStatus> {
    command.status()
}

/// Whether the system lacks the resources for another process; here they are not told from other failures.
pub(crate) fn is_exhausted(_: &io::Error) -> bool {
    false
}

/// A console event that stops a build.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ReceivedSignal {
    Interrupt,
    Break,
}

impl ReceivedSignal {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Interrupt => "Ctrl-C",
            Self::Break => "Ctrl-Break",
        }
    }

    /// Whether it stops the build.
    pub(crate) fn stops(self) -> bool {
        true
    }

    /// Whether it is Ctrl-C.
    pub(crate) fn is_from_keyboard(self) -> bool {
        self == Self::Interrupt && on_a_terminal()
    }
}

/// Handles Ctrl-C and Ctrl-Break from now on, instead of being ended by them.
pub(crate) struct SignalListener {
    interrupt: CtrlC,
    end: CtrlBreak,
}

impl SignalListener {
    pub(crate) fn listen() -> io::Result<Self> {
        Ok(Self { interrupt: windows::ctrl_c()?, end: windows::ctrl_break()? })
    }

    /// The next event. Cancel safe: no event is lost if the future is dropped.
    pub(crate) async fn next(&mut self) -> ReceivedSignal {
        tokio::select! {
            _ = self.interrupt.recv() => ReceivedSignal::Interrupt,
            _ = self.end.recv() => ReceivedSignal::Break,
        }
    }

    /// There is no probe to end.
    pub(crate) async fn end(self) {}
}

/// A job object for this process and everything that it starts. The system ends them all when the only handle is
/// closed, which happens when this process ends in any way.
pub(crate) struct Watchdog(Option<Job>);

impl Watchdog {
    pub(crate) fn start() -> io::Result<Self> {
        let mut limits = ExtendedLimitInfo::new();
        limits.limit_kill_on_job_close();
        let job = Job::create_with_limit_info(&limits).map_err(io::Error::other)?;
        job.assign_current_process().map_err(io::Error::other)?;
        Ok(Self(Some(job)))
    }

    /// A job object is ready at once.
    pub(crate) async fn ready(&mut self) -> io::Result<()> {
        Ok(())
    }

    /// From now on, nothing ends with this process.
    fn release(&self) {
        if let Some(job) = &self.0 {
            // If this fails, the remaining processes end with this process.
            let _ = job.set_extended_limit_info(ExtendedLimitInfo::new().clear_limits());
        }
    }

    /// Ends everything with this process again.
    fn kill_on_exit(&self) {
        if let Some(job) = &self.0 {
            // If this fails, the remaining processes survive.
            let _ = job.set_extended_limit_info(ExtendedLimitInfo::new().limit_kill_on_job_close());
        }
    }
}

/// Closing the handle before this process ends would end it with a wrong exit code.
impl Drop for Watchdog {
    fn drop(&mut self) {
        if let Some(job) = self.0.take() {
            let _ = job.into_handle();
        }
    }
}

/// A running command.
pub(crate) struct ChildCommand {
    child: Child,
    watchdog: Option<Watchdog>,
}

impl ChildCommand {
    /// Starts it. Without a watchdog it survives if this process is ended.
    pub(crate) async fn start(
        program: &OsString,
        arguments: &[OsString],
        environment: Vec<(&'static str, String)>,
        watchdog: Option<Watchdog>,
    ) -> io::Result<Self> {
        let child = Command::new(program).args(arguments).envs(environment).spawn()?;
        Ok(Self { child, watchdog })
    }

    pub(crate) async fn wait(&mut self) -> io::Result<ExitStatus> {
        self.child.wait().await
    }

    /// The console has already sent it to the command, whose grace period begins now.
    pub(crate) fn pass_on(&mut self, _: ReceivedSignal) -> bool {
        true
    }

    /// Ends the command. Windows has no way to ask it to end.
    pub(crate) fn end(&mut self) {
        self.kill();
    }

    /// Ends the command. Its remaining processes end with this process.
    pub(crate) fn kill(&mut self) {
        // This fails only if it has already ended.
        let _ = self.child.start_kill();
        if let Some(watchdog) = &self.watchdog {
            watchdog.kill_on_exit();
        }
    }

    /// The job object ends the command's remaining processes together with this process.
    pub(crate) async fn end_remaining(&mut self, _: Option<Instant>) {}

    /// From now on, the command's remaining processes survive this process.
    pub(crate) async fn release(&mut self) {
        if let Some(watchdog) = &self.watchdog {
            watchdog.release();
        }
    }

    /// There is no watchdog process.
    pub(crate) async fn dismiss_watchdog(self) {}
}

/// There are no orphans to reap.
pub(crate) struct OrphanReaper;

impl OrphanReaper {
    pub(crate) fn start() -> Self {
        Self
    }

    pub(crate) async fn child_ended(&mut self) {
        pending().await
    }

    pub(crate) fn reap(_: &ChildCommand, _: &SignalListener) {}
}
