//! Changes of the published document that are better described by one sentence than by a list of differences.

use super::{
    document::{component, members, refer, reference, resolve, token},
    operations::{OPERATIONS, Operation, Operations, Use},
    trim::shape,
};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// A body or response whose published schema has changed.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Moved {
    /// The schema so far.
    pub(super) was: String,
    /// The schema now.
    pub(super) published: String,
    /// Our name for the schema of this use.
    pub(super) ours: String,
    /// The use.
    pub(super) usage: Use,
    whose: String,
}

/// The bodies and responses of our operations with a schema that `operations.toml` does not name for this use.
pub(super) fn moved(ours: &Value, upstream: &Value, operations: &Operations) -> Vec<Moved> {
    let mut found = BTreeSet::new();
    for wanted in &operations.operations {
        let [ours, published] = [ours, upstream].map(|document| &document["paths"][&wanted.path][&wanted.method]);
        let usage = Use::body(&wanted.method);
        let whose = match usage {
            Use::Post => "the creation".to_owned(),
            Use::Put => "the update".to_owned(),
            _ => format!("the body of {}", wanted.id),
        };
        let body = |operation: &Value| operation["requestBody"].clone();
        let mut compare = |of: &dyn Fn(&Value) -> Value, usage: Use, whose: String| {
            let (ours, published) = (schema(&of(ours))?, schema(&resolve(upstream, &of(published)).ok()?.clone())?);
            let was = operations.published(&ours, usage)?;
            if operations.own_name(&published, usage).is_none() {
                let (was, ours) = (was.to_owned(), ours.clone());
                found.insert(Moved { was, published, ours, usage, whose });
            }
            Some(())
        };
        let _unlike = compare(&body, usage, whose);
        for (status, _) in members(&ours["responses"]).filter(|(status, _)| status.starts_with('2')) {
            let response = |operation: &Value| operation["responses"][status].clone();
            let _unlike = compare(&response, Use::Response, format!("the response {status} of {}", wanted.id));
        }
    }
    found.into_iter().collect()
}

/// The published document with each inline schema of a body or success response moved to a component, so that it is
/// compared like any other component.
pub(super) fn with_names(upstream: &Value, operations: &Operations) -> Value {
    let mut named = upstream.clone();
    for wanted in &operations.operations {
        let operation = &upstream["paths"][&wanted.path][&wanted.method];
        let success = members(&operation["responses"]).filter(|(status, _)| status.starts_with('2'));
        let success = success.map(|(status, _)| (format!("/responses/{status}"), format!("{}_{status}", wanted.id)));
        for (at, name) in success.chain([("/requestBody".to_owned(), format!("{}_body", wanted.id))]) {
            let pointer =
                format!("/paths/{}/{}{at}/content/application~1json/schema", token(&wanted.path), wanted.method);
            let is_object = |schema: &&mut Value| schema.get("allOf").or(schema.get("properties")).is_some();
            if let Some(schema) = named.pointer_mut(&pointer).filter(is_object) {
                let schema = std::mem::replace(schema, refer("schemas", &name));
                named["components"]["schemas"][&name] = schema;
            }
        }
    }
    named
}

/// The component to which a body or a response refers.
fn schema(holder: &Value) -> Option<String> {
    Some(component(reference(&holder["content"]["application/json"]["schema"])?))
}

/// The moved uses as sentences: a schema was renamed, or split into two.
pub(super) fn in_words(moved: &[Moved], upstream: &Value) -> Vec<String> {
    let mut whose: BTreeMap<(&str, &str), Vec<&str>> = BTreeMap::new();
    for each in moved {
        whose.entry((&each.was, &each.published)).or_default().push(&each.whose);
    }
    let successors = |was: &str| whose.keys().filter(|(other, _)| *other == was).count();
    let sentence = |(&(was, published), whose): (&(&str, &str), &Vec<&str>)| {
        if upstream["components"]["schemas"].get(was).is_none() && successors(was) == 1 {
            return format!(
                "the published document has no schema {was} any more; {published} is used in its place. If it was only \
                 renamed, change the name in {OPERATIONS} first"
            );
        }
        let all = whose.join(", ");
        let uses = if whose.len() == 1 { "uses" } else { "use" };
        format!("{all} now {uses} {published} instead of {was}; it is compared with ours. Add its name to {OPERATIONS}")
    };
    whose.iter().map(sentence).collect()
}

/// The path parameters that were renamed in one of our paths, each once.
pub(super) fn renamed_parameters(upstream: &Value, operations: &Operations) -> Vec<String> {
    let mut renamed = BTreeSet::new();
    for Operation { path, .. } in &operations.operations {
        if upstream["paths"].get(path).is_some() {
            continue;
        }
        let alike = members(&upstream["paths"]).filter(|(other, _)| shape(other) == shape(path));
        for (before, after) in alike.flat_map(|(other, _)| path.split('/').zip(other.split('/'))) {
            if before != after {
                renamed.insert(format!("did `{before}` become `{after}`?"));
            }
        }
    }
    renamed.into_iter().collect()
}

/// Whether a path is one of ours or a new one of their family: it is about statuses, and not one of ours with renamed
/// parameters.
pub(super) fn is_family(path: &str, operations: &Operations) -> bool {
    let ours = |of: &dyn Fn(&str) -> bool| operations.operations.iter().any(|operation| of(&operation.path));
    ours(&|known| known == path)
        || (path.split('/').any(|segment| segment == "statuses") && !ours(&|known| shape(known) == shape(path)))
}

/// Words that announce a removal.
const ENDS: [&str; 4] = ["deprecat", "sunset", "will be removed", "no longer supported"];

/// The prose in our part of the published document that announces a removal.
pub(super) fn deprecations(present: &Value) -> Vec<String> {
    let mut hints = Vec::new();
    prose("", present, &mut hints);
    hints
}

fn prose(pointer: &str, value: &Value, hints: &mut Vec<String>) {
    for (name, inner) in members(value) {
        let at = super::document::member(pointer, name);
        match inner.as_str() {
            Some(text) if matches!(name.as_str(), "description" | "summary" | "title") => {
                let lower = text.to_lowercase();
                if let Some(found) = ENDS.iter().find_map(|word| lower.find(word)) {
                    hints.push(format!("{at} says: {}", sentence(text, found)));
                }
            }
            _ => prose(&at, inner, hints),
        }
    }
    for (index, inner) in value.as_array().into_iter().flatten().enumerate() {
        prose(&format!("{pointer}/{index}"), inner, hints);
    }
}

/// The sentence around a position in a text, on one line.
fn sentence(text: &str, position: usize) -> String {
    let before = text.char_indices().take_while(|(index, _)| *index < position).collect::<Vec<_>>();
    let start = before.iter().rev().find(|(_, letter)| ".\n".contains(*letter)).map_or(0, |(index, _)| index + 1);
    let rest: String = text.get(start..).unwrap_or(text).trim_start().chars().take(200).collect();
    let end = rest.find(['.', '\n']).map_or(rest.len(), |index| index + 1);
    rest[..end].split_whitespace().collect::<Vec<_>>().join(" ")
}
