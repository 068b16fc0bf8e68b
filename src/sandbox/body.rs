//! Reads and checks the body of a write; a refusal names its rule. No I/O.

use http::{HeaderMap, StatusCode, header::CONTENT_TYPE};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};

use super::{
    assumptions::Assumptions,
    rejection::Rejection,
    rules::{self, Rule},
};
use crate::{
    id::Key,
    model::{BuildStatusCreate, BuildStatusUpdate, State},
    validate::validate_url,
};

const STATUS_MEMBERS: [&str; 7] = ["key", "state", "url", "name", "description", "refname", "type"];
/// Further members that an update may contain, although they cannot be changed.
const READ_ONLY_MEMBERS: [&str; 3] = ["uuid", "created_on", "updated_on"];
/// Further members of a status that was read.
const RESPONSE_MEMBERS: [&str; 2] = ["commit", "repository"];

/// Reads the body of a POST.
pub(crate) fn read_create(
    headers: &HeaderMap,
    body: &[u8],
    assumptions: &Assumptions,
) -> Result<BuildStatusCreate, Rejection> {
    let mut members = object(headers, body)?;
    drop_nulls(&mut members, &["name", "description"], assumptions);
    missing(&rules::REQUIRED_MEMBERS, &members, &["key", "state", "url"])?;
    check_types(&members, Write::Create)?;
    check_names(&members, assumptions)?;
    check_values(&members, assumptions)?;
    typed(members)
}

/// Reads the body of a PUT on `key`.
pub(crate) fn read_update(
    headers: &HeaderMap,
    body: &[u8],
    key: &str,
    assumptions: &Assumptions,
) -> Result<BuildStatusUpdate, Rejection> {
    let mut members = object(headers, body)?;
    drop_nulls(&mut members, &["name", "description", "refname"], assumptions);
    if assumptions.update_without_type.accepts() {
        members.entry("type").or_insert_with(|| "build".into());
    }
    missing(&rules::REQUIRED_MEMBERS, &members, &["type"])?;
    check_types(&members, Write::Update)?;
    check_names(&members, assumptions)?;
    if !assumptions.partial_update.accepts() {
        missing(&rules::COMPLETE_UPDATE, &members, &["state", "url"])?;
    }
    check_values(&members, assumptions)?;
    let other_key = text(&members, "key").is_some_and(|other| other != key);
    if other_key && !assumptions.other_key_in_update.accepts() {
        return Err(Rejection::field(&rules::KEY_CHANGE, "key", "The key of a build status cannot be changed."));
    }
    typed(members)
}

/// Reads JSON or a form.
fn object(headers: &HeaderMap, body: &[u8]) -> Result<Map<String, Value>, Rejection> {
    if body.is_empty() {
        return Err(Rejection::text(&rules::BODY_PRESENT, StatusCode::BAD_REQUEST, "Bad Request"));
    }
    let bad = |problem: &str| Rejection::message(&rules::BODY_JSON, StatusCode::BAD_REQUEST, problem);
    let kind = headers.get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    match kind.as_str() {
        "application/json" => match serde_json::from_slice(body) {
            Ok(Value::Object(members)) => Ok(members),
            Ok(_) => Err(bad("Bad request: expected a JSON object")),
            Err(_) => Err(bad("Bad request: expected JSON")),
        },
        "application/x-www-form-urlencoded" => {
            let members = form_urlencoded::parse(body).into_owned();
            Ok(members.map(|(name, value)| (name, Value::String(value))).collect())
        }
        _ => Err(bad("Bad request: expected the content type application/json or application/x-www-form-urlencoded")),
    }
}

/// Drops these members if they are null, where null is the same as leaving them out.
fn drop_nulls(members: &mut Map<String, Value>, names: &[&str], assumptions: &Assumptions) {
    if assumptions.null_members.accepts() {
        members.retain(|name, value| !(value.is_null() && names.contains(&name.as_str())));
    }
}

