//! When the final state is reported: decisions without clock or I/O.

use std::time::Duration;

use tokio::time::Instant;

use super::outcome::FinalState;

/// The budget of the final report after a signal: its sender will soon kill this process.
const SIGNAL_BUDGET: Duration = Duration::from_secs(5);
/// The last write starts this long before the end of the budget, so that it can arrive in time.
pub(super) const WRITE_RESERVE: Duration = Duration::from_secs(1);

/// What is known of the command so far and affects the reports.
#[derive(Clone, Debug, Default)]
pub(super) struct CommandProgress {
    /// The state to report. It is decided only once.
    pub(super) decided: Option<Decided>,
    /// When the first stopping signal was received, also if that was after the command's end.
    pub(super) signalled_at: Option<Instant>,
    /// When the command and everything that ends with it had ended.
    pub(super) ended_at: Option<Instant>,
}

/// The state to report, and when it was decided.
#[derive(Clone, Debug)]
pub(super) struct Decided {
    pub(super) final_state: FinalState,
    pub(super) at: Instant,
    /// Whether the command was stopped. It may still be running, and the report cannot wait.
    pub(super) by_stop: bool,
}

impl CommandProgress {
    /// When the final report is given up: at the end of its budget, but not while the command runs, because this
    /// process cannot exit before it.
    pub(super) fn deadline(&self, report_timeout: Duration) -> Option<Instant> {
        let ended_at = self.ended_at?;
        Some(self.budget_end(report_timeout)?.max(ended_at))
    }

    /// When the last write of the final state has to start to arrive within the budget.
    pub(super) fn last_write(&self, report_timeout: Duration) -> Option<Instant> {
        let decided_at = self.decided.as_ref()?.at;
        let last_write = self.budget_end(report_timeout)?.checked_sub(WRITE_RESERVE);
        Some(last_write.map_or(decided_at, |last_write| last_write.max(decided_at)))
    }

    /// The budget of the final report.
    pub(super) fn budget(&self, report_timeout: Duration) -> Duration {
        if self.signalled_at.is_some() { report_timeout.min(SIGNAL_BUDGET) } else { report_timeout }
    }

    /// The end of the budget of the final report. None before the state is decided, or if the clock cannot represent
    /// it.
    fn budget_end(&self, report_timeout: Duration) -> Option<Instant> {
        let budget_end = self.decided.as_ref()?.at.checked_add(report_timeout);
        let after_signal = self.signalled_at.map(|at| at + SIGNAL_BUDGET);
        budget_end.into_iter().chain(after_signal).min()
    }
}

/// When to write the final state again, if it was written at `written`: once an INPROGRESS attempt with an unknown
/// outcome can no longer be applied, but no later than the budget permits.
pub(super) fn rewrite_at(
    written: Instant,
    doubtful_until: Option<Instant>,
    last_write: Option<Instant>,
) -> Option<Instant> {
    let doubtful_until = doubtful_until?;
    let at = last_write.map_or(doubtful_until, |last_write| doubtful_until.min(last_write));
    (written < at).then_some(at)
}

#[cfg(test)]
mod tests {
    use bitbucket_build_status::State;

    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    fn progress(start: Instant, signalled: Option<u32>, decided: Option<u32>, ended: Option<u32>) -> CommandProgress {
        let at = |seconds: u32| start + SECOND * seconds;
        let final_state = FinalState { state: State::Stopped, description: String::new() };
        CommandProgress {
            decided: decided.map(|seconds| Decided { final_state, at: at(seconds), by_stop: signalled == decided }),
            signalled_at: signalled.map(at),
            ended_at: ended.map(at),
        }
    }

    #[test]
    fn the_final_report_has_one_budget_and_a_signal_leaves_five_seconds_of_it() {
        let start = Instant::now();
        // The times of the signal, the decision and the command's end; the budget; the expected deadline and last
        // write.
        let table = [
            ("undecided", None, None, None, 60, None, None),
            ("it ended by itself", None, Some(10), Some(10), 60, Some(70), Some(69)),
            ("a short budget", None, Some(10), Some(10), 1, Some(11), Some(10)),
            ("a signal, and the command still runs", Some(10), Some(10), None, 60, None, Some(14)),
            ("it ended soon after the signal", Some(10), Some(10), Some(11), 60, Some(15), Some(14)),
            ("it took its time", Some(10), Some(10), Some(18), 60, Some(18), Some(14)),
            ("a signal during the final report", Some(20), Some(10), Some(10), 60, Some(25), Some(24)),
            ("a signal close to its end", Some(68), Some(10), Some(10), 60, Some(70), Some(69)),
            ("a signal and a shorter budget", Some(10), Some(10), Some(10), 2, Some(12), Some(11)),
            ("a time limit", None, Some(10), Some(18), 60, Some(70), Some(69)),
        ];
        for (name, signalled, decided, ended, budget, deadline, last_write) in table {
            let progress = progress(start, signalled, decided, ended);
            let seconds = |at: Option<Instant>| at.map(|at| at.duration_since(start).as_secs());
            assert_eq!(seconds(progress.deadline(budget * SECOND)), deadline, "{name}");
            assert_eq!(seconds(progress.last_write(budget * SECOND)), last_write, "{name}");
        }
        let endless = progress(start, None, Some(10), Some(10));
        assert_eq!((endless.deadline(Duration::MAX), endless.last_write(Duration::MAX)), (None, None));
    }

    #[test]
    fn the_final_state_is_written_again_once_nothing_can_overwrite_it() {
        let start = Instant::now();
        let at = |seconds: u32| start + SECOND * seconds;
        // When it was written, until when it is in doubt, the last write; when it is written again.
        let table = [
            ("nothing is in doubt", 1, None, Some(60), None),
            ("written before", 1, Some(20), Some(60), Some(20)),
            ("written after", 20, Some(20), Some(60), None),
            ("in doubt for longer than the budget", 1, Some(20), Some(5), Some(5)),
            ("written as late as possible", 5, Some(20), Some(5), None),
            ("no end of the budget", 1, Some(20), None, Some(20)),
        ];
        for (name, written, doubtful_until, last_write, expected) in table {
            let rewrite = rewrite_at(at(written), doubtful_until.map(at), last_write.map(at));
            assert_eq!(rewrite, expected.map(at), "{name}");
        }
    }
}
