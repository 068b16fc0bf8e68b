//! What is known about the build, from the best source that has it: an option, its environment variable, the CI system,
//! git.

use bitbucket_build_status::CommitHash;

use crate::{
    address::{Remote, quoted},
    ci::{Detected, MergeCommits, Refname, UnknownHead, bare_branch},
    cli_error::CliError,
    git::{Checkout, CommitObject, GitError, RemoteBranch},
    sourced::{Origin, Sourced},
};

/// What the user sets, with options or their environment variables.
#[derive(Debug, Default)]
pub(crate) struct Overrides {
    pub(crate) repository: Option<Sourced<String>>,
    pub(crate) commit: Option<Sourced<String>>,
    pub(crate) refname: Option<Sourced<String>>,
    pub(crate) url: Option<Sourced<String>>,
}

impl Overrides {
    /// Whether everything that depends on the commit is set.
    fn are_complete(&self) -> bool {
        self.repository.is_some() && self.commit.is_some() && self.refname.is_some()
    }
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
    /// Why git failed.
    pub(crate) git_error: Option<GitError>,
}

/// Completes what the user sets. Git is asked only for what nothing else names.
pub(crate) fn resolve(overrides: Overrides, detected: Option<Detected>, checkout: &dyn Checkout) -> BuildInfo {
    let mut info = BuildInfo::default();
    let built = match &detected {
        Some(detected) if !overrides.are_complete() => built_commit(detected, checkout),
        _ => Ok(None),
    };
    info.commit = match (overrides.commit, &built) {
        (Some(commit), _) => Some(info.named_commit(commit, checkout)),
        (None, Ok(Some(commit))) => Some(info.expand_short_hash(commit.clone(), checkout)),
        (None, Ok(None)) => info.head_commit(detected.is_some(), checkout),
        (None, Err(UnknownHead { variable, why })) => {
            info.notes.push(format!("{variable} {why}: pass the commit's hash with --commit"));
            None
        }
    };
    // With another commit than its own, the branch would put the status on the wrong pull request.
    let is_built = match (&info.commit, &built) {
        (Some(commit), Ok(Some(built))) => is_same_commit(&commit.value, &built.value),
        (Some(commit), Ok(None)) => commit.origin == Origin::Git,
        _ => false,
    };
    info.refname = overrides.refname.or_else(|| {
        let refname = detected.as_ref().and_then(|detected| detected.refname.clone()).filter(|_| is_built)?;
        info.without_remote(refname, checkout)
    });
    // If the system's variables are about another repository than the checkout, only the checkout's remote counts.
    let is_foreign = matches!(&built, Err(unknown) if unknown.why == NOT_IN_CHECKOUT);
    info.repository = overrides.repository.or_else(|| {
        let detected = detected.as_ref().filter(|_| !is_foreign).and_then(|detected| detected.repository.clone());
        detected.or_else(|| info.remote(checkout))
    });
    if let Some(detected) = detected {
        info.add(detected);
    }
    info.url = overrides.url.or(info.url.take());
    info
}

const NOT_IN_CHECKOUT: &str = "names a commit that is not in this checkout; it may belong to a shared library";

/// The commit that the CI system builds; `None` if no variable names it. For a pull request this is its head, never a
/// merge made by the CI system, which Bitbucket does not know.
fn built_commit(detected: &Detected, checkout: &dyn Checkout) -> Result<Option<Sourced<String>>, UnknownHead> {
    let unknown = |variable: &str, why: String| UnknownHead { variable: variable.to_owned(), why };
    let named = detected.commit.clone()?;
    let commit = match named {
        // A branch, or HEAD.
        Some(commit) if CommitHash::new(commit.value.as_str()).is_err() => match checkout.resolve(&commit.value) {
            Ok(Some(value)) => Sourced { value, label: format!("{}, resolved by git", commit.label), ..commit },
            outcome => {
                let why = outcome.err().map(|problem| format!(" ({problem})")).unwrap_or_default();
                return Err(unknown(
                    &commit.label,
                    format!("is {}, which git does not know here{why}", quoted(&commit.value)),
                ));
            }
        },
        Some(commit) => commit,
        // In a pull request, HEAD may be a merge, which is checked below. Otherwise it needs no check.
        None => match (checkout.resolve("HEAD"), detected.merge_commits.filter(|_| detected.is_pull_request)) {
            (Ok(Some(value)), Some(_)) => from_git_head(value),
            _ => return Ok(None),
        },
    };
    let Some(MergeCommits::AuthoredBy(author)) = detected.merge_commits else { return Ok(Some(commit)) };
    let object = match checkout.commit(&commit.value) {
        Ok(object) => object,
        // In a build of a branch, the commit can be relied on; in one of a pull request, it may be a merge.
        Err(_) if !detected.is_pull_request => return Ok(Some(commit)),
        Err(problem) => {
            let why = format!("may name a merge that Bitbucket does not know, and git cannot tell ({problem})");
            return Err(unknown(&commit.label, why));
        }
    };
    let Some(object) = object else { return Err(unknown(&commit.label, NOT_IN_CHECKOUT.to_owned())) };
    match merged_head(&object, checkout.on_remote_branch(&commit.value), author, detected.is_pull_request) {
        Merge::None => Ok(Some(commit)),
        Merge::Head(value) => {
            let label = format!("{}, its first parent (it is a merge)", commit.label);
            Ok(Some(Sourced { value, label, ..commit }))
        }
        Merge::Unknown => Err(unknown(
            &commit.label,
            "names a merge that no remote branch contains, so Bitbucket does not know it".to_owned(),
        )),
    }
}

