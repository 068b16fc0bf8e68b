//! How a command ended: the state, the description and the exit code that follow from it.

use std::{io, process::ExitStatus, time::Duration};

use bitbucket_build_status::State;

/// How a command ended, or why it did not begin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum How {
    /// With an exit code.
    Exited(i32),
    /// By a signal.
    #[cfg_attr(not(unix), allow(dead_code, reason = "only Unix ends commands by signals"))]
    Signalled(i32),
    /// There is no such command.
    NotFound,
    /// The command is there and cannot be run.
    NotRunnable,
}

/// Why a command was told to end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Stop {
    /// This process received a signal, of this name.
    Signal(&'static str),
    /// It took longer than this.
    TimeLimit(Duration),
}

/// The end of a command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Ending {
    pub(super) how: How,
    /// Set where it was told to end.
    pub(super) stop: Option<Stop>,
    pub(super) took: Duration,
}

/// The signals that people and CI systems stop a build with.
const STOPPING: [(i32, &str); 4] = [(1, "SIGHUP"), (2, "SIGINT"), (3, "SIGQUIT"), (15, "SIGTERM")];
/// What `timeout` of coreutils gives where the command took too long.
const TOOK_TOO_LONG: u8 = 124;

impl How {
    /// Whether it is what Ctrl-C or Ctrl-\ does to a command that does not care.
    pub(super) fn may_be_by_keyboard(&self) -> bool {
        matches!(self, Self::Signalled(2 | 3))
    }
}

impl From<ExitStatus> for How {
    fn from(status: ExitStatus) -> Self {
        #[cfg(unix)]
        if let Some(signal) = std::os::unix::process::ExitStatusExt::signal(&status) {
            return Self::Signalled(signal);
        }
        Self::Exited(status.code().unwrap_or(1))
    }
}

impl From<&io::Error> for How {
    fn from(cause: &io::Error) -> Self {
        if cause.kind() == io::ErrorKind::NotFound { Self::NotFound } else { Self::NotRunnable }
    }
}

impl Ending {
    /// The exit code of `bbstatus run`: the command's own, as a shell gives it.
    pub(super) fn exit_code(&self) -> u8 {
        match (&self.how, &self.stop) {
            // Stopped half-way is no success, even if the command says so.
            (How::Exited(0), Some(Stop::TimeLimit(_))) => TOOK_TOO_LONG,
            (How::Exited(code), _) => u8::try_from(*code).unwrap_or(1),
            (How::Signalled(signal), _) => u8::try_from(128 + signal).unwrap_or(u8::MAX),
            (How::NotFound, _) => 127,
            (How::NotRunnable, _) => 126,
        }
    }

    /// The state to report. A command that a stopping signal ended was stopped, whoever sent that.
    pub(super) fn state(&self) -> State {
        match &self.how {
            _ if self.stop.is_some() => State::Stopped,
            How::Signalled(signal) if stopping(*signal).is_some() => State::Stopped,
            How::Exited(code) => State::from_exit_code(*code),
            How::Signalled(_) | How::NotFound | How::NotRunnable => State::Failed,
        }
    }

    /// What to report beside the state.
    pub(super) fn description(&self, given: Option<&str>) -> String {
        let took = rounded(self.took);
        let text = match (&self.stop, &self.how) {
            (Some(Stop::TimeLimit(limit)), _) => {
                format!("Stopped after {took}: longer than {}", humantime::format_duration(*limit))
            }
            (Some(Stop::Signal(name)), _) => format!("Stopped by {name} after {took}"),
            (None, How::Exited(0)) => format!("Succeeded in {took}"),
            (None, How::Exited(code)) => format!("Failed with exit code {code} after {took}"),
            (None, How::Signalled(signal)) => match stopping(*signal) {
                Some(name) => format!("Stopped by {name} after {took}"),
                None => format!("Killed by signal {signal} after {took}"),
            },
            (None, How::NotFound) => "Failed: the command was not found".to_owned(),
            (None, How::NotRunnable) => "Failed: the command could not be run".to_owned(),
        };
        given.map_or_else(|| text.clone(), |given| format!("{given} - {text}"))
    }
}

fn stopping(signal: i32) -> Option<&'static str> {
    STOPPING.iter().find(|(number, _)| *number == signal).map(|(_, name)| *name)
}

/// A time that people read: no more than milliseconds below a second, seconds above.
fn rounded(took: Duration) -> String {
    let whole = Duration::from_secs(took.as_secs());
    let millis = Duration::from_millis(u64::from(took.subsec_millis()));
    humantime::format_duration(if whole.is_zero() { millis } else { whole }).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_ending_gives_exit_code_state_and_description() {
        use How::{Exited, NotFound, NotRunnable, Signalled};
        let (interrupted, late) = (Stop::Signal("SIGINT"), Stop::TimeLimit(Duration::from_secs(600)));
        let table = [
            (Exited(0), None, 0, State::Successful, "Succeeded in 1m 12s"),
            (Exited(3), None, 3, State::Failed, "Failed with exit code 3 after 1m 12s"),
            (Exited(0), Some(&interrupted), 0, State::Stopped, "Stopped by SIGINT after 1m 12s"),
            (Exited(0), Some(&late), 124, State::Stopped, "Stopped after 1m 12s: longer than 10m"),
            (Exited(7), Some(&late), 7, State::Stopped, "Stopped after 1m 12s: longer than 10m"),
            (Signalled(15), Some(&late), 143, State::Stopped, "Stopped after 1m 12s: longer than 10m"),
            (Signalled(9), Some(&interrupted), 137, State::Stopped, "Stopped by SIGINT after 1m 12s"),
            (Signalled(9), None, 137, State::Failed, "Killed by signal 9 after 1m 12s"),
            (Signalled(15), None, 143, State::Stopped, "Stopped by SIGTERM after 1m 12s"),
            (Signalled(3), None, 131, State::Stopped, "Stopped by SIGQUIT after 1m 12s"),
            (NotFound, None, 127, State::Failed, "Failed: the command was not found"),
            (NotRunnable, None, 126, State::Failed, "Failed: the command could not be run"),
            (
                Exited(3_221_225_786_u32.cast_signed()),
                None,
                1,
                State::Failed,
                "Failed with exit code -1073741510 after 1m 12s",
            ),
        ];
        for (how, stop, code, state, description) in table {
            let ending = Ending { how, stop: stop.cloned(), took: Duration::from_millis(72_600) };
            assert_eq!((ending.exit_code(), ending.state()), (code, state), "{ending:?}");
            assert_eq!(ending.description(None), description);
            assert_eq!(ending.description(Some("Linux")), format!("Linux - {description}"));
        }
    }

    #[test]
    fn times_are_as_exact_as_people_need_them() {
        let table = [(0, "0s"), (7, "7ms"), (999, "999ms"), (1999, "1s"), (3_725_400, "1h 2m 5s")];
        for (millis, shown) in table {
            assert_eq!(rounded(Duration::from_millis(millis)), shown);
        }
    }
}
