//! The sandbox behaves as public sources and recordings show of the live API; each difference has a reason.

use std::{collections::BTreeSet, fs, path::PathBuf};

use bitbucket_build_status::sandbox::{Sandbox, Seed};
use serde_json::{Value, json};
use test_support::raw_client::{RawResponse, request, send};

const COMMIT: &str = "e10dae226959c2194f2b07b077c07762d93821cf";
const UUID: &str = "{1a2b3c4d-0000-4000-8000-000000000000}";

/// A sandbox for the requests of observations and recordings.
async fn sandbox() -> Sandbox {
    let seed = json!({
        "repositories": [{"name": "acme/rocket", "uuid": UUID, "commits": [COMMIT], "branches": {"main": COMMIT}}],
        "identities": [
            {"name": "own", "email": "own@example.com", "token": "own-token"},
            {"name": "other", "token": "other-token"},
        ],
    });
    let seed = Seed::from_json(&seed.to_string()).expect("a seed");
    Sandbox::builder().seed(seed).start().await.expect("a sandbox")
}

/// A path with values for its placeholders.
fn path(template: &str) -> String {
    let mut path = template
        .replace("{statuses}", "/repositories/acme/rocket/commit/{commit}/statuses")
        .replace("{workspace}", "acme")
        .replace("{repo_slug}", "rocket")
        .replace("{branch}", "main")
        .replace("{uuid}", &UUID.replace('{', "%7B").replace('}', "%7D"))
        .replace("{commit}", COMMIT);
    while let Some((before, rest)) = path.split_once("{commit:") {
        let (digits, after) = rest.split_once('}').expect("a number of digits");
        path = format!("{before}{}{after}", &COMMIT[..digits.parse::<usize>().expect("a number")]);
    }
    path
}

/// A body with its long texts, of which a recording has only the length.
fn expanded(body: &Value) -> Value {
    match body {
        Value::Object(members) => members.iter().map(|(name, value)| (name.clone(), expanded(value))).collect(),
        Value::String(text) => match text.strip_prefix('<').and_then(|rest| rest.strip_suffix(" characters>")) {
            Some(count) => {
                let count: usize = count.parse().expect("a number of characters");
                let start = "https://example.com/bbstatus-probe/";
                // Only a url has to be one.
                let filled = if count > 1_000 { start.len() } else { 0 };
                json!(format!("{}{}", &start[..filled], "x".repeat(count - filled)))
            }
            None => body.clone(),
        },
        other => other.clone(),
    }
}

/// Sends a request of an observation or a recording.
async fn replay(sandbox: &Sandbox, described: &Value) -> RawResponse {
    let text = |name: &str| described[name].as_str().unwrap_or_default();
    let line = format!("{} /2.0{}", text("method"), path(text("path")));
    let (kind, body) = match (&described["json"], &described["text"]) {
        (Value::Null, Value::Null) => (None, String::new()),
        (Value::Null, text) => (text["type"].as_str(), text["body"].as_str().expect("a text").to_owned()),
        (body, _) => (Some("application/json"), expanded(body).to_string()),
    };
    let mut headers = match text("sender") {
        "" | "own" => "Authorization: Basic b3duQGV4YW1wbGUuY29tOm93bi10b2tlbg==\r\n".to_owned(),
        "other" => "Authorization: Bearer other-token\r\n".to_owned(),
        "wrong_token" => "Authorization: Bearer bbstatus-probe\r\n".to_owned(),
        "api_token_as_bearer" => "Authorization: Bearer own-token\r\n".to_owned(),
        "anonymous" => String::new(),
        unknown => panic!("no sender {unknown}"),
    };
    if let Some(kind) = kind {
        headers.extend(["Content-Type: ", kind, "\r\nContent-Length: ", &body.len().to_string(), "\r\n"]);
    }
    let address = sandbox.address();
    send(address, &request(&address.to_string(), &line, &headers, body.as_bytes())).await
}

/// Whether a value is as observed.
fn is_as_observed(expected: &Value, found: Option<&Value>) -> bool {
    let text = found.and_then(Value::as_str);
    match expected.as_str() {
        Some("<any>") => found.is_some_and(|found| !found.is_null() && found != "" && *found != json!([])),
        Some("<date>") => text.is_some_and(|text| {
            let shape: String = text.chars().map(|it| if it.is_ascii_digit() { '0' } else { it }).collect();
            shape == "0000-00-00T00:00:00.000000+00:00"
        }),
        Some("<hash>") => text.is_some_and(|text| text.len() == 40 && text.bytes().all(|it| it.is_ascii_hexdigit())),
        _ => found == Some(expected),
    }
}

/// The differences between a response and the observation, each in a sentence.
fn differences(observed: &Value, response: &RawResponse) -> Vec<String> {
    let mut found = Vec::new();
    if observed["status"] != response.status {
        found.push(format!("expected the status {}, got {}: {}", observed["status"], response.status, response.text));
    }
    for (name, value) in observed["headers"].as_object().into_iter().flatten() {
        let header = response.header(name).map(|header| json!(header));
        if !is_as_observed(value, header.as_ref()) {
            found.push(format!("expected the header {name}: {value}, got {header:?}"));
        }
    }
    if let Some(text) = observed.get("text")
        && text != response.text.trim()
    {
        found.push(format!("expected the text {text}, got {:?}", response.text));
    }
    let body: Value = serde_json::from_str(&response.text).unwrap_or_default();
    for (pointer, value) in observed["has"].as_object().into_iter().flatten() {
        if !is_as_observed(value, body.pointer(pointer)) {
            found.push(format!("expected {value} at {pointer}, got {:?}", body.pointer(pointer)));
        }
    }
    if let Some(members) = observed["members"].as_array() {
        let expected: BTreeSet<_> = members.iter().filter_map(Value::as_str).collect();
        let members: BTreeSet<_> = body.as_object().into_iter().flatten().map(|(name, _)| name.as_str()).collect();
        if members != expected {
            found.push(format!("expected the members {expected:?}, got {members:?}"));
        }
    }
    found
}

