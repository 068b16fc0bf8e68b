//! `cargo xtask spec overlay`: our corrections as an OpenAPI Overlay on the published document.

use super::{
    document::{DOCUMENT, METHODS, load, members},
    watch::PUBLISHED,
};
use crate::{Outcome, error::fail_if_any, repository, show, write};
use serde_json::{Value, json};
use std::path::PathBuf;

/// Exports our corrections as an OpenAPI Overlay 1.0 on the published document: each of our operations and each schema
/// that they use is replaced.
#[derive(clap::Args)]
pub struct Arguments {
    /// Write to this file instead of to the standard output.
    #[arg(short, long)]
    output: Option<PathBuf>,
}

/// Runs the command.
///
/// # Errors
/// [`Error::Unusable`](crate::Error::Unusable) if our document cannot be read or the file cannot be written.
pub fn run(arguments: &Arguments) -> Outcome {
    let text = format!("{:#}\n", overlay(&load(&repository().join(DOCUMENT))?));
    match &arguments.output {
        Some(file) => write(file, &text),
        None => show(&text),
    }
}

/// The overlay that makes our part of the published document ours.
#[must_use]
pub fn overlay(ours: &Value) -> Value {
    let mut actions = Vec::new();
    for (path, item) in members(&ours["paths"]) {
        let target = format!("$.paths['{path}']");
        let mine = members(item).filter(|(key, _)| METHODS.contains(&key.as_str()) || *key == "parameters");
        // Merging appends to lists, so the published value is removed first.
        actions.extend(mine.map(|(key, _)| json!({"target": format!("{target}.{key}"), "remove": true})));
        actions.push(json!({"target": target, "update": item}));
    }
    for (section, named) in members(&ours["components"]) {
        let target = |(name, _): (&String, &Value)| format!("$.components.{section}['{name}']");
        actions.extend(members(named).map(target).map(|target| json!({"target": target, "remove": true})));
    }
    actions.push(json!({"target": "$.components", "update": ours["components"]}));
    json!({
        "overlay": "1.0.0",
        "info": {
            "title": "Corrections of Bitbucket Cloud's commit statuses",
            "version": ours["info"]["version"],
        },
        "extends": PUBLISHED,
        "actions": actions,
    })
}

/// Checks that a document to which the overlay was applied has our operations and components exactly as ours has them.
///
/// # Errors
/// [`Error::CheckFailed`](crate::Error::CheckFailed) with each difference.
pub fn check_applied(ours: &Value, applied: &Value) -> Outcome {
    let mut findings = Vec::new();
    for (path, item) in members(&ours["paths"]) {
        for (key, value) in members(item) {
            if applied["paths"][path].get(key) != Some(value) {
                findings.push(format!("/paths/{path}/{key}: not as in {DOCUMENT} after the overlay"));
            }
        }
    }
    for (section, named) in members(&ours["components"]) {
        for (name, value) in members(named) {
            if applied["components"][section].get(name) != Some(value) {
                findings.push(format!("/components/{section}/{name}: not as in {DOCUMENT} after the overlay"));
            }
        }
    }
    fail_if_any(&findings)
}
