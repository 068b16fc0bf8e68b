//! `bbstatus doctor` finds out, with one request, why reports do not arrive.

use std::{fs, process::Command};

use bitbucket_build_status::sandbox::{Sandbox, Seed};
use serde_json::{Value, json};
use test_support::{
    command::CommandOutput,
    server::{RecordingServer, Reply},
};

use crate::support::{COMMIT, ReservedPort, bbstatus, folder, forward, response, run, server};

const ACCESS_TOKEN: &str = "ATCTT3xFfGN0_access";
const API_TOKEN: &str = "ATATT3xFfGF0_api";
const CLIENT_SECRET: &str = "c0nsumer_s3cret";
const EMAIL: &str = "jane@example.com";
/// Every secret of these tests, to be found nowhere.
const SECRETS: [&str; 5] = [ACCESS_TOKEN, API_TOKEN, CLIENT_SECRET, "ATCTT3xFfGN0_revoked", "passw0rd"];

const CHECKS: [&str; 7] = ["proxy", "connection", "clock", "credentials", "scopes", "repository", "commit"];

/// A Bitbucket with a private repository, one pushed commit, and identities of each kind, with and without scopes.
fn bitbucket() -> Sandbox {
    let seed = json!({
        "repositories": [{"name": "acme/rocket", "commits": [COMMIT]}],
        "identities": [
            {"name": "bot", "token": ACCESS_TOKEN},
            {"name": "jane", "email": EMAIL, "token": API_TOKEN},
            {"name": "consumer", "client_id": "id", "client_secret": CLIENT_SECRET},
            {"name": "narrow", "token": "ATCTT3xFfGN0_narrow", "scopes": ["account"]},
            {"name": "narrow consumer", "client_id": "narrow", "client_secret": CLIENT_SECRET, "scopes": ["account"]},
        ],
    });
    Sandbox::builder().seed(Seed::from_json(&seed.to_string()).unwrap()).start_blocking().unwrap()
}

fn doctor<'a>(url: &str, variables: &[(&'a str, &'a str)]) -> Command {
    let mut command = bbstatus(["doctor", "--api-url", url, "--repo", "acme/rocket", "--commit", COMMIT]);
    command.envs(variables.iter().copied());
    command
}

/// Runs it for programs, and checks what holds for every report.
#[track_caller]
fn run_doctor(command: &mut Command) -> (Option<i32>, Vec<Value>) {
    let output = run(command.args(["--output", "json"]));
    let report = output.json();
    assert_eq!(report["version"], 1);
    let checks = report["checks"].as_array().unwrap().clone();
    assert_eq!(checks.iter().map(|check| check["check"].as_str().unwrap()).collect::<Vec<_>>(), CHECKS);
    for check in &checks {
        assert_eq!(check["remedy"].is_null(), check["verdict"] == "ok", "{check}");
    }
    assert_harmless(&output);
    (output.code, checks)
}

#[track_caller]
fn assert_harmless(output: &CommandOutput) {
    for secret in SECRETS {
        assert!(!format!("{output:?}").contains(secret), "{secret} is in {output:#?}");
    }
}

/// The one check that is not ok and not merely unchecked: its name, its verdict, what was found, and the remedy.
#[track_caller]
fn trouble(checks: &[Value]) -> (String, String, String, String) {
    let troubles: Vec<_> =
        checks.iter().filter(|check| check["verdict"] == "failure" || check["verdict"] == "warning").collect();
    let [trouble] = troubles.as_slice() else { panic!("{checks:#?}") };
    let text = |member: &str| trouble[member].as_str().unwrap().to_owned();
    (text("check"), text("verdict"), text("found"), text("remedy"))
}

#[track_caller]
fn finding<'a>(checks: &'a [Value], name: &str) -> &'a str {
    checks.iter().find(|check| check["check"] == name).unwrap()["found"].as_str().unwrap()
}

const TOKEN: &str = "BITBUCKET_TOKEN";
const OAUTH: [&str; 2] = ["BITBUCKET_CLIENT_ID", "BITBUCKET_CLIENT_SECRET"];

