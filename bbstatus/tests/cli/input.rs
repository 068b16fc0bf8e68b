//! Arguments and variables: which are refused, and what is sent.

use serde_json::json;

use crate::support::{COMMIT, LOCATION_ENV, Sandbox, bbstatus, run};

const LONG: &str = "continuous-integration/linux/x86_64/unit-tests";
const SHORTENED: &str = "continuous-integration/linux/-b812bb8611";

#[test]
fn values_that_bitbucket_would_refuse_are_refused_before_anything_is_sent() {
    let sandbox = Sandbox::start("refused", &[]);
    let table = [
        (vec!["--url", "ftp://ci.example.com"], "url: expected an absolute http or https URL"),
        (vec!["--url", "https://jenkins:8080/job/1"], "url: expected"),
        (vec!["--url", "/job/1"], "url: expected"),
        (vec!["--refname", "refs/tags/v1"], "refname: expected the bare name of a branch"),
        (vec!["--commit", "xyz"], "commit: expected a SHA-1 of 40 hexadecimal digits"),
        (vec!["--commit", "main"], "commit: expected a SHA-1 of 40 hexadecimal digits"),
        (vec!["--repo", "rocket"], "repository: expected WORKSPACE/SLUG"),
        (vec!["--repo", "acme/rocket/src"], "repository: expected WORKSPACE/SLUG"),
        (vec!["--repo", "../rocket"], "workspace: expected a name"),
        (vec!["--repo", "acme/"], "repository: expected WORKSPACE/SLUG, got \"acme/\" (--repo)\nhelp: Write both"),
        (vec!["--repo", "/rocket"], "repository: expected WORKSPACE/SLUG"),
        (
            vec!["--repo", "https://jane:s3cret@git.example.com/rocket"],
            "repository: expected WORKSPACE/SLUG, got an address that may contain a secret and is not shown (--repo)",
        ),
        (vec!["--repo", "jane:s3/cret@git.example.com/rocket"], "repository: expected WORKSPACE/SLUG, got an address"),
        (
            vec!["--commit", "https://jane:s3/cret@git.example.com/rocket"],
            "commit: expected a SHA-1 of 40 hexadecimal digits, or at least its first 7, got \"https://git.example.com/rocket\"",
        ),
        (vec!["--repo", "git@git.example.com:acme/rocket"], "repository: expected WORKSPACE/SLUG"),
    ];
    for (options, problem) in table {
        for verb in ["set", "update"] {
            let command = [verb, "unit-tests", "FAILED"].into_iter().chain(options.clone());
            let refused = run(&mut sandbox.bbstatus(command)).failed(2, problem);
            assert!(!refused.stderr.contains("cret@") && !refused.stderr.contains("s3"), "{refused:#?}");
        }
    }
    for key in ["", ".", "..", "a\\b", "a\nb"] {
        run(&mut sandbox.bbstatus(["set", key, "FAILED"])).failed(2, "key: expected");
    }
    run(sandbox.bbstatus(["get", "k"]).env_remove("BBSTATUS_REPO")).failed(2, "repository: none was given");
    run(sandbox.bbstatus(["get", "k"]).env_remove("BBSTATUS_COMMIT")).failed(2, "commit: none was given");
    assert!(!sandbox.log().contains('#'), "nothing was sent: {}", sandbox.log());
}

#[test]
fn without_a_valid_url_the_commits_page_is_reported() {
    let page = format!("https://bitbucket.org/acme/rocket/commits/{COMMIT}");
    let sent = |variables: &[(&str, &str)]| {
        let mut command = bbstatus(["set", "k", "FAILED", "--dry-run", "--output", "json"]);
        let output = run(command.envs(LOCATION_ENV[..2].iter().copied()).envs(variables.iter().copied())).done();
        (output.json()["requests"][0]["body"]["url"].as_str().unwrap().to_owned(), output.stderr)
    };
    let jenkins = |url| [("JENKINS_URL", "http://jenkins:8080/"), ("GIT_COMMIT", COMMIT), ("BUILD_URL", url)];
    let (url, note) = sent(&[]);
    assert_eq!(
        (url, note.as_str()),
        (
            page.clone(),
            "note: the url of the build is not known, so the commit's page is reported; pass another with --url\n"
        )
    );
    let (url, note) = sent(&jenkins("http://jenkins:8080/job/1/"));
    let problem =
        "note: the commit's page is reported instead of the url of the build: BUILD_URL: expected an absolute";
    assert!(url == page && note.starts_with(problem), "{url} {note}");
    let (url, note) = sent(&jenkins("https://jane:s3cret@ci.example.com/job/1/"));
    assert!(url == page && note.contains("without user name and password") && !note.contains("s3cret"), "{url} {note}");
    assert_eq!(
        sent(&jenkins("https://ci.example.com/job/1/")),
        ("https://ci.example.com/job/1/".to_owned(), String::new())
    );
}

