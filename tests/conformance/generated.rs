//! The generated code has every operation of the document, and types with the document's JSON Schema.

use std::collections::BTreeSet;

use bitbucket_build_status::{
    CommitHash, Key, RepoSlug, ReportedState, State, Timestamp, Workspace,
    generated::{Client, types},
};
use serde_json::{Map, Value, json};

use super::document::{DOCUMENT, members, operations};

/// Refers to a generated method for each name, so that a missing one does not compile, and returns the names.
macro_rules! generated_methods {
    ($($name:ident),*) => {{
        $(let _ = Client::$name;)*
        BTreeSet::from([$(stringify!($name)),*])
    }};
}

#[test]
fn every_operation_has_a_generated_method() {
    let methods = generated_methods!(
        list_commit_statuses,
        create_build_status,
        get_build_status,
        update_build_status,
        list_pull_request_statuses
    );
    let documented: BTreeSet<_> =
        operations().into_iter().map(|(_, _, operation)| operation["operationId"].as_str().expect("a name")).collect();
    assert_eq!(methods, documented, "edit the list in tests/conformance/generated.rs");
}

/// Returns the JSON Schema derived from each generated type.
macro_rules! derived_schemas {
    ($($name:ident),*) => {
        vec![$((stringify!($name), schemars::schema_for!(types::$name).to_value())),*]
    };
}

fn derived() -> Vec<(&'static str, Value)> {
    derived_schemas!(
        BuildStatus,
        BuildStatusCreate,
        BuildStatusLinks,
        BuildStatusPage,
        BuildStatusUpdate,
        BuildStatusUpdateLink,
        BuildStatusUpdateLinks,
        CommitLinks,
        ErrorResponse,
        ErrorDetails,
        Link,
        RepositoryLinks,
        StatusCommit,
        StatusRepository
    )
}

#[test]
fn the_json_schemas_of_ids_have_the_limits_of_the_document_and_one_sentence() {
    let table = [
        ("workspace", schemars::schema_for!(Workspace)),
        ("repo_slug", schemars::schema_for!(RepoSlug)),
        ("commit", schemars::schema_for!(CommitHash)),
        ("key", schemars::schema_for!(Key)),
    ];
    for (parameter, derived) in table {
        let mut derived = derived.to_value();
        let members = derived.as_object_mut().expect("an object");
        let sentence = members.remove("description").expect("a description");
        let sentence = sentence.as_str().expect("text");
        assert!(sentence.ends_with('.') && sentence.matches(". ").count() == 0, "{parameter}: {sentence}");
        members.retain(|name, _| !["$schema", "title"].contains(&name.as_str()));
        let documented = &DOCUMENT["components"]["parameters"][parameter]["schema"];
        assert_eq!(&derived, documented, "{parameter}: edit the limits in src/id.rs");
    }
}

#[test]
fn no_description_in_a_json_schema_is_longer_than_a_paragraph() {
    for (name, derived) in derived() {
        assert!(!derived.to_string().contains("```"), "{name} describes itself with examples: {derived:#}");
    }
    for derived in
        [schemars::schema_for!(State), schemars::schema_for!(ReportedState), schemars::schema_for!(Timestamp)]
    {
        let sentence = derived.get("description").and_then(Value::as_str).expect("a description");
        assert!(sentence.ends_with('.') && !sentence.contains('\n'), "{sentence}");
    }
}

fn names(list: Option<&Value>) -> BTreeSet<String> {
    let list = list.and_then(Value::as_array).into_iter().flatten();
    list.filter_map(|name| Some(name.as_str()?.to_owned())).collect()
}

#[test]
fn every_object_of_the_document_is_compared() {
    let schemas = DOCUMENT["components"]["schemas"].as_object().expect("schemas");
    let objects: BTreeSet<_> =
        schemas.iter().filter(|(_, schema)| schema["type"] == "object").map(|(name, _)| name.as_str()).collect();
    assert_eq!(derived().iter().map(|(name, _)| *name).collect::<BTreeSet<_>>(), objects);
}

#[test]
fn a_generated_type_has_the_members_its_schema_has() {
    for (name, derived) in derived() {
        let found: BTreeSet<_> = derived["properties"].as_object().into_iter().flat_map(Map::keys).collect();
        assert_eq!(found, members(name).keys().collect(), "{name}");
    }
}

#[test]
fn a_generated_type_requires_the_members_its_schema_requires() {
    for (name, derived) in derived() {
        let documented = names(DOCUMENT["components"]["schemas"][name].get("required"));
        assert_eq!(names(derived.get("required")), documented, "{name}");
    }
}

#[test]
fn an_optional_member_of_a_generated_type_may_be_null_and_a_required_one_may_not() {
    for (name, derived) in derived() {
        let required = names(derived.get("required"));
        for (member, schema) in derived["properties"].as_object().expect("members") {
            let mut schema = schema.clone();
            schema["$defs"] = derived.get("$defs").cloned().unwrap_or_else(|| json!({}));
            let may_be_null = jsonschema::is_valid(&schema, &Value::Null);
            assert_eq!(may_be_null, !required.contains(member), "{name}.{member}: {schema}");
        }
    }
}
