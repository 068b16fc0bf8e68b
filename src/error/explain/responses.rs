//! Explanations of error responses.

use super::{Details, Explanation, explanation};
use crate::{
    context::{CredentialKind, Operation},
    error::{Pagination, excerpt},
};

pub(super) fn rejected(error: &Details) -> Explanation {
    let fields = &error.body.fields;
    let names = |field: &str, needle: &str| fields.contains_key(field) && error.mentions(needle);
    if names("key", "at most") {
        return explanation(
            "The key is longer than Bitbucket takes: 40 characters",
            "Choose a shorter key; `Key::shorten` and `bbstatus key` make one of any name, the same on every machine",
        );
    }
    if error.mentions("required key not provided") || error.mentions("this field is required") {
        return explanation(
            format!("Bitbucket needs a member that the request lacks{}", join_names(fields.keys())),
            "Send at least key, state and url; an update completes itself unless it is exact",
        );
    }
    if error.mentions("extra keys not allowed") {
        return explanation(
            format!("The request holds a member that this endpoint does not know{}", join_names(fields.keys())),
            "Leave it out",
        );
    }
    if fields.contains_key("url") {
        return explanation(
            "Bitbucket takes a url only where it is absolute and its host has a dot or is an address",
            "Give the build's full http or https address; a CI server must know its own public address",
        );
    }
    if !fields.is_empty() {
        return explanation(
            format!("Bitbucket does not take the value of a member{}", join_names(fields.keys())),
            "Correct what the message names",
        );
    }
    if error.is_list() {
        return explanation(
            "Bitbucket does not take the filter, the order or the length of a page",
            "Check the filter's members and quotes; pages of pull requests hold at most 50, others 100",
        );
    }
    if error.status == Some(413) {
        return explanation("The request is too large", "Shorten name and description");
    }
    explanation(
        "Bitbucket could not read the request: often a proxy on the way has emptied or changed its body",
        "Look at the exchange (`ClientBuilder::observe`, `bbstatus -v`), and try without the proxy",
    )
}

/// Names, to be put behind a noun.
fn join_names<'a>(names: impl Iterator<Item = &'a String>) -> String {
    let names = excerpt(&names.map(String::as_str).collect::<Vec<_>>().join(", "));
    if names.is_empty() { names } else { format!(": {names}") }
}

fn without_credentials() -> Explanation {
    explanation(
        "The request carried no credentials",
        "Give an access token, or an API token with the e-mail address of its account",
    )
}

pub(super) fn unauthorized(error: &Details) -> Explanation {
    if error.is_token_request {
        return explanation(
            "Bitbucket does not know the OAuth consumer, or its secret is another",
            "Check client id and secret, and that the consumer is marked as private",
        );
    }
    match error.credentials() {
        CredentialKind::Anonymous => without_credentials(),
        CredentialKind::ApiToken => explanation(
            "The API token and the e-mail address do not belong together, or the token has expired or has no scopes; \
             the Bitbucket user name in place of the e-mail address is refused too",
            "Give the e-mail address of the Atlassian account, and a token that was created \"with scopes\" and has \
             read:repository:bitbucket; app passwords were removed in July 2026",
        ),
        CredentialKind::AccessToken => explanation(
            "The access token is wrong, revoked or expired, or it is an API token, which needs its e-mail address",
            "Make a new repository, project or workspace access token, or give the e-mail address beside an API token",
        ),
        CredentialKind::OAuth => explanation(
            "Bitbucket withdrew the OAuth consumer's access token, and refused the renewed one as well",
            "Check that the consumer still exists and may read the repository",
        ),
    }
}

