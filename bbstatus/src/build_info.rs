//! What is meant: an option, else its environment variable, else what the CI system says, else git.

use bitbucket_build_status::CommitHash;

use crate::{
    ci::{Detected, UnknownHead},
    failure::Failure,
    git::repository_of_remote,
    sourced::{Origin, Sourced},
};

/// What was typed, or set in the options' variables.
#[derive(Debug, Default)]
pub(crate) struct Overrides {
    pub(crate) repository: Option<Sourced<String>>,
    pub(crate) commit: Option<Sourced<String>>,
    pub(crate) refname: Option<Sourced<String>>,
    pub(crate) url: Option<Sourced<String>>,
}

/// Everything that is known about the build.
#[derive(Debug, Default)]
pub(crate) struct BuildInfo {
    pub(crate) system: Option<Sourced<String>>,
    pub(crate) repository: Option<Sourced<String>>,
    pub(crate) commit: Option<Sourced<String>>,
    pub(crate) refname: Option<Sourced<String>>,
    pub(crate) pull_request: Option<Sourced<String>>,
    pub(crate) url: Option<Sourced<String>>,
    pub(crate) build_number: Option<Sourced<String>>,
    /// What the user should know about these values.
    pub(crate) notes: Vec<String>,
    /// Why git knows nothing here.
    pub(crate) git_error: Option<String>,
}

/// Asks git with these arguments; without an answer there is its `git_error`.
pub(crate) type Git<'a> = &'a dyn Fn(&[&str]) -> Result<String, String>;

/// Finds what is not given. Git is asked only for what nobody else has said.
pub(crate) fn resolve(given: Overrides, detected: Option<Detected>, git: Git<'_>) -> BuildInfo {
    let mut settings = BuildInfo::default();
    let detected_branch = detected.as_ref().and_then(|detected| detected.branch.clone());
    let detected_commit = detected.as_ref().map_or(Ok(None), |detected| head_commit(detected, git));
    settings.repository = given
        .repository
        .or_else(|| detected.as_ref().and_then(|detected| detected.repository.clone()))
        .or_else(|| remote(git));
    settings.commit = match (given.commit, &detected_commit) {
        (Some(commit), _) => Some(expand_short_hash(commit, git, &mut settings.notes)),
        (None, Ok(Some(commit))) => Some(expand_short_hash(commit.clone(), git, &mut settings.notes)),
        (None, Ok(None)) => ask_git(git, &["rev-parse", "HEAD"]),
        // It is the merge that is checked out, so git knows no better.
        (None, Err(UnknownHead(variable))) => {
            settings.notes.push(format!(
                "{variable} names a merge that Bitbucket does not know, and nothing names the pull request's head: \
                 give its hash as --commit"
            ));
            None
        }
    };
    if settings.repository.is_none() || settings.commit.is_none() {
        settings.git_error = git(&["rev-parse", "HEAD"]).err().filter(|git_error| !git_error.is_empty());
    }
    // A branch belongs to its commit: with another commit it would put the status on the wrong pull request.
    let is_built = matches!((&settings.commit, &detected_commit),
        (Some(commit), Ok(Some(detected))) if is_same_commit(&commit.value, &detected.value));
    settings.refname = given.refname.or(detected_branch.filter(|_| is_built));
    if let Some(detected) = detected {
        let Sourced { value, origin, label } = detected.system;
        settings.system = Some(Sourced { value: value.to_owned(), origin, label });
        settings.url = detected.build_url;
        settings.pull_request = detected.pull_request;
        settings.build_number = detected.build_number;
    }
    settings.url = given.url.or(settings.url);
    settings
}

/// The commit that the CI system builds: the head of a pull request rather than its merge, since Bitbucket does not
/// know a merge that the CI system has made.
fn head_commit(detected: &Detected, git: Git<'_>) -> Result<Option<Sourced<String>>, UnknownHead> {
    // What is checked out is what is built, where the system does not say: Jenkins does not to every kind of pipeline.
    let said = detected.commit.clone()?.filter(|commit| commit.value != "HEAD");
    let Some(commit) = said.or_else(|| ask_git(git, &["rev-parse", "HEAD"])) else { return Ok(None) };
    let (Some(author), Some(_)) = (detected.merge_author, &detected.pull_request) else { return Ok(Some(commit)) };
    let Ok(hash) = CommitHash::new(commit.value.as_str()) else { return Ok(Some(commit)) };
    let described = git(&["log", "-1", "--format=%ae %P", "--end-of-options", hash.as_str()]).unwrap_or_default();
    Ok(Some(match described.split(' ').collect::<Vec<_>>().as_slice() {
        [by, first_parent, _, ..] if *by == author => {
            let from = format!("{}, its first parent (it is a merge)", commit.label);
            Sourced { value: (*first_parent).to_owned(), origin: commit.origin, label: from }
        }
        _ => commit,
    }))
}