/// Checks the values of a seeded status.
pub(crate) fn check_status(status: &BuildStatusCreate, assumptions: &Assumptions) -> Result<(), Rejection> {
    match serde_json::to_value(status) {
        Ok(Value::Object(members)) => check_values(&members, assumptions),
        _ => Ok(()),
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Write {
    Create,
    Update,
}

/// Refuses members of the wrong type.
fn check_types(members: &Map<String, Value>, write: Write) -> Result<(), Rejection> {
    let mut wrong = Map::new();
    for (name, value) in members {
        let is_text = STATUS_MEMBERS.contains(&name.as_str())
            || (write == Write::Update && READ_ONLY_MEMBERS.contains(&name.as_str()));
        // According to Bitbucket's staff null works in a creation.
        let may_be_null = name == "refname" && value.is_null() && write == Write::Create;
        if is_text && !value.is_string() && !may_be_null {
            wrong.insert(name.clone(), json!("expected str"));
        }
    }
    if let Some(links) = members.get("links").filter(|_| write == Write::Update) {
        check_links("links", links, &["commit", "self"], &mut wrong);
    }
    if wrong.is_empty() { Ok(()) } else { Err(Rejection::invalid_fields(&rules::MEMBER_TYPES, wrong)) }
}

/// Refuses members that no status has, unless they are assumed to be ignored.
fn check_names(members: &Map<String, Value>, assumptions: &Assumptions) -> Result<(), Rejection> {
    if assumptions.unknown_members.accepts() {
        return Ok(());
    }
    let known = |name: &str| {
        let names = [&STATUS_MEMBERS[..], &READ_ONLY_MEMBERS, &RESPONSE_MEMBERS, &["links"]];
        names.into_iter().any(|names| names.contains(&name))
    };
    let unknown = members.keys().filter(|name| !known(name));
    let unknown: Map<_, _> = unknown.map(|name| (name.clone(), json!("extra keys not allowed"))).collect();
    if unknown.is_empty() { Ok(()) } else { Err(Rejection::invalid_fields(&rules::KNOWN_MEMBERS, unknown)) }
}

/// Collects values of the wrong type under their dotted names.
fn check_links(name: &str, value: &Value, links: &[&str], wrong: &mut Map<String, Value>) {
    let Some(members) = value.as_object() else {
        wrong.insert(name.to_owned(), json!("expected dict"));
        return;
    };
    for (member, value) in members {
        let name = format!("{name}.{member}");
        if links.contains(&member.as_str()) {
            check_links(&name, value, &[], wrong);
        } else if links.is_empty() && matches!(member.as_str(), "href" | "name") && !value.is_string() {
            wrong.insert(name, json!("expected str"));
        }
    }
}

fn missing(rule: &'static Rule, members: &Map<String, Value>, required: &[&str]) -> Result<(), Rejection> {
    let missing = required.iter().filter(|name| !members.contains_key(**name));
    let missing: Map<_, _> = missing.map(|name| ((*name).to_owned(), json!("required key not provided"))).collect();
    if missing.is_empty() { Ok(()) } else { Err(Rejection::invalid_fields(rule, missing)) }
}

/// Checks the values; like Bitbucket's forms it refuses the first one that is wrong.
fn check_values(members: &Map<String, Value>, assumptions: &Assumptions) -> Result<(), Rejection> {
    if let Some(key) = text(members, "key") {
        at_most(&rules::KEY_LENGTH, "key", key, Some(Key::MAX_CHARACTERS))?;
        if Key::new(key).is_err() {
            return Err(Rejection::field(&rules::KEY_TEXT, "key", "Enter a valid value."));
        }
    }
    if let Some(state) = text(members, "state").filter(|state| State::ALL.iter().all(|known| known.as_str() != *state))
    {
        let problem = format!("Select a valid choice. {state} is not one of the available choices.");
        return Err(Rejection::field(&rules::STATE_NAME, "state", &problem));
    }
    if let Some(url) = text(members, "url") {
        let local = reqwest::Url::parse(url).is_ok_and(|url| url.host_str() == Some("localhost"));
        if validate_url(url).is_err() || (local && !assumptions.localhost_url.accepts()) {
            return Err(Rejection::field(&rules::URL_FORM, "url", "Enter a valid URL."));
        }
        at_most(&rules::TEXT_LENGTH, "url", url, assumptions.url_limit)?;
    }
    for (name, limit) in [("name", assumptions.name_limit), ("description", assumptions.description_limit)] {
        at_most(&rules::TEXT_LENGTH, name, text(members, name).unwrap_or_default(), limit)?;
    }
    if text(members, "type").is_some_and(|kind| kind != "build") && !assumptions.other_type.accepts() {
        return Err(Rejection::field(&rules::TYPE_NAME, "type", "Expected the type build."));
    }
    Ok(())
}

fn at_most(rule: &'static Rule, field: &str, text: &str, limit: Option<usize>) -> Result<(), Rejection> {
    let characters = text.chars().count();
    match limit {
        Some(limit) if characters > limit => {
            let problem = format!("Ensure this value has at most {limit} characters (it has {characters}).");
            Err(Rejection::field(rule, field, &problem))
        }
        _ => Ok(()),
    }
}

fn text<'a>(members: &'a Map<String, Value>, name: &str) -> Option<&'a str> {
    members.get(name).and_then(Value::as_str)
}

/// Converts the members to the document's type.
fn typed<T: DeserializeOwned>(members: Map<String, Value>) -> Result<T, Rejection> {
    serde_json::from_value(Value::Object(members)).map_err(|problem| {
        Rejection::message(&rules::MEMBER_TYPES, StatusCode::BAD_REQUEST, format!("Bad request: {problem}"))
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::{READ_ONLY_MEMBERS, RESPONSE_MEMBERS, STATUS_MEMBERS};
    use crate::document;

    #[test]
    fn the_members_of_bodies_are_those_of_the_document() {
        let documented = |name| -> BTreeSet<&str> {
            let members = document::schema(name)["properties"].as_object().expect("an object with members");
            members.keys().map(String::as_str).collect()
        };
        let table: [(&str, &[&[&str]]); 3] = [
            ("BuildStatusCreate", &[&STATUS_MEMBERS]),
            ("BuildStatusUpdate", &[&STATUS_MEMBERS, &READ_ONLY_MEMBERS, &["links"]]),
            ("BuildStatus", &[&STATUS_MEMBERS, &RESPONSE_MEMBERS, &["created_on", "updated_on", "links"]]),
        ];
        for (schema, lists) in table {
            let members: BTreeSet<_> = lists.iter().copied().flatten().copied().collect();
            assert_eq!(members, documented(schema), "src/sandbox/body.rs and src/sandbox/render.rs: {schema}");
        }
    }
}