/// Whether a commit is a merge made by the CI system.
#[derive(Debug, PartialEq, Eq)]
enum Merge {
    /// It is not.
    None,
    /// It is, and this is the head that was merged.
    Head(String),
    /// It is, or may be, and its head is unknown.
    Unknown,
}

/// Decides whether a commit is a merge made by the CI system. A merge that a remote branch contains was pushed, so it
/// is not.
fn merged_head(
    object: &CommitObject,
    on_remote_branch: Result<RemoteBranch, GitError>,
    author: &str,
    is_pull_request: bool,
) -> Merge {
    let [first_parent, _, ..] = object.parents.as_slice() else { return Merge::None };
    match on_remote_branch.unwrap_or(RemoteBranch::Unknown) {
        RemoteBranch::Contains => Merge::None,
        _ if is_pull_request && object.author == author => Merge::Head(first_parent.clone()),
        RemoteBranch::DoesNotContain => Merge::Unknown,
        RemoteBranch::Unknown if object.author == author => Merge::Unknown,
        RemoteBranch::Unknown => Merge::None,
    }
}

fn from_git_head(value: String) -> Sourced<String> {
    Sourced { value, origin: Origin::Git, label: "git rev-parse HEAD".to_owned() }
}

/// Whether two hashes name the same commit. Either may be short, and case does not matter.
pub(crate) fn is_same_commit(one: &str, other: &str) -> bool {
    let length = one.len().min(other.len());
    one.as_bytes()[..length].eq_ignore_ascii_case(&other.as_bytes()[..length])
}

impl BuildInfo {
    /// The commit that is checked out, if nothing else names one.
    fn head_commit(&mut self, in_ci: bool, checkout: &dyn Checkout) -> Option<Sourced<String>> {
        match checkout.resolve("HEAD") {
            Ok(Some(value)) => return Some(from_git_head(value)),
            Ok(None) => {}
            Err(problem) => self.git_error = Some(problem),
        }
        if in_ci {
            let why = self.git_error.as_ref().map(|problem| format!(" ({problem})")).unwrap_or_default();
            self.notes.push(format!(
                "no variable names the commit, and git knows none here{why}: pass its hash with --commit"
            ));
        }
        None
    }

    /// A commit as the user names it: by its hash, or as HEAD, a branch or a tag.
    fn named_commit(&mut self, commit: Sourced<String>, checkout: &dyn Checkout) -> Sourced<String> {
        let commit = Sourced { value: commit.value.trim().to_owned(), ..commit };
        if CommitHash::new(commit.value.as_str()).is_ok() {
            return self.expand_short_hash(commit, checkout);
        }
        match checkout.resolve(&commit.value) {
            Ok(Some(value)) => {
                self.notes.push(format!("git resolved commit {} to {value}", commit.value));
                Sourced { value, label: format!("{}, resolved by git", commit.label), ..commit }
            }
            outcome => {
                self.git_error = outcome.err();
                commit
            }
        }
    }

