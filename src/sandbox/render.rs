//! Bodies of responses as the live API writes them, and the query, order and pages of a list. No I/O.

use http::StatusCode;
use progenitor_client::encode_path;
use reqwest::Url;

use super::{
    ordered_json::{Json, object},
    origin::Origin,
    rejection::Rejection,
    rules,
    seed::SeededPullRequest,
    store::{self, RepositoryState, Status},
};
use crate::timestamp::Timestamp;

/// The path of the API.
pub(crate) const BASE_PATH: &str = "/2.0";
const DEFAULT_PAGELEN: usize = 30;
const MAX_PAGELEN: usize = 100;
/// The digits of a hash within a pull request.
const SHORT_HASH_DIGITS: usize = 12;

/// Writes resources. Links start with the origin that was requested: a link to another server would lead clients there
/// with their credentials.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Renderer<'a> {
    origin: &'a str,
}

impl<'a> Renderer<'a> {
    pub(crate) fn new(origin: &'a Origin) -> Self {
        Self { origin: &origin.0 }
    }

    fn api(self, path: &str) -> Json {
        object!({ "href": format!("{}{BASE_PATH}{path}", self.origin) })
    }

    fn site(self, path: &str) -> Json {
        object!({ "href": format!("{}/{path}", self.origin) })
    }

    /// The twelve members of a live status.
    pub(crate) fn status(self, repository: &RepositoryState, hash: &str, status: &Status) -> Json {
        object!({
            "key": status.key.as_str(),
            "type": "build",
            "state": status.state.as_str(),
            "name": status.name.as_str(),
            "refname": status.refname.as_deref(),
            "commit": self.short_commit(repository, hash),
            "url": status.url.as_str(),
            "repository": self.short_repository(repository),
            "description": status.description.as_str(),
            "created_on": &Timestamp::from(status.created_on),
            "updated_on": &Timestamp::from(status.updated_on),
            "links": object!({
                "self": self.api(&status_path(repository, hash, &status.key)),
                "commit": self.api(&commit_path(repository, hash)),
            }),
        })
    }

    /// A commit as it appears within other resources.
    fn short_commit(self, repository: &RepositoryState, hash: &str) -> Json {
        object!({ "type": "commit", "hash": hash, "links": self.commit_links(repository, hash) })
    }

    fn commit_links(self, repository: &RepositoryState, hash: &str) -> Json {
        object!({
            "self": self.api(&commit_path(repository, hash)),
            "html": self.site(&format!("{}/commits/{hash}", name_path(repository))),
        })
    }

    /// A repository as it appears within other resources.
    fn short_repository(self, repository: &RepositoryState) -> Json {
        object!({
            "type": "repository",
            "full_name": repository.full_name(),
            "links": self.repository_links(repository),
            "name": repository.slug.as_str(),
            "uuid": repository.uuid.as_str(),
        })
    }

    fn repository_links(self, repository: &RepositoryState) -> Json {
        object!({
            "self": self.api(&repository_path(repository)),
            "html": self.site(&name_path(repository)),
            "avatar": self.site(&format!("ravatar/{}?ts=default", encode_path(&repository.uuid))),
        })
    }

    pub(crate) fn commit(self, repository: &RepositoryState, hash: &str) -> Json {
        let mut links = self.commit_links(repository, hash);
        links.push("statuses", self.api(&format!("{}/statuses", commit_path(repository, hash))));
        object!({
            "type": "commit",
            "hash": hash,
            "links": links,
            "repository": self.short_repository(repository),
        })
    }

    pub(crate) fn repository(self, repository: &RepositoryState) -> Json {
        let path = repository_path(repository);
        let mut links = self.repository_links(repository);
        links.push("branches", self.api(&format!("{path}/refs/branches")));
        links.push("commits", self.api(&format!("{path}/commits")));
        links.push("pullrequests", self.api(&format!("{path}/pullrequests")));
        object!({
            "type": "repository",
            "full_name": repository.full_name(),
            "links": links,
            "name": repository.slug.as_str(),
            "slug": repository.slug.as_str(),
            "scm": "git",
            "is_private": !repository.is_public(),
            "mainbranch": object!({ "type": "branch", "name": repository.main_branch() }),
            "workspace": self.short_workspace(&repository.workspace),
            "uuid": repository.uuid.as_str(),
        })
    }

    fn short_workspace(self, workspace: &str) -> Json {
        workspace_with(workspace, self.workspace_links(workspace))
    }

    fn workspace_links(self, workspace: &str) -> Json {
        object!({
            "self": self.api(&format!("/workspaces/{}", encode_path(workspace))),
            "html": self.site(&encode_path(workspace)),
        })
    }

