//! stdout is for data, stderr for everything else.

use std::{io::Read as _, process::Stdio};

use crate::support::{Sandbox, bbstatus, reporting_to, run, server};

#[test]
fn stdout_holds_data_only() {
    let sandbox = Sandbox::start("data", &[]);
    let long = "a-key-with-so-many-characters-that-it-has-to-be-shortened";
    for options in [vec!["-vv"], vec!["--quiet"], vec![]] {
        let arguments = ["set", long, "INPROGRESS", "--output", "json"];
        let ended = run(&mut sandbox.bbstatus(arguments.into_iter().chain(options.clone()))).done();
        assert_eq!(ended.json()["state"], "INPROGRESS");
        assert_eq!(ended.stderr.is_empty(), options == ["--quiet"], "{ended:#?}");
    }
    let tried = run(&mut bbstatus(["update", "unit-tests", "FAILED", "--sandbox", "--output", "json"])).done();
    assert_eq!(tried.json()["state"], "FAILED");
    assert!(tried.stderr.contains("PUT http://127.0.0.1:"), "{tried:#?}");
}

#[test]
fn a_closed_pipe_is_not_a_failure() {
    for arguments in [
        vec!["--help"],
        vec!["completions", "bash"],
        vec!["man", "run"],
        vec!["key", "unit-tests"],
        vec!["doctor", "--sandbox"],
        vec!["list", "--sandbox"],
    ] {
        let mut process = bbstatus(arguments.clone()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        drop(process.stdout.take());
        let mut stderr = String::new();
        process.stderr.take().unwrap().read_to_string(&mut stderr).unwrap();
        assert_eq!(process.wait().unwrap().code(), Some(0), "{arguments:?}: {stderr}");
        assert!(!stderr.contains("panicked"), "{arguments:?}: {stderr}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_a_failure() {
    let table = [
        vec!["key", "unit-tests"],
        vec!["--version"],
        vec!["--help"],
        vec!["set", "-h"],
        vec!["man", "run"],
        vec!["completions", "fish"],
        vec!["detect"],
        vec!["doctor", "--sandbox"],
        vec!["sandbox"],
        vec!["set", "k", "FAILED", "--sandbox"],
        vec!["list", "--sandbox"],
    ];
    for arguments in table {
        let full = std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
        let process = bbstatus(arguments.clone()).stdout(full).stderr(Stdio::piped()).spawn().unwrap();
        let output = process.wait_with_output().unwrap();
        assert_eq!(output.status.code(), Some(1), "{arguments:?}");
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert!(stderr.contains("error: stdout could not be written"), "{arguments:?}: {stderr}");
    }
}

#[test]
fn text_from_a_server_does_not_control_the_terminal() {
    const JSON: &[&str] = &["Content-Type: application/json"];
    let status = r#"{"key": "k", "state": "\u001b[2J", "name": "\u009b31m", "description": "a\nb", "url": "u"}"#;
    let single = server(200, JSON, status);
    let pages = server(200, JSON, &format!(r#"{{"values": [{status}]}}"#));
    let refusing = server(403, &[], "\u{1b}]0;title\u{7}");
    let controls = |text: &str| text.chars().any(|character| character.is_control() && character != '\n');
    for output in ["table", "json"] {
        for (server, arguments) in [(&single, vec!["get", "k"]), (&pages, vec!["list"]), (&refusing, vec!["get", "k"])]
        {
            let ended =
                run(&mut reporting_to(server.address(), arguments.into_iter().chain(["-vv", "--output", output])));
            assert!(!controls(&ended.stdout) && !controls(&ended.stderr), "{ended:?}");
        }
    }
    let details = run(&mut reporting_to(single.address(), ["get", "k"])).done().stdout;
    assert!(details.contains("state        \\u{1b}[2J\n") && details.contains("description  a\\u{a}b\n"), "{details}");
    let json = run(&mut reporting_to(single.address(), ["get", "k", "--output", "json"])).done().json();
    assert_eq!(json["name"], "\u{9b}31m");
}

#[test]
fn text_from_a_server_is_not_a_command_to_a_ci_agent() {
    let command = "::error::x ##vso[task.setvariable variable=a]b ##teamcity[c] ##[add-mask]d";
    let status =
        serde_json::json!({"key": command, "state": command, "name": command, "description": command, "url": command});
    let page = serde_json::json!({"values": [status]}).to_string();
    let mut status = status;
    status["key"] = "k".into();
    let one = server(200, &["Content-Type: application/json"], &status.to_string());
    let page = server(200, &["Content-Type: application/json"], &page);
    let refusing = server(403, &["Content-Type: text/plain"], command);
    let is_command = |line: &str| {
        line.trim_start().starts_with("::") || ["##vso[", "##teamcity[", "##["].iter().any(|start| line.contains(start))
    };
    let calls = [(&one, vec!["get", "k"]), (&page, vec!["list"]), (&page, vec!["wait", "--timeout", "0s"])];
    for output in ["table", "json"] {
        for (server, arguments) in calls.iter().chain(&[(&refusing, vec!["get", "k"])]) {
            for verbosity in ["-vv", "-q"] {
                let arguments = arguments.iter().copied().chain([verbosity, "--output", output]);
                let ended = run(&mut reporting_to(server.address(), arguments));
                let lines = ended.stdout.lines().chain(ended.stderr.lines());
                assert_eq!(lines.filter(|line| is_command(line)).collect::<Vec<_>>(), Vec::<&str>::new());
            }
        }
    }
    let json = run(&mut reporting_to(one.address(), ["get", "k", "--output", "json"])).done().json();
    assert_eq!(json["description"], command);
}

#[test]
fn a_key_is_printed_exactly_since_scripts_use_it() {
    for name in ["::error::x", "::", "##vso[task.complete]", "##[group]a", "a\u{202e}b", "ünit tests"] {
        for options in [&[][..], &["--quiet"]] {
            let mut command = bbstatus(["key"].into_iter().chain(options.iter().copied()).chain(["--", name]));
            assert_eq!(run(&mut command).done().stdout, format!("{name}\n"));
            assert_eq!(run(command.env("CLICOLOR_FORCE", "1")).done().stdout, format!("{name}\n"));
        }
        let output = run(&mut bbstatus(["key", "--output", "json", "--", name])).done();
        assert_eq!(output.json()["key"], name);
    }
}

#[test]
fn with_quiet_there_is_one_line_per_result() {
    let sandbox = Sandbox::start("quiet", &[]);
    let lines = |arguments: &[&str]| {
        let output = run(&mut sandbox.bbstatus(arguments.iter().copied().chain(["-q"]))).done();
        assert_eq!(output.stderr, "", "{arguments:?}");
        output.stdout
    };
    let long = "continuous-integration/linux/x86_64/unit-tests";
    assert_eq!(lines(&["set", "lint", "FAILED", "--description", "3 findings"]), "FAILED  lint    3 findings\n");
    assert_eq!(lines(&["get", "lint"]), "FAILED  lint    3 findings\n");
    let shortened = "SUCCESSFUL  continuous-integration/linux/-b812bb8611";
    assert_eq!(lines(&["set", long, "SUCCESSFUL"]), format!("{shortened}  {long}\n"));
    assert_eq!(lines(&["list"]).lines().count(), 2);
    assert_eq!(lines(&["wait", "--key", long]), format!("{shortened}  {long}\n"));
    assert_eq!(lines(&["update", "lint", "STOPPED"]), "STOPPED  lint    3 findings\n");
}

#[test]
fn cookies_and_the_user_and_query_of_a_redirect_are_hidden() {
    let table = [
        ("Location: /2.0/k?code=s3cret", "< location: /2.0/k\n"),
        ("Location: https://jane:s3cret@login.example.com/k", "< location: <hidden>\n"),
        ("Location: https://jane:s3cret?#@login.example.com/k", "< location: <hidden>\n"),
    ];
    for (location, shown) in table {
        let headers = ["Content-Type: application/json", "Set-Cookie: session=s3cret", location];
        let server = server(200, &headers, r#"{"key": "k", "state": "FAILED"}"#);
        let stderr = run(&mut reporting_to(server.address(), ["get", "k", "-vv"])).done().stderr;
        assert!(!stderr.contains("s3cret"), "{stderr}");
        assert!(stderr.contains("< set-cookie: <hidden>\n") && stderr.contains(shown), "{stderr}");
    }
}

#[test]
fn colours_are_for_terminals_only() {
    let sandbox = Sandbox::start("colours", &[]);
    let mut command = sandbox.bbstatus(["set", "unit-tests", "FAILED"]);
    assert!(!run(&mut command).done().stdout.contains('\u{1b}'));
    let mut forced = sandbox.bbstatus(["get", "unit-tests"]);
    assert!(run(forced.env("CLICOLOR_FORCE", "1")).done().stdout.contains("\u{1b}[31mFAILED"));
    assert!(!run(forced.env("NO_COLOR", "1").env_remove("CLICOLOR_FORCE")).done().stdout.contains('\u{1b}'));
}

#[test]
fn with_verbose_each_exchange_is_printed() {
    let sandbox = Sandbox::start("exchanges", &[]);
    let once = run(&mut sandbox.bbstatus(["set", "unit-tests", "FAILED", "-v"])).done().stderr;
    assert!(once.starts_with("> POST http://127.0.0.1:"), "{once}");
    assert!(once.contains("\n> {\"") && once.contains("\n< 201 ("), "{once}");
    assert!(!once.contains("content-type"), "{once}");
    let twice = run(&mut sandbox.bbstatus(["-vv", "get", "unit-tests"])).done().stderr;
    assert!(twice.contains("\n> accept: ") && twice.contains("\n< content-type: "), "{twice}");
}
