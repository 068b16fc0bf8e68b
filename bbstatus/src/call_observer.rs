//! Observes the attempts of a call: announces once that it is retried, and records the date of the last response and
//! the end of a rate-limit pause.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, SystemTime},
};

use bitbucket_build_status::Exchange;
use tokio::{
    sync::Notify,
    time::{Instant, sleep_until},
};

/// How long a call may take before it is announced.
const SILENCE: Duration = Duration::from_secs(2);

/// What is known of the attempts of the current call.
#[derive(Clone, Default)]
pub(crate) struct CallObserver(Arc<Shared>);

#[derive(Default)]
struct Shared {
    last: Mutex<LastAttempt>,
    date: Mutex<Option<SystemTime>>,
    /// The end of the pause that Bitbucket asked for.
    rate_limited_until: Mutex<Option<Instant>>,
    changed: Notify,
}

/// How the last attempt of a call ended.
#[derive(Clone, Default)]
enum LastAttempt {
    /// No attempt has ended.
    #[default]
    Pending,
    Responded,
    Failed(String),
}

impl CallObserver {
    /// Records how an attempt ended.
    pub(crate) fn record(&self, exchange: &Exchange<'_>) {
        let date = exchange.response_header("date").and_then(|date| httpdate::parse_http_date(date).ok());
        *self.0.date.lock().unwrap_or_else(PoisonError::into_inner) = date;
        if let Some(delay) = exchange.retry_after().filter(|_| exchange.status() == Some(429)) {
            let mut until = self.0.rate_limited_until.lock().unwrap_or_else(PoisonError::into_inner);
            *until = (*until).max(Instant::now().checked_add(delay));
        }
        self.set(match exchange.status() {
            Some(status @ ..400) if exchange.is_retryable() => {
                LastAttempt::Failed(format!("the {status} response is not JSON"))
            }
            Some(..400) => LastAttempt::Responded,
            Some(status) => LastAttempt::Failed(format!("Bitbucket responded {status}")),
            None => LastAttempt::Failed(format!("no response: {}", exchange.error().unwrap_or_default())),
        });
    }

    /// The date of the last response.
    pub(crate) fn date(&self) -> Option<SystemTime> {
        *self.0.date.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The end of the last pause that Bitbucket asked for; it may be in the past.
    pub(crate) fn rate_limited_until(&self) -> Option<Instant> {
        *self.0.rate_limited_until.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Why the last attempt of the current call failed, if it did.
    pub(crate) fn last_problem(&self) -> Option<String> {
        match &*self.0.last.lock().unwrap_or_else(PoisonError::into_inner) {
            LastAttempt::Failed(problem) => Some(problem.clone()),
            LastAttempt::Pending | LastAttempt::Responded => None,
        }
    }

    fn set(&self, last: LastAttempt) {
        *self.0.last.lock().unwrap_or_else(PoisonError::into_inner) = last;
        self.0.changed.notify_one();
    }

    /// Makes a call, and announces what is planned, such as `retrying for at most 30s`, if it has not ended after two
    /// seconds.
    pub(crate) async fn watch<T>(&self, plan: &str, announce: impl FnOnce(&str), call: impl Future<Output = T>) -> T {
        self.set(LastAttempt::Pending);
        let mut call = std::pin::pin!(call);
        let silence_ends = Instant::now() + SILENCE;
        let mut is_due = false;
        loop {
            tokio::select! {
                // First: if the call ends with its failed attempt, there is no retry to announce.
                biased;
                outcome = &mut call => return outcome,
                () = sleep_until(silence_ends), if !is_due => is_due = true,
                () = self.0.changed.notified() => {}
            }
            let last = self.0.last.lock().unwrap_or_else(PoisonError::into_inner).clone();
            let problem = match last {
                LastAttempt::Failed(problem) if is_due => problem,
                LastAttempt::Pending if is_due => "no response yet".to_owned(),
                _ => continue,
            };
            announce(&format!("{problem}; {plan}"));
            return call.await;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::time::sleep;

    use super::{
        CallObserver,
        LastAttempt::{Failed, Pending, Responded},
    };

    #[tokio::test(start_paused = true)]
    async fn a_call_that_is_retried_for_more_than_two_seconds_is_announced_once() {
        let busy = || Failed("Bitbucket responded 503".to_owned());
        let announced = "Bitbucket responded 503; retrying for at most 90s";
        // How each attempt ends, and after how many seconds.
        let table = [
            ("in time", vec![(1, busy()), (0, Responded)], None),
            ("many pages", vec![(1, Responded), (1, Responded), (1, Responded)], None),
            ("slow", vec![(3, Responded)], Some("no response yet; retrying for at most 90s")),
            ("an outage", vec![(1, busy()), (5, busy()), (5, busy())], Some(announced)),
            ("an outage later on", vec![(1, Responded), (5, busy()), (5, Responded)], Some(announced)),
            ("an error that ends the call", vec![(1, Responded), (5, busy())], None),
        ];
        for (name, attempts, expected) in table {
            let (notice, mut said) = (CallObserver::default(), Vec::new());
            let call = async {
                for (seconds, last) in attempts {
                    sleep(Duration::from_secs(seconds)).await;
                    notice.set(last);
                }
                "the result"
            };
            let result = notice.watch("retrying for at most 90s", |text| said.push(text.to_owned()), call).await;
            assert_eq!((result, said), ("the result", expected.map(str::to_owned).into_iter().collect()), "{name}");
        }
        assert!(matches!(*CallObserver::default().0.last.lock().unwrap(), Pending));
    }
}
