//! Ten thousand updates at 64 at a time, against a sandbox that fails a fifth of its requests.
//!
//! `cargo test --features sandbox --test library load -- --nocapture` prints the figures.

use std::{
    collections::HashMap,
    process::Command,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering::Relaxed},
    },
    time::{Duration, Instant},
};

use bitbucket_build_status::{
    Client, Commit, Credentials, ErrorKind, State,
    sandbox::{Fault, RetryHint, Sandbox},
};
use futures_util::future::join_all;
use tokio::sync::mpsc;

use crate::support::{LINK, commit_of};

const AT_A_TIME: usize = 64;
const KEYS: usize = 640;
const URL: &str = "BUILD_STATUS_TEST_LOAD_URL";
const UPDATES: &str = "BUILD_STATUS_TEST_LOAD_UPDATES";
const REPEATS: &str = "BUILD_STATUS_TEST_LOAD_REPEATS";
const NAME: &str = "load::updates_at_64_at_a_time_end_as_last_sent_or_say_otherwise";

/// What goes wrong, before and after the update is applied.
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

/// A sandbox that fails every fifth request; the one after it, to be exact.
async fn failing_sandbox() -> Arc<Sandbox> {
    let (answered, mut counted) = mpsc::unbounded_channel();
    let sandbox = Sandbox::builder().on_request(move |_| _ = answered.send(()));
    let sandbox = Arc::new(sandbox.start().await.unwrap());
    let (failing, mut faults) = (Arc::clone(&sandbox), mixed_faults());
    tokio::spawn(async move {
        let mut requests = 0_usize;
        while counted.recv().await.is_some() {
            requests += 1;
            if let Some(fault) = faults.next().filter(|_| requests.is_multiple_of(5)) {
                failing.fault(fault);
            }
        }
    });
    sandbox
}

/// Runs as three: the parent has the sandbox, and starts this very test again as the client, whose memory is measured.
#[tokio::test(flavor = "multi_thread")]
async fn updates_at_64_at_a_time_end_as_last_sent_or_say_otherwise() {
    if let Ok(url) = std::env::var(URL) {
        let [updates, repeats] = [UPDATES, REPEATS].map(|name| std::env::var(name).unwrap().parse::<u32>().unwrap());
        return send(&url, updates as usize, repeats).await;
    }
    let mut peaks = Vec::new();
    // Without repeats every fault is an error that a caller sees.
    for (updates, repeats) in [(1000, 8), (10_000, 8), (1000, 0)] {
        let sandbox = failing_sandbox().await;
        let mut child = Command::new(std::env::current_exe().unwrap());
        child.args(["--exact", NAME, "--nocapture"]).env(URL, sandbox.url());
        child.env(UPDATES, updates.to_string()).env(REPEATS, repeats.to_string());
        let child = tokio::task::spawn_blocking(move || child.output()).await.unwrap().unwrap();
        let said = String::from_utf8_lossy(&child.stdout);
        assert!(child.status.success(), "{said}{}", String::from_utf8_lossy(&child.stderr));
        let figures = said.lines().find(|line| line.contains("updates")).expect("the figures");
        println!("{figures}");
        peaks.extend(figures.rsplit(' ').nth(1).and_then(|peak| peak.parse::<f64>().ok()));
    }
    if let [small, large, _] = peaks[..] {
        println!("peak at 10,000 is {:.2} x the peak at 1,000", large / small);
        assert!(large <= 1.2 * small, "memory grows with the number of updates: {small} kB, {large} kB");
    }
}

/// What is known of a status: the description last taken, those after it that may have been, and how many calls failed.
#[derive(Default)]
struct Sent {
    taken: String,
    perhaps: Vec<String>,
    failed: usize,
}

/// The commit by a client that repeats so often, and the number of its requests.
fn commit_at(url: &str, repeats: Option<u32>) -> (Commit, Arc<AtomicUsize>) {
    let requests = Arc::<AtomicUsize>::default();
    let counted = Arc::clone(&requests);
    let client = Client::builder()
        .base_url(url)
        .credentials(Credentials::access_token(Sandbox::TOKEN).unwrap())
        .max_retries(repeats)
        .initial_backoff(Duration::from_millis(1))
        .observe(move |_| _ = counted.fetch_add(1, Relaxed))
        .build()
        .unwrap();
    (commit_of(&client), requests)
}

async fn send(url: &str, updates: usize, repeats: u32) {
    let (patient, _) = commit_at(url, None);
    let (commit, requests) = commit_at(url, Some(repeats));
    for key in 0..KEYS {
        patient.set(format!("key-{key}"), State::Inprogress, LINK).send().await.expect("the status to update");
    }
    let began = Instant::now();
    let workers = join_all((0..AT_A_TIME).map(|worker| work(&commit, worker, updates))).await;
    let (sent, took) = (workers.into_iter().flatten().collect::<HashMap<_, _>>(), began.elapsed());
    let (requests, failed) = (requests.load(Relaxed), sent.values().map(|sent| sent.failed).sum::<usize>());
    let held = patient.statuses().pagelen(100).all().await.expect("the list");
    let held: HashMap<_, _> =
        held.into_iter().map(|status| (status.key, status.description.unwrap_or_default())).collect();
    for (key, Sent { taken, perhaps, .. }) in &sent {
        let is = held.get(key).expect("the status");
        assert!(is == taken || perhaps.contains(is), "{key} is {is:?}, last taken {taken:?}, perhaps {perhaps:?}");
    }
    assert_eq!(sent.len(), KEYS);
    assert!(repeats == 0 || failed == 0, "{failed} updates are lost, with {repeats} retries each");
    assert!(requests - updates + failed > updates / 10, "hardly a fault: {requests} requests, {failed} failed");
    let rate = updates as u128 * 1000 / took.as_millis().max(1);
    println!(
        "{updates} updates, {} repeats, {failed} said to have failed, {rate} a second, peak {} kB",
        requests - updates,
        peak().unwrap_or_default()
    );
}

/// Reports the keys that are this worker's, one after the other.
async fn work(commit: &Commit, worker: usize, updates: usize) -> HashMap<String, Sent> {
    let mut sent = HashMap::<String, Sent>::new();
    for number in (worker..updates).step_by(AT_A_TIME) {
        let (key, description) = (format!("key-{}", number % KEYS), format!("update {number}"));
        let update = commit.update(&*key).state(State::Successful).url(LINK).name("Load").description(&*description);
        let sent = sent.entry(key).or_default();
        match update.send().await {
            Ok(status) => {
                assert_eq!(status.description.as_deref(), Some(&*description));
                sent.taken = description;
                sent.perhaps.clear();
            }
            Err(error) => {
                use ErrorKind::{RateLimited, Timeout, Transport, Unavailable};
                assert!(matches!(error.kind(), RateLimited | Timeout | Transport | Unavailable), "{error}");
                sent.perhaps.push(description);
                sent.failed += 1;
            }
        }
    }
    sent
}

/// The most memory this process had so far, in kB, where the system tells.
fn peak() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.split_whitespace().next()?.parse().ok()
}
