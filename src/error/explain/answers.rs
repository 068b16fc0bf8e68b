//! Explanations of what Bitbucket answered.

use super::{Explanation, Facts, because};
use crate::{
    call::Action,
    credentials::CredentialKind,
    error::{Trouble, excerpt},
};

pub(super) fn rejected(facts: &Facts<'_>) -> Explanation {
    let fields = &facts.body.fields;
    let names = |field: &str, needle: &str| fields.contains_key(field) && facts.said(needle);
    if names("key", "at most") {
        return because(
            "The key is longer than Bitbucket takes: 40 characters",
            "Choose a shorter key; `Key::shorten` and `bbstatus key` make one of any name, the same on every machine",
        );
    }
    if facts.said("required key not provided") || facts.said("this field is required") {
        return because(
            format!("Bitbucket needs a member that the request lacks{}", listed(fields.keys())),
            "Send at least key, state and url; an update completes itself unless it is exact",
        );
    }
    if facts.said("extra keys not allowed") {
        return because(
            format!("The request holds a member that this endpoint does not know{}", listed(fields.keys())),
            "Leave it out",
        );
    }
    if fields.contains_key("url") {
        return because(
            "Bitbucket takes a url only where it is absolute and its host has a dot or is an address",
            "Give the build's full http or https address; a CI server must know its own public address",
        );
    }
    if !fields.is_empty() {
        return because(
            format!("Bitbucket does not take the value of a member{}", listed(fields.keys())),
            "Correct what the message names",
        );
    }
    if facts.lists() {
        return because(
            "Bitbucket does not take the filter, the order or the length of a page",
            "Check the filter's members and quotes; pages of pull requests hold at most 50, others 100",
        );
    }
    if facts.status == Some(413) {
        return because("The request is too large", "Shorten name and description");
    }
    because(
        "Bitbucket could not read the request: often a proxy on the way has emptied or changed its body",
        "Look at the exchange (`ClientBuilder::observe`, `bbstatus -v`), and try without the proxy",
    )
}

/// Names, to be put behind a noun.
fn listed<'a>(names: impl Iterator<Item = &'a String>) -> String {
    let names = excerpt(&names.map(String::as_str).collect::<Vec<_>>().join(", "));
    if names.is_empty() { names } else { format!(": {names}") }
}

fn without_credentials() -> Explanation {
    because(
        "The request carried no credentials",
        "Give an access token, or an API token with the e-mail address of its account",
    )
}

pub(super) fn unauthorized(facts: &Facts<'_>) -> Explanation {
    if facts.fetching_token {
        return because(
            "Bitbucket does not know the OAuth consumer, or its secret is another",
            "Check client id and secret, and that the consumer is marked as private",
        );
    }
    match facts.credentials {
        CredentialKind::Anonymous => without_credentials(),
        CredentialKind::ApiToken => because(
            "The API token and the e-mail address do not belong together, or the token has expired or has no scopes; \
             the Bitbucket user name in place of the e-mail address is refused too",
            "Give the e-mail address of the Atlassian account, and a token that was created \"with scopes\" and has \
             read:repository:bitbucket; app passwords were removed in July 2026",
        ),
        CredentialKind::AccessToken => because(
            "The access token is wrong, revoked or expired, or it is an API token, which needs its e-mail address",
            "Make a new repository, project or workspace access token, or give the e-mail address beside an API token",
        ),
        CredentialKind::OAuth => because(
            "Bitbucket withdrew the OAuth consumer's access token, and refused the renewed one as well",
            "Check that the consumer still exists and may read the repository",
        ),
    }
}

pub(super) fn forbidden(facts: &Facts<'_>) -> Explanation {
    if facts.status == Some(402) {
        return because(
            "The workspace's plan does not include this, or its limits are reached",
            "Ask an administrator of the workspace",
        );
    }
    if facts.said("rate limit") {
        return rate_limited(facts);
    }
    if facts.credentials == CredentialKind::Anonymous {
        return without_credentials();
    }
    let missing = missing_scopes(facts);
    if !missing.is_empty() || !facts.body.required_scopes.is_empty() || facts.said("privilege scopes") {
        return because(
            format!("The token lacks a scope{}", listed(missing.into_iter())),
            "Make a new token with that scope: statuses need read:repository:bitbucket (repository), those of a pull \
             request read:pullrequest:bitbucket (pullrequest)",
        );
    }
    if facts.said("does not support authentication") {
        return because(
            "This endpoint does not take this kind of token",
            "Use a repository, project or workspace access token, or an API token with its e-mail address",
        );
    }
    if facts.said("write or admin access") {
        return because(
            "The account may not write to the repository, whatever the token's scopes are",
            "Give the account access to the repository",
        );
    }
    if facts.writes() {
        return because(
            "Somebody else has created the status with this key, and only its creator and the repository's admins may \
             overwrite it (since May 2021); or the account may not see the repository",
            "Report a key always with the same identity, or choose a new key: every access token is a user of its own",
        );
    }
    because(
        "The account may not read this repository; a scope is no permission",
        "Give the token's account access to the repository",
    )
}

pub(super) fn rate_limited(facts: &Facts<'_>) -> Explanation {
    if facts.credentials == CredentialKind::Anonymous {
        return because(
            "Without credentials Bitbucket takes only some 60 requests an hour from one address",
            "Give credentials, or wait",
        );
    }
    because(
        "The account has sent more requests in the last hour than Bitbucket allows it, from all its tools together",
        "Wait, send fewer requests, or report with an access token of its own, which is counted by itself",
    )
}

