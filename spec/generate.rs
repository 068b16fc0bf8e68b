//! Generates Rust from the document; called by `build.rs`, `cargo xtask codegen` and the tests.

use progenitor::{CrateVers, GenerationSettings, Generator, HooksMode, InterfaceStyle, TagStyle, TypeImpl, TypePatch};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// Our own crate, with the hand-written types.
const CRATE: &str = "bitbucket-build-status";

/// The strings in the document for which this crate has a hand-written type: the pointer, and the type.
///
/// The document serves every language, so it does not name Rust types; `x-rust-type` is added before generating.
const TYPES: [(&str, &str); 7] = [
    ("/components/parameters/workspace/schema", "Workspace"),
    ("/components/parameters/repo_slug/schema", "RepoSlug"),
    ("/components/parameters/commit/schema", "CommitHash"),
    ("/components/parameters/key/schema", "Key"),
    ("/components/schemas/BuildStatusCreate/properties/key", "Key"),
    ("/components/schemas/ReportedState", "ReportedState"),
    ("/components/schemas/Timestamp", "Timestamp"),
];

/// Returns the source text of the client for a document.
///
/// # Errors
/// The error of the parser or the generator, or the pointer of [`TYPES`] that the document lacks.
pub(crate) fn generate(document: &str) -> Result<String, Box<dyn std::error::Error>> {
    let mut document: Value = serde_json::from_str(document)?;
    keep_success_responses(&mut document);
    drop_null_of_components(&mut document);
    name_types(&mut document)?;
    let document = sorted(document);
    let settings = settings(&document);
    let tokens = Generator::new(&settings).generate_tokens(&serde_json::from_value(document)?)?;
    Ok(prettyplease::unparse(&syn::parse2(tokens)?))
}

/// The first step from document to generator input: only 2xx responses are passed on.
///
/// A typed error response would lose status, headers and `Retry-After` whenever a body is not as documented,
/// and error responses of several types make the generator panic. The library reads error bodies itself.
pub(crate) fn keep_success_responses(document: &mut Value) {
    let paths = document["paths"].as_object_mut().into_iter().flatten();
    let operations = paths.filter_map(|(_, path)| path.as_object_mut()).flatten();
    for (_, operation) in operations {
        if let Some(responses) = operation.get_mut("responses").and_then(Value::as_object_mut) {
            responses.retain(|status, _| status.starts_with('2'));
        }
    }
}

/// The second step: components are not null themselves.
///
/// The generator would wrap such a component in a type of its own. Only optional members refer to them (`spec lint`
/// checks that), and an optional member is an `Option`, which reads null as well.
pub(crate) fn drop_null_of_components(document: &mut Value) {
    let schemas = document["components"]["schemas"].as_object_mut().into_iter().flatten();
    for (_, schema) in schemas {
        if let Some(schema) = schema.as_object_mut() {
            schema.remove("nullable");
        }
    }
}

/// The third step: names the hand-written types.
///
/// # Errors
/// The dangling pointer: if something was renamed in the document, it must be renamed in [`TYPES`] too.
pub(crate) fn name_types(document: &mut Value) -> Result<(), String> {
    for (pointer, name) in TYPES {
        let schema = document.pointer_mut(pointer).ok_or_else(|| {
            format!("spec/generate.rs: {pointer}, whose type is {name}, is not in the document; was it renamed?")
        })?;
        let path = format!("{}::{name}", CRATE.replace('-', "_"));
        schema["x-rust-type"] = json!({"crate": CRATE, "version": "*", "path": path});
    }
    Ok(())
}

/// Sorts the members of every object by name, so that the output does not depend on the features of `serde_json`.
pub(crate) fn sorted(value: Value) -> Value {
    match value {
        Value::Object(object) => {
            let members: BTreeMap<_, _> = object.into_iter().map(|(name, value)| (name, sorted(value))).collect();
            Value::Object(members.into_iter().collect())
        }
        Value::Array(items) => items.into_iter().map(sorted).collect(),
        other => other,
    }
}

fn settings(document: &Value) -> GenerationSettings {
    let mut settings = GenerationSettings::new();
    settings
        .with_interface(InterfaceStyle::Positional)
        .with_tag(TagStyle::Merged)
        .with_hooks(HooksMode::Expected)
        .with_inner_type(quote::quote!(crate::generated::Context))
        .with_crate(CRATE, CrateVers::Any, None)
        // Written by hand for its documentation and errors; a test compares its variants with the document.
        .with_replacement(
            "State",
            "::bitbucket_build_status::State",
            [TypeImpl::Display, TypeImpl::FromStr].into_iter(),
        )
        .with_derive("PartialEq");
    for (name, schema) in document["components"]["schemas"].as_object().into_iter().flatten() {
        let mut patch = TypePatch::default();
        patch.with_attr(r#"#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]"#);
        if schema.get("additionalProperties").is_some() {
            // An object that is open in the document may grow, which must not break code that reads it.
            patch.with_attr("#[non_exhaustive]");
        }
        settings.with_patch(name, &patch);
    }
    settings
}

#[cfg(test)]
mod tests {
    use super::{drop_null_of_components, keep_success_responses, name_types, sorted};
    use serde_json::json;

    #[test]
    fn only_success_responses_reach_the_generator() {
        let responses = json!({"200": {}, "2XX": {}, "301": {}, "404": {}, "default": {}});
        let mut document = json!({"paths": {"/": {"parameters": [], "get": {"responses": responses}}}});
        keep_success_responses(&mut document);
        assert_eq!(document["paths"]["/"]["get"]["responses"], json!({"200": {}, "2XX": {}}));
    }

    #[test]
    fn a_component_that_may_be_null_is_a_plain_type_and_its_members_stay_as_they_are() {
        let member = json!({"type": "string", "nullable": true});
        let schema = json!({"type": "object", "nullable": true, "properties": {"name": member}});
        let mut document = json!({"components": {"schemas": {"Link": schema}}});
        drop_null_of_components(&mut document);
        let expected = json!({"type": "object", "properties": {"name": member}});
        assert_eq!(document["components"]["schemas"]["Link"], expected);
    }

    #[test]
    fn a_parameter_that_was_renamed_is_named_instead_of_losing_its_type() {
        let mut document: serde_json::Value = serde_json::from_str(include_str!("openapi.json")).expect("JSON");
        let parameters = document["components"]["parameters"].as_object_mut().expect("parameters");
        let renamed = parameters.remove("repo_slug").expect("the parameter");
        parameters.insert("repo".to_owned(), renamed);
        let problem = name_types(&mut document).expect_err("a pointer that leads nowhere");
        let expected = "spec/generate.rs: /components/parameters/repo_slug/schema, whose type is RepoSlug, is not in \
                        the document; was it renamed?";
        assert_eq!(problem, expected);
    }

    #[test]
    fn members_are_sorted_at_every_depth() {
        let document = serde_json::from_str(r#"{"b": [{"d": 1, "c": 2}], "a": 0}"#).expect("JSON");
        assert_eq!(sorted(document).to_string(), r#"{"a":0,"b":[{"c":2,"d":1}]}"#);
    }
}
