//! A table of kinds of changes: reported, a hint, or rightly silent.

use crate::support::{LIST, ONE, STATUS, on_each_published, operation, remove, report, value_at};
use serde_json::{Value, json};

/// How `spec diff` reacts to a kind of change.
enum Verdict {
    /// The report has this text, and is not clean.
    Seen(&'static str),
    /// The report has this hint, and is clean.
    Hint(&'static str),
    /// Nothing is reported.
    Silent,
}
use Verdict::{Hint, Seen, Silent};

type Kind = (&'static str, fn(&mut Value), Verdict);

const PAGE: &str = "/components/schemas/paginated_commitstatuses";
const CREATE: &str = "/repositories/{workspace}/{repo_slug}/commit/{commit}/statuses/build";
const PULL_REQUEST: &str = "/repositories/{workspace}/{repo_slug}/pullrequests/{pull_request_id}/statuses";

fn put(document: &mut Value) -> &mut Value {
    value_at(document, &operation(ONE, "put"))
}

fn post(document: &mut Value) -> &mut Value {
    value_at(document, &operation(CREATE, "post"))
}

fn list(document: &mut Value) -> &mut Value {
    value_at(document, &operation(LIST, "get"))
}

fn property<'a>(document: &'a mut Value, name: &str) -> &'a mut Value {
    &mut value_at(document, STATUS)["properties"][name]
}

fn push(list: &mut Value, item: Value) {
    list.as_array_mut().expect("a list").push(item);
}

fn parameter<'a>(holder: &'a mut Value, name: &str) -> &'a mut Value {
    let parameters = holder["parameters"].as_array_mut().expect("parameters");
    parameters.iter_mut().find(|parameter| parameter["name"] == name).expect("a parameter of this name")
}

fn rename_path(document: &mut Value, from: &str, to: &str) {
    let paths = document["paths"].as_object_mut().expect("paths");
    let old: Vec<_> = paths.keys().filter(|path| path.contains(from)).cloned().collect();
    for path in old {
        let item = paths.remove(&path).expect("a path");
        paths.insert(path.replace(from, to), item);
    }
}

fn reference(name: &str) -> Value {
    json!({ "$ref": format!("#/components/schemas/{name}") })
}

/// A copy of the status' schema under another name.
fn copy_status(document: &mut Value, name: &str) {
    document["components"]["schemas"][name] = document["components"]["schemas"]["commitstatus"].clone();
}

