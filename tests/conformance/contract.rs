//! The contract that the project started from, row by row.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::document::{DOCUMENT, members, operation, operations, parameters, resolved};

/// The message of assertions about the contract.
const EDIT: &str = "spec/openapi.json differs from the contract; if it is meant to, edit tests/conformance/contract.rs";
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
    assert_eq!(found, BTreeSet::from(["workspace", "repo_slug", "commit", "key"]), "{EDIT}");
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
    assert_eq!(found, expected, "{EDIT}");
    assert_eq!(found.len(), 11);
    assert_eq!(schema("BuildStatusUpdate")["required"], json!(["type"]), "{EDIT}");
}

#[test]
fn an_updates_state_is_one_of_four() {
    let state = resolved(&members("BuildStatusUpdate")["state"]);
    let found: BTreeSet<_> = state["enum"].as_array().expect("an enum").iter().filter_map(Value::as_str).collect();
    assert_eq!(found, BTreeSet::from(["INPROGRESS", "STOPPED", "FAILED", "SUCCESSFUL"]), "{EDIT}");
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
fn the_document_lists_what_an_update_can_change_and_that_excludes_the_key() {
    let description = operation("PUT", UPDATE)["description"].as_str().expect("a description");
    for member in ["state", "name", "description", "url", "refname"] {
        assert!(description.contains(member), "{description}");
    }
    assert!(description.contains("key cannot be changed"), "{description}");
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
fn the_response_has_the_twelve_live_members_and_is_open() {
    let live = "key type state name refname commit url repository description created_on updated_on links";
    let expected: BTreeSet<_> = live.split(' ').collect();
    let found: BTreeSet<_> = members("BuildStatus").keys().map(String::as_str).collect();
    assert_eq!(found, expected, "{EDIT}");
    assert_eq!(schema("BuildStatus")["additionalProperties"], json!({}));
    assert_eq!(members("BuildStatus")["refname"]["nullable"], true);
}

#[test]
fn there_are_five_operations_and_a_creation_returns_200_or_201() {
    let found: BTreeSet<_> = operations().into_iter().map(|(method, path, _)| format!("{method} {path}")).collect();
    let commit = "/repositories/{workspace}/{repo_slug}/commit/{commit}/statuses";
    let expected = [
        format!("GET {commit}"),
        format!("POST {commit}/build"),
        format!("GET {UPDATE}"),
        format!("PUT {UPDATE}"),
        "GET /repositories/{workspace}/{repo_slug}/pullrequests/{pull_request_id}/statuses".to_owned(),
    ];
    assert_eq!(found, BTreeSet::from(expected), "{EDIT}");
    let responses = &operation("POST", &format!("{commit}/build"))["responses"];
    assert!(responses["200"].is_object() && responses["201"].is_object());
}

#[test]
fn every_operation_lists_the_failures_that_users_see_with_their_media_types() {
    for (method, path, operation) in operations() {
        for (status, kinds) in [
            ("400", &["application/json", "text/plain"][..]),
            ("401", &["application/json", "text/plain"]),
            ("403", &["application/json", "text/plain"]),
            ("404", &["application/json", "text/plain", "text/html"]),
            ("429", &["text/plain", "application/json"]),
            ("500", &["application/json", "text/html"]),
        ] {
            let response = operation["responses"].get(status);
            let response = resolved(response.unwrap_or_else(|| panic!("{method} {path} has no {status}")));
            let found: BTreeSet<_> =
                response["content"].as_object().expect("content").keys().map(String::as_str).collect();
            assert_eq!(found, kinds.iter().copied().collect(), "{method} {path} {status}");
        }
    }
}

#[test]
fn every_operation_accepts_bearer_basic_and_oauth_and_only_reads_need_no_credentials() {
    for (method, path, operation) in operations() {
        let scope = if path.contains("/pullrequests/") { "pullrequest" } else { "repository" };
        let mut expected = json!([{ "bearer": [] }, { "basic": [] }, { "oauth2": [scope] }]);
        if method == "GET" {
            expected.as_array_mut().expect("a list").push(json!({}));
        }
        assert_eq!(operation["security"], expected, "{method} {path}");
        let granular = format!("read:{scope}:bitbucket");
        assert_eq!(operation["x-atlassian-oauth2-scopes"][0]["scopes"], json!([granular]), "{method} {path}");
        assert!(operation["description"].as_str().is_some_and(|it| it.contains(&granular)), "{method} {path}");
    }
    let schemes = &DOCUMENT["components"]["securitySchemes"];
    assert_eq!((&schemes["bearer"]["scheme"], &schemes["basic"]["scheme"]), (&json!("bearer"), &json!("basic")));
    let flows = &schemes["oauth2"]["flows"];
    for flow in ["clientCredentials", "authorizationCode"] {
        assert_eq!(flows[flow]["tokenUrl"], "https://bitbucket.org/site/oauth2/access_token");
    }
}

#[test]
fn a_creation_links_to_get_update_and_list_by_parameters_that_they_have() {
    for status in ["200", "201"] {
        let create = operation("POST", &UPDATE.replace("/{key}", ""));
        let links = create["responses"][status]["links"].as_object().expect("links");
        let mut targets = BTreeSet::new();
        for link in links.values() {
            let id = link["operationId"].as_str().expect("an operation");
            let found = operations().into_iter().find(|(_, _, operation)| operation["operationId"] == id);
            let (method, path, _) = found.unwrap_or_else(|| panic!("no operation {id}"));
            let needed: BTreeSet<_> = parameters(&method, &path)
                .into_iter()
                .filter(|parameter| parameter["in"] == "path")
                .filter_map(|parameter| parameter["name"].as_str())
                .collect();
            let provided: BTreeSet<_> =
                link["parameters"].as_object().expect("parameters").keys().map(String::as_str).collect();
            assert_eq!(provided, needed, "{id}");
            targets.insert(id);
        }
        assert_eq!(targets, BTreeSet::from(["get_build_status", "list_commit_statuses", "update_build_status"]));
    }
}

#[test]
fn responses_have_the_headers_that_clients_act_on() {
    let headers = |response: &'static Value| -> BTreeSet<&str> {
        resolved(response)["headers"].as_object().into_iter().flatten().map(|(name, _)| name.as_str()).collect()
    };
    let create = &operation("POST", &UPDATE.replace("/{key}", ""))["responses"];
    assert!(headers(&create["201"]).contains("Location"));
    assert!(headers(&operation("GET", UPDATE)["responses"]["200"]).contains("ETag"));
    for (method, path, operation) in operations() {
        let responses = &operation["responses"];
        assert!(headers(&responses["401"]).contains("WWW-Authenticate"), "{method} {path}");
        for name in ["Retry-After", "X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset"] {
            assert!(headers(&responses["429"]).contains(name), "{method} {path}: {name}");
        }
        assert!(headers(&responses["403"]).contains("X-Accepted-OAuth-Scopes"), "{method} {path}");
    }
    let reset = &DOCUMENT["components"]["headers"]["X-RateLimit-Reset"];
    assert!(reset["description"].as_str().is_some_and(|it| it.starts_with("Seconds until")), "{reset}");
}

#[test]
fn the_document_contains_nothing_specific_to_rust() {
    let text = DOCUMENT.to_string();
    for word in ["x-rust-type", "rust", "Rust", "`extra`", "Option<", "::"] {
        assert!(!text.contains(word), "{word}");
    }
}
