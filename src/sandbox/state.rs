//! What all requests to one sandbox share.

use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, SystemTime},
};

use super::{
    assumptions::Assumptions,
    auth::Tokens,
    body::check_status,
    fault::Scripts,
    identity::Identity,
    journal::{Journal, ReceivedRequest},
    rate_limiter::RateLimiter,
    rules::seed_error,
    seed::{Seed, SeededStatus},
    store::Store,
    write::{self, Writer},
};
use crate::Result;

const TOKEN_SECONDS: u64 = 7200;

/// Called with every request.
pub(crate) type Observer = Box<dyn Fn(&ReceivedRequest) + Send + Sync>;

/// What all requests to one sandbox share.
pub(crate) struct SandboxState {
    pub(crate) identities: Vec<Identity>,
    pub(crate) assumptions: Assumptions,
    /// How long a request may take to arrive.
    pub(crate) read_timeout: Duration,
    store: Mutex<Store>,
    tokens: Mutex<Tokens>,
    rate_limiter: Mutex<RateLimiter>,
    journal: Mutex<Journal>,
    scripts: Mutex<Scripts>,
    observer: Option<Observer>,
}

impl SandboxState {
    /// Takes what a seed holds.
    pub(crate) fn new(seed: Seed, read_timeout: Duration, observer: Option<Observer>) -> Result<Self> {
        seed.identities.iter().try_for_each(Identity::check)?;
        let mut store = Store::new(&seed)?;
        for repository in &seed.repositories {
            let (workspace, slug) = repository.parts()?;
            for status in &repository.statuses {
                report(&mut store, (workspace.as_str(), slug.as_str()), status, &seed.assumptions)?;
            }
        }
        let lifetime = Duration::from_secs(seed.oauth_expires_in.unwrap_or(TOKEN_SECONDS));
        Ok(Self {
            identities: seed.identities,
            assumptions: seed.assumptions,
            read_timeout,
            store: Mutex::new(store),
            tokens: Mutex::new(Tokens::new(lifetime)),
            rate_limiter: Mutex::new(RateLimiter::new(seed.rate_limit)),
            journal: Mutex::default(),
            scripts: Mutex::default(),
            observer,
        })
    }

    pub(crate) fn store(&self) -> MutexGuard<'_, Store> {
        lock(&self.store)
    }

    pub(crate) fn tokens(&self) -> MutexGuard<'_, Tokens> {
        lock(&self.tokens)
    }

    pub(crate) fn rate_limiter(&self) -> MutexGuard<'_, RateLimiter> {
        lock(&self.rate_limiter)
    }

    pub(crate) fn journal(&self) -> MutexGuard<'_, Journal> {
        lock(&self.journal)
    }

    pub(crate) fn scripts(&self) -> MutexGuard<'_, Scripts> {
        lock(&self.scripts)
    }

    /// Writes a request into the journal and hands it to the observer.
    pub(crate) fn record(&self, received: ReceivedRequest) {
        let received = self.journal().add(received);
        if let Some(observer) = &self.observer {
            observer(&received);
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Puts a seed's status in its place.
fn report(
    store: &mut Store,
    (workspace, slug): (&str, &str),
    seeded: &SeededStatus,
    assumptions: &Assumptions,
) -> Result<()> {
    let SeededStatus { commit, author, status } = seeded;
    let unknown = || seed_error(format_args!("status {}: expected a commit that is known, got {commit}", status.key));
    check_status(status, assumptions).map_err(|rejection| {
        let (key, rule) = (&status.key, rejection.rule());
        seed_error(format_args!("status {key}: refused, as Bitbucket would by the rule {rule}"))
    })?;
    let repository = store.repository(workspace, slug, assumptions).map_err(|_| unknown())?;
    let commit = repository.commit(commit.as_str(), assumptions).map_err(|_| unknown())?;
    let writer = Writer { name: author.as_deref(), admin: true };
    write::create(repository.statuses_mut(&commit), &commit, status.clone(), writer, assumptions, SystemTime::now())
        .map_err(|_| unknown())?;
    Ok(())
}
