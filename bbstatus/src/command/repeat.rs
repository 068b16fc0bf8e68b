//! When a report is tried again, for commands that have more to do meanwhile than the library knows.

use std::time::Duration;

use bitbucket_build_status::Error;

/// The first wait's upper bound; each further one doubles it.
const FIRST: Duration = Duration::from_millis(500);
/// The longest wait that Bitbucket has not asked for.
const LONGEST: Duration = Duration::from_secs(8);

/// The wait before a call is repeated that failed in this way after so many repeats; none where that does not help.
pub(crate) fn wait(error: &Error, repeats: u32) -> Option<Duration> {
    error.is_retryable().then(|| between(repeats, fastrand::f64()).max(error.retry_after().unwrap_or_default()))
}

/// Between half of the bound and all of it, so that many processes do not come back at once.
fn between(repeats: u32, part: f64) -> Duration {
    let bound = FIRST.saturating_mul(2_u32.saturating_pow(repeats)).min(LONGEST);
    bound.mul_f64(0.5 + part / 2.0)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::between;

    #[test]
    fn waits_double_up_to_the_longest() {
        let table = [(0, 500), (1, 1000), (2, 2000), (3, 4000), (4, 8000), (5, 8000), (u32::MAX, 8000)];
        for (repeats, millis) in table {
            assert_eq!(between(repeats, 1.0), Duration::from_millis(millis));
            assert_eq!(between(repeats, 0.0), Duration::from_millis(millis / 2));
        }
    }
}
