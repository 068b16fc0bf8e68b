//! What is meant: an option, else its environment variable, else what the CI system says, else git.

use bitbucket_build_status::CommitHash;

use crate::{ci::Detected, failure::Failure, git::repository_of_remote};

/// A value, and where it came from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Found<T> {
    pub(crate) value: T,
    pub(crate) from: String,
}

/// What was typed, or set in the options' variables.
#[derive(Debug, Default)]
pub(crate) struct Given {
    pub(crate) repository: Option<Found<String>>,
    pub(crate) commit: Option<Found<String>>,
    pub(crate) refname: Option<Found<String>>,
    pub(crate) url: Option<Found<String>>,
}

/// Everything that is known about the build.
#[derive(Debug, Default)]
pub(crate) struct Settings {
    pub(crate) system: Option<Found<String>>,
    pub(crate) repository: Option<Found<String>>,
    pub(crate) commit: Option<Found<String>>,
    pub(crate) refname: Option<Found<String>>,
    pub(crate) pull_request: Option<Found<String>>,
    pub(crate) url: Option<Found<String>>,
    pub(crate) build_number: Option<Found<String>>,
    /// What the user should know about these values.
    pub(crate) notes: Vec<String>,
}

/// Asks git with these arguments.
pub(crate) type Git<'a> = &'a dyn Fn(&[&str]) -> Option<String>;

/// Finds what is not given. Git is asked only for what nobody else has said.
pub(crate) fn resolve(given: Given, detected: Option<Detected>, git: Git<'_>) -> Settings {
    let mut settings = Settings::default();
    let detected_branch = detected.as_ref().and_then(|detected| detected.branch.clone());
    let detected_commit = detected.as_ref().and_then(|detected| head(detected, git));
    settings.repository = given
        .repository
        .or_else(|| detected.as_ref().and_then(|detected| detected.repository.clone()))
        .or_else(|| remote(git));
    settings.commit = match given.commit {
        Some(commit) => Some(whole(commit, git, &mut settings.notes)),
        None => detected_commit.clone().or_else(|| asked(git, &["rev-parse", "HEAD"])),
    };
    // A branch belongs to its commit: with another commit it would put the status on the wrong pull request.
    let same = |one: &Option<Found<String>>, other: &Option<Found<String>>| match (one, other) {
        (Some(one), Some(other)) => one.value.starts_with(&other.value) || other.value.starts_with(&one.value),
        _ => false,
    };
    settings.refname = match given.refname {
        Some(refname) => Some(refname),
        None if same(&settings.commit, &detected_commit) => detected_branch,
        None => None,
    };
    if let Some(detected) = detected {
        settings.system = Some(Found { value: detected.system.value.to_owned(), from: detected.system.from });
        settings.url = detected.build_url;
        settings.pull_request = detected.pull_request;
        settings.build_number = detected.build_number;
    }
    settings.url = given.url.or(settings.url);
    settings
}

/// The commit that the CI system builds: the head of a pull request rather than its merge, since Bitbucket does not
/// know a merge that the CI system has made.
fn head(detected: &Detected, git: Git<'_>) -> Option<Found<String>> {
    let commit = detected.commit.clone()?;
    if commit.value == "HEAD" {
        return asked(git, &["rev-parse", "HEAD"]);
    }
    let (Some(author), Some(_)) = (detected.merge_author, &detected.pull_request) else { return Some(commit) };
    let Ok(hash) = CommitHash::new(commit.value.as_str()) else { return Some(commit) };
    let described = git(&["log", "-1", "--format=%ae %P", "--end-of-options", hash.as_str()]).unwrap_or_default();
    match described.split(' ').collect::<Vec<_>>().as_slice() {
        [by, first_parent, _, ..] if *by == author => {
            let from = format!("{}, its first parent (it is a merge)", commit.from);
            Some(Found { value: (*first_parent).to_owned(), from })
        }
        _ => Some(commit),
    }
}

/// Completes a short hash where git can, and says so either way.
fn whole(commit: Found<String>, git: Git<'_>, notes: &mut Vec<String>) -> Found<String> {
    let short = CommitHash::new(commit.value.as_str()).is_ok_and(|hash| hash.is_short());
    if !short {
        return commit;
    }
    let revision = format!("{}^{{commit}}", commit.value);
    let Some(value) = git(&["rev-parse", "--verify", "--quiet", "--end-of-options", &revision]) else {
        notes.push(format!("commit {} is short and not known to git here: it is sent as it is", commit.value));
        return commit;
    };
    notes.push(format!("commit {} is completed to {value} by git", commit.value));
    Found { value, from: format!("{}, completed by git", commit.from) }
}

fn remote(git: Git<'_>) -> Option<Found<String>> {
    let address = asked(git, &["remote", "get-url", "origin"])?;
    Some(Found { value: repository_of_remote(&address.value)?, from: address.from })
}

impl Settings {
    /// Takes the checked out branch for the refname, where nobody else has named one and the commit is what is checked
    /// out.
    pub(crate) fn with_branch_of_git(mut self, git: Git<'_>) -> Self {
        if let (None, None, Some(commit)) = (&self.refname, &self.system, &self.commit) {
            let checked_out = || git(&["rev-parse", "HEAD"]).is_some_and(|head| head.starts_with(&commit.value));
            if commit.from.starts_with("git ") || checked_out() {
                self.refname = asked(git, &["symbolic-ref", "--quiet", "--short", "HEAD"]);
            }
        }
        self
    }
}

fn asked(git: Git<'_>, arguments: &[&str]) -> Option<Found<String>> {
    Some(Found { value: git(arguments)?, from: format!("git {}", arguments.join(" ")) })
}

impl Settings {
    /// Workspace and slug.
    pub(crate) fn repository(&self) -> Result<(&str, &str), Failure> {
        let Some(Found { value, from }) = &self.repository else {
            return Err(unknown("repository", "repo WORKSPACE/SLUG", "BBSTATUS_REPO"));
        };
        let parts = value.split_once('/').filter(|(_, slug)| !slug.contains('/'));
        parts.ok_or_else(|| Failure::usage(format!("repository: expected WORKSPACE/SLUG, got {value:?} ({from})")))
    }

    pub(crate) fn commit(&self) -> Result<&str, Failure> {
        let found = self.commit.as_ref();
        Ok(&found.ok_or_else(|| unknown("commit", "commit HASH", "BBSTATUS_COMMIT"))?.value)
    }

    pub(crate) fn url(&self) -> Result<&str, Failure> {
        let found = self.url.as_ref();
        Ok(&found.ok_or_else(|| unknown("url", "url URL", "BBSTATUS_URL"))?.value)
    }
}

fn unknown(what: &str, option: &str, variable: &str) -> Failure {
    let problem = format!("{what}: none was given, and neither the CI system nor git says which");
    Failure::usage(problem).help(format!("Give --{option} or set {variable}; `bbstatus detect` shows what was found"))
}
