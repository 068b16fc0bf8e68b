//! What the CI system says about the build. Each system is an entry of one table ([`systems`]); this module reads the
//! entry of the system that is detected.

mod lookup;
mod properties;
mod sources;
mod systems;

use lookup::{Condition, Lookup, LookupOutcome, first};
use sources::Sources;
use systems::{Head, OtherEvent, SYSTEMS, System};

pub(crate) use self::{lookup::bare_branch, systems::MergeCommits};
use crate::{
    address::Remote,
    sourced::{Origin, Sourced},
};

/// What a CI system says about the build that runs.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Detected {
    /// The system's name, and the variable that it is recognized by.
    pub(crate) system: Sourced<&'static str>,
    pub(crate) repository: Option<Sourced<String>>,
    /// The commit that is built, if Bitbucket knows it.
    pub(crate) commit: Result<Option<Sourced<String>>, UnknownHead>,
    /// Set if only the checkout shows what the commit is: the head, a merge made by the system, or a commit of another
    /// repository.
    pub(crate) merge_commits: Option<MergeCommits>,
    pub(crate) refname: Option<Refname>,
    pub(crate) is_pull_request: bool,
    pub(crate) pull_request: Option<Sourced<String>>,
    /// The repository that the pull request comes from, if it is a fork.
    pub(crate) fork: Option<Sourced<String>>,
    pub(crate) url: Option<Sourced<String>>,
    pub(crate) build_number: Option<Sourced<String>>,
    /// The host alias of an ssh address, if that is all that names the repository.
    pub(crate) ssh_alias: Option<Sourced<String>>,
    /// What the user should know about these values.
    pub(crate) notes: Vec<String>,
}

/// A branch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Refname {
    Bare(Sourced<String>),
    /// With the name of a remote in front, such as `origin/main`.
    OfRemote(Sourced<String>),
}

/// Why the commit to report on is unknown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct UnknownHead {
    /// The variable that names another commit.
    pub(crate) variable: String,
    /// The rest of a sentence that starts with the variable: why its commit is not the one to report on.
    pub(crate) why: String,
}

impl UnknownHead {
    fn new(variable: impl Into<String>, why: impl Into<String>) -> Self {
        Self { variable: variable.into(), why: why.into() }
    }
}

/// Reads a variable of the process; an empty one counts as not set.
pub(crate) fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

/// The names of the CI systems that are known.
pub(crate) fn names() -> String {
    SYSTEMS.map(|system| system.name).join(", ")
}

/// Finds the CI system that runs, and what it says.
pub(crate) fn detect(variable: &dyn Fn(&str) -> Option<String>) -> Option<Detected> {
    let sources = Sources::new(variable);
    let marker = |system: &System| system.markers.iter().find(|marker| marker.holds(&sources)).map(Condition::variable);
    let (system, marker) = SYSTEMS.iter().find_map(|system| Some((system, marker(system)?)))?;
    let name = Sourced { value: system.name, origin: Origin::Ci, label: marker.to_owned() };
    Some(system.read(&sources, name))
}

/// The part of [`Detected`] that depends on what started the build.
struct Built {
    commit: Result<Option<Sourced<String>>, UnknownHead>,
    refname: Option<Refname>,
    is_pull_request: bool,
    pull_request: Option<Sourced<String>>,
    fork: Option<Sourced<String>>,
}

impl OtherEvent {
    fn built(&self, sources: &Sources<'_>) -> Built {
        let value = |lookups: &[Lookup]| first(lookups, sources, None);
        let commit = value(self.commit).map(Some);
        let pull_request = value(self.pull_request);
        Built {
            commit: commit.ok_or_else(|| UnknownHead::new(self.variable, self.why)),
            refname: value(self.refname).map(Refname::Bare),
            is_pull_request: pull_request.is_some(),
            pull_request,
            fork: value(self.fork),
        }
    }
}

impl System {
    fn read(&self, sources: &Sources<'_>, system: Sourced<&'static str>) -> Detected {
        // A variable may name a mirror at another host, so the search goes on.
        let repository = self.repository.iter().find_map(|lookup| match lookup.read(sources, None) {
            LookupOutcome::Found(found) => Some(found),
            LookupOutcome::Unset | LookupOutcome::Refused => None,
        });
        let event = self.other_events.iter().find(|event| event.when.holds(sources));
        let built = event.map_or_else(|| self.built(sources), |event| event.built(sources));
        Detected {
            system,
            commit: built.commit,
            merge_commits: if let Head::Checkout(merge_commits) = self.head { Some(merge_commits) } else { None },
            refname: built.refname,
            is_pull_request: built.is_pull_request,
            pull_request: built.pull_request,
            fork: built.fork,
            url: first(self.url, sources, repository.as_ref()),
            build_number: first(self.build_number, sources, None),
            repository,
            ssh_alias: self.ssh_alias(sources),
            notes: sources.problems(),
        }
    }

    fn built(&self, sources: &Sources<'_>) -> Built {
        let is_pull_request = self.in_pull_request.iter().any(|condition| condition.holds(sources));
        let of_request = |lookups: &[Lookup]| if is_pull_request { first(lookups, sources, None) } else { None };
        Built {
            commit: self.commit(sources, is_pull_request),
            refname: self.refname(sources, is_pull_request),
            is_pull_request,
            pull_request: of_request(self.pull_request),
            fork: of_request(self.fork),
        }
    }

    fn commit(&self, sources: &Sources<'_>, is_pull_request: bool) -> Result<Option<Sourced<String>>, UnknownHead> {
        let commit = first(self.commit, sources, None);
        if !is_pull_request {
            return Ok(commit);
        }
        let (head, what) = match self.head {
            Head::Checkout(_) => return Ok(commit),
            Head::Commit => (commit.clone(), ""),
            Head::Only(lookups, what) => (first(lookups, sources, None), what),
        };
        head.map(Some).ok_or_else(|| match commit {
            Some(commit) => {
                UnknownHead::new(commit.label, format!("{what}, and nothing names the pull request's head"))
            }
            // What is checked out may be a merge, so git's HEAD is no substitute.
            None => UnknownHead::new("no variable", "names the head of the pull request"),
        })
    }

    fn refname(&self, sources: &Sources<'_>, is_pull_request: bool) -> Option<Refname> {
        // The refname of a status must be a branch: Bitbucket shows a status with any other on no pull request.
        if !is_pull_request && first(self.tag, sources, None).is_some() {
            return None;
        }
        let is_target = |lookup: &Lookup| lookup.variable().is_some_and(|name| self.targets.contains(&name));
        let lookups = self.refname.iter().filter(|lookup| !is_pull_request || !is_target(lookup));
        let found = first(lookups, sources, None)?;
        let of_remote = |lookup: &Lookup| matches!(lookup, Lookup::RemoteBranch(name) if *name == found.label);
        Some(if self.refname.iter().any(of_remote) { Refname::OfRemote(found) } else { Refname::Bare(found) })
    }

    fn ssh_alias(&self, sources: &Sources<'_>) -> Option<Sourced<String>> {
        self.repository.iter().find_map(|lookup| {
            let Lookup::Remote(name) = lookup else { return None };
            let Remote::SshAlias(alias) = Remote::parse(&sources.get(name)?) else { return None };
            Some(Sourced { value: alias, origin: Origin::Ci, label: (*name).to_owned() })
        })
    }
}
