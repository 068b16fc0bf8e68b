use super::{Details, Explanation, explain, missing_scopes};
use crate::{
    error::{ConnectCause, ErrorBody, ErrorKind, PaginationProblem},
    operation::{
        CredentialKind::{self, AccessToken, Anonymous, ApiToken, OAuth},
        Operation::{self, Create, Get, ListForCommit, ListForPullRequest, Update},
        RequestContext,
    },
};

fn request(operation: Operation, credentials: CredentialKind) -> RequestContext {
    RequestContext { operation, short_hash: false, credentials }
}

fn explained(status: u16, body: &str, operation: Operation, credentials: CredentialKind) -> Explanation {
    explain(&Details {
        status: Some(status),
        body: ErrorBody::read(body.as_bytes()),
        request: Some(request(operation, credentials)),
        ..Details::new(ErrorKind::of_status(status), "")
    })
}

/// A failure without a response.
fn without_response(kind: ErrorKind) -> Details {
    Details { request: Some(request(Update, AccessToken)), ..Details::new(kind, "") }
}

#[track_caller]
fn assert_names(explanation: &Explanation, cause: &str, remedy: &str) {
    let (named, given) = (explanation.cause.contains(cause), explanation.remedy.contains(remedy));
    assert!(named && given, "expected {cause:?} and {remedy:?}, got {explanation}");
    let whole = explanation.to_string();
    assert!(whole.ends_with('.') && !whole.contains("..") && !whole.contains("  "), "{whole}");
}