/// Whether two hashes name the same commit: one may be short, and digits have no case.
pub(crate) fn is_same_commit(one: &str, other: &str) -> bool {
    let length = one.len().min(other.len());
    one.as_bytes()[..length].eq_ignore_ascii_case(&other.as_bytes()[..length])
}

/// Completes a short hash where git can, and says so either way.
fn expand_short_hash(commit: Sourced<String>, git: Git<'_>, notes: &mut Vec<String>) -> Sourced<String> {
    let short = CommitHash::new(commit.value.as_str()).is_ok_and(|hash| hash.is_short());
    if !short {
        return commit;
    }
    let revision = format!("{}^{{commit}}", commit.value);
    let Ok(value) = git(&["rev-parse", "--verify", "--quiet", "--end-of-options", &revision]) else {
        notes.push(format!("commit {} is short and not known to git here: it is sent as it is", commit.value));
        return commit;
    };
    notes.push(format!("commit {} is completed to {value} by git", commit.value));
    Sourced { value, origin: commit.origin, label: format!("{}, completed by git", commit.label) }
}

fn remote(git: Git<'_>) -> Option<Sourced<String>> {
    let address = ask_git(git, &["remote", "get-url", "origin"])?;
    Some(Sourced { value: repository_of_remote(&address.value)?, ..address })
}

impl BuildInfo {
    /// Takes the checked out branch for the refname, where nobody else has named one and the commit is what is checked
    /// out.
    pub(crate) fn with_git_branch(mut self, git: Git<'_>) -> Self {
        if let (None, None, Some(commit)) = (&self.refname, &self.system, &self.commit) {
            let is_checked_out = || git(&["rev-parse", "HEAD"]).is_ok_and(|head| is_same_commit(&head, &commit.value));
            if commit.origin == Origin::Git || is_checked_out() {
                self.refname = ask_git(git, &["symbolic-ref", "--quiet", "--short", "HEAD"]);
            }
        }
        self
    }

    /// Leaves out what is known about the build and nobody has given: a change to a status changes nothing else.
    pub(crate) fn explicit_only(mut self) -> Self {
        let is_given = |found: &Sourced<String>| found.origin == Origin::User;
        self.url = self.url.filter(is_given);
        self.refname = self.refname.filter(is_given);
        self
    }
}

fn ask_git(git: Git<'_>, arguments: &[&str]) -> Option<Sourced<String>> {
    Some(Sourced { value: git(arguments).ok()?, origin: Origin::Git, label: format!("git {}", arguments.join(" ")) })
}

impl BuildInfo {
    /// Workspace and slug.
    pub(crate) fn repository(&self) -> Result<(&str, &str), Failure> {
        let Some(Sourced { value, label, .. }) = &self.repository else {
            return Err(self.unknown("repository", "repo WORKSPACE/SLUG", "BBSTATUS_REPO"));
        };
        let is_whole = |(workspace, slug): &(&str, &str)| {
            !workspace.is_empty() && !slug.is_empty() && !slug.contains('/') && !workspace.contains([':', '@'])
        };
        value.split_once('/').filter(is_whole).ok_or_else(|| {
            Failure::usage(format!("repository: expected WORKSPACE/SLUG, got {value:?} ({label})"))
                .help("Give both as they stand in the repository's address: https://bitbucket.org/WORKSPACE/SLUG")
        })
    }

    pub(crate) fn commit(&self) -> Result<&str, Failure> {
        let found = self.commit.as_ref();
        Ok(&found.ok_or_else(|| self.unknown("commit", "commit HASH", "BBSTATUS_COMMIT"))?.value)
    }

    pub(crate) fn url(&self) -> Result<&str, Failure> {
        let found = self.url.as_ref();
        Ok(&found.ok_or_else(|| self.unknown("url", "url URL", "BBSTATUS_URL"))?.value)
    }

    fn unknown(&self, what: &str, option: &str, variable: &str) -> Failure {
        let nobody = match what {
            "url" => "no CI system says where the build can be seen",
            "repository" => "neither the CI system nor git's remote origin names one at Bitbucket Cloud",
            _ => "neither the CI system nor git says which",
        };
        let git_error = self.git_error.as_ref().filter(|_| what != "url");
        let git_error = git_error.map(|git_error| format!(" ({git_error})")).unwrap_or_default();
        let problem = format!("{what}: none was given, and {nobody}{git_error}");
        let help = format!("Give --{option} or set {variable}; `bbstatus detect` shows what was found");
        Failure::usage(problem).help(help)
    }
}

#[cfg(test)]
mod tests {
    use super::{BuildInfo, Overrides, is_same_commit, resolve};
    use crate::{
        ci::Detected,
        sourced::{Origin, Sourced},
    };

    const WHOLE: &str = "e10dae226959c2194f2b07b077c07762d93821cf";
    const OTHER: &str = "0123456789abcdef0123456789abcdef01234567";