#[test]
fn a_url_with_a_password_is_refused() {
    for url in
        ["s3cret@ci.example.com/42", "https://jane:s3/cret@ci.example.com/42", "ftp://ci.example.com/?token=s3cret"]
    {
        for option in [Some(["--url", url]), None] {
            let set = ["set", "k", "FAILED", "--dry-run", "--repo", "acme/rocket", "--commit", COMMIT];
            let mut command = bbstatus(set.into_iter().chain(option.into_iter().flatten()));
            let outcome = run(command.envs([("BUILDKITE", "true"), ("BUILDKITE_BUILD_URL", url)]));
            let output = outcome.stdout + &outcome.stderr;
            assert!(output.contains("expected") && !output.contains("s3"), "{output}");
        }
    }
    for verb in ["set", "update"] {
        let mut command =
            bbstatus([verb, "k", "FAILED", "--dry-run", "--url", "https://jane:s3cret@ci.example.com/42"]);
        let refused =
            run(command.envs(LOCATION_ENV)).failed(2, "url (--url): expected a URL without user name and password");
        assert!(refused.stderr.contains("\nhelp: ") && !refused.stderr.contains("s3cret"), "{refused:#?}");
        let mut command = bbstatus([verb, "k", "FAILED", "--dry-run"]);
        command.envs(LOCATION_ENV).env("BBSTATUS_URL", "https://t0ken@ci.example.com/42");
        run(&mut command).failed(2, "url (BBSTATUS_URL): expected a URL without user name and password");
    }
}

#[test]
fn states_have_the_words_of_other_systems_too() {
    for (word, state) in
        [("passed", "SUCCESSFUL"), ("Error", "FAILED"), ("canceled", "STOPPED"), ("running", "INPROGRESS")]
    {
        for verb in ["set", "update"] {
            let mut command = bbstatus([verb, "k", word, "--dry-run", "--output", "json"]);
            let requests = run(command.envs(LOCATION_ENV)).done().json()["requests"].clone();
            assert_eq!(requests.as_array().unwrap().last().unwrap()["body"]["state"], state, "{verb} {word}");
        }
    }
    run(&mut bbstatus(["set", "k", "done"])).failed(2, "[possible values: INPROGRESS, STOPPED, FAILED, SUCCESSFUL]");
}

#[test]
fn an_exact_update_does_not_read_first() {
    let requests = |options: &[&str]| {
        let update = ["update", "k", "FAILED", "--dry-run", "--output", "json"];
        let mut command = bbstatus(update.iter().chain(options).copied());
        run(command.envs(LOCATION_ENV[..2].iter().copied())).done().json()["requests"].clone()
    };
    assert_eq!(requests(&[]).as_array().unwrap().len(), 2);
    let exact = requests(&["--exact"]);
    assert_eq!(exact[0]["body"], json!({"type": "build", "key": "k", "state": "FAILED"}));
    assert_eq!(exact.as_array().unwrap().len(), 1);
}

#[test]
fn a_key_over_40_characters_is_shortened_with_a_note_and_is_complete_in_the_name() {
    let sandbox = Sandbox::start("shortened", &[]);
    let json = ["--output", "json"];
    let set = run(&mut sandbox.bbstatus(["set", LONG, "INPROGRESS"].into_iter().chain(json))).done();
    assert_eq!(set.json()["key"], SHORTENED);
    assert_eq!(set.json()["name"], LONG);
    assert!(set.stderr.contains(&format!("{LONG} is reported as {SHORTENED}")), "{set:#?}");
    let updated = run(&mut sandbox.bbstatus(["update", LONG, "FAILED"].into_iter().chain(json))).done();
    assert_eq!(updated.json()["name"], LONG);
    let named = ["set", LONG, "FAILED", "--name", "Unit tests"];
    run(&mut sandbox.bbstatus(named)).done();
    let mut reads_first = sandbox.bbstatus(["update", LONG, "SUCCESSFUL"].into_iter().chain(json));
    let read = run(reads_first.env_remove("BBSTATUS_URL")).done().json();
    assert_eq!((&read["name"], &read["state"]), (&json!("Unit tests"), &json!("SUCCESSFUL")));
}

#[test]
fn an_update_in_a_ci_job_changes_only_what_was_given() {
    let pipelines = [
        ("BITBUCKET_BUILD_NUMBER", "42"),
        ("BITBUCKET_COMMIT", COMMIT),
        ("BITBUCKET_REPO_FULL_NAME", "acme/rocket"),
        ("BITBUCKET_BRANCH", "main"),
    ];
    let requests = |options: &[&str]| {
        let update = ["update", "k", "FAILED", "--dry-run", "--output", "json"];
        let mut command = bbstatus(update.into_iter().chain(options.iter().copied()));
        run(command.envs(pipelines)).done().json()["requests"].clone()
    };
    let read_first = requests(&[]);
    assert_eq!((&read_first[0]["method"], &read_first[1]["body"]["state"]), (&"GET".into(), &"FAILED".into()));
    for member in ["url", "refname", "name", "description"] {
        assert_eq!(read_first[1]["body"][member], "<as read>", "{read_first:#}");
    }
    let url = "https://ci.example.com/42";
    let body = json!({
        "type": "build", "key": "k", "state": "FAILED", "url": url, "name": "Tests", "description": "1 failed",
    });
    let all = ["--url", url, "--name", "Tests", "--description", "1 failed"];
    assert_eq!(requests(&all)[0]["body"], body);
}

