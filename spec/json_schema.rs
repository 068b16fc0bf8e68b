//! Converts the document to JSON Schema for validators: OpenAPI 3.0 has its own form of some keywords.

use serde_json::{Map, Value, json};

/// Returns the JSON Schema (2020-12) of one of the document's named schemas, with all others as its definitions.
pub(crate) fn named_schema(document: &Value, name: &str) -> Value {
    schema_of(document, &json!({ "$ref": format!("#/components/schemas/{name}") }))
}

/// Returns the JSON Schema of a schema anywhere in the document, with the named ones as its definitions.
pub(crate) fn schema_of(document: &Value, schema: &Value) -> Value {
    let mut definitions = document["components"]["schemas"].clone();
    for definition in definitions.as_object_mut().into_iter().flat_map(Map::values_mut) {
        project(definition);
    }
    let mut schema = schema.clone();
    project(&mut schema);
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "allOf": [schema],
        "$defs": definitions,
    })
}

/// Rewrites a schema and all schemas in it: `nullable` becomes a type, an exclusive limit becomes a number, a reference
/// refers to the definitions, and hints for the generator are removed.
pub(crate) fn project(schema: &mut Value) {
    let Some(members) = schema.as_object_mut() else { return };
    members.retain(|name, _| !name.starts_with("x-"));
    if let Some(reference) = members.get_mut("$ref") {
        let name = reference.as_str().unwrap_or_default().replace("#/components/schemas/", "#/$defs/");
        *reference = name.into();
    }
    if members.remove("nullable") == Some(Value::Bool(true)) {
        allow_null(members);
    }
    for (exclusive, limit) in [("exclusiveMinimum", "minimum"), ("exclusiveMaximum", "maximum")] {
        if let Some(Value::Bool(applies)) = members.get(exclusive).cloned() {
            members.remove(exclusive);
            if let Some(value) = members.remove(limit) {
                members.insert(if applies { exclusive } else { limit }.to_owned(), value);
            }
        }
    }
    for keyword in ["items", "additionalProperties", "not"] {
        members.get_mut(keyword).into_iter().for_each(project);
    }
    for keyword in ["allOf", "anyOf", "oneOf"] {
        members.get_mut(keyword).and_then(Value::as_array_mut).into_iter().flatten().for_each(project);
    }
    let properties = members.get_mut("properties").and_then(Value::as_object_mut);
    properties.into_iter().flat_map(Map::values_mut).for_each(project);
}

fn allow_null(members: &mut Map<String, Value>) {
    if let Some(kind) = members.get_mut("type") {
        *kind = json!([kind.take(), "null"]);
    }
    if let Some(values) = members.get_mut("enum").and_then(Value::as_array_mut) {
        values.push(Value::Null);
    }
}
