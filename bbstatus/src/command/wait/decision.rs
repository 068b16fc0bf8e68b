//! Whether to go on waiting: decisions about a list of statuses, without clock or I/O.

use std::{
    collections::BTreeSet,
    time::{Duration, SystemTime},
};

use bitbucket_build_status::{BuildStatus, Key, State, Timestamp};

use crate::cli_error::CliError;

/// A key as typed, and as it would be reported.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct NamedKey {
    typed: String,
    shortened: Key,
}

impl NamedKey {
    pub(super) fn new(typed: &str) -> Result<Self, CliError> {
        Ok(Self { typed: typed.to_owned(), shortened: Key::shorten(typed)? })
    }

    /// Whether this is the stored key: other programs may have stored a longer one than ours.
    fn matches(&self, stored: &str) -> bool {
        stored == self.typed || stored == self.shortened.as_str()
    }
}

/// The conditions for success.
#[derive(Clone, Debug, Default)]
pub(super) struct Expected {
    /// Only these keys; if empty, all.
    pub(super) keys: Vec<NamedKey>,
    pub(super) exclude: Vec<NamedKey>,
    /// The number of statuses that must be SUCCESSFUL.
    pub(super) at_least: Option<usize>,
    /// How long the statuses must not have been updated.
    pub(super) settle: Duration,
    /// Whether a failure decides although others are in progress.
    pub(super) fail_fast: bool,
}

/// The statuses of the build that this process is part of: they are in progress until it ends.
#[derive(Clone, Debug, Default)]
pub(super) struct OwnStatuses {
    /// The keys of all enclosing `bbstatus run` commands.
    pub(super) run_keys: Vec<String>,
    /// The page of the Bitbucket pipeline that this process runs in.
    pub(super) pipeline_url: Option<String>,
}

impl OwnStatuses {
    /// Why a status is one of its own.
    fn reason(&self, status: &BuildStatus) -> Option<&'static str> {
        if self.run_keys.contains(&status.key) {
            return Some("the enclosing `bbstatus run`");
        }
        let own = pipeline(self.pipeline_url.as_deref()?)?;
        // The statuses that the steps of a pipeline report may have the same url. They are waited for.
        let is_by_pipelines = status.key.bytes().all(|byte| byte.is_ascii_digit())
            || status
                .name
                .as_deref()
                .is_some_and(|name| name.starts_with("Pipeline #") || name.starts_with("Pipeline - "));
        let is_own = is_by_pipelines && pipeline(status.url.as_deref()?)? == own;
        is_own.then_some("the pipeline that this runs in")
    }
}

/// Repository and number of a pipeline, from the address of its page: `…/pipelines/results/N`, or
/// `…/addon/pipelines/home#!/results/N` in the statuses of Pipelines itself (observed 2018 to 2026).
fn pipeline(url: &str) -> Option<(String, &str)> {
    let path = url.strip_prefix("https://bitbucket.org/")?;
    let (repository, rest) = path.match_indices('/').nth(1).map(|(end, _)| path.split_at(end))?;
    let rest = rest.strip_prefix("/addon").unwrap_or(rest).strip_prefix("/pipelines/")?;
    let number = rest.strip_prefix("home#!/").unwrap_or(rest).strip_prefix("results/")?;
    let number = number.split(['/', '?', '#']).next().filter(|number| !number.is_empty())?;
    Some((repository.to_ascii_lowercase(), number))
}

/// Selects the statuses to wait for. Also returns a note for each status that is left out because it is its own. A
/// named key is never left out.
pub(super) fn select(
    statuses: Vec<BuildStatus>,
    expected: &Expected,
    own: &OwnStatuses,
) -> (Vec<BuildStatus>, Vec<String>) {
    let any = |named: &[NamedKey], status: &BuildStatus| named.iter().any(|key| key.matches(&status.key));
    let (mut selected, mut left_out) = (Vec::new(), Vec::new());
    for status in statuses {
        if any(&expected.exclude, &status) || !expected.keys.is_empty() && !any(&expected.keys, &status) {
            continue;
        }
        match own.reason(&status) {
            Some(reason) if expected.keys.is_empty() => {
                left_out.push(format!("{} is left out: it is the status of {reason}", status.key));
            }
            _ => selected.push(status),
        }
    }
    (selected, left_out)
}

