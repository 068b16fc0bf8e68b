//! Processes and signals of Windows.

use std::{ffi::OsString, future::pending, io, process::ExitStatus};

use tokio::{
    process::{Child, Command},
    signal::windows::{self, CtrlBreak, CtrlC},
    time::Instant,
};
use win32job::{ExtendedLimitInfo, Job};

use crate::output::on_a_terminal;

/// There are no signals about children.
pub(crate) fn receive_child_signals() -> io::Result<()> {
    Ok(())
}

/// A key that stops a build.
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

/// The keys that this process receives from now on, instead of being ended by them.
pub(crate) struct SignalListener {
    interrupt: CtrlC,
    end: CtrlBreak,
}

impl SignalListener {
    pub(crate) fn listen() -> io::Result<Self> {
        Ok(Self { interrupt: windows::ctrl_c()?, end: windows::ctrl_break()? })
    }

    /// The next key. Cancel safe: none is lost where the future is dropped.
    pub(crate) async fn next(&mut self) -> ReceivedSignal {
        tokio::select! {
            _ = self.interrupt.recv() => ReceivedSignal::Interrupt,
            _ = self.end.recv() => ReceivedSignal::Break,
        }
    }

    /// There is no process to leave behind.
    pub(crate) async fn end(self) {}
}

/// A job object that this process and all that it starts belong to. The system ends them all when its only handle is
/// closed: when this process ends, however that happens.
pub(crate) struct Watchdog(Option<Job>);

impl Watchdog {
    pub(crate) fn start() -> io::Result<Self> {
        let mut limits = ExtendedLimitInfo::new();
        limits.limit_kill_on_job_close();
        let job = Job::create_with_limit_info(&limits).map_err(io::Error::other)?;
        job.assign_current_process().map_err(io::Error::other)?;
        Ok(Self(Some(job)))
    }

    /// It watches from the start.
    pub(crate) async fn ready(&mut self) -> io::Result<()> {
        Ok(())
    }

    /// Ends nothing, whatever happens.
    fn release(&self) {
        if let Some(job) = &self.0 {
            // Where the limit cannot be lifted, what is left ends with this process.
            let _ = job.set_extended_limit_info(ExtendedLimitInfo::new().clear_limits());
        }
    }

    /// Ends everything with this process, as at first.
    fn catch(&self) {
        if let Some(job) = &self.0 {
            // Where the limit cannot be set, what is left goes on.
            let _ = job.set_extended_limit_info(ExtendedLimitInfo::new().limit_kill_on_job_close());
        }
    }
}

/// Closing the handle earlier than this process ends would end this process, with a wrong exit code.
impl Drop for Watchdog {
    fn drop(&mut self) {
        if let Some(job) = self.0.take() {
            let _ = job.into_handle();
        }
    }
}

/// A command that runs.
pub(crate) struct ChildCommand {
    child: Child,
    watchdog: Option<Watchdog>,
}

impl ChildCommand {
    /// Starts it. Without a watchdog it survives where this process is ended.
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

    /// The console has sent it to the command already; its time runs from now on.
    pub(crate) fn pass_on(&mut self, _: ReceivedSignal) -> bool {
        true
    }

    /// Ends the command: there is no way to ask for it.
    pub(crate) fn end(&mut self) {
        self.kill();
    }

    /// Ends the command without asking; what it has left ends with this process.
    pub(crate) fn kill(&mut self) {
        // What has ended already cannot be ended, and need not.
        let _ = self.child.start_kill();
        if let Some(watchdog) = &self.watchdog {
            watchdog.catch();
        }
    }

    /// What the command has left ends with this process, by the job object.
    pub(crate) async fn end_rest(&mut self, _: Option<Instant>) {}

    /// Leaves alone what the command has left, from now on also where this process is ended.
    pub(crate) async fn release(&mut self) {
        if let Some(watchdog) = &self.watchdog {
            watchdog.release();
        }
    }

    /// There is no process that watches.
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
