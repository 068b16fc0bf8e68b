//! Polls until a decision is made or the time is over.

use std::time::{Duration, SystemTime};

use bitbucket_build_status::BuildStatus;
use tokio::time::{Instant, sleep, timeout_at};

use super::decision::{Decision, Expected, Summary, decide, next_interval, quiet_for};
use crate::{cli_error::CliError, exit::ExitCode};

/// A poll starts at the latest this long before the deadline, so that even a slow response arrives in time.
const SLOW_RESPONSE_RESERVE: Duration = Duration::from_secs(2);
/// The last poll starts this long before the deadline, or twice as long before it as the previous response took, if
/// that is more.
const LAST_RESPONSE_RESERVE: Duration = Duration::from_millis(100);

/// When to poll.
#[derive(Clone, Copy, Debug)]
pub(super) struct Schedule {
    /// The time until the deadline. Zero polls once.
    pub(super) timeout: Duration,
    /// The first interval between polls.
    pub(super) interval: Duration,
}

/// The statuses at one point in time.
pub(super) struct Snapshot {
    pub(super) statuses: Vec<BuildStatus>,
    /// The time by Bitbucket's clock.
    pub(super) now: SystemTime,
}

/// Why a poll failed.
pub(super) enum PollError {
    /// A later poll may succeed, after the delay that Bitbucket asks for.
    Retryable(CliError, Duration),
    Fatal(CliError),
}

/// The outcome of the wait.
#[derive(Debug)]
pub(super) struct WaitOutcome {
    pub(super) exit: ExitCode,
    pub(super) statuses: Vec<BuildStatus>,
    pub(super) words: String,
}

/// The result of the last successful poll.
struct Seen {
    statuses: Vec<BuildStatus>,
    unchanged_since: Instant,
    summary: Summary,
    words: String,
}

impl Seen {
    fn outcome(self, exit: ExitCode) -> WaitOutcome {
        WaitOutcome { exit, statuses: self.statuses, words: self.words }
    }

    /// The outcome at the deadline.
    fn at_the_deadline(self) -> WaitOutcome {
        let exit = if self.summary.has_failure() { ExitCode::StatusFailed } else { ExitCode::StatusPending };
        self.outcome(exit)
    }
}

/// Polls until a decision is made or the time is over. At the deadline, a poll in flight is
/// abandoned and the previous poll decides, unless the abandoned one had enough time for a response.
pub(super) async fn watch(
    expected: &Expected,
    schedule: Schedule,
    mut poll: impl AsyncFnMut() -> Result<Snapshot, PollError>,
    mut report: impl FnMut(&str),
    last_problem: impl Fn() -> Option<String>,
) -> Result<WaitOutcome, CliError> {
    let deadline = Instant::now().checked_add(schedule.timeout);
    let slow_reserve = SLOW_RESPONSE_RESERVE.min(schedule.timeout / 10);
    let mut interval = schedule.interval;
    let mut seen: Option<Seen> = None;
    let mut last_error = None;
    loop {
        let started = Instant::now();
        let polled = match deadline.filter(|_| !schedule.timeout.is_zero()) {
            None => poll().await,
            Some(deadline) => match timeout_at(deadline, poll()).await {
                Ok(polled) => polled,
                Err(_) => {
                    return match (last_error, seen) {
                        (Some(error), _) => Err(error),
                        (None, Some(seen)) if started.elapsed() < SLOW_RESPONSE_RESERVE => Ok(seen.at_the_deadline()),
                        (None, _) => Err(abandoned(schedule.timeout, last_problem())),
                    };
                }
            },
        };
        let left = deadline.map_or(Duration::MAX, |deadline| deadline.saturating_duration_since(Instant::now()));
        let last_reserve = (2 * started.elapsed()).max(LAST_RESPONSE_RESERVE).min(slow_reserve);
        let is_last = left <= last_reserve;
        let (delay, min_delay) = match polled {
            Ok(Snapshot { statuses, now }) => {
                let last_words = seen.as_ref().filter(|_| last_error.is_none()).map(|seen| seen.words.clone());
                let unchanged = seen.filter(|seen| seen.statuses == statuses).map(|seen| seen.unchanged_since);
                interval = next_interval(interval, schedule.interval, unchanged.is_none());
                let unchanged_since = unchanged.unwrap_or_else(Instant::now);
                let summary = Summary::new(&statuses, expected);
                let decision = decide(&summary, expected, quiet_for(&statuses, now, unchanged_since.elapsed()));
                let mut current = Seen { words: summary.in_words(), statuses, unchanged_since, summary };
                let delay = match decision {
                    Decision::Passed => return Ok(current.outcome(ExitCode::Done)),
                    Decision::Failed => return Ok(current.outcome(ExitCode::StatusFailed)),
                    Decision::Pending => interval,
                    Decision::Settling(rest) => {
                        let settle = humantime::format_duration(expected.settle);
                        current.words = format!("{}; waiting until nothing has changed for {settle}", current.words);
                        interval.min(rest.max(schedule.interval))
                    }
                };
                if is_last {
                    return Ok(current.at_the_deadline());
                }
                if last_words.as_ref() != Some(&current.words) {
                    report(&current.words);
                }
                (seen, last_error) = (Some(current), None);
                (delay, Duration::ZERO)
            }
            Err(PollError::Fatal(error)) => return Err(error),
            Err(PollError::Retryable(problem, retry_after)) => {
                if is_last || retry_after >= left {
                    return Err(problem);
                }
                report(problem.problem());
                last_error = Some(problem);
                (interval.max(retry_after), retry_after)
            }
        };
        let reserve = if left > slow_reserve { slow_reserve } else { last_reserve };
        sleep(delay.min(left.saturating_sub(reserve)).max(min_delay)).await;
    }
}

