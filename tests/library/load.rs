//! Ten thousand updates at 64 at a time, against a sandbox that fails a fifth of its requests.
//!
//! `cargo test --features sandbox --test library load -- --nocapture` prints the figures.

use std::{
    collections::HashMap,
    process::Command,
    sync::{
        Arc, Mutex, OnceLock, Weak,
        atomic::{AtomicUsize, Ordering::Relaxed},
    },
    time::{Duration, Instant},
};

use bitbucket_build_status::{
    Client, Commit, Credentials, ErrorKind, State,
    sandbox::{Fault, RetryHint, Sandbox},
};
use futures_util::future::join_all;

use crate::support::{LINK, commit_of};

const AT_A_TIME: usize = 64;
const KEYS: usize = 640;
const URL: &str = "BUILD_STATUS_TEST_LOAD_URL";
const UPDATES: &str = "BUILD_STATUS_TEST_LOAD_UPDATES";
const RETRIES: &str = "BUILD_STATUS_TEST_LOAD_RETRIES";
const NAME: &str = "load::of_64_concurrent_updates_none_is_lost_without_an_error";

/// Faults before and after the update is applied.
fn mixed_faults() -> impl Iterator<Item = Fault> {
    let faults = [
        Fault::ResetBeforeReading,
        Fault::ResetAfterApplying,
        Fault::RateLimited(RetryHint::None),
        Fault::TruncatedBody,
        Fault::Html(503),
        Fault::RateLimited(RetryHint::RetryAfterSeconds(0)),
        Fault::Html(502),
    ];
    faults.into_iter().cycle()
}

/// A sandbox in which every fifth request is followed by a fault. The fault is added before the next request is
/// handled: added later, faults would accumulate on a busy machine, and one call could meet more of them than it has
/// retries.
async fn failing_sandbox() -> Arc<Sandbox> {
    let started = Arc::<OnceLock<Weak<Sandbox>>>::default();
    let (failing, turns) = (Arc::clone(&started), Mutex::new((0_usize, mixed_faults())));
    let sandbox = Sandbox::builder().on_request(move |_| {
        let (requests, faults) = &mut *turns.lock().unwrap();
        *requests += 1;
        let fault = faults.next().filter(|_| requests.is_multiple_of(5));
        if let Some((sandbox, fault)) = failing.get().and_then(Weak::upgrade).zip(fault) {
            sandbox.fault(fault);
        }
    });
    let sandbox = Arc::new(sandbox.start().await.unwrap());
    started.set(Arc::downgrade(&sandbox)).expect("it is set once");
    sandbox
}

/// The parent process runs the sandbox, and starts this test again as the client, whose memory is measured.
#[tokio::test(flavor = "multi_thread")]
async fn of_64_concurrent_updates_none_is_lost_without_an_error() {
    if let Ok(url) = std::env::var(URL) {
        let [updates, retries] = [UPDATES, RETRIES].map(|name| std::env::var(name).unwrap().parse::<u32>().unwrap());
        return send(&url, updates as usize, retries).await;
    }
    let mut peaks = Vec::new();
    // Without retries every fault is an error for the caller.
    for (updates, retries) in [(1000, 8), (10_000, 8), (1000, 0)] {
        let sandbox = failing_sandbox().await;
        let mut child = Command::new(std::env::current_exe().unwrap());
        child.args(["--exact", NAME, "--nocapture"]).env(URL, sandbox.url());
        child.env(UPDATES, updates.to_string()).env(RETRIES, retries.to_string());
        let child = tokio::task::spawn_blocking(move || child.output()).await.unwrap().unwrap();
        let output = String::from_utf8_lossy(&child.stdout);
        assert!(child.status.success(), "{output}{}", String::from_utf8_lossy(&child.stderr));
        let figures = output.lines().find(|line| line.contains("updates")).expect("the figures");
        println!("{figures}");
        peaks.extend(figures.rsplit(' ').nth(1).and_then(|peak| peak.parse::<f64>().ok()));
    }
    if let [small, large, _] = peaks[..] {
        println!("peak at 10,000 is {:.2} x the peak at 1,000", large / small);
        assert!(large <= 1.2 * small, "memory grows with the number of updates: {small} kB, {large} kB");
    }
}