#[test]
fn good_credentials_of_each_kind_are_fine_after_one_request() {
    let oauth = [(OAUTH[0], "id"), (OAUTH[1], CLIENT_SECRET)];
    let table = [
        (
            &[(TOKEN, ACCESS_TOKEN)][..],
            1,
            "access token (BITBUCKET_TOKEN), which looks like an access token; Bitbucket calls it repo_access_token",
        ),
        (
            &[("BITBUCKET_EMAIL", EMAIL), ("BITBUCKET_API_TOKEN", API_TOKEN)],
            1,
            "API token (BITBUCKET_EMAIL, BITBUCKET_API_TOKEN), which looks like an API token; Bitbucket calls it api_token",
        ),
        (&oauth, 2, "OAuth consumer (BITBUCKET_CLIENT_ID, BITBUCKET_CLIENT_SECRET); Bitbucket calls it oauth2"),
    ];
    for (variables, requests, credentials) in table {
        let sandbox = bitbucket();
        let mut command = doctor(&sandbox.url(), variables);
        let (code, checks) = run_doctor(command.args(["--oauth-token-url", &sandbox.oauth_token_url()]));
        assert_eq!(code, Some(0), "{checks:#?}");
        assert_eq!(finding(&checks, "credentials"), credentials);
        assert_eq!(finding(&checks, "scopes"), "account, repository, pullrequest; needed: repository");
        assert_eq!(finding(&checks, "repository"), "acme/rocket (--repo)");
        assert_eq!(finding(&checks, "commit"), format!("{COMMIT} (--commit), without a status so far"));
        let journal = sandbox.journal();
        assert_eq!(journal.len(), requests, "{journal:#?}");
        assert!(journal[requests - 1].query == "page=1&pagelen=1", "{journal:#?}");
    }
}

#[test]
fn what_is_wrong_with_the_credentials_the_repository_or_the_commit_is_named_after_one_request() {
    let swapped_email = [("BITBUCKET_EMAIL", EMAIL), ("BITBUCKET_API_TOKEN", ACCESS_TOKEN)];
    let bad_api_token = [("BITBUCKET_EMAIL", "joe@example.com"), ("BITBUCKET_API_TOKEN", API_TOKEN)];
    let good = [(TOKEN, ACCESS_TOKEN)];
    let unpushed = COMMIT.replace('e', "f");
    let table = [
        (&[(TOKEN, "ATCTT3xFfGN0_revoked")][..], &[][..], 1, 4, "credentials", "401", "workspace access token"),
        (&bad_api_token, &[], 1, 4, "credentials", "401", "e-mail address"),
        (&[(OAUTH[0], "id"), (OAUTH[1], "passw0rd")], &[], 1, 4, "credentials", "401", "client id"),
        (&[(TOKEN, API_TOKEN)], &[], 1, 4, "credentials", "looks like an API token", "Set it as BITBUCKET_API_TOKEN"),
        (&swapped_email, &[], 1, 4, "credentials", "looks like an access token", "Set it as BITBUCKET_TOKEN"),
        (
            &[(TOKEN, "ATCTT3xFfGN0_narrow")],
            &[],
            1,
            4,
            "scopes",
            "account: missing: repository",
            "read:repository:bitbucket",
        ),
        (
            &[(OAUTH[0], "narrow"), (OAUTH[1], CLIENT_SECRET)],
            &[],
            2,
            4,
            "scopes",
            "missing",
            "read:repository:bitbucket",
        ),
        (&good, &["--repo", "acme/secret"], 1, 3, "repository", "acme/secret (--repo): ", "may read the repository"),
        (&good, &["--commit", &unpushed], 1, 3, "commit", "Commit not found", "Push"),
        (&good, &["--commit", "1234567"], 1, 3, "commit", "1234567 (--commit)", "40 digits"),
    ];
    for (variables, options, requests, expected_code, check, found, remedy) in table {
        let sandbox = bitbucket();
        let mut command = bbstatus(["doctor", "--api-url", &sandbox.url()]);
        command.envs(variables.iter().copied()).args(["--oauth-token-url", &sandbox.oauth_token_url()]);
        let defaults = [["--repo", "acme/rocket"], ["--commit", COMMIT]];
        command.args(defaults.iter().filter(|option| !options.contains(&option[0])).flatten()).args(options);
        let (code, checks) = run_doctor(&mut command);
        let trouble = trouble(&checks);
        assert_eq!((trouble.0.as_str(), trouble.1.as_str()), (check, "failure"), "{checks:#?}");
        assert!(
            trouble.2.contains(found) && trouble.3.contains(remedy),
            "expected {found:?}, {remedy:?}: {trouble:#?}"
        );
        assert_eq!((code, sandbox.journal().len()), (Some(expected_code), requests), "{checks:#?}");
    }
}

#[test]
fn a_wrong_clock_is_a_warning() {
    let sandbox = bitbucket();
    let server = RecordingServer::with_handler(move |_, request| {
        let response = String::from_utf8(forward(&sandbox, request)).unwrap();
        let (before, after) = response.split_once("date: ").expect("a date");
        let after = after.split_once("\r\n").unwrap().1;
        Reply::Truncate(format!("{before}date: Mon, 06 Nov 2124 08:49:37 GMT\r\n{after}").into_bytes())
    });
    let url = format!("{}/2.0", server.address());
    let (code, checks) = run_doctor(&mut doctor(&url, &[(TOKEN, ACCESS_TOKEN)]));
    let (check, verdict, found, remedy) = trouble(&checks);
    assert_eq!((code, check.as_str(), verdict.as_str()), (Some(0), "clock", "warning"), "{checks:#?}");
    assert!(found.ends_with(" behind Bitbucket's") && remedy.contains("NTP"), "{found} {remedy}");
    assert_eq!(server.received().len(), 1);
}

