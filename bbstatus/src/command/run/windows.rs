//! Processes and signals of Windows.

use std::{ffi::OsString, io, process::ExitStatus};

use tokio::{
    process::{Child, Command},
    signal::windows::{self, CtrlBreak, CtrlC},
    time::Instant,
};

use crate::output::on_a_terminal;

/// A key that stops a build.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) enum Received {
    Interrupt,
    Break,
}

impl Received {
    pub(in super::super) fn name(self) -> &'static str {
        match self {
            Self::Interrupt => "Ctrl-C",
            Self::Break => "Ctrl-Break",
        }
    }

    /// Whether it stops the build.
    pub(in super::super) fn stops(self) -> bool {
        true
    }

    /// Whether it is Ctrl-C.
    pub(in super::super) fn is_from_keyboard(self) -> bool {
        self == Self::Interrupt && on_a_terminal()
    }
}

/// The keys that this process receives from now on, instead of being ended by them.
pub(in super::super) struct Signals {
    interrupt: CtrlC,
    end: CtrlBreak,
}

impl Signals {
    pub(in super::super) fn listen() -> io::Result<Self> {
        Ok(Self { interrupt: windows::ctrl_c()?, end: windows::ctrl_break()? })
    }

    pub(in super::super) async fn next(&mut self) -> Received {
        tokio::select! {
            _ = self.interrupt.recv() => Received::Interrupt,
            _ = self.end.recv() => Received::Break,
        }
    }

    /// There is nothing to leave behind.
    pub(in super::super) async fn end(self) {}
}

/// A command that runs.
pub(in super::super) struct Running {
    child: Child,
}

impl Running {
    pub(in super::super) fn start(program: &OsString, arguments: &[OsString]) -> io::Result<Self> {
        Ok(Self { child: Command::new(program).args(arguments).spawn()? })
    }

    pub(in super::super) async fn wait(&mut self) -> io::Result<ExitStatus> {
        self.child.wait().await
    }

    /// The console has told the command already; its time runs from now on.
    pub(in super::super) fn pass_on(&mut self, _: Received) -> bool {
        true
    }

    /// Ends the command: there is no way to ask for it.
    pub(in super::super) fn end(&mut self) {
        self.kill();
    }

    /// Ends the command whether it wants or not.
    pub(in super::super) fn kill(&mut self) {
        // What has ended already cannot be ended, and need not.
        let _ = self.child.start_kill();
    }

    /// There are no groups, so nothing is known about what the command has left.
    pub(in super::super) async fn end_rest(&mut self, _: Option<Instant>) {}
}
