//! From the bytes of a body to what is to be written, or to the rule they break. No I/O.

use http::{HeaderMap, StatusCode, header::CONTENT_TYPE};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};

use super::{
    assumptions::Assumptions,
    rejection::Rejection,
    rules::{self, Rule},
};
use crate::{BuildStatusCreate, BuildStatusUpdate, Key, State, link::check_url};

const STATUS_MEMBERS: [&str; 7] = ["key", "state", "url", "name", "description", "refname", "type"];
/// What an update may carry beside them; none of it can be changed.
const READ_ONLY_MEMBERS: [&str; 3] = ["uuid", "created_on", "updated_on"];

/// Reads the body of a POST.
pub(crate) fn read_create(
    headers: &HeaderMap,
    body: &[u8],
    assumptions: &Assumptions,
) -> Result<BuildStatusCreate, Rejection> {
    let members = object(headers, body)?;
    check_fields(&members, &["key", "state", "url"], &[], assumptions)?;
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
    let members = object(headers, body)?;
    check_fields(&members, &["type"], &READ_ONLY_MEMBERS, assumptions)?;
    if !assumptions.partial_update.accepts() {
        missing(&rules::WHOLE_UPDATE, &members, &["state", "url"])?;
    }
    check_values(&members, assumptions)?;
    let other_key = text(&members, "key").is_some_and(|other| other != key);
    if other_key && !assumptions.other_key_in_update.accepts() {
        return Err(Rejection::field(&rules::KEY_CHANGE, "key", "The key of a build status cannot be changed."));
    }
    typed(members)
}

fn object(headers: &HeaderMap, body: &[u8]) -> Result<Map<String, Value>, Rejection> {
    if body.is_empty() {
        return Err(Rejection::text(&rules::BODY_PRESENT, StatusCode::BAD_REQUEST, "Bad Request"));
    }
    let bad = |problem: &str| Rejection::message(&rules::BODY_JSON, StatusCode::BAD_REQUEST, problem);
    let kind = headers.get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim();
    if !kind.eq_ignore_ascii_case("application/json") {
        return Err(bad("Bad request: expected the content type application/json"));
    }
    match serde_json::from_slice(body) {
        Ok(Value::Object(members)) => Ok(members),
        Ok(_) => Err(bad("Bad request: expected a JSON object")),
        Err(_) => Err(bad("Bad request: expected JSON")),
    }
}

/// Checks a status as [`read_create`] does once it is typed.
pub(crate) fn check_status(status: &BuildStatusCreate, assumptions: &Assumptions) -> Result<(), Rejection> {
    match serde_json::to_value(status) {
        Ok(Value::Object(members)) => check_values(&members, assumptions),
        _ => Ok(()),
    }
}

/// Refuses members that are missing or of the wrong type.
fn check_fields(
    members: &Map<String, Value>,
    required: &[&str],
    read_only: &[&str],
    assumptions: &Assumptions,
) -> Result<(), Rejection> {
    missing(&rules::REQUIRED_MEMBERS, members, required)?;
    let mut wrong = Map::new();
    for (name, value) in members {
        let known = STATUS_MEMBERS.contains(&name.as_str()) || read_only.contains(&name.as_str());
        // Bitbucket's staff say that null works; a refname once set cannot be taken away again.
        let null_is_seen = name == "refname" && value.is_null() && read_only.is_empty();
        if known && !value.is_string() && !null_is_seen {
            wrong.insert(name.clone(), json!("expected str"));
        }
    }
    if let Some(links) = members.get("links").filter(|_| !read_only.is_empty()) {
        check_links("links", links, &["commit", "self"], &mut wrong);
    }
    if !wrong.is_empty() {
        return Err(Rejection::invalid_fields(&rules::MEMBER_TYPES, &wrong));
    }
    if !assumptions.unknown_members.accepts() {
        let links = !read_only.is_empty();
        let unknown = members.keys().filter(|name| {
            let name = name.as_str();
            !(STATUS_MEMBERS.contains(&name) || read_only.contains(&name) || links && name == "links")
        });
        let unknown: Map<_, _> = unknown.map(|name| (name.clone(), json!("extra keys not allowed"))).collect();
        if !unknown.is_empty() {
            return Err(Rejection::invalid_fields(&rules::KNOWN_MEMBERS, &unknown));
        }
    }
    Ok(())
}

/// Notes what is no object of links, or no link, under its dotted name.
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
    if missing.is_empty() { Ok(()) } else { Err(Rejection::invalid_fields(rule, &missing)) }
}

/// Refuses values, the first one in the order of the members' names as Bitbucket's forms do.
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
        if check_url(url).is_err() || (local && !assumptions.localhost_url.accepts()) {
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

/// The last word is the document's types'.
fn typed<T: DeserializeOwned>(members: Map<String, Value>) -> Result<T, Rejection> {
    serde_json::from_value(Value::Object(members)).map_err(|problem| {
        Rejection::message(&rules::MEMBER_TYPES, StatusCode::BAD_REQUEST, format!("Bad request: {problem}"))
    })
}
