//! How `bbstatus detect` combines options, variables, the CI system and git.

use std::{path::PathBuf, process::Command};

use serde_json::Value;

use crate::{
    checkout::Checkout,
    support::{COMMIT, bbstatus, folder, run, write_program},
};

const JENKINS_PULL_REQUEST: [(&str, &str); 3] =
    [("JENKINS_URL", "https://jenkins.example.com/"), ("CHANGE_ID", "7"), ("CHANGE_BRANCH", "feature/engine")];

/// A command in a checkout.
fn in_checkout<'a>(checkout: &Checkout, arguments: impl IntoIterator<Item = &'a str>) -> Command {
    let mut command = bbstatus(arguments);
    command.current_dir(&checkout.folder).env_remove("GIT_DIR").env("GIT_CONFIG_NOSYSTEM", "1");
    command
}

fn detect(checkout: &Checkout, arguments: &[&str], environment: &[(&str, &str)]) -> Value {
    let mut command =
        in_checkout(checkout, ["detect", "--output", "json"].into_iter().chain(arguments.iter().copied()));
    run(command.envs(environment.iter().copied())).done().json()
}

/// A checkout of the branch `feature/engine`, with a remote at Bitbucket.
fn of_branch(test: &str) -> Checkout {
    let checkout = Checkout::of(folder(test), |commits| &commits.head);
    checkout.add_remote("origin", "git@bitbucket.org:acme/rocket.git");
    checkout.git(&["checkout", "--quiet", "-b", "feature/engine"]);
    checkout
}

#[test]
fn without_a_ci_system_git_knows_repository_commit_and_branch() {
    let checkout = of_branch("git");
    let head = &checkout.commits.head;
    let detected = detect(&checkout, &[], &[]);
    for (member, value, label) in [
        ("repository", "acme/rocket", "git remote get-url origin"),
        ("commit", head, "git rev-parse HEAD"),
        ("refname", "feature/engine", "git symbolic-ref HEAD"),
    ] {
        assert_eq!((&detected[member]["value"], &detected[member]["from"]), (&value.into(), &label.into()));
    }
    for member in ["system", "pull_request", "url", "build_number"] {
        assert!(detected[member].is_null(), "{member}");
    }
    let other = detect(&checkout, &["--commit", COMMIT], &[]);
    assert_eq!((other["commit"]["value"].as_str(), &other["refname"]), (Some(COMMIT), &Value::Null));
    checkout.git(&["checkout", "--quiet", "--detach"]);
    assert_eq!(detect(&checkout, &[], &[])["refname"], Value::Null);
}

#[test]
fn a_tag_with_the_name_of_the_branch_does_not_change_the_refname() {
    let checkout = of_branch("tag-like-branch");
    checkout.git(&["tag", "feature/engine"]);
    assert_eq!(detect(&checkout, &[], &[])["refname"]["value"], "feature/engine");
}

#[test]
fn a_commit_is_a_hash_of_7_digits_or_more_head_a_branch_or_a_tag() {
    let checkout = of_branch("commits");
    let (head, target) = (checkout.commits.head.clone(), checkout.commits.target.clone());
    checkout.git(&["tag", "--annotate", "--message", "first", "v1.0", &target]);
    checkout.git(&["branch", "main", &target]);
    let upper = head.to_ascii_uppercase();
    let table = [
        (&head[..7], &head),
        (&head[..12], &head),
        (&upper[..12], &head),
        ("HEAD", &head),
        ("feature/engine", &head),
        ("main", &target),
        ("origin/main", &target),
        ("v1.0", &target),
        (" HEAD ", &head),
    ];
    for (commit, hash) in table {
        let detected = detect(&checkout, &["--commit", commit], &[]);
        assert_eq!(detected["commit"]["value"], **hash, "{commit}");
        let by_system = [("BUILDKITE", "true"), ("BUILDKITE_COMMIT", commit)];
        assert_eq!(detect(&checkout, &[], &by_system)["commit"]["value"], **hash, "{commit}");
    }
    let set = ["set", "k", "FAILED", "--url", "https://ci.example.com/", "--dry-run", "--commit"];
    for commit in ["nowhere", "--upload-pack=touch"] {
        let mut set = in_checkout(&checkout, set.into_iter().chain([commit]));
        let message = format!("got \"{commit}\"; git knows no such branch or tag here");
        let outcome = run(&mut set);
        assert!(
            outcome.code == Some(2) && (outcome.stderr.contains(&message) || commit.starts_with('-')),
            "{outcome:#?}"
        );
    }
    let mut set = bbstatus(set.into_iter().chain(["main"]));
    run(set.env("BBSTATUS_REPO", "acme/rocket"))
        .failed(2, "git knows no such branch or tag here: fatal: not a git repository");
}

