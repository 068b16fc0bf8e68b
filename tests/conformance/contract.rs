//! The contract this project was started from, row by row.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::document::{DOCUMENT, members, operation, operations, parameters, resolved};

const UPDATE: &str = "/repositories/{workspace}/{repo_slug}/commit/{commit}/statuses/build/{key}";

fn schema(name: &str) -> &'static Value {
    &DOCUMENT["components"]["schemas"][name]
}

#[test]
fn requests_go_to_version_2_of_bitbucket_clouds_api() {
    assert_eq!(DOCUMENT["servers"], json!([{ "url": "https://api.bitbucket.org/2.0" }]));
    assert_eq!(bitbucket_build_status::Client::DEFAULT_BASE_URL, DOCUMENT["servers"][0]["url"]);
}

#[test]
fn an_update_has_four_required_text_parameters_in_its_path() {
    let found: BTreeSet<_> = parameters("PUT", UPDATE)
        .into_iter()
        .map(|parameter| {
            let text = |member: &str| parameter[member].as_str().unwrap_or_default();
            assert_eq!(parameter["required"], true, "{parameter}");
            assert_eq!(parameter["schema"]["type"], "string", "{parameter}");
            assert_eq!(text("in"), "path");
            text("name")
        })
        .collect();
    assert_eq!(found, BTreeSet::from(["workspace", "repo_slug", "commit", "key"]));
}

#[test]
fn an_update_sends_json_and_nothing_else() {
    let body = &operation("PUT", UPDATE)["requestBody"];
    let kinds: Vec<_> = body["content"].as_object().expect("content").keys().collect();
    assert_eq!(kinds, ["application/json"]);
    assert_eq!(body["content"]["application/json"]["schema"]["$ref"], "#/components/schemas/BuildStatusUpdate");
    assert_eq!(body["required"], true);
}

#[test]
fn an_updates_body_has_eleven_members_of_which_only_type_is_required() {
    let texts = ["refname", "name", "description", "key", "url", "uuid", "created_on", "type", "updated_on"];
    let mut expected: BTreeSet<_> = texts.into_iter().collect();
    for text in texts {
        assert_eq!(members("BuildStatusUpdate")[text]["type"], "string", "{text}");
    }
    expected.extend(["state", "links"]);
    let found: BTreeSet<_> = members("BuildStatusUpdate").keys().map(String::as_str).collect();
    assert_eq!(found, expected);
    assert_eq!(found.len(), 11);
    assert_eq!(schema("BuildStatusUpdate")["required"], json!(["type"]));
}

#[test]
fn an_updates_state_is_one_of_four() {
    let state = resolved(&members("BuildStatusUpdate")["state"]);
    let found: BTreeSet<_> = state["enum"].as_array().expect("an enum").iter().filter_map(Value::as_str).collect();
    assert_eq!(found, BTreeSet::from(["INPROGRESS", "STOPPED", "FAILED", "SUCCESSFUL"]));
}

#[test]
fn an_updates_links_go_down_to_the_href_and_name_of_commit_and_self() {
    let links = resolved(&members("BuildStatusUpdate")["links"]);
    let found: BTreeSet<_> = links["properties"].as_object().expect("members").keys().map(String::as_str).collect();
    assert_eq!(found, BTreeSet::from(["commit", "self"]));
    for link in ["commit", "self"] {
        let link = resolved(&links["properties"][link]);
        let found: BTreeSet<_> = link["properties"].as_object().expect("members").keys().map(String::as_str).collect();
        assert_eq!(found, BTreeSet::from(["href", "name"]));
        assert_eq!(link["properties"]["href"]["type"], "string");
        assert_eq!(link["properties"]["name"]["type"], "string");
        assert_eq!(link["required"], Value::Null);
    }
}

#[test]
fn the_document_says_what_an_update_can_change_and_that_the_key_is_not_among_it() {
    let said = operation("PUT", UPDATE)["description"].as_str().expect("a description");
    for member in ["state", "name", "description", "url", "refname"] {
        assert!(said.contains(member), "{said}");
    }
    assert!(said.contains("key cannot be changed"), "{said}");
}

#[test]
fn a_url_may_hold_variables_so_that_the_document_does_not_call_it_a_uri() {
    for body in ["BuildStatusUpdate", "BuildStatusCreate"] {
        let url = &members(body)["url"];
        assert_eq!((&url["format"], &url["pattern"]), (&Value::Null, &Value::Null));
        assert!(url["description"].as_str().expect("a description").contains("{repository.full_name}"));
    }
}

#[test]
fn a_creation_needs_key_state_and_url_and_leaves_type_optional() {
    assert_eq!(schema("BuildStatusCreate")["required"], json!(["key", "state", "url"]));
    assert_eq!(members("BuildStatusCreate")["state"]["$ref"], "#/components/schemas/State");
    assert_eq!(members("BuildStatusCreate")["key"]["maxLength"], 40);
}

#[test]
fn the_answer_has_the_live_twelve_members_and_is_open() {
    let live = "key type state name refname commit url repository description created_on updated_on links";
    let expected: BTreeSet<_> = live.split(' ').collect();
    let found: BTreeSet<_> = members("BuildStatus").keys().map(String::as_str).collect();
    assert_eq!(found, expected);
    assert_eq!(schema("BuildStatus")["additionalProperties"], json!({}));
    assert_eq!(members("BuildStatus")["refname"]["nullable"], true);
}

#[test]
fn the_family_has_five_operations_and_a_creation_answers_200_as_well_as_201() {
    let found: BTreeSet<_> = operations().into_iter().map(|(method, path, _)| format!("{method} {path}")).collect();
    let commit = "/repositories/{workspace}/{repo_slug}/commit/{commit}/statuses";
    let expected = [
        format!("GET {commit}"),
        format!("POST {commit}/build"),
        format!("GET {UPDATE}"),
        format!("PUT {UPDATE}"),
        "GET /repositories/{workspace}/{repo_slug}/pullrequests/{pull_request_id}/statuses".to_owned(),
    ];
    assert_eq!(found, BTreeSet::from(expected));
    let answers = &operation("POST", &format!("{commit}/build"))["responses"];
    assert!(answers["200"].is_object() && answers["201"].is_object());
}
