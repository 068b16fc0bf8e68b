//! Each exit code, and a remedy with each error.

use crate::support::{
    COMMIT, RecordingServer, Reply, ReservedPort, Sandbox, bbstatus, folder, reporting_to, response, run, server,
};

#[test]
fn a_command_that_succeeds_has_exit_code_0() {
    let sandbox = Sandbox::start("exit_0", &[]);
    run(&mut sandbox.bbstatus(["set", "unit-tests", "INPROGRESS"])).done();
    run(&mut sandbox.bbstatus(["update", "unit-tests", "successful", "--description", "42 passed"])).done();
    let read = run(&mut sandbox.bbstatus(["get", "unit-tests", "--output", "json"])).done().json();
    assert_eq!((&read["state"], &read["description"]), (&"SUCCESSFUL".into(), &"42 passed".into()));
}

#[test]
fn every_api_error_has_an_exit_code_and_a_remedy() {
    let error = |message: &str| format!(r#"{{"type":"error","error":{{"message":"{message}"}}}}"#);
    let table = [
        (1, 301, &["Location: https://api.bitbucket.org/2.0/elsewhere"][..], String::new()),
        (1, 409, &[], error("conflict")),
        (1, 410, &[], error("gone")),
        (1, 200, &["Content-Type: text/html"], "<html>".to_owned()),
        (3, 404, &[], "Not Found".to_owned()),
        (4, 401, &[], String::new()),
        (4, 402, &[], error("plan")),
        (4, 403, &[], error("Access denied.")),
        (5, 400, &[], error("url: Enter a valid URL.")),
        (6, 408, &[], String::new()),
        (6, 429, &[], "Rate limit for this resource has been exceeded".to_owned()),
        (6, 500, &[], error("Something went wrong")),
        (6, 501, &[], String::new()),
        (6, 503, &[], "<html>".to_owned()),
    ];
    for (code, status, headers, body) in table {
        let server = server(status, headers, &body);
        let ended = run(&mut reporting_to(server.address(), ["set", "unit-tests", "FAILED"])).failed(code, "error: ");
        assert_eq!(ended.stderr.lines().count(), 2, "{ended:#?}");
        assert!(ended.stderr.contains("\nhelp: "), "{ended:#?}");
    }
}

#[test]
fn a_success_about_another_status_is_an_error_that_says_so() {
    let table = [
        (r#"{"key": "lint", "state": "SUCCESSFUL"}"#, "expected \"k\" as FAILED, got \"lint\" as SUCCESSFUL"),
        (r#"{"key": "lint", "state": "FAILED"}"#, "expected \"k\" as FAILED, got \"lint\" as FAILED"),
        (r#"{"key": "k", "state": "SUCCESSFUL"}"#, "expected \"k\" as FAILED, got \"k\" as SUCCESSFUL"),
    ];
    for (body, problem) in table {
        let server = server(200, &["Content-Type: application/json"], body);
        let ended = run(&mut reporting_to(server.address(), ["set", "k", "failed"])).failed(1, problem);
        assert!(ended.stderr.contains("200") && ended.stderr.contains("\nhelp: "), "{ended:#?}");
        assert_eq!(server.received().len(), 1, "it is not retried");
        run(&mut reporting_to(server.address(), ["set", "k", "failed", "--soft"])).warned(0, problem);
    }
}

#[test]
fn a_refused_connection_is_exit_code_6() {
    let get = ["get", "unit-tests"];
    let ended = run(&mut reporting_to(&ReservedPort::new().url(), get)).failed(6, "could not connect");
    assert!(ended.stderr.contains("\nhelp: "), "{ended:#?}");
}

#[test]
fn a_call_that_times_out_is_exit_code_6() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/2.0", listener.local_addr().unwrap());
    run(&mut reporting_to(&url, ["get", "unit-tests", "--timeout", "200ms"])).failed(6, "error: ");
}

#[test]
fn refusals_of_the_sandbox_have_their_exit_codes() {
    let seed = folder("seeded").join("seed.json");
    let identities = r#"{"identities": [{"name": "ci", "token": "sandbox-token"}, {"name": "dev", "token": "0ther"}]}"#;
    std::fs::write(&seed, identities).unwrap();
    let sandbox = Sandbox::start("exit_rules", &["--seed", seed.to_str().unwrap()]);
    let mut unknown = sandbox.bbstatus(["update", "unknown", "FAILED"]);
    run(&mut unknown).failed(3, "404");
    let mut expired = sandbox.bbstatus(["get", "unit-tests"]);
    run(expired.env("BITBUCKET_TOKEN", "expired")).failed(4, "401");
    run(&mut sandbox.bbstatus(["set", "unit-tests", "FAILED"])).done();
    let mut foreign = sandbox.bbstatus(["set", "unit-tests", "SUCCESSFUL"]);
    run(foreign.env("BITBUCKET_TOKEN", "0ther")).failed(4, "403");
    let name = "n".repeat(256);
    run(&mut sandbox.bbstatus(["set", "other", "FAILED", "--name", &name])).failed(5, "name");
}

#[test]
fn an_invalid_command_line_is_exit_code_2() {
    let table = [
        (vec![], "Usage:"),
        (vec!["nope"], "unrecognized subcommand"),
        (vec!["set", "unit-tests"], "<STATE>"),
        (vec!["set", "unit-tests", "DONE"], "INPROGRESS, STOPPED, FAILED, SUCCESSFUL"),
        (vec!["set", "unit-tests", "FAILED", "--from-exit-code", "1"], "cannot be used with"),
        (vec!["set", "unit-tests", "--from-exit-code", ""], "the variable is not set"),
        (vec!["update", "unit-tests", "--timeout", "30x"], "expected a duration, such as 90s"),
        (vec!["get", "unit-tests", "--timeout", "0s"], "expected a duration greater than zero"),
        (vec!["run", "unit-tests", "--timeout", "0", "--", "true"], "expected a duration greater than zero"),
        (vec!["apply", "-", "--request-timeout", "0"], "expected a duration greater than zero"),
        (vec!["get", "unit-tests", "--retries", "many"], "expected a whole number, 0 or more"),
        (vec!["apply", "-", "--concurrency", "0"], "expected a whole number, 1 or more"),
        (vec!["list", "--pull-request", "0"], "expected a whole number, 1 or more"),
        (vec!["wait", "--pull-request", "x"], "expected a whole number, 1 or more"),
        (vec!["sandbox", "--port", "65536"], "expected a whole number, 0 to 65535"),
        (vec!["get", "unit-tests", "--sandbox", "--dry-run"], "cannot be used with"),
        (vec!["man", "nope"], "completions, man, got \"nope\"\nhelp: Pass one of them"),
        (vec!["sandbox", "--seed", "/nonexistent"], "seed /nonexistent"),
        (vec!["key", ""], "key: expected at least one character"),
    ];
    for (arguments, problem) in table {
        run(&mut bbstatus(arguments)).failed(2, problem);
    }
}

#[test]
fn without_credentials_the_message_names_the_variables_to_set() {
    let place = ["--repo", "acme/rocket", "--commit", COMMIT];
    for command in [vec!["set", "k", "FAILED"], vec!["update", "k"], vec!["get", "k"], vec!["list"]] {
        let ended =
            run(&mut bbstatus(command.into_iter().chain(place))).failed(2, "got none\nhelp: Set BITBUCKET_TOKEN");
        assert!(ended.stderr.contains("--token-file") && ended.stderr.contains("--sandbox"), "{ended:#?}");
        assert_eq!(ended.stderr.lines().count(), 2, "{ended:#?}");
    }
    let mut half = bbstatus(["get", "k"].into_iter().chain(place));
    run(half.env("BITBUCKET_EMAIL", "jane@example.com")).failed(2, "got only BITBUCKET_EMAIL\nhelp: ");
}

#[test]
fn messages_name_an_option_or_variable_as_it_was_given() {
    const NO_PEM: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml");
    let place = ["--repo", "acme/rocket", "--commit", COMMIT];
    let table = [
        (vec!["--api-url", "nope"], "error: --api-url: expected"),
        (
            vec!["--api-url", "http://bitbucket.example.com/2.0"],
            "error: --api-url: expected an https URL (http is allowed only for this machine), got \"http://bitbucket.example.com/2.0\"",
        ),
        (vec!["--api-url", "http://a:b@bitbucket.example.com/2.0"], "error: --api-url: expected"),
        (vec!["--oauth-token-url", "nope"], "error: --oauth-token-url: expected"),
        (vec!["--ca-file", "/nonexistent"], "error: --ca-file: expected a file, got /nonexistent: "),
        (vec!["--ca-file", NO_PEM], "error: --ca-file: expected PEM certificates"),
        (vec!["--token-file", "/nonexistent"], "error: --token-file: expected a file, got /nonexistent: "),
        (vec!["--repo", "acme/.."], "error: repository slug: expected a name"),
        (vec!["--repo", "acme"], "error: repository: expected WORKSPACE/SLUG, got \"acme\" (--repo)"),
    ];
    let get = |options: &[&str]| {
        let mut command = bbstatus(["get", "k"].into_iter().chain(options.iter().copied()));
        command.env("BITBUCKET_TOKEN", "t0ken");
        command
    };
    for (options, problem) in table {
        let with_place = if options[0] == "--repo" { options } else { [&options, &place[..]].concat() };
        let mut command = get(&with_place);
        let ended = run(command.env("BBSTATUS_COMMIT", COMMIT)).failed(2, problem);
        assert!(ended.stderr.contains("\nhelp: "), "{ended:#?}");
    }
    run(get(&place).env("BBSTATUS_API_URL", "nope")).failed(2, "error: BBSTATUS_API_URL: expected");
    run(get(&place).env("BBSTATUS_TOKEN_FILE", "/nonexistent")).failed(2, "error: BBSTATUS_TOKEN_FILE: expected");
    // The message includes git's own error.
    let unknown_commit =
        "commit: none was given, and neither the CI system nor git names one (fatal: not a git repository";
    let unknown = run(&mut get(&place[..2])).failed(2, unknown_commit);
    assert!(unknown.stderr.contains("\nhelp: Pass --commit HASH or set BBSTATUS_COMMIT"), "{unknown:#?}");
    let without_git = run(get(&place[..2]).env("PATH", "/nonexistent"));
    without_git.failed(2, "names one (git could not be run: ");
}

#[test]
fn a_wrong_variable_is_named_and_never_stops_a_build() {
    let problem =
        "BBSTATUS_TIMEOUT: expected a duration, such as 90s, 10m or 1h30m, or a number of seconds, got \"5x\"";
    let table = [
        ("BBSTATUS_TIMEOUT", "5x", problem),
        ("BBSTATUS_RETRIES", "many", "BBSTATUS_RETRIES: expected a whole number, 0 or more, got \"many\""),
        ("BBSTATUS_OUTPUT", "xml", "BBSTATUS_OUTPUT: expected one of table, json, got \"xml\""),
    ];
    for (variable, value, problem) in table {
        let ended = run(bbstatus(["get", "k"]).env(variable, value)).failed(2, &format!("error: {problem}\nhelp: "));
        assert!(ended.stderr.contains(&format!("Correct {variable}, or unset it")), "{ended:#?}");
        let ignored = format!("warning: {}\n", problem.replacen(':', " is ignored:", 1));
        let ended = run(bbstatus(["run", "k", "--", "echo", "ran"]).env(variable, value)).done();
        assert!(ended.stderr.starts_with(&ignored) && ended.stdout == "ran\n", "{ended:#?}");
        let ended = run(bbstatus(["set", "k", "FAILED", "--soft"]).env(variable, value)).done();
        assert!(ended.stderr.starts_with(&ignored), "{ended:#?}");
    }
    // An option takes precedence, so the error is about the option.
    let mut typed = bbstatus(["get", "k", "--request-timeout", "7x"]);
    run(typed.env("BBSTATUS_TIMEOUT", "5x")).failed(2, "invalid value '7x' for '--request-timeout <DURATION>'");
    let mut typed = bbstatus(["run", "k", "--timeout", "7x", "--", "true"]);
    run(typed.env("BBSTATUS_WAIT_TIMEOUT", "5x")).failed(2, "invalid value '7x' for '--timeout <DURATION>'");
}

#[cfg(unix)]
#[test]
fn a_variable_that_is_not_unicode_is_named() {
    use std::{ffi::OsStr, os::unix::ffi::OsStrExt as _};
    let value = OsStr::from_bytes(b"a\xff");
    let problem = "BBSTATUS_NAME: expected UTF-8, got \"a\u{fffd}\"";
    run(bbstatus(["set", "k", "FAILED"]).env("BBSTATUS_NAME", value)).failed(2, problem);
    // Also where there are several, some of them of other commands.
    let several = ["BBSTATUS_NAME", "BBSTATUS_DESCRIPTION", "BBSTATUS_TOKEN_FILE", "BBSTATUS_WAIT_TIMEOUT"];
    for variables in [&several[..1], &several[..2], &several] {
        let variables = variables.iter().map(|variable| (variable, value));
        let ended = run(bbstatus(["run", "k", "--", "echo", "ran"]).envs(variables)).done();
        assert!(ended.stdout == "ran\n" && ended.stderr.contains("BBSTATUS_NAME is ignored"), "{ended:#?}");
        assert!(!ended.stderr.contains("BBSTATUS_WAIT_TIMEOUT"), "{ended:#?}");
    }
}

#[test]
fn the_usage_line_does_not_require_arguments_that_the_environment_gives() {
    let mut command = bbstatus(["set"]);
    command.envs(crate::support::LOCATION_ENV).envs([("BBSTATUS_TIMEOUT", "5"), ("BBSTATUS_SOFT", "1")]);
    run(&mut command).failed(2, "Usage: bbstatus set <KEY> <STATE>\n");
}

#[test]
fn a_bare_number_is_seconds_and_every_command_has_the_same_option_for_the_budget_of_a_call() {
    // The delay exceeds any budget, so each call ends at once and reports the rest of its budget.
    let server = server(503, &["Retry-After: 36000"], "");
    let calls = [vec!["set", "k", "FAILED"], vec!["update", "k", "FAILED"], vec!["get", "k"], vec!["list"]];
    for call in calls {
        for option in ["--request-timeout", "--timeout"] {
            let mut command = reporting_to(server.address(), call.iter().copied().chain([option, "599"]));
            let ended = run(command.env_remove("BBSTATUS_RETRIES")).failed(6, "error: Bitbucket returned 503");
            assert!(ended.stderr.contains("only 5"), "{ended:#?}");
        }
    }
}

#[test]
fn a_retried_call_is_announced_once() {
    let busy = |seconds: u8| Reply::Bytes(response(503, &[&format!("Retry-After: {seconds}")], ""));
    let status = Reply::Bytes(response(200, &["Content-Type: application/json"], r#"{"key": "k", "state": "FAILED"}"#));
    let server = RecordingServer::scripted([busy(3), busy(1), status]);
    let mut command = reporting_to(server.address(), ["get", "k"]);
    let ended = run(command.env_remove("BBSTATUS_RETRIES")).done();
    assert_eq!(ended.stderr, "note: Bitbucket responded 503; retrying for at most 30s in all\n");
}

/// The limit on processes and threads does not apply to the superuser, so the command runs as another user.
#[cfg(target_os = "linux")]
#[test]
fn if_no_thread_can_be_started_there_is_an_error_and_no_panic() {
    let limited = |number: u32, arguments: &[&str]| {
        let template = reporting_to("http://127.0.0.1:1", arguments.iter().copied());
        let mut command = crate::support::isolated("setpriv");
        command.args(["--reuid", "54321", "--regid", "54321", "--clear-groups", "prlimit"]);
        command.arg(format!("--nproc={number}")).arg(template.get_program()).args(template.get_args());
        command.envs(template.get_envs().filter_map(|(name, value)| Some((name, value?))));
        command
    };
    if !limited(1, &["--version"]).output().is_ok_and(|output| output.status.success()) {
        println!("where_no_thread_can_be_started_… is skipped: only the superuser can be another user");
        return;
    }
    let problem = "error: no thread can be started: Resource temporarily unavailable (os error 11)\nhelp: ";
    for arguments in [&["get", "k"][..], &["set", "k", "FAILED"], &["list"], &["wait"], &["apply", "-"]] {
        run(&mut limited(1, arguments)).failed(1, problem);
    }
    // There is a thread for names, but none that reads lines.
    run(&mut limited(2, &["apply", "-"])).failed(1, problem);
    // Git can be started, but not the threads that read its output.
    let mut without_commit = limited(3, &["get", "k"]);
    run(without_commit.env_remove("BBSTATUS_COMMIT")).failed(2, "(git could not be run: no thread can be started: ");
    let mut soft = limited(1, &["set", "k", "FAILED", "--soft"]);
    assert!(run(&mut soft).done().stderr.starts_with("warning: no thread can be started: "));
}

#[test]
fn a_soft_report_that_fails_warns_and_ends_with_0() {
    let soft = |command: &mut std::process::Command| {
        let ended = run(command).done();
        assert!(ended.stderr.starts_with("warning: could not connect"), "{ended:#?}");
        assert!(ended.stderr.contains("\nhelp: "), "{ended:#?}");
    };
    let reserved = ReservedPort::new();
    let nowhere = &reserved.url();
    soft(&mut reporting_to(nowhere, ["set", "unit-tests", "FAILED", "--soft"]));
    soft(reporting_to(nowhere, ["update", "unit-tests", "FAILED"]).env("BBSTATUS_SOFT", "1"));
    let mut strict = reporting_to(nowhere, ["update", "unit-tests", "FAILED"]);
    run(strict.env("BBSTATUS_SOFT", "0")).failed(6, "error: could not connect");
}
