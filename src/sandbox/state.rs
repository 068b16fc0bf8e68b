//! The state that all requests to a sandbox share.

use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, SystemTime},
};

use super::{
    assumptions::Assumptions,
    auth::Tokens,
    body::check_status,
    fault::Faults,
    identity::Identity,
    journal::{Journal, ReceivedRequest},
    origin::Hosts,
    rate_limiter::RateLimiter,
    rejection::Rejection,
    render::BASE_PATH,
    rules::seed_error,
    seed::{Seed, SeededStatus},
    store::Store,
    write::{self, Writer},
};
use crate::{credentials::Credentials, error::Result};

const TOKEN_LIFETIME_SECONDS: u64 = 7200;

/// Called with every request.
pub(crate) type Observer = Box<dyn Fn(&ReceivedRequest) + Send + Sync>;

/// The state that all requests to a sandbox share.
pub(crate) struct SandboxState {
    pub(crate) hosts: Hosts,
    /// How long the head of a request may take to arrive, and then its body.
    pub(crate) read_timeout: Duration,
    observer: Option<Observer>,
    /// The seed it was started with.
    seed: Seed,
    world: Mutex<World>,
}

/// Everything that requests and tests can change, and that a reset replaces.
pub(crate) struct World {
    /// The number of resets.
    pub(crate) generation: u64,
    pub(crate) identities: Vec<Identity>,
    pub(crate) assumptions: Assumptions,
    pub(crate) store: Store,
    pub(crate) tokens: Tokens,
    pub(crate) rate_limiter: RateLimiter,
    pub(crate) journal: Journal,
    pub(crate) faults: Faults,
    /// The credentials of the first identity.
    pub(crate) credentials: Credentials,
}

impl SandboxState {
    pub(crate) fn new(hosts: Hosts, seed: Seed, read_timeout: Duration, observer: Option<Observer>) -> Result<Self> {
        let world = Mutex::new(World::new(seed.clone())?);
        Ok(Self { hosts, read_timeout, observer, seed, world })
    }

    /// The base URL for clients.
    pub(crate) fn api_url(&self) -> String {
        format!("{}{BASE_PATH}", self.hosts.origin().0)
    }

    /// Resets everything to this seed, or to the one that the sandbox was started with.
    pub(crate) fn reset(&self, seed: Option<Seed>) -> Result<()> {
        let mut world = World::new(seed.unwrap_or_else(|| self.seed.clone()))?;
        let mut current = self.world();
        world.generation = current.generation + 1;
        *current = world;
        Ok(())
    }

    /// Everything that can change. No request is handled while the guard exists.
    pub(crate) fn world(&self) -> MutexGuard<'_, World> {
        self.world.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds a request to the journal and passes it to the observer, unless the sandbox was reset since it arrived.
    pub(crate) fn record(&self, generation: u64, received: ReceivedRequest) {
        let mut world = self.world();
        if world.generation != generation {
            return;
        }
        let received = world.journal.add(received);
        // An observer may use the sandbox: it is called without the lock, on a copy.
        if let Some((observer, received)) = self.observer.as_ref().map(|observer| (observer, received.clone())) {
            drop(world);
            observer(&received);
        }
    }
}

impl World {
    /// The state that a seed describes.
    fn new(seed: Seed) -> Result<Self> {
        let identities = if seed.identities.is_empty() { vec![Identity::built_in()] } else { seed.identities.clone() };
        let credentials = identities.iter().map(Identity::credentials).collect::<Result<Vec<_>>>()?.swap_remove(0);
        let mut store = Store::new(&seed)?;
        for repository in &seed.repositories {
            let (workspace, slug) = repository.parts()?;
            for status in &repository.statuses {
                report(&mut store, (workspace.as_str(), slug.as_str()), status, &seed.assumptions)?;
            }
        }
        let lifetime = Duration::from_secs(seed.oauth_expires_in.unwrap_or(TOKEN_LIFETIME_SECONDS));
        Ok(Self {
            generation: 0,
            identities,
            assumptions: seed.assumptions,
            store,
            tokens: Tokens::new(lifetime),
            rate_limiter: RateLimiter::new(seed.rate_limit),
            journal: Journal::default(),
            faults: Faults::new(seed.faults),
            credentials,
        })
    }
}

/// Stores a status of a seed.
fn report(
    store: &mut Store,
    (workspace, slug): (&str, &str),
    seeded: &SeededStatus,
    assumptions: &Assumptions,
) -> Result<()> {
    let SeededStatus { commit, author, status } = seeded;
    let refused = |rejection: Rejection| {
        let (key, rule) = (&status.key, rejection.rule());
        let problem = format_args!("status {key} of commit {commit}: refused by the rule {}: {}", rule.name, rule.text);
        seed_error(problem)
    };
    check_status(status, assumptions).map_err(refused)?;
    let repository = store.repository(workspace, slug, true, assumptions).map_err(refused)?;
    let commit = repository.commit(commit.as_str(), assumptions).map_err(refused)?;
    let writer = Writer { name: author.as_deref(), admin: true };
    write::create(repository.statuses_mut(&commit), status.clone(), writer, assumptions, SystemTime::now())
        .map_err(refused)?;
    Ok(())
}