/// The error of a poll that the deadline has cut; a problem is why its last attempt failed.
fn abandoned(timeout: Duration, problem: Option<String>) -> CliError {
    let (timeout, why) = (humantime::format_duration(timeout), problem.map(|problem| format!(": {problem}")));
    let problem = format!("the statuses could not be read within {timeout} (--timeout){}", why.unwrap_or_default());
    CliError::new(ExitCode::Unavailable, problem).help("Pass a longer --timeout, or try again later")
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use bitbucket_build_status::State;
    use serde_json::json;

    use super::{
        super::decision::{NamedKey, OwnStatuses, select},
        *,
    };

    const SECOND: Duration = Duration::from_secs(1);

    /// What happens on a commit: the second from which a key has a state.
    type Timeline = Vec<(u64, String, State)>;

    /// The statuses of a commit at this second, with the second of their last update.
    fn at(timeline: &Timeline, second: u64) -> BTreeMap<&str, (State, u64)> {
        let past = timeline.iter().filter(|(when, ..)| *when <= second);
        past.map(|(when, key, state)| (key.as_str(), (*state, *when))).collect()
    }

    fn listed(timeline: &Timeline, start: SystemTime, second: u64) -> Snapshot {
        let statuses = at(timeline, second).into_iter().map(|(key, (state, updated))| {
            let updated_on = humantime::format_rfc3339(start + Duration::from_secs(updated)).to_string();
            serde_json::from_value(json!({"key": key, "state": state, "updated_on": updated_on})).unwrap()
        });
        Snapshot { statuses: statuses.collect(), now: start + Duration::from_secs(second) }
    }

    /// Jobs that start, end, and may start again.
    fn random_timeline(random: &mut fastrand::Rng) -> Timeline {
        let mut timeline = Vec::new();
        for job in 0..random.u8(0..7) {
            let mut when = random.u64(0..120);
            for _ in 0..random.u8(1..4) {
                if random.bool() {
                    timeline.push((when, format!("job-{job}"), State::Inprogress));
                    when += random.u64(1..60);
                }
                let last = if random.u8(0..10) < 8 {
                    State::Successful
                } else {
                    [State::Failed, State::Stopped][random.usize(..2)]
                };
                timeline.push((when, format!("job-{job}"), last));
                if random.u8(0..3) > 0 {
                    break;
                }
                when += random.u64(1..90);
            }
        }
        timeline.sort_by_key(|(when, ..)| *when);
        timeline
    }

    fn random_expectation(random: &mut fastrand::Rng) -> Expected {
        let named = |jobs: std::ops::Range<u8>, random: &mut fastrand::Rng| -> Vec<NamedKey> {
            let jobs = jobs.filter(|_| random.u8(0..3) == 0);
            jobs.map(|job| NamedKey::new(&format!("job-{job}")).unwrap()).collect()
        };
        Expected {
            keys: if random.bool() { named(0..4, random) } else { Vec::new() },
            exclude: named(4..7, random),
            at_least: random.bool().then(|| random.usize(1..5)),
            settle: Duration::from_secs(random.u64(0..40)),
            fail_fast: random.bool(),
        }
    }

    #[tokio::test(start_paused = true)]
    async fn what_becomes_final_just_before_the_deadline_counts_if_its_response_arrives_in_time() {
        let millis = Duration::from_millis;
        // The timeout, how long before the deadline the status becomes final, the time of a response; the exit code.
        let table = [
            (3600 * SECOND, millis(1500), millis(10), ExitCode::Done),
            (3600 * SECOND, millis(150), millis(10), ExitCode::Done),
            (3600 * SECOND, millis(50), millis(10), ExitCode::StatusPending),
            (3600 * SECOND, millis(1500), millis(400), ExitCode::Done),
            (3600 * SECOND, millis(500), millis(400), ExitCode::StatusPending),
            (3600 * SECOND, millis(2500), millis(1500), ExitCode::Done),
            (5 * SECOND, millis(200), millis(10), ExitCode::Done),
            (millis(500), millis(60), millis(10), ExitCode::Done),
        ];
        for (timeout, before_deadline, response, exit) in table {
            let began = Instant::now();
            let poll = async || {
                let is_final = began.elapsed() + before_deadline >= timeout;
                sleep(response).await;
                let state = if is_final { State::Successful } else { State::Inprogress };
                let status = serde_json::from_value(json!({"key": "k", "state": state})).unwrap();
                Ok(Snapshot { statuses: vec![status], now: SystemTime::UNIX_EPOCH })
            };
            let schedule = Schedule { timeout, interval: 10 * SECOND };
            let outcome = watch(&Expected::default(), schedule, poll, |_| (), || None).await.unwrap();
            assert_eq!(outcome.exit, exit, "{timeout:?} {before_deadline:?} {response:?}");
            let left = timeout.saturating_sub(began.elapsed());
            assert!(exit == ExitCode::Done || left <= (2 * response).max(LAST_RESPONSE_RESERVE), "{left:?} too early");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_poll_that_is_retried_until_the_deadline_names_its_problem() {
        let schedule = Schedule { timeout: 5 * SECOND, interval: SECOND };
        let poll = async || std::future::pending().await;
        let problem = || Some("Bitbucket responded 503".to_owned());
        let error = watch(&Expected::default(), schedule, poll, |_| (), problem).await.unwrap_err();
        assert_eq!(
            (error.problem(), error.exit()),
            ("the statuses could not be read within 5s (--timeout): Bitbucket responded 503", ExitCode::Unavailable)
        );
    }

    #[tokio::test(start_paused = true)]
    async fn it_never_passes_while_something_expected_is_missing_pending_or_failed() {
        let start = SystemTime::UNIX_EPOCH + Duration::from_secs(1_800_000_000);
        let mut exits = BTreeMap::<u8, u32>::new();
        for seed in 0..1000 {
            let mut random = fastrand::Rng::with_seed(seed);
            let (timeline, expected) = (random_timeline(&mut random), random_expectation(&mut random));
            let timeout = Duration::from_secs(random.u64(0..900));
            let schedule = Schedule { timeout, interval: Duration::from_secs(random.u64(1..30)) };
            let (began, mut last_look) = (Instant::now(), 0);
            let poll = async || {
                sleep(Duration::from_millis(random.u64(0..1500))).await;
                if random.u8(0..10) == 0 {
                    return Err(PollError::Retryable(CliError::new(ExitCode::Unavailable, "503"), Duration::ZERO));
                }
                last_look = began.elapsed().as_secs();
                let Snapshot { statuses, now } = listed(&timeline, start, last_look);
                let (statuses, _) = select(statuses, &expected, &OwnStatuses::default());
                Ok(Snapshot { statuses, now })
            };
            let outcome = watch(&expected, schedule, poll, |_| (), || None).await;
            assert!(
                began.elapsed() <= timeout.max(2 * SECOND),
                "seed {seed}: took {:?} of {timeout:?}",
                began.elapsed()
            );
            let exit = outcome.as_ref().map_or(ExitCode::Unavailable, |outcome| outcome.exit);
            *exits.entry(exit.code()).or_default() += 1;
            // The expectation does not use the code under test, only what Bitbucket knew at that time.
            let known = at(&timeline, last_look);
            let is_in = |keys: &[NamedKey], key: &str| keys.contains(&NamedKey::new(key).unwrap());
            let is_relevant =
                |key: &str| !is_in(&expected.exclude, key) && (expected.keys.is_empty() || is_in(&expected.keys, key));
            let jobs = (0..7).map(|job| format!("job-{job}"));
            let all_named_exist =
                jobs.filter(|key| is_in(&expected.keys, key)).all(|key| known.contains_key(key.as_str()));
            let relevant: Vec<_> =
                known.into_iter().filter(|(key, _)| is_relevant(key)).map(|(_, status)| status).collect();
            let succeeded = relevant.iter().filter(|(state, _)| *state == State::Successful).count();
            let newest = relevant.iter().map(|(_, updated)| *updated).max().unwrap_or_default();
            let may_pass = succeeded == relevant.len()
                && succeeded >= expected.at_least.unwrap_or(1)
                && all_named_exist
                && last_look >= newest + expected.settle.as_secs();
            let has_failure = relevant.iter().any(|(state, _)| matches!(state, State::Failed | State::Stopped));
            let what = format!("seed {seed}: {timeline:?} {expected:?} {schedule:?} at {last_look}: {outcome:?}");
            match exit {
                ExitCode::Done => assert!(may_pass, "{what}"),
                ExitCode::StatusFailed => assert!(has_failure, "{what}"),
                ExitCode::StatusPending => assert!(!may_pass, "{what}"),
                exit => assert_eq!(exit, ExitCode::Unavailable, "{what}"),
            }
        }
        // Each exit code has occurred.
        assert_eq!(exits.keys().copied().collect::<Vec<_>>(), [0, 6, 7, 8], "{exits:?}");
        assert!(exits.values().all(|count| *count >= 20), "{exits:?}");
    }
}
