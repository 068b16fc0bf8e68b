//! What nobody has seen Bitbucket do, as assumptions.

use serde::Deserialize;

/// Behaviour of Bitbucket that is not known: every member says what the sandbox does, and what it does by default.
///
/// The defaults refuse what nobody has seen accepted, so that a contract test notices when it relies on a guess.
///
/// # Examples
///
/// ```
/// use bitbucket_build_status::sandbox::{Policy, Assumptions};
///
/// let lenient = Assumptions { partial_update: Policy::Accept, ..Assumptions::default() };
/// assert_eq!(Assumptions::default().partial_update, Policy::Reject);
/// # let _ = lenient;
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Assumptions {
    /// An update whose body has another `key` than its path. By default refused with a 400; where accepted, the
    /// path's key counts.
    pub other_key_in_update: Policy,
    /// An update that lacks `state` or `url`. By default refused with a 400; where accepted, what is missing stays as
    /// it was.
    pub partial_update: Policy,
    /// A `type` other than `build`. By default refused with a 400; where accepted, the answer says `build` all the same.
    pub other_type: Policy,
    /// Members that the document does not know. By default accepted and dropped, since the published document allows
    /// them; other endpoints are known to refuse them.
    pub unknown_members: Policy,
    /// A `url` on `localhost`. By default accepted; a reporter's author refuses it, the API has not been seen to.
    pub localhost_url: Policy,
    /// A key with a slash in a path (`%2F`). By default accepted; where refused, it is answered by a 404.
    pub slash_in_path: Policy,
    /// A branch in place of a commit, looked up among the source branches of the pull requests. By default refused
    /// with a 404.
    pub branch_as_commit: Policy,
    /// `{}` in place of the workspace, beside a repository's UUID. By default refused with a 404.
    pub empty_workspace: Policy,
    /// An API token of an account sent as `Bearer`. By default refused with a 401; reports disagree.
    pub api_token_as_bearer: Policy,
    /// Keys that differ only in case. By default they name different statuses (`accept`); where refused, they name
    /// the same one.
    pub keys_that_differ_in_case: Policy,
    /// An update of a key that several statuses of the commit have, with no `refname` that tells which. By default
    /// refused with a 500, as one maintainer saw it; where accepted, the one changed last is meant.
    pub ambiguous_update: Policy,
    /// Another user's overwrite of a status, which is refused: with a 403 by default.
    pub foreign_overwrite_status: u16,
    /// The fewest digits of a short commit hash: 12 by default, the length that is known to work.
    pub shortest_commit: usize,
    /// The most characters of `name`: 255 by default, which is what Jenkins cuts it to.
    pub name_limit: Option<usize>,
    /// The most characters of `description`: no limit by default.
    pub description_limit: Option<usize>,
    /// The most characters of `url`: no limit by default.
    pub url_limit: Option<usize>,
    /// Whether a 429 carries `Retry-After`. By default it does not: nobody has recorded one.
    pub retry_after: bool,
}

/// What the sandbox does with something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Policy {
    /// Goes on.
    Accept,
    /// Answers with an error.
    Reject,
}

impl Policy {
    pub(crate) fn accepts(self) -> bool {
        self == Self::Accept
    }
}

impl Default for Assumptions {
    fn default() -> Self {
        Self {
            other_key_in_update: Policy::Reject,
            partial_update: Policy::Reject,
            other_type: Policy::Reject,
            unknown_members: Policy::Accept,
            localhost_url: Policy::Accept,
            slash_in_path: Policy::Accept,
            branch_as_commit: Policy::Reject,
            empty_workspace: Policy::Reject,
            api_token_as_bearer: Policy::Reject,
            keys_that_differ_in_case: Policy::Accept,
            ambiguous_update: Policy::Reject,
            foreign_overwrite_status: 403,
            shortest_commit: 12,
            name_limit: Some(255),
            description_limit: None,
            url_limit: None,
            retry_after: false,
        }
    }
}
