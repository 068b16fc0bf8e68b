//! How a value is read from the variables of a CI system.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::sources::Sources;
use crate::{
    address::{Remote, full_name, repository_of_page},
    sourced::{Origin, Sourced},
};

/// The characters that stay as they are in a part of a URL.
const PART: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~').remove(b'/').remove(b':');

/// How a value is read. The names are those that [`Sources::get`] accepts.
#[derive(Clone, Copy)]
pub(super) enum Lookup {
    /// The text as it is.
    Text(&'static str),
    /// A branch, reduced to its bare name.
    Branch(&'static str),
    /// A branch with the name of a remote in front; only git knows the names of remotes.
    RemoteBranch(&'static str),
    /// A number; anything else, such as `false`, is ignored.
    Number(&'static str),
    /// The number at the end of an address.
    LastNumber(&'static str),
    /// A repository as `workspace/slug`; anything else, such as an address with a password, is ignored.
    FullName(&'static str),
    /// The repository of a git remote, if the remote is at Bitbucket Cloud.
    Remote(&'static str),
    /// The repository that a page at Bitbucket Cloud belongs to.
    Page(&'static str),
    /// Workspace and slug, each in a variable of its own.
    Pair(&'static str, &'static str),
    /// An address with `{VARIABLE}` in it, and `{repository}` for the repository that was found.
    Template(&'static str),
    /// What follows a prefix, read by the other lookup.
    After(&'static str, &'static Lookup),
    /// The other lookup, if the condition holds.
    When(Condition, &'static Lookup),
}

/// What can be asked about the variables of a build.
#[derive(Clone, Copy)]
pub(super) enum Condition {
    Set(&'static str),
    Is(&'static str, &'static str),
    /// Like [`Is`](Self::Is), ignoring case.
    IsWord(&'static str, &'static str),
    OneOf(&'static str, &'static [&'static str]),
    StartsWith(&'static str, &'static str),
    /// The variable is a number.
    IsNumber(&'static str),
    /// The variable names a file that is not JSON or cannot be read.
    IsUnreadable(&'static str),
    Not(&'static Condition),
    All(&'static [Condition]),
    Any(&'static [Condition]),
}

/// The result of a lookup.
pub(super) enum LookupOutcome {
    /// Its variables are not set.
    Unset,
    /// They are set to something that is not such a value.
    Refused,
    Found(Sourced<String>),
}

/// The result of the first lookup whose variables are set. If it refuses their value, the search ends: the next best
/// variable may mean something else.
pub(super) fn first<'l>(
    lookups: impl IntoIterator<Item = &'l Lookup>,
    sources: &Sources<'_>,
    repository: Option<&Sourced<String>>,
) -> Option<Sourced<String>> {
    for lookup in lookups {
        match lookup.read(sources, repository) {
            LookupOutcome::Unset => {}
            LookupOutcome::Refused => return None,
            LookupOutcome::Found(found) => return Some(found),
        }
    }
    None
}

impl Condition {
    /// The first variable that it reads.
    pub(super) fn variable(&self) -> &'static str {
        match *self {
            Self::Set(name)
            | Self::Is(name, _)
            | Self::IsWord(name, _)
            | Self::OneOf(name, _)
            | Self::StartsWith(name, _)
            | Self::IsNumber(name)
            | Self::IsUnreadable(name) => name,
            Self::Not(condition) => condition.variable(),
            Self::All(conditions) | Self::Any(conditions) => conditions.first().map_or("", Self::variable),
        }
    }

    pub(super) fn holds(&self, sources: &Sources<'_>) -> bool {
        let value = |name: &str| sources.get(name).unwrap_or_default();
        match *self {
            Self::Set(name) => sources.has(name),
            Self::Is(name, expected) => value(name) == expected,
            Self::IsWord(name, expected) => value(name).eq_ignore_ascii_case(expected),
            Self::OneOf(name, expected) => expected.contains(&&*value(name)),
            Self::StartsWith(name, beginning) => value(name).starts_with(beginning),
            Self::IsNumber(name) => is_number(&value(name)),
            Self::IsUnreadable(file) => sources.is_unreadable(file),
            Self::Not(condition) => !condition.holds(sources),
            Self::All(conditions) => conditions.iter().all(|condition| condition.holds(sources)),
            Self::Any(conditions) => conditions.iter().any(|condition| condition.holds(sources)),
        }
    }
}

impl Lookup {
    /// The variable that it reads, if it is a single one.
    pub(super) fn variable(&self) -> Option<&'static str> {
        match *self {
            Self::Template(_) | Self::Pair(..) => None,
            Self::After(_, lookup) | Self::When(_, lookup) => lookup.variable(),
            Self::Text(name)
            | Self::Branch(name)
            | Self::RemoteBranch(name)
            | Self::Number(name)
            | Self::LastNumber(name)
            | Self::FullName(name)
            | Self::Remote(name)
            | Self::Page(name) => Some(name),
        }
    }

    pub(super) fn read(&self, sources: &Sources<'_>, repository: Option<&Sourced<String>>) -> LookupOutcome {
        match *self {
            Self::When(condition, _) if !condition.holds(sources) => LookupOutcome::Unset,
            Self::When(_, lookup) => lookup.read(sources, repository),
            Self::Pair(workspace, slug) => match (sources.get(workspace), sources.get(slug)) {
                (Some(one), Some(other)) => full_name(&format!("{one}/{other}"))
                    .map_or(LookupOutcome::Refused, |name| found(name, &format!("{workspace}, {slug}"))),
                _ => LookupOutcome::Unset,
            },
            Self::Template(template) => match fill(template, sources, repository) {
                Some((value, names)) => found(value, &names.join(", ")),
                None => LookupOutcome::Unset,
            },
            Self::After(beginning, lookup) => {
                let name = lookup.variable().unwrap_or_default();
                let Some(value) = sources.get(name) else { return LookupOutcome::Unset };
                let Some(rest) = value.strip_prefix(beginning) else { return LookupOutcome::Unset };
                lookup.interpret(rest).map_or(LookupOutcome::Refused, |value| found(value, name))
            }
            _ => {
                let name = self.variable().unwrap_or_default();
                let Some(value) = sources.get(name) else { return LookupOutcome::Unset };
                self.interpret(&value).map_or(LookupOutcome::Refused, |value| found(value, name))
            }
        }
    }

    /// The meaning of a variable's text.
    fn interpret(&self, text: &str) -> Option<String> {
        let number = |text: &str| is_number(text).then(|| text.to_owned());
        match self {
            Self::Branch(_) => bare_branch(text).map(str::to_owned),
            Self::RemoteBranch(_) => {
                let text = text.strip_prefix("refs/remotes/").or_else(|| text.strip_prefix("remotes/")).unwrap_or(text);
                bare_branch(text).map(str::to_owned)
            }
            Self::Number(_) => number(text),
            Self::LastNumber(_) => number(text.rsplit('/').next()?),
            Self::FullName(_) => full_name(text),
            Self::Remote(_) => Remote::parse(text).repository(),
            Self::Page(_) => repository_of_page(text),
            Self::Text(_) | Self::Pair(..) | Self::Template(_) | Self::After(..) | Self::When(..) => {
                Some(text.to_owned())
            }
        }
    }
}

fn found(value: String, names: &str) -> LookupOutcome {
    // `FILE:/member` is our notation; people read `FILE: member`.
    let label = names.replace(":/", ": ");
    LookupOutcome::Found(Sourced { value, origin: Origin::Ci, label })
}

pub(super) fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// A branch's bare name; `None` for anything that is not a branch of the repository: a tag, a branch of a remote, a
/// pull request's own ref, a branch of a fork (`jane:main`), a detached head.
pub(crate) fn bare_branch(text: &str) -> Option<&str> {
    let bare = text.strip_prefix("refs/").unwrap_or(text);
    let bare = match bare.strip_prefix("heads/") {
        Some(bare) => bare,
        None if text.starts_with("refs/") || bare.starts_with("tags/") || bare.starts_with("remotes/") => return None,
        None => bare,
    };
    let refused = bare.is_empty() || bare.contains(|character: char| character == ':' || character.is_whitespace());
    let starts_with_number = |rest: &str| rest.split(['/', '-']).next().is_some_and(is_number);
    let is_pull_request = ["PR-", "pull/", "pull-requests/", "merge-requests/"]
        .into_iter()
        .any(|prefix| bare.strip_prefix(prefix).is_some_and(starts_with_number))
        || ["/merge", "/head", "/from"].into_iter().any(|suffix| bare.strip_suffix(suffix).is_some_and(is_number));
    (!refused && !is_pull_request && !matches!(bare, "detached" | "HEAD" | "<default>")).then_some(bare)
}

/// Replaces each `{NAME}` in a template, if all of them are set. A value that is not a URL itself is encoded as a part
/// of one.
fn fill(template: &str, sources: &Sources<'_>, repository: Option<&Sourced<String>>) -> Option<(String, Vec<String>)> {
    let (mut filled, mut names, mut rest) = (String::new(), Vec::new(), template);
    while let Some((before, name, after)) =
        rest.split_once('{').and_then(|(before, rest)| rest.split_once('}').map(|(name, after)| (before, name, after)))
    {
        filled.push_str(before);
        if name == "repository" {
            let repository = repository?;
            filled.push_str(&repository.value);
            names.push(repository.label.clone());
        } else {
            let value = sources.get(name)?;
            if value.contains("://") {
                filled.push_str(&value);
            } else {
                filled.extend(utf8_percent_encode(&value, PART));
            }
            names.push(name.to_owned());
        }
        rest = after;
    }
    filled.push_str(rest);
    Some((filled, names))
}

#[cfg(test)]
mod tests {
    use super::bare_branch;

    #[test]
    fn a_refname_is_a_bare_branch_or_nothing() {
        let table = [
            ("main", Some("main")),
            ("feature/engine", Some("feature/engine")),
            ("refs/heads/feature/engine", Some("feature/engine")),
            ("heads/feature/engine", Some("feature/engine")),
            ("origin/main", Some("origin/main")),
            ("PR-fix", Some("PR-fix")),
            ("pull/requests", Some("pull/requests")),
            ("refs/tags/v1.0", None),
            ("refs/pull/7/merge", None),
            ("tags/v1.0", None),
            ("tagsoup", Some("tagsoup")),
            ("refs/remotes/origin/main", None),
            ("remotes/origin/main", None),
            ("7/merge", None),
            ("7/head", None),
            ("7/from", None),
            ("7/engine", Some("7/engine")),
            ("jane:main", None),
            ("PR-7", None),
            ("PR-7-head", None),
            ("pull/7/head", None),
            ("pull-requests/7", None),
            ("merge-requests/7", None),
            ("detached", None),
            ("HEAD", None),
            ("<default>", None),
            ("refs/heads/", None),
            ("two words", None),
            ("", None),
        ];
        for (text, branch) in table {
            assert_eq!(bare_branch(text), branch, "{text}");
        }
    }
}
