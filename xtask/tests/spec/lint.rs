use crate::support::{LIST, ONE, deviations, operations, ours, remove, value_at};
use chrono::NaiveDate;
use serde_json::{Value, json};
use std::fmt::Write as _;
use xtask::spec::{
    deviations::Deviations,
    lint::{dated as dated_deviations, evidence::table, lint, lint_records, outdated},
};

#[track_caller]
fn assert_finding(violate: impl Fn(&mut Value), expected: &str) {
    let mut document = ours();
    assert_eq!(lint(&document, &operations()), Vec::<String>::new());
    violate(&mut document);
    let findings = lint(&document, &operations());
    assert!(findings.iter().any(|finding| finding.ends_with(expected)), "expected {expected}, got {findings:#?}");
}

#[test]
fn an_operation_without_an_id_is_found() {
    assert_finding(
        |document| {
            value_at(document, "/paths")[ONE]["put"] = json!({"responses": {}});
        },
        "/put: no operationId",
    );
}

#[test]
fn an_operation_id_used_twice_or_unknown_is_found() {
    let rename =
        |document: &mut Value| value_at(document, "/paths")[ONE]["put"]["operationId"] = json!("get_build_status");
    assert_finding(
        rename,
        "expected the operationId update_build_status of spec/operations.toml, got get_build_status",
    );
    let add = |document: &mut Value| value_at(document, "/paths")[ONE]["delete"] = json!({"operationId": "delete"});
    assert_finding(add, "/delete: delete is not in spec/operations.toml; add it, or edit its path there");
    let take = |document: &mut Value| drop(remove(document, "/paths", LIST));
    let absent =
        format!("/paths: expected GET {LIST}, which spec/operations.toml names list_commit_statuses, got none");
    assert_finding(take, &absent);
}

#[test]
fn two_schemas_with_the_same_type_name_are_found() {
    assert_finding(
        |document| value_at(document, "/components/schemas")["build_status"] = json!({"type": "string"}),
        "/components/schemas/build_status: the same type name as BuildStatus",
    );
}

#[test]
fn a_schema_with_another_spelling_is_found() {
    assert_finding(
        |document| value_at(document, "/components/schemas")["paused"] = json!({"type": "string"}),
        "/components/schemas/paused: expected a name like BuildStatus",
    );
}

#[test]
fn an_inline_type_is_found_anywhere() {
    let at = "/components/schemas/BuildStatus/properties";
    assert_finding(
        |document| value_at(document, at)["author"] = json!({"type": "object", "properties": {}}),
        "/properties/author: properties inline; make it a component with a name",
    );
    assert_finding(
        |document| {
            value_at(document, "/components/parameters/sort")["schema"] = json!({"type": "string", "enum": ["key"]});
        },
        "/components/parameters/sort/schema: enum inline; make it a component with a name",
    );
}

#[test]
fn a_code_block_without_a_language_or_in_rust_is_found() {
    for block in [
        "```\ncode\n```",
        "```rust\ncode\n```",
        concat!("```", "ignore\ncode\n```"),
        "~~~\ncode\n~~~",
        "    code",
        "\tcode",
    ] {
        assert_finding(
            |document| value_at(document, "/info")["description"] = json!(format!("So:\n\n{block}\n")),
            "/info/description: label the code block with its language, such as ```text",
        );
    }
    for prose in ["So:\n\n```text\n\n    code\n```\n", "One sentence\n        on two lines.", "- one\n\n  more\n"] {
        let mut labelled = ours();
        value_at(&mut labelled, "/info")["description"] = json!(prose);
        assert_eq!(lint(&labelled, &operations()), Vec::<String>::new(), "{prose}");
    }
}

#[test]
fn a_closed_object_in_a_response_is_found_and_one_in_a_request_is_not() {
    let close = |name: &'static str| {
        move |document: &mut Value| {
            value_at(document, "/components/schemas")[name]["additionalProperties"] = json!(false);
        }
    };
    for name in ["Link", "ErrorDetails", "BuildStatus"] {
        let expected = format!("schemas/{name}: closed, and part of a response; write \"additionalProperties\": {{}}");
        assert_finding(close(name), &expected);
    }
    let mut document = ours();
    close("BuildStatusUpdateLink")(&mut document);
    assert_eq!(lint(&document, &operations()), Vec::<String>::new());
}

#[test]
fn a_nullable_component_in_a_required_member_or_a_list_is_found() {
    let require = |document: &mut Value| {
        value_at(document, "/components/schemas/BuildStatus")["required"] = json!(["key", "state", "links"]);
    };
    let expected = "only an optional member may refer to /components/schemas/BuildStatusLinks, which may be null";
    assert_finding(require, &format!("/components/schemas/BuildStatus/properties/links: {expected}"));
    let nullable =
        |document: &mut Value| value_at(document, "/components/schemas/BuildStatus")["nullable"] = json!(true);
    let expected = "only an optional member may refer to /components/schemas/BuildStatus, which may be null";
    assert_finding(nullable, &format!("/components/schemas/BuildStatusPage/properties/values/items: {expected}"));
}

fn today() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 11, 26).expect("a date")
}

