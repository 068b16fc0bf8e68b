//! What a write does to the statuses of a commit. No I/O.

use std::time::{Duration, SystemTime};

use http::StatusCode;
use serde_json::json;

use super::{
    assumptions::Assumptions,
    refusal::Refusal,
    rules,
    store::{Status, Statuses, after},
};
use crate::{BuildStatusCreate, BuildStatusUpdate};

/// Who writes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Writer<'a> {
    /// The identity; nobody where any credentials are taken.
    pub(crate) name: Option<&'a str>,
    pub(crate) admin: bool,
}

/// How long after `created_on` a new status' `updated_on` is: a few microseconds, as observed.
const FIRST_UPDATE: Duration = Duration::from_micros(29);

/// Creates a status or overwrites the one with its key and refname; says whether it is new.
pub(crate) fn create(
    statuses: &mut Statuses,
    commit: &str,
    wanted: BuildStatusCreate,
    writer: Writer<'_>,
    assumptions: &Assumptions,
    now: SystemTime,
) -> Result<(Status, bool), Refusal> {
    let place = (fold(wanted.key.as_str(), assumptions), wanted.refname.clone());
    if let Some(known) = statuses.get_mut(&place) {
        may_overwrite(known, writer, assumptions)?;
        known.state = wanted.state;
        known.url = wanted.url;
        known.name = wanted.name.unwrap_or_default();
        known.description = wanted.description.unwrap_or_default();
        known.updated_on = after(known.updated_on, now);
        return Ok((known.clone(), false));
    }
    let status = Status {
        commit: commit.to_owned(),
        key: wanted.key.to_string(),
        state: wanted.state,
        url: wanted.url,
        name: wanted.name.unwrap_or_default(),
        description: wanted.description.unwrap_or_default(),
        refname: wanted.refname,
        author: writer.name.map(str::to_owned),
        created_on: now,
        updated_on: now + FIRST_UPDATE,
    };
    statuses.insert(place, status.clone());
    Ok((status, true))
}

/// Changes a status that exists; members that are not given stay as they are.
pub(crate) fn update(
    statuses: &mut Statuses,
    key: &str,
    wanted: BuildStatusUpdate,
    writer: Writer<'_>,
    assumptions: &Assumptions,
    now: SystemTime,
) -> Result<Status, Refusal> {
    let place = meant(statuses, key, wanted.refname.as_deref(), assumptions)?;
    let Some(known) = statuses.get(&place) else { return Err(no_status()) };
    may_overwrite(known, writer, assumptions)?;
    let Some(mut status) = statuses.remove(&place) else { return Err(no_status()) };
    status.state = wanted.state.unwrap_or(status.state);
    status.url = wanted.url.unwrap_or(status.url);
    status.name = wanted.name.unwrap_or(status.name);
    status.description = wanted.description.unwrap_or(status.description);
    // A refname once set cannot be set back to null.
    status.refname = wanted.refname.or(status.refname);
    status.updated_on = after(status.updated_on, now);
    statuses.insert((place.0, status.refname.clone()), status.clone());
    Ok(status)
}

/// Finds the status with a key; the one changed last where several have it.
pub(crate) fn find<'a>(statuses: &'a Statuses, key: &str, assumptions: &Assumptions) -> Result<&'a Status, Refusal> {
    let key = fold(key, assumptions);
    let same_key = statuses.range((key.clone(), None)..).take_while(|((other, _), _)| *other == key);
    same_key.map(|(_, status)| status).max_by_key(|status| status.updated_on).ok_or_else(no_status)
}

/// Which status an update means.
fn meant(
    statuses: &Statuses,
    key: &str,
    refname: Option<&str>,
    assumptions: &Assumptions,
) -> Result<(String, Option<String>), Refusal> {
    let latest = find(statuses, key, assumptions)?;
    let key = fold(key, assumptions);
    let exact = (key.clone(), refname.map(str::to_owned));
    let several = statuses.range((key.clone(), None)..).take_while(|((other, _), _)| *other == key).count() > 1;
    if refname.is_some() && statuses.contains_key(&exact) {
        return Ok(exact);
    }
    if several && !assumptions.ambiguous_update.accepts() {
        let error = json!({ "message": "Something went wrong", "id": format!("{:032x}", fastrand::u128(..)) });
        return Err(Refusal::json(&rules::STATUS_UNAMBIGUOUS, StatusCode::INTERNAL_SERVER_ERROR, &error));
    }
    Ok((key, latest.refname.clone()))
}

fn may_overwrite(known: &Status, writer: Writer<'_>, assumptions: &Assumptions) -> Result<(), Refusal> {
    let foreign = matches!((&known.author, writer.name), (Some(author), Some(name)) if author != name);
    if !foreign || writer.admin {
        return Ok(());
    }
    let status = StatusCode::from_u16(assumptions.foreign_overwrite_status).unwrap_or(StatusCode::FORBIDDEN);
    Err(Refusal::message(&rules::AUTHOR_ONLY, status, "Forbidden"))
}

pub(crate) fn no_status() -> Refusal {
    Refusal::message(&rules::STATUS_KNOWN, StatusCode::NOT_FOUND, "Build status not found")
}

/// A key in the form it is compared in.
fn fold(key: &str, assumptions: &Assumptions) -> String {
    if assumptions.keys_that_differ_in_case.accepts() { key.to_owned() } else { key.to_lowercase() }
}
