use crate::support::{ONE, ours, place};
use serde_json::{Value, json};
use xtask::codegen::{compare, generate};

/// Generates from a changed copy of our document, and looks for what the change should bring.
#[track_caller]
fn assert_brings(change: impl Fn(&mut Value), expected: &str) {
    let mut document = ours();
    let code = |document: &Value| generate(&document.to_string()).expect("a document that passes the generator");
    assert!(!code(&document).contains(expected), "{expected} is there before the change");
    change(&mut document);
    assert!(code(&document).contains(expected), "no {expected} after the change");
}

#[test]
fn a_member_added_to_the_answer_becomes_a_field() {
    let add = |document: &mut Value| {
        let properties = place(document, "/components/schemas/BuildStatus/properties");
        properties["progress"] = json!({"type": "integer"});
    };
    assert_brings(add, "pub progress: ::std::option::Option<i64>,");
}

#[test]
fn an_operation_added_becomes_a_method() {
    let add = |document: &mut Value| {
        let answers = json!({"204": {"description": "Gone."}});
        let operation = json!({"operationId": "delete_build_status", "responses": answers});
        place(document, "/paths")[ONE]["delete"] = operation;
    };
    assert_brings(add, "pub async fn delete_build_status<'a>(");
}

#[test]
fn a_snapshot_out_of_date_names_the_line_and_the_command() {
    let failure = compare("a\nb\n", "a\nc\n").expect_err("they differ").to_string();
    assert!(failure.starts_with("src/generated/snapshot.rs:2: "), "{failure}");
    assert!(failure.ends_with("run: cargo xtask codegen"), "{failure}");
}
