use crate::support::{
    LIST, ONE, STATUS, assert_reported, deviations, on_each_published, operation, operations, read, remove, report,
    small, value_at,
};
use serde_json::{Value, json};
use xtask::spec::{
    compare::compare,
    deviations::{Deviations, classify, entry},
    normal::Normal,
    trim::trim,
};

#[test]
fn an_operation_that_is_not_an_object_is_ignored() {
    for nothing in [Value::Null, json!("put"), json!([]), json!(true)] {
        on_each_published(|published| {
            let mut changed = published.clone();
            value_at(&mut changed, "/paths")[ONE]["put"] = nothing.clone();
            let absent = report(&changed).absent;
            assert!(absent[0].starts_with("the operation update_build_status "), "{absent:?}");
            assert!(absent[0].ends_with(" is not in the document"), "{absent:?}");
        });
    }
}

#[test]
fn a_schema_renamed_is_named_before_its_members() {
    on_each_published(|published| {
        let renamed = published.to_string().replace("schemas/commitstatus\"", "schemas/status\"");
        let mut changed: Value = serde_json::from_str(&renamed).expect("JSON");
        let schema = remove(&mut changed, "/components/schemas", "commitstatus");
        changed["components"]["schemas"]["status"] = schema;
        let first = report(&changed).text().lines().next().map(str::to_owned).expect("a line");
        assert!(first.starts_with("the published document has no schema commitstatus any more; "), "{first}");
        assert!(first.ends_with("change the name in spec/operations.toml first"), "{first}");
    });
}

#[test]
fn a_server_of_a_path_is_that_of_its_operations() {
    assert_reported(
        |document| value_at(document, "/paths")[LIST]["servers"] = json!([{"url": "https://elsewhere.example"}]),
        &[&format!("breaking for callers {}/servers", operation(LIST, "get"))],
    );
}

#[test]
fn security_of_the_document_applies_to_each_operation_without_its_own() {
    let (put, list) = (operation(ONE, "put"), operation(LIST, "get"));
    let share = |document: &mut Value| {
        let security = remove(document, &put, "security");
        assert_eq!(remove(document, &list, "security"), security);
        document["security"] = security;
    };
    assert_reported(share, &[]);
    let ask_for_more = |document: &mut Value| {
        share(document);
        document["security"] = json!([{"oauth2": ["repository:write"]}]);
    };
    let scope = "/components/securitySchemes/oauth2/flows/authorizationCode/scopes/repository:write";
    let expected = [&list, &put].map(|at| format!("breaking for callers {at}/security [credentials]"));
    let expected = [format!("additive for callers {scope}")].into_iter().chain(expected).collect::<Vec<_>>();
    assert_reported(ask_for_more, &expected.iter().map(String::as_str).collect::<Vec<_>>());
}

#[test]
fn scopes_have_no_order() {
    let put = operation(ONE, "put");
    let with = |scopes: [&str; 2]| {
        let mut published = read(&small());
        value_at(&mut published, &put)["security"] = json!([{"oauth2": scopes}]);
        Normal::of(&published).expect("references that lead somewhere").structure
    };
    assert_eq!(with(["account", "repository"]), with(["repository", "account"]));
}

#[test]
fn an_extension_among_the_responses_is_not_a_response() {
    let put = operation(ONE, "put");
    assert_reported(|document| value_at(document, &put)["responses"]["x-note"] = json!({"a": 1}), &[]);
}

#[test]
fn a_schema_of_a_header_is_kept() {
    on_each_published(|published| {
        let mut changed = published.clone();
        let header = json!({"X-Problem": {"schema": {"$ref": "#/components/schemas/error"}}});
        value_at(&mut changed, &operation(ONE, "put"))["responses"]["200"]["headers"] = header;
        let trimmed = trim(&changed, &operations()).expect("all operations are there");
        let pointer = format!("{}/responses/200/headers/X-Problem/schema/$ref", operation(ONE, "put"));
        assert_eq!(trimmed.pointer(&pointer), Some(&json!("#/components/schemas/ErrorResponse")));
    });
}

/// Adds members to the status and returns their schemas in the trimmed document.
#[track_caller]
fn schemas_of(schemas: &Value, members: &[(&str, &str)]) -> Vec<Value> {
    let mut changed = read(&small());
    for (name, schema) in schemas.as_object().expect("schemas by name") {
        changed["components"]["schemas"][name] = schema.clone();
    }
    for (name, target) in members {
        value_at(&mut changed, &format!("{STATUS}/properties"))[*name] = json!({"$ref": target});
    }
    let trimmed = trim(&changed, &operations()).expect("all operations are there");
    let status = &trimmed["components"]["schemas"]["BuildStatus"]["properties"];
    let target = |name: &str| {
        let pointer = status[name]["$ref"].as_str().and_then(|pointer| pointer.strip_prefix('#'));
        pointer.and_then(|pointer| trimmed.pointer(pointer)).expect("a reference that leads somewhere").clone()
    };
    members.iter().map(|(name, _)| target(name)).collect()
}

