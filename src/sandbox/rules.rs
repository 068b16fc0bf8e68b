//! The rules that requests are checked against, each with its source.

use crate::error::Error;

/// A rule of Bitbucket that the sandbox checks requests against.
///
/// A response that refuses a request names its rule in the header `X-Sandbox-Rule`.
#[derive(Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Rule {
    /// Its short name, such as `key-length`.
    pub name: &'static str,
    /// What it requires.
    pub text: &'static str,
    /// Where it was observed or is documented; `not known` if the sandbox has to choose (see
    /// [`Assumptions`](super::Assumptions)).
    pub source: &'static str,
    /// The date of the last evidence, or of the last search for it: a month such as `2026-11`, or a year if no more is
    /// known.
    pub date: &'static str,
}

macro_rules! rules {
    ($($item:ident = $name:literal, $text:literal, $source:literal, $date:literal;)*) => {
        $(
            #[doc = concat!($text, ". Source: ", $source, " (", $date, ").")]
            pub const $item: Rule = Rule { name: $name, text: $text, source: $source, date: $date };
        )*

        /// All rules.
        pub const ALL: &[&Rule] = &[$(&$item),*];
    };
}

rules! {
    KEY_LENGTH = "key-length",
        "A key has at most 40 characters",
        "observed 2016 to 2026 (buildbot#7049, woodpecker#5176, atlantis#2037, hydra#493, pipelines-as-code#2702)",
        "2026-04";
    KEY_TEXT = "key-text",
        "A key is exactly one segment of a path",
        "the document's type of the key; more is not known",
        "2026-11";
    KEY_CHANGE = "key-change",
        "The key of a status cannot be changed",
        "the published document; the response is not known, see `Assumptions::other_key_in_update`",
        "2026-06";
    URL_FORM = "url-form",
        "A url is absolute, http or https, and its host has a dot or is an IP address",
        "observed (tinybucket#127, atlantis#710, bitbucket-pullrequest-builder#174); for `localhost` see \
         `Assumptions::localhost_url`",
        "2019";
    STATE_NAME = "state-name",
        "A state is INPROGRESS, STOPPED, FAILED or SUCCESSFUL",
        "the published document; the text of the response is not known",
        "2026-08";
    REQUIRED_MEMBERS = "required-members",
        "Creating needs `key`, `state` and `url`; updating needs `type`, unless `Assumptions::update_without_type` is \
         `Accept`",
        "observed (bb-cli 2026-08, Atlantis, Renovate, bert-e); the published document for `type`",
        "2026-08";
    COMPLETE_UPDATE = "complete-update",
        "An update needs `state` and `url`",
        "not known, see `Assumptions::partial_update`",
        "2026-11";
    MEMBER_TYPES = "member-types",
        "Members have the types of the document; null is accepted as the `refname` of a creation, and where \
         `Assumptions::null_members` accepts it",
        "the published document; null as refname: Bitbucket staff, jenkinsci bitbucket-branch-source-plugin#945",
        "2026-06";
    TYPE_NAME = "type-name",
        "The type of a status is `build`",
        "the published document (`build` is the only supported type); the response is not known, see \
         `Assumptions::other_type`",
        "2026-06";
    KNOWN_MEMBERS = "known-members",
        "A body has only members that the document knows",
        "not known, off by default, see `Assumptions::unknown_members`",
        "2026-11";
    TEXT_LENGTH = "text-length",
        "A name, description or url is not longer than the assumptions allow",
        "jenkinsci bitbucket-branch-source-plugin PR#928; not known for Cloud, see `Assumptions::name_limit`",
        "2024-11";
    BODY_PRESENT = "body-present",
        "A write has a body",
        "observed: `Bad Request` as text (0pilatos0/bitbucket-cli#321)",
        "2026-11";
    BODY_JSON = "body-json",
        "A body is a JSON object in UTF-8, sent as `application/json`, or a form",
        "the published document; a form: recorded 2018-11-07 with a 201 (Codecov's cassette); the text of the response \
         is not known",
        "2026-06";
    BODY_SIZE = "body-size",
        "A body has at most 1 MiB and arrives within the time limit",
        "not known, a guard of the sandbox",
        "2026-11";
    HEAD_SIZE = "head-size",
        "A request has at most 100 headers, with 32 KiB in all",
        "not known, a guard of the sandbox",
        "2026-11";
    KNOWN_CREDENTIALS = "known-credentials",
        "Credentials are those of an identity, sent in the form for their kind",
        "observed 2026 (`Token is invalid, expired, or not supported for this endpoint.`; empty for Basic on a \
         write: atlantis#6126)",
        "2026-01";
    CREDENTIALS_PRESENT = "credentials-present",
        "Writing needs credentials",
        "observed 2022 and 2023: text and `WWW-Authenticate: Basic`",
        "2023";
    TOKEN_FRESH = "token-fresh",
        "An OAuth token has not expired",
        "observed: `Access token expired. Use your refresh token to obtain a new access token.` (BCLOUD-11512)",
        "2026-11";
    SCOPE = "scope",
        "Reading and writing statuses needs `repository`, the list of a pull request `pullrequest`",
        "observed (bb-cli 2026-08: a 201 with `read:repository:bitbucket` alone); body: recorded 403 with `required` \
         and `granted`",
        "2026-08";
    AUTHOR_ONLY = "author-only",
        "Only the identity that created a status may overwrite it, administrators excepted",
        "Atlassian's change notice of 2021-05-21; the response is not known, see `Assumptions::foreign_overwrite_status`",
        "2021-05";
    REPOSITORY_KNOWN = "repository-known",
        "The workspace and the repository exist, and the credentials may see them",
        "observed 2022 and 2026",
        "2026";
    COMMIT_KNOWN = "commit-known",
        "The commit exists in this repository",
        "observed (shards 2026: `Commit not found` with `data.shas`; appveyor#2714 for forks)",
        "2026";
    COMMIT_UNAMBIGUOUS = "commit-unambiguous",
        "Only one commit of the repository begins with a short hash",
        "git's own meaning of a short hash; the response is not known",
        "2026-11";
    BRANCH_KNOWN = "branch-known",
        "The branch exists",
        "the published document (404); the text of the response is not known",
        "2026-06";
    PULL_REQUEST_KNOWN = "pull-request-known",
        "The pull request exists",
        "observed: text `Not Found` (Sourcegraph)",
        "2022";
    STATUS_KNOWN = "status-known",
        "The commit has a status with this key",
        "observed as 404 (bert-e, Flux); the text is not known",
        "2026-11";
    STATUS_UNAMBIGUOUS = "status-unambiguous",
        "An update names by `refname` which of several statuses with one key it changes",
        "observed once as a 500, 2024-11 (jenkinsci bitbucket-branch-source-plugin PR#930), see \
         `Assumptions::ambiguous_update`",
        "2024-11";
    FIELDS = "fields",
        "A query does not select members with `fields`",
        "not known for statuses, off by default, see `Assumptions::fields`",
        "2026-11";
    NO_FILTER = "no-filter",
        "The sandbox does not filter by `q`",
        "a limit of the sandbox, so that no one mistakes an unfiltered list for a filtered one",
        "2026-11";
    PAGE_NUMBERS = "page-numbers",
        "`page` is at least 1, `pagelen` 1 to 100",
        "Atlassian's page on pagination; the text of the response is not known",
        "2026-06";
    SORT_MEMBER = "sort-member",
        "`sort` names a member of the status",
        "Atlassian's page on sorting; the text of the response is not known",
        "2026-06";
    RATE_LIMIT = "rate-limit",
        "An identity has a limited number of requests in a rolling window",
        "observed 2019 and 2021 (SharpBucket#108, renovate#9438): text, 429; the headers live in 2026-08",
        "2026-08";
    API_PATH = "api-path",
        "The path is one of the API",
        "observed: `Resource not found`",
        "2026-11";
    NOT_MODELLED = "not-modelled",
        "The sandbox has statuses and the resources around them: the current user, a workspace, a repository, a branch, a \
         commit, a pull request and its commits",
        "a limit of the sandbox; the body is the one for a path that does not exist",
        "2026-11";
    TRAILING_SLASH = "trailing-slash",
        "A path does not end with a slash",
        "not known, off by default, see `Assumptions::trailing_slash`",
        "2026-11";
    HOST_KNOWN = "host-known",
        "The host is loopback, a host that was configured, or `api.bitbucket.org` if the sandbox is used as a proxy",
        "a guard of the sandbox against web pages whose name resolves to its address (RFC 9110, 15.5.20)",
        "2026-11";
    ACCOUNT = "account",
        "The current user is that of an account, not of a repository, project or workspace access token",
        "Atlassian's page on access tokens (403); body: recorded",
        "2026-11";
    API_METHOD = "api-method",
        "The path has this method",
        "not known; there is no DELETE on statuses (published document)",
        "2026-06";
    PATH_ENCODING = "path-encoding",
        "A path is UTF-8, percent-encoded",
        "observed: an HTML page for malformed paths (404)",
        "2026";
    NO_ORIGIN = "no-origin",
        "A request to `/_sandbox` is not from a web page",
        "a guard of the sandbox: a browser sends `Origin` with a page's POST requests",
        "2026-11";
    CONTROL_BODY = "control-body",
        "The body of a request to `/_sandbox` is a fault, a list of faults, or a seed",
        "docs/sandbox-api.json",
        "2026-11";
    GRANT = "grant",
        "A token is issued to a known consumer, for `grant_type` `client_credentials`, or `refresh_token` with a token \
         that was issued to it",
        "Atlassian's page on OAuth; observed: `Unsupported grant type: None` (BCLOUD-16249), `Invalid refresh_token`",
        "2026-11";
}

/// Refuses a seed.
pub(crate) fn seed_error(problem: std::fmt::Arguments<'_>) -> Error {
    Error::invalid_input("seed", problem)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::ALL;

    #[test]
    fn every_rule_has_a_date_and_a_name_of_its_own_that_fits_a_header() {
        let names: BTreeSet<_> = ALL.iter().map(|rule| rule.name).collect();
        assert_eq!(names.len(), ALL.len());
        for rule in ALL {
            let day = if rule.date.len() == 4 { "-01-01" } else { "-01" };
            assert!(format!("{}{day}", rule.date).parse::<chrono::NaiveDate>().is_ok(), "{}: {}", rule.name, rule.date);
        }
        for name in names {
            assert!(name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-'), "{name}");
        }
    }
}
