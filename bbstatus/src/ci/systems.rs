//! The CI systems, one entry each.

/// A CI system: how it is recognised, and which variables say what, the best first.
pub(super) struct System {
    pub(super) name: &'static str,
    /// The variable that only this system sets, and its value where only that tells it.
    pub(super) marker: (&'static str, Option<&'static str>),
    pub(super) repository: &'static [Lookup],
    pub(super) commit: &'static [Lookup],
    pub(super) branch: &'static [Lookup],
    /// Set where a tag is built rather than a branch.
    pub(super) tag: &'static [Lookup],
    pub(super) pull_request: &'static [Lookup],
    pub(super) build_url: &'static [Lookup],
    pub(super) build_number: &'static [Lookup],
    pub(super) merges: MergeCommits,
}

/// What `commit` names where a pull request is built. Bitbucket does not know a merge that the system has made.
pub(super) enum MergeCommits {
    /// Always the pull request's head.
    None,
    /// Maybe a merge by this author, whose first parent is the head.
    AuthoredBy(&'static str),
    /// A merge wherever one of the first is set; the head is what the others say.
    Always([&'static [Lookup]; 2]),
}

/// How a value is read from variables.
pub(super) enum Lookup {
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
    /// The text as it is, where the other variable has this value.
    Where(&'static str, (&'static str, &'static str)),
}

use Lookup::{Branch, LastNumber, Number, Remote, Template, Text, Where};

/// The table. Names with dots are TeamCity's properties, those that begin with a slash members of GitHub's event.
pub(super) const SYSTEMS: [System; 13] = [
    System {
        name: "Bitbucket Pipelines",
        marker: ("BITBUCKET_BUILD_NUMBER", None),
        repository: &[Text("BITBUCKET_REPO_FULL_NAME"), Template("{BITBUCKET_WORKSPACE}/{BITBUCKET_REPO_SLUG}")],
        commit: &[Text("BITBUCKET_COMMIT")],
        branch: &[Branch("BITBUCKET_BRANCH")],
        tag: &[Text("BITBUCKET_TAG")],
        pull_request: &[Number("BITBUCKET_PR_ID")],
        build_url: &[Template(
            "https://bitbucket.org/{BITBUCKET_REPO_FULL_NAME}/pipelines/results/{BITBUCKET_BUILD_NUMBER}",
        )],
        build_number: &[Number("BITBUCKET_BUILD_NUMBER")],
        merges: MergeCommits::None,
    },
    System {
        name: "Jenkins",
        marker: ("JENKINS_URL", None),
        repository: &[Remote("GIT_URL"), Template("{BITBUCKET_OWNER}/{BITBUCKET_REPOSITORY}")],
        commit: &[Text("GIT_COMMIT")],
        branch: &[Branch("CHANGE_BRANCH"), Branch("BRANCH_NAME"), Branch("GIT_BRANCH")],
        tag: &[Text("TAG_NAME")],
        pull_request: &[Number("CHANGE_ID")],
        build_url: &[Text("BUILD_URL"), Text("RUN_DISPLAY_URL")],
        build_number: &[Number("BUILD_NUMBER")],
        merges: MergeCommits::AuthoredBy("nobody@nowhere"),
    },
    System {
        name: "CircleCI",
        marker: ("CIRCLECI", None),
        repository: &[Remote("CIRCLE_REPOSITORY_URL"), Template("{CIRCLE_PROJECT_USERNAME}/{CIRCLE_PROJECT_REPONAME}")],
        commit: &[Text("CIRCLE_SHA1")],
        branch: &[Branch("CIRCLE_BRANCH")],
        tag: &[Text("CIRCLE_TAG")],
        pull_request: &[Number("CIRCLE_PR_NUMBER"), LastNumber("CIRCLE_PULL_REQUEST")],
        build_url: &[Text("CIRCLE_BUILD_URL")],
        build_number: &[Number("CIRCLE_BUILD_NUM")],
        merges: MergeCommits::None,
    },
    System {
        name: "Buildkite",
        marker: ("BUILDKITE", None),
        repository: &[Remote("BUILDKITE_REPO")],
        commit: &[Text("BUILDKITE_COMMIT")],
        branch: &[Branch("BUILDKITE_BRANCH")],
        tag: &[Text("BUILDKITE_TAG")],
        pull_request: &[Number("BUILDKITE_PULL_REQUEST")],
        build_url: &[Text("BUILDKITE_BUILD_URL")],
        build_number: &[Number("BUILDKITE_BUILD_NUMBER")],
        merges: MergeCommits::None,
    },
    System {
        name: "TeamCity",
        marker: ("TEAMCITY_VERSION", None),
        repository: &[Remote("vcsroot.url")],
        commit: &[Text("BUILD_VCS_NUMBER")],
        branch: &[Branch("teamcity.pullRequest.source.branch"), Branch("teamcity.build.branch")],
        tag: &[],
        pull_request: &[Number("teamcity.pullRequest.number")],
        build_url: &[Text("BUILD_URL"), Template("{teamcity.serverUrl}/viewLog.html?buildId={teamcity.build.id}")],
        build_number: &[Text("BUILD_NUMBER")],
        merges: MergeCommits::None,
    },
    System {
        name: "Drone",
        marker: ("DRONE", None),
        repository: &[Remote("DRONE_REMOTE_URL"), Text("DRONE_REPO")],
        commit: &[Text("DRONE_COMMIT_SHA")],
        branch: &[Branch("DRONE_SOURCE_BRANCH"), Branch("DRONE_BRANCH")],
        tag: &[Text("DRONE_TAG")],
        pull_request: &[Number("DRONE_PULL_REQUEST")],
        build_url: &[Text("DRONE_BUILD_LINK")],
        build_number: &[Number("DRONE_BUILD_NUMBER")],
        merges: MergeCommits::None,
    },
    System {
        name: "Woodpecker",
        marker: ("CI", Some("woodpecker")),
        repository: &[Remote("CI_REPO_CLONE_URL"), Text("CI_REPO")],
        commit: &[Text("CI_COMMIT_SHA")],
        branch: &[Branch("CI_COMMIT_SOURCE_BRANCH"), Branch("CI_COMMIT_BRANCH")],
        tag: &[Text("CI_COMMIT_TAG")],
        pull_request: &[Number("CI_COMMIT_PULL_REQUEST")],
        build_url: &[Text("CI_PIPELINE_URL")],
        build_number: &[Number("CI_PIPELINE_NUMBER")],
        merges: MergeCommits::None,
    },
    System {
        name: "Azure Pipelines",
        marker: ("TF_BUILD", None),
        repository: &[Remote("BUILD_REPOSITORY_URI")],
        commit: &[Text("BUILD_SOURCEVERSION")],
        branch: &[Branch("SYSTEM_PULLREQUEST_SOURCEBRANCH"), Branch("BUILD_SOURCEBRANCH")],
        tag: &[],
        pull_request: &[Number("SYSTEM_PULLREQUEST_PULLREQUESTNUMBER"), Number("SYSTEM_PULLREQUEST_PULLREQUESTID")],
        build_url: &[Template(
            "{SYSTEM_TEAMFOUNDATIONCOLLECTIONURI}{SYSTEM_TEAMPROJECT}/_build/results?buildId={BUILD_BUILDID}",
        )],
        build_number: &[Text("BUILD_BUILDNUMBER")],
        merges: MergeCommits::Always([
            &[Text("SYSTEM_PULLREQUEST_PULLREQUESTID"), Text("SYSTEM_PULLREQUEST_SOURCEBRANCH")],
            &[Text("SYSTEM_PULLREQUEST_SOURCECOMMITID")],
        ]),
    },
    System {
        name: "GitLab CI",
        marker: ("GITLAB_CI", None),
        repository: &[Remote("CI_REPOSITORY_URL")],
        // The first is set where the second is a merge.
        commit: &[Text("CI_MERGE_REQUEST_SOURCE_BRANCH_SHA"), Text("CI_COMMIT_SHA")],
        branch: &[Branch("CI_MERGE_REQUEST_SOURCE_BRANCH_NAME"), Branch("CI_COMMIT_REF_NAME")],
        tag: &[Text("CI_COMMIT_TAG")],
        pull_request: &[Number("CI_MERGE_REQUEST_IID"), Number("CI_EXTERNAL_PULL_REQUEST_IID")],
        build_url: &[Text("CI_JOB_URL"), Text("CI_PIPELINE_URL")],
        build_number: &[Number("CI_PIPELINE_ID")],
        merges: MergeCommits::None,
    },
    System {
        name: "GitHub Actions",
        marker: ("GITHUB_ACTIONS", None),
        // The one at GitHub is called something else at Bitbucket.
        repository: &[],
        commit: &[Text("GITHUB_SHA")],
        branch: &[Branch("GITHUB_HEAD_REF"), Branch("GITHUB_REF")],
        tag: &[],
        pull_request: &[Number("/pull_request/number")],
        build_url: &[Template("{GITHUB_SERVER_URL}/{GITHUB_REPOSITORY}/actions/runs/{GITHUB_RUN_ID}")],
        build_number: &[Number("GITHUB_RUN_NUMBER")],
        merges: MergeCommits::Always([&[Text("GITHUB_HEAD_REF")], &[Text("/pull_request/head/sha")]]),
    },
    System {
        name: "Semaphore",
        marker: ("SEMAPHORE", None),
        repository: &[Remote("SEMAPHORE_GIT_URL")],
        commit: &[Text("SEMAPHORE_GIT_SHA")],
        branch: &[Branch("SEMAPHORE_GIT_PR_BRANCH"), Branch("SEMAPHORE_GIT_BRANCH")],
        tag: &[Text("SEMAPHORE_GIT_TAG_NAME")],
        pull_request: &[Number("SEMAPHORE_GIT_PR_NUMBER")],
        build_url: &[Template("{SEMAPHORE_ORGANIZATION_URL}/jobs/{SEMAPHORE_JOB_ID}")],
        build_number: &[Text("SEMAPHORE_PIPELINE_ID")],
        merges: MergeCommits::Always([&[Text("SEMAPHORE_GIT_PR_NUMBER")], &[Text("SEMAPHORE_GIT_PR_SHA")]]),
    },
    System {
        name: "AppVeyor",
        marker: ("APPVEYOR", None),
        repository: &[Where("APPVEYOR_REPO_NAME", ("APPVEYOR_REPO_PROVIDER", "bitBucket"))],
        commit: &[Text("APPVEYOR_REPO_COMMIT")],
        branch: &[Branch("APPVEYOR_PULL_REQUEST_HEAD_REPO_BRANCH"), Branch("APPVEYOR_REPO_BRANCH")],
        tag: &[Text("APPVEYOR_REPO_TAG_NAME")],
        pull_request: &[Number("APPVEYOR_PULL_REQUEST_NUMBER")],
        build_url: &[Template(
            "{APPVEYOR_URL}/project/{APPVEYOR_ACCOUNT_NAME}/{APPVEYOR_PROJECT_SLUG}/builds/{APPVEYOR_BUILD_ID}",
        )],
        build_number: &[Number("APPVEYOR_BUILD_NUMBER")],
        merges: MergeCommits::Always([
            &[Text("APPVEYOR_PULL_REQUEST_NUMBER")],
            &[Text("APPVEYOR_PULL_REQUEST_HEAD_COMMIT")],
        ]),
    },
    System {
        name: "Travis CI",
        marker: ("TRAVIS", None),
        // No variable says where the repository is; git's remote does.
        repository: &[],
        commit: &[Text("TRAVIS_COMMIT")],
        branch: &[Branch("TRAVIS_PULL_REQUEST_BRANCH"), Branch("TRAVIS_BRANCH")],
        tag: &[Text("TRAVIS_TAG")],
        pull_request: &[Number("TRAVIS_PULL_REQUEST")],
        build_url: &[Text("TRAVIS_BUILD_WEB_URL"), Text("TRAVIS_JOB_WEB_URL")],
        build_number: &[Number("TRAVIS_BUILD_NUMBER")],
        merges: MergeCommits::Always([&[Number("TRAVIS_PULL_REQUEST")], &[Text("TRAVIS_PULL_REQUEST_SHA")]]),
    },
];
