//! `bbstatus sandbox` as a process.

use std::io::Read as _;

use test_support::command::SandboxProcess;

use crate::support::{COMMIT, Sandbox, TOKEN, bbstatus, folder, isolated, reporting_to, run};

#[cfg(unix)]
#[test]
fn an_interrupted_sandbox_has_exit_code_0() {
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
fn an_invalid_seed_is_named() {
    let file = folder("refused_seed").join("seed.json");
    let path = file.to_str().unwrap();
    let status = format!(r#"{{"commit": "{COMMIT}", "key": "lint", "state": "STOPPED", "url": "https://a.example/"}}"#);
    let other = COMMIT.replace('e', "f");
    let repository = format!(r#"{{"name": "acme/rocket", "commits": ["{other}"], "statuses": [{status}]}}"#);
    let table = [
        ("{".to_owned(), "EOF"),
        (r#"{"repositories": [{"name": "rocket"}]}"#.to_owned(), "repository: expected WORKSPACE/SLUG"),
        (r#"{"repositories": [{"name": "acme/.."}]}"#.to_owned(), "repository slug: expected"),
        (format!(r#"{{"repositories": [{repository}]}}"#), "status lint of commit"),
    ];
    for (text, problem) in table {
        std::fs::write(&file, &text).unwrap();
        let ended = run(&mut bbstatus(["sandbox", "--seed", path])).failed(2, problem);
        assert!(ended.stderr.starts_with(&format!("error: seed {path}: ")), "{text}: {ended:#?}");
        assert!(ended.stderr.contains("\nhelp: "), "{text}: {ended:#?}");
    }
}

#[test]
fn a_seed_fills_the_sandbox() {
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

#[test]
fn the_notes_of_a_sandbox_say_whose_credentials_it_accepts() {
    let seed = folder("sandbox_notes").join("seed.json");
    std::fs::write(&seed, r#"{"identities": [{"name": "ci", "token": "s3cret"}, {"name": "dev", "token": "0ther"}]}"#)
        .unwrap();
    let seeded = Sandbox::start("notes_seeded", &["--seed", seed.to_str().unwrap()]);
    run(seeded.bbstatus(["set", "unit-tests", "FAILED"]).env("BITBUCKET_TOKEN", "s3cret")).done();
    run(&mut seeded.bbstatus(["set", "unit-tests", "FAILED"])).failed(4, "401");
    let log = seeded.log();
    assert!(log.contains("; it accepts the credentials that the seed has for ci, dev\n"), "{log}");
    assert!(!format!("{log}{}", seeded.process.address).contains("s3cret"), "{log}");
    let own = Sandbox::start("notes_own", &[]);
    run(&mut own.bbstatus(["set", "unit-tests", "FAILED"])).done();
    run(own.bbstatus(["set", "unit-tests", "FAILED"]).env_remove("BITBUCKET_TOKEN")).failed(2, "credentials");
    let log = own.log();
    assert!(log.contains(&format!("; its token is {TOKEN}\n")), "{log}");
}

#[test]
fn a_port_that_is_in_use_is_named() {
    let sandbox = Sandbox::start("port_in_use", &[]);
    let port = sandbox.url().rsplit(':').next().unwrap().trim_end_matches("/2.0").to_owned();
    let ended = run(&mut bbstatus(["sandbox", "--port", &port])).failed(2, &format!("error: port {port} is in use\n"));
    assert!(ended.stderr.contains("\nhelp: ") && ended.stderr.contains("another port"), "{ended:#?}");
}

#[test]
fn a_sandbox_can_have_a_public_url_and_other_hosts() {
    let public = ["--public-url", "https://ci.example.com/bitbucket", "--allow-host", "sandbox", "--host", "0.0.0.0"];
    let sandbox = Sandbox::start("public", &public);
    assert_eq!(sandbox.url(), "https://ci.example.com/bitbucket/2.0");
    assert_eq!(sandbox.process.address["control_url"], "https://ci.example.com/bitbucket/_sandbox");
    let table = [
        (["--public-url", "nope"], "--public-url: expected an absolute http or https URL"),
        (["--allow-host", "a/b"], "--allow-host: expected the name of a host"),
        (["--host", "256.0.0.1"], "cannot listen on 256.0.0.1:0"),
    ];
    for (options, problem) in table {
        run(&mut bbstatus(["sandbox"].into_iter().chain(options))).failed(2, problem);
    }
}

/// Lets this process open as many files as the system allows; returns how many that is.
#[cfg(unix)]
fn raise_file_limit() -> usize {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let Rlimit { maximum, .. } = getrlimit(Resource::Nofile);
    // If this fails, the limit stays as it is.
    let _ = setrlimit(Resource::Nofile, Rlimit { current: maximum, maximum });
    getrlimit(Resource::Nofile).current.map_or(usize::MAX, |files| usize::try_from(files).unwrap_or(usize::MAX))
}

#[cfg(unix)]
#[test]
fn ten_thousand_open_connections_leave_a_sandbox_responding() {
    let connections = (raise_file_limit() - 100).min(10_000);
    // With as many files as the system allows, and with so few that idle connections have to make room.
    for limit in ["", "ulimit -n 128; "] {
        let script = format!("{limit}exec {} sandbox --quiet", env!("CARGO_BIN_EXE_bbstatus"));
        let sandbox = SandboxProcess::start(isolated("sh").args(["-c", &script]));
        let address = sandbox.url().trim_start_matches("http://").trim_end_matches("/2.0").to_owned();
        let idle: Vec<_> = (0..connections).map(|_| std::net::TcpStream::connect(&address).unwrap()).collect();
        run(&mut reporting_to(sandbox.url(), ["set", "unit-tests", "FAILED"])).done();
        assert_eq!(idle.len(), connections);
    }
}
