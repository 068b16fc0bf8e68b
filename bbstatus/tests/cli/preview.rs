//! `--dry-run`, `--curl` and `--sandbox`.

use std::{fs, process::Command};

use serde_json::json;

use crate::support::{COMMIT, LOCATION_ENV, URL, bbstatus, folder, run};

#[test]
fn a_dry_run_shows_the_request_and_needs_no_credentials() {
    let all = ["--name", "n", "--description", "d"];
    let mut command = bbstatus(["update", "a/b c", "FAILED", "--dry-run"].into_iter().chain(all));
    let shown = run(command.envs(LOCATION_ENV).env("BBSTATUS_REPO", "{1a2b}/rocket")).done().stdout;
    let head = format!(
        "PUT https://api.bitbucket.org/2.0/repositories/%7B1a2b%7D/rocket/commit/{COMMIT}/statuses/build/a%2Fb%20c\n"
    );
    assert!(shown.starts_with(&head), "{shown}");
    assert!(shown.contains("\ncontent-type: application/json\n\n{\n"), "{shown}");
}

#[test]
fn an_update_that_reads_first_shows_both_requests() {
    let mut command = bbstatus(["update", "k", "--description", "more", "--dry-run", "--output", "json"]);
    let shown = run(command.envs(LOCATION_ENV[..2].iter().copied())).done().json();
    let methods: Vec<_> = shown["requests"].as_array().unwrap().iter().map(|request| &request["method"]).collect();
    assert_eq!(methods, ["GET", "PUT"]);
    assert_eq!(shown["requests"][1]["body"]["url"], "<as read>");
    assert_eq!(shown["requests"][1]["body"]["description"], "more");
}

#[cfg(unix)]
#[test]
fn a_line_for_curl_passes_the_secret_by_stdin() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = folder("curl");
    let curl = folder.join("curl");
    fs::write(&curl, "#!/bin/sh\nprintf '%s\\n' \"$@\"\necho ---\ncat\n").unwrap();
    fs::set_permissions(&curl, fs::Permissions::from_mode(0o755)).unwrap();
    let path = format!("{}:{}", folder.display(), std::env::var("PATH").unwrap());
    let file = folder.join("to ken");
    fs::write(&file, "t0ken\n").unwrap();
    let bearer = "header = \"Authorization: Bearer t0ken\"\n";
    let table = [
        (vec![("BITBUCKET_TOKEN", "t0ken")], bearer),
        (vec![("BBSTATUS_TOKEN_FILE", file.to_str().unwrap())], bearer),
        (
            vec![("BITBUCKET_EMAIL", "jane@example.com"), ("BITBUCKET_API_TOKEN", "t0ken")],
            "user = \"jane@example.com:t0ken\"\n",
        ),
    ];
    for (credentials, handed_over) in table {
        let mut command = bbstatus(["set", "k", "FAILED", "--description", "it's $HOME", "--curl"]);
        let line = run(command.envs(LOCATION_ENV).envs(credentials.clone())).done().stdout;
        assert!(!line.contains("t0ken"), "{line}");
        let ran = run(Command::new("sh").args(["-c", &line]).env("PATH", &path).envs(credentials)).done().stdout;
        let (arguments, stdin) = ran.split_once("---\n").unwrap();
        assert_eq!(stdin, handed_over);
        assert!(!arguments.contains("t0ken"), "{arguments}");
        let body: serde_json::Value = arguments.lines().find_map(|line| serde_json::from_str(line).ok()).unwrap();
        let expected = json!({"type": "build", "key": "k", "state": "FAILED", "url": URL, "description": "it's $HOME"});
        assert_eq!(body, expected);
        let address = format!("https://api.bitbucket.org/2.0/repositories/acme/rocket/commit/{COMMIT}/statuses/build");
        assert_eq!(arguments.lines().last(), Some(address.as_str()));
    }
}

#[test]
fn every_command_can_be_tried_without_an_account() {
    for arguments in [vec!["set", "k", "FAILED"], vec!["update", "k", "FAILED"], vec!["update", "k"], vec!["get", "k"]]
    {
        let arguments = arguments.into_iter().chain(["--sandbox", "--output", "json"]);
        let ended = run(&mut bbstatus(arguments)).done();
        assert_eq!(ended.json()["commit"], COMMIT);
        assert!(ended.stderr.contains("example values for the sandbox: --repo acme/rocket"), "{ended:#?}");
        assert!(ended.stderr.contains("note: the sandbox responded 20"), "{ended:#?}");
    }
    let listed = run(&mut bbstatus(["list", "--sandbox", "--output", "json"])).done();
    assert_eq!(listed.json()["state"], "INPROGRESS");
}