#[test]
fn options_and_variables_override_the_ci_system() {
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
fn a_remote_at_bitbucket_is_found_in_every_form_that_git_accepts() {
    type Row<'a> = (&'a str, &'a str, Option<(&'a str, &'a str)>, Option<&'a str>);
    // The remote, what else is configured, and the repository.
    let table: [Row<'_>; 8] = [
        ("origin", "git@Bitbucket.org:acme/rocket.git", None, Some("acme/rocket")),
        ("upstream", "git@bitbucket.org:acme/rocket.git", None, Some("acme/rocket")),
        ("origin", "git@bitbucket.org-work:acme/rocket.git", None, Some("acme/rocket")),
        (
            "origin",
            "https://bitbucket.org/acme/rocket.git",
            Some(("url.https://mirror.example.com/.insteadOf", "https://bitbucket.org/")),
            Some("acme/rocket"),
        ),
        ("origin", "bb:acme/rocket.git", Some(("url.git@bitbucket.org:.insteadOf", "bb:")), Some("acme/rocket")),
        (
            "origin",
            "https://x-token-auth:s3cret@bitbucket.org/acme/rocket.git?access_token=s3cret",
            None,
            Some("acme/rocket"),
        ),
        ("origin", "git@work:acme/rocket.git", None, None),
        ("origin", "https://github.com/acme/rocket.git", None, None),
    ];
    for (number, (remote, address, configuration, repository)) in table.into_iter().enumerate() {
        let checkout = Checkout::of(folder(&format!("remote-{number}")), |commits| &commits.head);
        checkout.add_remote(remote, address);
        if let Some((key, value)) = configuration {
            checkout.git(&["config", key, value]);
        }
        let outcome = run(&mut in_checkout(&checkout, ["detect", "--output", "json"])).done();
        assert_eq!(outcome.json()["repository"]["value"].as_str(), repository, "{address}");
        assert_eq!(
            outcome.stderr.contains("pass the repository with --repo"),
            address.contains("@work:"),
            "{outcome:#?}"
        );
        assert!(!format!("{outcome:?}").contains("s3cret"), "{outcome:#?}");
    }
}

#[test]
fn a_merge_by_jenkins_is_the_head_of_the_pull_request() {
    let checkout = Checkout::of(folder("merge"), |commits| &commits.merge);
    let jenkins = |commit: &str| {
        let detected = detect(&checkout, &[], &[&JENKINS_PULL_REQUEST[..], &[("GIT_COMMIT", commit)]].concat());
        assert_eq!(detected["refname"]["value"], "feature/engine", "{detected:#}");
        detected["commit"]["value"].as_str().unwrap().to_owned()
    };
    let head = &checkout.commits.head;
    assert_eq!(jenkins(&checkout.commits.merge), *head);
    assert_eq!(jenkins(""), *head, "a scripted pipeline has no variable for the commit");
    checkout.git(&["update-ref", "refs/remotes/origin/feature/engine", &checkout.commits.merge]);
    assert_eq!(jenkins(&checkout.commits.merge), checkout.commits.merge, "a merge that was pushed is the head itself");
}

