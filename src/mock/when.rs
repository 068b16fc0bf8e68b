//! What a mock matches: a method for each parameter and member of an operation.

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

        #[cfg(test)]
        impl $name {
            /// The operation, and the names that this mock has for its path, its query and its body.
            const NAMES: tests::Names = tests::Names {
                operation: $id,
                path: &[$(stringify!($parameter)),*],
                query: &[$(stringify!($query)),*],
                body: &[$($member_name),*],
            };
        }

        #[expect(clippy::return_self_not_must_use, reason = "the call itself specifies, as with httpmock's own")]
        impl $name {
            pub(crate) fn new(when: When) -> Self {
                Self(path::operation(when, $id))
            }

            /// httpmock's own `When`, for conditions that the document does not have.
            ///
            /// # Examples
            ///
            /// ```
            /// use bitbucket_build_status::mock::{MockServer, MockServerExt as _};
            ///
            /// let server = MockServer::start();
            /// server.get_build_status(|when, then| {
            ///     when.key("unit-tests").into_inner().header("x-gateway-key", "blue");
            ///     then.not_found_text("Not Found");
            /// });
            /// ```
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
                /// The body is equal to this one.
                ///
                /// # Examples
                ///
                /// ```
                /// use bitbucket_build_status::{
                ///     BuildStatusCreate, Key, State,
                ///     mock::{self, MockServer, MockServerExt as _},
                /// };
                ///
                /// let server = MockServer::start();
                /// server.create_build_status(|when, then| {
                ///     when.body(&BuildStatusCreate {
                ///         key: Key::new("unit-tests").unwrap(),
                ///         state: State::Failed,
                ///         url: "https://ci.example.com/42".to_owned(),
                ///         name: None,
                ///         description: None,
                ///         refname: None,
                ///         type_: Some("build".to_owned()),
                ///     });
                ///     then.created(&mock::build_status("unit-tests", State::Failed, "https://ci.example.com/42"));
                /// });
                /// ```
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
    /// Matches a request that creates a status.
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
    /// Matches a request that updates a status.
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
    /// Matches a request for one status.
    GetWhen = "get_build_status";
    path workspace: "The workspace of the path.";
    path repo_slug: "The repository of the path.";
    path commit: "The commit of the path.";
    path key: "The key of the path.";
}

when! {
    /// Matches a request for the statuses of a commit.
    ListCommitWhen = "list_commit_statuses";
    path workspace: "The workspace of the path.";
    path repo_slug: "The repository of the path.";
    path commit: "The commit of the path.";
    query refname: "The query has this refname.";
    query q: "The query has this filter.";
    query sort: "The query sorts by this member.";
    query page(u64): "The query has this page.";
    query pagelen(u64): "The query has this page length.";
}

when! {
    /// Matches a request for the statuses of a pull request.
    ListPullRequestWhen = "list_pull_request_statuses";
    path workspace: "The workspace of the path.";
    path repo_slug: "The repository of the path.";
    path pull_request_id: "The pull request of the path.";
    query q: "The query has this filter.";
    query sort: "The query sorts by this member.";
    query page(u64): "The query has this page.";
    query pagelen(u64): "The query has this page length.";
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use serde_json::Value;

    use super::{CreateWhen, GetWhen, ListCommitWhen, ListPullRequestWhen, UpdateWhen};
    use crate::document::{document, endpoints};

    pub(super) struct Names {
        pub(super) operation: &'static str,
        pub(super) path: &'static [&'static str],
        pub(super) query: &'static [&'static str],
        pub(super) body: &'static [&'static str],
    }

    const MOCKS: [Names; 5] =
        [CreateWhen::NAMES, UpdateWhen::NAMES, GetWhen::NAMES, ListCommitWhen::NAMES, ListPullRequestWhen::NAMES];

    fn sorted<'a>(names: impl IntoIterator<Item = &'a str>) -> BTreeSet<&'a str> {
        names.into_iter().collect()
    }

    fn resolved<'a>(document: &'a Value, value: &'a Value) -> &'a Value {
        value["$ref"]
            .as_str()
            .map_or(value, |target| document.pointer(&target[1..]).expect("the target of a reference"))
    }

    #[test]
    fn the_mocks_have_the_names_of_the_document() {
        let document = document();
        for Names { operation: id, path, query, body } in MOCKS {
            let known = endpoints().iter().find(|operation| operation.id == id);
            let known = known.unwrap_or_else(|| panic!("src/mock/when.rs: {id} is not in the document"));
            let item = &document["paths"][&known.path];
            let operation = &item[known.method.as_str().to_lowercase()];
            let lists = [&item["parameters"], &operation["parameters"]];
            let parameters: Vec<_> =
                lists.into_iter().filter_map(Value::as_array).flatten().map(|it| resolved(document, it)).collect();
            let of = |location: &str| {
                let named = parameters.iter().filter(|parameter| parameter["in"] == location);
                sorted(named.filter_map(|parameter| parameter["name"].as_str()))
            };
            assert_eq!(sorted(path.iter().copied()), of("path"), "src/mock/when.rs: the path of {id}");
            assert_eq!(sorted(query.iter().copied()), of("query"), "src/mock/when.rs: the query of {id}");
            let schema = &operation["requestBody"]["content"]["application/json"]["schema"];
            let members = resolved(document, schema)["properties"].as_object().into_iter().flatten();
            // Nested members are matched by `body` only.
            let members = sorted(members.map(|(name, _)| name.as_str()).filter(|name| *name != "links"));
            assert_eq!(sorted(body.iter().copied()), members, "src/mock/when.rs: the body of {id}");
        }
    }

    #[test]
    fn every_operation_of_the_document_has_a_mock() {
        let mocked = sorted(MOCKS.iter().map(|mock| mock.operation));
        let documented = sorted(endpoints().iter().map(|operation| operation.id.as_str()));
        assert_eq!(mocked, documented, "add the operation to src/mock.rs, src/mock/when.rs and MOCKS");
    }
}
