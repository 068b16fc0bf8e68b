//! `bbstatus probe` reports exactly what differs, writes what it says, and records nothing that names anybody.

use std::{fs, path::Path};

use bitbucket_build_status::sandbox::{Assumptions, Sandbox, Seed, rules};
use serde_json::{Value, json};
use test_support::{
    command::CommandOutput,
    server::{ReceivedRequest, RecordingServer, Reply, json as respond},
};

use crate::support::{COMMIT, bbstatus, folder, forward, run};

const EMAIL: &str = "jane.smith@corp.example";
const TOKEN: &str = "ATATT3xFfGF0_s3cret_of_jane";
const OTHER_TOKEN: &str = "ATCTT3xFfGN0_s3cret_of_bob";

/// A seed in which every question can be asked, with these assumptions.
fn seed(workspace: &str, assumptions: &Value) -> Seed {
    let seed = json!({
        "repositories": [{"name": format!("{workspace}/rocket"), "commits": [COMMIT], "branches": {"main": COMMIT}}],
        "identities": [
            {"name": "jane", "email": EMAIL, "token": TOKEN},
            {"name": "bob", "token": OTHER_TOKEN},
        ],
        "assumptions": assumptions,
    });
    Seed::from_json(&seed.to_string()).expect("a seed")
}

fn sandbox(assumptions: &Value) -> Sandbox {
    Sandbox::builder().seed(seed("acme", assumptions)).start_blocking().expect("a sandbox")
}

fn probe(url: &str, repository: &str, more: &[&str]) -> CommandOutput {
    let mut command =
        bbstatus(["probe", "--output", "json", "--api-url", url, "--repo", repository, "--commit", COMMIT]);
    command.args(more).env("BITBUCKET_EMAIL", EMAIL).env("BITBUCKET_API_TOKEN", TOKEN);
    run(command.env("BBSTATUS_OTHER_TOKEN", OTHER_TOKEN))
}

/// The names of what differs.
#[track_caller]
fn differing(output: &CommandOutput) -> Vec<String> {
    let report = output.json();
    let questions = report["questions"].as_array().expect("questions").iter();
    let not_asked: Vec<_> = questions.clone().filter(|question| question["verdict"] == "not_asked").collect();
    assert_eq!(not_asked, Vec::<&Value>::new());
    let differing = questions.filter(|question| question["verdict"] == "differs");
    let names: Vec<_> = differing.map(|question| question["name"].as_str().expect("a name").to_owned()).collect();
    assert_eq!(report["differences"], names.len());
    assert_eq!(output.code, Some(i32::from(!names.is_empty())), "{output:#?}");
    names
}

#[track_caller]
fn assert_differs(assumptions: &Value, expected: &[&str]) {
    let sandbox = sandbox(assumptions);
    assert_eq!(differing(&probe(&sandbox.url(), "acme/rocket", &[])), expected, "{assumptions}");
}

/// Another value for each assumption than its default; a 429 is not provoked.
fn others() -> Vec<(&'static str, Value)> {
    let other = |default: &str| match default {
        "\"accept\"" => json!("reject"),
        "\"reject\"" => json!("accept"),
        "403" => json!(404),
        "7" => json!(12),
        "255" => json!(100),
        _ => json!(450),
    };
    let asked = Assumptions::ALL.iter().filter(|assumption| assumption.name != "retry_after");
    asked.map(|assumption| (assumption.name, other(assumption.default))).collect()
}

#[test]
fn a_sandbox_as_assumed_has_no_difference() {
    assert_differs(&json!({}), &[]);
}

#[test]
fn each_assumption_that_is_changed_is_reported_and_no_other() {
    for (name, other) in others() {
        assert_differs(&json!({name: other}), &[name]);
    }
}

#[test]
fn several_changed_assumptions_are_all_reported_and_no_others() {
    let others = others();
    for (start, count) in [(0, 2), (1, 3), (5, 4), (9, 7), (0, others.len())] {
        let changed = &others[start..(start + count).min(others.len())];
        let assumptions = changed.iter().map(|(name, other)| ((*name).to_owned(), other.clone())).collect();
        let names: Vec<_> = changed.iter().map(|(name, _)| *name).collect();
        assert_differs(&Value::Object(assumptions), &names);
    }
}