#[test]
fn where_git_does_not_respond_a_commit_that_may_be_a_merge_is_not_reported() {
    let checkout = Checkout::of(folder("silent"), |commits| &commits.merge);
    let environment = [&JENKINS_PULL_REQUEST[..], &[("GIT_COMMIT", checkout.commits.merge.as_str())]].concat();
    let without_git = |command: &mut Command| {
        let outcome = run(command.envs(environment.clone())).done();
        assert!(outcome.json()["commit"].is_null(), "{outcome:#?}");
        assert!(
            outcome.stderr.contains("note: GIT_COMMIT may name a merge that Bitbucket does not know"),
            "{outcome:#?}"
        );
        assert!(outcome.stderr.contains("--commit"), "{outcome:#?}");
    };
    let detect = ["detect", "--output", "json"];
    without_git(in_checkout(&checkout, detect).env("PATH", ""));
    without_git(in_checkout(&checkout, detect).env("GIT_DIR", "/nonexistent"));
    if let Some(programs) = git_of_another_owner(&checkout) {
        without_git(in_checkout(&checkout, detect).env("PATH", &programs));
    }
}

/// A folder with a git for which every repository belongs to someone else.
fn git_of_another_owner(checkout: &Checkout) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    let real = std::env::split_paths(&path).map(|folder| folder.join("git")).find(|git| cfg!(unix) && git.is_file())?;
    let programs = checkout.folder.join("programs");
    let script = format!("#!/bin/sh\nGIT_TEST_ASSUME_DIFFERENT_OWNER=1 exec {} \"$@\"\n", real.display());
    write_program(&programs.join("git"), &script);
    Some(programs)
}

#[test]
fn a_refusal_by_git_is_a_note() {
    let checkout = of_branch("refused");
    let Some(programs) = git_of_another_owner(&checkout) else { return };
    let travis = [("TRAVIS", "true"), ("TRAVIS_COMMIT", COMMIT)];
    let table =
        [(&[][..], "neither repository nor commit", "--repo and --commit"), (&travis[..], "no repository", "--repo")];
    for (environment, unknown, options) in table {
        let mut detect = in_checkout(&checkout, ["detect"]);
        let outcome = run(detect.env("PATH", &programs).envs(environment.iter().copied())).done();
        let note = format!("note: git names {unknown} (fatal: detected dubious ownership in repository");
        assert!(outcome.stderr.starts_with(&note), "{outcome:#?}");
        assert!(outcome.stderr.ends_with(&format!("): pass {options}\n")), "{outcome:#?}");
    }
    let set = ["set", "k", "FAILED", "--dry-run"];
    run(in_checkout(&checkout, set).env("PATH", &programs)).failed(2, "detected dubious ownership");
}

#[test]
fn a_hash_that_git_does_not_know_is_sent_unchanged_whether_full_or_short() {
    for commit in [COMMIT, &COMMIT[..7], &COMMIT[..12]] {
        let set = ["set", "k", "FAILED", "--repo", "acme/rocket", "--dry-run", "--output", "json"];
        for (option, variable) in
            [("--commit", None), ("", Some([("BUILDKITE", "true"), ("BUILDKITE_COMMIT", commit)]))]
        {
            let mut command =
                bbstatus(set.into_iter().chain([option, commit].into_iter().filter(|_| !option.is_empty())));
            let requests = run(command.envs(variable.into_iter().flatten())).done().json()["requests"].clone();
            let url = requests[0]["url"].as_str().unwrap().to_owned();
            assert!(url.contains(&format!("/commit/{commit}/")), "{url}");
        }
    }
}

#[test]
fn a_file_of_the_ci_that_is_a_pipe_is_not_read() {
    if cfg!(not(unix)) {
        return;
    }
    let pipe = folder("pipe").join("pipe");
    run(Command::new("mkfifo").arg(&pipe)).done();
    let path = pipe.to_str().unwrap();
    let github = [("GITHUB_ACTIONS", "true"), ("GITHUB_HEAD_REF", "x"), ("GITHUB_EVENT_PATH", path)];
    let teamcity =
        [("TEAMCITY_VERSION", "2026.1"), ("BUILD_VCS_NUMBER", COMMIT), ("TEAMCITY_BUILD_PROPERTIES_FILE", path)];
    let gitlab = [("GITLAB_CI", "true"), ("CI_COMMIT_SHA", COMMIT), ("TRIGGER_PAYLOAD", path)];
    for environment in [github, teamcity, gitlab] {
        let outcome = run(bbstatus(["detect"]).envs(environment)).done();
        assert!(outcome.stderr.contains("that cannot be read: it is not a regular file"), "{outcome:#?}");
    }
}
