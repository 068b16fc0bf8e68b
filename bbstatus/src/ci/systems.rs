//! The CI systems, one entry each. `tests/fixtures/ci/` has the environment of each kind of build in each of them,
//! and tests compare what is detected there with the expected values.

use super::lookup::{
    Condition::{self, All, Any, Is, IsNumber, IsUnreadable, IsWord, Not, OneOf, Set, StartsWith},
    Lookup::{
        self, After, Branch, FullName, LastNumber, Number, Page, Pair, Remote, RemoteBranch, Template, Text, When,
    },
};

/// A CI system: how it is recognized, and which variables name what. In each list, the first variable that is set
/// decides.
pub(super) struct System {
    pub(super) name: &'static str,
    /// Conditions that only this system meets; one of them is enough.
    pub(super) markers: &'static [Condition],
    /// The repository, if the value proves that it is at Bitbucket Cloud; owner and name alone do not.
    pub(super) repository: &'static [Lookup],
    /// The commit that is built.
    pub(super) commit: &'static [Lookup],
    /// The branch that is built; in a pull request, its source branch.
    pub(super) refname: &'static [Lookup],
    /// Variables that may name the target branch of a pull request; in a pull request they are never read as its source
    /// branch.
    pub(super) targets: &'static [&'static str],
    /// Lookups that find a value only if a tag is built.
    pub(super) tag: &'static [Lookup],
    /// One of these holds if a pull request is built.
    pub(super) in_pull_request: &'static [Condition],
    pub(super) pull_request: &'static [Lookup],
    pub(super) head: Head,
    /// The repository of a pull request that comes from a fork.
    pub(super) fork: &'static [Lookup],
    /// Events that are about another commit than the one in `commit`.
    pub(super) other_events: &'static [OtherEvent],
    pub(super) url: &'static [Lookup],
    pub(super) build_number: &'static [Lookup],
}

/// What names the head of a pull request. Bitbucket does not know a merge made by the CI system.
#[derive(Clone, Copy)]
pub(super) enum Head {
    /// The commit is the head.
    Commit,
    /// The commit is the head, a merge of it by the system, or a commit of another repository. Only the checkout shows
    /// which.
    Checkout(MergeCommits),
    /// The commit is not the head; only these lookups name the head. The text completes the note: what the commit is
    /// instead.
    Only(&'static [Lookup], &'static str),
}

const A_MERGE: &str = "names a merge that Bitbucket does not know";

/// The merges that a system makes before it builds a pull request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum MergeCommits {
    /// By this author, with the head as their first parent.
    AuthoredBy(&'static str),
}

/// An event about another commit than the one that the system's variable names.
pub(super) struct OtherEvent {
    pub(super) when: Condition,
    pub(super) commit: &'static [Lookup],
    pub(super) refname: &'static [Lookup],
    pub(super) pull_request: &'static [Lookup],
    /// The repository of a pull request that comes from a fork.
    pub(super) fork: &'static [Lookup],
    /// For the note if `commit` finds nothing: the variable that misleads, and why.
    pub(super) variable: &'static str,
    pub(super) why: &'static str,
}

/// The default of each member.
const UNSET: System = System {
    name: "",
    markers: &[],
    repository: &[],
    commit: &[],
    refname: &[],
    targets: &[],
    tag: &[],
    in_pull_request: &[],
    pull_request: &[],
    head: Head::Commit,
    fork: &[],
    other_events: &[],
    url: &[],
    build_number: &[],
};

/// Whether `CI_COMMIT_REF` names a branch, not a tag or a pull request.
const BRANCH_REF: Condition = StartsWith("CI_COMMIT_REF", "refs/heads/");
/// Whether GitLab builds a merge of one or more merge requests, which `CI_COMMIT_SHA` then names.
const GITLAB_MERGES: Condition = OneOf("CI_MERGE_REQUEST_EVENT_TYPE", &["merged_result", "merge_train"]);
/// Events of Bitbucket's webhooks:
/// <https://support.atlassian.com/bitbucket-cloud/docs/event-payloads/>
const BITBUCKET_PUSH: Condition = Set("TRIGGER_PAYLOAD:/push/changes");
const BITBUCKET_PULL_REQUEST: Condition = Set("TRIGGER_PAYLOAD:/pullrequest/source");
const BITBUCKET_EVENT: Condition = Any(&[
    BITBUCKET_PUSH,
    BITBUCKET_PULL_REQUEST,
    StartsWith("TRIGGER_PAYLOAD:/repository/links/html/href", "https://bitbucket.org/"),
]);
/// A push may change several branches; then nothing says which of their commits is built.
const ONE_CHANGE: Condition = Not(&Set("TRIGGER_PAYLOAD:/push/changes/1"));

