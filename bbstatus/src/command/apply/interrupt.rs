//! Signals: requests in flight are finished, and the process still ends by the signal.

use std::io;

/// The signals with which people and CI systems stop a process.
#[cfg(unix)]
pub(super) struct Interrupts {
    interrupt: tokio::signal::unix::Signal,
    terminate: tokio::signal::unix::Signal,
    hang_up: tokio::signal::unix::Signal,
}

#[cfg(windows)]
pub(super) struct Interrupts(tokio::signal::windows::CtrlC);

impl Interrupts {
    #[cfg(unix)]
    pub(super) fn listen() -> io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self {
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
            hang_up: signal(SignalKind::hangup())?,
        })
    }

    #[cfg(windows)]
    pub(super) fn listen() -> io::Result<Self> {
        Ok(Self(tokio::signal::windows::ctrl_c()?))
    }

    /// The name of the next signal.
    #[cfg(unix)]
    pub(super) async fn next(&mut self) -> &'static str {
        tokio::select! {
            _ = self.interrupt.recv() => "SIGINT",
            _ = self.terminate.recv() => "SIGTERM",
            _ = self.hang_up.recv() => "SIGHUP",
        }
    }

    #[cfg(windows)]
    pub(super) async fn next(&mut self) -> &'static str {
        self.0.recv().await;
        "Ctrl-C"
    }
}

/// Ends the process as the signal would have, so that the parent process can see that. Returns if that is not possible.
#[cfg(unix)]
pub(super) fn end_by(signal: &str) {
    use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
    let number = match signal {
        "SIGINT" => SIGINT,
        "SIGHUP" => SIGHUP,
        _ => SIGTERM,
    };
    // If this fails, the exit code still says that not everything was reported.
    let _ = signal_hook::low_level::emulate_default_handler(number);
}

#[cfg(windows)]
pub(super) fn end_by(_: &str) {}