pub(super) fn forbidden(error: &Details) -> Explanation {
    if error.status == Some(402) {
        return explanation(
            "The workspace's plan does not include this, or its limits are reached",
            "Ask an administrator of the workspace",
        );
    }
    if error.mentions("rate limit") {
        return rate_limited(error);
    }
    if error.credentials() == CredentialKind::Anonymous {
        return without_credentials();
    }
    let missing = missing_scopes(error);
    if !missing.is_empty() || !error.body.required_scopes.is_empty() || error.mentions("privilege scopes") {
        return explanation(
            format!("The token lacks a scope{}", join_names(missing.into_iter())),
            "Make a new token with that scope: statuses need read:repository:bitbucket (repository), those of a pull \
             request read:pullrequest:bitbucket (pullrequest)",
        );
    }
    if error.mentions("does not support authentication") {
        return explanation(
            "This endpoint does not take this kind of token",
            "Use a repository, project or workspace access token, or an API token with its e-mail address",
        );
    }
    if error.mentions("write or admin access") {
        return explanation(
            "The account may not write to the repository, whatever the token's scopes are",
            "Give the account access to the repository",
        );
    }
    if error.is_write() {
        return explanation(
            "Somebody else has created the status with this key, and only its creator and the repository's admins may \
             overwrite it (since May 2021); or the account may not see the repository",
            "Report a key always with the same identity, or choose a new key: every access token is a user of its own",
        );
    }
    explanation(
        "The account may not read this repository; a scope is no permission",
        "Give the token's account access to the repository",
    )
}

pub(super) fn rate_limited(error: &Details) -> Explanation {
    if error.credentials() == CredentialKind::Anonymous {
        return explanation(
            "Without credentials Bitbucket takes only some 60 requests an hour from one address",
            "Give credentials, or wait",
        );
    }
    explanation(
        "The account has sent more requests in the last hour than Bitbucket allows it, from all its tools together",
        "Wait, send fewer requests, or report with an access token of its own, which is counted by itself",
    )
}

/// The scopes that the credentials lack: as the body says it, else what the headers prove.
pub(super) fn missing_scopes(error: &Details) -> Vec<&String> {
    let body = &error.body;
    if !body.required_scopes.is_empty() {
        return body.required_scopes.iter().filter(|scope| !body.granted_scopes.contains(scope)).collect();
    }
    let held = &error.credential_scopes;
    let lacks = |scope: &&String| !held.is_empty() && !held.iter().any(|held| may_cover(held, scope));
    error.accepted_scopes.iter().filter(lacks).collect()
}

/// Whether a scope may hold what another asks for: it is for the same things, or for such as lie in a repository. A
/// granular one to write or administer does not hold the one to read.
fn may_cover(held: &str, asked: &str) -> bool {
    let ((right, things), (_, asked_things)) = (parts(held), parts(asked));
    let in_repository = asked_things == "repository" && matches!(things, "pullrequest" | "project");
    held == asked || (right.is_none_or(|right| right == "read") && (things == asked_things || in_repository))
}

/// What a scope is for: `repository` of `repository:write`, and of the granular `read:repository:bitbucket` with its
/// right, `read`.
fn parts(scope: &str) -> (Option<&str>, &str) {
    match scope.strip_suffix(":bitbucket").and_then(|scope| scope.split_once(':')) {
        Some((right, things)) => (Some(right), things),
        None => (None, scope.split(':').next().unwrap_or_default()),
    }
}

pub(super) fn not_found(error: &Details) -> Explanation {
    if error.mentions("no api hosted") || (error.body.message.is_none() && error.body.excerpt.is_some()) {
        return explanation(
            "There is no API at this address",
            "Check the base URL (Bitbucket Cloud's is https://api.bitbucket.org/2.0), and the names in the path",
        );
    }
    if error.mentions("no workspace with identifier") {
        return explanation(
            "There is no such workspace",
            "Check the workspace's id, which its address shows: https://bitbucket.org/WORKSPACE",
        );
    }
    if error.mentions("no longer exists")
        || error.mentions("may not have access")
        || error.mentions("repository not found")
    {
        if error.credentials() == CredentialKind::Anonymous {
            return explanation(
                "There is no such repository, or it is private, and the request carried no credentials",
                "Check workspace and repository slug, and give the credentials of an account that may read it",
            );
        }
        return explanation(
            "There is no such repository, or the credentials may not see it; Bitbucket does not tell the two apart",
            "Check workspace and repository slug, and that the token's account may read the repository",
        );
    }
    match error.request {
        Some(request) if error.mentions("commit not found") || request.operation == Operation::Create => {
            unknown_commit(request.short_hash)
        }
        Some(request) if matches!(request.operation, Operation::Get | Operation::Update) => {
            unknown_status(request.short_hash)
        }
        Some(request) if request.operation == Operation::ListForPullRequest => explanation(
            "There is no pull request with this number in this repository, or the credentials may not see it",
            "Check the number, and that the token has read:pullrequest:bitbucket",
        ),
        Some(request) => unknown_commit(request.short_hash),
        None => explanation("Bitbucket does not know what was asked for", "Check the names"),
    }
}