/// The events that are about the commit in `GITHUB_SHA`. Those about a pull request name its head in the event file.
/// <https://docs.github.com/en/actions/reference/workflows-and-actions/events-that-trigger-workflows>
const GITHUB_COMMIT_EVENTS: &[&str] =
    &["", "push", "create", "deployment", "deployment_status", "release", "schedule", "workflow_dispatch"];
const GITHUB_PULL_REQUEST: Condition = Any(&[
    Set("GITHUB_HEAD_REF"),
    StartsWith("GITHUB_REF", "refs/pull/"),
    StartsWith("GITHUB_EVENT_NAME", "pull_request"),
    All(&[Is("GITHUB_EVENT_NAME", ""), Set("GITHUB_EVENT_PATH:/pull_request/head/sha")]),
]);

/// GitHub Actions, and the model for Forgejo's and Gitea's.
/// <https://docs.github.com/en/actions/reference/workflows-and-actions/variables>
const GITHUB: System = System {
    name: "GitHub Actions",
    markers: &[Set("GITHUB_ACTIONS")],
    // No repository: GITHUB_REPOSITORY is that at GitHub.
    commit: &[Text("GITHUB_SHA")],
    refname: &[Branch("GITHUB_HEAD_REF"), Branch("GITHUB_EVENT_PATH:/pull_request/head/ref"), Branch("GITHUB_REF")],
    targets: &["GITHUB_REF", "GITHUB_REF_NAME", "GITHUB_BASE_REF"],
    tag: &[When(StartsWith("GITHUB_REF", "refs/tags/"), &Text("GITHUB_REF"))],
    in_pull_request: &[GITHUB_PULL_REQUEST],
    pull_request: &[Number("GITHUB_EVENT_PATH:/pull_request/number")],
    head: Head::Only(&[Text("GITHUB_EVENT_PATH:/pull_request/head/sha")], A_MERGE),
    other_events: &[
        OtherEvent {
            when: Any(&[
                Is("GITHUB_EVENT_NAME", "workflow_run"),
                All(&[Is("GITHUB_EVENT_NAME", ""), Set("GITHUB_EVENT_PATH:/workflow_run/head_sha")]),
            ]),
            commit: &[Text("GITHUB_EVENT_PATH:/workflow_run/head_sha")],
            refname: &[Branch("GITHUB_EVENT_PATH:/workflow_run/head_branch")],
            pull_request: &[Number("GITHUB_EVENT_PATH:/workflow_run/pull_requests/0/number")],
            ..GITHUB_OTHER_EVENT
        },
        OtherEvent {
            when: Is("GITHUB_EVENT_NAME", "check_run"),
            commit: &[Text("GITHUB_EVENT_PATH:/check_run/head_sha")],
            refname: &[Branch("GITHUB_EVENT_PATH:/check_run/check_suite/head_branch")],
            ..GITHUB_OTHER_EVENT
        },
        OtherEvent {
            when: Is("GITHUB_EVENT_NAME", "check_suite"),
            commit: &[Text("GITHUB_EVENT_PATH:/check_suite/head_sha")],
            refname: &[Branch("GITHUB_EVENT_PATH:/check_suite/head_branch")],
            ..GITHUB_OTHER_EVENT
        },
        OtherEvent {
            when: Is("GITHUB_EVENT_NAME", "status"),
            commit: &[Text("GITHUB_EVENT_PATH:/sha")],
            ..GITHUB_OTHER_EVENT
        },
        OtherEvent {
            when: Any(&[
                All(&[Not(&OneOf("GITHUB_EVENT_NAME", GITHUB_COMMIT_EVENTS)), Not(&GITHUB_PULL_REQUEST)]),
                StartsWith("GITHUB_REF", "refs/heads/gh-readonly-queue/"),
                All(&[Is("GITHUB_EVENT_NAME", ""), Set("GITHUB_EVENT_PATH:/issue")]),
                All(&[Is("GITHUB_EVENT_NAME", ""), Set("GITHUB_EVENT_PATH:/client_payload")]),
            ]),
            ..GITHUB_OTHER_EVENT
        },
    ],
    url: &[Template("{GITHUB_SERVER_URL}/{GITHUB_REPOSITORY}/actions/runs/{GITHUB_RUN_ID}")],
    build_number: &[Number("GITHUB_RUN_NUMBER")],
    ..UNSET
};

