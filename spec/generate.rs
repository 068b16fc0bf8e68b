//! From the document to Rust: the one function that `build.rs`, `cargo xtask codegen` and the tests share.

use progenitor::{CrateVers, GenerationSettings, Generator, HooksMode, InterfaceStyle, TagStyle, TypePatch};
use serde_json::Value;
use std::collections::BTreeMap;

/// Our own crate, which the document names by `x-rust-type` where a type is written by hand.
const CRATE: &str = "bitbucket-build-status";

/// Gives the client's source text for a document.
///
/// # Errors
/// What is wrong with the document, as the parser or the generator says it.
pub(crate) fn generate(document: &str) -> Result<String, Box<dyn std::error::Error>> {
    let mut document: Value = serde_json::from_str(document)?;
    keep_success_answers(&mut document);
    let document = sorted(document);
    let settings = settings(&document);
    let tokens = Generator::new(&settings).generate_tokens(&serde_json::from_value(document)?)?;
    Ok(prettyplease::unparse(&syn::parse2(tokens)?))
}

/// The projection *document → generator input*: only 2xx answers are handed over.
///
/// A typed error answer would lose status, headers and `Retry-After` whenever a body is not as documented,
/// and error answers of several types make the generator panic. The error conversion reads bodies itself.
pub(crate) fn keep_success_answers(document: &mut Value) {
    let paths = document["paths"].as_object_mut().into_iter().flatten();
    let operations = paths.filter_map(|(_, path)| path.as_object_mut()).flatten();
    for (_, operation) in operations {
        if let Some(answers) = operation.get_mut("responses").and_then(Value::as_object_mut) {
            answers.retain(|status, _| status.starts_with('2'));
        }
    }
}

/// Puts the members of every object in the order of their names, so that the output does not depend on the order a
/// parser keeps, and with it on features.
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
        .with_inner_type(quote::quote!(crate::hooks::CallContext))
        .with_crate(CRATE, CrateVers::Any, None)
        .with_derive("PartialEq");
    for (name, schema) in document["components"]["schemas"].as_object().into_iter().flatten() {
        let mut patch = TypePatch::default();
        patch.with_attr(r#"#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]"#);
        if schema.get("additionalProperties").is_some() {
            // What is open in the document grows with it, and must not break who reads it.
            patch.with_attr("#[non_exhaustive]");
        }
        settings.with_patch(name, &patch);
    }
    settings
}