#[test]
fn a_published_schema_with_a_name_of_ours_is_not_mistaken_for_it() {
    let count = json!({"type": "integer"});
    for name in ["Link", "BuildStatus"] {
        let target = format!("#/components/schemas/{name}");
        assert_eq!(schemas_of(&json!({name: count}), &[("count", &target)])[0], count);
    }
}

#[test]
fn references_into_two_schemas_stay_apart() {
    let holder = |kind: &str| json!({"properties": {"value": {"type": kind}}});
    let schemas = json!({"first": holder("integer"), "second": holder("string")});
    let [first, second] = ["first", "second"].map(|name| format!("#/components/schemas/{name}/properties/value"));
    let found = schemas_of(&schemas, &[("first", &first), ("second", &second)]);
    assert_eq!(found, [json!({"type": "integer"}), json!({"type": "string"})]);
}

#[test]
fn a_reference_with_escaped_names_is_followed() {
    let count = json!({"type": "integer"});
    let target = "#/components/schemas/a~0b~1c";
    assert_eq!(schemas_of(&json!({"a~b/c": count}), &[("count", target)]), [count]);
}

#[track_caller]
fn differences(ours: &Value, published: &Value) -> Vec<String> {
    let normal = |schemas: &Value| {
        let response = json!({"content": {"application/json": {"schema": {"$ref": "#/components/schemas/A"}}}});
        let paths = json!({"/": {"get": {"responses": {"200": response}}}});
        Normal::of(&json!({"paths": paths, "components": {"schemas": schemas}}))
            .expect("references that lead somewhere")
    };
    let found = compare(&normal(ours), &normal(published)).into_iter();
    found.map(|difference| format!("{} {}", difference.impact, difference.at)).collect()
}

#[test]
fn a_schema_behind_a_choice_is_compared() {
    let choices = json!({"oneOf": [{"$ref": "#/components/schemas/B"}]});
    let found = differences(
        &json!({"A": choices, "B": {"properties": {"value": {"type": "string"}}}}),
        &json!({"A": choices, "B": {"properties": {"value": {"type": "integer"}}}}),
    );
    assert_eq!(found, ["breaking for callers and readers /components/schemas/B/properties/value/type"]);
}

#[test]
fn comparing_different_circular_references_ends() {
    let refer = |name: &str| json!({"$ref": format!("#/components/schemas/{name}")});
    let ours = json!({
        "A": {"properties": {"a": refer("B")}},
        "B": {"properties": {"p": {"properties": {"q": refer("B")}}}},
    });
    let published = json!({
        "A": {"properties": {"a": {"properties": {"p": refer("C")}}}},
        "C": {"properties": {"q": {"properties": {"p": refer("C")}}}},
    });
    assert_eq!(differences(&ours, &published), ["neutral /components/schemas/B", "neutral /components/schemas/C"]);
}

#[test]
fn the_printed_entries_can_be_pasted_and_then_nothing_is_left() {
    let values = [
        json!(null),
        json!(""),
        json!("a \"quoted\" \\ text\nof two lines \u{0} ''' \"\"\" \u{2028}"),
        json!(u64::MAX),
        json!(-1.5e300),
        json!([1, "one", null, 1.0, true, {"": {}}]),
        json!({"a.b": {"c d": []}, "\"": null}),
    ];
    let at = format!("{STATUS}/properties");
    for value in values {
        let mut changed = read(&small());
        value_at(&mut changed, &at)["name"]["default"] = value.clone();
        value_at(&mut changed, &at)["an odd/na~me \"quoted\""] = json!({"default": value});
        value_at(&mut changed, STATUS)["required"] = json!(["key", "state", "url"]);
        let printed = report(&changed).verdict;
        let mut records = deviations().records();
        records.retain(|record| printed.unrecorded.iter().all(|(_, changed)| changed.as_ref() != Some(record)));
        let entries: String = printed.unrecorded.iter().map(|(difference, _)| entry(difference)).collect();
        let texts =
            "id = \"i\"\nwhat = \"w\"\nwhy = \"y\"\nevidence = \"e\"\nlast_evidence = 2026-11-20\neffect = \"f\"\n";
        let pasted = Deviations::parse(&format!("[[deviation]]\n{texts}{entries}"));
        records.extend(pasted.unwrap_or_else(|error| panic!("{error}\n{entries}")).records());
        let differences = printed.unrecorded.into_iter().map(|(difference, _)| difference).collect();
        let verdict = classify(differences, records);
        assert_eq!(verdict.unrecorded, [], "{value}");
    }
}
