//! Every schema of a document, wherever it is.

use super::document::{member, members, reference};
use serde_json::Value;
use std::collections::BTreeSet;

/// Every schema with its pointer: the components, those of parameters, bodies and responses, and those nested in them.
pub(super) fn all(document: &Value) -> Vec<(String, &Value)> {
    let mut found = Vec::new();
    for (name, schema) in members(&document["components"]["schemas"]) {
        within(&member("/components/schemas", name), schema, &mut found);
    }
    for section in ["paths", "components"] {
        holders(&format!("/{section}"), &document[section], &mut found);
    }
    found
}

/// Every schema that is part of a response, each once.
pub(super) fn of_responses(document: &Value) -> Vec<(String, &Value)> {
    let schemas = all(document);
    let in_response = |pointer: &str| pointer.contains("/responses/");
    let mut wanted: BTreeSet<&str> = BTreeSet::new();
    let mut open: Vec<&str> =
        schemas.iter().map(|(pointer, _)| pointer.as_str()).filter(|it| in_response(it)).collect();
    while let Some(pointer) = open.pop() {
        if !wanted.insert(pointer) {
            continue;
        }
        let inside = |other: &str| other.strip_prefix(pointer).is_some_and(|rest| rest.starts_with('/'));
        open.extend(schemas.iter().map(|(other, _)| other.as_str()).filter(|other| inside(other)));
        let target = document.pointer(pointer).and_then(reference);
        open.extend(schemas.iter().map(|(other, _)| other.as_str()).filter(|other| Some(*other) == target));
    }
    let wanted: BTreeSet<String> = wanted.into_iter().map(str::to_owned).collect();
    schemas.into_iter().filter(|(pointer, _)| wanted.contains(pointer)).collect()
}

/// Collects the members named `schema` outside the components.
fn holders<'a>(pointer: &str, value: &'a Value, found: &mut Vec<(String, &'a Value)>) {
    if pointer == "/components/schemas" {
        return;
    }
    for (name, inner) in members(value) {
        let at = member(pointer, name);
        if name == "schema" {
            within(&at, inner, found);
        } else {
            holders(&at, inner, found);
        }
    }
    for (index, inner) in value.as_array().into_iter().flatten().enumerate() {
        holders(&format!("{pointer}/{index}"), inner, found);
    }
}

fn within<'a>(pointer: &str, schema: &'a Value, found: &mut Vec<(String, &'a Value)>) {
    found.push((pointer.to_owned(), schema));
    for (keyword, value) in members(schema) {
        let at = member(pointer, keyword);
        match keyword.as_str() {
            "properties" => members(value).for_each(|(name, inner)| within(&member(&at, name), inner, found)),
            "items" | "not" | "additionalProperties" if value.is_object() => within(&at, value, found),
            "allOf" | "anyOf" | "oneOf" => {
                for (index, inner) in value.as_array().into_iter().flatten().enumerate() {
                    within(&format!("{at}/{index}"), inner, found);
                }
            }
            _ => {}
        }
    }
}