/// What is known about a status: the last description that was accepted, later ones that may have been, and the number
/// of calls that failed.
#[derive(Default)]
struct Sent {
    accepted: String,
    uncertain: Vec<String>,
    failed: usize,
}

/// The commit with a client of this many retries, and the number of its requests.
fn commit_at(url: &str, retries: Option<u32>) -> (Commit, Arc<AtomicUsize>) {
    let requests = Arc::<AtomicUsize>::default();
    let counted = Arc::clone(&requests);
    let client = Client::builder()
        .base_url(url)
        .credentials(Credentials::access_token(Sandbox::TOKEN).unwrap())
        .max_retries(retries)
        .initial_backoff(Duration::from_millis(1))
        .observe(move |_| _ = counted.fetch_add(1, Relaxed))
        .build()
        .unwrap();
    (commit_of(&client), requests)
}

async fn send(url: &str, updates: usize, retries: u32) {
    let (patient, _) = commit_at(url, None);
    let (commit, requests) = commit_at(url, Some(retries));
    for key in 0..KEYS {
        patient.set(format!("key-{key}"), State::Inprogress, LINK).send().await.expect("the status to update");
    }
    let started = Instant::now();
    let workers = join_all((0..AT_A_TIME).map(|worker| work(&commit, worker, updates))).await;
    let (sent, duration) = (workers.into_iter().flatten().collect::<HashMap<_, _>>(), started.elapsed());
    let (requests, failed) = (requests.load(Relaxed), sent.values().map(|sent| sent.failed).sum::<usize>());
    let stored = patient.statuses().pagelen(100).all().await.expect("the list");
    let stored: HashMap<_, _> =
        stored.into_iter().map(|status| (status.key, status.description.unwrap_or_default())).collect();
    for (key, Sent { accepted, uncertain, .. }) in &sent {
        let is = stored.get(key).expect("the status");
        assert!(
            is == accepted || uncertain.contains(is),
            "{key} is {is:?}, last accepted {accepted:?}, uncertain {uncertain:?}"
        );
    }
    assert_eq!(sent.len(), KEYS);
    assert!(retries == 0 || failed == 0, "{failed} updates are lost, with {retries} retries each");
    assert!(requests - updates + failed > updates / 10, "hardly a fault: {requests} requests, {failed} failed");
    let rate = updates as u128 * 1000 / duration.as_millis().max(1);
    println!(
        "{updates} updates, {} retries, {failed} reported as failed, {rate} a second, peak {} kB",
        requests - updates,
        peak().unwrap_or_default()
    );
}

/// Reports the keys of one worker, one after the other.
async fn work(commit: &Commit, worker: usize, updates: usize) -> HashMap<String, Sent> {
    let mut sent = HashMap::<String, Sent>::new();
    for number in (worker..updates).step_by(AT_A_TIME) {
        let (key, description) = (format!("key-{}", number % KEYS), format!("update {number}"));
        let update = commit.update(&*key).state(State::Successful).url(LINK).name("Load").description(&*description);
        let sent = sent.entry(key).or_default();
        match update.send().await {
            Ok(status) => {
                assert_eq!(status.description.as_deref(), Some(&*description));
                sent.accepted = description;
                sent.uncertain.clear();
            }
            Err(error) => {
                use ErrorKind::{RateLimited, Timeout, Transport, Unavailable};
                assert!(matches!(error.kind(), RateLimited | Timeout | Transport | Unavailable), "{error}");
                sent.uncertain.push(description);
                sent.failed += 1;
            }
        }
    }
    sent
}

/// The peak memory of this process in kB, if the system reports it.
fn peak() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.split_whitespace().next()?.parse().ok()
}
