//! Interrupts: what is in flight is finished, and the process still ends by the signal.

use std::io;

/// The signals that people and CI systems stop a process with.
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

    /// The next signal, by its name.
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

/// Ends the process as the signal would have ended it, so that the caller knows. Returns where that is not possible.
#[cfg(unix)]
pub(super) fn end_by(signal: &str) {
    use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
    let number = match signal {
        "SIGINT" => SIGINT,
        "SIGHUP" => SIGHUP,
        _ => SIGTERM,
    };
    // If it fails, the exit code says that not everything was done.
    let _ = signal_hook::low_level::emulate_default_handler(number);
}

#[cfg(windows)]
pub(super) fn end_by(_: &str) {}