fn unknown_status(short_hash: bool) -> Explanation {
    let cause = "The commit has no status with this key, or Bitbucket does not know the commit in this repository";
    let remedy = "Create the status first (`set`), and check that the commit is pushed to this very repository";
    if short_hash {
        return explanation(
            format!("{cause}; or the short hash matches no commit, or several"),
            format!("{remedy}; give the whole hash of 40 digits"),
        );
    }
    explanation(cause, remedy)
}

fn unknown_commit(short_hash: bool) -> Explanation {
    let cause = "Bitbucket does not know the commit in this repository: it is not pushed yet, it is in a fork only, or \
                 it is a merge commit of the CI system's own";
    if short_hash {
        return explanation(
            format!("{cause}; or the short hash matches no commit, or several"),
            "Give the whole hash of 40 digits, and report to the repository (for a pull request from a fork: the fork) \
             that holds the commit",
        );
    }
    explanation(cause, "Push first, and report the branch's head commit to the repository, or fork, that holds it")
}

pub(super) fn unavailable(error: &Details) -> Explanation {
    if error.status == Some(500) && error.is_write() {
        return explanation(
            "Bitbucket failed; seen where a commit has two statuses with one key and different refnames",
            "Give the refname that the key was first reported with, or a new key; otherwise try again later",
        );
    }
    explanation(
        "Bitbucket is not available for now",
        "Try again later; https://bitbucket.status.atlassian.com tells of incidents",
    )
}

pub(super) fn undecodable(error: &Details) -> Explanation {
    match error.pagination {
        Some(Pagination::Foreign) => {
            return explanation(
                "The list continues at an address that the client must not follow: often a gateway in front of Bitbucket \
                 that leaves the links in its responses as they are",
                "Give Bitbucket's own address as base URL, https://api.bitbucket.org/2.0, have the gateway rewrite the \
                 links, or read pages by number (`Statuses::page`)",
            );
        }
        Some(Pagination::Loop) => {
            return explanation(
                "The pages of the list lead back to one another: a proxy or a test server repeats them",
                "Check the base URL, or read pages by number (`Statuses::page`)",
            );
        }
        Some(Pagination::TooMany) => {
            return explanation(
                "The list has more pages than the client reads",
                "Narrow it by a query or a refname, ask for pages of 100 (`Statuses::pagelen`), or raise \
                 `Statuses::max_pages`",
            );
        }
        None => {}
    }
    let cause = if error.mentions("<html") || error.mentions("<!doctype") {
        "A web page answered instead of Bitbucket's API: a login page, a proxy, or a wrong base URL"
    } else {
        "The response is no build status: something on the way has changed it, or the API has changed"
    };
    let remedy = if error.is_write() {
        "Check base URL and proxy, then read the status back: the write may have been applied"
    } else {
        "Check base URL and proxy, and look at the exchange (`ClientBuilder::observe`, `bbstatus -v`)"
    };
    explanation(cause, remedy)
}

pub(super) fn other(error: &Details) -> Explanation {
    match error.status {
        Some(407) => explanation(
            "The proxy from the environment wants a user and password",
            "Put them into HTTP_PROXY or HTTPS_PROXY, or name the host in NO_PROXY",
        ),
        Some(405) => explanation(
            "The address does not take this method: the base URL leads to something else than Bitbucket Cloud's API",
            "Check the base URL; Bitbucket Cloud's is https://api.bitbucket.org/2.0",
        ),
        Some(409) => explanation(
            "Bitbucket could not do this in the state things are in: perhaps somebody changed the same thing just now",
            "Read the status, then report again",
        ),
        Some(500..) => explanation(
            "Bitbucket, or a proxy on the way to it, failed in a way that repeating does not mend",
            "Check the base URL; https://bitbucket.status.atlassian.com tells of incidents",
        ),
        _ => explanation(
            "Bitbucket answered in a way that is not documented",
            "Look at the message and the body's excerpt",
        ),
    }
}
