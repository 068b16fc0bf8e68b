//! `cargo xtask spec lint`: what the generator, rustdoc and readers need of our document.

pub mod evidence;
mod records;

use self::evidence::Dated;
use super::{
    deviations::Deviations,
    document::{DOCUMENT, METHODS, load, member, members, reference},
    operations::{OPERATIONS, Operation, Operations},
    schemas,
};
use crate::{Error, Outcome, error::fail_if_any, read, repository};
use chrono::{Months, NaiveDate, Utc};
use serde_json::Value;
use std::{collections::BTreeMap, path::Path};

/// Checks the document, and the records of deviations, for what the generator, rustdoc and their readers need.
#[derive(clap::Args)]
pub struct Arguments {}

/// Runs the command.
///
/// # Errors
/// [`Error::CheckFailed`] with every finding.
pub fn run(_: &Arguments) -> Outcome {
    check(&repository())
}

/// Checks the files of a repository.
///
/// # Errors
/// [`Error::CheckFailed`] with every finding, [`Error::Unusable`] if a file cannot be read.
pub fn check(root: &Path) -> Outcome {
    let document = load(&root.join(DOCUMENT))?;
    let operations = Operations::load(root)?;
    let mut findings = lint(&document, &operations);
    let readme = read(&root.join("spec/README.md"))?;
    let deviations = Deviations::load(root)?;
    let today = Utc::now().date_naive();
    // Without its path, each record below it would be a finding, too.
    if operation_ids(&document, &operations).is_empty() {
        findings.extend(records::lint(&document, &deviations, &readme, today)?);
    }
    let dated = records::dated(&deviations).chain(evidence::sandbox(root)?);
    for note in outdated(dated, today) {
        println!("{note}");
    }
    fail_if_any(&findings)
}

/// The findings about a document, a sentence each.
#[must_use]
pub fn lint(document: &Value, operations: &Operations) -> Vec<String> {
    let mut findings = operation_ids(document, operations);
    findings.extend(type_names(document));
    findings.extend(inline_types(document));
    findings.extend(code_fences("", document));
    findings.extend(closed_responses(document));
    findings.extend(null_components(document));
    findings.iter().map(|finding| format!("{DOCUMENT}: {finding}")).collect()
}

/// The findings about the records of deviations, a sentence each.
///
/// # Errors
/// [`Error::Unusable`] for a dangling reference in the document.
pub fn lint_records(
    document: &Value,
    deviations: &Deviations,
    readme: &str,
    today: NaiveDate,
) -> Result<Vec<String>, Error> {
    records::lint(document, deviations, readme, today)
}

/// The deviations, rules and assumptions whose newest evidence is older than a year, oldest first, a sentence each.
/// These are not findings: a gate must not fail because time passes.
#[must_use]
pub fn outdated(dated: impl IntoIterator<Item = Dated>, today: NaiveDate) -> Vec<String> {
    let limit = today - Months::new(12);
    let mut old: Vec<_> = dated.into_iter().filter(|each| each.date < limit).collect();
    old.sort();
    old.iter().map(|Dated { date, what }| format!("{what}: the last evidence is of {date}; look for newer")).collect()
}

/// The deviations that have a date.
pub fn dated(deviations: &Deviations) -> impl Iterator<Item = Dated> {
    records::dated(deviations)
}

/// Operation ids: the generator names its methods after them, and `operations.toml` lists them.
fn operation_ids(document: &Value, operations: &Operations) -> Vec<String> {
    let mut findings = Vec::new();
    let mut seen = BTreeMap::new();
    for (path, item) in members(&document["paths"]) {
        for method in METHODS {
            let Some(operation) = item.get(method) else { continue };
            let at = member(&member("/paths", path), method);
            let listed = operations.operations.iter().find(|listed| listed.path == *path && listed.method == method);
            match (operation["operationId"].as_str(), listed) {
                (None, _) => findings.push(format!("{at}: no operationId")),
                (Some(id), None) => {
                    findings.push(format!("{at}: {id} is not in {OPERATIONS}; add it, or edit its path there"));
                }
                (Some(id), Some(listed)) if listed.id != id => {
                    findings.push(format!("{at}: expected the operationId {} of {OPERATIONS}, got {id}", listed.id));
                }
                (Some(id), Some(_)) => {
                    if let Some(other) = seen.insert(id, at.clone()) {
                        findings.push(format!("{at}: the operationId {id} is that of {other}"));
                    }
                }
            }
        }
    }
    let absent =
        operations.operations.iter().filter(|listed| document["paths"][&listed.path].get(&listed.method).is_none());
    findings.extend(absent.map(|Operation { id, method, path }| {
        format!("/paths: expected {} {path}, which {OPERATIONS} names {id}, got none", method.to_uppercase())
    }));
    findings
}

