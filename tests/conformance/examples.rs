//! Every schema, parameter, header, body and response of the document has an example that is valid.

use bitbucket_build_status::{BuildStatus, BuildStatusPage, generated::types};
use serde_json::{Value, json};

use super::document::{DOCUMENT, component_names, operations, resolved, validate};

/// The examples of a media type, a parameter or a header, by name.
fn examples(holder: &'static Value) -> Vec<(String, &'static Value)> {
    let named = holder["examples"].as_object().into_iter().flatten();
    let named = named.map(|(name, example)| (name.clone(), &example["value"]));
    holder.get("example").map(|example| ("example".to_owned(), example)).into_iter().chain(named).collect()
}

#[track_caller]
fn assert_has_valid_examples(location: &str, holder: &'static Value) {
    let examples = examples(holder);
    assert!(!examples.is_empty(), "{location} has no example");
    for (name, example) in examples {
        let problems = validate(&holder["schema"], example);
        assert!(problems.is_empty(), "{location}, {name}: {example:#}\ndoes not match its schema: {problems:#?}");
    }
}

/// Every media type of the document's bodies and responses, with its location.
fn media_types() -> Vec<(String, &'static Value)> {
    let mut found = Vec::new();
    for (method, path, operation) in operations() {
        let bodies = operation.get("requestBody").map(|body| ("body".to_owned(), body));
        let responses = operation["responses"].as_object().expect("responses").iter();
        let responses = responses.map(|(status, response)| (status.clone(), resolved(response)));
        for (of, holder) in bodies.into_iter().chain(responses) {
            // A response such as 204 has no body.
            let content = holder["content"].as_object().into_iter().flatten();
            found.extend(content.map(|(media, holder)| (format!("{method} {path} {of} {media}"), holder)));
        }
    }
    found
}

#[test]
fn every_schema_has_an_example_that_it_accepts() {
    for name in component_names("schemas") {
        let example = DOCUMENT["components"]["schemas"][&name].get("example");
        let example = example.unwrap_or_else(|| panic!("the schema {name} has no example"));
        let problems = validate(&json!({ "$ref": format!("#/components/schemas/{name}") }), example);
        assert!(problems.is_empty(), "the example of {name}: {example:#}\nis not a valid {name}: {problems:#?}");
    }
}

#[test]
fn every_parameter_and_header_has_an_example_that_it_accepts() {
    for section in ["parameters", "headers"] {
        for name in component_names(section) {
            assert_has_valid_examples(&name, &DOCUMENT["components"][section][&name]);
        }
    }
}

#[test]
fn every_body_and_response_has_examples_that_it_accepts() {
    for (location, holder) in media_types() {
        assert_has_valid_examples(&location, holder);
    }
}

#[test]
fn the_client_reads_every_example_of_a_response() {
    for (location, holder) in media_types() {
        for (name, example) in examples(holder) {
            let read = match holder["schema"]["$ref"].as_str().and_then(|target| target.rsplit('/').next()) {
                Some("BuildStatus") => serde_json::from_value::<BuildStatus>(example.clone()).map(drop),
                Some("BuildStatusPage") => serde_json::from_value::<BuildStatusPage>(example.clone()).map(drop),
                Some("ErrorResponse") => serde_json::from_value::<types::ErrorResponse>(example.clone()).map(drop),
                Some("BuildStatusCreate") => {
                    serde_json::from_value::<types::BuildStatusCreate>(example.clone()).map(drop)
                }
                Some("BuildStatusUpdate") => {
                    serde_json::from_value::<types::BuildStatusUpdate>(example.clone()).map(drop)
                }
                Some(other) => panic!("{location}: no type for {other} in this test"),
                None => Ok(()),
            };
            assert!(read.is_ok(), "{location}, {name}: {read:?}");
        }
    }
}

#[test]
fn the_example_of_a_status_has_every_member_that_the_schema_names() {
    let status = &DOCUMENT["components"]["schemas"]["BuildStatus"];
    let members = |value: &'static Value| value.as_object().expect("an object").keys().collect::<Vec<_>>();
    let (mut documented, mut shown) = (members(&status["properties"]), members(&status["example"]));
    documented.sort();
    shown.sort();
    assert_eq!(shown, documented, "complete the example of the schema BuildStatus in spec/openapi.json");
}
