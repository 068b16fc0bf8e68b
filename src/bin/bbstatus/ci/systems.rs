//! The CI systems, one entry each.

/// A CI system: how it is recognised, and which variables say what, the best first.
pub(super) struct System {
    pub(super) name: &'static str,
    /// The variable that only this system sets, and its value where only that tells it.
    pub(super) sign: (&'static str, Option<&'static str>),
    pub(super) repository: &'static [Rule],
    pub(super) commit: &'static [Rule],
    pub(super) branch: &'static [Rule],
    /// Set where a tag is built rather than a branch.
    pub(super) tag: &'static [Rule],
    pub(super) pull_request: &'static [Rule],
    pub(super) build_url: &'static [Rule],
    pub(super) build_number: &'static [Rule],
    /// The author of the merges that the system makes before it builds a pull request: Bitbucket knows only the first
    /// parent of such a commit, the pull request's head.
    pub(super) merge_author: Option<&'static str>,
}

/// How a value is read from variables.
pub(super) enum Rule {
    /// The text as it is.
    Text(&'static str),
    /// A branch, brought to its bare name.
    Branch(&'static str),
    /// A number; anything else, such as `false`, is nothing.
    Number(&'static str),
    /// The number at the end of an address.
    LastNumber(&'static str),
    /// The address of a git remote, which names a repository where it is at Bitbucket Cloud.
    Remote(&'static str),
    /// A text with `{VARIABLE}` in it.
    Template(&'static str),
}

use Rule::{Branch, LastNumber, Number, Remote, Template, Text};

/// The table. Names with dots are TeamCity's properties.
pub(super) const SYSTEMS: [System; 7] = [
    System {
        name: "Bitbucket Pipelines",
        sign: ("BITBUCKET_BUILD_NUMBER", None),
        repository: &[Text("BITBUCKET_REPO_FULL_NAME"), Template("{BITBUCKET_WORKSPACE}/{BITBUCKET_REPO_SLUG}")],
        commit: &[Text("BITBUCKET_COMMIT")],
        branch: &[Branch("BITBUCKET_BRANCH")],
        tag: &[Text("BITBUCKET_TAG")],
        pull_request: &[Number("BITBUCKET_PR_ID")],
        build_url: &[Template(
            "https://bitbucket.org/{BITBUCKET_REPO_FULL_NAME}/pipelines/results/{BITBUCKET_BUILD_NUMBER}",
        )],
        build_number: &[Number("BITBUCKET_BUILD_NUMBER")],
        merge_author: None,
    },
    System {
        name: "Jenkins",
        sign: ("JENKINS_URL", None),
        repository: &[Remote("GIT_URL"), Template("{BITBUCKET_OWNER}/{BITBUCKET_REPOSITORY}")],
        commit: &[Text("GIT_COMMIT")],
        branch: &[Branch("CHANGE_BRANCH"), Branch("BRANCH_NAME"), Branch("GIT_BRANCH")],
        tag: &[Text("TAG_NAME")],
        pull_request: &[Number("CHANGE_ID")],
        build_url: &[Text("BUILD_URL"), Text("RUN_DISPLAY_URL")],
        build_number: &[Number("BUILD_NUMBER")],
        merge_author: Some("nobody@nowhere"),
    },
    System {
        name: "CircleCI",
        sign: ("CIRCLECI", None),
        repository: &[Remote("CIRCLE_REPOSITORY_URL"), Template("{CIRCLE_PROJECT_USERNAME}/{CIRCLE_PROJECT_REPONAME}")],
        commit: &[Text("CIRCLE_SHA1")],
        branch: &[Branch("CIRCLE_BRANCH")],
        tag: &[Text("CIRCLE_TAG")],
        pull_request: &[Number("CIRCLE_PR_NUMBER"), LastNumber("CIRCLE_PULL_REQUEST")],
        build_url: &[Text("CIRCLE_BUILD_URL")],
        build_number: &[Number("CIRCLE_BUILD_NUM")],
        merge_author: None,
    },
    System {
        name: "Buildkite",
        sign: ("BUILDKITE", None),
        repository: &[Remote("BUILDKITE_REPO")],
        commit: &[Text("BUILDKITE_COMMIT")],
        branch: &[Branch("BUILDKITE_BRANCH")],
        tag: &[Text("BUILDKITE_TAG")],
        pull_request: &[Number("BUILDKITE_PULL_REQUEST")],
        build_url: &[Text("BUILDKITE_BUILD_URL")],
        build_number: &[Number("BUILDKITE_BUILD_NUMBER")],
        merge_author: None,
    },
    System {
        name: "TeamCity",
        sign: ("TEAMCITY_VERSION", None),
        repository: &[Remote("vcsroot.url")],
        commit: &[Text("BUILD_VCS_NUMBER")],
        branch: &[Branch("teamcity.pullRequest.source.branch"), Branch("teamcity.build.branch")],
        tag: &[],
        pull_request: &[Number("teamcity.pullRequest.number")],
        build_url: &[Text("BUILD_URL"), Template("{teamcity.serverUrl}/viewLog.html?buildId={teamcity.build.id}")],
        build_number: &[Text("BUILD_NUMBER")],
        merge_author: None,
    },
    System {
        name: "Drone",
        sign: ("DRONE", None),
        repository: &[Remote("DRONE_REMOTE_URL"), Text("DRONE_REPO")],
        commit: &[Text("DRONE_COMMIT_SHA")],
        branch: &[Branch("DRONE_SOURCE_BRANCH"), Branch("DRONE_BRANCH")],
        tag: &[Text("DRONE_TAG")],
        pull_request: &[Number("DRONE_PULL_REQUEST")],
        build_url: &[Text("DRONE_BUILD_LINK")],
        build_number: &[Number("DRONE_BUILD_NUMBER")],
        merge_author: None,
    },
    System {
        name: "Woodpecker",
        sign: ("CI", Some("woodpecker")),
        repository: &[Remote("CI_REPO_CLONE_URL"), Text("CI_REPO")],
        commit: &[Text("CI_COMMIT_SHA")],
        branch: &[Branch("CI_COMMIT_SOURCE_BRANCH"), Branch("CI_COMMIT_BRANCH")],
        tag: &[Text("CI_COMMIT_TAG")],
        pull_request: &[Number("CI_COMMIT_PULL_REQUEST")],
        build_url: &[Text("CI_PIPELINE_URL")],
        build_number: &[Number("CI_PIPELINE_NUMBER")],
        merge_author: None,
    },
];