    pub(crate) fn workspace(self, workspace: &str) -> Json {
        let name = encode_path(workspace);
        let mut links = self.workspace_links(workspace);
        links.push("repositories", self.api(&format!("/repositories/{name}")));
        links.push("projects", self.api(&format!("/workspaces/{name}/projects")));
        links.push("members", self.api(&format!("/workspaces/{name}/members")));
        workspace_with(workspace, links)
    }

    pub(crate) fn branch(self, repository: &RepositoryState, name: &str, hash: &str) -> Json {
        let (path, encoded) = (repository_path(repository), encode_path(name));
        object!({
            "name": name,
            "type": "branch",
            "target": self.commit(repository, hash),
            "links": object!({
                "self": self.api(&format!("{path}/refs/branches/{encoded}")),
                "commits": self.api(&format!("{path}/commits/{encoded}")),
                "html": self.site(&format!("{}/branch/{encoded}", name_path(repository))),
            }),
        })
    }

    /// A pull request; `source` is the full hash of the last commit of its branch.
    pub(crate) fn pull_request(
        self,
        repository: &RepositoryState,
        pull_request: &SeededPullRequest,
        source: &str,
    ) -> Json {
        let id = pull_request.id;
        let path = format!("{}/pullrequests/{id}", repository_path(repository));
        let short = source.get(..SHORT_HASH_DIGITS).unwrap_or(source);
        object!({
            "type": "pullrequest",
            "id": id,
            "title": pull_request.title.clone().unwrap_or_else(|| format!("Pull request {id}")),
            "state": "OPEN",
            "source": object!({
                "branch": object!({ "name": pull_request.source_branch.as_str() }),
                "commit": self.short_commit(repository, short),
                "repository": self.short_repository(repository),
            }),
            "destination": object!({
                "branch": object!({ "name": pull_request.destination_branch.as_str() }),
                "repository": self.short_repository(repository),
            }),
            "links": object!({
                "self": self.api(&path),
                "commits": self.api(&format!("{path}/commits")),
                "statuses": self.api(&format!("{path}/statuses")),
                "html": self.site(&format!("{}/pull-requests/{id}", name_path(repository))),
            }),
        })
    }

    /// The account of an identity.
    pub(crate) fn user(self, name: &str) -> Json {
        let uuid = store::uuid(&format!("user {name}"));
        let path = format!("/users/{}", encode_path(&uuid));
        object!({
            "type": "user",
            "display_name": name,
            "links": object!({ "self": self.api(&path) }),
            "nickname": name,
            "uuid": uuid,
        })
    }

    /// The `Location` of a new status: the path of its address.
    pub(crate) fn location(self, repository: &RepositoryState, hash: &str, status: &Status) -> String {
        let prefix = Url::parse(self.origin).map(|url| url.path().trim_end_matches('/').to_owned());
        format!("{}{BASE_PATH}{}", prefix.unwrap_or_default(), status_path(repository, hash, &status.key))
    }
}

fn workspace_with(workspace: &str, links: Json) -> Json {
    object!({
        "type": "workspace",
        "uuid": store::uuid(workspace),
        "name": workspace,
        "slug": workspace,
        "links": links,
    })
}

fn name_path(repository: &RepositoryState) -> String {
    format!("{}/{}", encode_path(&repository.workspace), encode_path(&repository.slug))
}

fn repository_path(repository: &RepositoryState) -> String {
    format!("/repositories/{}", name_path(repository))
}

fn commit_path(repository: &RepositoryState, hash: &str) -> String {
    format!("{}/commit/{hash}", repository_path(repository))
}

fn status_path(repository: &RepositoryState, hash: &str, key: &str) -> String {
    format!("{}/statuses/build/{}", commit_path(repository, hash), encode_path(key))
}

