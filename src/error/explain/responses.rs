//! Explanations of error responses.

use super::{CHOOSE_KEY, Details, Explanation, explanation};
use crate::{
    error::{PaginationProblem, excerpt},
    operation::{CredentialKind, Operation},
};

pub(super) fn rejected(error: &Details) -> Explanation {
    let fields = &error.body.fields;
    let names = |field: &str, needle: &str| fields.contains_key(field) && error.mentions(needle);
    if names("key", "at most") {
        return explanation("The key is longer than the 40 characters that Bitbucket accepts", CHOOSE_KEY);
    }
    if error.mentions("required key not provided") || error.mentions("this field is required") {
        return explanation(
            format!("Bitbucket needs a member that the request lacks{}", join_names(fields.keys())),
            "Send at least key, state and url (an update that is not exact fills them in from the stored status)",
        );
    }
    if error.mentions("extra keys not allowed") {
        return explanation(
            format!("The request has a member that this endpoint does not know{}", join_names(fields.keys())),
            "Leave it out",
        );
    }
    if fields.contains_key("url") {
        return explanation(
            "Bitbucket accepts a url only if it is absolute and its host has a dot or is an IP address",
            "Use the build's full http or https address; configure the public address of the CI server",
        );
    }
    if !fields.is_empty() {
        return explanation(
            format!("Bitbucket does not accept the value of a member{}", join_names(fields.keys())),
            "Correct the member that the message names",
        );
    }
    if error.is_list() {
        return explanation(
            "Bitbucket does not accept the filter, the sort order or the page length",
            "Check the filter's members and quotes; a page has at most 50 statuses for a pull request, 100 for a commit",
        );
    }
    if error.status == Some(413) {
        return explanation("The request is too large", "Shorten name and description");
    }
    explanation(
        "Bitbucket could not read the request: often a proxy has emptied or changed its body",
        "Look at the request and the response (`ClientBuilder::observe`, `bbstatus -v`), and try without the proxy",
    )
}

/// Names, to be appended to a noun.
fn join_names<'a>(names: impl Iterator<Item = &'a String>) -> String {
    let names = excerpt(&names.map(String::as_str).collect::<Vec<_>>().join(", "));
    if names.is_empty() { names } else { format!(": {names}") }
}

fn without_credentials() -> Explanation {
    explanation(
        "The request had no credentials",
        "Use an access token, or an API token with the e-mail address of its account",
    )
}

pub(super) fn unauthorized(error: &Details) -> Explanation {
    if error.is_token_request {
        return explanation(
            "Bitbucket does not know the OAuth consumer, or the secret is wrong",
            "Check client id and secret, and that the consumer is marked as private",
        );
    }
    match error.credentials() {
        CredentialKind::Anonymous => without_credentials(),
        CredentialKind::ApiToken => explanation(
            "The API token and the e-mail address do not belong together, or the token has expired or has no scopes; \
             the Bitbucket user name instead of the e-mail address is refused too",
            "Use the e-mail address of the Atlassian account, and a token that was created \"with scopes\" and has \
             read:repository:bitbucket; app passwords were removed in July 2026",
        ),
        CredentialKind::AccessToken => explanation(
            "The access token is wrong, revoked or expired, or it is an API token, which needs its e-mail address",
            "Create a new repository, project or workspace access token, or add the e-mail address to an API token",
        ),
        CredentialKind::OAuth => explanation(
            "Bitbucket revoked the OAuth consumer's access token, and rejected the new one as well",
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
            "Create a new token with that scope: statuses need read:repository:bitbucket (repository), those of a pull \
             request read:pullrequest:bitbucket (pullrequest)",
        );
    }
    if error.mentions("does not support authentication") {
        return explanation(
            "This endpoint does not accept this kind of token",
            "Use a repository, project or workspace access token, or an API token with its e-mail address",
        );
    }
    if error.mentions("write or admin access") {
        return explanation(
            "The account may not write to the repository, whatever the token's scopes are",
            "Grant the account access to the repository",
        );
    }
    if error.is_write() {
        return explanation(
            "Another user has created the status with this key, and only its creator and the repository's admins may \
             overwrite it (since May 2021); or the account may not see the repository",
            "Always report a key with the same identity, or choose a new key: every access token is a user of its own",
        );
    }
    explanation(
        "The account may not read this repository; a scope alone is not enough",
        "Grant the token's account access to the repository",
    )
}

pub(super) fn rate_limited(error: &Details) -> Explanation {
    if error.credentials() == CredentialKind::Anonymous {
        return explanation(
            "Without credentials Bitbucket accepts only about 60 requests an hour from one address",
            "Use credentials, or wait",
        );
    }
    explanation(
        "The account has sent more requests in the last hour than Bitbucket allows, counting all tools that use it",
        "Wait, send fewer requests, or report with a separate access token, which has a limit of its own",
    )
}

/// The scopes that the credentials lack: from the body, else from the headers.
pub(super) fn missing_scopes(error: &Details) -> Vec<&String> {
    let body = &error.body;
    if !body.required_scopes.is_empty() {
        return body.required_scopes.iter().filter(|scope| !body.granted_scopes.contains(scope)).collect();
    }
    let granted = &error.credential_scopes;
    let lacks = |scope: &&String| !granted.is_empty() && !granted.iter().any(|granted| may_cover(granted, scope));
    error.accepted_scopes.iter().filter(lacks).collect()
}