/// The maximum number of keys in a message.
const MAX_NAMES: usize = 10;

/// The states of all statuses.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Summary {
    succeeded: usize,
    failed: BTreeSet<String>,
    stopped: BTreeSet<String>,
    /// The keys in progress, and the named keys that do not exist.
    pending: BTreeSet<String>,
    /// How many more statuses are expected.
    lacking: usize,
}

impl Summary {
    pub(super) fn new(statuses: &[BuildStatus], expected: &Expected) -> Self {
        let mut summary = Self::default();
        // By their keys: a list that changes while its pages are read may contain a status twice.
        let mut succeeded = BTreeSet::new();
        for status in statuses {
            let keys = match status.state.known() {
                Some(State::Successful) => {
                    succeeded.insert(&status.key);
                    continue;
                }
                Some(State::Failed) => &mut summary.failed,
                Some(State::Stopped) => &mut summary.stopped,
                // An unknown state may not be final.
                Some(State::Inprogress) | None => &mut summary.pending,
            };
            keys.insert(status.key.clone());
        }
        summary.succeeded = succeeded.len();
        let exists = |key: &NamedKey| statuses.iter().any(|status| key.matches(&status.key));
        let missing = expected.keys.iter().filter(|key| !exists(key));
        summary.pending.extend(missing.map(|key| key.typed.clone()));
        // Without --at-least, at least one status is expected.
        let final_statuses = summary.succeeded + summary.failed.len() + summary.stopped.len();
        summary.lacking = expected.at_least.unwrap_or(1).saturating_sub(final_statuses);
        summary
    }

    /// Whether at least one failed or was stopped.
    pub(super) fn has_failure(&self) -> bool {
        !self.failed.is_empty() || !self.stopped.is_empty()
    }

    fn is_complete(&self) -> bool {
        self.pending.is_empty() && self.lacking == 0
    }

    /// In words, for people.
    pub(super) fn in_words(&self) -> String {
        let is_empty = self.succeeded == 0 && !self.has_failure() && self.pending.is_empty();
        if is_empty && self.lacking <= 1 {
            return "there is no status yet".to_owned();
        }
        let mut words = vec![format!("{} succeeded", self.succeeded)];
        for (keys, what) in [(&self.failed, "failed"), (&self.stopped, "stopped"), (&self.pending, "pending")] {
            if !keys.is_empty() {
                let mut names: Vec<_> = keys.iter().take(MAX_NAMES).map(String::as_str).collect();
                names.extend((keys.len() > MAX_NAMES).then_some("…"));
                words.push(format!("{} {what} ({})", keys.len(), names.join(", ")));
            }
        }
        if self.lacking > 0 && self.pending.is_empty() {
            words.push(format!("{} more expected", self.lacking));
        }
        words.join(", ")
    }
}

/// The decision about a list of statuses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Decision {
    /// All succeeded, and nothing has changed for the settle time.
    Passed,
    /// At least one failed or was stopped, and there is nothing more to wait for.
    Failed,
    /// All succeeded. It has passed if nothing changes for this much longer.
    Settling(Duration),
    Pending,
}

/// Decides; `quiet_for` is the time since the last update of any status.
pub(super) fn decide(summary: &Summary, expected: &Expected, quiet_for: Duration) -> Decision {
    match (summary.is_complete(), summary.has_failure()) {
        (true, true) => Decision::Failed,
        (false, true) if expected.fail_fast => Decision::Failed,
        (false, _) => Decision::Pending,
        (true, false) if quiet_for >= expected.settle => Decision::Passed,
        (true, false) => Decision::Settling(expected.settle.saturating_sub(quiet_for)),
    }
}

