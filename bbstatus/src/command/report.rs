//! The status that `set`, `run` and `apply` report, and the url that it has by default.

use bitbucket_build_status::{Commit, Key, SetStatus, State, validate_url};

use crate::{
    build_info::BuildInfo,
    cli_error::CliError,
    sourced::{Origin, Sourced},
    target::Target,
};

/// A status to report, without its state.
#[derive(Clone, Debug)]
pub(crate) struct StatusReport {
    pub(crate) commit: Commit,
    pub(crate) key: Key,
    pub(crate) url: String,
    pub(crate) name: Option<String>,
    pub(crate) description: Option<String>,
    pub(crate) refname: Option<String>,
}

impl StatusReport {
    /// A status of the build. Also returns a note if its url is the commit's page.
    pub(crate) fn of_build(
        target: &Target,
        key: Key,
        name: Option<String>,
        description: Option<String>,
    ) -> Result<(Self, Option<String>), CliError> {
        let commit = target.commit()?;
        let (url, note) = DefaultUrl::new(&target.build_info)?;
        let refname = target.build_info.refname.as_ref().map(|refname| refname.value.clone());
        Ok((Self { url: url.for_commit(&commit), commit, key, name, description, refname }, note))
    }

    /// The request that reports a state.
    pub(crate) fn request(&self, state: State) -> SetStatus {
        let request = self.commit.set(&self.key, state, &*self.url);
        request.name(self.name.as_deref()).description(self.description.as_deref()).refname(self.refname.as_deref())
    }
}

/// The url of reports that name none.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum DefaultUrl {
    /// The build's page.
    Build(String),
    /// The page of the commit, because the build's page is unknown or Bitbucket would refuse it.
    CommitPage,
}

impl DefaultUrl {
    /// Chooses the url. Also returns a note if it is the commit's page.
    ///
    /// # Errors
    /// If the user gave a url that Bitbucket would refuse, or one with a user name or a password.
    pub(crate) fn new(build: &BuildInfo) -> Result<(Self, Option<String>), CliError> {
        let Some(url) = &build.url else {
            let note = "the url of the build is not known, so the commit's page is reported; pass another with --url";
            return Ok((Self::CommitPage, Some(note.to_owned())));
        };
        if url.origin == Origin::User {
            let label = format!("url ({})", url.label);
            check_url(&url.value, &label)?;
            let is_typed = url.label.starts_with("--");
            let named = |error: CliError| if is_typed { error } else { error.with_field_name(&label) };
            validate_url(&url.value).map_err(|error| named(error.into()))?;
        } else if let Some(problem) = refusal(url) {
            let note = format!("the commit's page is reported instead of the url of the build: {problem}");
            return Ok((Self::CommitPage, Some(note)));
        }
        Ok((Self::Build(url.value.clone()), None))
    }

    /// The url for a report about this commit.
    pub(crate) fn for_commit(&self, commit: &Commit) -> String {
        match self {
            Self::Build(url) => url.clone(),
            Self::CommitPage => commit_page(commit),
        }
    }
}

/// Why the url of the CI system cannot be reported.
pub(crate) fn refusal(url: &Sourced<String>) -> Option<String> {
    let refused = |error| CliError::from(error).with_field_name(&url.label);
    let error = check_url(&url.value, &url.label).and_then(|()| validate_url(&url.value).map_err(refused)).err()?;
    Some(error.problem().to_owned())
}

/// Refuses a url with a user name or a password: Bitbucket would show it to everyone who can read the repository.
pub(crate) fn check_url(url: &str, label: &str) -> Result<(), CliError> {
    let authority = url.split_once("://").and_then(|(_, rest)| rest.split(['/', '\\', '?', '#']).next());
    if !authority.is_some_and(|authority| authority.contains('@')) {
        return Ok(());
    }
    Err(CliError::usage(format!("{label}: expected a URL without user name and password, got one that has them"))
        .help("Bitbucket shows the url to everyone who can read the repository. Remove the part before the \"@\""))
}

/// The page of a commit at Bitbucket. Braces are encoded: in a url, they are context variables.
fn commit_page(commit: &Commit) -> String {
    let segment = |name: &str| name.replace('{', "%7B").replace('}', "%7D");
    let (workspace, slug) = (segment(commit.workspace().as_str()), segment(commit.repo_slug().as_str()));
    format!("https://bitbucket.org/{workspace}/{slug}/commits/{}", commit.hash())
}

