//! Waiting for what happens, without a guess at how long it takes.

use std::{
    thread,
    time::{Duration, Instant},
};

/// Longer than anything takes that a test waits for, and shorter than the default timeout of a call and than the commands
/// that tests interrupt.
const PATIENCE: Duration = Duration::from_secs(25);

/// Waits until something is true that no event reports, such as the state of a process.
#[track_caller]
pub fn eventually(what: &str, mut is_true: impl FnMut() -> bool) {
    let started = Instant::now();
    while !is_true() {
        assert!(started.elapsed() < PATIENCE, "waited without success for {what}");
        thread::sleep(Duration::from_millis(10));
    }
}

/// Waits for something that would take longer than any test if it did not end by itself.
pub async fn finishes<T>(what: &str, future: impl IntoFuture<Output = T>) -> T {
    tokio::time::timeout(PATIENCE, future).await.unwrap_or_else(|_| panic!("waited without success for {what}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_becomes_true_is_waited_for() {
        let mut asked = 0;
        eventually("the third question", || {
            asked += 1;
            asked == 3
        });
        assert_eq!(asked, 3);
    }

    #[tokio::test(start_paused = true)]
    async fn what_ends_is_waited_for() {
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
    async fn what_never_ends_fails_the_test() {
        finishes("the end of time", std::future::pending::<()>()).await;
    }
}