const GITHUB_OTHER_EVENT: OtherEvent = OtherEvent {
    when: All(&[]),
    commit: &[],
    refname: &[],
    pull_request: &[],
    fork: &[],
    variable: "GITHUB_SHA",
    why: "is not the commit that the event is about, and the event names none that Bitbucket knows",
};

/// Gitea and Forgejo address the page of a run by its number, not by its id:
/// <https://github.com/go-gitea/gitea/issues/28621>, <https://codeberg.org/forgejo/forgejo/issues/611>.
const RUN_BY_NUMBER: &[Lookup] =
    &[Template("{GITHUB_SERVER_URL}/{GITHUB_REPOSITORY}/actions/runs/{GITHUB_RUN_NUMBER}")];

/// The table. A system that also sets another system's variables comes before that one.
pub(super) const SYSTEMS: [System; 20] = [
    // <https://support.atlassian.com/bitbucket-cloud/docs/variables-and-secrets/>
    System {
        name: "Bitbucket Pipelines",
        markers: &[Set("BITBUCKET_BUILD_NUMBER")],
        repository: &[
            FullName("BITBUCKET_REPO_FULL_NAME"),
            Pair("BITBUCKET_WORKSPACE", "BITBUCKET_REPO_SLUG"),
            Remote("BITBUCKET_GIT_HTTP_ORIGIN"),
            Remote("BITBUCKET_GIT_SSH_ORIGIN"),
        ],
        commit: &[Text("BITBUCKET_COMMIT")],
        refname: &[Branch("BITBUCKET_BRANCH")],
        targets: &["BITBUCKET_PR_DESTINATION_BRANCH"],
        tag: &[Text("BITBUCKET_TAG")],
        in_pull_request: &[Set("BITBUCKET_PR_ID")],
        pull_request: &[Number("BITBUCKET_PR_ID")],
        url: &[Template("https://bitbucket.org/{repository}/pipelines/results/{BITBUCKET_BUILD_NUMBER}")],
        build_number: &[Number("BITBUCKET_BUILD_NUMBER")],
        ..UNSET
    },
    // <https://plugins.jenkins.io/git/#plugin-content-environment-variables>,
    // <https://github.com/jenkinsci/bitbucket-branch-source-plugin/blob/master/docs/USER_GUIDE.adoc>,
    // <https://plugins.jenkins.io/bitbucket-push-and-pull-request>
    System {
        name: "Jenkins",
        markers: &[
            Set("JENKINS_URL"),
            // JENKINS_URL is set only if Jenkins' own address is configured.
            All(&[Set("JENKINS_HOME"), Set("BUILD_NUMBER")]),
        ],
        // The first remote at Bitbucket. For a pull request from a fork that is the fork, which has the commit.
        repository: &[
            Remote("GIT_URL"),
            Remote("GIT_URL_1"),
            Remote("GIT_URL_2"),
            Remote("GIT_URL_3"),
            Remote("GIT_URL_4"),
            When(
                StartsWith("BITBUCKET_SERVER_URL", "https://bitbucket.org"),
                &Pair("BITBUCKET_OWNER", "BITBUCKET_REPOSITORY"),
            ),
        ],
        commit: &[Text("GIT_COMMIT")],
        refname: &[
            Branch("CHANGE_BRANCH"),
            When(Set("BITBUCKET_PULL_REQUEST_ID"), &Branch("BITBUCKET_SOURCE_BRANCH")),
            Branch("BRANCH_NAME"),
            Branch("GIT_LOCAL_BRANCH"),
            RemoteBranch("GIT_BRANCH"),
        ],
        // Git's variables may be those of a shared library.
        targets: &["CHANGE_TARGET", "BITBUCKET_TARGET_BRANCH", "BRANCH_NAME", "GIT_LOCAL_BRANCH", "GIT_BRANCH"],
        tag: &[Text("TAG_NAME")],
        in_pull_request: &[Set("CHANGE_ID"), Set("BITBUCKET_PULL_REQUEST_ID")],
        pull_request: &[Number("CHANGE_ID"), Number("BITBUCKET_PULL_REQUEST_ID")],
        // <https://github.com/jenkinsci/git-plugin>, MergeWithGitSCMExtension
        head: Head::Checkout(MergeCommits::AuthoredBy("nobody@nowhere")),
        url: &[Text("BUILD_URL"), Text("RUN_DISPLAY_URL")],
        build_number: &[Number("BUILD_NUMBER")],
        ..UNSET
    },
    // <https://circleci.com/docs/reference/variables/>
    System {
        name: "CircleCI",
        markers: &[Set("CIRCLECI")],
        repository: &[Remote("CIRCLE_REPOSITORY_URL"), Page("CIRCLE_PULL_REQUEST")],
        commit: &[Text("CIRCLE_SHA1")],
        refname: &[Branch("CIRCLE_BRANCH")],
        tag: &[Text("CIRCLE_TAG")],
        in_pull_request: &[Set("CIRCLE_PR_NUMBER"), Set("CIRCLE_PULL_REQUEST")],
        pull_request: &[Number("CIRCLE_PR_NUMBER"), LastNumber("CIRCLE_PULL_REQUEST")],
        fork: &[Pair("CIRCLE_PR_USERNAME", "CIRCLE_PR_REPONAME")],
        url: &[Text("CIRCLE_BUILD_URL")],
        build_number: &[Number("CIRCLE_BUILD_NUM")],
        ..UNSET
    },
    // <https://buildkite.com/docs/pipelines/configure/environment-variables>
    System {
        name: "Buildkite",
        markers: &[Set("BUILDKITE")],
        repository: &[Remote("BUILDKITE_REPO")],
        commit: &[Text("BUILDKITE_COMMIT")],
        refname: &[Branch("BUILDKITE_BRANCH")],
        targets: &["BUILDKITE_PULL_REQUEST_BASE_BRANCH"],
        tag: &[Text("BUILDKITE_TAG")],
        in_pull_request: &[IsNumber("BUILDKITE_PULL_REQUEST")],
        pull_request: &[Number("BUILDKITE_PULL_REQUEST")],
        fork: &[Remote("BUILDKITE_PULL_REQUEST_REPO")],
        url: &[Text("BUILDKITE_BUILD_URL")],
        build_number: &[Number("BUILDKITE_BUILD_NUMBER")],
        ..UNSET
    },
    // <https://www.jetbrains.com/help/teamcity/predefined-build-parameters.html>
    System {
        name: "TeamCity",
        markers: &[Set("TEAMCITY_VERSION")],
        repository: &[Remote("vcsroot.url")],
        commit: &[Text("BUILD_VCS_NUMBER")],
        refname: &[Branch("teamcity.pullRequest.source.branch"), Branch("teamcity.build.branch")],
        targets: &["teamcity.pullRequest.target.branch"],
        in_pull_request: &[Set("teamcity.pullRequest.number")],
        pull_request: &[Number("teamcity.pullRequest.number")],
        url: &[Text("BUILD_URL"), Template("{teamcity.serverUrl}/viewLog.html?buildId={teamcity.build.id}")],
        build_number: &[Text("BUILD_NUMBER")],
        ..UNSET
    },
    // It sets most of Drone's variables, too.
    // <https://developer.harness.io/docs/continuous-integration/troubleshoot-ci/ci-env-var>
    System {
        name: "Harness",
        markers: &[Set("HARNESS_BUILD_ID")],
        repository: &[
            Remote("DRONE_GIT_HTTP_URL"),
            Remote("DRONE_GIT_SSH_URL"),
            Remote("DRONE_REMOTE_URL"),
            Remote("CI_REPO_REMOTE"),
            Remote("CI_REMOTE_URL"),
            Page("DRONE_REPO_LINK"),
            Page("CI_REPO_LINK"),
        ],
        commit: &[Text("DRONE_COMMIT_SHA"), Text("CI_COMMIT_SHA"), Text("DRONE_COMMIT")],
        // CI_COMMIT_BRANCH is missing on purpose: in a pull request it is the target, and without Drone's variables
        // only CI_COMMIT_REF shows whether this is one.
        refname: &[
            Branch("DRONE_SOURCE_BRANCH"),
            When(BRANCH_REF, &Branch("CI_COMMIT_REF")),
            Branch("DRONE_BRANCH"),
            Branch("DRONE_COMMIT_BRANCH"),
        ],
        targets: &["DRONE_BRANCH", "DRONE_COMMIT_BRANCH", "DRONE_TARGET_BRANCH", "CI_COMMIT_REF"],
        tag: &[Text("DRONE_TAG"), When(StartsWith("CI_COMMIT_REF", "refs/tags/"), &Text("CI_COMMIT_REF"))],
        in_pull_request: &[
            Set("DRONE_PULL_REQUEST"),
            Is("DRONE_BUILD_EVENT", "pull_request"),
            StartsWith("CI_COMMIT_REF", "refs/pull"),
        ],
        pull_request: &[Number("DRONE_PULL_REQUEST")],
        url: &[Text("DRONE_BUILD_LINK"), Text("CI_BUILD_LINK")],
        build_number: &[Number("HARNESS_BUILD_ID")],
        ..UNSET
    },
    // <https://docs.drone.io/pipeline/environment/reference/>
    System {
        name: "Drone",
        markers: &[Set("DRONE")],
        repository: &[
            Remote("DRONE_GIT_HTTP_URL"),
            Remote("DRONE_REMOTE_URL"),
            Remote("DRONE_GIT_SSH_URL"),
            Page("DRONE_REPO_LINK"),
        ],
        commit: &[Text("DRONE_COMMIT_SHA"), Text("DRONE_COMMIT")],
        refname: &[Branch("DRONE_SOURCE_BRANCH"), Branch("DRONE_BRANCH"), Branch("DRONE_COMMIT_BRANCH")],
        targets: &["DRONE_BRANCH", "DRONE_COMMIT_BRANCH", "DRONE_TARGET_BRANCH"],
        tag: &[Text("DRONE_TAG")],
        in_pull_request: &[Set("DRONE_PULL_REQUEST"), Is("DRONE_BUILD_EVENT", "pull_request")],
        pull_request: &[Number("DRONE_PULL_REQUEST")],
        url: &[Text("DRONE_BUILD_LINK")],
        build_number: &[Number("DRONE_BUILD_NUMBER")],
        ..UNSET
    },
    // <https://woodpecker-ci.org/docs/usage/environment>; before version 1.0:
    // <https://github.com/woodpecker-ci/woodpecker/blob/v0.15.11/docs/docs/20-usage/50-environment.md>
    System {
        name: "Woodpecker",
        markers: &[Is("CI", "woodpecker"), Is("CI_SYSTEM_NAME", "woodpecker")],
        repository: &[
            Remote("CI_REPO_CLONE_URL"),
            Remote("CI_REPO_CLONE_SSH_URL"),
            Page("CI_REPO_URL"),
            When(Is("CI_FORGE_TYPE", "bitbucket"), &FullName("CI_REPO")),
            Remote("CI_REPO_REMOTE"),
            Page("CI_REPO_LINK"),
        ],
        commit: &[Text("CI_COMMIT_SHA")],
        refname: &[Branch("CI_COMMIT_SOURCE_BRANCH"), Branch("CI_COMMIT_BRANCH")],
        targets: &["CI_COMMIT_BRANCH", "CI_COMMIT_TARGET_BRANCH"],
        tag: &[Text("CI_COMMIT_TAG")],
        in_pull_request: &[
            StartsWith("CI_PIPELINE_EVENT", "pull_request"),
            StartsWith("CI_BUILD_EVENT", "pull_request"),
            All(&[Is("CI_PIPELINE_EVENT", ""), Is("CI_BUILD_EVENT", ""), Set("CI_COMMIT_PULL_REQUEST")]),
        ],
        // Before version 3.0, commit and ref of a pull request at Bitbucket are those of the target, and its number is
        // taken from digits in that ref: <https://github.com/woodpecker-ci/woodpecker/pull/3965>
        pull_request: &[When(Not(&BRANCH_REF), &Number("CI_COMMIT_PULL_REQUEST"))],
        head: Head::Only(&[When(Not(&BRANCH_REF), &Text("CI_COMMIT_SHA"))], "names the commit of the target"),
        url: &[Text("CI_PIPELINE_URL"), Template("{CI_SYSTEM_LINK}/{CI_REPO}/build/{CI_BUILD_NUMBER}")],
        build_number: &[Number("CI_PIPELINE_NUMBER"), Number("CI_BUILD_NUMBER")],
        ..UNSET
    },
    // <https://learn.microsoft.com/en-us/azure/devops/pipelines/build/variables>
    System {
        name: "Azure Pipelines",
        markers: &[Set("TF_BUILD")],
        repository: &[Remote("BUILD_REPOSITORY_URI")],
        commit: &[Text("BUILD_SOURCEVERSION")],
        refname: &[Branch("SYSTEM_PULLREQUEST_SOURCEBRANCH"), Branch("BUILD_SOURCEBRANCH")],
        targets: &["SYSTEM_PULLREQUEST_TARGETBRANCH", "BUILD_SOURCEBRANCH"],
        tag: &[When(StartsWith("BUILD_SOURCEBRANCH", "refs/tags/"), &Text("BUILD_SOURCEBRANCH"))],
        in_pull_request: &[
            Set("SYSTEM_PULLREQUEST_PULLREQUESTID"),
            Set("SYSTEM_PULLREQUEST_SOURCEBRANCH"),
            StartsWith("BUILD_SOURCEBRANCH", "refs/pull"),
        ],
        pull_request: &[Number("SYSTEM_PULLREQUEST_PULLREQUESTNUMBER"), Number("SYSTEM_PULLREQUEST_PULLREQUESTID")],
        head: Head::Only(&[Text("SYSTEM_PULLREQUEST_SOURCECOMMITID")], A_MERGE),
        fork: &[Remote("SYSTEM_PULLREQUEST_SOURCEREPOSITORYURI")],
        url: &[Template(
            "{SYSTEM_TEAMFOUNDATIONCOLLECTIONURI}{SYSTEM_TEAMPROJECT}/_build/results?buildId={BUILD_BUILDID}",
        )],
        build_number: &[Text("BUILD_BUILDNUMBER")],
        ..UNSET
    },
    // <https://docs.gitlab.com/ci/variables/predefined_variables/>
    System {
        name: "GitLab CI",
        markers: &[Set("GITLAB_CI")],
        repository: &[
            Remote("CI_REPOSITORY_URL"),
            When(BITBUCKET_EVENT, &FullName("TRIGGER_PAYLOAD:/repository/full_name")),
        ],
        commit: &[Text("CI_COMMIT_SHA")],
        refname: &[
            Branch("CI_MERGE_REQUEST_SOURCE_BRANCH_NAME"),
            Branch("CI_EXTERNAL_PULL_REQUEST_SOURCE_BRANCH_NAME"),
            Branch("CI_COMMIT_REF_NAME"),
        ],
        targets: &["CI_MERGE_REQUEST_TARGET_BRANCH_NAME", "CI_EXTERNAL_PULL_REQUEST_TARGET_BRANCH_NAME"],
        tag: &[Text("CI_COMMIT_TAG")],
        in_pull_request: &[Set("CI_MERGE_REQUEST_IID"), Set("CI_EXTERNAL_PULL_REQUEST_IID")],
        pull_request: &[Number("CI_MERGE_REQUEST_IID"), Number("CI_EXTERNAL_PULL_REQUEST_IID")],
        head: Head::Only(
            &[
                Text("CI_MERGE_REQUEST_SOURCE_BRANCH_SHA"),
                Text("CI_EXTERNAL_PULL_REQUEST_SOURCE_BRANCH_SHA"),
                When(Not(&GITLAB_MERGES), &Text("CI_COMMIT_SHA")),
            ],
            A_MERGE,
        ),
        // <https://docs.gitlab.com/ci/triggers/#access-webhook-payload>
        other_events: &[
            OtherEvent {
                when: BITBUCKET_EVENT,
                commit: &[
                    Text("TRIGGER_PAYLOAD:/pullrequest/source/commit/hash"),
                    When(ONE_CHANGE, &Text("TRIGGER_PAYLOAD:/push/changes/0/new/target/hash")),
                ],
                refname: &[
                    Branch("TRIGGER_PAYLOAD:/pullrequest/source/branch/name"),
                    When(
                        All(&[ONE_CHANGE, Is("TRIGGER_PAYLOAD:/push/changes/0/new/type", "branch")]),
                        &Branch("TRIGGER_PAYLOAD:/push/changes/0/new/name"),
                    ),
                ],
                pull_request: &[Number("TRIGGER_PAYLOAD:/pullrequest/id")],
                fork: &[FullName("TRIGGER_PAYLOAD:/pullrequest/source/repository/full_name")],
                variable: "TRIGGER_PAYLOAD",
                why: "is an event of Bitbucket that names no commit, or several",
            },
            OtherEvent {
                when: IsUnreadable("TRIGGER_PAYLOAD"),
                commit: &[],
                refname: &[],
                pull_request: &[],
                fork: &[],
                variable: "CI_COMMIT_SHA",
                why: "may not be the commit of the event that started the pipeline",
            },
        ],
        url: &[Text("CI_JOB_URL"), Text("CI_PIPELINE_URL")],
        build_number: &[Number("CI_PIPELINE_ID")],
        ..UNSET
    },
    // <https://forgejo.org/docs/latest/user/actions/reference/>
    System { name: "Forgejo Actions", markers: &[Set("FORGEJO_ACTIONS")], url: RUN_BY_NUMBER, ..GITHUB },
    // <https://docs.gitea.com/usage/actions/comparison>, <https://gitea.com/gitea/act_runner/pulls/113>
    System { name: "Gitea Actions", markers: &[Set("GITEA_ACTIONS")], url: RUN_BY_NUMBER, ..GITHUB },
    GITHUB,
    // <https://docs.semaphore.io/reference/env-vars>
    System {
        name: "Semaphore",
        markers: &[Set("SEMAPHORE")],
        repository: &[Remote("SEMAPHORE_GIT_URL")],
        commit: &[Text("SEMAPHORE_GIT_SHA")],
        refname: &[Branch("SEMAPHORE_GIT_PR_BRANCH"), Branch("SEMAPHORE_GIT_BRANCH")],
        targets: &["SEMAPHORE_GIT_BRANCH"],
        tag: &[Text("SEMAPHORE_GIT_TAG_NAME")],
        in_pull_request: &[Set("SEMAPHORE_GIT_PR_NUMBER"), Is("SEMAPHORE_GIT_REF_TYPE", "pull-request")],
        pull_request: &[Number("SEMAPHORE_GIT_PR_NUMBER")],
        head: Head::Only(&[Text("SEMAPHORE_GIT_PR_SHA")], A_MERGE),
        fork: &[FullName("SEMAPHORE_GIT_PR_SLUG")],
        url: &[Template("{SEMAPHORE_ORGANIZATION_URL}/jobs/{SEMAPHORE_JOB_ID}")],
        build_number: &[Text("SEMAPHORE_PIPELINE_ID")],
        ..UNSET
    },
    // <https://www.appveyor.com/docs/environment-variables/>
    System {
        name: "AppVeyor",
        markers: &[Set("APPVEYOR")],
        repository: &[When(IsWord("APPVEYOR_REPO_PROVIDER", "bitbucket"), &FullName("APPVEYOR_REPO_NAME"))],
        commit: &[Text("APPVEYOR_REPO_COMMIT")],
        refname: &[Branch("APPVEYOR_PULL_REQUEST_HEAD_REPO_BRANCH"), Branch("APPVEYOR_REPO_BRANCH")],
        targets: &["APPVEYOR_REPO_BRANCH"],
        tag: &[Text("APPVEYOR_REPO_TAG_NAME")],
        in_pull_request: &[Set("APPVEYOR_PULL_REQUEST_NUMBER")],
        pull_request: &[Number("APPVEYOR_PULL_REQUEST_NUMBER")],
        head: Head::Only(&[Text("APPVEYOR_PULL_REQUEST_HEAD_COMMIT")], A_MERGE),
        fork: &[When(IsWord("APPVEYOR_REPO_PROVIDER", "bitbucket"), &FullName("APPVEYOR_PULL_REQUEST_HEAD_REPO_NAME"))],
        url: &[Template(
            "{APPVEYOR_URL}/project/{APPVEYOR_ACCOUNT_NAME}/{APPVEYOR_PROJECT_SLUG}/builds/{APPVEYOR_BUILD_ID}",
        )],
        build_number: &[Number("APPVEYOR_BUILD_NUMBER")],
        ..UNSET
    },
    // <https://docs.travis-ci.com/user/environment-variables/>
    System {
        name: "Travis CI",
        markers: &[Set("TRAVIS")],
        // No repository: only git's remote says where it is.
        commit: &[Text("TRAVIS_COMMIT")],
        refname: &[Branch("TRAVIS_PULL_REQUEST_BRANCH"), Branch("TRAVIS_BRANCH")],
        targets: &["TRAVIS_BRANCH"],
        tag: &[Text("TRAVIS_TAG")],
        in_pull_request: &[IsNumber("TRAVIS_PULL_REQUEST"), Is("TRAVIS_EVENT_TYPE", "pull_request")],
        pull_request: &[Number("TRAVIS_PULL_REQUEST")],
        head: Head::Only(&[Text("TRAVIS_PULL_REQUEST_SHA")], A_MERGE),
        fork: &[FullName("TRAVIS_PULL_REQUEST_SLUG")],
        url: &[Text("TRAVIS_BUILD_WEB_URL"), Text("TRAVIS_JOB_WEB_URL")],
        build_number: &[Number("TRAVIS_BUILD_NUMBER")],
        ..UNSET
    },
    // <https://confluence.atlassian.com/bamboo/bamboo-variables-289277087.html>: dots are underscores in the
    // environment
    System {
        name: "Bamboo",
        markers: &[Set("bamboo_buildKey"), Set("bamboo_buildResultKey")],
        repository: &[Remote("bamboo_planRepository_repositoryUrl"), Remote("bamboo_planRepository_1_repositoryUrl")],
        commit: &[Text("bamboo_planRepository_revision"), Text("bamboo_planRepository_1_revision")],
        refname: &[
            Branch("bamboo_repository_pr_sourceBranch"),
            Branch("bamboo_planRepository_branchName"),
            Branch("bamboo_planRepository_branch"),
            Branch("bamboo_planRepository_1_branchName"),
        ],
        targets: &["bamboo_repository_pr_targetBranch"],
        in_pull_request: &[Set("bamboo_repository_pr_key")],
        pull_request: &[Number("bamboo_repository_pr_key")],
        url: &[Text("bamboo_buildResultsUrl"), Text("bamboo_resultsUrl")],
        build_number: &[Number("bamboo_buildNumber")],
        ..UNSET
    },
    // <https://docs.aws.amazon.com/codebuild/latest/userguide/build-env-ref-env-vars.html>
    System {
        name: "AWS CodeBuild",
        markers: &[Set("CODEBUILD_BUILD_ID")],
        repository: &[Remote("CODEBUILD_SOURCE_REPO_URL")],
        commit: &[Text("CODEBUILD_RESOLVED_SOURCE_VERSION")],
        refname: &[Branch("CODEBUILD_WEBHOOK_HEAD_REF"), After("branch/", &Branch("CODEBUILD_WEBHOOK_TRIGGER"))],
        targets: &["CODEBUILD_WEBHOOK_BASE_REF"],
        tag: &[
            After("tag/", &Text("CODEBUILD_WEBHOOK_TRIGGER")),
            After("refs/tags/", &Text("CODEBUILD_WEBHOOK_HEAD_REF")),
        ],
        in_pull_request: &[
            StartsWith("CODEBUILD_WEBHOOK_TRIGGER", "pr/"),
            StartsWith("CODEBUILD_SOURCE_VERSION", "pr/"),
        ],
        pull_request: &[
            After("pr/", &Number("CODEBUILD_WEBHOOK_TRIGGER")),
            After("pr/", &Number("CODEBUILD_SOURCE_VERSION")),
        ],
        url: &[Text("CODEBUILD_PUBLIC_BUILD_URL"), Text("CODEBUILD_BUILD_URL")],
        build_number: &[Number("CODEBUILD_BUILD_NUMBER")],
        ..UNSET
    },
    // <https://devcenter.bitrise.io/en/references/available-environment-variables.html>
    System {
        name: "Bitrise",
        markers: &[Set("BITRISE_IO"), Set("BITRISE_BUILD_SLUG")],
        repository: &[Remote("GIT_REPOSITORY_URL")],
        commit: &[Text("BITRISE_GIT_COMMIT")],
        // BITRISEIO_PULL_REQUEST_HEAD_BRANCH is a ref, not a branch.
        refname: &[Branch("BITRISE_GIT_BRANCH")],
        targets: &["BITRISEIO_GIT_BRANCH_DEST"],
        tag: &[Text("BITRISE_GIT_TAG")],
        in_pull_request: &[IsNumber("BITRISE_PULL_REQUEST"), Set("BITRISEIO_GIT_BRANCH_DEST")],
        pull_request: &[Number("BITRISE_PULL_REQUEST")],
        fork: &[Remote("BITRISEIO_PULL_REQUEST_REPOSITORY_URL")],
        url: &[Text("BITRISE_BUILD_URL")],
        build_number: &[Number("BITRISE_BUILD_NUMBER")],
        ..UNSET
    },
    // <https://buddy.works/docs/pipelines/variables/default-variables>
    System {
        name: "Buddy",
        markers: &[Set("BUDDY")],
        repository: &[Remote("BUDDY_SCM_URL"), Remote("BUDDY_REPO_SSH_URL")],
        commit: &[Text("BUDDY_EXECUTION_REVISION"), Text("BUDDY_RUN_COMMIT")],
        refname: &[
            Branch("BUDDY_EXECUTION_PULL_REQUEST_HEAD_BRANCH"),
            Branch("BUDDY_EXECUTION_BRANCH"),
            Branch("BUDDY_RUN_BRANCH"),
        ],
        targets: &[
            "BUDDY_EXECUTION_BRANCH",
            "BUDDY_RUN_BRANCH",
            "BUDDY_EXECUTION_PULL_REQUEST_BASE_BRANCH",
            "BUDDY_RUN_PR_BASE_BRANCH",
        ],
        tag: &[Text("BUDDY_EXECUTION_TAG")],
        in_pull_request: &[
            Set("BUDDY_EXECUTION_PULL_REQUEST_NO"),
            Set("BUDDY_EXECUTION_PULL_REQUEST_ID"),
            Set("BUDDY_RUN_PR_NO"),
        ],
        pull_request: &[
            Number("BUDDY_EXECUTION_PULL_REQUEST_NO"),
            Number("BUDDY_RUN_PR_NO"),
            LastNumber("BUDDY_EXECUTION_PULL_REQUEST_ID"),
        ],
        url: &[Text("BUDDY_EXECUTION_URL"), Text("BUDDY_RUN_URL")],
        build_number: &[Number("BUDDY_EXECUTION_ID"), Number("BUDDY_RUN_ID")],
        ..UNSET
    },
];
