//! A second process of this program, which kills what a command has started if `run` itself is killed.
//!
//! No signal handler runs in a process that receives SIGKILL, so another process has to notice. The watchdog reads from
//! a pipe whose other end only `run` holds: the end of that input is the end of `run`, whatever caused it. It leads the
//! process group that the command is started in. So it needs no process identifier to kill the group, and none can
//! have been reused.

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
use crate::{exit::Exit, failure::Failure};

/// How long the watchdog may take to start. It takes milliseconds, except on a machine that has other problems.
const START_TIMEOUT: Duration = Duration::from_secs(10);
/// The highest signal number of Linux; macOS has fewer.
const MAX_SIGNAL: i32 = 64;
/// The line that has the watchdog kill nothing.
const RELEASE: &str = "release";

/// The watchdog, as `run` sees it.
pub(crate) struct Watchdog {
    process: Child,
    id: Pid,
    /// Closed when this process ends, however that happens. No other process inherits it.
    input: ChildStdin,
}

impl Watchdog {
    /// Starts this program again; [`ready`](Self::ready) says when it watches.
    pub(crate) fn start() -> io::Result<Self> {
        let mut process = std::env::current_exe().and_then(spawn).or_else(|cause| {
            // The program was replaced or deleted since it was started; Linux still has it.
            if cfg!(target_os = "linux") { spawn("/proc/self/exe") } else { Err(cause) }
        })?;
        let id = process.id().and_then(|id| Pid::from_raw(id.cast_signed()));
        let (Some(id), Some(input)) = (id, process.stdin.take()) else {
            return Err(io::Error::other("it ended at once"));
        };
        Ok(Self { process, id, input })
    }

    /// Waits until the watchdog can no longer be ended by a signal to its group.
    pub(crate) async fn ready(&mut self) -> io::Result<()> {
        let Some(mut output) = self.process.stdout.take() else { return Ok(()) };
        let first = timeout(START_TIMEOUT, output.read_u8()).await;
        first.map_err(|_| io::Error::from(io::ErrorKind::TimedOut))?.map(|_| ())
    }

    /// The process group that it leads and kills.
    pub(super) fn id(&self) -> Pid {
        self.id
    }

    /// Has it kill a process and its descendants in the caller's group, instead of its own group.
    pub(super) async fn watch(&mut self, process: Pid) -> io::Result<()> {
        let numbers = [process, getpgrp()].map(Pid::as_raw_nonzero);
        self.input.write_all(format!("{} {}\n", numbers[0], numbers[1]).as_bytes()).await
    }

    /// Has it kill nothing, whatever happens.
    pub(super) async fn release(&mut self) -> io::Result<()> {
        self.input.write_all(format!("{RELEASE}\n").as_bytes()).await
    }

    /// Ends it, and nothing else.
    pub(super) async fn dismiss(mut self) {
        // By a signal to it alone: at the end of its input it may kill the group.
        let _ = self.process.kill().await;
    }
}

fn spawn(program: impl AsRef<OsStr>) -> io::Result<Child> {
    let mut command = Command::new(program);
    command.arg0("bbstatus").arg("watchdog").env_clear().current_dir("/").process_group(0);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn()
}

/// What the watchdog itself does: it waits for the end of its input, and kills.
///
/// # Errors
/// Where it was not started by `run`, and would kill the process group of something else.
pub(crate) fn watchdog() -> Result<Exit, Failure> {
    if getpgrp() != getpid() {
        return Err(Failure::usage("expected a process group of its own; `bbstatus run` starts the watchdog"));
    }
    // Received, and ignored: the command's group is stopped by signals that are not meant for this process. SIGKILL,
    // SIGSTOP and the signals of a broken program cannot be received.
    for number in 1..=MAX_SIGNAL {
        let _ = signal(SignalKind::from_raw(number));
    }
    // SIGSTOP to the group stops this process too, and the system does not always continue an orphaned group: not where
    // the process that adopts its members is in the same session, such as the first process of a container.
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
    Ok(Exit::Done)
}

/// What is killed at the end of the input.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Watched {
    /// The process group of the watchdog.
    Group,
    /// A process and its descendants in a group.
    Descendants {
        process: Pid,
        group: Pid,
    },
    Nothing,
}

impl Watched {
    /// Parses a line of the input: `PROCESS GROUP`, or that nothing is to be killed.
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
