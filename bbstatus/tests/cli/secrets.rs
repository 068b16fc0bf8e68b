//! No secret is printed, sent elsewhere or visible to other users.

use std::{fs, process::Command};

use crate::support::{ReservedPort, Sandbox, bbstatus, folder, reporting_to, run, server};

const TOKEN: &str = "ATCTT3xFfGN0-t0ken";
const SECRET: &str = "c0nsumer-s3cret";
/// `jane@example.com:ATCTT3xFfGN0-t0ken` in base64, and `consumer:c0nsumer-s3cret`.
const ENCODED: [&str; 2] = ["amFuZUBleGFtcGxlLmNvbTpBVENUVDN4RmZHTjAtdDBrZW4", "Y29uc3VtZXI6YzBuc3VtZXItczNjcmV0"];

/// Every kind of credentials, as a change to a command.
fn credentials() -> [fn(&mut Command); 4] {
    [
        |command| {
            command.env("BITBUCKET_TOKEN", TOKEN);
        },
        |command| {
            command.envs([("BITBUCKET_EMAIL", "jane@example.com"), ("BITBUCKET_API_TOKEN", TOKEN)]);
        },
        |command| {
            command.envs([("BITBUCKET_CLIENT_ID", "consumer"), ("BITBUCKET_CLIENT_SECRET", SECRET)]);
        },
        |command| {
            let file = folder("secrets").join("token");
            fs::write(&file, format!("{TOKEN}\n")).unwrap();
            command.env("BBSTATUS_TOKEN_FILE", file);
        },
    ]
}

#[track_caller]
fn assert_no_secret(command: &mut Command) {
    let ended = run(command);
    let printed = ended.stdout + &ended.stderr;
    assert!(!printed.is_empty(), "{command:?} printed nothing");
    for secret in [TOKEN, SECRET].into_iter().chain(ENCODED) {
        assert!(!printed.contains(secret), "{command:?} printed {secret}: {printed}");
    }
}

#[test]
fn no_output_holds_a_secret() {
    let sandbox = Sandbox::start("secrets", &[]);
    let refusing = server(401, &[], r#"{"error": {"message": "Token is invalid"}}"#);
    let nowhere = ReservedPort::new();
    let tokens = sandbox.process.address["oauth_token_url"].as_str().unwrap();
    for with in credentials() {
        for url in [sandbox.url(), refusing.address(), &nowhere.url()] {
            for options in [vec!["-vv"], vec!["--dry-run", "-vv"], vec!["--curl"], vec!["--output", "json", "-v"]] {
                let arguments = ["set", "unit-tests", "FAILED", "--oauth-token-url", tokens];
                let mut command = reporting_to(url, arguments.into_iter().chain(options));
                with(command.env_remove("BITBUCKET_TOKEN"));
                assert_no_secret(&mut command);
            }
        }
    }
    assert!(!sandbox.log().contains(TOKEN), "{}", sandbox.log());
}

#[test]
fn credentials_that_are_refused_are_not_shown() {
    let get = ["get", "unit-tests"];
    let nowhere = ReservedPort::new();
    let broken = format!("{TOKEN} {TOKEN}");
    assert_no_secret(reporting_to(&nowhere.url(), get).env("BITBUCKET_TOKEN", &broken));
    assert_no_secret(reporting_to(&nowhere.url(), get).env_remove("BITBUCKET_TOKEN").env("BITBUCKET_API_TOKEN", TOKEN));
    assert_no_secret(&mut bbstatus(["get", "unit-tests", "--token", TOKEN]));
    assert_no_secret(&mut bbstatus(["get", "unit-tests", &format!("--token={TOKEN}")]));
    assert_no_secret(&mut reporting_to(&format!("https://jane:{TOKEN}@api.example.com/2.0"), get));
}

/// A sandbox that accepts this file's token and no other.
fn accepting(test: &str) -> Sandbox {
    let seed = folder(test).join("seed.json");
    fs::write(&seed, format!(r#"{{"identities": [{{"name": "ci", "token": "{TOKEN}"}}]}}"#)).unwrap();
    Sandbox::start(test, &["--seed", seed.to_str().unwrap()])
}

#[test]
fn a_token_is_sent_without_what_shells_and_editors_put_around_it() {
    let sandbox = accepting("trimmed");
    let set = ["set", "unit-tests", "FAILED"];
    for token in [format!("{TOKEN}\n"), format!("{TOKEN}\r\n"), format!("\u{feff}{TOKEN}"), format!(" {TOKEN} ")] {
        run(sandbox.bbstatus(set).env("BITBUCKET_TOKEN", &token)).done();
        let file = folder("trimmed_token").join("token");
        fs::write(&file, token).unwrap();
        run(sandbox.bbstatus(set).env_remove("BITBUCKET_TOKEN").env("BBSTATUS_TOKEN_FILE", file)).done();
    }
}

#[test]
fn a_token_is_read_from_stdin() {
    let sandbox = accepting("stdin");
    let token = folder("stdin_token").join("token");
    fs::write(&token, format!("{TOKEN}\n")).unwrap();
    let mut command = sandbox.bbstatus(["set", "unit-tests", "FAILED", "--token-file", "-"]);
    run(command.stdin(fs::File::open(token).unwrap())).done();
}

#[cfg(target_os = "linux")]
#[test]
fn the_process_list_shows_no_secret_while_it_runs() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/2.0", listener.local_addr().unwrap());
    for with in credentials() {
        let mut command = reporting_to(&url, ["get", "unit-tests", "--oauth-token-url", &url, "-q"]);
        with(command.env_remove("BITBUCKET_TOKEN"));
        let mut process = command.spawn().unwrap();
        let _connection = listener.accept().unwrap();
        let arguments = fs::read_to_string(format!("/proc/{}/cmdline", process.id())).unwrap();
        process.kill().unwrap();
        process.wait().unwrap();
        assert!(arguments.contains("unit-tests"), "{arguments}");
        assert!(!arguments.contains(TOKEN) && !arguments.contains(SECRET), "{arguments}");
    }
}