#[test]
fn rejections_name_what_bitbucket_does_not_accept() {
    let table = [
        (
            r#"{"type":"error","error":{"message":"key: Ensure this value has at most 40 characters (it has 48).","fields":{"key":["Ensure this value has at most 40 characters (it has 48)."]}}}"#,
            Create,
            "40 characters",
            "Key::shorten",
        ),
        (r#"{"error":{"fields":{"url":["Enter a valid URL."]},"message":"Bad request"}}"#, Create, "url", "full http"),
        (
            r#"{"type":"error","error":{"message":"Bad request","fields":{"state":"required key not provided"}}}"#,
            Update,
            "lacks: state",
            "key, state and url",
        ),
        (
            r#"{"type":"error","error":{"message":"url: This field is required.","fields":{"url":["This field is required."]}}}"#,
            Create,
            "lacks: url",
            "key, state and url",
        ),
        (
            r#"{"type":"error","error":{"message":"Bad request","fields":{"colour":"extra keys not allowed"}}}"#,
            Create,
            "does not know: colour",
            "Leave it out",
        ),
        (
            r#"{"type":"error","error":{"message":"Repository exists.","fields":{"name":["Already used."]}}}"#,
            Create,
            "value of a member: name",
            "Correct",
        ),
        (
            r#"{"type":"error","error":{"message":"Bad request","fields":{"key":["Enter a valid value."]}}}"#,
            Create,
            "value of a member: key",
            "Correct",
        ),
        (
            r#"{"type":"error","error":{"message":"Bad request","fields":{"name":["Ensure this value has at most 255 characters."]}}}"#,
            Create,
            "value of a member: name",
            "Correct",
        ),
        ("Bad Request", Create, "could not read the request", "without the proxy"),
        (r#"{"type":"error","error":{"message":"Invalid pagelen"}}"#, ListForPullRequest, "page length", "50"),
        (r#"{"type":"error","error":{"message":"Invalid query"}}"#, ListForCommit, "filter", "quotes"),
    ];
    for (body, action, cause, remedy) in table {
        assert_names(&explained(400, body, action, AccessToken), cause, remedy);
    }
    assert_names(&explained(413, "", Create, AccessToken), "too large", "Shorten");
    let name = r#"{"error":{"message":"name: Ensure this value has at most 255 characters.","fields":{"name":["Ensure this value has at most 255 characters."]}}}"#;
    assert_names(&explained(400, name, Create, AccessToken), "value of a member: name", "Correct");
}

#[test]
fn refused_credentials_are_explained_by_their_kind() {
    let expired = r#"{"type":"error","error":{"message":"Access token expired."}}"#;
    let invalid =
        r#"{"type":"error","error":{"message":"Token is invalid, expired, or not supported for this endpoint."}}"#;
    let plain = "You may not use your password.\nUse an API token.";
    for body in [expired, invalid, plain, ""] {
        assert_names(&explained(401, body, Create, Anonymous), "no credentials", "access token");
        assert_names(&explained(401, body, Create, ApiToken), "user name", "e-mail address");
        assert_names(&explained(401, body, Create, ApiToken), "no scopes", "with scopes");
        assert_names(&explained(401, body, Create, AccessToken), "needs its e-mail address", "new repository, project");
        assert_names(&explained(401, body, Create, OAuth), "revoked", "consumer still exists");
    }
    let fetching = Details { is_token_request: true, ..without_response(ErrorKind::Unauthorized) };
    assert_names(&explain(&fetching), "OAuth consumer", "client id and secret");
}

#[test]
fn forbidden_distinguishes_scopes_permissions_and_ownership() {
    let scopes = r#"{"type":"error","error":{"message":"Your credentials lack one or more required privilege scopes.","detail":{"required":["repository","account"],"granted":["account"]}}}"#;
    let plain = r#"{"type":"error","error":{"message":"Forbidden"}}"#;
    let token = r#"{"type":"error","error":{"message":"This resource does not support authentication using the provided token"}}"#;
    let access = "Access denied. You must have write or admin access.";
    let limit = "Rate limit for this resource has been exceeded";
    let table = [
        (403, scopes, Create, "lacks a scope: repository", "read:repository:bitbucket"),
        (403, scopes, ListForPullRequest, "lacks a scope", "read:pullrequest:bitbucket"),
        (403, plain, Create, "only its creator", "same identity"),
        (403, plain, Update, "admins may overwrite", "new key"),
        (403, plain, Get, "may not read", "access to the repository"),
        (403, token, Create, "kind of token", "API token with its e-mail"),
        (403, access, Create, "may not write", "Grant the account access"),
        (403, limit, Get, "last hour", "Wait"),
        (402, r#"{"type":"error","error":{"message":"Upgrade"}}"#, Create, "plan", "administrator"),
    ];
    for (status, body, action, cause, remedy) in table {
        assert_names(&explained(status, body, action, AccessToken), cause, remedy);
    }
}

#[test]
fn a_request_without_credentials_is_explained_by_that() {
    let repository = r#"{"type":"error","error":{"message":"You may not have access to this repository or it no longer exists in this workspace."}}"#;
    let table = [
        (403, "", Create, "had no credentials", "access token"),
        (403, "Access denied. You must have write or admin access.", Update, "had no credentials", "access token"),
        (404, repository, Get, "it is private", "credentials of an account"),
        (429, "", Get, "60 requests an hour", "Use credentials"),
    ];
    for (status, body, action, cause, remedy) in table {
        assert_names(&explained(status, body, action, Anonymous), cause, remedy);
    }
}

#[test]
fn names_in_a_hostile_response_do_not_make_an_explanation_long() {
    let fields: Vec<_> = (0..40).map(|n| format!(r#""{n}{}":"no""#, "x".repeat(200))).collect();
    let body = format!(r#"{{"error":{{"message":"m","fields":{{{}}}}}}}"#, fields.join(","));
    let explanation = explained(400, &body, Create, AccessToken).to_string();
    assert!(explanation.len() < 500, "{explanation}");
}

#[test]
fn a_missing_scope_is_read_from_the_headers_where_the_body_has_none() {
    let table: [(&[&str], &[&str], &str); 12] = [
        (&["repository"], &["account", "email"], "lacks a scope: repository"),
        (&["pullrequest"], &["read:repository:bitbucket"], "lacks a scope: pullrequest"),
        (&["repository"], &["write:repository:bitbucket"], "lacks a scope: repository"),
        (&["repository"], &["write:repository:bitbucket", "read:repository:bitbucket"], "only its creator"),
        (&["repository"], &["repository"], "only its creator"),
        (&["repository"], &["repository:write"], "only its creator"),
        (&["repository"], &["read:repository:bitbucket"], "only its creator"),
        (&["read:repository:bitbucket"], &["repository"], "only its creator"),
        (&["repository"], &["pullrequest"], "only its creator"),
        (&["repository"], &["project:admin"], "only its creator"),
        (&["repository"], &[], "only its creator"),
        (&[], &["account"], "only its creator"),
    ];
    for (accepted, held, cause) in table {
        let owned = |scopes: &[&str]| scopes.iter().map(|&scope| scope.to_owned()).collect::<Vec<_>>();
        let (accepted_scopes, credential_scopes) = (owned(accepted), owned(held));
        let details = Details { accepted_scopes, credential_scopes, ..without_response(ErrorKind::Forbidden) };
        assert_names(&explain(&details), cause, "");
        let missing = cause.strip_prefix("lacks a scope: ").into_iter().collect::<Vec<_>>();
        assert_eq!(missing_scopes(&details), missing);
        assert!(missing_scopes(&Details { kind: ErrorKind::NotFound, ..details }).is_empty());
    }
}

#[test]
fn not_found_distinguishes_repository_commit_and_key() {
    let repository = r#"{"type":"error","error":{"message":"You may not have access to this repository or it no longer exists in this workspace. If you think this repository exists and you have access, make sure you are authenticated."}}"#;
    let workspace = r#"{"type":"error","error":{"message":"No workspace with identifier 'x'."}}"#;
    let commit =
        r#"{"type":"error","error":{"message":"Commit not found","data":{"shas":["main"]}},"data":{"shas":["main"]}}"#;
    let wrong =
        r#"{"type":"error","error":{"message":"Resource not found","detail":"There is no API hosted at this URL."}}"#;
    let html = "<!DOCTYPE html><html><body>404</body></html>";
    let untyped = r#"{"error":{"message":"Not here"}}"#;
    let table = [
        (repository, Create, "no such repository", "repository slug"),
        ("The repository no longer exists", Create, "no such repository", "repository slug"),
        ("You may not have access to it", Create, "no such repository", "repository slug"),
        ("Repository not found", Create, "no such repository", "repository slug"),
        (workspace, Create, "no such workspace", "workspace's id"),
        (commit, ListForCommit, "not pushed yet", "Push first"),
        (commit, Update, "in a fork only", "or fork"),
        (wrong, Create, "no API at this address", "base URL"),
        (html, Get, "no API at this address", "names in the path"),
        ("Not Found", ListForPullRequest, "no pull request", "number"),
        ("Not Found", Create, "not pushed yet", "Push first"),
        ("", Create, "merge commit", "head commit"),
        (untyped, Get, "no status with this key", "`set`"),
        (untyped, Update, "no status with this key", "`set`"),
        (untyped, ListForCommit, "does not know the commit", "Push first"),
    ];
    for (body, action, cause, remedy) in table {
        assert_names(&explained(404, body, action, AccessToken), cause, remedy);
    }
}

#[test]
fn a_short_hash_is_suspected_where_a_commit_is_not_known() {
    for action in [Create, Update, Get, ListForCommit] {
        let request = Some(RequestContext { operation: action, short_hash: true, credentials: AccessToken });
        let details = Details { request, status: Some(404), ..without_response(ErrorKind::NotFound) };
        assert_names(&explain(&details), "short hash", "full hash of 40 digits");
    }
}

#[test]
fn other_responses_have_their_explanation() {
    let removed =
        r#"{"type":"error","error":{"message":"CHANGE-2770 - Functionality has been deprecated","detail":"…"}}"#;
    let oops = r#"{"error":{"message":"Something went wrong","id":"0123456789abcdef0123456789abcdef"}}"#;
    let table = [
        (200, "<!DOCTYPE html><html></html>", Update, "web page", "read the status back"),
        (200, "<!DOCTYPE html>", Get, "web page", "base URL"),
        (200, "<html></html>", Get, "web page", "base URL"),
        (200, "", Get, "not a build status", "proxy"),
        (200, r#"{"pagelen":30,"values":["Free plan"],"page":1}"#, ListForCommit, "not a build status", "base URL"),
        (302, "", Create, "login portal", "Check base URL and proxy"),
        (405, "", Create, "method", "base URL"),
        (407, "", Create, "proxy", "HTTPS_PROXY"),
        (408, "", Create, "complete request in time", "Try again"),
        (409, r#"{"type":"error","error":{"message":"Conflict"}}"#, Update, "at the same time", "Read the status"),
        (410, removed, Create, "removed", "Update this program"),
        (418, "", Get, "undocumented", "excerpt"),
        (429, "Rate limit for this resource has been exceeded", Create, "last hour", "fewer requests"),
        (500, oops, Update, "different refnames", "first reported with"),
        (500, oops, Get, "temporarily unavailable", "status.atlassian.com"),
        (501, "", Create, "retry does not fix", "base URL"),
        (503, "<html></html>", Create, "temporarily unavailable", "later"),
    ];
    for (status, body, action, cause, remedy) in table {
        assert_names(&explained(status, body, action, AccessToken), cause, remedy);
    }
}

#[test]
fn what_fails_without_a_response_is_the_systems() {
    assert_names(&explain(&without_response(ErrorKind::Other)), "system", "ulimit");
}

#[test]
fn a_redirect_with_a_location_is_a_repository_that_has_moved() {
    let location = Some("https://api.bitbucket.org/2.0/moved".to_owned());
    let moved = Details { location, ..without_response(ErrorKind::Redirect) };
    assert_names(&explain(&moved), "renamed or moved", "UUIDs");
}

#[test]
fn a_connection_without_a_response_is_explained_by_its_cause() {
    let table = [
        (Some(ConnectCause::Certificate), "not trusted", "--ca-file"),
        (Some(ConnectCause::Proxy), "proxy", "HTTPS_PROXY"),
        (Some(ConnectCause::ProxyCredentials), "requires a user and a password", "HTTPS_PROXY"),
        (Some(ConnectCause::NotTls), "other than an https server", "base URL"),
        (Some(ConnectCause::WithoutTls), "has no TLS", "rustls-ring"),
        (Some(ConnectCause::Dns), "name is not known", "DNS"),
        (Some(ConnectCause::Refused), "Nothing accepts connections", "port"),
        (Some(ConnectCause::Other), "nothing was sent", "network"),
        (None, "is not known", "safe to send"),
    ];
    for (connect_cause, cause, remedy) in table {
        assert_names(&explain(&Details { connect_cause, ..without_response(ErrorKind::Transport) }), cause, remedy);
    }
    let reading = Details { request: None, ..without_response(ErrorKind::Transport) };
    assert_names(&explain(&reading), "broke before", "Try again");
    assert_names(&explain(&without_response(ErrorKind::Timeout)), "did not respond in time", "more time");
}

#[test]
fn a_list_that_cannot_be_read_to_its_end_is_explained_by_the_reason() {
    for (pagination, cause, remedy) in [
        (PaginationProblem::Foreign, "must not follow", "base URL"),
        (PaginationProblem::Loop, "lead back", "Statuses::page"),
        (PaginationProblem::TooMany, "more pages", "max_pages"),
    ] {
        let details = Details { pagination: Some(pagination), request: None, ..without_response(ErrorKind::Decode) };
        assert_names(&explain(&details), cause, remedy);
    }
}

#[test]
fn invalid_input_is_explained_by_its_field() {
    let table = [
        ("key", "40 characters", "Key::shorten"),
        ("commit", "hash", "git rev-parse HEAD"),
        ("url", "Enter a valid URL", "full host name"),
        ("refname", "pull request", "refs/heads/"),
        ("email", "Atlassian account", "user name"),
        ("credentials", "credentials", "line feeds"),
        ("workspace", "repository's address", "bitbucket.org/WORKSPACE/SLUG"),
        ("repo_slug", "repository's address", "bitbucket.org/WORKSPACE/SLUG"),
        ("state", "four documented states", "INPROGRESS, SUCCESSFUL, FAILED or STOPPED"),
        ("seed", "Bitbucket would refuse", "member"),
        ("port", "uses the port", "0 for any"),
        ("SSL_CERT_FILE", "trusted certificates", "SSL_CERT_DIR"),
        ("HTTPS_PROXY", "would ignore", "password percent-encoded"),
        ("all_proxy", "would ignore", "SOCKS"),
        ("pagelen", "before anything was sent", "message names"),
    ];
    for (field, cause, remedy) in table {
        let details = Details { field: Some(field), request: None, ..without_response(ErrorKind::InvalidInput) };
        assert_names(&explain(&details), cause, remedy);
    }
    let without_tls = Some(ConnectCause::WithoutTls);
    let details = Details { connect_cause: without_tls, request: None, ..without_response(ErrorKind::InvalidInput) };
    assert_names(&explain(&details), "no TLS library", "`rustls-ring`");
}

#[test]
fn a_failed_token_request_is_explained_by_the_token_and_not_by_the_status() {
    for kind in [ErrorKind::Other, ErrorKind::Decode] {
        let details = Details { is_token_request: true, status: Some(404), ..without_response(kind) };
        assert_names(&explain(&details), "access token", "oauth_token_url");
    }
    let details = Details { is_token_request: true, status: Some(403), ..without_response(ErrorKind::Unauthorized) };
    assert_names(&explain(&details), "OAuth consumer", "client id and secret");
}