/// A correct deviation about our document's host.
fn record(id: &str, why: &str, ours: &str) -> String {
    let texts =
        format!("what = \"w\"\nwhy = \"{why}\"\nevidence = \"e\"\neffect = \"f\"\nlast_evidence = 2026-11-20\n");
    let difference = format!("[[deviation.difference]]\nat = \"/components/schemas/State/type\"\nours = {ours}\n");
    format!("[[deviation]]\nid = \"{id}\"\n{texts}{difference}")
}

#[track_caller]
fn findings(records: &str) -> Vec<String> {
    let records = Deviations::parse(records).expect("TOML");
    lint_records(&ours(), &records, "| `known` |", today()).expect("references that lead somewhere")
}

#[test]
fn a_complete_and_true_record_has_no_finding() {
    assert_eq!(findings(&record("known", "because", "\"string\"")), Vec::<String>::new());
}

#[test]
fn every_fault_of_a_record_is_found() {
    let twice = record("known", "because", "\"string\"").repeat(2);
    let cases = [
        (twice.clone(), "known: recorded twice"),
        (twice, "known: /components/schemas/State/type is recorded twice"),
        (record("known", " ", "\"string\""), "known: no why"),
        (record("stranger", "because", "\"string\""), "stranger: not in the index of spec/README.md"),
        (record("known", "because", "1"), "/State/type: expected 1 in the document, got \"string\""),
    ];
    for (records, expected) in cases {
        let findings = findings(&records);
        assert!(findings.iter().any(|finding| finding.ends_with(expected)), "expected {expected}, got {findings:#?}");
    }
}

#[test]
fn a_record_of_something_that_does_not_exist_is_found() {
    let mut records = record("known", "because", "\"string\"");
    let _ = write!(records, "[[deviation.difference]]\nat = \"/components/schemas/State/format\"\nours = \"x\"\n");
    assert!(findings(&records)[0].ends_with("/State/format: expected \"x\" in the document, got nothing"));
}

#[test]
fn a_deviation_without_a_difference_is_found() {
    let records = record("known", "because", "\"string\"");
    let (texts, _) = records.split_once("[[deviation.difference]]").expect("a difference");
    assert_eq!(findings(texts), ["spec/deviations.toml: known: no difference"]);
}

#[test]
fn a_record_without_a_date_or_with_one_in_the_future_is_found() {
    let dated = |date: &str| record("known", "because", "\"string\"").replace("2026-11-20", date);
    let cases = [
        ("1970-01-01", "known: no date of its last evidence"),
        ("2026-11-27", "known: its last evidence is of the future, 2026-11-27"),
        ("12:00:00", "known: expected a date such as 2026-11-20, got 12:00:00"),
    ];
    for (date, expected) in cases {
        assert_eq!(findings(&dated(date)), [format!("spec/deviations.toml: {expected}")]);
    }
}

#[test]
fn deviations_whose_evidence_is_older_than_a_year_are_listed_oldest_first() {
    let dated = |id: &str, date: &str| record(id, "because", "1").replace("2026-11-20", date);
    let records = [dated("a", "2025-11-25"), dated("b", "2025-11-26"), dated("c", "2018-11-07")].concat();
    let listed = outdated(dated_deviations(&Deviations::parse(&records).expect("TOML")), today());
    let expected = [("c", "2018-11-07"), ("a", "2025-11-25")];
    let line = |(id, date)| format!("spec/deviations.toml: {id}: the last evidence is of {date}; look for newer");
    assert_eq!(listed, expected.map(line));
}

#[test]
fn rules_and_assumptions_are_dated_by_the_last_text_of_each() {
    let source = r#"
        macro_rules! rules { ($item:ident) => {}; }
        rules! {
            KEY_LENGTH = "key-length", "A key; at most 40.", "observed", "2026-04";
            /// About it.
            URL_FORM: Policy = Policy::Accept, "2020", "observed in 2018", "2019";
        }
    "#;
    let day = |year, month| NaiveDate::from_ymd_opt(year, month, 1).expect("a date");
    let expected = [("KEY_LENGTH".to_owned(), day(2026, 4)), ("URL_FORM".to_owned(), day(2019, 1))];
    assert_eq!(table(source, "rules"), Ok(expected.to_vec()));
    assert_eq!(table(source, "assumptions"), Err("expected a table written with assumptions!".to_owned()));
    let undated = source.replace("\"2019\"", "\"lately\"");
    assert_eq!(table(&undated, "rules"), Err("URL_FORM: expected a date such as 2026-11, got lately".to_owned()));
}

#[test]
fn the_sandboxs_own_tables_are_read() {
    for (file, name, least) in [("rules.rs", "rules", 30), ("assumptions.rs", "assumptions", 15)] {
        let source = std::fs::read_to_string(xtask::repository().join("src/sandbox").join(file)).expect("a table");
        let found = table(&source, name).expect("a table that can be read");
        assert!(found.len() >= least, "{found:?}");
    }
}

#[test]
fn our_records_are_complete() {
    let readme = include_str!("../../../spec/README.md");
    let findings = lint_records(&ours(), &deviations(), readme, today()).expect("references that lead somewhere");
    assert_eq!(findings, Vec::<String>::new());
}
