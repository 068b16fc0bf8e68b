//! What the operating system does for `run`: signals, process groups, and the end of everything a command has started.

#[cfg(unix)]
mod unix;
#[cfg(windows)]
mod windows;

#[cfg(unix)]
pub(crate) use self::unix::{
    ChildCommand, OrphanReaper, ReceivedSignal, SignalListener, Watchdog, receive_child_signals, watchdog,
};
#[cfg(windows)]
pub(crate) use self::windows::{
    ChildCommand, OrphanReaper, ReceivedSignal, SignalListener, Watchdog, receive_child_signals,
};