/// A rule that a server keeps in another way, and the name under which that is reported.
type Broken = (&'static str, fn(&ReceivedRequest) -> Option<Reply>);

const BROKEN: &[Broken] = &[
    ("key-length", |it| it.text().contains("bbstatus-probexxxx").then(|| respond(201, "{}"))),
    ("url-form", |it| it.text().contains("jenkins").then(|| respond(201, "{}"))),
    ("state-name", |it| it.text().contains("SKIPPED").then(|| respond(201, "{}"))),
    ("required-members", |it| {
        (it.method == "POST" && it.text() == r#"{"key":"bbstatus-probe","state":"SUCCESSFUL"}"#)
            .then(|| respond(201, "{}"))
    }),
    ("known-credentials", |it| {
        (it.header("authorization") == Some("Bearer bbstatus-probe")).then(|| respond(403, "{}"))
    }),
    ("credentials-present", |it| {
        (it.method == "POST" && it.header("authorization").is_none()).then(|| respond(404, "{}"))
    }),
    ("commit-known", |it| it.target.contains("0badc0de").then(|| respond(200, r#"{"values":[]}"#))),
    ("page-numbers", |it| it.target.contains("pagelen=101").then(|| respond(200, r#"{"values":[]}"#))),
    ("api-method", |it| (it.method == "DELETE").then(|| respond(204, ""))),
    ("account", |it| it.target.ends_with("/user").then(|| respond(403, "{}"))),
];

#[test]
fn each_rule_that_a_server_enforces_differently_is_reported_and_no_other() {
    for (name, broken) in BROKEN {
        assert!(rules::ALL.iter().any(|rule| rule.name == *name), "{name}");
        let sandbox = sandbox(&json!({}));
        let server = RecordingServer::with_handler(move |_, request| {
            broken(request).unwrap_or_else(|| Reply::Truncate(forward(&sandbox, request)))
        });
        let url = format!("{}/2.0", server.address());
        assert_eq!(differing(&probe(&url, "acme/rocket", &[])), [*name]);
    }
}

#[test]
fn rules_and_assumptions_are_reported_together() {
    let sandbox = sandbox(&json!({"partial_update": "accept", "name_limit": 100}));
    let server = RecordingServer::with_handler(move |_, request| {
        if request.method == "DELETE" { respond(403, "{}") } else { Reply::Truncate(forward(&sandbox, request)) }
    });
    let url = format!("{}/2.0", server.address());
    assert_eq!(differing(&probe(&url, "acme/rocket", &[])), ["partial_update", "name_limit", "api-method"]);
}

#[test]
fn at_most_sixty_requests_are_sent_and_every_status_ends_successful() {
    let sandbox = sandbox(&json!({}));
    probe(&sandbox.url(), "acme/rocket", &[]);
    assert!(sandbox.journal().len() <= 60, "{}", sandbox.journal().len());
    let mut list = bbstatus(["list", "--output", "json", "--api-url", &sandbox.url(), "--repo", "acme/rocket"]);
    list.args(["--commit", COMMIT]).env("BITBUCKET_EMAIL", EMAIL).env("BITBUCKET_API_TOKEN", TOKEN);
    let output = run(&mut list).done();
    let statuses: Vec<Value> = output.stdout.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    let keys: Vec<_> = statuses.iter().map(|status| status["key"].as_str().expect("a key")).collect();
    assert!(keys.len() == 4 && keys.iter().all(|key| key.starts_with("bbstatus")), "{keys:?}");
    assert!(statuses.iter().all(|status| status["state"] == "SUCCESSFUL"), "{statuses:#?}");
}

#[test]
fn a_sandbox_without_a_seed_has_every_repository_so_that_is_not_asked() {
    let sandbox = Sandbox::start_blocking().expect("a sandbox");
    let mut command = bbstatus(["probe", "--output", "json", "--repo", "acme/rocket", "--commit", COMMIT]);
    let output = run(command.args(["--api-url", &sandbox.url()]).env("BITBUCKET_TOKEN", Sandbox::TOKEN)).done();
    let report = output.json();
    let verdict = |name: &str| {
        let questions = report["questions"].as_array().expect("questions");
        questions.iter().find(|question| question["name"] == name).expect("the question")["verdict"].clone()
    };
    for name in ["repository-known", "commit-known", "branch-known", "pull-request-known"] {
        assert_eq!(verdict(name), "not_asked", "{name}");
    }
    assert_eq!((&report["differences"], verdict("key-length")), (&json!(0), json!("as_assumed")));
}

#[test]
fn a_probe_of_the_sandbox_needs_no_account_and_no_confirmation() {
    let output = run(&mut bbstatus(["probe", "--sandbox"])).done();
    assert!(output.stdout.starts_with("VERDICT     NAME "), "{output:#?}");
    assert!(!output.stdout.contains("DIFFERS") && !output.stdout.contains("not asked"), "{output:#?}");
    assert!(output.stderr.contains("this writes the statuses bbstatus-probe, "), "{output:#?}");
}

#[test]
fn nothing_is_written_to_another_machine_without_confirmation() {
    let mut command = bbstatus(["probe", "--repo", "acme/rocket", "--commit", COMMIT]);
    command.args(["--api-url", "https://bitbucket.invalid/2.0"]).env("BITBUCKET_TOKEN", TOKEN);
    let output = run(&mut command);
    output.failed(2, "nothing was sent: the writes were not confirmed");
}

#[test]
fn a_first_status_that_is_refused_ends_the_probe_with_the_explanation_of_a_report() {
    let sandbox = sandbox(&json!({}));
    let output = probe(&sandbox.url(), "acme/lander", &[]);
    assert_eq!((output.code, output.stdout.as_str()), (Some(3), ""), "{output:#?}");
    assert!(output.stderr.contains("404") && output.stderr.contains("help: "), "{output:#?}");
}

#[test]
fn a_refused_first_status_is_explained_by_the_refusal_of_the_same_request() {
    let forbidden = r#"{"type": "error", "error": {"message": "Your credentials lack one or more required privilege scopes.",
        "detail": {"required": ["write:repository:bitbucket"], "granted": ["read:repository:bitbucket"]}}}"#;
    let server = RecordingServer::with_handler(move |_, request| {
        if request.method == "POST" { respond(403, forbidden) } else { respond(404, "{}") }
    });
    let output = probe(&format!("{}/2.0", server.address()), "acme/rocket", &[]);
    assert_eq!((output.code, output.stdout.as_str()), (Some(4), ""), "{output:#?}");
    assert!(output.stderr.contains("403") && output.stderr.contains("write:repository:bitbucket"), "{output:#?}");
    let methods: Vec<_> = server.received().into_iter().map(|request| request.method).collect();
    assert_eq!(methods, ["POST", "POST"]);
}

/// Everything that a recording must not have.
const PRIVATE: [&str; 9] =
    ["corporate-secrets", "jane", "corp.example", TOKEN, "s3cret", OTHER_TOKEN, "557058", "f0e1d2c3", COMMIT];

#[track_caller]
fn recording(file: &Path) -> Value {
    let text = fs::read_to_string(file).expect("a recording");
    for private in PRIVATE {
        assert!(!text.to_lowercase().contains(&private.to_lowercase()), "{private} is in {text}");
    }
    serde_json::from_str(&text).expect("JSON")
}

#[test]
fn a_recording_contains_no_names_even_if_a_server_echoes_everything() {
    let file = folder("echoed").join("recording.json");
    let shared = Sandbox::builder().seed(seed("corporate-secrets", &json!({}))).start_blocking().expect("a sandbox");
    let server = RecordingServer::with_handler(move |number, request| {
        if number % 3 != 2 {
            return Reply::Truncate(forward(&shared, request));
        }
        let echoed = format!(
            "{} {} of Jane Smith <{EMAIL}>, account 557058:f0e1d2c3-0000-4000-8000-000000000000, workspace \
             Corporate-Secrets, token {TOKEN}",
            request.header("authorization").unwrap_or_default(),
            request.target,
        );
        let body = json!({"type": "error", "error": {
            "message": echoed,
            "fields": {"corporate-secrets": [echoed]},
            "detail": {"required": ["repository"], "granted": [echoed]},
            "data": {"account_id": "557058:f0e1d2c3-0000-4000-8000-000000000000", "owner": "Jane"},
        }, "author": {"nickname": "jane", "links": {"self": {"href": "https://corp.example/jane"}}}});
        respond(400, body.to_string())
    });
    let url = format!("{}/2.0", server.address());
    let output = probe(&url, "corporate-secrets/rocket", &["--record", file.to_str().expect("a path")]);
    assert_eq!(output.code, Some(1), "{output:#?}");
    let recording = recording(&file);
    assert_eq!(recording["source"], "bbstatus probe");
    assert!(recording.to_string().contains("{workspace}"), "what is left out leaves a mark");
}

#[test]
fn a_recording_that_cannot_be_written_ends_the_probe_before_its_first_request() {
    let sandbox = sandbox(&json!({}));
    let file = folder("unwritable").join("missing").join("recording.json");
    let output = probe(&sandbox.url(), "acme/rocket", &["--record", file.to_str().expect("a path")]);
    output.failed(1, &format!("error: --record {}: ", file.display()));
    assert_eq!(sandbox.journal().len(), 0);
}

#[test]
fn a_recording_has_its_date_and_each_request_with_its_response() {
    let file = folder("recorded").join("recording.json");
    let sandbox = Sandbox::builder().seed(seed("corporate-secrets", &json!({}))).start_blocking().expect("a sandbox");
    probe(&sandbox.url(), "corporate-secrets/rocket", &["--record", file.to_str().expect("a path")]).done();
    let recording = recording(&file);
    let date = recording["date"].as_str().expect("a date");
    assert!(date.len() == 10 && date.matches('-').count() == 2, "{date}");
    let questions = recording["questions"].as_array().expect("questions");
    let exchanges = questions.iter().flat_map(|question| question["exchanges"].as_array().expect("exchanges"));
    let first = recording["first"].as_array().expect("the first requests").iter();
    // The last request leaves the first status as it was.
    assert_eq!(exchanges.chain(first).count() + 1, sandbox.journal().len());
}
