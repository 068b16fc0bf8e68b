//! What `bbstatus detect` finds in the environment of each CI system.

use std::{fs, path::Path};

use serde_json::Value;

use crate::support::{COMMIT, bbstatus, folder, run};

/// A situation, its environment, and what is to be found: system, repository, commit, refname, pull request, url,
/// build number; empty for nothing.
pub(crate) type Situation<'a> = (&'a str, &'a [(&'a str, &'a str)], [&'a str; 7]);

const MEMBERS: [&str; 7] = ["system", "repository", "commit", "refname", "pull_request", "url", "build_number"];

/// What is found, in the order of [`MEMBERS`].
pub(crate) fn found(detected: &Value) -> [&str; 7] {
    MEMBERS.map(|member| detected[member]["value"].as_str().unwrap_or_default())
}

#[track_caller]
pub(crate) fn assert_found(situations: &[Situation<'_>]) {
    for (situation, environment, expected) in situations {
        let mut command = bbstatus(["detect", "--output", "json"]);
        let detected = run(command.envs(environment.iter().copied())).done().json();
        assert_eq!(found(&detected), *expected, "{situation}: {detected:#}");
    }
}

#[test]
fn bitbucket_pipelines() {
    let name = "Bitbucket Pipelines";
    let url = "https://bitbucket.org/acme/rocket/pipelines/results/42";
    let common = |more: &[(&'static str, &'static str)]| {
        let mut all = vec![
            ("CI", "true"),
            ("BITBUCKET_BUILD_NUMBER", "42"),
            ("BITBUCKET_COMMIT", COMMIT),
            ("BITBUCKET_REPO_FULL_NAME", "acme/rocket"),
        ];
        all.extend(more);
        all
    };
    let branch = common(&[("BITBUCKET_BRANCH", "main")]);
    let pull_request = common(&[("BITBUCKET_BRANCH", "feature/engine"), ("BITBUCKET_PR_ID", "7")]);
    let tag = common(&[("BITBUCKET_TAG", "v1.0")]);
    assert_found(&[
        ("branch", &branch, [name, "acme/rocket", COMMIT, "main", "", url, "42"]),
        ("pull request", &pull_request, [name, "acme/rocket", COMMIT, "feature/engine", "7", url, "42"]),
        ("tag", &tag, [name, "acme/rocket", COMMIT, "", "", url, "42"]),
    ]);
}

#[test]
fn jenkins() {
    let url = "https://jenkins.example.com/job/rocket/42/";
    let common = |more: &[(&'static str, &'static str)]| {
        let mut all = vec![
            ("JENKINS_URL", "https://jenkins.example.com/"),
            ("GIT_COMMIT", COMMIT),
            ("BUILD_NUMBER", "42"),
            ("BUILD_URL", url),
        ];
        all.extend(more);
        all
    };
    let remote = ("GIT_URL", "git@bitbucket.org:acme/rocket.git");
    let branch = common(&[remote, ("BRANCH_NAME", "main"), ("GIT_BRANCH", "main")]);
    let freestyle = common(&[remote, ("GIT_BRANCH", "origin/feature/engine")]);
    let pull_request = common(&[
        remote,
        ("BRANCH_NAME", "PR-7"),
        ("CHANGE_ID", "7"),
        ("CHANGE_BRANCH", "feature/engine"),
        ("CHANGE_TARGET", "main"),
    ]);
    let old_pull_request = common(&[remote, ("BRANCH_NAME", "PR-7"), ("CHANGE_ID", "7")]);
    let tag = common(&[remote, ("BRANCH_NAME", "v1.0"), ("TAG_NAME", "v1.0")]);
    let elsewhere = common(&[("GIT_URL", "https://github.com/acme/rocket.git"), ("BRANCH_NAME", "main")]);
    let repository = "acme/rocket";
    assert_found(&[
        ("branch", &branch, ["Jenkins", repository, COMMIT, "main", "", url, "42"]),
        ("freestyle", &freestyle, ["Jenkins", repository, COMMIT, "feature/engine", "", url, "42"]),
        ("pull request", &pull_request, ["Jenkins", repository, COMMIT, "feature/engine", "7", url, "42"]),
        ("pull request without its branch", &old_pull_request, ["Jenkins", repository, COMMIT, "", "7", url, "42"]),
        ("tag", &tag, ["Jenkins", repository, COMMIT, "", "", url, "42"]),
        ("elsewhere", &elsewhere, ["Jenkins", "", COMMIT, "main", "", url, "42"]),
    ]);
}

#[test]
fn circleci() {
    let url = "https://circleci.com/bb/acme/rocket/42";
    let common = |more: &[(&'static str, &'static str)]| {
        let mut all =
            vec![("CIRCLECI", "true"), ("CIRCLE_SHA1", COMMIT), ("CIRCLE_BUILD_NUM", "42"), ("CIRCLE_BUILD_URL", url)];
        all.extend(more);
        all
    };
    let branch = common(&[("CIRCLE_REPOSITORY_URL", "git@bitbucket.org:acme/rocket.git"), ("CIRCLE_BRANCH", "main")]);
    let pull_request = common(&[
        ("CIRCLE_PROJECT_USERNAME", "acme"),
        ("CIRCLE_PROJECT_REPONAME", "rocket"),
        ("CIRCLE_BRANCH", "engine"),
        ("CIRCLE_PULL_REQUEST", "https://bitbucket.org/acme/rocket/pull-requests/7"),
    ]);
    assert_found(&[
        ("branch", &branch, ["CircleCI", "acme/rocket", COMMIT, "main", "", url, "42"]),
        ("pull request", &pull_request, ["CircleCI", "acme/rocket", COMMIT, "engine", "7", url, "42"]),
    ]);
}

#[test]
fn buildkite() {
    let url = "https://buildkite.com/acme/rocket/builds/42";
    let common = |more: &[(&'static str, &'static str)]| {
        let mut all = vec![
            ("BUILDKITE", "true"),
            ("BUILDKITE_REPO", "https://bitbucket.org/acme/rocket.git"),
            ("BUILDKITE_COMMIT", COMMIT),
            ("BUILDKITE_BUILD_NUMBER", "42"),
            ("BUILDKITE_BUILD_URL", url),
        ];
        all.extend(more);
        all
    };
    let branch = common(&[("BUILDKITE_BRANCH", "main"), ("BUILDKITE_PULL_REQUEST", "false")]);
    let pull_request = common(&[("BUILDKITE_BRANCH", "engine"), ("BUILDKITE_PULL_REQUEST", "7")]);
    let tag = common(&[("BUILDKITE_BRANCH", "v1.0"), ("BUILDKITE_TAG", "v1.0"), ("BUILDKITE_PULL_REQUEST", "false")]);
    assert_found(&[
        ("branch", &branch, ["Buildkite", "acme/rocket", COMMIT, "main", "", url, "42"]),
        ("pull request", &pull_request, ["Buildkite", "acme/rocket", COMMIT, "engine", "7", url, "42"]),
        ("tag", &tag, ["Buildkite", "acme/rocket", COMMIT, "", "", url, "42"]),
    ]);
}

#[test]
fn teamcity() {
    let folder = folder("teamcity");
    let (build, configuration) = (folder.join("build.properties"), folder.join("configuration.properties"));
    let escaped = |path: &Path| path.display().to_string().replace('\\', "\\\\").replace(':', "\\:");
    let build_properties = format!("teamcity.configuration.properties.file={}\n", escaped(&configuration));
    fs::write(&build, build_properties + "teamcity.build.id=4711\n").unwrap();
    let common = "vcsroot.url=https\\://bitbucket.org/acme/rocket.git\nteamcity.serverUrl=https\\://tc.example.com\n";
    let environment = [
        ("TEAMCITY_VERSION", "2026.1"),
        ("BUILD_VCS_NUMBER", COMMIT),
        ("BUILD_NUMBER", "42"),
        ("TEAMCITY_BUILD_PROPERTIES_FILE", build.to_str().unwrap()),
    ];
    let url = "https://tc.example.com/viewLog.html?buildId=4711";
    let table = [
        ("branch", "teamcity.build.branch=main\n", ["main", ""]),
        ("default branch", "teamcity.build.branch=<default>\n", ["", ""]),
        (
            "pull request",
            "teamcity.build.branch=pull-requests/7\nteamcity.pullRequest.number=7\n\
             teamcity.pullRequest.source.branch=refs/heads/engine\n",
            ["engine", "7"],
        ),
    ];
    for (situation, more, [branch, pull_request]) in table {
        fs::write(&configuration, format!("{common}{more}")).unwrap();
        let expected = ["TeamCity", "acme/rocket", COMMIT, branch, pull_request, url, "42"];
        assert_found(&[(situation, &environment, expected)]);
    }
    assert_found(&[("no properties", &environment[..3], ["TeamCity", "", COMMIT, "", "", "", "42"])]);
}

#[test]
fn drone() {
    let url = "https://drone.example.com/acme/rocket/42";
    let common = |more: &[(&'static str, &'static str)]| {
        let mut all = vec![
            ("CI", "true"),
            ("DRONE", "true"),
            ("DRONE_REPO", "acme/rocket"),
            ("DRONE_COMMIT_SHA", COMMIT),
            ("DRONE_BUILD_NUMBER", "42"),
            ("DRONE_BUILD_LINK", url),
        ];
        all.extend(more);
        all
    };
    let branch = common(&[("DRONE_BRANCH", "main")]);
    let pull_request =
        common(&[("DRONE_BRANCH", "main"), ("DRONE_SOURCE_BRANCH", "engine"), ("DRONE_PULL_REQUEST", "7")]);
    assert_found(&[
        ("branch", &branch, ["Drone", "acme/rocket", COMMIT, "main", "", url, "42"]),
        ("pull request", &pull_request, ["Drone", "acme/rocket", COMMIT, "engine", "7", url, "42"]),
    ]);
}

#[test]
fn woodpecker() {
    let url = "https://ci.example.com/repos/1/pipeline/42";
    let common = |more: &[(&'static str, &'static str)]| {
        let mut all = vec![
            ("CI", "woodpecker"),
            ("CI_REPO", "acme/rocket"),
            ("CI_COMMIT_SHA", COMMIT),
            ("CI_PIPELINE_NUMBER", "42"),
            ("CI_PIPELINE_URL", url),
        ];
        all.extend(more);
        all
    };
    let branch = common(&[("CI_COMMIT_BRANCH", "main"), ("CI_COMMIT_SOURCE_BRANCH", "")]);
    let pull_request =
        common(&[("CI_COMMIT_BRANCH", "main"), ("CI_COMMIT_SOURCE_BRANCH", "engine"), ("CI_COMMIT_PULL_REQUEST", "7")]);
    assert_found(&[
        ("branch", &branch, ["Woodpecker", "acme/rocket", COMMIT, "main", "", url, "42"]),
        ("pull request", &pull_request, ["Woodpecker", "acme/rocket", COMMIT, "engine", "7", url, "42"]),
        ("another system", &[("CI", "true")], [""; 7]),
    ]);
}
