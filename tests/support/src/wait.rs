//! Waits for events, without a guess at how long they take.

use std::{
    thread,
    time::{Duration, Instant},
};

/// Longer than anything that a test waits for, and shorter than the default timeout of a call and the commands that
/// tests interrupt.
const MAX_WAIT: Duration = Duration::from_secs(25);

/// Waits for a condition that no event reports, such as the state of a process.
#[track_caller]
pub fn eventually(what: &str, mut is_true: impl FnMut() -> bool) {
    let started = Instant::now();
    while !is_true() {
        assert!(started.elapsed() < MAX_WAIT, "waited without success for {what}");
        thread::sleep(Duration::from_millis(10));
    }
}

/// Waits for a future, and fails if it does not end.
pub async fn finishes<T>(what: &str, future: impl IntoFuture<Output = T>) -> T {
    tokio::time::timeout(MAX_WAIT, future).await.unwrap_or_else(|_| panic!("waited without success for {what}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_condition_is_checked_until_it_is_true() {
        let mut checks = 0;
        eventually("the third check", || {
            checks += 1;
            checks == 3
        });
        assert_eq!(checks, 3);
    }

    #[tokio::test(start_paused = true)]
    async fn a_future_that_ends_is_awaited() {
        assert_eq!(
            finishes("a second", async {
                tokio::time::sleep(Duration::from_secs(1)).await;
                7
            })
            .await,
            7
        );
    }

    #[tokio::test(start_paused = true)]
    #[should_panic(expected = "waited without success for the end of time")]
    async fn a_future_that_never_ends_fails_the_test() {
        finishes("the end of time", std::future::pending::<()>()).await;
    }
}
