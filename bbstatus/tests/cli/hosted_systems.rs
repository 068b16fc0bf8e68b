//! What `bbstatus detect` finds where the CI system is elsewhere than the repository: at another host, or at a service
//! for many hosts. These build a merge of a pull request, and Bitbucket knows only its head.

use std::fs;

use crate::{
    build_systems::assert_found,
    support::{COMMIT, bbstatus, folder, run},
};

const MERGE: &str = "0123456789abcdef0123456789abcdef01234567";
const REPOSITORY: &str = "acme/rocket";
const REMOTE: &str = "https://acme@bitbucket.org/acme/rocket.git";

/// Variables that every build of a system has, with those of one situation.
fn with<'a>(common: &[(&'a str, &'a str)], more: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    [common, more].concat()
}

#[test]
fn azure_pipelines() {
    let (name, url) = ("Azure Pipelines", "https://dev.azure.com/acme/Big%20Rocket/_build/results?buildId=4711");
    let common = [
        ("TF_BUILD", "True"),
        ("BUILD_REPOSITORY_URI", REMOTE),
        ("SYSTEM_TEAMFOUNDATIONCOLLECTIONURI", "https://dev.azure.com/acme/"),
        ("SYSTEM_TEAMPROJECT", "Big Rocket"),
        ("BUILD_BUILDID", "4711"),
        ("BUILD_BUILDNUMBER", "20261124.1"),
    ];
    let branch = with(&common, &[("BUILD_SOURCEVERSION", COMMIT), ("BUILD_SOURCEBRANCH", "refs/heads/feature/engine")]);
    let tag = with(&common, &[("BUILD_SOURCEVERSION", COMMIT), ("BUILD_SOURCEBRANCH", "refs/tags/v1.0")]);
    let merge = [
        ("BUILD_SOURCEVERSION", MERGE),
        ("BUILD_SOURCEBRANCH", "refs/pull/7/merge"),
        ("SYSTEM_PULLREQUEST_PULLREQUESTID", "7"),
        ("SYSTEM_PULLREQUEST_SOURCEBRANCH", "refs/heads/engine"),
    ];
    let pull_request = with(&with(&common, &merge), &[("SYSTEM_PULLREQUEST_SOURCECOMMITID", COMMIT)]);
    let without_head = with(&common, &merge);
    assert_found(&[
        ("branch", &branch, [name, REPOSITORY, COMMIT, "feature/engine", "", url, "20261124.1"]),
        ("tag", &tag, [name, REPOSITORY, COMMIT, "", "", url, "20261124.1"]),
        ("pull request", &pull_request, [name, REPOSITORY, COMMIT, "engine", "7", url, "20261124.1"]),
        ("pull request without its head", &without_head, [name, REPOSITORY, "", "", "7", url, "20261124.1"]),
    ]);
}

#[test]
fn gitlab_ci() {
    let (name, url) = ("GitLab CI", "https://gitlab.com/acme/rocket/-/jobs/4711");
    let common = [
        ("CI", "true"),
        ("GITLAB_CI", "true"),
        ("CI_REPOSITORY_URL", "https://gitlab-ci-token:[MASKED]@gitlab.com/acme/rocket.git"),
        ("CI_PROJECT_PATH", "acme/rocket"),
        ("CI_JOB_URL", url),
        ("CI_PIPELINE_URL", "https://gitlab.com/acme/rocket/-/pipelines/42"),
        ("CI_PIPELINE_ID", "42"),
    ];
    let branch = with(&common, &[("CI_COMMIT_SHA", COMMIT), ("CI_COMMIT_REF_NAME", "main")]);
    let tag = with(&common, &[("CI_COMMIT_SHA", COMMIT), ("CI_COMMIT_REF_NAME", "v1.0"), ("CI_COMMIT_TAG", "v1.0")]);
    let request = [
        ("CI_COMMIT_REF_NAME", "engine"),
        ("CI_MERGE_REQUEST_IID", "7"),
        ("CI_MERGE_REQUEST_SOURCE_BRANCH_NAME", "engine"),
    ];
    let merge_request =
        with(&with(&common, &request), &[("CI_COMMIT_SHA", COMMIT), ("CI_MERGE_REQUEST_SOURCE_BRANCH_SHA", "")]);
    let merged_results =
        with(&with(&common, &request), &[("CI_COMMIT_SHA", MERGE), ("CI_MERGE_REQUEST_SOURCE_BRANCH_SHA", COMMIT)]);
    assert_found(&[
        ("branch", &branch, [name, "", COMMIT, "main", "", url, "42"]),
        ("tag", &tag, [name, "", COMMIT, "", "", url, "42"]),
        ("merge request", &merge_request, [name, "", COMMIT, "engine", "7", url, "42"]),
        ("merged results", &merged_results, [name, "", COMMIT, "engine", "7", url, "42"]),
    ]);
}