/// The time since the last update of any status, by Bitbucket's clock. For a status without a date, this is
/// `unchanged_for`: how long the list has been the same.
pub(super) fn quiet_for(statuses: &[BuildStatus], now: SystemTime, unchanged_for: Duration) -> Duration {
    let age = |status: &BuildStatus| match status.updated_on.as_ref().and_then(Timestamp::to_system_time) {
        Some(updated) => now.duration_since(updated).unwrap_or_default(),
        None => unchanged_for,
    };
    statuses.iter().map(age).min().unwrap_or_default()
}

/// The longest interval, as a multiple of the first one.
const MAX_INTERVAL_FACTOR: u32 = 6;

/// The next interval: it grows while nothing changes, and starts again after a change.
pub(super) fn next_interval(interval: Duration, first: Duration, has_changed: bool) -> Duration {
    if has_changed { first } else { (interval.saturating_mul(3) / 2).min(first.saturating_mul(MAX_INTERVAL_FACTOR)) }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{
        Decision::{self, Failed, Passed, Pending, Settling},
        *,
    };

    const LONG: &str = "continuous-integration/linux/x86_64/unit-tests/48";
    const SECOND: Duration = Duration::from_secs(1);

    fn statuses(states: &[(&str, &str)]) -> Vec<BuildStatus> {
        states.iter().map(|(key, state)| serde_json::from_value(json!({"key": key, "state": state})).unwrap()).collect()
    }

    fn named(keys: &[&str]) -> Vec<NamedKey> {
        keys.iter().map(|key| NamedKey::new(key).unwrap()).collect()
    }

    /// The decision about statuses that were last updated 10 s ago.
    fn decision(states: &[(&str, &str)], expected: &Expected) -> (Decision, String) {
        let (selected, _) = select(statuses(states), expected, &OwnStatuses::default());
        let summary = Summary::new(&selected, expected);
        (decide(&summary, expected, 10 * SECOND), summary.in_words())
    }

    #[test]
    fn the_gate_opens_when_all_that_is_expected_has_succeeded() {
        const S: &str = "SUCCESSFUL";
        const F: &str = "FAILED";
        const I: &str = "INPROGRESS";
        let any = Expected::default;
        let keys = |keys: &[&str]| Expected { keys: named(keys), ..any() };
        let at_least = |number: usize| Expected { at_least: Some(number), ..any() };
        let exclude = |keys: &[&str]| Expected { exclude: named(keys), ..any() };
        let settle = |seconds: u32| Expected { settle: seconds * SECOND, ..any() };
        let fail_fast = || Expected { fail_fast: true, ..any() };
        let shortened = Key::shorten(LONG).unwrap();
        let table = [
            // Without conditions.
            (any(), vec![], Pending, "there is no status yet"),
            (any(), vec![("a", S)], Passed, "1 succeeded"),
            (any(), vec![("a", S), ("b", I)], Pending, "1 succeeded, 1 pending (b)"),
            (any(), vec![("a", F), ("b", "STOPPED")], Failed, "0 succeeded, 1 failed (a), 1 stopped (b)"),
            (any(), vec![("a", F), ("b", I)], Pending, "0 succeeded, 1 failed (a), 1 pending (b)"),
            (any(), vec![("a", "PAUSED")], Pending, "0 succeeded, 1 pending (a)"),
            (any(), vec![("a", S), ("a", I)], Pending, "1 succeeded, 1 pending (a)"),
            (fail_fast(), vec![("a", F), ("b", I)], Failed, "0 succeeded, 1 failed (a), 1 pending (b)"),
            (fail_fast(), vec![("a", S), ("b", I)], Pending, "1 succeeded, 1 pending (b)"),
            // With a settle time.
            (settle(10), vec![("a", S)], Passed, "1 succeeded"),
            (settle(11), vec![("a", S)], Settling(SECOND), "1 succeeded"),
            (settle(30), vec![("a", S), ("b", F)], Failed, "1 succeeded, 1 failed (b)"),
            (settle(30), vec![], Pending, "there is no status yet"),
            // Named keys.
            (keys(&["a"]), vec![], Pending, "0 succeeded, 1 pending (a)"),
            (keys(&["a"]), vec![("a", S), ("b", I), ("c", F)], Passed, "1 succeeded"),
            (keys(&["a", "b"]), vec![("a", S)], Pending, "1 succeeded, 1 pending (b)"),
            (keys(&["a", "b"]), vec![("a", F)], Pending, "0 succeeded, 1 failed (a), 1 pending (b)"),
            (keys(&["a", "b"]), vec![("a", F), ("b", S)], Failed, "1 succeeded, 1 failed (a)"),
            (keys(&["a"]), vec![("A", S)], Pending, "0 succeeded, 1 pending (a)"),
            (keys(&[LONG]), vec![(LONG, S)], Passed, "1 succeeded"),
            (keys(&[LONG]), vec![(shortened.as_str(), S)], Passed, "1 succeeded"),
            (
                keys(&[LONG]),
                vec![(LONG, S), (shortened.as_str(), I)],
                Pending,
                "1 succeeded, 1 pending (continuous-integration/linux/-",
            ),
            // A number.
            (at_least(2), vec![], Pending, "0 succeeded, 2 more expected"),
            (at_least(2), vec![("a", S)], Pending, "1 succeeded, 1 more expected"),
            (at_least(2), vec![("a", S), ("b", S)], Passed, "2 succeeded"),
            (at_least(2), vec![("a", S), ("b", S), ("c", S)], Passed, "3 succeeded"),
            // A status that is created while the list is read moves the others: one is read on two pages.
            (at_least(2), vec![("a", S), ("a", S)], Pending, "1 succeeded, 1 more expected"),
            (at_least(2), vec![("a", S), ("b", S), ("c", I)], Pending, "2 succeeded, 1 pending (c)"),
            (at_least(2), vec![("a", S), ("b", S), ("c", F)], Failed, "2 succeeded, 1 failed (c)"),
            (at_least(2), vec![("a", S), ("b", F)], Failed, "1 succeeded, 1 failed (b)"),
            (at_least(3), vec![("a", S), ("b", F)], Pending, "1 succeeded, 1 failed (b), 1 more expected"),
            (
                Expected { keys: named(&["a", "b"]), ..at_least(3) },
                vec![("a", S), ("b", S)],
                Pending,
                "2 succeeded, 1 more",
            ),
            // Excluded keys.
            (exclude(&["b"]), vec![("a", S), ("b", I)], Passed, "1 succeeded"),
            (exclude(&["b", "c"]), vec![("a", S), ("b", F), ("c", F)], Passed, "1 succeeded"),
            (exclude(&["a"]), vec![("a", S)], Pending, "there is no status yet"),
            (exclude(&[LONG]), vec![("a", S), (LONG, F), (shortened.as_str(), F)], Passed, "1 succeeded"),
            (
                Expected { exclude: named(&["b"]), ..at_least(2) },
                vec![("a", S), ("b", S)],
                Pending,
                "1 succeeded, 1 more expected",
            ),
        ];
        assert!(table.len() >= 24);
        for (expected, states, decided, words) in table {
            let (decision, in_words) = decision(&states, &expected);
            assert!(
                decision == decided && in_words.starts_with(words),
                "{expected:?} {states:?}: {decision:?} {in_words}"
            );
        }
    }

    #[test]
    fn its_own_status_is_left_out_unless_it_is_named() {
        let old = "https://bitbucket.org/acme/rocket/addon/pipelines/home#!/results/42";
        let own = OwnStatuses {
            run_keys: vec!["outer".to_owned(), "gate".to_owned()],
            pipeline_url: Some("https://bitbucket.org/acme/rocket/pipelines/results/42".to_owned()),
        };
        let table = [
            (json!({"key": "gate"}), Some("gate is left out: it is the status of the enclosing `bbstatus run`")),
            (json!({"key": "outer"}), Some("outer is left out: it is the status of the enclosing `bbstatus run`")),
            (json!({"key": "gates"}), None),
            (
                json!({"key": "715267314", "url": old}),
                Some("715267314 is left out: it is the status of the pipeline that this runs in"),
            ),
            (
                json!({"key": "1", "url": "https://bitbucket.org/Acme/rocket/pipelines/results/42/steps/x"}),
                Some("1 is left"),
            ),
            (json!({"key": "default", "name": "Pipeline - default", "url": old}), Some("default is left out")),
            (json!({"key": "x", "name": "Pipeline #42 for main", "url": old}), Some("x is left out")),
            (json!({"key": "1", "url": "https://bitbucket.org/acme/rocket/pipelines/results/43"}), None),
            (json!({"key": "1", "url": "https://bitbucket.org/acme/rocket/pipelines/results/421"}), None),
            (json!({"key": "1", "url": "https://bitbucket.org/acme/lander/pipelines/results/42"}), None),
            (json!({"key": "1", "url": "https://ci.example.com/acme/rocket/pipelines/results/42"}), None),
            (json!({"key": "1"}), None),
            // A step's own status may have the same url.
            (json!({"key": "unit-tests", "name": "Unit tests", "url": old}), None),
        ];
        for (status, note) in table {
            let mut status = status;
            status["state"] = "INPROGRESS".into();
            let status: BuildStatus = serde_json::from_value(status).unwrap();
            let (selected, left_out) = select(vec![status.clone()], &Expected::default(), &own);
            assert_eq!(selected.is_empty(), note.is_some(), "{status:?}");
            assert!(
                left_out.first().map(String::as_str).unwrap_or_default().starts_with(note.unwrap_or_default()),
                "{left_out:?}"
            );
            let by_name = Expected { keys: named(&[&status.key]), ..Expected::default() };
            assert_eq!(select(vec![status], &by_name, &own).0.len(), 1);
        }
        let nothing = OwnStatuses::default();
        let numeric = serde_json::from_value(json!({"key": "1", "state": "INPROGRESS", "url": old})).unwrap();
        assert_eq!(select(vec![numeric], &Expected::default(), &nothing).0.len(), 1);
    }

    #[test]
    fn the_last_update_of_any_status_counts() {
        let at = |updated_on: &str| -> BuildStatus {
            serde_json::from_value(json!({"key": "k", "state": "FAILED", "updated_on": updated_on})).unwrap()
        };
        let now = at("2026-11-20T08:16:00+00:00").updated_on.unwrap().to_system_time().unwrap();
        let (old, new, future) =
            (at("2026-11-20T08:10:00+00:00"), at("2026-11-20T08:15:50+00:00"), at("2027-01-01T00:00:00+00:00"));
        let undated = statuses(&[("k", "FAILED")]).remove(0);
        let table = [
            (vec![], 0),
            (vec![old.clone()], 360),
            (vec![old.clone(), new.clone()], 10),
            (vec![new.clone(), old.clone()], 10),
            (vec![old.clone(), future], 0),
            (vec![old.clone(), undated.clone()], 7),
            (vec![new, undated], 7),
            (vec![at("yesterday")], 7),
        ];
        for (statuses, seconds) in table {
            assert_eq!(quiet_for(&statuses, now, 7 * SECOND), seconds * SECOND, "{statuses:?}");
        }
    }

    #[test]
    fn intervals_grow_while_nothing_changes() {
        let first = 10 * SECOND;
        let mut interval = first;
        let mut intervals = Vec::new();
        for _ in 0..6 {
            interval = next_interval(interval, first, false);
            intervals.push(interval.as_secs());
        }
        assert_eq!(intervals, [15, 22, 33, 50, 60, 60]);
        assert_eq!(next_interval(interval, first, true), first);
        assert!(next_interval(Duration::MAX, Duration::MAX, false) > first);
    }
}
