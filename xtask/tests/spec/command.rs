use crate::support::{ONE, STATUS, operation, read, small, value_at};
use serde_json::{Value, json};
use std::{
    path::{Path, PathBuf},
    process::{Command, Output},
};

fn diff(document: &Path, more: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_xtask"));
    command.args(["spec", "diff"]).arg(document).args(more);
    command.output().expect("the program runs")
}

#[track_caller]
fn file(name: &str, text: &str) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::write(&path, text).expect("a file in the target folder");
    path
}

#[track_caller]
fn changed(name: &str) -> PathBuf {
    let mut document = read(&small());
    value_at(&mut document, STATUS)["properties"]["name"]["maxLength"] = json!(255);
    file(name, &document.to_string())
}

#[test]
fn recorded_deviations_are_counted_and_succeed() {
    let output = diff(&small(), &[]);
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(text.contains(" recorded deviations ("), "{text}");
    assert_eq!(output.status.code(), Some(0));
}

#[test]
fn an_unrecorded_difference_is_exit_1_with_the_entry_to_paste() {
    let output = diff(&changed("unrecorded.json"), &[]);
    assert_eq!(output.status.code(), Some(1));
    let text = String::from_utf8_lossy(&output.stdout);
    let (_, entry) = text.split_once("[[deviation]]\n").expect("an entry");
    let entry = entry.split_once("3 new").map_or(entry, |(entry, _)| entry);
    let entry = entry.rsplit_once("published = 255").expect("a record").0;
    let toml = format!("[[deviation]]\n{entry}published = 255");
    let pasted = xtask::spec::deviations::Deviations::parse(&toml).expect("the entry can be pasted");
    let pointers: Vec<_> = pasted.records().into_iter().map(|record| record.at).collect();
    let schemas = ["BuildStatus", "BuildStatusCreate", "BuildStatusUpdate"];
    assert_eq!(pointers, schemas.map(|schema| format!("/components/schemas/{schema}/properties/name/maxLength")));
}

#[test]
fn a_record_that_no_longer_differs_is_exit_1_and_named() {
    let mut document = read(&small());
    let status = value_at(&mut document, STATUS);
    status["properties"]["repository"] = json!({"type": "string"});
    let page = value_at(&mut document, "/components/schemas/paginated_commitstatuses");
    page["required"] = json!(["values"]);
    let output = diff(&file("stale.json", &document.to_string()), &[]);
    assert_eq!(output.status.code(), Some(1));
    let text = String::from_utf8_lossy(&output.stdout);
    let sentence = "stale: /components/schemas/BuildStatusPage/required no longer differs as recorded in page";
    assert!(text.contains(sentence), "{text}");
}

#[test]
fn the_report_for_programs_has_both_values_and_the_impact() {
    let output = diff(&changed("programs.json"), &["--format", "json"]);
    let report: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let first = &report["unrecorded"][0];
    assert_eq!(first["at"], "/components/schemas/BuildStatus/properties/name/maxLength");
    assert_eq!((&first["ours"], &first["published"]), (&Value::Null, &json!(255)));
    assert_eq!(first["impact"], json!({"readers": "additive"}));
    assert_eq!(report["stale"], json!([]));
}

#[test]
fn unusable_input_is_exit_2_with_the_reason() {
    let cases = [
        (PathBuf::from("no-such-file.json"), "`no-such-file.json`: No such file"),
        (file("text.json", "<html>"), "not JSON"),
        (file("old.json", r#"{"swagger": "2.0", "paths": {}}"#), "expected OpenAPI 3.0, got Swagger 2.0"),
        (file("neither.json", r#"{"paths": {}}"#), "without the member openapi"),
        (file("new.json", r#"{"openapi": "3.1.0", "paths": {}}"#), "expected OpenAPI 3.0, got 3.1.0"),
        (file("empty.json", r#"{"openapi": "3.0.0"}"#), "expected an object of paths"),
    ];
    for (document, expected) in cases {
        let output = diff(&document, &[]);
        let text = String::from_utf8_lossy(&output.stderr);
        assert!(text.contains(expected), "expected {expected}, got {text}");
        assert_eq!(output.status.code(), Some(2), "{text}");
    }
}

fn watch(document: &Path) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_xtask"));
    command.args(["spec", "watch", "--dry-run"]).arg(document);
    command.output().expect("the program runs")
}

#[test]
fn a_watched_document_that_has_not_changed_needs_no_issue() {
    let output = watch(&small());
    assert!(output.stdout.ends_with(b"differences as recorded)\n"), "{output:?}");
    assert_eq!(output.status.code(), Some(0));
}

#[test]
fn a_watched_document_in_another_version_makes_an_issue() {
    let cases = [
        (r#"{"openapi": "3.1.0", "paths": {}}"#, "expected OpenAPI 3.0, got 3.1.0"),
        (r#"{"swagger": "2.0", "paths": {}}"#, "expected OpenAPI 3.0, got Swagger 2.0"),
        ("<html>moved</html>", "not JSON"),
    ];
    for (document, reason) in cases {
        let output = watch(&file("other-version.json", document));
        let text = String::from_utf8_lossy(&output.stdout);
        assert!(text.starts_with("Bitbucket's published document has changed\n\n"), "{text}");
        assert!(text.contains("can no longer be compared") && text.contains(reason), "{text}");
        assert_eq!(output.status.code(), Some(0));
    }
}

#[test]
fn prose_that_announces_a_removal_is_a_hint_that_only_the_watch_reports() {
    let mut document = read(&small());
    let put = value_at(&mut document, &operation(ONE, "put"));
    put["description"] = json!("Updates a status.\nThis operation is DEPRECATED since May. Use another.");
    let path = file("deprecated.json", &document.to_string());
    let hint = "/put/description says: This operation is DEPRECATED since May.";
    let compared = diff(&path, &[]);
    assert!(String::from_utf8_lossy(&compared.stdout).contains(hint), "{compared:?}");
    assert_eq!(compared.status.code(), Some(0));
    let watched = watch(&path);
    assert!(String::from_utf8_lossy(&watched.stdout).contains(hint), "{watched:?}");
    assert!(watched.stdout.starts_with(b"Bitbucket's published document has changed"));
}

#[test]
fn a_watched_document_that_has_changed_makes_an_issue_with_the_report() {
    let output = watch(&changed("watched.json"));
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(text.starts_with("Bitbucket's published document has changed\n\n"), "{text}");
    assert!(text.contains("/components/schemas/BuildStatus/properties/name/maxLength"), "{text}");
    assert_eq!(output.status.code(), Some(0));
}