#[test]
fn a_repository_may_be_given_as_an_address_or_with_spaces_around_it() {
    let named = [
        "git@bitbucket.org:acme/lander.git",
        "https://jane:s3cret@bitbucket.org/acme/lander",
        "https://bitbucket.org/acme/lander?access_token=s3cret",
        "s3cret@bitbucket.org/acme/lander",
        "acme/lander.git",
        " acme/lander ",
        "acme/lander.git\n",
    ];
    for address in named {
        let mut command = bbstatus(["set", "k", "FAILED", "--repo", address, "--dry-run", "--output", "json"]);
        let printed = run(command.envs(LOCATION_ENV)).done().json();
        assert!(
            printed["requests"][0]["url"].as_str().unwrap().contains("/repositories/acme/lander/commit/"),
            "{printed}"
        );
        let detected = run(bbstatus(["detect"]).env("BBSTATUS_REPO", address)).done().stdout;
        assert!(detected.contains("repository    acme/lander  (BBSTATUS_REPO)\n"), "{detected}");
        assert!(!printed.to_string().contains("s3cret") && !detected.contains("s3cret"), "{printed} {detected}");
    }
    for address in ["https://jane:s3cret@git.example.com/acme/lander", "jane:s3cret@git.example.com:acme/lander"] {
        for options in [&["detect"][..], &["detect", "--output", "json"]] {
            let problem =
                "repository: expected WORKSPACE/SLUG, got an address that may contain a secret and is not shown";
            let refused = run(bbstatus(options.iter().copied()).env("BBSTATUS_REPO", address)).failed(2, problem);
            assert!(!format!("{refused:?}").contains("s3cret"), "{refused:#?}");
        }
    }
}

#[test]
fn the_key_of_a_name_is_printed_offline() {
    let printed = |name: &str| run(&mut bbstatus(["key", name])).done().stdout;
    assert_eq!(printed("unit-tests"), "unit-tests\n");
    assert_eq!(printed(LONG), format!("{SHORTENED}\n"));
    let json = run(&mut bbstatus(["key", LONG, "--output", "json"])).done().json();
    assert_eq!(json, json!({"version": 1, "key": SHORTENED, "name": LONG, "shortened": true}));
}

#[test]
fn an_option_overrides_its_variable_and_an_empty_variable_counts_as_not_set() {
    let body = |command: &mut std::process::Command| {
        run(command.envs(LOCATION_ENV)).done().json()["requests"][0]["body"].clone()
    };
    let dry = ["set", "k", "FAILED", "--dry-run", "--output", "json"];
    let mut typed = bbstatus(dry.into_iter().chain(["--name", "typed"]));
    let sent = body(typed.env("BBSTATUS_NAME", "variable").env("BBSTATUS_DESCRIPTION", "").env("BBSTATUS_TIMEOUT", ""));
    assert_eq!(
        sent,
        json!({"type": "build", "key": "k", "state": "FAILED", "name": "typed", "url": LOCATION_ENV[2].1})
    );
    let sent = body(bbstatus(dry).env("BBSTATUS_NAME", "variable"));
    assert_eq!(sent["name"], "variable");
}

#[test]
fn an_exit_code_can_be_given_instead_of_a_state() {
    for (code, state) in [("0", "SUCCESSFUL"), ("1", "FAILED"), ("-1", "FAILED"), ("137", "FAILED")] {
        for verb in ["set", "update"] {
            let mut command = bbstatus([verb, "k", "--from-exit-code", code, "--dry-run", "--output", "json"]);
            let requests = run(command.envs(LOCATION_ENV)).done().json()["requests"].clone();
            let last = requests.as_array().and_then(|requests| requests.last()).unwrap();
            assert_eq!(last["body"]["state"], state, "{verb} {code}");
        }
    }
}

#[test]
fn a_list_has_every_status_of_a_commit() {
    let sandbox = Sandbox::start("list", &[]);
    run(&mut sandbox.bbstatus(["list"])).done();
    for key in ["lint", "unit-tests"] {
        run(&mut sandbox.bbstatus(["set", key, "FAILED", "--refname", key])).done();
    }
    let table = run(&mut sandbox.bbstatus(["list"])).done().stdout;
    assert_eq!(table, "STATE   KEY         NAME  DESCRIPTION\nFAILED  lint\nFAILED  unit-tests\n");
    let lines = run(&mut sandbox.bbstatus(["list", "--output", "json", "--sort", "-created_on"])).done().stdout;
    let keys: Vec<_> =
        lines.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap()["key"].clone()).collect();
    assert_eq!(keys, ["unit-tests", "lint"]);
    let named = run(&mut sandbox.bbstatus(["list", "--refname", "lint", "--output", "json"])).done().json();
    assert_eq!(named["key"], "lint");
    assert!(run(&mut sandbox.bbstatus(["list", "--commit", &COMMIT.replace('e', "f")])).done().stdout.is_empty());
}
