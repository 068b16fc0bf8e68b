//! `bbstatus sandbox` as a process.

use std::io::Read as _;

use crate::support::{COMMIT, Sandbox, TOKEN, bbstatus, folder, run};

#[cfg(unix)]
#[test]
fn an_interrupted_sandbox_ends_clean() {
    for signal in ["-INT", "-TERM"] {
        let mut sandbox = Sandbox::start("ended", &["--port", "0"]);
        let process = sandbox.process.process.id().to_string();
        assert!(std::process::Command::new("kill").args([signal, &process]).status().unwrap().success());
        assert_eq!(sandbox.process.process.wait().unwrap().code(), Some(0));
        let mut rest = String::new();
        sandbox.process.stdout.read_to_string(&mut rest).unwrap();
        assert_eq!(rest, "", "one line of data");
    }
}

#[test]
fn a_sandbox_logs_each_request_on_stderr() {
    let sandbox = Sandbox::start("logged", &[]);
    run(&mut sandbox.bbstatus(["set", "unit-tests", "FAILED"])).done();
    run(&mut sandbox.bbstatus(["get", "unknown"])).failed(3, "404");
    let log = sandbox.log();
    let requests: Vec<_> = log.lines().filter(|line| line.starts_with('#')).collect();
    assert!(requests[0].starts_with("#1 POST ") && requests[0].contains(" -> 201"), "{log}");
    assert!(requests[1].starts_with("#2 GET ") && requests[1].contains(" -> 404"), "{log}");
    assert!(!requests.concat().contains(TOKEN), "{log}");
}

#[test]
fn a_seed_that_is_refused_is_named() {
    let file = folder("refused_seed").join("seed.json");
    let path = file.to_str().unwrap();
    let status = format!(r#"{{"commit": "{COMMIT}", "key": "lint", "state": "STOPPED", "url": "https://a.example/"}}"#);
    let other = COMMIT.replace('e', "f");
    let repository = format!(r#"{{"name": "acme/rocket", "commits": ["{other}"], "statuses": [{status}]}}"#);
    let table = [
        ("{".to_owned(), "EOF"),
        (r#"{"repositories": [{"name": "rocket"}]}"#.to_owned(), "repository: expected WORKSPACE/SLUG"),
        (r#"{"repositories": [{"name": "acme/.."}]}"#.to_owned(), "repository slug: expected"),
        (format!(r#"{{"repositories": [{repository}]}}"#), "status lint: expected"),
    ];
    for (text, said) in table {
        std::fs::write(&file, &text).unwrap();
        let ended = run(&mut bbstatus(["sandbox", "--seed", path])).failed(2, said);
        assert!(ended.stderr.starts_with(&format!("error: seed {path}: ")), "{text}: {ended:#?}");
        assert!(ended.stderr.contains("\nhelp: "), "{text}: {ended:#?}");
    }
}

#[test]
fn a_seed_says_what_is_there() {
    let seed = folder("sandbox_seed").join("seed.json");
    let status = format!(r#"{{"commit": "{COMMIT}", "key": "lint", "state": "STOPPED", "url": "https://a.example/"}}"#);
    let pull_request = format!(r#"{{"id": 7, "source_branch": "engine", "source_commit": "{COMMIT}"}}"#);
    let repository = format!(r#"{{"name": "acme/rocket", "pull_requests": [{pull_request}], "statuses": [{status}]}}"#);
    std::fs::write(&seed, format!(r#"{{"repositories": [{repository}]}}"#)).unwrap();
    let sandbox = Sandbox::start("seed", &["--seed", seed.to_str().unwrap()]);
    let listed =
        run(sandbox.bbstatus(["list", "--pull-request", "7", "--output", "json"]).env_remove("BBSTATUS_COMMIT"));
    assert_eq!(listed.done().json()["state"], "STOPPED");
    run(&mut sandbox.bbstatus(["get", "lint", "--repo", "acme/lander"])).failed(3, "404");
}
