//! Applies writes to the statuses of a commit. No I/O.

use std::time::{Duration, SystemTime};

use http::StatusCode;

use super::{
    assumptions::Assumptions,
    ordered_json::object,
    rejection::Rejection,
    rules,
    store::{Status, Statuses, next_timestamp},
};
use crate::model::{BuildStatusCreate, BuildStatusUpdate};

/// The author of a write.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Writer<'a> {
    /// The name of the identity; none for a seeded status without an author.
    pub(crate) name: Option<&'a str>,
    pub(crate) admin: bool,
}

/// How long after `created_on` a new status' `updated_on` is: a few microseconds, as observed.
const FIRST_UPDATE_DELAY: Duration = Duration::from_micros(29);

/// Creates a status, or overwrites the one that has the same key and refname; returns whether it is new.
pub(crate) fn create(
    statuses: &mut Statuses,
    input: BuildStatusCreate,
    writer: Writer<'_>,
    assumptions: &Assumptions,
    now: SystemTime,
) -> Result<(Status, bool), Rejection> {
    let BuildStatusCreate { key, state, url, name, description, refname, type_: _ } = input;
    let (name, description) = (name.unwrap_or_default(), description.unwrap_or_default());
    let identity = (normalize_key(key.as_str(), assumptions), refname.clone());
    if let Some(known) = statuses.get_mut(&identity) {
        may_overwrite(known, writer, assumptions)?;
        known.state = state;
        known.url = url;
        known.name = name;
        known.description = description;
        known.updated_on = next_timestamp(known.updated_on, now);
        return Ok((known.clone(), false));
    }
    let status = Status {
        key: key.to_string(),
        state,
        url,
        name,
        description,
        refname,
        author: writer.name.map(str::to_owned),
        created_on: now,
        updated_on: now + FIRST_UPDATE_DELAY,
    };
    statuses.insert(identity, status.clone());
    Ok((status, true))
}

/// Changes an existing status; members that are not given keep their values.
pub(crate) fn update(
    statuses: &mut Statuses,
    key: &str,
    input: BuildStatusUpdate,
    writer: Writer<'_>,
    assumptions: &Assumptions,
    now: SystemTime,
) -> Result<Status, Rejection> {
    let BuildStatusUpdate { state, url, name, description, refname, .. } = input;
    let target = resolve_target(statuses, key, refname.as_deref(), assumptions)?;
    let Some(known) = statuses.get(&target) else { return Err(no_status()) };
    may_overwrite(known, writer, assumptions)?;
    let Some(mut status) = statuses.remove(&target) else { return Err(no_status()) };
    status.state = state.unwrap_or(status.state);
    status.url = url.unwrap_or(status.url);
    status.name = name.unwrap_or(status.name);
    status.description = description.unwrap_or(status.description);
    // A refname cannot be set back to null.
    status.refname = refname.or(status.refname);
    status.updated_on = next_timestamp(status.updated_on, now);
    statuses.insert((target.0, status.refname.clone()), status.clone());
    Ok(status)
}

/// Finds the status with a key; if several have it, the one that was changed last.
pub(crate) fn find<'a>(statuses: &'a Statuses, key: &str, assumptions: &Assumptions) -> Result<&'a Status, Rejection> {
    let key = normalize_key(key, assumptions);
    let same_key = statuses.range((key.clone(), None)..).take_while(|((other, _), _)| *other == key);
    same_key.map(|(_, status)| status).max_by_key(|status| status.updated_on).ok_or_else(no_status)
}

/// The status that an update refers to.
fn resolve_target(
    statuses: &Statuses,
    key: &str,
    refname: Option<&str>,
    assumptions: &Assumptions,
) -> Result<(String, Option<String>), Rejection> {
    let latest = find(statuses, key, assumptions)?;
    let key = normalize_key(key, assumptions);
    let exact = (key.clone(), refname.map(str::to_owned));
    let several = statuses.range((key.clone(), None)..).take_while(|((other, _), _)| *other == key).count() > 1;
    if refname.is_some() && statuses.contains_key(&exact) {
        return Ok(exact);
    }
    if several && !assumptions.ambiguous_update.accepts() {
        let error = object!({ "message": "Something went wrong", "id": format!("{:032x}", fastrand::u128(..)) });
        return Err(Rejection::json(&rules::STATUS_UNAMBIGUOUS, StatusCode::INTERNAL_SERVER_ERROR, error));
    }
    Ok((key, latest.refname.clone()))
}

fn may_overwrite(known: &Status, writer: Writer<'_>, assumptions: &Assumptions) -> Result<(), Rejection> {
    let foreign = matches!((&known.author, writer.name), (Some(author), Some(name)) if author != name);
    if !foreign || writer.admin {
        return Ok(());
    }
    let status = StatusCode::from_u16(assumptions.foreign_overwrite_status).unwrap_or(StatusCode::FORBIDDEN);
    Err(Rejection::message(&rules::AUTHOR_ONLY, status, "Forbidden"))
}

pub(crate) fn no_status() -> Rejection {
    Rejection::message(&rules::STATUS_KNOWN, StatusCode::NOT_FOUND, "Build status not found")
}

/// A key in the form that is compared.
fn normalize_key(key: &str, assumptions: &Assumptions) -> String {
    if assumptions.keys_that_differ_in_case.accepts() { key.to_owned() } else { key.to_lowercase() }
}