const KINDS: &[Kind] = &[
    // Authentication.
    (
        "another scope in security",
        |it| put(it)["security"] = json!([{"oauth2": ["repository:write"]}, {"basic": []}, {"api_key": []}]),
        Seen("breaking for callers, changed since recorded in credentials"),
    ),
    (
        "a way to authenticate less",
        |it| put(it)["security"] = json!([{"oauth2": ["repository"]}]),
        Seen("build~1{key}/put/security"),
    ),
    (
        "another granular scope",
        |it| put(it)["x-atlassian-oauth2-scopes"][0]["scopes"] = json!(["write:repository:bitbucket"]),
        Seen(
            "breaking for callers\n  at        /paths/~1repositories~1{workspace}~1{repo_slug}~1commit~1{commit}~1statuses~1build~1{key}/put/x-atlassian-oauth2-scopes",
        ),
    ),
    (
        "one granular scope more",
        |it| push(&mut put(it)["x-atlassian-oauth2-scopes"][0]["scopes"], json!("read:me")),
        Seen("put/x-atlassian-oauth2-scopes"),
    ),
    (
        "the state of a granular scope",
        |it| put(it)["x-atlassian-oauth2-scopes"][0]["state"] = json!("Deprecated"),
        Seen("put/x-atlassian-oauth2-scopes"),
    ),
    (
        "granular scopes gone",
        |it| drop(put(it).as_object_mut().expect("an operation").remove("x-atlassian-oauth2-scopes")),
        Seen("put/x-atlassian-oauth2-scopes"),
    ),
    (
        "an auth type less",
        |it| put(it)["x-atlassian-auth-types"] = json!(["forge-oauth2"]),
        Seen("breaking for callers"),
    ),
    (
        "an auth type more",
        |it| push(&mut put(it)["x-atlassian-auth-types"], json!("repo-access-token")),
        Seen("additive for callers"),
    ),
    (
        "auth types in another order",
        |it| put(it)["x-atlassian-auth-types"] = json!(["api-token", "forge-oauth2"]),
        Silent,
    ),
    (
        "a security scheme of another type",
        |it| value_at(it, "/components/securitySchemes/basic")["scheme"] = json!("digest"),
        Seen("/components/securitySchemes/basic/scheme"),
    ),
    (
        "a security scheme gone",
        |it| drop(remove(it, "/components/securitySchemes", "basic")),
        Seen("/components/securitySchemes/basic"),
    ),
    (
        "a used scope gone from its flow",
        |it| drop(remove(it, "/components/securitySchemes/oauth2/flows/authorizationCode/scopes", "repository")),
        Seen("/components/securitySchemes/oauth2/flows/authorizationCode/scopes/repository"),
    ),
    (
        "another token address",
        |it| {
            let flow = value_at(it, "/components/securitySchemes/oauth2/flows/authorizationCode");
            flow["tokenUrl"] = json!("https://auth.example/token");
        },
        Seen("/components/securitySchemes/oauth2/flows/authorizationCode/tokenUrl"),
    ),
    (
        "another flow",
        |it| {
            let flows = value_at(it, "/components/securitySchemes/oauth2/flows");
            flows["implicit"] = json!({"authorizationUrl": "https://a.example", "scopes": {}});
        },
        Seen("/components/securitySchemes/oauth2/flows/implicit"),
    ),
    (
        "a scheme that our operations do not name",
        |it| value_at(it, "/components/securitySchemes")["other"] = json!({"type": "http", "scheme": "digest"}),
        Silent,
    ),
    (
        "a scope that our operations do not name",
        |it| {
            let flow = value_at(it, "/components/securitySchemes/oauth2/flows/authorizationCode");
            flow["scopes"]["snippet:delete"] = json!("Delete snippets");
        },
        Silent,
    ),
    (
        "the description of a scope",
        |it| {
            let flow = value_at(it, "/components/securitySchemes/oauth2/flows/authorizationCode");
            flow["scopes"]["repository"] = json!("Something else.");
        },
        Silent,
    ),
    // Paths and operations.
    (
        "a new path of the family",
        |it| {
            it["paths"][format!("{CREATE}/{{key}}/history")] =
                json!({"get": {"responses": {"200": {"description": ""}}}});
        },
        Seen(
            "additive for callers\n  at        /paths/~1repositories~1{workspace}~1{repo_slug}~1commit~1{commit}~1statuses~1build~1{key}~1history/get",
        ),
    ),
    (
        "statuses of something else",
        |it| {
            let path = "/repositories/{workspace}/{repo_slug}/refs/{name}/statuses";
            it["paths"][path] = json!({"get": {"responses": {"200": {"description": ""}}}});
        },
        Seen("~1refs~1{name}~1statuses/get"),
    ),
    (
        "a new path of another family",
        |it| it["paths"]["/snippets/{id}"] = json!({"get": {"responses": {"200": {"description": ""}}}}),
        Silent,
    ),
    (
        "a path parameter renamed",
        |it| rename_path(it, "{repo_slug}", "{repo}"),
        Seen("did `{repo_slug}` become `{repo}`?"),
    ),
    (
        "a path renamed",
        |it| rename_path(it, "/statuses/build", "/statuses/builds"),
        Seen("the operation update_build_status (PUT "),
    ),
    (
        "another method",
        |it| {
            let operation = remove(it, &format!("/paths/{}", ONE.replace('/', "~1")), "put");
            it["paths"][ONE]["patch"] = operation;
        },
        Seen("the operation update_build_status (PUT "),
    ),
    ("an operation deprecated", |it| put(it)["deprecated"] = json!(true), Seen("put/deprecated")),
    ("an operation's ID", |it| put(it)["operationId"] = json!("updateStatus"), Silent),
    ("another version of the API", |it| it["info"]["version"] = json!("3.0"), Seen("/info/version")),
    ("another server", |it| it["servers"] = json!([{"url": "https://api.bitbucket.org/3.0"}]), Seen("/servers")),
    (
        "a server with a variable",
        |it| {
            let variables = json!({"region": {"default": "eu", "enum": ["eu"]}});
            it["servers"] = json!([{"url": "https://api.bitbucket.org/2.0", "variables": variables}]);
        },
        Seen("/servers"),
    ),
    ("callbacks", |it| put(it)["callbacks"] = json!({"done": {}}), Seen("put/callbacks")),
    // Parameters.
    (
        "a query parameter gone",
        |it| list(it)["parameters"].as_array_mut().expect("a list").retain(|each| each["name"] != "refname"),
        Seen("breaking for callers"),
    ),
    (
        "a query parameter required",
        |it| parameter(list(it), "q")["required"] = json!(true),
        Seen("/components/parameters/q/required"),
    ),
    (
        "a query parameter of another type",
        |it| parameter(list(it), "refname")["schema"]["type"] = json!("integer"),
        Seen("/components/parameters/refname/schema/type"),
    ),
    (
        "a default of a parameter",
        |it| parameter(list(it), "refname")["schema"]["default"] = json!("main"),
        Seen("additive for callers\n  at        /components/parameters/refname/schema/default"),
    ),
    (
        "a parameter in another style",
        |it| parameter(list(it), "refname")["style"] = json!("pipeDelimited"),
        Seen("/components/parameters/refname/style"),
    ),
    (
        "a parameter that is deprecated",
        |it| parameter(list(it), "refname")["deprecated"] = json!(true),
        Seen("/components/parameters/refname/deprecated"),
    ),
    (
        "a header that has to be sent",
        |it| {
            let header =
                json!({"name": "X-Atlassian-Token", "in": "header", "required": true, "schema": {"type": "string"}});
            put(it)["parameters"] = json!([header]);
        },
        Seen("breaking for callers"),
    ),
    ("parameters in another order", |it| list(it)["parameters"].as_array_mut().expect("a list").reverse(), Silent),
    (
        "parameters of the path written at the operation",
        |it| {
            let item = value_at(it, &format!("/paths/{}", CREATE.replace('/', "~1")));
            if let Some(shared) = item.as_object_mut().expect("a path").remove("parameters") {
                item["post"]["parameters"] = shared;
            }
        },
        Silent,
    ),
    // Schemas.
    (
        "the update has a schema of its own",
        |it| {
            copy_status(it, "commitstatus_update");
            put(it)["requestBody"]["content"]["application/json"]["schema"] = reference("commitstatus_update");
        },
        Seen("the update now uses commitstatus_update instead of commitstatus;"),
    ),
    (
        "the creation has a schema of its own",
        |it| {
            copy_status(it, "commitstatus_create");
            post(it)["requestBody"]["content"]["application/json"]["schema"] = reference("commitstatus_create");
        },
        Seen("the creation now uses commitstatus_create instead of"),
    ),
    (
        "two responses have a schema of their own",
        |it| {
            copy_status(it, "build_status");
            put(it)["responses"]["200"]["content"]["application/json"]["schema"] = reference("build_status");
            post(it)["responses"]["201"]["content"]["application/json"]["schema"] = reference("build_status");
        },
        Seen(
            "the response 200 of update_build_status, the response 201 of create_build_status now use build_status instead",
        ),
    ),
    (
        "the schema renamed",
        |it| {
            let text = it.to_string().replace("schemas/commitstatus\"", "schemas/status\"");
            *it = serde_json::from_str(&text).expect("JSON");
            let schema = remove(it, "/components/schemas", "commitstatus");
            it["components"]["schemas"]["status"] = schema;
        },
        Seen("the published document has no schema commitstatus any more; status is used in its place"),
    ),
    (
        "the schema written out at the update",
        |it| {
            let schema = it["components"]["schemas"]["commitstatus"].clone();
            put(it)["requestBody"]["content"]["application/json"]["schema"] = schema;
        },
        Seen("the update now uses update_build_status_body instead of"),
    ),
    (
        "a fifth state",
        |it| push(&mut property(it, "state")["enum"], json!("SKIPPED")),
        Seen("breaking for callers\n  at        /components/schemas/State/enum"),
    ),
    (
        "a state less",
        |it| property(it, "state")["enum"] = json!(["FAILED", "INPROGRESS", "SUCCESSFUL"]),
        Seen("/components/schemas/State/enum"),
    ),
    ("states in another order", |it| property(it, "state")["enum"].as_array_mut().expect("states").reverse(), Silent),
    (
        "any state",
        |it| drop(property(it, "state").as_object_mut().expect("a schema").remove("enum")),
        Seen("/components/schemas/State/enum"),
    ),
    (
        "a member more",
        |it| *property(it, "progress") = json!({"type": "integer"}),
        Seen("/components/schemas/BuildStatus/properties/progress"),
    ),
    (
        "a member renamed",
        |it| {
            let schema = remove(it, &format!("{STATUS}/properties"), "refname");
            *property(it, "ref") = schema;
        },
        Seen("/components/schemas/BuildStatus/properties/refname"),
    ),
    (
        "a limit of a key",
        |it| property(it, "key")["maxLength"] = json!(255),
        Seen("/components/schemas/BuildStatusCreate/properties/key/maxLength"),
    ),
    ("a pattern of a key", |it| property(it, "key")["pattern"] = json!("^[a-z]+$"), Seen("/properties/key/pattern")),
    (
        "a name that may be null",
        |it| property(it, "name")["nullable"] = json!(true),
        Seen("/components/schemas/BuildStatusCreate/properties/name/nullable"),
    ),
    ("a member to read only", |it| property(it, "name")["readOnly"] = json!(true), Seen("/properties/name/readOnly")),
    ("a member deprecated", |it| property(it, "name")["deprecated"] = json!(true), Seen("neutral")),
    (
        "an unknown keyword",
        |it| property(it, "name")["contentEncoding"] = json!("base64"),
        Seen("/properties/name/contentEncoding"),
    ),
    (
        "a member required",
        |it| push(&mut value_at(it, STATUS)["required"], json!("url")),
        Seen("/components/schemas/BuildStatusUpdate/required"),
    ),
    (
        "a default of a member",
        |it| property(it, "name")["default"] = json!("build"),
        Seen("neutral\n  at        /components/schemas/BuildStatus/properties/name/default"),
    ),
    (
        "the base type closed",
        |it| value_at(it, "/components/schemas/object")["additionalProperties"] = json!(false),
        Seen("/components/schemas/BuildStatusCreate/additionalProperties"),
    ),
    (
        "a page with a member more",
        |it| value_at(it, PAGE)["properties"]["cursor"] = json!({"type": "string"}),
        Seen("/components/schemas/BuildStatusPage/properties/cursor"),
    ),
    ("a page that requires its values", |it| value_at(it, PAGE)["required"] = json!(["values"]), Seen("stale")),
    (
        "the error changed",
        |it| value_at(it, "/components/schemas/error")["properties"]["code"] = json!({"type": "integer"}),
        Seen("/components/schemas/ErrorResponse/properties/code"),
    ),
    ("an extension of a schema", |it| property(it, "name")["x-internal"] = json!(true), Silent),
    ("an example", |it| property(it, "name")["example"] = json!("Unit tests"), Silent),
    ("a title", |it| value_at(it, STATUS)["title"] = json!("Build"), Silent),
    (
        "a schema that nothing of ours reaches",
        |it| it["components"]["schemas"]["lonely"] = json!({"type": "string"}),
        Silent,
    ),
    // Bodies and responses.
    (
        "another media type of a body",
        |it| {
            put(it)["requestBody"]["content"]["application/x-www-form-urlencoded"] =
                json!({"schema": {"type": "object"}});
        },
        Seen("requestBody/content/application~1x-www-form-urlencoded"),
    ),
    (
        "a response in another media type",
        |it| {
            let content = put(it)["responses"]["200"]["content"].as_object_mut().expect("content");
            let media = content.remove("application/json").expect("JSON");
            content.insert("application/vnd.atlassian+json".to_owned(), media);
        },
        Seen("put/responses/200/content/application~1json"),
    ),
    ("a body that is required", |it| put(it)["requestBody"]["required"] = json!(true), Seen("stale")),
    ("a success more", |it| put(it)["responses"]["202"] = json!({"description": ""}), Seen("breaking for readers")),
    ("a failure more", |it| put(it)["responses"]["409"] = json!({"description": ""}), Seen("additive for readers")),
    (
        "a default response",
        |it| put(it)["responses"]["default"] = json!({"description": ""}),
        Seen("put/responses/default"),
    ),
    (
        "a header of a response",
        |it| put(it)["responses"]["200"]["headers"] = json!({"X-Request-Id": {"schema": {"type": "string"}}}),
        Seen("put/responses/200/headers"),
    ),
    (
        "a link of a response",
        |it| post(it)["responses"]["201"]["links"] = json!({"next": {"operationId": "x"}}),
        Seen("post/responses/201/links"),
    ),
    // Prose and the rest of the document.
    ("a description", |it| put(it)["description"] = json!("Something else."), Silent),
    (
        "prose of an operation that announces an end",
        |it| put(it)["description"] = json!("Used to update.\n\n**Deprecated**: use another."),
        Hint("put/description says: **Deprecated**: use another."),
    ),
    (
        "prose of a member that announces an end",
        |it| property(it, "refname")["description"] = json!("The ref. It will be removed in May."),
        Hint("/components/schemas/BuildStatus/properties/refname/description says: It will be removed in May."),
    ),
    (
        "prose of another operation that announces an end",
        |it| it["paths"]["/snippets/{id}"] = json!({"get": {"description": "Deprecated.", "responses": {}}}),
        Silent,
    ),
    ("tags", |it| put(it)["tags"] = json!(["Builds"]), Silent),
    ("the revision of the document", |it| it["x-revision"] = json!("0000000"), Silent),
    ("the contact", |it| it["info"]["contact"] = json!({"name": "x"}), Silent),
    (
        "external documentation",
        |it| put(it)["externalDocs"] = json!({"url": "https://developer.atlassian.com"}),
        Silent,
    ),
    (
        "the list of a pull request without its filter",
        |it| {
            let list = value_at(it, &operation(PULL_REQUEST, "get"));
            list["parameters"].as_array_mut().expect("a list").retain(|each| each["name"] != "q");
        },
        Seen("~1pullrequests~1{pull_request_id}~1statuses/get/parameters"),
    ),
];

#[test]
fn every_kind_of_change_is_seen_or_rightly_silent() {
    let mut wrong = Vec::new();
    on_each_published(|published| {
        for (kind, change, verdict) in KINDS {
            let mut changed = published.clone();
            change(&mut changed);
            assert_ne!(&changed, published, "{kind}: nothing was changed");
            let report = report(&changed);
            let text = report.text();
            let right = match verdict {
                Seen(expected) => !report.is_clean() && text.contains(expected),
                Hint(expected) => report.is_clean() && text.contains(expected),
                Silent => report.is_clean() && report.hints.is_empty(),
            };
            if !right {
                let start: String = text.chars().take(1500).collect();
                wrong.push(format!("{kind}:\n{start}"));
            }
        }
    });
    assert!(wrong.is_empty(), "{}", wrong.join("\n---\n"));
}

#[test]
fn at_least_forty_kinds_of_change_are_tried_each_under_its_own_name() {
    let names: std::collections::BTreeSet<_> = KINDS.iter().map(|(kind, ..)| kind).collect();
    assert_eq!(names.len(), KINDS.len());
    assert!(names.len() >= 40, "{}", names.len());
}