    /// Expands a short hash if git can, with a note about the result.
    fn expand_short_hash(&mut self, commit: Sourced<String>, checkout: &dyn Checkout) -> Sourced<String> {
        if !CommitHash::new(commit.value.as_str()).is_ok_and(|hash| hash.is_short()) {
            return commit;
        }
        let outcome = checkout.resolve(&commit.value);
        // A branch may be named like a hash; then git returns the branch's commit.
        let completed = outcome.as_ref().ok().and_then(Option::as_ref);
        if let Some(value) = completed.filter(|value| is_same_commit(value, &commit.value)) {
            self.notes.push(format!("git expanded commit {} to {value}", commit.value));
            return Sourced { value: value.clone(), label: format!("{}, expanded by git", commit.label), ..commit };
        }
        let why = outcome.err().map(|problem| format!(" ({problem})")).unwrap_or_default();
        self.notes.push(format!("git does not know the short commit {} here{why}: it is sent as it is", commit.value));
        commit
    }

    /// A branch without the name of its remote; git knows the remotes.
    fn without_remote(&mut self, refname: Refname, checkout: &dyn Checkout) -> Option<Sourced<String>> {
        let branch = match refname {
            Refname::Bare(branch) => return Some(branch),
            Refname::OfRemote(branch) => branch,
        };
        let of_remote = |name: &str| branch.value.strip_prefix(name)?.strip_prefix('/').map(str::to_owned);
        let value = match checkout.remotes() {
            Ok(remotes) => {
                let names = remotes.iter().filter_map(|remote| of_remote(&remote.name));
                // One remote's name may start with another's: the longest match leaves the shortest branch.
                names.min_by_key(String::len).unwrap_or_else(|| branch.value.clone())
            }
            // Without git: origin is the default name of a remote.
            Err(_) if of_remote("origin").is_some() => of_remote("origin")?,
            Err(_) if !branch.value.contains('/') => branch.value.clone(),
            Err(problem) => {
                let Sourced { value, label, .. } = branch;
                self.notes.push(format!(
                    "{label} is {value:?}, which may begin with the name of a remote, and git cannot tell ({problem}): \
                     pass the branch with --refname"
                ));
                return None;
            }
        };
        // Without the remote's name, `origin/HEAD` or `origin/PR-7` is not a branch.
        let value = bare_branch(&value)?.to_owned();
        Some(Sourced { value, ..branch })
    }

    /// The repository of a remote at Bitbucket Cloud: that of `origin`, or the only one.
    fn remote(&mut self, checkout: &dyn Checkout) -> Option<Sourced<String>> {
        let remotes = match checkout.remotes() {
            Ok(remotes) => remotes,
            Err(problem) => {
                self.git_error = Some(problem);
                return None;
            }
        };
        let (mut found, mut aliases) = (Vec::<(String, String)>::new(), Vec::new());
        for remote in remotes {
            for address in &remote.addresses {
                match Remote::parse(address) {
                    Remote::Repository(repository) => found.push((remote.name.clone(), repository)),
                    Remote::SshAlias(alias) => aliases.push((remote.name.clone(), alias)),
                    Remote::Elsewhere => {}
                }
            }
        }
        found.sort_by_key(|(name, _)| name != "origin");
        found.dedup();
        let (name, repository) = match found.as_slice() {
            [] => {
                if let Some((name, alias)) = aliases.first() {
                    self.note_ssh_alias(&format!("the remote {name}"), alias);
                }
                return None;
            }
            [first, ..] if first.0 == "origin" => first,
            [first, others @ ..] if others.iter().all(|other| other.1 == first.1) => first,
            several => {
                let names: Vec<_> = several.iter().map(|(name, repository)| format!("{repository} ({name})")).collect();
                self.notes.push(format!(
                    "several remotes are at Bitbucket Cloud and none is called origin, {}: pass the repository with --repo",
                    names.join(", ")
                ));
                return None;
            }
        };
        let label = format!("git remote get-url {name}");
        Some(Sourced { value: repository.clone(), origin: Origin::Git, label })
    }

    fn note_ssh_alias(&mut self, what: &str, alias: &str) {
        self.notes.push(format!(
            "{what} is at {alias:?}, an alias from the ssh configuration: if it leads to Bitbucket Cloud, pass the repository \
             with --repo"
        ));
    }