/// The scopes that the credentials lack: as the body says it, else what the headers prove.
fn missing_scopes<'a>(facts: &Facts<'a>) -> Vec<&'a String> {
    let body = facts.body;
    if !body.required_scopes.is_empty() {
        return body.required_scopes.iter().filter(|scope| !body.granted_scopes.contains(scope)).collect();
    }
    let held = facts.credential_scopes;
    let lacks = |scope: &&String| !held.is_empty() && !held.iter().any(|held| may_cover(held, scope));
    facts.accepted_scopes.iter().filter(lacks).collect()
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

pub(super) fn not_found(facts: &Facts<'_>) -> Explanation {
    if facts.said("no api hosted") || (facts.body.message.is_none() && facts.body.excerpt.is_some()) {
        return because(
            "There is no API at this address",
            "Check the base URL (Bitbucket Cloud's is https://api.bitbucket.org/2.0), and the names in the path",
        );
    }
    if facts.said("no workspace with identifier") {
        return because(
            "There is no such workspace",
            "Check the workspace's id, which its address shows: https://bitbucket.org/WORKSPACE",
        );
    }
    if facts.said("no longer exists") || facts.said("may not have access") || facts.said("repository not found") {
        if facts.credentials == CredentialKind::Anonymous {
            return because(
                "There is no such repository, or it is private, and the request carried no credentials",
                "Check workspace and repository slug, and give the credentials of an account that may read it",
            );
        }
        return because(
            "There is no such repository, or the credentials may not see it; Bitbucket does not tell the two apart",
            "Check workspace and repository slug, and that the token's account may read the repository",
        );
    }
    match facts.call {
        Some(call) if facts.said("commit not found") || call.action == Action::Create => {
            unknown_commit(call.short_hash)
        }
        Some(call) if matches!(call.action, Action::Get | Action::Update) => unknown_status(call.short_hash),
        Some(call) if call.action == Action::ListOfPullRequest => because(
            "There is no pull request with this number in this repository, or the credentials may not see it",
            "Check the number, and that the token has read:pullrequest:bitbucket",
        ),
        Some(call) => unknown_commit(call.short_hash),
        None => because("Bitbucket does not know what was asked for", "Check the names"),
    }
}

fn unknown_status(short_hash: bool) -> Explanation {
    let cause = "The commit has no status with this key, or Bitbucket does not know the commit in this repository";
    let remedy = "Create the status first (`set`), and check that the commit is pushed to this very repository";
    if short_hash {
        return because(
            format!("{cause}; or the short hash matches no commit, or several"),
            format!("{remedy}; give the whole hash of 40 digits"),
        );
    }
    because(cause, remedy)
}

fn unknown_commit(short_hash: bool) -> Explanation {
    let cause = "Bitbucket does not know the commit in this repository: it is not pushed yet, it is in a fork only, or \
                 it is a merge commit of the CI system's own";
    if short_hash {
        return because(
            format!("{cause}; or the short hash matches no commit, or several"),
            "Give the whole hash of 40 digits, and report to the repository (for a pull request from a fork: the fork) \
             that holds the commit",
        );
    }
    because(cause, "Push first, and report the branch's head commit to the repository, or fork, that holds it")
}

pub(super) fn unavailable(facts: &Facts<'_>) -> Explanation {
    if facts.status == Some(500) && facts.writes() {
        return because(
            "Bitbucket failed; seen where a commit has two statuses with one key and different refnames",
            "Give the refname that the key was first reported with, or a new key; otherwise try again later",
        );
    }
    because(
        "Bitbucket is not available for now",
        "Try again later; https://bitbucket.status.atlassian.com tells of incidents",
    )
}

pub(super) fn undecodable(facts: &Facts<'_>) -> Explanation {
    if facts.trouble == Some(Trouble::Pages) {
        return because(
            "The list goes on at an address that the client must not follow: often a proxy in front of Bitbucket that \
             leaves the links in its answers as they are",
            "Give Bitbucket's own address as base URL, https://api.bitbucket.org/2.0, or have the proxy rewrite the \
             links; a page of up to 100 statuses does without them (`Statuses::page`)",
        );
    }
    let cause = if facts.said("<html") || facts.said("<!doctype") {
        "Not Bitbucket's API has answered, but a web page: a login page, a proxy, or a wrong base URL"
    } else {
        "The answer is no build status: something on the way has changed it, or the API has changed"
    };
    let remedy = if facts.writes() {
        "Check base URL and proxy; then read the status back, since the write was accepted"
    } else {
        "Check base URL and proxy, and look at the exchange (`ClientBuilder::observe`, `bbstatus -v`)"
    };
    because(cause, remedy)
}

pub(super) fn other(facts: &Facts<'_>) -> Explanation {
    match facts.status {
        Some(407) => because(
            "The proxy from the environment wants a user and password",
            "Put them into HTTP_PROXY or HTTPS_PROXY, or name the host in NO_PROXY",
        ),
        Some(405) => because(
            "The address does not take this method: the base URL leads to something else than Bitbucket Cloud's API",
            "Check the base URL; Bitbucket Cloud's is https://api.bitbucket.org/2.0",
        ),
        Some(409) => because(
            "Bitbucket could not do this in the state things are in: perhaps somebody changed the same thing just now",
            "Read the status, then report again",
        ),
        Some(500..) => because(
            "Bitbucket, or a proxy on the way to it, failed in a way that repeating does not mend",
            "Check the base URL; https://bitbucket.status.atlassian.com tells of incidents",
        ),
        _ => {
            because("Bitbucket answered in a way that is not documented", "Look at the message and the body's excerpt")
        }
    }
}
