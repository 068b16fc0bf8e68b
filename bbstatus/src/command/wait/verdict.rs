//! What a list of statuses means for somebody who waits, and when to look again.

use std::{collections::BTreeSet, time::Duration};

use bitbucket_build_status::{BuildStatus, Key, State};

/// How far the statuses are.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Verdict {
    pub(super) succeeded: usize,
    /// Failed or stopped.
    pub(super) failed: usize,
    /// The keys that have not ended, those that were named and are not there among them.
    pub(super) pending: Vec<String>,
}

impl Verdict {
    /// Judges the statuses with the named keys, or all.
    pub(super) fn of(statuses: &[BuildStatus], keys: &[Key]) -> Self {
        let mut verdict = Self::default();
        let mut pending = BTreeSet::new();
        for status in statuses {
            match status.state.known() {
                Some(State::Successful) => verdict.succeeded += 1,
                Some(State::Failed | State::Stopped) => verdict.failed += 1,
                // Nobody knows whether a state of the future is an end.
                Some(State::Inprogress) | None => {
                    pending.insert(status.key.clone());
                }
            }
        }
        let missing = keys.iter().map(Key::as_str).filter(|key| statuses.iter().all(|status| status.key != **key));
        pending.extend(missing.map(str::to_owned));
        verdict.pending = pending.into_iter().collect();
        verdict
    }

    /// Whether nothing more is expected; of no status at all, the first one is.
    pub(super) fn is_final(&self) -> bool {
        self.pending.is_empty() && self.succeeded + self.failed > 0
    }

    /// In words, for people who watch.
    pub(super) fn in_words(&self) -> String {
        let mut words = vec![format!("{} succeeded", self.succeeded)];
        if self.failed > 0 {
            words.push(format!("{} failed or stopped", self.failed));
        }
        match self.pending.as_slice() {
            [] if self.is_final() => {}
            [] => words = vec!["there is no status yet".to_owned()],
            pending => words.push(format!("{} pending: {}", pending.len(), pending.join(", "))),
        }
        words.join(", ")
    }
}

/// How much longer than the first one a pause may become.
const LONGEST: u32 = 6;

/// The pause that follows another one: longer while nothing changes, the first one again after a change.
pub(super) fn next_pause(pause: Duration, first: Duration, changed: bool) -> Duration {
    if changed { first } else { (pause.saturating_mul(3) / 2).min(first.saturating_mul(LONGEST)) }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn statuses(states: &[(&str, &str)]) -> Vec<BuildStatus> {
        states.iter().map(|(key, state)| serde_json::from_value(json!({"key": key, "state": state})).unwrap()).collect()
    }

    #[test]
    fn statuses_are_judged_together() {
        let keys = |names: &[&str]| names.iter().map(|name| Key::new(*name).unwrap()).collect::<Vec<_>>();
        let table: [(&[_], &[_], bool, _); 8] = [
            (&[], &[], false, "there is no status yet"),
            (&[], &["a"], false, "0 succeeded, 1 pending: a"),
            (&[("a", "SUCCESSFUL")], &[], true, "1 succeeded"),
            (&[("a", "SUCCESSFUL"), ("b", "INPROGRESS")], &[], false, "1 succeeded, 1 pending: b"),
            (&[("a", "FAILED"), ("b", "STOPPED")], &[], true, "0 succeeded, 2 failed or stopped"),
            (&[("a", "PAUSED")], &[], false, "0 succeeded, 1 pending: a"),
            (&[("a", "SUCCESSFUL")], &["a", "b"], false, "1 succeeded, 1 pending: b"),
            // One key for two branches.
            (&[("a", "SUCCESSFUL"), ("a", "INPROGRESS")], &["a"], false, "1 succeeded, 1 pending: a"),
        ];
        for (states, named, is_final, words) in table {
            let verdict = Verdict::of(&statuses(states), &keys(named));
            assert_eq!((verdict.is_final(), &*verdict.in_words()), (is_final, words), "{states:?} {named:?}");
        }
    }

    #[test]
    fn pauses_grow_while_nothing_changes() {
        let first = Duration::from_secs(10);
        let mut pause = first;
        let mut pauses = Vec::new();
        for _ in 0..6 {
            pause = next_pause(pause, first, false);
            pauses.push(pause.as_secs());
        }
        assert_eq!(pauses, [15, 22, 33, 50, 60, 60]);
        assert_eq!(next_pause(pause, first, true), first);
        assert!(next_pause(Duration::MAX, Duration::MAX, false) > first);
    }
}
