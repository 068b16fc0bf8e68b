//! What the CI system knows: one table, to which a system is added in one place.

mod event;
mod properties;
mod systems;

use systems::{Lookup, MergeCommits, SYSTEMS, System};

use crate::{
    git,
    sourced::{Origin, Sourced},
};

/// What a CI system says about the build that runs.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Detected {
    /// The system's name, and the variable that gave it away.
    pub(crate) system: Sourced<&'static str>,
    pub(crate) repository: Option<Sourced<String>>,
    /// The commit that is built, where Bitbucket knows it.
    pub(crate) commit: Result<Option<Sourced<String>>, UnknownHead>,
    pub(crate) branch: Option<Sourced<String>>,
    pub(crate) pull_request: Option<Sourced<String>>,
    pub(crate) build_url: Option<Sourced<String>>,
    pub(crate) build_number: Option<Sourced<String>>,
    /// The author of the merges that this system makes before it builds a pull request.
    pub(crate) merge_author: Option<&'static str>,
}

/// Where only a merge is known, which the CI system has made and Bitbucket does not know: the variable that names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct UnknownHead(pub(crate) String);

/// Reads a variable of the process, or of the files in which TeamCity and GitHub pass theirs; an empty one counts as
/// not set.
pub(crate) fn variable(name: &str) -> Option<String> {
    let process = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
    match name {
        name if name.starts_with('/') => event::github(name, process),
        name if name.contains('.') => properties::teamcity(name, process),
        name => process(name),
    }
}

/// The names of the CI systems that are known.
pub(crate) fn names() -> String {
    SYSTEMS.map(|system| system.name).join(", ")
}

/// Finds the CI system that runs, and what it says.
pub(crate) fn detect(variable: &dyn Fn(&str) -> Option<String>) -> Option<Detected> {
    let system = SYSTEMS.iter().find(|system| system.runs(variable))?;
    let first = |rules| first(rules, variable);
    let pull_request = first(system.pull_request);
    // A status that names a tag is shown on no pull request.
    let tagged = pull_request.is_none() && first(system.tag).is_some();
    Some(Detected {
        system: Sourced { value: system.name, origin: Origin::Ci, label: system.marker.0.to_owned() },
        repository: first(system.repository),
        commit: system.commit(variable),
        branch: if tagged { None } else { first(system.branch) },
        pull_request,
        build_url: first(system.build_url),
        build_number: first(system.build_number),
        merge_author: if let MergeCommits::AuthoredBy(author) = system.merges { Some(author) } else { None },
    })
}

impl System {
    fn runs(&self, variable: &dyn Fn(&str) -> Option<String>) -> bool {
        let (name, expected) = self.marker;
        variable(name).is_some_and(|value| expected.is_none_or(|expected| value == expected))
    }

    fn commit(&self, variable: &dyn Fn(&str) -> Option<String>) -> Result<Option<Sourced<String>>, UnknownHead> {
        let commit = first(self.commit, variable);
        let MergeCommits::Always([signs, heads]) = &self.merges else { return Ok(commit) };
        match commit {
            Some(merge) if signs.iter().any(|marker| marker.read(variable).is_some()) => {
                first(heads, variable).map(Some).ok_or(UnknownHead(merge.label))
            }
            commit => Ok(commit),
        }
    }
}

/// What the first rule says whose variables are set; what that rule refuses is not looked for elsewhere.
fn first(rules: &[Lookup], variable: &dyn Fn(&str) -> Option<String>) -> Option<Sourced<String>> {
    rules.iter().find(|rule| rule.is_set(variable))?.read(variable)
}

impl Lookup {
    fn is_set(&self, variable: &dyn Fn(&str) -> Option<String>) -> bool {
        match *self {
            Self::Template(template) => fill(template, variable).is_some(),
            Self::Where(name, (other, value)) => {
                variable(name).is_some() && variable(other).is_some_and(|is| is == value)
            }
            Self::Text(name)
            | Self::Branch(name)
            | Self::Number(name)
            | Self::LastNumber(name)
            | Self::Remote(name) => variable(name).is_some(),
        }
    }

    fn read(&self, variable: &dyn Fn(&str) -> Option<String>) -> Option<Sourced<String>> {
        let number = |text: &str| {
            let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
            digits.then(|| text.to_owned())
        };
        let (value, from) = match *self {
            Self::Text(name) | Self::Where(name, _) => (variable(name)?, name.to_owned()),
            Self::Branch(name) => (bare_branch(&variable(name)?)?, name.to_owned()),
            Self::Number(name) => (number(&variable(name)?)?, name.to_owned()),
            Self::LastNumber(name) => (number(variable(name)?.rsplit('/').next()?)?, name.to_owned()),
            Self::Remote(name) => (git::repository_of_remote(&variable(name)?)?, name.to_owned()),
            Self::Template(template) => {
                let (value, names) = fill(template, variable)?;
                (value, names.join(", "))
            }
        };
        let from = from.strip_prefix('/').map_or(from.clone(), |member| format!("{}: {member}", event::FILE));
        Some(Sourced { value, origin: Origin::Ci, label: from })
    }
}

/// A branch's bare name; what is none (a pull request's own ref, a detached head) is nothing.
fn bare_branch(text: &str) -> Option<String> {
    let bare = text.strip_prefix("refs/heads/").or_else(|| text.strip_prefix("origin/")).unwrap_or(text);
    let refused = bare.starts_with("refs/") || matches!(bare, "detached" | "HEAD" | "<default>");
    let pull_request = ["PR-", "pull/", "pull-requests/"].into_iter().any(|prefix| {
        let number = bare.strip_prefix(prefix).and_then(|rest| rest.split('/').next());
        number.is_some_and(|number| !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit()))
    });
    (!refused && !pull_request).then(|| bare.to_owned())
}

/// Fills `{NAME}` in a template, where all of them are set; a space has no place in an address.
fn fill(template: &str, variable: &dyn Fn(&str) -> Option<String>) -> Option<(String, Vec<String>)> {
    let (mut filled, mut names, mut rest) = (String::new(), Vec::new(), template);
    while let Some((before, name, after)) =
        rest.split_once('{').and_then(|(before, rest)| rest.split_once('}').map(|(name, after)| (before, name, after)))
    {
        filled.push_str(before);
        filled.push_str(&variable(name)?.replace(' ', "%20"));
        names.push(name.to_owned());
        rest = after;
    }
    filled.push_str(rest);
    Some((filled, names))
}
