//! How options, variables, the CI system and git come together in `bbstatus detect`.

use serde_json::Value;

use crate::{
    build_systems::found,
    support::{COMMIT, bbstatus, folder, isolated, run},
};

/// A checkout of a repository at Bitbucket, and how its git is run.
struct Checkout(std::path::PathBuf);

impl Checkout {
    fn new(test: &str) -> Self {
        let checkout = Self(folder(test));
        checkout.git(&["init", "--quiet", "--initial-branch", "main"]);
        checkout.git(&["remote", "add", "origin", "git@bitbucket.org:acme/rocket.git"]);
        checkout.commit("jane@example.com");
        checkout
    }

    fn git(&self, arguments: &[&str]) -> String {
        let mut command = isolated("git");
        command.env("GIT_CONFIG_NOSYSTEM", "1").arg("-C").arg(&self.0).args([
            "-c",
            "user.name=Jane",
            "-c",
            "user.email=jane@example.com",
        ]);
        run(command.args(arguments)).done().stdout.trim().to_owned()
    }

    fn commit(&self, author: &str) -> String {
        let author = format!("Someone <{author}>");
        self.git(&["commit", "--quiet", "--allow-empty", "--message", "change", "--author", &author]);
        self.git(&["rev-parse", "HEAD"])
    }

    /// Merges `main` into the branch, as this author.
    fn merge_main(&self, author: &str) -> String {
        self.git(&["merge", "--quiet", "--no-ff", "--message", "merge", "main"]);
        self.git(&["commit", "--quiet", "--amend", "--no-edit", "--author", &format!("Someone <{author}>")]);
        self.git(&["rev-parse", "HEAD"])
    }

    fn detect(&self, arguments: &[&str], environment: &[(&str, &str)]) -> Value {
        let mut command = bbstatus(["detect", "--output", "json"].into_iter().chain(arguments.iter().copied()));
        run(command.current_dir(&self.0).env_remove("GIT_DIR").envs(environment.iter().copied())).done().json()
    }
}

#[test]
fn without_a_ci_system_git_knows_repository_commit_and_branch() {
    let checkout = Checkout::new("git");
    let commit = checkout.git(&["rev-parse", "HEAD"]);
    let detected = checkout.detect(&[], &[]);
    assert_eq!(found(&detected), ["", "acme/rocket", &commit, "main", "", "", ""]);
    assert_eq!(detected["commit"]["from"], "git rev-parse HEAD");
    let completed = checkout.detect(&["--commit", &commit[..12]], &[]);
    assert_eq!(completed["commit"]["value"], commit.as_str());
    assert_eq!(completed["commit"]["from"], "--commit, completed by git");
    let other = checkout.detect(&["--commit", COMMIT], &[]);
    assert_eq!((other["commit"]["value"].as_str(), &other["refname"]), (Some(COMMIT), &Value::Null));
    checkout.git(&["checkout", "--quiet", "--detach"]);
    assert_eq!(checkout.detect(&[], &[])["refname"], Value::Null);
}

#[test]
fn options_and_variables_go_before_what_the_ci_system_says() {
    let pipelines = [
        ("BITBUCKET_BUILD_NUMBER", "42"),
        ("BITBUCKET_COMMIT", COMMIT),
        ("BITBUCKET_REPO_FULL_NAME", "acme/rocket"),
        ("BITBUCKET_BRANCH", "main"),
    ];
    let detect = ["detect", "--output", "json", "--url", "https://ci.example.com/1"];
    let mut command = bbstatus(detect);
    let detected = run(command.envs(pipelines).env("BBSTATUS_REPO", "acme/lander")).done().json();
    assert_eq!(detected["url"]["from"], "--url");
    assert_eq!(
        (&detected["repository"]["value"], &detected["repository"]["from"]),
        (&"acme/lander".into(), &"BBSTATUS_REPO".into())
    );
    assert_eq!(detected["commit"]["from"], "BITBUCKET_COMMIT");
    let other = ["detect", "--output", "json", "--commit", "ffffffffffffffffffffffffffffffffffffffff"];
    let detected = run(bbstatus(other).envs(pipelines)).done().json();
    assert_eq!(detected["refname"], Value::Null, "a branch belongs to its commit");
}

#[test]
fn a_merge_by_jenkins_stands_for_the_head_of_the_pull_request() {
    let checkout = Checkout::new("merge");
    checkout.git(&["checkout", "--quiet", "-b", "engine"]);
    let head = checkout.commit("jane@example.com");
    checkout.git(&["checkout", "--quiet", "main"]);
    checkout.commit("joe@example.com");
    checkout.git(&["checkout", "--quiet", "engine"]);
    let jenkins = |commit: &str| {
        let pull_request =
            [("CHANGE_ID", "7"), ("CHANGE_BRANCH", "engine"), ("JENKINS_URL", "x"), ("GIT_COMMIT", commit)];
        let detected = checkout.detect(&[], &pull_request);
        assert_eq!(detected["refname"]["value"], "engine", "{detected:#}");
        detected["commit"]["value"].as_str().unwrap().to_owned()
    };
    let merge = checkout.merge_main("nobody@nowhere");
    assert_eq!(jenkins(&merge), head);
    assert_eq!(jenkins(""), head, "a scripted pipeline is not told what it builds");
    checkout.git(&["reset", "--quiet", "--hard", &head]);
    let own_merge = checkout.merge_main("jane@example.com");
    assert_eq!(jenkins(&own_merge), own_merge, "a merge that a person has made is the head itself");
}

#[test]
fn head_as_a_commit_is_looked_up_in_git() {
    let checkout = Checkout::new("head");
    let commit = checkout.git(&["rev-parse", "HEAD"]);
    let buildkite = [("BUILDKITE", "true"), ("BUILDKITE_COMMIT", "HEAD"), ("BUILDKITE_BRANCH", "main")];
    let detected = checkout.detect(&[], &buildkite);
    assert_eq!(found(&detected)[2..4], [commit.as_str(), "main"]);
}
