//! When a request is sent again: a decision without clock or I/O.

use std::time::Duration;

use backon::BackoffBuilder;

use crate::error::{Came, judge};

/// How often and how long a call is repeated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct RetryPolicy {
    /// The most repeats after the first attempt.
    pub(crate) repeats: u32,
    /// The most time for the whole call, waits included.
    pub(crate) budget: Duration,
    /// The first wait's upper bound; each further one doubles it.
    pub(crate) initial_backoff: Duration,
}

impl Default for RetryPolicy {
    fn default() -> Self {
        Self { repeats: 3, budget: Duration::from_secs(30), initial_backoff: Duration::from_millis(500) }
    }
}

impl RetryPolicy {
    /// The waits before each repeat, with full jitter: anything between nothing and the doubling bound.
    pub(crate) fn schedule(self) -> impl backon::Backoff {
        backon::ExponentialBuilder::new()
            .with_min_delay(self.initial_backoff)
            .with_max_delay(self.budget.max(self.initial_backoff))
            .with_factor(2.0)
            .with_max_times(usize::try_from(self.repeats).unwrap_or(usize::MAX))
            .build()
            .map(|bound| bound.mul_f64(fastrand::f64()))
    }
}

/// Why a call that failed was not repeated (any further).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum GaveUp {
    /// Repeating does not help against this failure.
    Final,
    /// All repeats are used up.
    NoRepeatsLeft,
    /// The wait that is due is longer than the time that is left.
    WaitTooLong {
        /// The wait that is due.
        wait: Duration,
        /// The time that is left.
        left: Duration,
    },
    /// The time for the whole call is over.
    OutOfTime {
        /// What it was.
        budget: Duration,
    },
}

/// Decides what follows a failed attempt: the wait before the next one, or why there is none.
///
/// `scheduled` is the schedule's next wait, none when it has ended; `asked` is the wait the server asked for; `elapsed`
/// the time since the call began.
pub(crate) fn decide(
    policy: RetryPolicy,
    came: Came,
    scheduled: Option<Duration>,
    asked: Option<Duration>,
    elapsed: Duration,
) -> Result<Duration, GaveUp> {
    let (_, repeat) = judge(came);
    if !repeat {
        return Err(GaveUp::Final);
    }
    let left = policy.budget.saturating_sub(elapsed);
    if left.is_zero() {
        return Err(GaveUp::OutOfTime { budget: policy.budget });
    }
    let scheduled = scheduled.ok_or(GaveUp::NoRepeatsLeft)?;
    let wait = scheduled.max(asked.unwrap_or_default());
    if wait < left { Ok(wait) } else { Err(GaveUp::WaitTooLong { wait, left }) }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    fn policy() -> RetryPolicy {
        RetryPolicy { repeats: 3, budget: 10 * SECOND, initial_backoff: SECOND }
    }

    #[test]
    fn a_failed_attempt_is_followed_by_a_wait_or_by_the_reason_for_none() {
        let (busy, some) = (Came::Status(503), Some(SECOND));
        let table = [
            ("the schedule's wait", busy, some, None, 0, Ok(SECOND)),
            ("a longer wait the server asks for", busy, some, Some(4 * SECOND), 0, Ok(4 * SECOND)),
            ("never less than the schedule's", busy, some, Some(Duration::ZERO), 0, Ok(SECOND)),
            ("nothing left of the schedule", busy, None, None, 0, Err(GaveUp::NoRepeatsLeft)),
            ("the server cannot add repeats", busy, None, Some(SECOND), 0, Err(GaveUp::NoRepeatsLeft)),
            (
                "a wait beyond the budget",
                busy,
                some,
                Some(11 * SECOND),
                0,
                Err(GaveUp::WaitTooLong { wait: 11 * SECOND, left: 10 * SECOND }),
            ),
            (
                "a wait as long as what is left",
                busy,
                some,
                None,
                9,
                Err(GaveUp::WaitTooLong { wait: SECOND, left: SECOND }),
            ),
            ("no time left", busy, some, None, 10, Err(GaveUp::OutOfTime { budget: 10 * SECOND })),
            ("a failure that stays", Came::Status(404), some, Some(SECOND), 0, Err(GaveUp::Final)),
            ("a certificate stays untrusted", Came::Untrusted, some, None, 0, Err(GaveUp::Final)),
            ("a connection may come back", Came::Broken, some, None, 0, Ok(SECOND)),
        ];
        for (name, came, scheduled, asked, elapsed, expected) in table {
            assert_eq!(decide(policy(), came, scheduled, asked, elapsed * SECOND), expected, "{name}");
        }
    }

    #[test]
    fn no_4xx_but_408_and_429_is_repeated() {
        for status in 400..500 {
            let repeated = decide(policy(), Came::Status(status), Some(SECOND), None, Duration::ZERO).is_ok();
            assert_eq!(repeated, matches!(status, 408 | 429), "{status}");
        }
    }

    proptest! {
        #[test]
        fn the_waits_of_a_call_never_exceed_its_budget(
            repeats in 0..20_u32,
            budget in 0..100_000_u64,
            initial_backoff in 0..10_000_u64,
            attempts in prop::collection::vec((0..20_000_u64, prop::option::of(0..200_000_u64)), 0..30),
        ) {
            let milliseconds = Duration::from_millis;
            let policy =
                RetryPolicy { repeats, budget: milliseconds(budget), initial_backoff: milliseconds(initial_backoff) };
            let (mut schedule, mut elapsed, mut waits) = (policy.schedule(), Duration::ZERO, 0);
            for (took, asked) in attempts {
                // An attempt's own time-out is what is left of the budget.
                elapsed = policy.budget.min(elapsed + milliseconds(took));
                let asked = asked.map(milliseconds);
                let Ok(wait) = decide(policy, Came::Status(429), schedule.next(), asked, elapsed) else { break };
                elapsed += wait;
                waits += 1;
                prop_assert!(elapsed < policy.budget, "waited until {elapsed:?}");
            }
            prop_assert!(waits <= repeats, "{waits} repeats");
        }

        #[test]
        fn a_wait_is_bounded_by_the_doubled_first_one(initial_backoff in 0..1000_u64) {
            let policy = RetryPolicy { initial_backoff: Duration::from_millis(initial_backoff), ..RetryPolicy::default() };
            let bounds = [1, 2, 4].map(|factor| factor * policy.initial_backoff);
            for (wait, bound) in policy.schedule().zip(bounds) {
                prop_assert!(wait <= bound, "{wait:?} of {bound:?}");
            }
        }
    }
}