/// The JSON files of a folder next to this one, by name.
fn files(folder: &str) -> Vec<(String, Value)> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests").join(folder);
    let entries = fs::read_dir(&folder).expect("the folder").map(|entry| entry.expect("an entry").path());
    let mut paths: Vec<_> = entries.filter(|path| path.extension().is_some_and(|kind| kind == "json")).collect();
    paths.sort();
    let read = |path: &PathBuf| {
        let text = fs::read_to_string(path).expect("a file");
        let name = path.file_name().expect("a name").to_string_lossy().into_owned();
        (name, serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display())))
    };
    paths.iter().map(read).collect()
}

#[tokio::test]
async fn the_sandbox_behaves_as_observed_or_the_entry_gives_the_reason() {
    let mut problems = Vec::new();
    let mut entries = 0;
    for (file, observations) in files("observed") {
        for observation in observations.as_array().expect("a list of observations") {
            let text = |name: &str| observation[name].as_str().unwrap_or_default();
            let name = format!("{file}: {}", text("fact"));
            let date = text("date").parse::<chrono::NaiveDate>();
            if text("source").is_empty() || date.is_err() {
                problems.push(format!("{name}: expected a source and a date such as 2026-11-20"));
            }
            let sandbox = sandbox().await;
            let mut last = None;
            for described in observation["requests"].as_array().expect("requests") {
                last = Some(replay(&sandbox, described).await);
            }
            let found = differences(&observation["response"], &last.expect("at least one request"));
            match observation.get("differs") {
                None if found.is_empty() => {}
                None => problems.push(format!("{name}\n  {}", found.join("\n  "))),
                Some(_) if found.is_empty() => {
                    problems.push(format!("{name}: there is no difference any more, remove `differs`"));
                }
                Some(reason) => assert!(reason.as_str().is_some_and(|reason| reason.len() > 20), "{name}"),
            }
            entries += 1;
        }
    }
    assert!(problems.is_empty(), "{}", problems.join("\n"));
    assert!(entries > 25, "{entries}");
}

/// The differences between the sandbox and a recording, each in a sentence.
async fn recording_differences(file: &str, recording: &Value) -> Vec<String> {
    let sandbox = sandbox().await;
    let mut found = Vec::new();
    let questions = recording["questions"].as_array().into_iter().flatten();
    let questions = questions.map(|question| (question["name"].as_str().unwrap_or_default(), &question["exchanges"]));
    for (name, exchanges) in std::iter::once(("first", &recording["first"])).chain(questions) {
        for exchange in exchanges.as_array().into_iter().flatten() {
            let response = replay(&sandbox, &exchange["request"]).await;
            let recorded = &exchange["response"]["status"];
            if *recorded != response.status {
                let request = format!("{} {}", exchange["request"]["method"], exchange["request"]["path"]);
                let got = format!("recorded {recorded}, the sandbox returns {}", response.status);
                found.push(format!("{file}, {name}: {request}: {got}"));
            }
        }
    }
    found
}

#[tokio::test]
async fn the_sandbox_behaves_as_recorded() {
    let mut found = Vec::new();
    for (file, recording) in files("recordings") {
        assert_eq!(recording["source"], "bbstatus probe", "{file}: only recordings of the probe");
        assert_eq!(recording["api"], "live", "{file}: not a rehearsal");
        found.extend(recording_differences(&file, &recording).await);
    }
    assert!(found.is_empty(), "change the sandbox and its tables, or the assumption's default:\n{}", found.join("\n"));
}

#[tokio::test]
async fn a_difference_from_a_recording_is_reported() {
    let exchange = |request: Value, status: u16| json!({"request": request, "response": {"status": status}});
    let statuses = "/repositories/{workspace}/{repo_slug}/commit/{commit}/statuses";
    let created = json!({"method": "POST", "path": format!("{statuses}/build"), "sender": "own",
        "json": {"key": "bbstatus-probe", "state": "SUCCESSFUL", "url": "https://example.com/bbstatus-probe"}});
    let read = json!({"method": "GET", "path": format!("{statuses}/build/BBSTATUS-PROBE"), "sender": "own"});
    let recording = json!({
        "first": [exchange(created, 201)],
        "questions": [{"name": "keys_that_differ_in_case", "exchanges": [exchange(read, 200)]}],
    });
    let found = recording_differences("2026-12-01.json", &recording).await;
    let request = format!("\"GET\" \"{statuses}/build/BBSTATUS-PROBE\"");
    let expected = "recorded 200, the sandbox returns 404";
    assert_eq!(found, [format!("2026-12-01.json, keys_that_differ_in_case: {request}: {expected}")]);
}