/// The query of a list.
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
    /// Reads the query of an address; if it has a parameter twice, the last one counts.
    pub(crate) fn read(address: &Url) -> Result<Self, Rejection> {
        let sort = Sort { by: Member::CreatedOn, descending: false };
        let mut read = Self { refname: None, sort, page: 1, pagelen: DEFAULT_PAGELEN };
        for (name, value) in address.query_pairs() {
            match &*name {
                "q" => {
                    let problem = "q: the sandbox does not filter; leave it out, and filter the response";
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

    /// Puts statuses in order.
    pub(crate) fn sort(&self, statuses: &mut [&Status]) {
        statuses.sort_by(|one, other| (one.created_on, &one.key).cmp(&(other.created_on, &other.key)));
        statuses.sort_by(|one, other| self.sort.compare(one, other));
    }

    /// The requested page of these items; `address` is the address of the request.
    pub(crate) fn page<T>(&self, items: Vec<T>, address: &Url, write: impl Fn(T) -> Json) -> Json {
        let size = items.len();
        let start = self.pagelen.saturating_mul(self.page - 1);
        let values: Vec<_> = items.into_iter().skip(start).take(self.pagelen).map(write).collect();
        let mut page = object!({ "pagelen": self.pagelen, "values": values, "page": self.page, "size": size });
        if start.saturating_add(self.pagelen) < size {
            page.push("next", at_page(address, self.page + 1));
        }
        if self.page > 1 && start < size {
            page.push("previous", at_page(address, self.page - 1));
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
    let others: Vec<_> = address.query_pairs().into_owned().filter(|(name, _)| name != "page").collect();
    address.query_pairs_mut().clear().extend_pairs(others).append_pair("page", &page.to_string());
    address.into()
}

fn number(name: &str, text: &str, most: usize) -> Result<usize, Rejection> {
    let number = text.parse().ok().filter(|number| (1..=most).contains(number));
    number.ok_or_else(|| Rejection::message(&rules::PAGE_NUMBERS, StatusCode::BAD_REQUEST, format!("Invalid {name}")))
}

/// The part of a response that `fields` selects, as Atlassian's page on partial responses describes: names with dots
/// select in objects and in the items of lists, `*` is every name, `-` excludes, and `+` adds to the default.
pub(crate) fn select(body: &Json, fields: &str) -> Json {
    let paths = |is_wanted: fn(&str) -> bool| -> Vec<Vec<&str>> {
        let fields = fields.split(',').map(str::trim).filter(|field| !field.is_empty() && is_wanted(field));
        fields.map(|field| field.trim_start_matches('-').split('.').collect()).collect()
    };
    // In a query a plus is a space.
    let included = paths(|field| !field.starts_with(['-', '+']));
    let adds = fields.split(',').any(|field| field.starts_with([' ', '+']));
    let mut selected = body.clone();
    if !included.is_empty() && !adds {
        keep(&mut selected, &included.iter().map(Vec::as_slice).collect::<Vec<_>>());
    }
    for path in paths(|field| field.starts_with('-')) {
        remove(&mut selected, &path);
    }
    selected
}

fn keep(value: &mut Json, paths: &[&[&str]]) {
    match value {
        Json::Array(items) => items.iter_mut().for_each(|item| keep(item, paths)),
        Json::Object(members) => members.retain_mut(|(name, value)| {
            let rests: Vec<_> = paths.iter().filter_map(|path| rest(path, name)).collect();
            if !rests.iter().any(|rest| rest.is_empty()) {
                keep(value, &rests);
            }
            !rests.is_empty()
        }),
        Json::Value(_) => {}
    }
}

fn remove(value: &mut Json, path: &[&str]) {
    match value {
        Json::Array(items) => items.iter_mut().for_each(|item| remove(item, path)),
        Json::Object(members) => members.retain_mut(|(name, value)| match rest(path, name) {
            Some([]) => false,
            Some(rest) => {
                remove(value, rest);
                true
            }
            None => true,
        }),
        Json::Value(_) => {}
    }
}

/// The rest of a path after its first name, if that is this one.
fn rest<'a>(path: &'a [&'a str], name: &str) -> Option<&'a [&'a str]> {
    let (first, rest) = path.split_first()?;
    (*first == "*" || *first == name).then_some(rest)
}

#[cfg(test)]
mod tests {
    use super::{super::ordered_json::object, select};

    #[test]
    fn fields_select_members() {
        let links = || object!({ "self": 1_u64, "commit": 2_u64 });
        let list = |item| vec![item];
        let body = object!({
            "size": 1_u64, "next": "n", "values": list(object!({ "key": "k", "links": links() })),
        });
        let complete = body.to_string();
        let table = [
            ("size", r#"{"size":1}"#),
            ("size,values.key", r#"{"size":1,"values":[{"key":"k"}]}"#),
            ("values.links.self,next", r#"{"next":"n","values":[{"links":{"self":1}}]}"#),
            ("values.*", r#"{"values":[{"key":"k","links":{"self":1,"commit":2}}]}"#),
            ("values.*.self", r#"{"values":[{"key":"k","links":{"self":1}}]}"#),
            ("-values.links,-next", r#"{"size":1,"values":[{"key":"k"}]}"#),
            ("values,-values.links.self", r#"{"values":[{"key":"k","links":{"commit":2}}]}"#),
            ("+values.author", complete.as_str()),
            (" values.author,size", &complete),
            ("nothing", "{}"),
            ("", &complete),
            (",,", &complete),
        ];
        for (fields, expected) in table {
            assert_eq!(select(&body, fields).to_string(), expected, "{fields}");
        }
    }
}