    /// Adds the values of the CI system that are used unchanged.
    fn add(&mut self, detected: Detected) {
        let Sourced { value, origin, label } = detected.system;
        self.system = Some(Sourced { value: value.to_owned(), origin, label });
        self.notes.extend(detected.notes);
        if self.repository.is_none()
            && let Some(alias) = detected.ssh_alias
        {
            self.note_ssh_alias(&alias.label, &alias.value);
        }
        if let (Some(fork), Some(repository)) = (detected.fork, &self.repository)
            && !fork.value.eq_ignore_ascii_case(&repository.value)
        {
            let (fork, repository) = (fork.value, &repository.value);
            self.notes.push(format!(
                "the pull request comes from the fork {fork}: if {repository} does not have its commit, pass --repo {fork}"
            ));
        }
        self.pull_request = detected.pull_request;
        self.build_number = detected.build_number;
        self.url = detected.url;
    }

    /// Without a CI system or another refname, uses the branch that is checked out, if its commit is the one to report
    /// on.
    pub(crate) fn with_git_branch(mut self, checkout: &dyn Checkout) -> Self {
        if let (None, None, Some(commit)) = (&self.refname, &self.system, &self.commit) {
            let head = || checkout.resolve("HEAD").ok().flatten();
            if commit.origin == Origin::Git || head().is_some_and(|head| is_same_commit(&head, &commit.value)) {
                let label = "git symbolic-ref HEAD".to_owned();
                let branch = checkout.branch().ok().flatten();
                self.refname = branch.map(|value| Sourced { value, origin: Origin::Git, label });
            }
        }
        self
    }

    /// Adds a note about git's failure, if git would have named the repository or the commit.
    pub(crate) fn with_git_error_note(mut self) -> Self {
        // In a CI job, there already is a note about the commit.
        let needs_commit = self.commit.is_none() && self.system.is_none();
        let (unknown, options) = match (self.repository.is_none(), needs_commit) {
            (true, true) => ("neither repository nor commit", "--repo and --commit"),
            (true, false) => ("no repository", "--repo"),
            (false, true) => ("no commit", "--commit"),
            (false, false) => return self,
        };
        if let Some(problem) = &self.git_error {
            self.notes.push(format!("git names {unknown} ({problem}): pass {options}"));
        }
        self
    }

    /// Keeps only the url and refname that the user sets: an update changes nothing else.
    pub(crate) fn explicit_only(mut self) -> Self {
        let is_explicit = |sourced: &Sourced<String>| sourced.origin == Origin::User;
        self.url = self.url.filter(is_explicit);
        self.refname = self.refname.filter(is_explicit);
        self
    }

    /// Workspace and slug.
    pub(crate) fn repository(&self) -> Result<(&str, &str), CliError> {
        let Some(Sourced { value, label, .. }) = &self.repository else {
            return Err(self.unknown("repository", "repo WORKSPACE/SLUG", "BBSTATUS_REPO"));
        };
        let is_complete = |(workspace, slug): &(&str, &str)| {
            !workspace.is_empty() && !slug.is_empty() && !slug.contains('/') && !workspace.contains([':', '@'])
        };
        value.split_once('/').filter(is_complete).ok_or_else(|| {
            CliError::usage(format!("repository: expected WORKSPACE/SLUG, got {} ({label})", quoted(value)))
                .help("Write both as in the repository's address: https://bitbucket.org/WORKSPACE/SLUG")
        })
    }

    pub(crate) fn commit(&self) -> Result<&str, CliError> {
        let commit = self.commit.as_ref();
        let commit = &commit.ok_or_else(|| self.unknown("commit", "commit HASH", "BBSTATUS_COMMIT"))?.value;
        match CommitHash::new(commit.as_str()) {
            Ok(_) => Ok(commit),
            Err(error) => {
                let why = self.git_error.as_ref().map(|problem| format!(": {problem}")).unwrap_or_default();
                Err(CliError::from(error).detail(&format!("git knows no such branch or tag here{why}")))
            }
        }
    }

    fn unknown(&self, what: &str, option: &str, variable: &str) -> CliError {
        let nothing = match what {
            "repository" => "neither the CI system nor a remote of git names one at Bitbucket Cloud",
            _ => "neither the CI system nor git names one",
        };
        let git_error = self.git_error.as_ref().map(|problem| format!(" ({problem})")).unwrap_or_default();
        let problem = format!("{what}: none was given, and {nothing}{git_error}");
        let help = format!("Pass --{option} or set {variable}; `bbstatus detect` shows what was found");
        CliError::usage(problem).help(help)
    }
}

#[cfg(test)]
mod tests {
    use super::{BuildInfo, Merge, Overrides, is_same_commit, merged_head, resolve};
    use crate::{
        ci::{Detected, MergeCommits, Refname, UnknownHead},
        git::{Checkout, CommitObject, GitError, GitRemote, RemoteBranch},
        sourced::{Origin, Sourced},
    };