/// Whether a granted scope may include a required one: it is for the same resource, or for one inside a repository. A
/// granular scope to write or administer does not include the one to read.
fn may_cover(granted: &str, required: &str) -> bool {
    let ((right, resource), (_, required_resource)) = (parts(granted), parts(required));
    let in_repository = required_resource == "repository" && matches!(resource, "pullrequest" | "project");
    let is_same = granted == required;
    is_same || (right.is_none_or(|right| right == "read") && (resource == required_resource || in_repository))
}

/// The right and the resource of a scope: `repository` for `repository:write`, and `read` with `repository` for the
/// granular `read:repository:bitbucket`.
fn parts(scope: &str) -> (Option<&str>, &str) {
    match scope.strip_suffix(":bitbucket").and_then(|scope| scope.split_once(':')) {
        Some((right, resource)) => (Some(right), resource),
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
                "There is no such repository, or it is private, and the request had no credentials",
                "Check workspace and repository slug, and use the credentials of an account that may read it",
            );
        }
        return explanation(
            "There is no such repository, or the credentials may not see it; Bitbucket does not distinguish the two",
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
        None => explanation("Bitbucket does not know the requested resource", "Check the names"),
    }
}

fn unknown_status(short_hash: bool) -> Explanation {
    let cause = "The commit has no status with this key, or Bitbucket does not know the commit in this repository";
    let remedy = "Create the status first (`set`), and check that the commit is pushed to this repository";
    if short_hash {
        return explanation(
            format!("{cause}; or the short hash matches no commit, or several"),
            format!("{remedy}; use the full hash of 40 digits"),
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
            "Use the full hash of 40 digits, and report to the repository (for a pull request from a fork: the fork) \
             that contains the commit",
        );
    }
    explanation(cause, "Push first, and report the branch's head commit to the repository, or fork, that contains it")
}

pub(super) fn unavailable(error: &Details) -> Explanation {
    if error.status == Some(500) && error.is_write() {
        return explanation(
            "Bitbucket failed; this happens if a commit has two statuses with one key and different refnames",
            "Use the refname that the key was first reported with, or a new key; otherwise try again later",
        );
    }
    explanation(
        "Bitbucket is temporarily unavailable",
        "Try again later; https://bitbucket.status.atlassian.com lists incidents",
    )
}

pub(super) fn undecodable(error: &Details) -> Explanation {
    match error.pagination {
        Some(PaginationProblem::Foreign) => {
            return explanation(
                "The list continues at an address that the client must not follow: often a gateway in front of Bitbucket \
                 does not rewrite the links in its responses",
                "Use Bitbucket's own address as base URL, https://api.bitbucket.org/2.0, have the gateway rewrite the \
                 links, or read pages by number (`Statuses::page`)",
            );
        }
        Some(PaginationProblem::Loop) => {
            return explanation(
                "The pages of the list lead back to one another: a proxy or a test server returns the same ones again",
                "Check the base URL, or read pages by number (`Statuses::page`)",
            );
        }
        Some(PaginationProblem::TooMany) => {
            return explanation(
                "The list has more pages than the client reads",
                "Narrow it by a query or a refname, request pages of 100 (`Statuses::pagelen`), or raise \
                 `Statuses::max_pages`",
            );
        }
        None => {}
    }
    let cause = if error.mentions("<html") || error.mentions("<!doctype") {
        "A web page answered instead of Bitbucket's API: a login page, a proxy, or a wrong base URL"
    } else {
        "The response is not a build status: a proxy has changed it, or the API has changed"
    };
    let remedy = if error.is_write() {
        "Check base URL and proxy, then read the status back: the write may have been applied"
    } else {
        "Check base URL and proxy, and look at the request and the response (`ClientBuilder::observe`, `bbstatus -v`)"
    };
    explanation(cause, remedy)
}

pub(super) fn other(error: &Details) -> Explanation {
    match error.status {
        None => explanation(
            "The system does not let this process have what it needs",
            "Allow it more threads, memory or open files (ulimit -u, ulimit -v, ulimit -n)",
        ),
        Some(407) => explanation(
            "The proxy from the environment requires a user and a password",
            "Add them to HTTP_PROXY or HTTPS_PROXY, or the host to NO_PROXY",
        ),
        Some(405) => explanation(
            "The address does not accept this method: the base URL is not the one of Bitbucket Cloud's API",
            "Check the base URL; Bitbucket Cloud's is https://api.bitbucket.org/2.0",
        ),
        Some(409) => explanation(
            "The request conflicts with another change that was made at the same time",
            "Read the status, then report again",
        ),
        Some(500..) => explanation(
            "Bitbucket, or a proxy on the way to it, failed in a way that a retry does not fix",
            "Check the base URL; https://bitbucket.status.atlassian.com lists incidents",
        ),
        _ => explanation("Bitbucket returned an undocumented response", "Read the message and the excerpt of the body"),
    }
}
