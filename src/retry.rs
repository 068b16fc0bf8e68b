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
}

impl Default for RetryPolicy {
    fn default() -> Self {
        Self { repeats: 3, budget: Duration::from_secs(30) }
    }
}

/// The first wait's upper bound; each further one doubles it.
const FIRST_WAIT: Duration = Duration::from_millis(500);

impl RetryPolicy {
    /// The waits before each repeat, with full jitter: anything between nothing and the doubling bound.
    pub(crate) fn schedule(self) -> impl backon::Backoff {
        backon::ExponentialBuilder::new()
            .with_min_delay(FIRST_WAIT)
            .with_max_delay(self.budget.max(FIRST_WAIT))
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
    let scheduled = scheduled.ok_or(GaveUp::NoRepeatsLeft)?;
    let wait = scheduled.max(asked.unwrap_or_default());
    let left = policy.budget.saturating_sub(elapsed);
    if wait < left { Ok(wait) } else { Err(GaveUp::WaitTooLong { wait, left }) }
}