    const HEAD: &str = "e10dae226959c2194f2b07b077c07762d93821cf";
    const OTHER: &str = "0123456789abcdef0123456789abcdef01234567";
    const MERGE: &str = "feedfacefeedfacefeedfacefeedfacefeedface";

    fn sourced<T>(value: T, origin: Origin) -> Sourced<T> {
        Sourced { value, origin, label: "THERE".to_owned() }
    }

    fn given(commit: Option<&str>) -> Overrides {
        Overrides { commit: commit.map(|commit| sourced(commit.to_owned(), Origin::User)), ..Overrides::default() }
    }

    /// What a CI system says about a build of this commit of `main`.
    fn detected(commit: Option<&str>) -> Detected {
        let named = |value: &str| sourced(value.to_owned(), Origin::Ci);
        Detected {
            system: sourced("Jenkins", Origin::Ci),
            repository: Some(named("acme/rocket")),
            commit: Ok(commit.map(named)),
            merge_commits: None,
            refname: Some(Refname::Bare(named("main"))),
            is_pull_request: false,
            pull_request: None,
            fork: None,
            url: Some(named("https://ci.example.com/42")),
            build_number: None,
            ssh_alias: None,
            notes: Vec::new(),
        }
    }

    /// A checkout of `main` that knows two commits.
    struct Fake {
        remotes: &'static [(&'static str, &'static [&'static str])],
        on_remote_branch: RemoteBranch,
    }

    const FAKE: Fake = Fake { remotes: &[], on_remote_branch: RemoteBranch::Contains };

    impl Checkout for Fake {
        fn resolve(&self, revision: &str) -> Result<Option<String>, GitError> {
            Ok(match revision.to_ascii_lowercase().as_str() {
                "head" | "main" | "v1.0" | "deadbeef0000" => Some(HEAD.to_owned()),
                short if HEAD.starts_with(short) => Some(HEAD.to_owned()),
                MERGE => Some(MERGE.to_owned()),
                _ => None,
            })
        }

        fn commit(&self, hash: &str) -> Result<Option<CommitObject>, GitError> {
            let parents = if hash == MERGE { vec![HEAD.to_owned(), OTHER.to_owned()] } else { Vec::new() };
            Ok(self.resolve(hash)?.map(|_| CommitObject { author: "nobody@nowhere".to_owned(), parents }))
        }

        fn on_remote_branch(&self, _: &str) -> Result<RemoteBranch, GitError> {
            Ok(self.on_remote_branch)
        }

        fn branch(&self) -> Result<Option<String>, GitError> {
            Ok(Some("main".to_owned()))
        }

        fn remotes(&self) -> Result<Vec<GitRemote>, GitError> {
            let addresses = |addresses: &[&str]| addresses.iter().map(|&address| address.to_owned()).collect();
            let remote =
                |(name, list): &(&str, &[&str])| GitRemote { name: (*name).to_owned(), addresses: addresses(list) };
            Ok(self.remotes.iter().map(remote).collect())
        }
    }

    /// Git does not respond.
    struct Silent;

    impl Checkout for Silent {
        fn resolve(&self, _: &str) -> Result<Option<String>, GitError> {
            Err(GitError::Refused("fatal: detected dubious ownership".to_owned()))
        }

        fn commit(&self, hash: &str) -> Result<Option<CommitObject>, GitError> {
            self.resolve(hash).map(|_| None)
        }

        fn on_remote_branch(&self, hash: &str) -> Result<RemoteBranch, GitError> {
            self.resolve(hash).map(|_| RemoteBranch::Unknown)
        }

        fn branch(&self) -> Result<Option<String>, GitError> {
            self.resolve("HEAD")
        }

        fn remotes(&self) -> Result<Vec<GitRemote>, GitError> {
            self.resolve("HEAD").map(|_| Vec::new())
        }
    }

    fn value(sourced: Option<&Sourced<String>>) -> Option<&str> {
        sourced.map(|sourced| sourced.value.as_str())
    }

    #[test]
    fn a_short_hash_is_expanded_whatever_names_it() {
        let short = &HEAD[..12];
        let table = [
            (Some(short), None, HEAD, "git expanded commit"),
            (None, Some(short), HEAD, "git expanded commit"),
            (None, Some(&OTHER[..12]), &OTHER[..12], "it is sent as it is"),
            (Some(short), Some(OTHER), HEAD, "git expanded commit"),
            // A branch of this name points to another commit.
            (Some("deadbeef0000"), None, "deadbeef0000", "it is sent as it is"),
        ];
        for (typed, built, commit, note) in table {
            let info = resolve(given(typed), built.map(|built| detected(Some(built))), &FAKE);
            assert_eq!(value(info.commit.as_ref()), Some(commit), "{typed:?} {built:?}");
            assert!(info.notes.len() == 1 && info.notes[0].contains(note), "{:?}", info.notes);
        }
    }

    #[test]
    fn a_branch_or_a_tag_as_a_commit_is_resolved_or_refused_with_the_reason() {
        for name in ["HEAD", "main", "v1.0", " main\n"] {
            let info = resolve(given(Some(name)), None, &FAKE);
            assert_eq!(info.commit().unwrap(), HEAD, "{name}");
            assert!(
                info.notes[0].contains(&format!("git resolved commit {} to {HEAD}", name.trim())),
                "{:?}",
                info.notes
            );
        }
        let problem = |info: &BuildInfo| format!("{:?}", info.commit().unwrap_err());
        let unknown = problem(&resolve(given(Some("nowhere")), None, &FAKE));
        assert!(unknown.contains("got \\\"nowhere\\\"; git knows no such branch or tag here"), "{unknown}");
        let silent = problem(&resolve(given(Some("main")), None, &Silent));
        assert!(silent.contains("git knows no such branch or tag here: fatal: detected dubious ownership"), "{silent}");
        let info = resolve(given(None), Some(detected(Some("main"))), &FAKE);
        assert_eq!(value(info.commit.as_ref()), Some(HEAD));
        let info = resolve(given(None), Some(detected(Some("nowhere"))), &FAKE);
        assert_eq!(info.commit, None);
        assert!(
            info.notes[0].starts_with("THERE is \"nowhere\", which git does not know here: pass"),
            "{:?}",
            info.notes
        );
    }

    #[test]
    fn a_branch_stays_with_its_commit_however_that_is_written() {
        let upper = HEAD.to_ascii_uppercase();
        let table = [
            (None, Some("main")),
            (Some(HEAD), Some("main")),
            (Some(&*upper), Some("main")),
            (Some(&upper[..12]), Some("main")),
            (Some("HEAD"), Some("main")),
            (Some(OTHER), None),
        ];
        for (typed, branch) in table {
            let in_ci = resolve(given(typed), Some(detected(Some(HEAD))), &FAKE);
            let at_home = resolve(given(typed), None, &FAKE).with_git_branch(&FAKE);
            for info in [in_ci, at_home] {
                assert_eq!(value(info.refname.as_ref()), branch, "{typed:?}");
            }
        }
    }

    #[test]
    fn a_system_that_names_no_commit_builds_what_is_checked_out() {
        for (typed, commit, branch) in [(None, HEAD, Some("main")), (Some(OTHER), OTHER, None)] {
            let info = resolve(given(typed), Some(detected(None)), &FAKE);
            assert_eq!((value(info.commit.as_ref()), value(info.refname.as_ref())), (Some(commit), branch));
        }
        let silent = resolve(given(None), Some(detected(None)), &Silent);
        assert_eq!((&silent.commit, &silent.refname), (&None, &None));
        assert!(
            silent.notes[0].contains("git knows none here (fatal: detected dubious ownership): pass"),
            "{silent:?}"
        );
        let problem = format!("{:?}", silent.commit().unwrap_err());
        assert!(problem.contains("git names one (fatal: detected dubious ownership)"), "{problem}");
    }

    #[test]
    fn a_merge_of_the_system_is_one_that_no_branch_of_a_remote_contains() {
        use RemoteBranch::{Contains, DoesNotContain, Unknown};
        let system = "nobody@nowhere";
        let table = [
            (1, system, DoesNotContain, true, Merge::None),
            (2, system, DoesNotContain, true, Merge::Head("0".to_owned())),
            (2, system, Unknown, true, Merge::Head("0".to_owned())),
            (2, system, Contains, true, Merge::None),
            (2, "jane@example.com", DoesNotContain, true, Merge::Unknown),
            (2, "jane@example.com", Unknown, true, Merge::None),
            (2, "jane@example.com", Contains, true, Merge::None),
            (2, system, Contains, false, Merge::None),
            (2, system, DoesNotContain, false, Merge::Unknown),
            (2, system, Unknown, false, Merge::Unknown),
            (2, "jane@example.com", DoesNotContain, false, Merge::Unknown),
            (2, "jane@example.com", Unknown, false, Merge::None),
            (3, system, DoesNotContain, true, Merge::Head("0".to_owned())),
        ];
        for (parents, author, on_remote_branch, is_pull_request, expected) in table {
            let parents = (0..parents).map(|number: u8| number.to_string()).collect();
            let object = CommitObject { author: author.to_owned(), parents };
            let merge = merged_head(&object, Ok(on_remote_branch), system, is_pull_request);
            assert_eq!(merge, expected, "{object:?} {on_remote_branch:?} {is_pull_request}");
        }
    }

    #[test]
    fn in_a_pull_request_a_failure_of_git_is_not_read_as_an_empty_response() {
        let pull_request = |commit| Detected {
            is_pull_request: true,
            merge_commits: Some(MergeCommits::AuthoredBy("nobody@nowhere")),
            ..detected(Some(commit))
        };
        let fake = Fake { on_remote_branch: RemoteBranch::DoesNotContain, ..FAKE };
        assert_eq!(value(resolve(given(None), Some(pull_request(MERGE)), &fake).commit.as_ref()), Some(HEAD));
        let silent = resolve(given(None), Some(pull_request(MERGE)), &Silent);
        assert_eq!(silent.commit, None);
        assert!(
            silent.notes[0].starts_with("THERE may name a merge that Bitbucket does not know"),
            "{:?}",
            silent.notes
        );
        let elsewhere = resolve(given(None), Some(pull_request(OTHER)), &FAKE);
        assert_eq!((elsewhere.commit, elsewhere.repository), (None, None));
        assert!(elsewhere.notes[0].contains("is not in this checkout"), "{:?}", elsewhere.notes);
    }

    #[test]
    fn an_unknown_head_is_a_note_unless_a_commit_is_given() {
        let unknown = || Detected {
            commit: Err(UnknownHead { variable: "COMMIT".to_owned(), why: "is another".to_owned() }),
            ..detected(None)
        };
        let info = resolve(given(None), Some(unknown()), &FAKE);
        assert_eq!((info.commit, info.refname), (None, None));
        assert_eq!(info.notes, ["COMMIT is another: pass the commit's hash with --commit"]);
        let info = resolve(given(Some(HEAD)), Some(unknown()), &FAKE);
        assert_eq!((value(info.commit.as_ref()), info.refname, info.notes.len()), (Some(HEAD), None, 0));
    }

    #[test]
    fn the_repository_is_the_remote_that_is_at_bitbucket() {
        const AT_BITBUCKET: &[&str] = &["git@bitbucket.org:acme/rocket.git"];
        const FORK: &[&str] = &["git@bitbucket.org:jane/rocket.git"];
        const AT_GITHUB: &[&str] = &["git@github.com:acme/rocket.git"];
        const ALIAS: &[&str] = &["git@work:acme/rocket.git"];
        const MIRROR: &[&str] = &["git@bitbucket.org:acme/rocket.git", "https://mirror.example.com/acme/rocket.git"];
        const REWRITTEN: &[&str] = &["bb:acme/rocket", "git@bitbucket.org:acme/rocket"];
        type Table<'a> = &'a [(&'static [(&'static str, &'static [&'static str])], Option<&'a str>, Option<&'a str>)];
        let table: Table<'_> = &[
            (&[("origin", AT_BITBUCKET)], Some("git remote get-url origin"), None),
            (&[("upstream", AT_BITBUCKET)], Some("git remote get-url upstream"), None),
            (&[("origin", AT_GITHUB), ("bitbucket", AT_BITBUCKET)], Some("git remote get-url bitbucket"), None),
            (&[("fork", FORK), ("origin", AT_BITBUCKET)], Some("git remote get-url origin"), None),
            (&[("one", AT_BITBUCKET), ("other", AT_BITBUCKET)], Some("git remote get-url one"), None),
            (&[("origin", MIRROR)], Some("git remote get-url origin"), None),
            (&[("origin", REWRITTEN)], Some("git remote get-url origin"), None),
            (&[("one", AT_BITBUCKET), ("other", FORK)], None, Some("acme/rocket (one), jane/rocket (other)")),
            (&[("origin", ALIAS)], None, Some("the remote origin is at \"work\", an alias from the ssh")),
            (&[("origin", AT_GITHUB)], None, None),
            (&[], None, None),
        ];
        for (remotes, label, note) in table {
            let info = resolve(given(Some(HEAD)), None, &Fake { remotes, ..FAKE });
            assert_eq!(info.repository.as_ref().map(|repository| repository.label.as_str()), *label, "{remotes:?}");
            assert_eq!(value(info.repository.as_ref()), label.map(|_| "acme/rocket"));
            assert_eq!(info.notes.len(), usize::from(note.is_some()), "{:?}", info.notes);
            assert!(note.is_none_or(|note| info.notes[0].contains(note)), "{:?}", info.notes);
        }
    }

    #[test]
    fn a_branch_is_named_without_the_remote_that_git_knows() {
        type Remotes = &'static [(&'static str, &'static [&'static str])];
        const NONE: &[&str] = &[];
        let table: [(Remotes, &str, &str); 7] = [
            (&[("origin", NONE)], "origin/feature/x", "feature/x"),
            (&[("bitbucket", NONE)], "bitbucket/feature/x", "feature/x"),
            (&[("bitbucket", NONE)], "origin/feature/x", "origin/feature/x"),
            (&[("a", NONE), ("a/b", NONE)], "a/b/c", "c"),
            (&[("origin", NONE)], "main", "main"),
            (&[("origin", NONE)], "origin/HEAD", ""),
            (&[("origin", NONE)], "origin/PR-7", ""),
        ];
        let built = |branch: &str| Detected {
            refname: Some(Refname::OfRemote(sourced(branch.to_owned(), Origin::Ci))),
            ..detected(Some(HEAD))
        };
        for (remotes, branch, refname) in table {
            let info = resolve(given(None), Some(built(branch)), &Fake { remotes, ..FAKE });
            assert_eq!(value(info.refname.as_ref()).unwrap_or_default(), refname, "{branch}");
        }
        for (branch, refname) in [("origin/x", Some("x")), ("x", Some("x")), ("bitbucket/x", None)] {
            let info = resolve(given(None), Some(built(branch)), &Silent);
            assert_eq!(value(info.refname.as_ref()), refname, "{branch}");
            assert_eq!(info.notes.iter().any(|note| note.contains("--refname")), refname.is_none(), "{:?}", info.notes);
        }
    }

    #[test]
    fn a_fork_and_an_ssh_alias_are_named() {
        let fork = |name: &str| Some(sourced(name.to_owned(), Origin::Ci));
        let info = |detected| resolve(given(None), Some(detected), &FAKE).notes;
        assert_eq!(info(Detected { fork: fork("ACME/rocket"), ..detected(Some(HEAD)) }), Vec::<String>::new());
        let notes = info(Detected { fork: fork("jane/rocket"), ..detected(Some(HEAD)) });
        assert!(notes[0].contains("comes from the fork jane/rocket") && notes[0].contains("--repo"), "{notes:?}");
        let alias = || Detected { ssh_alias: fork("work"), ..detected(Some(HEAD)) };
        assert_eq!(info(alias()), Vec::<String>::new());
        let notes = info(Detected { repository: None, ..alias() });
        assert!(notes[0].starts_with("THERE is at \"work\"") && notes[0].contains("--repo"), "{notes:?}");
    }

    #[test]
    fn an_update_contains_what_the_user_sets_and_nothing_that_was_found() {
        let known = || resolve(given(None), Some(detected(Some(HEAD))), &FAKE);
        assert!(known().url.is_some() && known().refname.is_some());
        let BuildInfo { url, refname, commit, .. } = known().explicit_only();
        assert_eq!((url, refname, value(commit.as_ref())), (None, None, Some(HEAD)));
        let url = Some(sourced("https://a.example/".to_owned(), Origin::User));
        let info = resolve(Overrides { url, ..given(None) }, Some(detected(Some(HEAD))), &FAKE).explicit_only();
        assert_eq!(value(info.url.as_ref()), Some("https://a.example/"));
    }

    #[test]
    fn hashes_are_compared_up_to_the_shorter_one() {
        let table = [(HEAD, HEAD, true), (HEAD, &HEAD[..12], true), (&HEAD[..12], HEAD, true), (HEAD, OTHER, false)];
        for (one, other, same) in table {
            assert_eq!(is_same_commit(one, other), same, "{one} {other}");
            assert_eq!(is_same_commit(&one.to_ascii_uppercase(), other), same, "{one} {other}");
        }
    }
}