    fn found<T>(value: T, origin: Origin) -> Sourced<T> {
        Sourced { value, origin, label: "there".to_owned() }
    }

    fn given(commit: Option<&str>) -> Overrides {
        Overrides { commit: commit.map(|commit| found(commit.to_owned(), Origin::User)), ..Overrides::default() }
    }

    /// What a CI system says that builds this commit of `main`.
    fn detected(commit: &str) -> Detected {
        let said = |value: &str| Some(found(value.to_owned(), Origin::Ci));
        Detected {
            system: found("Jenkins", Origin::Ci),
            repository: said("acme/rocket"),
            commit: Ok(said(commit)),
            branch: said("main"),
            pull_request: None,
            build_url: said("https://ci.example.com/42"),
            build_number: None,
            merge_author: None,
        }
    }

    /// A checkout of `main` that knows one commit.
    fn git(arguments: &[&str]) -> Result<String, String> {
        let known = |text: &str| WHOLE.starts_with(&text.trim_end_matches("^{commit}").to_ascii_lowercase());
        let answer = match arguments {
            ["rev-parse", "HEAD"] => WHOLE,
            ["rev-parse", .., revision] if known(revision) => WHOLE,
            ["symbolic-ref", ..] => "main",
            _ => return Err(String::new()),
        };
        Ok(answer.to_owned())
    }

    fn value(found: Option<Sourced<String>>) -> Option<String> {
        found.map(|found| found.value)
    }

    #[test]
    fn a_short_hash_is_completed_whoever_says_it() {
        let short = &WHOLE[..12];
        let table = [
            (Some(short), None, WHOLE, "completed to"),
            (None, Some(short), WHOLE, "completed to"),
            (None, Some(&OTHER[..12]), &OTHER[..12], "sent as it is"),
            (Some(short), Some(OTHER), WHOLE, "completed to"),
        ];
        for (typed, built, commit, note) in table {
            let settings = resolve(given(typed), built.map(detected), &git);
            assert_eq!(value(settings.commit).as_deref(), Some(commit), "{typed:?} {built:?}");
            assert!(settings.notes.len() == 1 && settings.notes[0].contains(note), "{:?}", settings.notes);
        }
    }

    #[test]
    fn a_branch_stays_with_its_commit_however_that_is_written() {
        let upper = WHOLE.to_ascii_uppercase();
        let table = [
            (None, Some("main")),
            (Some(WHOLE), Some("main")),
            (Some(&*upper), Some("main")),
            (Some(&upper[..12]), Some("main")),
            (Some(OTHER), None),
        ];
        for (typed, branch) in table {
            let in_ci = resolve(given(typed), Some(detected(WHOLE)), &git);
            let at_home = resolve(given(typed), None, &git).with_git_branch(&git);
            for settings in [in_ci, at_home] {
                assert_eq!(value(settings.refname).as_deref(), branch, "{typed:?}");
            }
        }
    }

    #[test]
    fn a_system_that_names_no_commit_builds_what_is_checked_out() {
        let built = || Detected { commit: Ok(None), ..detected(WHOLE) };
        for (typed, commit, branch) in [(None, WHOLE, Some("main")), (Some(OTHER), OTHER, None)] {
            let settings = resolve(given(typed), Some(built()), &git);
            assert_eq!((value(settings.commit).as_deref(), value(settings.refname).as_deref()), (Some(commit), branch));
        }
        let nowhere = resolve(given(None), Some(built()), &|_| Err("fatal: no repository here".to_owned()));
        let problem = format!("{:?}", nowhere.commit().unwrap_err());
        assert!(problem.contains("git says which (fatal: no repository here)"), "{problem}");
        assert_eq!((nowhere.commit, nowhere.refname), (None, None));
    }

    #[test]
    fn a_change_holds_what_was_given_and_nothing_that_was_found() {
        let known = || resolve(given(None), Some(detected(WHOLE)), &git);
        assert!(known().url.is_some() && known().refname.is_some());
        let BuildInfo { url, refname, commit, .. } = known().explicit_only();
        assert_eq!((url, refname, value(commit).as_deref()), (None, None, Some(WHOLE)));
        let typed = Overrides { url: Some(found("https://a.example/".to_owned(), Origin::User)), ..given(None) };
        let settings = resolve(typed, Some(detected(WHOLE)), &git).explicit_only();
        assert_eq!(value(settings.url).as_deref(), Some("https://a.example/"));
    }

    #[test]
    fn hashes_are_the_same_as_far_as_both_go() {
        let table =
            [(WHOLE, WHOLE, true), (WHOLE, &WHOLE[..12], true), (&WHOLE[..12], WHOLE, true), (WHOLE, OTHER, false)];
        for (one, other, same) in table {
            assert_eq!(is_same_commit(one, other), same, "{one} {other}");
            assert_eq!(is_same_commit(&one.to_ascii_uppercase(), other), same, "{one} {other}");
        }
    }
}
