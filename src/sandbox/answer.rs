//! A status and a page as the live API writes them.

use serde_json::{Value, json};

use super::store::{Place, Status};
use crate::Timestamp;

/// The address the recorded links begin with.
const API: &str = "https://api.bitbucket.org/2.0/repositories";
const SITE: &str = "https://bitbucket.org";

/// The twelve members of a live status.
pub(crate) fn status(place: &Place, status: &Status) -> Value {
    let (full_name, hash) = (place.full_name(), &status.commit);
    let repository = format!("{API}/{full_name}");
    let commit = format!("{repository}/commit/{hash}");
    let avatar = place.uuid.replace('{', "%7B").replace('}', "%7D");
    let key = progenitor_client::encode_path(&status.key);
    json!({
        "key": status.key,
        "type": "build",
        "state": status.state,
        "name": status.name,
        "refname": status.refname,
        "commit": {
            "type": "commit",
            "hash": hash,
            "links": {
                "self": { "href": commit },
                "html": { "href": format!("{SITE}/{full_name}/commits/{hash}") },
            },
        },
        "url": status.url,
        "repository": {
            "type": "repository",
            "full_name": full_name,
            "name": place.slug,
            "uuid": place.uuid,
            "links": {
                "self": { "href": repository },
                "html": { "href": format!("{SITE}/{full_name}") },
                "avatar": { "href": format!("https://bytebucket.org/ravatar/{avatar}?ts=default") },
            },
        },
        "description": status.description,
        "created_on": Timestamp::of(status.created_on),
        "updated_on": Timestamp::of(status.updated_on),
        "links": {
            "self": { "href": format!("{commit}/statuses/build/{key}") },
            "commit": { "href": commit },
        },
    })
}