#[test]
fn github_actions() {
    let (name, url) = ("GitHub Actions", "https://github.com/acme/rocket-mirror/actions/runs/4711");
    let folder = folder("github");
    let event = |name: &str, text: &str| {
        let path = folder.join(name);
        fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let pushed = event("push.json", "{}");
    let opened =
        event("pull_request.json", &format!(r#"{{"pull_request": {{"number": 7, "head": {{"sha": "{COMMIT}"}}}}}}"#));
    let common = [
        ("CI", "true"),
        ("GITHUB_ACTIONS", "true"),
        ("GITHUB_SERVER_URL", "https://github.com"),
        ("GITHUB_REPOSITORY", "acme/rocket-mirror"),
        ("GITHUB_RUN_ID", "4711"),
        ("GITHUB_RUN_NUMBER", "42"),
    ];
    let pushed = ("GITHUB_EVENT_PATH", &*pushed);
    let branch = with(&common, &[pushed, ("GITHUB_SHA", COMMIT), ("GITHUB_REF", "refs/heads/main")]);
    let tag = with(&common, &[pushed, ("GITHUB_SHA", COMMIT), ("GITHUB_REF", "refs/tags/v1.0")]);
    let merge =
        with(&common, &[("GITHUB_SHA", MERGE), ("GITHUB_REF", "refs/pull/7/merge"), ("GITHUB_HEAD_REF", "engine")]);
    let pull_request = with(&merge, &[("GITHUB_EVENT_PATH", &opened)]);
    let without_event = with(&merge, &[("GITHUB_EVENT_PATH", "/nonexistent")]);
    assert_found(&[
        ("branch", &branch, [name, "", COMMIT, "main", "", url, "42"]),
        ("tag", &tag, [name, "", COMMIT, "", "", url, "42"]),
        ("pull request", &pull_request, [name, "", COMMIT, "engine", "7", url, "42"]),
        ("pull request without its event", &without_event, [name, "", "", "", "", url, "42"]),
    ]);
    let told = run(bbstatus(["detect"]).envs(pull_request)).done().stdout;
    assert!(told.contains("  (GITHUB_EVENT_PATH: pull_request/head/sha)\n"), "{told}");
}

#[test]
fn semaphore() {
    let (name, url, id) =
        ("Semaphore", "https://acme.semaphoreci.com/jobs/4711", "ea3e6bba-d19a-45d7-86a0-e78a2301b616");
    let common = [
        ("CI", "true"),
        ("SEMAPHORE", "true"),
        ("SEMAPHORE_GIT_URL", "git@bitbucket.org:acme/rocket.git"),
        ("SEMAPHORE_ORGANIZATION_URL", "https://acme.semaphoreci.com"),
        ("SEMAPHORE_JOB_ID", "4711"),
        ("SEMAPHORE_PIPELINE_ID", id),
    ];
    let branch = with(&common, &[("SEMAPHORE_GIT_SHA", COMMIT), ("SEMAPHORE_GIT_BRANCH", "main")]);
    let merge = [
        ("SEMAPHORE_GIT_SHA", MERGE),
        ("SEMAPHORE_GIT_BRANCH", "main"),
        ("SEMAPHORE_GIT_PR_NUMBER", "7"),
        ("SEMAPHORE_GIT_PR_BRANCH", "engine"),
        ("SEMAPHORE_GIT_PR_SHA", COMMIT),
    ];
    let (pull_request, without_head) = (with(&common, &merge), with(&common, &merge[..4]));
    assert_found(&[
        ("branch", &branch, [name, REPOSITORY, COMMIT, "main", "", url, id]),
        ("pull request", &pull_request, [name, REPOSITORY, COMMIT, "engine", "7", url, id]),
        ("pull request without its head", &without_head, [name, REPOSITORY, "", "", "7", url, id]),
    ]);
}

#[test]
fn appveyor() {
    let (name, url) = ("AppVeyor", "https://ci.appveyor.com/project/jane/rocket/builds/4711");
    let common = [
        ("CI", "True"),
        ("APPVEYOR", "True"),
        ("APPVEYOR_REPO_NAME", "acme/rocket"),
        ("APPVEYOR_REPO_BRANCH", "main"),
        ("APPVEYOR_URL", "https://ci.appveyor.com"),
        ("APPVEYOR_ACCOUNT_NAME", "jane"),
        ("APPVEYOR_PROJECT_SLUG", "rocket"),
        ("APPVEYOR_BUILD_ID", "4711"),
        ("APPVEYOR_BUILD_NUMBER", "42"),
    ];
    let at = |provider| ("APPVEYOR_REPO_PROVIDER", provider);
    let branch = with(&common, &[at("bitBucket"), ("APPVEYOR_REPO_COMMIT", COMMIT)]);
    let elsewhere = with(&common, &[at("gitHub"), ("APPVEYOR_REPO_COMMIT", COMMIT)]);
    let merge = [
        at("bitBucket"),
        ("APPVEYOR_REPO_COMMIT", MERGE),
        ("APPVEYOR_PULL_REQUEST_NUMBER", "7"),
        ("APPVEYOR_PULL_REQUEST_HEAD_REPO_BRANCH", "engine"),
        ("APPVEYOR_PULL_REQUEST_HEAD_COMMIT", COMMIT),
    ];
    let (pull_request, without_head) = (with(&common, &merge), with(&common, &merge[..4]));
    assert_found(&[
        ("branch", &branch, [name, REPOSITORY, COMMIT, "main", "", url, "42"]),
        ("elsewhere", &elsewhere, [name, "", COMMIT, "main", "", url, "42"]),
        ("pull request", &pull_request, [name, REPOSITORY, COMMIT, "engine", "7", url, "42"]),
        ("pull request without its head", &without_head, [name, REPOSITORY, "", "", "7", url, "42"]),
    ]);
}

#[test]
fn travis_ci() {
    let (name, url) = ("Travis CI", "https://app.travis-ci.com/acme/rocket/builds/4711");
    let common = [
        ("CI", "true"),
        ("TRAVIS", "true"),
        ("TRAVIS_REPO_SLUG", "acme/rocket"),
        ("TRAVIS_BRANCH", "main"),
        ("TRAVIS_BUILD_WEB_URL", url),
        ("TRAVIS_BUILD_NUMBER", "42"),
    ];
    let branch = with(
        &common,
        &[("TRAVIS_COMMIT", COMMIT), ("TRAVIS_PULL_REQUEST", "false"), ("TRAVIS_PULL_REQUEST_BRANCH", "")],
    );
    let tag = with(&branch, &[("TRAVIS_BRANCH", "v1.0"), ("TRAVIS_TAG", "v1.0")]);
    let merge = [
        ("TRAVIS_COMMIT", MERGE),
        ("TRAVIS_PULL_REQUEST", "7"),
        ("TRAVIS_PULL_REQUEST_BRANCH", "engine"),
        ("TRAVIS_PULL_REQUEST_SHA", COMMIT),
    ];
    let (pull_request, without_head) = (with(&common, &merge), with(&common, &merge[..3]));
    assert_found(&[
        ("branch", &branch, [name, "", COMMIT, "main", "", url, "42"]),
        ("tag", &tag, [name, "", COMMIT, "", "", url, "42"]),
        ("pull request", &pull_request, [name, "", COMMIT, "engine", "7", url, "42"]),
        ("pull request without its head", &without_head, [name, "", "", "", "7", url, "42"]),
    ]);
}

#[test]
fn a_merge_whose_head_nobody_names_is_not_taken_for_the_commit() {
    let merge = [("TRAVIS", "true"), ("TRAVIS_PULL_REQUEST", "7"), ("TRAVIS_COMMIT", MERGE)];
    // Git knows a commit too: the merge, which is checked out.
    let mut detect = bbstatus(["detect", "--output", "json"]);
    let detected = run(detect.env_remove("GIT_DIR").current_dir(env!("CARGO_MANIFEST_DIR")).envs(merge)).done();
    assert!(detected.json()["commit"].is_null(), "{detected:#?}");
    assert!(
        detected.stderr.contains("note: TRAVIS_COMMIT names a merge that Bitbucket does not know"),
        "{detected:#?}"
    );
    let set = ["set", "k", "FAILED", "--repo", REPOSITORY, "--dry-run"];
    run(bbstatus(set).envs(merge)).failed(2, "commit: none was given");
    let given = ["detect", "--output", "json", "--commit", COMMIT];
    assert_eq!(run(bbstatus(given).envs(merge)).done().json()["commit"]["value"], COMMIT);
}