#[test]
fn a_proxy_that_refuses_is_named_and_is_asked_once() {
    let refusing = server(407, &["Proxy-Authenticate: Basic"], "");
    let proxy = refusing.address().replace("http://", "http://user:passw0rd@");
    let mut command = doctor("https://api.bitbucket.org/2.0", &[(TOKEN, ACCESS_TOKEN), ("HTTPS_PROXY", &proxy)]);
    let (code, checks) = run_doctor(&mut command);
    let (check, _, found, remedy) = trouble(&checks);
    assert_eq!((code, check.as_str()), (Some(6), "proxy"), "{checks:#?}");
    assert!(found.contains(&format!("{} (HTTPS_PROXY)", refusing.address())), "{found}");
    assert!(remedy.contains("HTTPS_PROXY"), "{remedy}");
    let received = refusing.received();
    assert_eq!(received.iter().map(|request| request.method.as_str()).collect::<Vec<_>>(), ["CONNECT"]);
}

#[test]
fn an_outage_and_a_page_of_another_server_are_about_the_connection() {
    let nothing = ReservedPort::new();
    let busy = server(503, &[], "<html>");
    let page = server(200, &["Content-Type: text/html"], "<html>login</html>");
    let table = [
        (nothing.url(), 6, "could not connect"),
        (busy.address().to_owned(), 6, "503"),
        (page.address().to_owned(), 1, "Bitbucket returned 200 with a body"),
        (
            "http://bitbucket.example.com/2.0".to_owned(),
            2,
            "--api-url: expected an https URL (http is allowed only for this machine)",
        ),
    ];
    for (url, expected_code, problem) in table {
        // Whatever else is set, nothing is retried.
        let (code, checks) = run_doctor(doctor(&url, &[(TOKEN, ACCESS_TOKEN)]).env("BBSTATUS_RETRIES", "3"));
        let (check, _, found, _) = trouble(&checks);
        assert_eq!((code, check.as_str()), (Some(expected_code), "connection"), "{checks:#?}");
        assert!(found.contains(problem), "{found}");
    }
    assert_eq!((busy.received().len(), page.received().len()), (1, 1));
}

#[test]
fn what_this_machine_lacks_is_found_all_at_once_and_nothing_is_sent() {
    let server = server(500, &[], "");
    let mut command = bbstatus(["doctor", "--api-url", server.address()]);
    let (code, checks) = run_doctor(command.env("BITBUCKET_EMAIL", EMAIL));
    let failures: Vec<_> = checks.iter().filter(|check| check["verdict"] == "failure").collect();
    let names: Vec<_> = failures.iter().map(|check| check["check"].as_str().unwrap()).collect();
    assert_eq!((code, names), (Some(2), vec!["credentials", "repository", "commit"]));
    assert!(finding(&checks, "credentials").contains("got only BITBUCKET_EMAIL"), "{checks:#?}");
    assert_eq!(checks[0]["remedy"], "Correct the credentials first");
    let mut command =
        doctor("https://api.bitbucket.org/2.0", &[(TOKEN, ACCESS_TOKEN), ("HTTPS_PROXY", "htp://user:passw0rd@proxy")]);
    let output = run(&mut command);
    assert_eq!(output.code, Some(2), "{output:#?}");
    assert!(output.stdout.starts_with("failure      proxy        HTTPS_PROXY: expected"), "{output:#?}");
    let mut command = bbstatus(["doctor", "--api-url", server.address(), "--repo", "acme/rocket", "--commit", "main"]);
    let (code, checks) = run_doctor(command.env(TOKEN, ACCESS_TOKEN));
    assert_eq!((code, trouble(&checks).0.as_str()), (Some(2), "commit"), "{checks:#?}");
    assert_eq!(server.received().len(), 0);
}

#[test]
fn the_origin_of_the_credentials_is_the_file_and_what_named_it() {
    let file = folder("doctor_file").join("token");
    fs::write(&file, format!("{ACCESS_TOKEN}\n")).unwrap();
    let path = file.to_str().unwrap();
    let sandbox = bitbucket();
    let named = run(doctor(&sandbox.url(), &[]).args(["--token-file", path])).done().stdout;
    assert!(named.contains(&format!("access token (--token-file {path})")), "{named}");
    let named = run(&mut doctor(&sandbox.url(), &[("BBSTATUS_TOKEN_FILE", path)])).done().stdout;
    assert!(named.contains(&format!("access token (BBSTATUS_TOKEN_FILE {path})")), "{named}");
    let (code, checks) = run_doctor(doctor(&sandbox.url(), &[]).args(["--token-file", "/nonexistent"]));
    assert_eq!((code, trouble(&checks).0.as_str()), (Some(2), "credentials"), "{checks:#?}");
}

