//! Access to the document.

use std::sync::LazyLock;

use serde_json::{Map, Value};

use crate::json_schema::{named_schema, schema_of};

pub(super) static DOCUMENT: LazyLock<Value> =
    LazyLock::new(|| serde_json::from_str(include_str!("../../spec/openapi.json")).expect("the document is JSON"));

/// Every operation: method, path and definition.
pub(super) fn operations() -> Vec<(String, String, &'static Value)> {
    let mut operations = Vec::new();
    for (path, item) in DOCUMENT["paths"].as_object().expect("paths") {
        for (method, operation) in item.as_object().expect("a path").iter().filter(|(name, _)| *name != "parameters") {
            operations.push((method.to_uppercase(), path.clone(), operation));
        }
    }
    operations
}

/// The operation of a method and a path.
#[track_caller]
pub(super) fn operation(method: &str, path: &str) -> &'static Value {
    let found = operations().into_iter().find(|(m, p, _)| m == method && p == path);
    found.unwrap_or_else(|| panic!("the document has no {method} {path}")).2
}

/// A part of the document, with one reference followed.
#[track_caller]
pub(super) fn resolved(part: &'static Value) -> &'static Value {
    match part["$ref"].as_str() {
        Some(reference) => DOCUMENT.pointer(&reference[1..]).expect("the target of the reference"),
        None => part,
    }
}

/// All parameters of an operation, including those of its path.
pub(super) fn parameters(method: &str, path: &str) -> Vec<&'static Value> {
    let own = operation(method, path)["parameters"].as_array().into_iter().flatten();
    let shared = DOCUMENT["paths"][path]["parameters"].as_array().into_iter().flatten();
    shared.chain(own).map(resolved).collect()
}

/// The members of a named schema.
pub(super) fn members(schema: &str) -> &'static Map<String, Value> {
    DOCUMENT["components"]["schemas"][schema]["properties"].as_object().expect("an object with members")
}

/// The validator of a named schema.
pub(super) fn validator(schema: &str) -> jsonschema::Validator {
    jsonschema::validator_for(&named_schema(&DOCUMENT, schema)).expect("a valid JSON Schema")
}

/// The names of the document's components of a section.
pub(super) fn component_names(section: &str) -> Vec<String> {
    DOCUMENT["components"][section].as_object().expect("components").keys().cloned().collect()
}

/// Validates a value against any schema of the document; returns the problems.
#[track_caller]
pub(super) fn validate(schema: &Value, value: &Value) -> Vec<String> {
    let validator = jsonschema::validator_for(&schema_of(&DOCUMENT, schema)).expect("a valid JSON Schema");
    validator.iter_errors(value).map(|error| error.to_string()).collect()
}

/// Fails unless a value is valid by a named schema.
#[track_caller]
pub(super) fn assert_valid(schema: &str, value: &Value) {
    let problems: Vec<_> = validator(schema).iter_errors(value).map(|error| error.to_string()).collect();
    assert!(problems.is_empty(), "{value:#}\nis no {schema}: {problems:#?}");
}
