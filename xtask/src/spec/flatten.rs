//! `allOf` merged into one schema, as the published document builds its objects from a base type.

use super::document::{reference, resolve};
use crate::Error;
use serde_json::{Map, Value};

/// Follows a schema's own reference and merges its `allOf`; references in its members stay.
///
/// # Errors
/// [`Error::Unusable`] if a reference is dangling or a schema contains itself.
pub(super) fn flatten(document: &Value, schema: &Value) -> Result<Map<String, Value>, Error> {
    let mut parents = Vec::new();
    merged(document, schema, &mut parents)
}

fn merged<'a>(document: &'a Value, schema: &'a Value, parents: &mut Vec<&'a str>) -> Result<Map<String, Value>, Error> {
    let name = reference(schema);
    if let Some(name) = name {
        if parents.contains(&name) {
            return Err(Error::Unusable(format!("the schema {name} contains itself in allOf")));
        }
        parents.push(name);
    }
    let own = resolve(document, schema)?;
    let mut merged_schema = Map::new();
    for part in own["allOf"].as_array().into_iter().flatten() {
        merge(&mut merged_schema, merged(document, part, parents)?);
    }
    let rest = own.as_object().cloned().unwrap_or_default();
    merge(&mut merged_schema, rest.into_iter().filter(|(keyword, _)| keyword != "allOf").collect());
    if name.is_some() {
        parents.pop();
    }
    Ok(merged_schema)
}

/// Merges a part into a schema: a value must satisfy both, and prose of the later part replaces that of the earlier
/// one.
fn merge(merged_schema: &mut Map<String, Value>, part: Map<String, Value>) {
    for (keyword, value) in part {
        let joined = match (keyword.as_str(), merged_schema.remove(&keyword)) {
            ("properties", Some(before)) => members(before, value),
            ("required", Some(before)) => union(before, &value),
            ("enum", Some(before)) => intersection(before, &value),
            ("additionalProperties", Some(Value::Bool(false))) => Value::Bool(false),
            (_, _) => value,
        };
        merged_schema.insert(keyword, joined);
    }
}

/// The members of both; a common member must satisfy both.
fn members(before: Value, value: Value) -> Value {
    let (Value::Object(mut all), Value::Object(more)) = (before, value) else {
        return Value::Null;
    };
    for (name, schema) in more {
        let joined = match all.remove(&name) {
            Some(Value::Object(mut earlier)) if schema.get("$ref").is_none() && !earlier.contains_key("$ref") => {
                merge(&mut earlier, schema.as_object().cloned().unwrap_or_default());
                Value::Object(earlier)
            }
            _ => schema,
        };
        all.insert(name, joined);
    }
    Value::Object(all)
}

fn union(before: Value, more: &Value) -> Value {
    let mut names = list(before);
    for name in list(more.clone()) {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    Value::Array(names)
}

fn intersection(before: Value, other: &Value) -> Value {
    let allowed = list(other.clone());
    Value::Array(list(before).into_iter().filter(|value| allowed.contains(value)).collect())
}

fn list(value: Value) -> Vec<Value> {
    match value {
        Value::Array(items) => items,
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::flatten;
    use serde_json::{Value, json};

    #[track_caller]
    fn assert_flat(schema: &Value, expected: &Value) {
        let document = json!({"components": {"schemas": {
            "base": {"type": "object", "properties": {"type": {"type": "string"}}, "required": ["type"]},
            "round": {"allOf": [{"$ref": "#/components/schemas/round"}]},
        }}});
        let flat = flatten(&document, schema).expect("a schema that can be flattened");
        assert_eq!(&Value::Object(flat), expected);
    }

    #[test]
    fn members_and_required_are_united() {
        let schema = json!({"allOf": [
            {"$ref": "#/components/schemas/base"},
            {"properties": {"key": {"type": "string"}}, "required": ["key", "type"]},
        ]});
        let members = json!({"key": {"type": "string"}, "type": {"type": "string"}});
        assert_flat(&schema, &json!({"type": "object", "properties": members, "required": ["type", "key"]}));
    }

    #[test]
    fn a_member_of_both_parts_satisfies_both() {
        let schema = json!({"allOf": [
            {"$ref": "#/components/schemas/base"},
            {"properties": {"type": {"enum": ["build"]}}},
        ]});
        let members = json!({"type": {"type": "string", "enum": ["build"]}});
        assert_flat(&schema, &json!({"type": "object", "properties": members, "required": ["type"]}));
    }

    #[test]
    fn one_closed_part_closes_the_whole_and_enums_intersect() {
        let schema = json!({"allOf": [
            {"additionalProperties": false, "enum": [1, 2]},
            {"additionalProperties": true, "enum": [2, 3]},
        ]});
        assert_flat(&schema, &json!({"additionalProperties": false, "enum": [2]}));
    }

    #[test]
    fn a_schema_that_contains_itself_is_refused() {
        let document = json!({"round": {"allOf": [{"$ref": "#/round"}]}});
        let error = flatten(&document, &json!({"$ref": "#/round"})).expect_err("a circle");
        assert!(error.to_string().contains("contains itself"), "{error}");
    }
}
