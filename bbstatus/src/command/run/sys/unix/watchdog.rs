//! A second process of this program, which kills the command and its descendants if `run` itself is killed.
//!
//! SIGKILL cannot be handled, so another process has to notice it. The watchdog reads from a pipe whose other end only
//! `run` holds: the pipe is closed when `run` ends, for whatever reason. The watchdog leads the process group of the
//! command. So it can kill its own group, without an identifier that the system may have reused.

use std::{
    ffi::OsStr,
    io::{self, BufRead as _, Write as _},
    process::Stdio,
    time::Duration,
};

use rustix::process::{Pid, Signal, getpgrp, getpid, kill_current_process_group, kill_process};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    process::{Child, ChildStdin, Command},
    signal::unix::{SignalKind, signal},
    time::timeout,
};

use super::processes::{descendants, in_group};
use crate::{cli_error::CliError, exit::ExitCode};

/// How long the watchdog may take to start. It usually takes milliseconds.
const START_TIMEOUT: Duration = Duration::from_secs(10);
/// The highest signal number of Linux; macOS has fewer.
const MAX_SIGNAL: i32 = 64;
/// The line after which the watchdog kills nothing.
const RELEASE: &str = "release";

/// The watchdog process, from the side of `run`.
pub(crate) struct Watchdog {
    process: Child,
    id: Pid,
    /// Closed when this process ends in any way. No other process inherits it.
    input: ChildStdin,
}

impl Watchdog {
    /// Starts this program again. [`ready`](Self::ready) waits until it is watching.
    pub(crate) fn start() -> io::Result<Self> {
        let mut process = std::env::current_exe().and_then(spawn).or_else(|cause| {
            // The program file was replaced or deleted; Linux still has it.
            if cfg!(target_os = "linux") { spawn("/proc/self/exe") } else { Err(cause) }
        })?;
        let id = process.id().and_then(|id| Pid::from_raw(id.cast_signed()));
        let (Some(id), Some(input)) = (id, process.stdin.take()) else {
            return Err(io::Error::other("it ended at once"));
        };
        Ok(Self { process, id, input })
    }

    /// Waits until the watchdog is watching and no longer ends by a signal to its group.
    pub(crate) async fn ready(&mut self) -> io::Result<()> {
        let Some(mut output) = self.process.stdout.take() else { return Ok(()) };
        let first = timeout(START_TIMEOUT, output.read_u8()).await;
        first.map_err(|_| io::Error::from(io::ErrorKind::TimedOut))?.map(|_| ())
    }

    /// Its process group, which it leads.
    pub(super) fn id(&self) -> Pid {
        self.id
    }

    /// Tells it to kill a process and its descendants in the caller's group, instead of its own group.
    pub(super) async fn watch(&mut self, process: Pid) -> io::Result<()> {
        let numbers = [process, getpgrp()].map(Pid::as_raw_nonzero);
        self.input.write_all(format!("{} {}\n", numbers[0], numbers[1]).as_bytes()).await
    }

    /// Tells it to kill nothing.
    pub(super) async fn release(&mut self) -> io::Result<()> {
        self.input.write_all(format!("{RELEASE}\n").as_bytes()).await
    }

    /// Ends it without killing anything else.
    pub(super) async fn dismiss(mut self) {
        // By SIGKILL: at the end of its input it may kill the group.
        let _ = self.process.kill().await;
    }
}

fn spawn(program: impl AsRef<OsStr>) -> io::Result<Child> {
    let mut command = Command::new(program);
    command.arg0("bbstatus").arg("watchdog").env_clear().current_dir("/").process_group(0);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn()
}

/// The watchdog process itself: waits for the end of its input, then kills.
///
/// # Errors
/// If it was not started by `run`: it would kill the process group of another program.
pub(crate) fn watchdog() -> Result<ExitCode, CliError> {
    if getpgrp() != getpid() {
        return Err(CliError::usage("expected a process group of its own; `bbstatus run` starts the watchdog"));
    }
    // Handled and ignored: signals to the command's group are not meant for this process. SIGKILL and SIGSTOP cannot be
    // handled, nor can the signals of a crash.
    for number in 1..=MAX_SIGNAL {
        let _ = signal(SignalKind::from_raw(number));
    }
    // SIGSTOP to the group also stops this process. The system continues an orphaned group, but not if the process that
    // adopts its members is in the same session, such as the first process of a container.
    #[cfg(target_os = "linux")]
    let _ = rustix::process::set_parent_process_death_signal(Some(Signal::CONT));
    let mut output = io::stdout();
    output.write_all(b"\n").and_then(|()| output.flush())?;
    let mut watched = Watched::Group;
    for line in io::stdin().lock().lines() {
        watched = line.ok().and_then(|line| Watched::parse(&line)).unwrap_or(watched);
    }
    match watched {
        Watched::Group => _ = kill_current_process_group(Signal::KILL),
        Watched::Descendants { process, group } => {
            for process in descendants(process, group).into_iter().filter(|process| in_group(*process, group)) {
                let _ = kill_process(process, Signal::KILL);
            }
        }
        Watched::Nothing => {}
    }
    Ok(ExitCode::Done)
}

/// What the watchdog kills at the end of its input.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Watched {
    /// The process group of the watchdog.
    Group,
    /// A process and its descendants in this group.
    Descendants {
        process: Pid,
        group: Pid,
    },
    Nothing,
}

impl Watched {
    /// Parses a line of the input: `PROCESS GROUP`, or the line after which nothing is killed.
    fn parse(line: &str) -> Option<Self> {
        if line == RELEASE {
            return Some(Self::Nothing);
        }
        let (process, group) = line.split_once(' ')?;
        let number = |text: &str| Pid::from_raw(text.parse().ok()?);
        Some(Self::Descendants { process: number(process)?, group: number(group)? })
    }
}

#[cfg(test)]
mod tests {
    use rustix::process::Pid;

    use super::Watched;

    #[test]
    fn a_line_says_what_is_killed_at_the_end() {
        let pid = |number| Pid::from_raw(number).unwrap();
        let descendants = Watched::Descendants { process: pid(77), group: pid(70) };
        assert_eq!(Watched::parse("77 70"), Some(descendants));
        assert_eq!(Watched::parse("release"), Some(Watched::Nothing));
        for line in ["", "77", "77 ", "0 70", "a 70", "77 70 1", "release 1"] {
            assert_eq!(Watched::parse(line), None, "{line}");
        }
    }
}
