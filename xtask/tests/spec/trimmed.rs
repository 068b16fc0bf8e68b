use crate::support::{ONE, on_each_published, operations, ours, read, remove, small, value_at};
use serde_json::{Map, Value, json};
use xtask::{
    codegen::generate,
    spec::{
        compare::{Difference, compare},
        document::{METHODS, members},
        normal::Normal,
        trim::trim,
    },
};

#[test]
fn five_operations_are_kept_under_our_names() {
    on_each_published(|published| {
        let trimmed = trim(published, &operations()).expect("all operations are there");
        let items = members(&trimmed["paths"]).flat_map(|(_, item)| members(item));
        let mut ids: Vec<_> = items
            .filter(|(method, _)| METHODS.contains(&method.as_str()))
            .filter_map(|(_, operation)| operation["operationId"].as_str())
            .collect();
        ids.sort_unstable();
        let expected = ["create_build_status", "get_build_status", "list_commit_statuses"];
        assert_eq!(ids, [&expected[..], &["list_pull_request_statuses", "update_build_status"]].concat());
    });
}

#[test]
fn every_schema_is_one_that_our_operations_use() {
    on_each_published(|published| {
        let trimmed = trim(published, &operations()).expect("all operations are there");
        let text = trimmed.to_string();
        for (name, _) in members(&trimmed["components"]["schemas"]) {
            assert!(text.contains(&format!("\"#/components/schemas/{name}\"")), "nothing refers to {name}");
        }
        assert!(!text.contains("allOf"), "allOf is merged");
    });
}

#[test]
fn a_missing_operation_is_named() {
    let mut published = read(&small());
    remove(&mut published, "/paths", ONE);
    let error = trim(&published, &operations()).expect_err("two operations are missing");
    let text = error.to_string();
    assert!(text.contains("the operation get_build_status (GET "), "{text}");
    assert!(text.contains("the operation update_build_status (PUT "), "{text}");
}

#[test]
fn a_schema_that_refers_to_itself_is_kept_by_name() {
    let mut published = read(&small());
    let properties = value_at(&mut published, "/components/schemas/commitstatus/allOf/1/properties");
    properties["repository"] = json!({"$ref": "#/components/schemas/repository"});
    let trimmed = trim(&published, &operations()).expect("all operations are there");
    let parent = &trimmed["components"]["schemas"]["repository"]["properties"]["parent"];
    assert_eq!(parent, &json!({"$ref": "#/components/schemas/repository"}));
}

#[test]
fn a_dangling_reference_is_an_error() {
    let mut published = read(&small());
    remove(&mut published, "/components/schemas", "link");
    remove(&mut published, "/components/schemas", "object");
    let error = trim(&published, &operations()).expect_err("object is gone");
    assert!(error.to_string().contains("\"#/components/schemas/object\" leads nowhere"), "{error}");
}

#[test]
fn the_published_document_with_the_differences_is_ours_and_passes_the_generator() {
    let snapshot = generate(&ours().to_string()).expect("our document passes the generator");
    on_each_published(|published| {
        let trimmed = trim(published, &operations()).expect("all operations are there");
        let (ours, trimmed) = (normal(&ours()), normal(&trimmed));
        let mut patched = trimmed.structure.clone();
        for difference in compare(&ours, &trimmed) {
            apply(&mut patched, &difference);
        }
        assert_eq!(patched, ours.structure);
        let generated = generate(&document(&patched).to_string()).expect("the patched document passes the generator");
        let (left, right) = (lines_without_prose(&generated), lines_without_prose(&snapshot));
        let differing: Vec<_> = left.iter().zip(&right).filter(|(left, right)| left != right).take(3).collect();
        assert!(differing.is_empty(), "{differing:#?}");
        assert_eq!(left.len(), right.len());
    });
}

#[track_caller]
fn normal(document: &Value) -> Normal {
    Normal::of(document).expect("references that lead somewhere")
}

/// Applies our side of a difference.
#[track_caller]
fn apply(structure: &mut Value, difference: &Difference) {
    let unescaped = |token: &str| token.replace("~1", "/").replace("~0", "~");
    let mut tokens: Vec<_> = difference.position.split('/').skip(1).map(unescaped).collect();
    let name = tokens.pop().expect("a pointer");
    let parent = tokens.iter().fold(structure, |value, token| &mut value[token]);
    match &difference.ours {
        Some(value) => parent[&name] = value.clone(),
        None => drop(parent.as_object_mut().and_then(|object| object.remove(&name))),
    }
}

/// A structure as a document: parameters in lists, and the descriptions that OpenAPI demands.
fn document(structure: &Value) -> Value {
    let mut document = structure.clone();
    let items = document["paths"].as_object_mut().into_iter().flatten();
    for (_, operation) in items.filter_map(|(_, item)| item.as_object_mut()).flatten() {
        let parameters = operation["parameters"].as_object().cloned().unwrap_or_default();
        operation["parameters"] = parameters.into_iter().map(|(_, parameter)| parameter).collect();
        described(&mut operation["responses"]);
    }
    described(&mut document["components"]["responses"]);
    document["openapi"] = json!("3.0.3");
    document["info"] = json!({"title": "", "version": "2.0"});
    document["servers"] = json!([]);
    document
}

fn described(responses: &mut Value) {
    let responses = responses.as_object_mut().map(Map::values_mut).into_iter().flatten();
    for response in responses.filter(|response| response.get("$ref").is_none()) {
        response["description"] = json!("");
    }
}

/// The lines of generated code without doc comments, sorted: a structure does not define the order of enum values.
fn lines_without_prose(code: &str) -> Vec<&str> {
    let mut inside = false;
    let mut lines = Vec::new();
    for line in code.lines() {
        let text = line.trim_start();
        inside |= text.starts_with("/**");
        if !inside && !text.starts_with("///") {
            lines.push(line);
        }
        inside &= !text.ends_with("*/");
    }
    lines.sort_unstable();
    lines
}
