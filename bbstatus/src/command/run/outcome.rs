//! How a command ended: the state, the description and the exit code that follow from it.

use std::{io, process::ExitStatus, time::Duration};

use bitbucket_build_status::State;

/// How a command ended, or why it did not start.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Termination {
    /// It exited with this code.
    Exited(i32),
    /// Killed by a signal.
    #[cfg_attr(not(unix), allow(dead_code, reason = "only Unix ends commands by signals"))]
    Signalled(i32),
    /// There is no such command.
    NotFound,
    /// The command exists and cannot be run.
    NotRunnable,
    /// It ended, and the system does not report how.
    Unknown,
}

/// Why a command was stopped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum StopCause {
    /// This process received the signal of this name.
    Signal(&'static str),
    /// It took longer than this limit.
    TimeLimit(Duration),
}

/// The outcome of a command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct CommandOutcome {
    pub(super) termination: Termination,
    /// Set if it was stopped.
    pub(super) stop: Option<StopCause>,
    pub(super) elapsed: Duration,
}

/// What Bitbucket shows in the end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct FinalState {
    pub(super) state: State,
    pub(super) description: String,
}

/// The signals with which people and CI systems stop a build.
const STOPPING: [(i32, &str); 4] = [(1, "SIGHUP"), (2, "SIGINT"), (3, "SIGQUIT"), (15, "SIGTERM")];
const SIGKILL: i32 = 9;
/// The exit code of coreutils' `timeout` if the command took too long.
const TIMED_OUT: u8 = 124;

impl Termination {
    /// Whether Ctrl-C or Ctrl-\ may have ended the command.
    pub(super) fn may_be_by_keyboard(&self) -> bool {
        matches!(self, Self::Signalled(2 | 3))
    }
}

impl From<ExitStatus> for Termination {
    fn from(status: ExitStatus) -> Self {
        #[cfg(unix)]
        if let Some(signal) = std::os::unix::process::ExitStatusExt::signal(&status) {
            return Self::Signalled(signal);
        }
        Self::Exited(status.code().unwrap_or(1))
    }
}

impl From<&io::Error> for Termination {
    fn from(cause: &io::Error) -> Self {
        if cause.kind() == io::ErrorKind::NotFound { Self::NotFound } else { Self::NotRunnable }
    }
}

impl StopCause {
    /// The state of a command that was stopped for this reason. It does not depend on how the command ends.
    pub(super) fn final_state(&self, elapsed: Duration) -> FinalState {
        let elapsed = rounded(elapsed);
        let description = match self {
            Self::TimeLimit(limit) => format!("Timed out after {}", humantime::format_duration(*limit)),
            Self::Signal(name) => format!("Stopped by {name} after {elapsed}"),
        };
        FinalState { state: State::Stopped, description }
    }
}

impl CommandOutcome {
    /// The exit code of `bbstatus run`: the command's own, as a shell shows it, unless the command took too long.
    pub(super) fn exit_code(&self) -> u8 {
        match (&self.termination, &self.stop) {
            (_, Some(StopCause::TimeLimit(_))) => TIMED_OUT,
            (Termination::Exited(code), _) => u8::try_from(*code).unwrap_or(1),
            (Termination::Signalled(signal), _) => u8::try_from(128 + signal).unwrap_or(u8::MAX),
            (Termination::NotFound, _) => 127,
            (Termination::NotRunnable, _) => 126,
            (Termination::Unknown, _) => 1,
        }
    }

