use crate::support::{ONE, ours, value_at};
use serde_json::{Value, json};
use xtask::codegen::{compare, generate};

/// Generates from a changed copy of our document, and looks for the expected code.
#[track_caller]
fn assert_generates(change: impl Fn(&mut Value), expected: &str) {
    let mut document = ours();
    let code = |document: &Value| generate(&document.to_string()).expect("a document that passes the generator");
    assert!(!code(&document).contains(expected), "{expected} exists before the change");
    change(&mut document);
    assert!(code(&document).contains(expected), "no {expected} after the change");
}

#[test]
fn a_member_added_to_the_response_becomes_a_field() {
    let add = |document: &mut Value| {
        let properties = value_at(document, "/components/schemas/BuildStatus/properties");
        properties["progress"] = json!({"type": "integer"});
    };
    assert_generates(add, "pub progress: ::std::option::Option<i64>,");
}

#[test]
fn an_operation_added_becomes_a_method() {
    let add = |document: &mut Value| {
        let responses = json!({"204": {"description": "Deleted."}});
        let operation = json!({"operationId": "delete_build_status", "responses": responses});
        value_at(document, "/paths")[ONE]["delete"] = operation;
    };
    assert_generates(add, "pub async fn delete_build_status<'a>(");
}

#[test]
fn a_snapshot_out_of_date_names_the_line_and_the_command() {
    let error = compare("a\nb\n", "a\nc\n").expect_err("they differ").to_string();
    assert!(error.starts_with("src/generated/snapshot.rs:2: "), "{error}");
    assert!(error.ends_with("run: cargo xtask codegen"), "{error}");
}
