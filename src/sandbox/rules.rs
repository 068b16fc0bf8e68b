//! The rules that requests are held to: each one item, with where it was seen.

use crate::Error;

/// A rule of Bitbucket that the sandbox holds requests to.
///
/// An answer that refuses a request names its rule in the header `X-Sandbox-Rule`.
#[derive(Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Rule {
    /// Its short name, such as `key-length`.
    pub name: &'static str,
    /// What it asks for.
    pub text: &'static str,
    /// Where it was seen or is written; `not known` where the sandbox has to choose (see
    /// [`Assumptions`](super::Assumptions)).
    pub source: &'static str,
}

macro_rules! rules {
    ($($item:ident = $name:literal, $text:literal, $source:literal;)*) => {
        $(
            #[doc = concat!($text, ". Source: ", $source, ".")]
            pub const $item: Rule = Rule { name: $name, text: $text, source: $source };
        )*

        /// Every rule there is.
        pub const ALL: &[&Rule] = &[$(&$item),*];
    };
}

rules! {
    KEY_LENGTH = "key-length",
        "A key has at most 40 characters",
        "observed 2016 to 2026 (buildbot#7049, woodpecker#5176, atlantis#2037, hydra#493, pipelines-as-code#2702)";
    KEY_TEXT = "key-text",
        "A key is one segment of a path",
        "the document's type of the key; more is not known";
    KEY_CHANGE = "key-change",
        "The key of a status cannot be changed",
        "the published document; the answer is not known, see `Assumptions::other_key_in_update`";
    URL_FORM = "url-form",
        "A url is absolute, http or https, and its host has a dot or is an address",
        "observed (tinybucket#127, atlantis#710, bitbucket-pullrequest-builder#174); `localhost` is not known, see \
         `Assumptions::localhost_url`";
    STATE_NAME = "state-name",
        "A state is INPROGRESS, STOPPED, FAILED or SUCCESSFUL",
        "the published document; the text of the answer is not known";
    REQUIRED_MEMBERS = "required-members",
        "Creating needs `key`, `state` and `url`; updating needs `type`",
        "observed (bb-cli 2026-08, Atlantis, Renovate, bert-e); the published document for `type`";
    WHOLE_UPDATE = "whole-update",
        "An update needs `state` and `url`",
        "not known, see `Assumptions::partial_update`";
    MEMBER_TYPES = "member-types",
        "Members are of the document's types, and only the `refname` of a creation may be null",
        "the published document; null as refname: Bitbucket staff, jenkinsci bitbucket-branch-source-plugin#945";
    TYPE_NAME = "type-name",
        "The type of a status is `build`",
        "the published document (`build` is the only supported type); the answer is not known, see \
         `Assumptions::other_type`";
    KNOWN_MEMBERS = "known-members",
        "A body has only members that the document knows",
        "not known, off by default, see `Assumptions::unknown_members`";
    TEXT_LENGTH = "text-length",
        "A name has at most 255 characters",
        "jenkinsci bitbucket-branch-source-plugin PR#928; not known for Cloud, see `Assumptions::name_limit`";
    BODY_PRESENT = "body-present",
        "A write has a body",
        "observed: `Bad Request` as text (0pilatos0/bitbucket-cli#321)";
    BODY_JSON = "body-json",
        "A body is a JSON object in UTF-8, sent as `application/json`",
        "the published document; the text of the answer is not known";
    BODY_SIZE = "body-size",
        "A body has at most 1 MiB and arrives within the time limit",
        "not known, a guard of the sandbox";
    HEAD_SIZE = "head-size",
        "A request has at most 100 headers and 32 KiB of them",
        "not known, a guard of the sandbox";
    KNOWN_CREDENTIALS = "known-credentials",
        "Credentials are those of an identity, in the form that suits them",
        "observed 2026 (`Token is invalid, expired, or not supported for this endpoint.`; empty for Basic on a \
         write: atlantis#6126)";
    CREDENTIALS_PRESENT = "credentials-present",
        "Writing needs credentials",
        "observed 2022 and 2023: text and `WWW-Authenticate: Basic`";
    TOKEN_FRESH = "token-fresh",
        "An OAuth token has not expired",
        "observed: `Access token expired.`";
    SCOPE = "scope",
        "Reading and writing statuses needs `repository`, the list of a pull request `pullrequest`",
        "observed (bb-cli 2026-08: a 201 with `read:repository:bitbucket` alone); body: recorded 403 with `required` \
         and `granted`";
    AUTHOR_ONLY = "author-only",
        "Only the identity that created a status may overwrite it, administrators excepted",
        "Atlassian's change notice of 2021-05-21; the answer is not known, see `Assumptions::foreign_overwrite_status`";
    REPOSITORY_KNOWN = "repository-known",
        "The workspace and the repository exist, and the credentials may see them",
        "observed 2022 and 2026";
    COMMIT_KNOWN = "commit-known",
        "The commit exists in that very repository",
        "observed (shards 2026: `Commit not found` with `data.shas`; appveyor#2714 for forks)";
    PULL_REQUEST_KNOWN = "pull-request-known",
        "The pull request exists",
        "observed: text `Not Found` (Sourcegraph)";
    STATUS_KNOWN = "status-known",
        "The commit has a status with this key",
        "observed as 404 (bert-e, Flux); the text is not known";
    STATUS_UNAMBIGUOUS = "status-unambiguous",
        "An update says by `refname` which of several statuses with one key it means",
        "observed once as a 500, 2024-11 (jenkinsci bitbucket-branch-source-plugin PR#930), see \
         `Assumptions::ambiguous_update`";
    NO_FILTER = "no-filter",
        "The sandbox does not filter by `q`",
        "a limit of the sandbox, so that nobody takes an unfiltered list for a filtered one";
    PAGE_NUMBERS = "page-numbers",
        "`page` is at least 1, `pagelen` 1 to 100",
        "Atlassian's page on pagination; the text of the answer is not known";
    SORT_MEMBER = "sort-member",
        "`sort` names a member of the status",
        "Atlassian's page on sorting; the text of the answer is not known";
    RATE_LIMIT = "rate-limit",
        "An identity has a budget of requests in a rolling window",
        "observed 2019 and 2021 (SharpBucket#108, renovate#9438): text, 429";
    API_PATH = "api-path",
        "The path is one of the document's",
        "observed: `Resource not found`";
    API_METHOD = "api-method",
        "The path has this method",
        "not known; there is no DELETE on statuses (published document)";
    PATH_ENCODING = "path-encoding",
        "A path is UTF-8, percent-encoded",
        "observed: an HTML page for malformed paths (404)";
    GRANT = "grant",
        "A token is given for `grant_type=client_credentials`, to a known consumer",
        "RFC 6749, 4.4 and 5.2";
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
    fn every_rule_has_a_name_of_its_own_that_fits_a_header() {
        let names: BTreeSet<_> = ALL.iter().map(|rule| rule.name).collect();
        assert_eq!(names.len(), ALL.len());
        for name in names {
            assert!(name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-'), "{name}");
        }
    }
}