    /// The state to report. A command that was killed by a stopping signal counts as stopped, whichever process sent
    /// it.
    pub(super) fn final_state(&self) -> FinalState {
        if let Some(stop) = &self.stop {
            return stop.final_state(self.elapsed);
        }
        let elapsed = rounded(self.elapsed);
        let (state, description) = match self.termination {
            Termination::Exited(0) => (State::Successful, format!("Succeeded in {elapsed}")),
            Termination::Exited(code) => {
                (State::from_exit_code(code), format!("Failed with exit code {code} after {elapsed}"))
            }
            Termination::Signalled(signal) => match STOPPING.iter().find(|(number, _)| *number == signal) {
                Some((_, name)) => return StopCause::Signal(name).final_state(self.elapsed),
                None if signal == SIGKILL => {
                    (State::Failed, format!("Killed by SIGKILL (out of memory?) after {elapsed}"))
                }
                None => (State::Failed, format!("Killed by signal {signal} after {elapsed}")),
            },
            Termination::NotFound => (State::Failed, "Failed: the command was not found".to_owned()),
            Termination::NotRunnable => (State::Failed, "Failed: the command could not be run".to_owned()),
            Termination::Unknown => (State::Failed, format!("Failed: ended in an unknown way after {elapsed}")),
        };
        FinalState { state, description }
    }
}

/// A duration for people: milliseconds below one second, whole seconds above.
fn rounded(elapsed: Duration) -> String {
    let seconds = Duration::from_secs(elapsed.as_secs());
    let millis = Duration::from_millis(u64::from(elapsed.subsec_millis()));
    humantime::format_duration(if seconds.is_zero() { millis } else { seconds }).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exit_code_state_and_description_follow_from_the_outcome() {
        use Termination::{Exited, NotFound, NotRunnable, Signalled, Unknown};
        let (interrupted, late) = (StopCause::Signal("SIGINT"), StopCause::TimeLimit(Duration::from_secs(600)));
        let table = [
            (Exited(0), None, 0, State::Successful, "Succeeded in 1m 12s"),
            (Exited(3), None, 3, State::Failed, "Failed with exit code 3 after 1m 12s"),
            (Exited(0), Some(&interrupted), 0, State::Stopped, "Stopped by SIGINT after 1m 12s"),
            (Exited(0), Some(&late), 124, State::Stopped, "Timed out after 10m"),
            (Exited(7), Some(&late), 124, State::Stopped, "Timed out after 10m"),
            (Signalled(15), Some(&late), 124, State::Stopped, "Timed out after 10m"),
            (Signalled(9), Some(&late), 124, State::Stopped, "Timed out after 10m"),
            (Signalled(9), Some(&interrupted), 137, State::Stopped, "Stopped by SIGINT after 1m 12s"),
            (Signalled(9), None, 137, State::Failed, "Killed by SIGKILL (out of memory?) after 1m 12s"),
            (Signalled(11), None, 139, State::Failed, "Killed by signal 11 after 1m 12s"),
            (Signalled(15), None, 143, State::Stopped, "Stopped by SIGTERM after 1m 12s"),
            (Signalled(3), None, 131, State::Stopped, "Stopped by SIGQUIT after 1m 12s"),
            (NotFound, None, 127, State::Failed, "Failed: the command was not found"),
            (NotRunnable, None, 126, State::Failed, "Failed: the command could not be run"),
            (Unknown, None, 1, State::Failed, "Failed: ended in an unknown way after 1m 12s"),
            (
                Exited(3_221_225_786_u32.cast_signed()),
                None,
                1,
                State::Failed,
                "Failed with exit code -1073741510 after 1m 12s",
            ),
        ];
        for (termination, stop, code, state, description) in table {
            let outcome = CommandOutcome { termination, stop: stop.cloned(), elapsed: Duration::from_millis(72_600) };
            let expected = FinalState { state, description: description.to_owned() };
            assert_eq!((outcome.exit_code(), outcome.final_state()), (code, expected), "{outcome:?}");
        }
    }

    #[test]
    fn durations_are_as_exact_as_people_need_them() {
        let table = [(0, "0s"), (7, "7ms"), (999, "999ms"), (1999, "1s"), (3_725_400, "1h 2m 5s")];
        for (millis, shown) in table {
            assert_eq!(rounded(Duration::from_millis(millis)), shown);
        }
    }
}
