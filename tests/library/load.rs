//! Ten thousand updates at 64 at a time, against a sandbox that fails a fifth of its requests.
//!
//! `cargo test --features sandbox --test library load -- --nocapture` prints the figures.

use std::{
    collections::HashMap,
    process::Command,
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use bitbucket_build_status::{
    Client, Commit, ErrorKind, State,
    sandbox::{Fault, Sandbox, Wait},
};
use futures_util::future::join_all;
use tokio::sync::mpsc;

use crate::support::{LINK, commit_of};

const AT_A_TIME: usize = 64;
const KEYS: usize = 640;
const URL: &str = "BUILD_STATUS_TEST_LOAD_URL";
const UPDATES: &str = "BUILD_STATUS_TEST_LOAD_UPDATES";
const NAME: &str = "load::updates_at_64_at_a_time_end_as_last_sent_or_say_otherwise";

/// What goes wrong, before and after the update is applied.
fn mixed_faults() -> impl Iterator<Item = Fault> {
    let faults = [
        Fault::ResetBeforeReading,
        Fault::ResetAfterApplying,
        Fault::RateLimited(Wait::Unsaid),
        Fault::TruncatedBody,
        Fault::Html(503),
        Fault::RateLimited(Wait::RetryAfterSeconds(0)),
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
        let updates = std::env::var(UPDATES).unwrap().parse().unwrap();
        return send(&url, updates).await;
    }
    let mut peaks = Vec::new();
    for updates in [1000, 10_000] {
        let sandbox = failing_sandbox().await;
        let mut child = Command::new(std::env::current_exe().unwrap());
        child.args(["--exact", NAME, "--nocapture"]).env(URL, sandbox.url()).env(UPDATES, updates.to_string());
        let child = tokio::task::spawn_blocking(move || child.output()).await.unwrap().unwrap();
        let said = String::from_utf8_lossy(&child.stdout);
        assert!(child.status.success(), "{said}{}", String::from_utf8_lossy(&child.stderr));
        let figures = said.lines().find(|line| line.contains("updates")).expect("the figures");
        println!("{figures}");
        peaks.extend(figures.rsplit(' ').nth(1).and_then(|peak| peak.parse::<f64>().ok()));
    }
    if let [small, large] = peaks[..] {
        println!("peak at 10,000 is {:.2} x the peak at 1,000", large / small);
        assert!(large <= 1.2 * small, "memory grows with the number of updates: {small} kB, {large} kB");
    }
}

/// What is known of a status: the last update that was taken, and those after it that may have been.
#[derive(Default)]
struct Sent {
    taken: Option<String>,
    perhaps: Vec<String>,
}

async fn send(url: &str, updates: usize) {
    let (requests, began) = (Arc::new(Mutex::new(0_usize)), Instant::now());
    let counted = Arc::clone(&requests);
    let client = Client::builder()
        .base_url(url)
        .retries(8)
        .first_wait(Duration::from_millis(1))
        .observe(move |_| *counted.lock().unwrap() += 1)
        .build()
        .unwrap();
    let commit = commit_of(&client);
    let workers = join_all((0..AT_A_TIME).map(|worker| work(&commit, worker, updates))).await;
    let (sent, took) = (workers.into_iter().flatten().collect::<HashMap<_, _>>(), began.elapsed());
    let requests = *requests.lock().unwrap();
    let held = commit.statuses().pagelen(100).all().await.expect("the list");
    let held: HashMap<_, _> =
        held.into_iter().map(|status| (status.key, status.description.unwrap_or_default())).collect();
    let mut failed = 0;
    for (key, sent) in &sent {
        failed += sent.perhaps.len();
        let is = held.get(key);
        let explained = is == sent.taken.as_ref() || is.is_some_and(|is| sent.perhaps.contains(is));
        assert!(explained, "{key} is {is:?}, last taken {:?}, perhaps {:?}", sent.taken, sent.perhaps);
    }
    assert_eq!(sent.len(), KEYS);
    assert!(requests > updates + updates / 10, "hardly a fault: {requests} requests");
    let rate = updates as f64 / took.as_secs_f64();
    println!(
        "{updates} updates, {} repeats, {failed} said to have failed, {rate:.0} a second, peak {} kB",
        requests - updates - KEYS,
        peak().unwrap_or_default()
    );
}

/// Reports the keys that are this worker's, one after the other.
async fn work(commit: &Commit, worker: usize, updates: usize) -> HashMap<String, Sent> {
    let mut sent = HashMap::<String, Sent>::new();
    for key in (worker..KEYS).step_by(AT_A_TIME) {
        let key = format!("key-{key}");
        commit.set(&*key, State::Inprogress, LINK).send().await.expect("the status to update");
        sent.insert(key, Sent::default());
    }
    for number in (worker..updates).step_by(AT_A_TIME) {
        let (key, description) = (format!("key-{}", number % KEYS), format!("update {number}"));
        let update = commit.update(&*key).state(State::Successful).url(LINK).description(&*description);
        let sent = sent.entry(key).or_default();
        match update.send().await {
            Ok(status) => {
                assert_eq!(status.description.as_deref(), Some(&*description));
                *sent = Sent { taken: Some(description), perhaps: Vec::new() };
            }
            Err(error) => {
                use ErrorKind::{RateLimited, Timeout, Transport, Unavailable};
                assert!(matches!(error.kind(), RateLimited | Timeout | Transport | Unavailable), "{error}");
                sent.perhaps.push(description);
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
