//! The platform code of `run`: signals, process groups, and killing everything that a command has started.

#[cfg(unix)]
mod unix;
#[cfg(windows)]
mod windows;

#[cfg(unix)]
pub(crate) use self::unix::{
    ChildCommand, OrphanReaper, ReceivedSignal, SignalListener, Watchdog, is_exhausted, receive_child_signals,
    run_instead, watchdog,
};
#[cfg(windows)]
pub(crate) use self::windows::{
    ChildCommand, OrphanReaper, ReceivedSignal, SignalListener, Watchdog, is_exhausted, receive_child_signals,
    run_instead,
};
