//! OpenAPI documents as JSON: reading, JSON pointers, references.

use crate::{Error, read};
use serde_json::Value;
use std::path::Path;

/// Our document.
pub const DOCUMENT: &str = "spec/openapi.json";

/// The keys of a path item that are operations.
pub const METHODS: [&str; 8] = ["delete", "get", "head", "options", "patch", "post", "put", "trace"];

/// Reads an OpenAPI 3.0 document.
///
/// # Errors
/// [`Error::Unusable`] when the file is not readable, not JSON, or not OpenAPI 3.0.
pub fn load(path: &Path) -> Result<Value, Error> {
    let unusable = |what: String| Error::Unusable(format!("{}: {what}", path.display()));
    let document: Value = serde_json::from_str(&read(path)?).map_err(|error| unusable(format!("not JSON: {error}")))?;
    match document["openapi"].as_str() {
        Some(version) if version.starts_with("3.0") => {}
        Some(version) => return Err(unusable(format!("expected OpenAPI 3.0, got {version}"))),
        None => {
            let got = document["swagger"].as_str().map(|version| format!("Swagger {version}"));
            let got = got.unwrap_or_else(|| "JSON without the member openapi".to_owned());
            return Err(unusable(format!("expected OpenAPI 3.0, got {got}")));
        }
    }
    if !document["paths"].is_object() {
        return Err(unusable("expected an object of paths".to_owned()));
    }
    Ok(document)
}

/// A member's name as a token of a JSON pointer.
#[must_use]
pub fn token(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}

/// The pointer to a member.
#[must_use]
pub fn member(pointer: &str, name: &str) -> String {
    format!("{pointer}/{}", token(name))
}

/// The pointer in a `$ref` object, without its `#`.
#[must_use]
pub fn reference(value: &Value) -> Option<&str> {
    value.get("$ref")?.as_str()?.strip_prefix('#')
}

/// A name for the target of a reference: that of the component, or one made from the pointer.
#[must_use]
pub fn component(pointer: &str) -> String {
    let way = pointer.strip_prefix("/components/schemas/").unwrap_or(pointer.trim_start_matches('/'));
    way.replace('/', ".").replace("~1", "/").replace("~0", "~")
}

/// A `$ref` object.
#[must_use]
pub fn refer(section: &str, name: &str) -> Value {
    serde_json::json!({ "$ref": format!("#/components/{section}/{}", token(name)) })
}

/// Follows references to their final target.
///
/// # Errors
/// [`Error::Unusable`] for a reference that is dangling, circular, or leads out of the document.
pub fn resolve<'a>(document: &'a Value, value: &'a Value) -> Result<&'a Value, Error> {
    let mut current = value;
    for _ in 0..32 {
        let Some(name) = current.get("$ref") else {
            return Ok(current);
        };
        current = reference(current)
            .and_then(|pointer| document.pointer(pointer))
            .ok_or_else(|| Error::Unusable(format!("the reference {name} leads nowhere")))?;
    }
    Err(Error::Unusable(format!("the reference {} leads to itself", value["$ref"])))
}

/// The members of an object; empty for anything else.
pub fn members(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().into_iter().flatten()
}