#[cfg(test)]
mod tests {
    use bitbucket_build_status::Client;

    use super::{DefaultUrl, check_url, commit_page};
    use crate::{
        build_info::BuildInfo,
        sourced::{Origin, Sourced},
    };

    const COMMIT: &str = "e10dae226959c2194f2b07b077c07762d93821cf";

    fn client() -> Client {
        Client::builder().base_url("http://127.0.0.1:1").build().unwrap()
    }

    #[test]
    fn the_commits_page_stands_in_for_a_url_that_is_unknown_or_refused() {
        let page = format!("https://bitbucket.org/acme/rocket/commits/{COMMIT}");
        let good = "https://ci.example.com/42";
        let table = [
            (None, &*page, "the url of the build is not known"),
            (Some((Origin::Ci, good)), good, ""),
            (Some((Origin::User, good)), good, ""),
            (
                Some((Origin::Ci, "http://jenkins:8080/job/1")),
                &page,
                "BUILD_URL: expected an absolute http or https URL",
            ),
            (Some((Origin::Ci, "/job/1")), &page, "BUILD_URL: expected an absolute"),
            (
                Some((Origin::Ci, "https://jane:s3cret@ci.example.com/")),
                &page,
                "BUILD_URL: expected a URL without user",
            ),
        ];
        let commit = client().commit("acme", "rocket", COMMIT).unwrap();
        for (url, expected, note) in table {
            let url = url.map(|(origin, url)| Sourced { value: url.to_owned(), origin, label: "BUILD_URL".to_owned() });
            let build = BuildInfo { url, ..BuildInfo::default() };
            let (default, actual) = DefaultUrl::new(&build).unwrap();
            assert_eq!(default.for_commit(&commit), expected);
            let actual = actual.unwrap_or_default();
            assert!(
                actual.contains(note) && actual.is_empty() == note.is_empty() && !actual.contains("s3cret"),
                "{actual}"
            );
        }
    }

    #[test]
    fn a_url_that_the_user_gave_is_refused_by_the_name_of_its_origin_and_never_replaced() {
        let refused = |url: &str, label: &str| {
            let url = Sourced { value: url.to_owned(), origin: Origin::User, label: label.to_owned() };
            DefaultUrl::new(&BuildInfo { url: Some(url), ..BuildInfo::default() }).unwrap_err().problem().to_owned()
        };
        for (url, label, problem) in [
            ("http://jenkins:8080/job/1", "BBSTATUS_URL", "url (BBSTATUS_URL): expected an absolute"),
            ("http://jenkins:8080/job/1", "--url", "url: expected an absolute"),
            ("https://a:b@ci.example.com", "BBSTATUS_URL", "url (BBSTATUS_URL): expected a URL without user"),
        ] {
            assert!(refused(url, label).starts_with(problem), "{}", refused(url, label));
        }
    }

    #[test]
    fn user_names_and_passwords_are_refused_and_not_shown() {
        let table = [
            ("https://jane:s3cret@ci.example.com/42", true),
            ("https://s3cret@ci.example.com", true),
            ("HTTP://a@b:s3cret@ci.example.com?access_token=s3cret@y", true),
            ("https://:s3cret@[::1]:8080/", true),
            ("https://ci.example.com/@42", false),
            ("https://ci.example.com?mail=a@b", false),
            ("https://ci.example.com\\@x", false),
            ("mailto:a@b", false),
        ];
        for (url, is_refused) in table {
            let problem = check_url(url, "url").err().map(|error| error.problem().to_owned());
            assert_eq!(problem.is_some(), is_refused, "{url}");
            assert!(!problem.unwrap_or_default().contains("s3cret"), "{url}");
        }
    }

    #[test]
    fn the_page_of_a_commit_has_no_braces() {
        let commit = client().commit("{1a2b}", "rocket", COMMIT).unwrap();
        assert_eq!(commit_page(&commit), format!("https://bitbucket.org/%7B1a2b%7D/rocket/commits/{COMMIT}"));
    }
}