/// Two schemas with the same name in Rust would silently become one type.
fn type_names(document: &Value) -> Vec<String> {
    let mut findings = Vec::new();
    let mut seen: BTreeMap<String, &String> = BTreeMap::new();
    for (name, _) in members(&document["components"]["schemas"]) {
        let plain = name.starts_with(|first: char| first.is_ascii_uppercase())
            && name.chars().all(|letter| letter.is_ascii_alphanumeric());
        if !plain {
            findings.push(format!("/components/schemas/{name}: expected a name like BuildStatus"));
        }
        let folded = name.to_lowercase().replace(['_', '-'], "");
        if let Some(other) = seen.insert(folded, name) {
            findings.push(format!("/components/schemas/{name}: the same type name as {other}"));
        }
    }
    findings
}

/// An inline type would get an invented name, and none of the optional derives.
fn inline_types(document: &Value) -> Vec<String> {
    let made = |schema: &Value| {
        let keyword = ["properties", "enum", "allOf", "anyOf", "oneOf"].into_iter();
        keyword.into_iter().find(|keyword| schema.get(keyword).is_some())
    };
    let named = |pointer: &str| pointer.strip_prefix("/components/schemas/").is_some_and(|rest| !rest.contains('/'));
    let inline = schemas::all(document).into_iter().filter(|(pointer, _)| !named(pointer));
    let findings = inline.filter_map(|(pointer, schema)| {
        made(schema).map(|keyword| format!("{pointer}: {keyword} inline; make it a component with a name"))
    });
    findings.collect()
}

/// Rustdoc would compile and run a code block without a language, fenced or indented, as Rust.
fn code_fences(pointer: &str, value: &Value) -> Vec<String> {
    let mut findings = Vec::new();
    for (name, inner) in members(value) {
        findings.extend(code_fences(&member(pointer, name), inner));
    }
    for (index, inner) in value.as_array().into_iter().flatten().enumerate() {
        findings.extend(code_fences(&format!("{pointer}/{index}"), inner));
    }
    if value.as_str().is_some_and(has_rust_for_rustdoc) {
        findings.push(format!("{pointer}: label the code block with its language, such as ```text"));
    }
    findings
}

fn has_rust_for_rustdoc(prose: &str) -> bool {
    let (mut fenced, mut after_blank) = (false, true);
    for line in prose.lines() {
        let text = line.trim_start();
        if let Some(label) = text.strip_prefix("```").or(text.strip_prefix("~~~")) {
            if !fenced && (label.trim().is_empty() || label.contains("rust") || label.contains("ignore")) {
                return true;
            }
            fenced = !fenced;
        } else if !fenced && after_blank && !text.is_empty() && (line.starts_with("    ") || line.starts_with('\t')) {
            return true;
        }
        after_blank = text.is_empty();
    }
    false
}

/// A component that may be null is a plain type in Rust. Only an `Option` reads its null, so the member must be
/// optional.
fn null_components(document: &Value) -> Vec<String> {
    let mut findings = Vec::new();
    let is_null = |pointer: &str| document.pointer(pointer).is_some_and(|target| target["nullable"] == true);
    for (pointer, schema) in schemas::all(document) {
        let Some(target) = reference(schema).filter(|target| is_null(target)) else { continue };
        let optional = pointer.rsplit_once("/properties/").is_some_and(|(owner, name)| {
            let required = document.pointer(owner).and_then(|owner| owner["required"].as_array());
            !name.contains('/') && !required.into_iter().flatten().any(|required| required == name)
        });
        if !optional {
            findings.push(format!("{pointer}: only an optional member may refer to {target}, which may be null"));
        }
    }
    findings
}

/// With a closed object, the entire response would be refused once a member is added.
fn closed_responses(document: &Value) -> Vec<String> {
    let closed =
        schemas::of_responses(document).into_iter().filter(|(_, schema)| schema["additionalProperties"] == false);
    closed
        .map(|(pointer, _)| format!("{pointer}: closed, and part of a response; write \"additionalProperties\": {{}}"))
        .collect()
}
