//! What a request must be.

use httpmock::When;
use serde_json::{Value, json};

use super::path;
use crate::model::{BuildStatusCreate, BuildStatusUpdate, State};

/// Declares the `when` of an operation, with methods by the kind of its parameters and members.
macro_rules! when {
    (
        $(#[$documentation:meta])* $name:ident = $id:literal;
        $(path $parameter:ident: $of_parameter:literal;)*
        $(query $query:ident $(($number:ty))?: $of_query:literal;)*
        $(member $member:ident $(($typed:ty))? = $member_name:literal: $of_member:literal;)*
        $(body $body:ty;)?
    ) => {
        $(#[$documentation])*
        pub struct $name(When);

        #[expect(clippy::return_self_not_must_use, reason = "the call itself specifies, as with httpmock's own")]
        impl $name {
            pub(crate) fn new(when: When) -> Self {
                Self(path::operation(when, $id))
            }

            /// httpmock's own `When`, for what the document does not have.
            #[must_use]
            pub fn into_inner(self) -> When {
                self.0
            }

            $(
                #[doc = $of_parameter]
                pub fn $parameter(self, value: impl ToString) -> Self {
                    Self(path::parameter(self.0, $id, stringify!($parameter), &value.to_string()))
                }
            )*
            $(
                #[doc = $of_query]
                pub fn $query(self, value: when!(@query $($number)?)) -> Self {
                    Self(self.0.query_param(stringify!($query), value.to_string()))
                }
            )*
            $(
                #[doc = $of_member]
                pub fn $member(self, value: when!(@member $($typed)?)) -> Self {
                    Self(member(self.0, $member_name, json!(value)))
                }
            )*
            $(
                /// The whole body, and no member beside.
                pub fn body(self, body: &$body) -> Self {
                    Self(self.0.json_body_obj(body))
                }
            )?
        }
    };
    (@query) => { &str };
    (@query $number:ty) => { $number };
    (@member) => { &str };
    (@member $typed:ty) => { $typed };
}

fn member(when: When, name: &str, value: Value) -> When {
    when.json_body_includes(Value::from_iter([(name, value)]).to_string())
}

when! {
    /// What a request to create a status must be.
    CreateWhen = "create_build_status";
    path workspace: "The workspace of the path.";
    path repo_slug: "The repository of the path.";
    path commit: "The commit of the path.";
    member key = "key": "The body has this key.";
    member state(State) = "state": "The body has this state.";
    member url = "url": "The body has this url.";
    member name = "name": "The body has this name.";
    member description = "description": "The body has this description.";
    member refname = "refname": "The body has this refname.";
    member type_ = "type": "The body has this type.";
    body BuildStatusCreate;
}

when! {
    /// What a request to update a status must be.
    UpdateWhen = "update_build_status";
    path workspace: "The workspace of the path.";
    path repo_slug: "The repository of the path.";
    path commit: "The commit of the path.";
    path key: "The key of the path.";
    member body_key = "key": "The body has this key.";
    member state(State) = "state": "The body has this state.";
    member url = "url": "The body has this url.";
    member name = "name": "The body has this name.";
    member description = "description": "The body has this description.";
    member refname = "refname": "The body has this refname.";
    member type_ = "type": "The body has this type.";
    member uuid = "uuid": "The body has this uuid.";
    member created_on = "created_on": "The body has this date of creation.";
    member updated_on = "updated_on": "The body has this date of change.";
    body BuildStatusUpdate;
}

when! {
    /// What a request for one status must be.
    GetWhen = "get_build_status";
    path workspace: "The workspace of the path.";
    path repo_slug: "The repository of the path.";
    path commit: "The commit of the path.";
    path key: "The key of the path.";
}

when! {
    /// What a request for the statuses of a commit must be.
    ListCommitWhen = "list_commit_statuses";
    path workspace: "The workspace of the path.";
    path repo_slug: "The repository of the path.";
    path commit: "The commit of the path.";
    query refname: "The query narrows to this branch.";
    query q: "The query has this filter.";
    query sort: "The query sorts by this member.";
    query page(u64): "The query asks for this page.";
    query pagelen(u64): "The query asks for pages of this length.";
}

when! {
    /// What a request for the statuses of a pull request must be.
    ListPullRequestWhen = "list_pull_request_statuses";
    path workspace: "The workspace of the path.";
    path repo_slug: "The repository of the path.";
    path pull_request_id: "The pull request of the path.";
    query q: "The query has this filter.";
    query sort: "The query sorts by this member.";
    query page(u64): "The query asks for this page.";
    query pagelen(u64): "The query asks for pages of this length.";
}