#[test]
fn people_read_a_line_for_each_check_and_the_remedy_below() {
    let sandbox = bitbucket();
    let revoked = [(TOKEN, "ATCTT3xFfGN0_revoked")];
    let output = run(&mut doctor(&sandbox.url(), &revoked));
    assert_eq!((output.code, output.stderr.as_str()), (Some(4), ""), "{output:#?}");
    assert_harmless(&output);
    let lines: Vec<_> = output.stdout.lines().collect();
    assert_eq!(lines.len(), 8, "{lines:#?}");
    assert_eq!(lines[0], "ok           proxy        none");
    assert!(
        lines[3].starts_with("failure      credentials  access token (BITBUCKET_TOKEN), which looks"),
        "{lines:#?}"
    );
    assert!(lines[4].starts_with("                          help: The access token is wrong"), "{lines:#?}");
    assert_eq!(lines[6], "not checked  repository   acme/rocket (--repo). Correct the credentials first");
    let quiet = run(doctor(&sandbox.url(), &revoked).arg("--quiet"));
    assert_eq!((quiet.stdout.lines().count(), quiet.stderr.as_str()), (7, ""), "{quiet:#?}");
    let verbose = run(doctor(&sandbox.url(), &revoked).arg("-vv"));
    assert!(verbose.stderr.starts_with("> GET http://127.0.0.1:"), "{verbose:#?}");
    assert_harmless(&verbose);
}

#[test]
fn a_doctor_can_be_tried_without_an_account() {
    let output = run(&mut bbstatus(["doctor", "--sandbox"])).done();
    assert!(output.stderr.contains("example values for the sandbox: --repo acme/rocket"), "{output:#?}");
    assert!(output.stdout.contains("\nok           credentials  access token (--sandbox)"), "{output:#?}");
    assert_eq!(output.stdout.matches("ok  ").count(), 7, "{output:#?}");
    let output = run(&mut bbstatus(["doctor", "--sandbox", "--output", "json", "--repo", "acme/lander", "-q"])).done();
    assert_eq!((output.json()["checks"].as_array().map(Vec::len), output.stderr.as_str()), (Some(7), ""));
}

#[test]
fn what_a_server_echoes_does_not_control_the_terminal_and_shows_no_secret() {
    let echoing = RecordingServer::with_handler(|_, request| {
        let echo = request.header("authorization").unwrap_or_default();
        Reply::Bytes(response(401, &["Content-Type: text/plain"], format!("\u{1b}[2J ::error::{echo}")))
    });
    for options in [&[][..], &["--output", "json"], &["-vv"]] {
        let output = run(doctor(echoing.address(), &[(TOKEN, ACCESS_TOKEN)]).args(options));
        assert_eq!(output.code, Some(4), "{output:#?}");
        assert_harmless(&output);
        assert!(!output.stdout.contains('\u{1b}') && !output.stderr.contains('\u{1b}'), "{output:#?}");
    }
}

/// What a terminal of this width shows, without colours.
#[cfg(unix)]
fn on_a_terminal(columns: u16, template: &Command) -> String {
    use std::io::Read as _;
    let (mut pty, screen) = pty_process::blocking::open().unwrap();
    pty.resize(pty_process::Size::new(24, columns)).unwrap();
    let environment = template.get_envs().filter_map(|(name, value)| Some((name, value?)));
    let command = pty_process::blocking::Command::new(template.get_program()).args(template.get_args());
    let mut process = command.env_clear().envs(environment).spawn(screen).unwrap();
    let mut shown = Vec::new();
    // Ends with an error when the last process has closed the terminal.
    let _ = pty.read_to_end(&mut shown);
    process.wait().unwrap();
    String::from_utf8(shown).unwrap().replace('\r', "")
}

#[cfg(unix)]
#[test]
fn on_a_narrow_terminal_every_text_stays_in_its_column() {
    let sandbox = bitbucket();
    let shown = on_a_terminal(60, doctor(&sandbox.url(), &[(TOKEN, "ATCTT3xFfGN0_revoked")]).env("NO_COLOR", "1"));
    let wide: Vec<_> = shown.lines().filter(|line| line.len() > 60 && !line.ends_with(COMMIT)).collect();
    assert_eq!(wide, Vec::<&str>::new(), "{shown}");
    let starts = ["ok          ", "failure     ", "not checked ", "                          "];
    assert!(shown.lines().all(|line| starts.iter().any(|start| line.starts_with(start))), "{shown}");
    assert!(shown.lines().count() > 12, "{shown}");
}
