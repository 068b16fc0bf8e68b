//! A list's query, its order and its pages, and a status as the live API writes it. No I/O.

use http::StatusCode;
use reqwest::Url;
use serde_json::{Value, json};

use super::{
    rejection::Rejection,
    rules,
    store::{RepositoryState, Status},
};
use crate::Timestamp;

const PAGELEN: usize = 30;
const MAX_PAGELEN: usize = 100;

/// What a list is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Query {
    pub(crate) refname: Option<String>,
    sort: Sort,
    page: usize,
    pagelen: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Sort {
    by: Member,
    descending: bool,
}

/// The members to sort by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Member {
    Key,
    State,
    Name,
    Refname,
    Url,
    Description,
    CreatedOn,
    UpdatedOn,
}

impl Query {
    /// Reads the query of an address; of a parameter that is given twice, the last one counts.
    pub(crate) fn read(address: &Url) -> Result<Self, Rejection> {
        let sort = Sort { by: Member::CreatedOn, descending: false };
        let mut read = Self { refname: None, sort, page: 1, pagelen: PAGELEN };
        for (name, value) in address.query_pairs() {
            match &*name {
                "q" => {
                    let problem = "q: the sandbox does not filter; ask without it, and filter what comes";
                    return Err(Rejection::message(&rules::NO_FILTER, StatusCode::BAD_REQUEST, problem));
                }
                "refname" => read.refname = Some(value.into_owned()),
                "sort" => read.sort = Sort::read(&value)?,
                "page" => read.page = number("page", &value, usize::MAX)?,
                "pagelen" => read.pagelen = number("pagelen", &value, MAX_PAGELEN)?,
                _ => {}
            }
        }
        Ok(read)
    }

    /// Puts statuses in order and gives the page that is asked for; `address` is where the request was sent.
    pub(crate) fn page<'a>(
        &self,
        mut statuses: Vec<&'a Status>,
        address: &Url,
        write: impl Fn(&'a Status) -> Value,
    ) -> Value {
        statuses.sort_by(|one, other| (one.created_on, &one.key).cmp(&(other.created_on, &other.key)));
        statuses.sort_by(|one, other| self.sort.compare(one, other));
        let size = statuses.len();
        let begin = self.pagelen.saturating_mul(self.page - 1);
        let values: Vec<_> = statuses.into_iter().skip(begin).take(self.pagelen).map(write).collect();
        let mut page = json!({ "pagelen": self.pagelen, "values": values, "page": self.page, "size": size });
        if begin.saturating_add(self.pagelen) < size {
            page["next"] = at_page(address, self.page + 1).into();
        }
        if self.page > 1 && begin < size {
            page["previous"] = at_page(address, self.page - 1).into();
        }
        page
    }
}

impl Sort {
    fn read(text: &str) -> Result<Self, Rejection> {
        let name = text.strip_prefix('-');
        let by = match name.unwrap_or(text) {
            "key" => Member::Key,
            "state" => Member::State,
            "name" => Member::Name,
            "refname" => Member::Refname,
            "url" => Member::Url,
            "description" => Member::Description,
            "created_on" => Member::CreatedOn,
            "updated_on" => Member::UpdatedOn,
            other => {
                let problem = format!("Invalid field name: {other}");
                return Err(Rejection::message(&rules::SORT_MEMBER, StatusCode::BAD_REQUEST, problem));
            }
        };
        Ok(Self { by, descending: name.is_some() })
    }

    fn compare(self, one: &Status, other: &Status) -> std::cmp::Ordering {
        let order = match self.by {
            Member::Key => one.key.cmp(&other.key),
            Member::State => one.state.as_str().cmp(other.state.as_str()),
            Member::Name => one.name.cmp(&other.name),
            Member::Refname => one.refname.cmp(&other.refname),
            Member::Url => one.url.cmp(&other.url),
            Member::Description => one.description.cmp(&other.description),
            Member::CreatedOn => one.created_on.cmp(&other.created_on),
            Member::UpdatedOn => one.updated_on.cmp(&other.updated_on),
        };
        if self.descending { order.reverse() } else { order }
    }
}

fn at_page(address: &Url, page: usize) -> String {
    let mut address = address.clone();
    let kept: Vec<_> = address.query_pairs().into_owned().filter(|(name, _)| name != "page").collect();
    address.query_pairs_mut().clear().extend_pairs(kept).append_pair("page", &page.to_string());
    address.into()
}

fn number(name: &str, text: &str, most: usize) -> Result<usize, Rejection> {
    let number = text.parse().ok().filter(|number| (1..=most).contains(number));
    number.ok_or_else(|| Rejection::message(&rules::PAGE_NUMBERS, StatusCode::BAD_REQUEST, format!("Invalid {name}")))
}

/// The address the recorded links begin with.
const API: &str = "https://api.bitbucket.org/2.0/repositories";
const SITE: &str = "https://bitbucket.org";

/// The twelve members of a live status.
pub(crate) fn status(repository: &RepositoryState, status: &Status) -> Value {
    let (full_name, hash) = (repository.full_name(), &status.commit);
    let api = format!("{API}/{full_name}");
    let commit = format!("{api}/commit/{hash}");
    let avatar = repository.uuid.replace('{', "%7B").replace('}', "%7D");
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
            "name": repository.slug,
            "uuid": repository.uuid,
            "links": {
                "self": { "href": api },
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
