#[allow(unused_imports)]
pub use progenitor_client::{ByteStream, ClientInfo, Error, ResponseValue};
#[allow(unused_imports)]
use progenitor_client::{encode_path, ClientHooks, OperationInfo, RequestBuilderExt};
/// Types used as operation parameters and responses.
#[allow(clippy::all)]
pub mod types {
    ///A build status as Bitbucket answers it. Members this document does not know are kept in `extra`.
    #[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
    #[non_exhaustive]
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, PartialEq)]
    pub struct BuildStatus {
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub commit: ::std::option::Option<StatusCommit>,
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub created_on: ::std::option::Option<::bitbucket_build_status::Timestamp>,
        ///A sentence about the result.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub description: ::std::option::Option<::std::string::String>,
        ///The key that names the status on its commit.
        pub key: ::std::string::String,
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub links: ::std::option::Option<BuildStatusLinks>,
        ///A name for the build.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub name: ::std::option::Option<::std::string::String>,
        ///The branch the build ran for; null when none was reported.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub refname: ::std::option::Option<::std::string::String>,
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub repository: ::std::option::Option<StatusRepository>,
        pub state: ::bitbucket_build_status::ReportedState,
        ///The kind of status; always `build` so far.
        #[serde(rename = "type", skip_serializing_if = "::std::option::Option::is_none")]
        pub type_: ::std::option::Option<::std::string::String>,
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub updated_on: ::std::option::Option<::bitbucket_build_status::Timestamp>,
        ///Where the build can be seen, with variables unexpanded.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub url: ::std::option::Option<::std::string::String>,
        #[serde(flatten)]
        pub extra: ::serde_json::Map<::std::string::String, ::serde_json::Value>,
    }
    impl BuildStatus {
        pub fn builder() -> builder::BuildStatus {
            Default::default()
        }
    }
    ///The body that creates a status or overwrites the one with its key. Bitbucket needs `key`, `state` and `url`.
    #[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, PartialEq)]
    pub struct BuildStatusCreate {
        ///A sentence about the result, such as `42 tests passed`.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub description: ::std::option::Option<::std::string::String>,
        ///The key that names the status on its commit, such as `BB-DEPLOY`; at most 40 characters.
        pub key: ::bitbucket_build_status::Key,
        ///What people read: a name for the build, such as `BB-DEPLOY-1`.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub name: ::std::option::Option<::std::string::String>,
        ///The branch the build ran for, as a bare name. A pull request shows the statuses that name its source branch.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub refname: ::std::option::Option<::std::string::String>,
        pub state: State,
        ///The kind of status; `build` is the only one there is.
        #[serde(rename = "type", skip_serializing_if = "::std::option::Option::is_none")]
        pub type_: ::std::option::Option<::std::string::String>,
        ///Where the build can be seen: an absolute http or https URL whose host has a dot. May hold variables of `repository` and `commit`, such as `{repository.full_name}`, which Bitbucket expands when it shows the link.
        pub url: ::std::string::String,
    }
    impl BuildStatusCreate {
        pub fn builder() -> builder::BuildStatusCreate {
            Default::default()
        }
    }
    ///The links of a status.
    #[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
    #[non_exhaustive]
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, PartialEq)]
    pub struct BuildStatusLinks {
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub commit: ::std::option::Option<Link>,
        #[serde(rename = "self", skip_serializing_if = "::std::option::Option::is_none")]
        pub self_: ::std::option::Option<Link>,
        #[serde(flatten)]
        pub extra: ::serde_json::Map<::std::string::String, ::serde_json::Value>,
    }
    impl BuildStatusLinks {
        pub fn builder() -> builder::BuildStatusLinks {
            Default::default()
        }
    }
    ///One page of a list of statuses.
    #[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
    #[non_exhaustive]
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, PartialEq)]
    pub struct BuildStatusPage {
        ///The address of the next page; absent on the last.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub next: ::std::option::Option<::std::string::String>,
        ///The number of this page, from 1.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub page: ::std::option::Option<u64>,
        ///How many statuses a page holds.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub pagelen: ::std::option::Option<u64>,
        ///The address of the page before.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub previous: ::std::option::Option<::std::string::String>,
        ///How many statuses the whole list has.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub size: ::std::option::Option<u64>,
        ///The statuses of this page.
        pub values: ::std::vec::Vec<BuildStatus>,
        #[serde(flatten)]
        pub extra: ::serde_json::Map<::std::string::String, ::serde_json::Value>,
    }
    impl BuildStatusPage {
        pub fn builder() -> builder::BuildStatusPage {
            Default::default()
        }
    }
    ///The body of an update. Only `type` is required; Bitbucket takes the key from the path.
    #[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, PartialEq)]
    pub struct BuildStatusUpdate {
        ///When the status was created.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub created_on: ::std::option::Option<::std::string::String>,
        ///A sentence about the result, such as `42 tests passed`.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub description: ::std::option::Option<::std::string::String>,
        ///The key that names the status, such as `BB-DEPLOY`; it cannot be changed.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub key: ::std::option::Option<::std::string::String>,
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub links: ::std::option::Option<BuildStatusUpdateLinks>,
        ///What people read: a name for the build, such as `BB-DEPLOY-1`.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub name: ::std::option::Option<::std::string::String>,
        ///The branch the build ran for, as a bare name. A pull request shows the statuses that name its source branch.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub refname: ::std::option::Option<::std::string::String>,
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub state: ::std::option::Option<State>,
        ///The kind of status; `build` is the only one there is.
        #[serde(rename = "type")]
        pub type_: ::std::string::String,
        ///When the status was last changed.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub updated_on: ::std::option::Option<::std::string::String>,
        ///Where the build can be seen. May hold variables of `repository` and `commit`, such as `{repository.full_name}`, which Bitbucket expands when it shows the link.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub url: ::std::option::Option<::std::string::String>,
        ///The status' id.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub uuid: ::std::option::Option<::std::string::String>,
    }
    impl BuildStatusUpdate {
        pub fn builder() -> builder::BuildStatusUpdate {
            Default::default()
        }
    }
    ///A link to something related.
    #[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, Default, PartialEq)]
    pub struct BuildStatusUpdateLink {
        ///The address.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub href: ::std::option::Option<::std::string::String>,
        ///What the link is called.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub name: ::std::option::Option<::std::string::String>,
    }
    impl BuildStatusUpdateLink {
        pub fn builder() -> builder::BuildStatusUpdateLink {
            Default::default()
        }
    }
    ///The links of an update's body.
    #[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, Default, PartialEq)]
    pub struct BuildStatusUpdateLinks {
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub commit: ::std::option::Option<BuildStatusUpdateLink>,
        #[serde(rename = "self", skip_serializing_if = "::std::option::Option::is_none")]
        pub self_: ::std::option::Option<BuildStatusUpdateLink>,
    }
    impl BuildStatusUpdateLinks {
        pub fn builder() -> builder::BuildStatusUpdateLinks {
            Default::default()
        }
    }
    ///The links of a commit.
    #[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
    #[non_exhaustive]
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, PartialEq)]
    pub struct CommitLinks {
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub html: ::std::option::Option<Link>,
        #[serde(rename = "self", skip_serializing_if = "::std::option::Option::is_none")]
        pub self_: ::std::option::Option<Link>,
        #[serde(flatten)]
        pub extra: ::serde_json::Map<::std::string::String, ::serde_json::Value>,
    }
    impl CommitLinks {
        pub fn builder() -> builder::CommitLinks {
            Default::default()
        }
    }
    ///What Bitbucket says about a request that failed, where it answers JSON.
    #[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
    #[non_exhaustive]
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, PartialEq)]
    pub struct ErrorAnswer {
        pub error: ErrorDetails,
        ///Always `error`; some answers lack it.
        #[serde(rename = "type", skip_serializing_if = "::std::option::Option::is_none")]
        pub type_: ::std::option::Option<::std::string::String>,
        #[serde(flatten)]
        pub extra: ::serde_json::Map<::std::string::String, ::serde_json::Value>,
    }
    impl ErrorAnswer {
        pub fn builder() -> builder::ErrorAnswer {
            Default::default()
        }
    }
    ///The error itself.
    #[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
    #[non_exhaustive]
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, PartialEq)]
    pub struct ErrorDetails {
        ///Facts that belong to this endpoint, such as the commits that were not found.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub data: ::std::option::Option<::serde_json::Value>,
        ///More about it: a sentence, or an object with the scopes `required` and `granted`.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub detail: ::std::option::Option<::serde_json::Value>,
        ///For each refused member of the body, a list of sentences or a single one.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub fields: ::std::option::Option<
            ::serde_json::Map<::std::string::String, ::serde_json::Value>,
        >,
        ///The number under which Bitbucket logged the failure.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub id: ::std::option::Option<::std::string::String>,
        ///What went wrong, in a sentence.
        pub message: ::std::string::String,
        #[serde(flatten)]
        pub extra: ::serde_json::Map<::std::string::String, ::serde_json::Value>,
    }
    impl ErrorDetails {
        pub fn builder() -> builder::ErrorDetails {
            Default::default()
        }
    }
    ///A link to something related.
    #[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
    #[non_exhaustive]
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, PartialEq)]
    pub struct Link {
        ///The address.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub href: ::std::option::Option<::std::string::String>,
        ///What the link is called.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub name: ::std::option::Option<::std::string::String>,
        #[serde(flatten)]
        pub extra: ::serde_json::Map<::std::string::String, ::serde_json::Value>,
    }
    impl Link {
        pub fn builder() -> builder::Link {
            Default::default()
        }
    }
    ///The links of a repository.
    #[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
    #[non_exhaustive]
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, PartialEq)]
    pub struct RepositoryLinks {
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub avatar: ::std::option::Option<Link>,
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub html: ::std::option::Option<Link>,
        #[serde(rename = "self", skip_serializing_if = "::std::option::Option::is_none")]
        pub self_: ::std::option::Option<Link>,
        #[serde(flatten)]
        pub extra: ::serde_json::Map<::std::string::String, ::serde_json::Value>,
    }
    impl RepositoryLinks {
        pub fn builder() -> builder::RepositoryLinks {
            Default::default()
        }
    }
    ///How a build stands. These four states are all that can be sent.
    #[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
    #[derive(
        ::serde::Deserialize,
        ::serde::Serialize,
        Clone,
        Copy,
        Debug,
        Eq,
        Hash,
        Ord,
        PartialEq,
        PartialOrd
    )]
    pub enum State {
        #[serde(rename = "INPROGRESS")]
        Inprogress,
        #[serde(rename = "STOPPED")]
        Stopped,
        #[serde(rename = "FAILED")]
        Failed,
        #[serde(rename = "SUCCESSFUL")]
        Successful,
    }
    impl ::std::fmt::Display for State {
        fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
            match *self {
                Self::Inprogress => f.write_str("INPROGRESS"),
                Self::Stopped => f.write_str("STOPPED"),
                Self::Failed => f.write_str("FAILED"),
                Self::Successful => f.write_str("SUCCESSFUL"),
            }
        }
    }
    impl ::std::str::FromStr for State {
        type Err = self::error::ConversionError;
        fn from_str(
            value: &str,
        ) -> ::std::result::Result<Self, self::error::ConversionError> {
            match value {
                "INPROGRESS" => Ok(Self::Inprogress),
                "STOPPED" => Ok(Self::Stopped),
                "FAILED" => Ok(Self::Failed),
                "SUCCESSFUL" => Ok(Self::Successful),
                _ => Err("invalid value".into()),
            }
        }
    }
    impl ::std::convert::TryFrom<&str> for State {
        type Error = self::error::ConversionError;
        fn try_from(
            value: &str,
        ) -> ::std::result::Result<Self, self::error::ConversionError> {
            value.parse()
        }
    }
    impl ::std::convert::TryFrom<::std::string::String> for State {
        type Error = self::error::ConversionError;
        fn try_from(
            value: ::std::string::String,
        ) -> ::std::result::Result<Self, self::error::ConversionError> {
            value.parse()
        }
    }
    ///The commit a status belongs to.
    #[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
    #[non_exhaustive]
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, PartialEq)]
    pub struct StatusCommit {
        ///The commit's full SHA-1.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub hash: ::std::option::Option<::std::string::String>,
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub links: ::std::option::Option<CommitLinks>,
        ///Always `commit`.
        #[serde(rename = "type", skip_serializing_if = "::std::option::Option::is_none")]
        pub type_: ::std::option::Option<::std::string::String>,
        #[serde(flatten)]
        pub extra: ::serde_json::Map<::std::string::String, ::serde_json::Value>,
    }
    impl StatusCommit {
        pub fn builder() -> builder::StatusCommit {
            Default::default()
        }
    }
    ///The repository a status belongs to.
    #[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
    #[non_exhaustive]
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, PartialEq)]
    pub struct StatusRepository {
        ///Workspace and repository slug, as in `acme/rocket`.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub full_name: ::std::option::Option<::std::string::String>,
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub links: ::std::option::Option<RepositoryLinks>,
        ///The repository's name.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub name: ::std::option::Option<::std::string::String>,
        ///Always `repository`.
        #[serde(rename = "type", skip_serializing_if = "::std::option::Option::is_none")]
        pub type_: ::std::option::Option<::std::string::String>,
        ///The repository's UUID, in curly braces.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub uuid: ::std::option::Option<::std::string::String>,
        #[serde(flatten)]
        pub extra: ::serde_json::Map<::std::string::String, ::serde_json::Value>,
    }
    impl StatusRepository {
        pub fn builder() -> builder::StatusRepository {
            Default::default()
        }
    }
    /// Types for composing complex structures.
    pub mod builder {
        #[derive(Clone, Debug)]
        pub struct BuildStatus {
            commit: ::std::result::Result<
                ::std::option::Option<super::StatusCommit>,
                ::std::string::String,
            >,
            created_on: ::std::result::Result<
                ::std::option::Option<::bitbucket_build_status::Timestamp>,
                ::std::string::String,
            >,
            description: ::std::result::Result<
                ::std::option::Option<::std::string::String>,
                ::std::string::String,
            >,
            key: ::std::result::Result<::std::string::String, ::std::string::String>,
            links: ::std::result::Result<
                ::std::option::Option<super::BuildStatusLinks>,
                ::std::string::String,
            >,
            name: ::std::result::Result<
                ::std::option::Option<::std::string::String>,
                ::std::string::String,
            >,
            refname: ::std::result::Result<
                ::std::option::Option<::std::string::String>,
                ::std::string::String,
            >,
            repository: ::std::result::Result<
                ::std::option::Option<super::StatusRepository>,
                ::std::string::String,
            >,
            state: ::std::result::Result<
                ::bitbucket_build_status::ReportedState,
                ::std::string::String,
            >,
            type_: ::std::result::Result<
                ::std::option::Option<::std::string::String>,
                ::std::string::String,
            >,
            updated_on: ::std::result::Result<
                ::std::option::Option<::bitbucket_build_status::Timestamp>,
                ::std::string::String,
            >,
            url: ::std::result::Result<
                ::std::option::Option<::std::string::String>,
                ::std::string::String,
            >,
            extra: ::std::result::Result<
                ::serde_json::Map<::std::string::String, ::serde_json::Value>,
                ::std::string::String,
            >,
        }
        impl ::std::default::Default for BuildStatus {
            fn default() -> Self {
                Self {
                    commit: Ok(Default::default()),
                    created_on: Ok(Default::default()),
                    description: Ok(Default::default()),
                    key: Err("no value supplied for key".to_string()),
                    links: Ok(Default::default()),
                    name: Ok(Default::default()),
                    refname: Ok(Default::default()),
                    repository: Ok(Default::default()),
                    state: Err("no value supplied for state".to_string()),
                    type_: Ok(Default::default()),
                    updated_on: Ok(Default::default()),
                    url: Ok(Default::default()),
                    extra: Err("no value supplied for extra".to_string()),
                }
            }
        }
        impl BuildStatus {
            pub fn commit<T>(mut self, value: T) -> Self
            where
                T: ::std::convert::TryInto<::std::option::Option<super::StatusCommit>>,
                T::Error: ::std::fmt::Display,
            {
                self.commit = value
                    .try_into()
                    .map_err(|e| {
                        format!("error converting supplied value for commit: {e}")
                    });
                self
            }
            pub fn created_on<T>(mut self, value: T) -> Self
            where
                T: ::std::convert::TryInto<
                    ::std::option::Option<::bitbucket_build_status::Timestamp>,
                >,
                T::Error: ::std::fmt::Display,
            {
                self.created_on = value
                    .try_into()
                    .map_err(|e| {
                        format!("error converting supplied value for created_on: {e}")
                    });
                self
            }
            pub fn description<T>(mut self, value: T) -> Self
            where
                T: ::std::convert::TryInto<::std::option::Option<::std::string::String>>,
                T::Error: ::std::fmt::Display,
            {
                self.description = value
                    .try_into()
                    .map_err(|e| {
                        format!("error converting supplied value for description: {e}")
                    });
                self
            }
            pub fn key<T>(mut self, value: T) -> Self
            where
                T: ::std::convert::TryInto<::std::string::String>,
                T::Error: ::std::fmt::Display,
            {
                self.key = value
                    .try_into()
                    .map_err(|e| {
                        format!("error converting supplied value for key: {e}")
                    });
                self
            }
            pub fn links<T>(mut self, value: T) -> Self
            where
                T: ::std::convert::TryInto<
                    ::std::option::Option<super::BuildStatusLinks>,
                >,
                T::Error: ::std::fmt::Display,
            {
                self.links = value
                    .try_into()
                    .map_err(|e| {
                        format!("error converting supplied value for links: {e}")
                    });
                self
            }
            pub fn name<T>(mut self, value: T) -> Self
            where
                T: ::std::convert::TryInto<::std::option::Option<::std::string::String>>,
                T::Error: ::std::fmt::Display,
            {
                self.name = value
                    .try_into()
                    .map_err(|e| {
                        format!("error converting supplied value for name: {e}")
                    });
                self
            }
            pub fn refname<T>(mut self, value: T) -> Self
            where
                T: ::std::convert::TryInto<::std::option::Option<::std::string::String>>,
                T::Error: ::std::fmt::Display,
            {
                self.refname = value
                    .try_into()
                    .map_err(|e| {
                        format!("error converting supplied value for refname: {e}")
                    });
                self
            }
            pub fn repository<T>(mut self, value: T) -> Self
            where
                T: ::std::convert::TryInto<
                    ::std::option::Option<super::StatusRepository>,
                >,
                T::Error: ::std::fmt::Display,
            {
                self.repository = value
                    .try_into()
                    .map_err(|e| {
                        format!("error converting supplied value for repository: {e}")
                    });
                self
            }
            pub fn state<T>(mut self, value: T) -> Self
            where
                T: ::std::convert::TryInto<::bitbucket_build_status::ReportedState>,
                T::Error: ::std::fmt::Display,
            {
                self.state = value
                    .try_into()
                    .map_err(|e| {
                        format!("error converting supplied value for state: {e}")
                    });
                self
            }
            pub fn type_<T>(mut self, value: T) -> Self
            where
                T: ::std::convert::TryInto<::std::option::Option<::std::string::String>>,
                T::Error: ::std::fmt::Display,
            {
                self.type_ = value
                    .try_into()
                    .map_err(|e| {
                        format!("error converting supplied value for type_: {e}")
                    });
                self
            }
            pub fn updated_on<T>(mut self, value: T) -> Self
            where
                T: ::std::convert::TryInto<
                    ::std::option::Option<::bitbucket_build_status::Timestamp>,
                >,
                T::Error: ::std::fmt::Display,
            {
                self.updated_on = value
                    .try_into()
                    .map_err(|e| {
                        format!("error converting supplied value for updated_on: {e}")
                    });
                self
            }
            pub fn url<T>(mut self, value: T) -> Self
            where
                T: ::std::convert::TryInto<::std::option::Option<::std::string::String>>,
                T::Error: ::std::fmt::Display,
            {
                self.url = value
                    .try_into()
                    .map_err(|e| {
                        format!("error converting supplied value for url: {e}")
                    });
                self
            }
            pub fn extra<T>(mut self, value: T) -> Self
            where
                T: ::std::convert::TryInto<
                    ::serde_json::Map<::std::string::String, ::serde_json::Value>,
                >,
                T::Error: ::std::fmt::Display,
            {
                self.extra = value
                    .try_into()
                    .map_err(|e| {
                        format!("error converting supplied value for extra: {e}")
                    });
                self
            }
        }
        impl ::std::convert::TryFrom<BuildStatus> for super::BuildStatus {
            type Error = super::error::ConversionError;
            fn try_from(
                value: BuildStatus,
            ) -> ::std::result::Result<Self, super::error::ConversionError> {
                Ok(Self {
                    commit: value.commit?,
                    created_on: value.created_on?,
                    description: value.description?,
                    key: value.key?,
                    links: value.links?,
                    name: value.name?,
                    refname: value.refname?,
                    repository: value.repository?,
                    state: value.state?,
                    type_: value.type_?,
                    updated_on: value.updated_on?,
                    url: value.url?,
                    extra: value.extra?,
                })
            }
        }
        impl ::std::convert::From<super::BuildStatus> for BuildStatus {
            fn from(value: super::BuildStatus) -> Self {
                Self {
                    commit: Ok(value.commit),
                    created_on: Ok(value.created_on),
                    description: Ok(value.description),
                    key: Ok(value.key),
                    links: Ok(value.links),
                    name: Ok(value.name),
                    refname: Ok(value.refname),
                    repository: Ok(value.repository),
                    state: Ok(value.state),
                    type_: Ok(value.type_),
                    updated_on: Ok(value.updated_on),
                    url: Ok(value.url),
                    extra: Ok(value.extra),
                }
            }
        }
        #[derive(Clone, Debug)]
        pub struct BuildStatusCreate {
            description: ::std::result::Result<
                ::std::option::Option<::std::string::String>,
                ::std::string::String,
            >,
            key: ::std::result::Result<
                ::bitbucket_build_status::Key,
                ::std::string::String,
            >,
            name: ::std::result::Result<
                ::std::option::Option<::std::string::String>,
                ::std::string::String,
            >,
            refname: ::std::result::Result<
                ::std::option::Option<::std::string::String>,
                ::std::string::String,
            >,
            state: ::std::result::Result<super::State, ::std::string::String>,
            type_: ::std::result::Result<
                ::std::option::Option<::std::string::String>,
                ::std::string::String,
            >,
            url: ::std::result::Result<::std::string::String, ::std::string::String>,
        }
        impl ::std::default::Default for BuildStatusCreate {
            fn default() -> Self {
                Self {
                    description: Ok(Default::default()),
                    key: Err("no value supplied for key".to_string()),
                    name: Ok(Default::default()),
                    refname: Ok(Default::default()),
                    state: Err("no value supplied for state".to_string()),
                    type_: Ok(Default::default()),
                    url: Err("no value supplied for url".to_string()),
                }
            }
        }
        impl BuildStatusCreate {
            pub fn description<T>(mut self, value: T) -> Self
            where
                T: ::std::convert::TryInto<::std::option::Option<::std::string::String>>,
                T::Error: ::std::fmt::Display,
            {
                self.description = value
                    .try_into()
                    .map_err(|e| {
                        format!("error converting supplied value for description: {e}")
                    });
                self
            }
            pub fn key<T>(mut self, value: T) -> Self
            where
                T: ::std::convert::TryInto<::bitbucket_build_status::Key>,
                T::Error: ::std::fmt::Display,
            {
                self.key = value
                    .try_into()
                    .map_err(|e| {
                        format!("error converting supplied value for key: {e}")
                    });
                self
            }
            pub fn name<T>(mut self, value: T) -> Self
            where
                T: ::std::convert::TryInto<::std::option::Option<::std::string::String>>,
                T::Error: ::std::fmt::Display,
            {
                self.name = value
                    .try_into()
                    .map_err(|e| {
                        format!("error converting supplied value for name: {e}")
                    });
                self
            }
            pub fn refname<T>(mut self, value: T) -> Self
            where
                T: ::std::convert::TryInto<::std::option::Option<::std::string::String>>,
                T::Error: ::std::fmt::Display,
            {
                self.refname = value
                    .try_into()
                    .map_err(|e| {
                        format!("error converting supplied value for refname: {e}")
                    });
                self
            }
            pub fn state<T>(mut self, value: T) -> Self
            where
                T: ::std::convert::TryInto<super::State>,
                T::Error: ::std::fmt::Display,
            {
                self.state = value
                    .try_into()
                    .map_err(|e| {
                        format!("error converting supplied value for state: {e}")
                    });
                self
            }
            pub fn type_<T>(mut self, value: T) -> Self
            where
                T: ::std::convert::TryInto<::std::option::Option<::std::string::String>>,
                T::Error: ::std::fmt::Display,
            {
                self.type_ = value
                    .try_into()
                    .map_err(|e| {
                        format!("error converting supplied value for type_: {e}")
                    });
                self
            }
            pub fn url<T>(mut self, value: T) -> Self
            where
                T: ::std::convert::TryInto<::std::string::String>,
                T::Error: ::std::fmt::Display,
            {
                self.url = value
                    .try_into()
                    .map_err(|e| {
                        format!("error converting supplied value for url: {e}")
                    });
                self
            }
        }
        impl ::std::convert::TryFrom<BuildStatusCreate> for super::BuildStatusCreate {
            type Error = super::error::ConversionError;
            fn try_from(
                value: BuildStatusCreate,
            ) -> ::std::result::Result<Self, super::error::ConversionError> {
                Ok(Self {
                    description: value.description?,
                    key: value.key?,
                    name: value.name?,
                    refname: value.refname?,
                    state: value.state?,
                    type_: value.type_?,
                    url: value.url?,
                })
            }
        }
        impl ::std::convert::From<super::BuildStatusCreate> for BuildStatusCreate {
            fn from(value: super::BuildStatusCreate) -> Self {
                Self {
                    description: Ok(value.description),
                    key: Ok(value.key),
                    name: Ok(value.name),
                    refname: Ok(value.refname),
                    state: Ok(value.state),
                    type_: Ok(value.type_),
                    url: Ok(value.url),
                }
            }
        }
        #[derive(Clone, Debug)]
        pub struct BuildStatusLinks {
            commit: ::std::result::Result<
                ::std::option::Option<super::Link>,
                ::std::string::String,
            >,
            self_: ::std::result::Result<
                ::std::option::Option<super::Link>,
                ::std::string::String,
            >,
            extra: ::std::result::Result<
                ::serde_json::Map<::std::string::String, ::serde_json::Value>,
                ::std::string::String,
            >,
        }
        impl ::std::default::Default for BuildStatusLinks {
            fn default() -> Self {
                Self {
                    commit: Ok(Default::default()),
                    self_: Ok(Default::default()),
                    extra: Err("no value supplied for extra".to_string()),
                }
            }
        }
        impl BuildStatusLinks {
            pub fn commit<T>(mut self, value: T) -> Self
            where
                T: ::std::convert::TryInto<::std::option::Option<super::Link>>,
                T::Error: ::std::fmt::Display,
            {
                self.commit = value
                    .try_into()
                    .map_err(|e| {
                        format!("error converting supplied value for commit: {e}")
                    });
                self
            }
            pub fn self_<T>(mut self, value: T) -> Self
            where
                T: ::std::convert::TryInto<::std::option::Option<super::Link>>,
                T::Error: ::std::fmt::Display,
            {
                self.self_ = value
                    .try_into()
                    .map_err(|e| {
                        format!("error converting supplied value for self_: {e}")
                    });
                self
            }
            pub fn extra<T>(mut self, value: T) -> Self
            where
                T: ::std::convert::TryInto<
                    ::serde_json::Map<::std::string::String, ::serde_json::Value>,
                >,
                T::Error: ::std::fmt::Display,
            {
                self.extra = value
                    .try_into()
                    .map_err(|e| {
                        format!("error converting supplied value for extra: {e}")
                    });
                self
            }
        }
        impl ::std::convert::TryFrom<BuildStatusLinks> for super::BuildStatusLinks {
            type Error = super::error::ConversionError;
            fn try_from(
                value: BuildStatusLinks,
            ) -> ::std::result::Result<Self, super::error::ConversionError> {
                Ok(Self {
                    commit: value.commit?,
                    self_: value.self_?,
                    extra: value.extra?,
                })
            }
        }
        impl ::std::convert::From<super::BuildStatusLinks> for BuildStatusLinks {
            fn from(value: super::BuildStatusLinks) -> Self {
                Self {
                    commit: Ok(value.commit),
                    self_: Ok(value.self_),
                    extra: Ok(value.extra),
                }
            }
        }
        #[derive(Clone, Debug)]
        pub struct BuildStatusPage {
            next: ::std::result::Result<
                ::std::option::Option<::std::string::String>,
                ::std::string::String,
            >,
            page: ::std::result::Result<
                ::std::option::Option<u64>,
                ::std::string::String,
            >,
            pagelen: ::std::result::Result<
                ::std::option::Option<u64>,
                ::std::string::String,
            >,
            previous: ::std::result::Result<
                ::std::option::Option<::std::string::String>,
                ::std::string::String,
            >,
            size: ::std::result::Result<
                ::std::option::Option<u64>,
                ::std::string::String,
            >,
            values: ::std::result::Result<
                ::std::vec::Vec<super::BuildStatus>,
                ::std::string::String,
            >,
            extra: ::std::result::Result<
                ::serde_json::Map<::std::string::String, ::serde_json::Value>,
                ::std::string::String,
            >,
        }
        impl ::std::default::Default for BuildStatusPage {
            fn default() -> Self {
                Self {
                    next: Ok(Default::default()),
                    page: Ok(Default::default()),
                    pagelen: Ok(Default::default()),
                    previous: Ok(Default::default()),
                    size: Ok(Default::default()),
                    values: Err("no value supplied for values".to_string()),
                    extra: Err("no value supplied for extra".to_string()),
                }
            }
        }
        impl BuildStatusPage {
            pub fn next<T>(mut self, value: T) -> Self
            where
                T: ::std::convert::TryInto<::std::option::Option<::std::string::String>>,
                T::Error: ::std::fmt::Display,
            {
                self.next = value
                    .try_into()
                    .map_err(|e| {
                        format!("error converting supplied value for next: {e}")
                    });
                self
            }
            pub fn page<T>(mut self, value: T) -> Self
            where
                T: ::std::convert::TryInto<::std::option::Option<u64>>,
                T::Error: ::std::fmt::Display,
            {
                self.page = value
                    .try_into()
                    .map_err(|e| {
                        format!("error converting supplied value for page: {e}")
                    });
                self
            }
            pub fn pagelen<T>(mut self, value: T) -> Self
            where
                T: ::std::convert::TryInto<::std::option::Option<u64>>,
                T::Error: ::std::fmt::Display,
            {
                self.pagelen = value
                    .try_into()
                    .map_err(|e| {
                        format!("error converting supplied value for pagelen: {e}")
                    });
                self
            }
            pub fn previous<T>(mut self, value: T) -> Self
            where
                T: ::std::convert::TryInto<::std::option::Option<::std::string::String>>,
                T::Error: ::std::fmt::Display,
            {
                self.previous = value
                    .try_into()
                    .map_err(|e| {
                        format!("error converting supplied value for previous: {e}")
                    });
                self
            }
            pub fn size<T>(mut self, value: T) -> Self
            where
                T: ::std::convert::TryInto<::std::option::Option<u64>>,
                T::Error: ::std::fmt::Display,
            {
                self.size = value
                    .try_into()
                    .map_err(|e| {
                        format!("error converting supplied value for size: {e}")
                    });
                self
            }
            pub fn values<T>(mut self, value: T) -> Self
            where
                T: ::std::convert::TryInto<::std::vec::Vec<super::BuildStatus>>,
                T::Error: ::std::fmt::Display,
            {
                self.values = value
                    .try_into()
                    .map_err(|e| {
                        format!("error converting supplied value for values: {e}")
                    });
                self
            }
            pub fn extra<T>(mut self, value: T) -> Self
            where
                T: ::std::convert::TryInto<
                    ::serde_json::Map<::std::string::String, ::serde_json::Value>,
                >,
                T::Error: ::std::fmt::Display,
            {
                self.extra = value
                    .try_into()
                    .map_err(|e| {
                        format!("error converting supplied value for extra: {e}")
                    });
                self
            }
        }
        impl ::std::convert::TryFrom<BuildStatusPage> for super::BuildStatusPage {
            type Error = super::error::ConversionError;
            fn try_from(
                value: BuildStatusPage,
            ) -> ::std::result::Result<Self, super::error::ConversionError> {
                Ok(Self {
                    next: value.next?,
                    page: value.page?,
                    pagelen: value.pagelen?,
                    previous: value.previous?,
                    size: value.size?,
                    values: value.values?,
                    extra: value.extra?,
                })
            }
        }
        impl ::std::convert::From<super::BuildStatusPage> for BuildStatusPage {
            fn from(value: super::BuildStatusPage) -> Self {
                Self {
                    next: Ok(value.next),
                    page: Ok(value.page),
                    pagelen: Ok(value.pagelen),
                    previous: Ok(value.previous),
                    size: Ok(value.size),
                    values: Ok(value.values),
                    extra: Ok(value.extra),
                }
            }
        }
        #[derive(Clone, Debug)]
        pub struct BuildStatusUpdate {
            created_on: ::std::result::Result<
                ::std::option::Option<::std::string::String>,
                ::std::string::String,
            >,
            description: ::std::result::Result<
                ::std::option::Option<::std::string::String>,
                ::std::string::String,
            >,
            key: ::std::result::Result<
                ::std::option::Option<::std::string::String>,
                ::std::string::String,
            >,
            links: ::std::result::Result<
                ::std::option::Option<super::BuildStatusUpdateLinks>,
                ::std::string::String,
            >,
            name: ::std::result::Result<
                ::std::option::Option<::std::string::String>,
                ::std::string::String,
            >,
            refname: ::std::result::Result<
                ::std::option::Option<::std::string::String>,
                ::std::string::String,
            >,
            state: ::std::result::Result<
                ::std::option::Option<super::State>,
                ::std::string::String,
            >,
            type_: ::std::result::Result<::std::string::String, ::std::string::String>,
            updated_on: ::std::result::Result<
                ::std::option::Option<::std::string::String>,
                ::std::string::String,
            >,
            url: ::std::result::Result<
                ::std::option::Option<::std::string::String>,
                ::std::string::String,
            >,
            uuid: ::std::result::Result<
                ::std::option::Option<::std::string::String>,
                ::std::string::String,
            >,
        }
        impl ::std::default::Default for BuildStatusUpdate {
            fn default() -> Self {
                Self {
                    created_on: Ok(Default::default()),
                    description: Ok(Default::default()),
                    key: Ok(Default::default()),
                    links: Ok(Default::default()),
                    name: Ok(Default::default()),
                    refname: Ok(Default::default()),
                    state: Ok(Default::default()),
                    type_: Err("no value supplied for type_".to_string()),
                    updated_on: Ok(Default::default()),
                    url: Ok(Default::default()),
                    uuid: Ok(Default::default()),
                }
            }
        }
        impl BuildStatusUpdate {
            pub fn created_on<T>(mut self, value: T) -> Self
            where
                T: ::std::convert::TryInto<::std::option::Option<::std::string::String>>,
                T::Error: ::std::fmt::Display,
            {
                self.created_on = value
                    .try_into()
                    .map_err(|e| {
                        format!("error converting supplied value for created_on: {e}")
                    });
                self
            }
            pub fn description<T>(mut self, value: T) -> Self
            where
                T: ::std::convert::TryInto<::std::option::Option<::std::string::String>>,
                T::Error: ::std::fmt::Display,
            {
                self.description = value
                    .try_into()
                    .map_err(|e| {
                        format!("error converting supplied value for description: {e}")
                    });
                self
            }
            pub fn key<T>(mut self, value: T) -> Self
            where
                T: ::std::convert::TryInto<::std::option::Option<::std::string::String>>,
                T::Error: ::std::fmt::Display,
            {
                self.key = value
                    .try_into()
                    .map_err(|e| {
                        format!("error converting supplied value for key: {e}")
                    });
                self
            }
            pub fn links<T>(mut self, value: T) -> Self
            where
                T: ::std::convert::TryInto<
                    ::std::option::Option<super::BuildStatusUpdateLinks>,
                >,
                T::Error: ::std::fmt::Display,
            {
                self.links = value
                    .try_into()
                    .map_err(|e| {
                        format!("error converting supplied value for links: {e}")
                    });
                self
            }
            pub fn name<T>(mut self, value: T) -> Self
            where
                T: ::std::convert::TryInto<::std::option::Option<::std::string::String>>,
                T::Error: ::std::fmt::Display,
            {
                self.name = value
                    .try_into()
                    .map_err(|e| {
                        format!("error converting supplied value for name: {e}")
                    });
                self
            }
            pub fn refname<T>(mut self, value: T) -> Self
            where
                T: ::std::convert::TryInto<::std::option::Option<::std::string::String>>,
                T::Error: ::std::fmt::Display,
            {
                self.refname = value
                    .try_into()
                    .map_err(|e| {
                        format!("error converting supplied value for refname: {e}")
                    });
                self
            }
            pub fn state<T>(mut self, value: T) -> Self
            where
                T: ::std::convert::TryInto<::std::option::Option<super::State>>,
                T::Error: ::std::fmt::Display,
            {
                self.state = value
                    .try_into()
                    .map_err(|e| {
                        format!("error converting supplied value for state: {e}")
                    });
                self
            }
            pub fn type_<T>(mut self, value: T) -> Self
            where
                T: ::std::convert::TryInto<::std::string::String>,
                T::Error: ::std::fmt::Display,
            {
                self.type_ = value
                    .try_into()
                    .map_err(|e| {
                        format!("error converting supplied value for type_: {e}")
                    });
                self
            }
            pub fn updated_on<T>(mut self, value: T) -> Self
            where
                T: ::std::convert::TryInto<::std::option::Option<::std::string::String>>,
                T::Error: ::std::fmt::Display,
            {
                self.updated_on = value
                    .try_into()
                    .map_err(|e| {
                        format!("error converting supplied value for updated_on: {e}")
                    });
                self
            }
            pub fn url<T>(mut self, value: T) -> Self
            where
                T: ::std::convert::TryInto<::std::option::Option<::std::string::String>>,
                T::Error: ::std::fmt::Display,
            {
                self.url = value
                    .try_into()
                    .map_err(|e| {
                        format!("error converting supplied value for url: {e}")
                    });
                self
            }
            pub fn uuid<T>(mut self, value: T) -> Self
            where
                T: ::std::convert::TryInto<::std::option::Option<::std::string::String>>,
                T::Error: ::std::fmt::Display,
            {
                self.uuid = value
                    .try_into()
                    .map_err(|e| {
                        format!("error converting supplied value for uuid: {e}")
                    });
                self
            }
        }
        impl ::std::convert::TryFrom<BuildStatusUpdate> for super::BuildStatusUpdate {
            type Error = super::error::ConversionError;
            fn try_from(
                value: BuildStatusUpdate,
            ) -> ::std::result::Result<Self, super::error::ConversionError> {
                Ok(Self {
                    created_on: value.created_on?,
                    description: value.description?,
                    key: value.key?,
                    links: value.links?,
                    name: value.name?,
                    refname: value.refname?,
                    state: value.state?,
                    type_: value.type_?,
                    updated_on: value.updated_on?,
                    url: value.url?,
                    uuid: value.uuid?,
                })
            }
        }
        impl ::std::convert::From<super::BuildStatusUpdate> for BuildStatusUpdate {
            fn from(value: super::BuildStatusUpdate) -> Self {
                Self {
                    created_on: Ok(value.created_on),
                    description: Ok(value.description),
                    key: Ok(value.key),
                    links: Ok(value.links),
                    name: Ok(value.name),
                    refname: Ok(value.refname),
                    state: Ok(value.state),
                    type_: Ok(value.type_),
                    updated_on: Ok(value.updated_on),
                    url: Ok(value.url),
                    uuid: Ok(value.uuid),
                }
            }
        }
        #[derive(Clone, Debug)]
        pub struct BuildStatusUpdateLink {
            href: ::std::result::Result<
                ::std::option::Option<::std::string::String>,
                ::std::string::String,
            >,
            name: ::std::result::Result<
                ::std::option::Option<::std::string::String>,
                ::std::string::String,
            >,
        }
        impl ::std::default::Default for BuildStatusUpdateLink {
            fn default() -> Self {
                Self {
                    href: Ok(Default::default()),
                    name: Ok(Default::default()),
                }
            }
        }
        impl BuildStatusUpdateLink {
            pub fn href<T>(mut self, value: T) -> Self
            where
                T: ::std::convert::TryInto<::std::option::Option<::std::string::String>>,
                T::Error: ::std::fmt::Display,
            {
                self.href = value
                    .try_into()
                    .map_err(|e| {
                        format!("error converting supplied value for href: {e}")
                    });
                self
            }
            pub fn name<T>(mut self, value: T) -> Self
            where
                T: ::std::convert::TryInto<::std::option::Option<::std::string::String>>,
                T::Error: ::std::fmt::Display,
            {
                self.name = value
                    .try_into()
                    .map_err(|e| {
                        format!("error converting supplied value for name: {e}")
                    });
                self
            }
        }
        impl ::std::convert::TryFrom<BuildStatusUpdateLink>
        for super::BuildStatusUpdateLink {
            type Error = super::error::ConversionError;
            fn try_from(
                value: BuildStatusUpdateLink,
            ) -> ::std::result::Result<Self, super::error::ConversionError> {
                Ok(Self {
                    href: value.href?,
                    name: value.name?,
                })
            }
        }
        impl ::std::convert::From<super::BuildStatusUpdateLink>
        for BuildStatusUpdateLink {
            fn from(value: super::BuildStatusUpdateLink) -> Self {
                Self {
                    href: Ok(value.href),
                    name: Ok(value.name),
                }
            }
        }
        #[derive(Clone, Debug)]
        pub struct BuildStatusUpdateLinks {
            commit: ::std::result::Result<
                ::std::option::Option<super::BuildStatusUpdateLink>,
                ::std::string::String,
            >,
            self_: ::std::result::Result<
                ::std::option::Option<super::BuildStatusUpdateLink>,
                ::std::string::String,
            >,
        }
        impl ::std::default::Default for BuildStatusUpdateLinks {
            fn default() -> Self {
                Self {
                    commit: Ok(Default::default()),
                    self_: Ok(Default::default()),
                }
            }
        }
        impl BuildStatusUpdateLinks {
            pub fn commit<T>(mut self, value: T) -> Self
            where
                T: ::std::convert::TryInto<
                    ::std::option::Option<super::BuildStatusUpdateLink>,
                >,
                T::Error: ::std::fmt::Display,
            {
                self.commit = value
                    .try_into()
                    .map_err(|e| {
                        format!("error converting supplied value for commit: {e}")
                    });
                self
            }
            pub fn self_<T>(mut self, value: T) -> Self
            where
                T: ::std::convert::TryInto<
                    ::std::option::Option<super::BuildStatusUpdateLink>,
                >,
                T::Error: ::std::fmt::Display,
            {
                self.self_ = value
                    .try_into()
                    .map_err(|e| {
                        format!("error converting supplied value for self_: {e}")
                    });
                self
            }
        }
        impl ::std::convert::TryFrom<BuildStatusUpdateLinks>
        for super::BuildStatusUpdateLinks {
            type Error = super::error::ConversionError;
            fn try_from(
                value: BuildStatusUpdateLinks,
            ) -> ::std::result::Result<Self, super::error::ConversionError> {
                Ok(Self {
                    commit: value.commit?,
                    self_: value.self_?,
                })
            }
        }
        impl ::std::convert::From<super::BuildStatusUpdateLinks>
        for BuildStatusUpdateLinks {
            fn from(value: super::BuildStatusUpdateLinks) -> Self {
                Self {
                    commit: Ok(value.commit),
                    self_: Ok(value.self_),
                }
            }
        }
        #[derive(Clone, Debug)]
        pub struct CommitLinks {
            html: ::std::result::Result<
                ::std::option::Option<super::Link>,
                ::std::string::String,
            >,
            self_: ::std::result::Result<
                ::std::option::Option<super::Link>,
                ::std::string::String,
            >,
            extra: ::std::result::Result<
                ::serde_json::Map<::std::string::String, ::serde_json::Value>,
                ::std::string::String,
            >,
        }
        impl ::std::default::Default for CommitLinks {
            fn default() -> Self {
                Self {
                    html: Ok(Default::default()),
                    self_: Ok(Default::default()),
                    extra: Err("no value supplied for extra".to_string()),
                }
            }
        }
        impl CommitLinks {
            pub fn html<T>(mut self, value: T) -> Self
            where
                T: ::std::convert::TryInto<::std::option::Option<super::Link>>,
                T::Error: ::std::fmt::Display,
            {
                self.html = value
                    .try_into()
                    .map_err(|e| {
                        format!("error converting supplied value for html: {e}")
                    });
                self
            }
            pub fn self_<T>(mut self, value: T) -> Self
            where
                T: ::std::convert::TryInto<::std::option::Option<super::Link>>,
                T::Error: ::std::fmt::Display,
            {
                self.self_ = value
                    .try_into()
                    .map_err(|e| {
                        format!("error converting supplied value for self_: {e}")
                    });
                self
            }
            pub fn extra<T>(mut self, value: T) -> Self
            where
                T: ::std::convert::TryInto<
                    ::serde_json::Map<::std::string::String, ::serde_json::Value>,
                >,
                T::Error: ::std::fmt::Display,
            {
                self.extra = value
                    .try_into()
                    .map_err(|e| {
                        format!("error converting supplied value for extra: {e}")
                    });
                self
            }
        }
        impl ::std::convert::TryFrom<CommitLinks> for super::CommitLinks {
            type Error = super::error::ConversionError;
            fn try_from(
                value: CommitLinks,
            ) -> ::std::result::Result<Self, super::error::ConversionError> {
                Ok(Self {
                    html: value.html?,
                    self_: value.self_?,
                    extra: value.extra?,
                })
            }
        }
        impl ::std::convert::From<super::CommitLinks> for CommitLinks {
            fn from(value: super::CommitLinks) -> Self {
                Self {
                    html: Ok(value.html),
                    self_: Ok(value.self_),
                    extra: Ok(value.extra),
                }
            }
        }
        #[derive(Clone, Debug)]
        pub struct ErrorAnswer {
            error: ::std::result::Result<super::ErrorDetails, ::std::string::String>,
            type_: ::std::result::Result<
                ::std::option::Option<::std::string::String>,
                ::std::string::String,
            >,
            extra: ::std::result::Result<
                ::serde_json::Map<::std::string::String, ::serde_json::Value>,
                ::std::string::String,
            >,
        }
        impl ::std::default::Default for ErrorAnswer {
            fn default() -> Self {
                Self {
                    error: Err("no value supplied for error".to_string()),
                    type_: Ok(Default::default()),
                    extra: Err("no value supplied for extra".to_string()),
                }
            }
        }
        impl ErrorAnswer {
            pub fn error<T>(mut self, value: T) -> Self
            where
                T: ::std::convert::TryInto<super::ErrorDetails>,
                T::Error: ::std::fmt::Display,
            {
                self.error = value
                    .try_into()
                    .map_err(|e| {
                        format!("error converting supplied value for error: {e}")
                    });
                self
            }
            pub fn type_<T>(mut self, value: T) -> Self
            where
                T: ::std::convert::TryInto<::std::option::Option<::std::string::String>>,
                T::Error: ::std::fmt::Display,
            {
                self.type_ = value
                    .try_into()
                    .map_err(|e| {
                        format!("error converting supplied value for type_: {e}")
                    });
                self
            }
            pub fn extra<T>(mut self, value: T) -> Self
            where
                T: ::std::convert::TryInto<
                    ::serde_json::Map<::std::string::String, ::serde_json::Value>,
                >,
                T::Error: ::std::fmt::Display,
            {
                self.extra = value
                    .try_into()
                    .map_err(|e| {
                        format!("error converting supplied value for extra: {e}")
                    });
                self
            }
        }
        impl ::std::convert::TryFrom<ErrorAnswer> for super::ErrorAnswer {
            type Error = super::error::ConversionError;
            fn try_from(
                value: ErrorAnswer,
            ) -> ::std::result::Result<Self, super::error::ConversionError> {
                Ok(Self {
                    error: value.error?,
                    type_: value.type_?,
                    extra: value.extra?,
                })
            }
        }
        impl ::std::convert::From<super::ErrorAnswer> for ErrorAnswer {
            fn from(value: super::ErrorAnswer) -> Self {
                Self {
                    error: Ok(value.error),
                    type_: Ok(value.type_),
                    extra: Ok(value.extra),
                }
            }
        }
        #[derive(Clone, Debug)]
        pub struct ErrorDetails {
            data: ::std::result::Result<
                ::std::option::Option<::serde_json::Value>,
                ::std::string::String,
            >,
            detail: ::std::result::Result<
                ::std::option::Option<::serde_json::Value>,
                ::std::string::String,
            >,
            fields: ::std::result::Result<
                ::std::option::Option<
                    ::serde_json::Map<::std::string::String, ::serde_json::Value>,
                >,
                ::std::string::String,
            >,
            id: ::std::result::Result<
                ::std::option::Option<::std::string::String>,
                ::std::string::String,
            >,
            message: ::std::result::Result<::std::string::String, ::std::string::String>,
            extra: ::std::result::Result<
                ::serde_json::Map<::std::string::String, ::serde_json::Value>,
                ::std::string::String,
            >,
        }
        impl ::std::default::Default for ErrorDetails {
            fn default() -> Self {
                Self {
                    data: Ok(Default::default()),
                    detail: Ok(Default::default()),
                    fields: Ok(Default::default()),
                    id: Ok(Default::default()),
                    message: Err("no value supplied for message".to_string()),
                    extra: Err("no value supplied for extra".to_string()),
                }
            }
        }
        impl ErrorDetails {
            pub fn data<T>(mut self, value: T) -> Self
            where
                T: ::std::convert::TryInto<::std::option::Option<::serde_json::Value>>,
                T::Error: ::std::fmt::Display,
            {
                self.data = value
                    .try_into()
                    .map_err(|e| {
                        format!("error converting supplied value for data: {e}")
                    });
                self
            }
            pub fn detail<T>(mut self, value: T) -> Self
            where
                T: ::std::convert::TryInto<::std::option::Option<::serde_json::Value>>,
                T::Error: ::std::fmt::Display,
            {
                self.detail = value
                    .try_into()
                    .map_err(|e| {
                        format!("error converting supplied value for detail: {e}")
                    });
                self
            }
            pub fn fields<T>(mut self, value: T) -> Self
            where
                T: ::std::convert::TryInto<
                    ::std::option::Option<
                        ::serde_json::Map<::std::string::String, ::serde_json::Value>,
                    >,
                >,
                T::Error: ::std::fmt::Display,
            {
                self.fields = value
                    .try_into()
                    .map_err(|e| {
                        format!("error converting supplied value for fields: {e}")
                    });
                self
            }
            pub fn id<T>(mut self, value: T) -> Self
            where
                T: ::std::convert::TryInto<::std::option::Option<::std::string::String>>,
                T::Error: ::std::fmt::Display,
            {
                self.id = value
                    .try_into()
                    .map_err(|e| format!("error converting supplied value for id: {e}"));
                self
            }
            pub fn message<T>(mut self, value: T) -> Self
            where
                T: ::std::convert::TryInto<::std::string::String>,
                T::Error: ::std::fmt::Display,
            {
                self.message = value
                    .try_into()
                    .map_err(|e| {
                        format!("error converting supplied value for message: {e}")
                    });
                self
            }
            pub fn extra<T>(mut self, value: T) -> Self
            where
                T: ::std::convert::TryInto<
                    ::serde_json::Map<::std::string::String, ::serde_json::Value>,
                >,
                T::Error: ::std::fmt::Display,
            {
                self.extra = value
                    .try_into()
                    .map_err(|e| {
                        format!("error converting supplied value for extra: {e}")
                    });
                self
            }
        }
        impl ::std::convert::TryFrom<ErrorDetails> for super::ErrorDetails {
            type Error = super::error::ConversionError;
            fn try_from(
                value: ErrorDetails,
            ) -> ::std::result::Result<Self, super::error::ConversionError> {
                Ok(Self {
                    data: value.data?,
                    detail: value.detail?,
                    fields: value.fields?,
                    id: value.id?,
                    message: value.message?,
                    extra: value.extra?,
                })
            }
        }
        impl ::std::convert::From<super::ErrorDetails> for ErrorDetails {
            fn from(value: super::ErrorDetails) -> Self {
                Self {
                    data: Ok(value.data),
                    detail: Ok(value.detail),
                    fields: Ok(value.fields),
                    id: Ok(value.id),
                    message: Ok(value.message),
                    extra: Ok(value.extra),
                }
            }
        }
        #[derive(Clone, Debug)]
        pub struct Link {
            href: ::std::result::Result<
                ::std::option::Option<::std::string::String>,
                ::std::string::String,
            >,
            name: ::std::result::Result<
                ::std::option::Option<::std::string::String>,
                ::std::string::String,
            >,
            extra: ::std::result::Result<
                ::serde_json::Map<::std::string::String, ::serde_json::Value>,
                ::std::string::String,
            >,
        }
        impl ::std::default::Default for Link {
            fn default() -> Self {
                Self {
                    href: Ok(Default::default()),
                    name: Ok(Default::default()),
                    extra: Err("no value supplied for extra".to_string()),
                }
            }
        }
        impl Link {
            pub fn href<T>(mut self, value: T) -> Self
            where
                T: ::std::convert::TryInto<::std::option::Option<::std::string::String>>,
                T::Error: ::std::fmt::Display,
            {
                self.href = value
                    .try_into()
                    .map_err(|e| {
                        format!("error converting supplied value for href: {e}")
                    });
                self
            }
            pub fn name<T>(mut self, value: T) -> Self
            where
                T: ::std::convert::TryInto<::std::option::Option<::std::string::String>>,
                T::Error: ::std::fmt::Display,
            {
                self.name = value
                    .try_into()
                    .map_err(|e| {
                        format!("error converting supplied value for name: {e}")
                    });
                self
            }
            pub fn extra<T>(mut self, value: T) -> Self
            where
                T: ::std::convert::TryInto<
                    ::serde_json::Map<::std::string::String, ::serde_json::Value>,
                >,
                T::Error: ::std::fmt::Display,
            {
                self.extra = value
                    .try_into()
                    .map_err(|e| {
                        format!("error converting supplied value for extra: {e}")
                    });
                self
            }
        }
        impl ::std::convert::TryFrom<Link> for super::Link {
            type Error = super::error::ConversionError;
            fn try_from(
                value: Link,
            ) -> ::std::result::Result<Self, super::error::ConversionError> {
                Ok(Self {
                    href: value.href?,
                    name: value.name?,
                    extra: value.extra?,
                })
            }
        }
        impl ::std::convert::From<super::Link> for Link {
            fn from(value: super::Link) -> Self {
                Self {
                    href: Ok(value.href),
                    name: Ok(value.name),
                    extra: Ok(value.extra),
                }
            }
        }
        #[derive(Clone, Debug)]
        pub struct RepositoryLinks {
            avatar: ::std::result::Result<
                ::std::option::Option<super::Link>,
                ::std::string::String,
            >,
            html: ::std::result::Result<
                ::std::option::Option<super::Link>,
                ::std::string::String,
            >,
            self_: ::std::result::Result<
                ::std::option::Option<super::Link>,
                ::std::string::String,
            >,
            extra: ::std::result::Result<
                ::serde_json::Map<::std::string::String, ::serde_json::Value>,
                ::std::string::String,
            >,
        }
        impl ::std::default::Default for RepositoryLinks {
            fn default() -> Self {
                Self {
                    avatar: Ok(Default::default()),
                    html: Ok(Default::default()),
                    self_: Ok(Default::default()),
                    extra: Err("no value supplied for extra".to_string()),
                }
            }
        }
        impl RepositoryLinks {
            pub fn avatar<T>(mut self, value: T) -> Self
            where
                T: ::std::convert::TryInto<::std::option::Option<super::Link>>,
                T::Error: ::std::fmt::Display,
            {
                self.avatar = value
                    .try_into()
                    .map_err(|e| {
                        format!("error converting supplied value for avatar: {e}")
                    });
                self
            }
            pub fn html<T>(mut self, value: T) -> Self
            where
                T: ::std::convert::TryInto<::std::option::Option<super::Link>>,
                T::Error: ::std::fmt::Display,
            {
                self.html = value
                    .try_into()
                    .map_err(|e| {
                        format!("error converting supplied value for html: {e}")
                    });
                self
            }
            pub fn self_<T>(mut self, value: T) -> Self
            where
                T: ::std::convert::TryInto<::std::option::Option<super::Link>>,
                T::Error: ::std::fmt::Display,
            {
                self.self_ = value
                    .try_into()
                    .map_err(|e| {
                        format!("error converting supplied value for self_: {e}")
                    });
                self
            }
            pub fn extra<T>(mut self, value: T) -> Self
            where
                T: ::std::convert::TryInto<
                    ::serde_json::Map<::std::string::String, ::serde_json::Value>,
                >,
                T::Error: ::std::fmt::Display,
            {
                self.extra = value
                    .try_into()
                    .map_err(|e| {
                        format!("error converting supplied value for extra: {e}")
                    });
                self
            }
        }
        impl ::std::convert::TryFrom<RepositoryLinks> for super::RepositoryLinks {
            type Error = super::error::ConversionError;
            fn try_from(
                value: RepositoryLinks,
            ) -> ::std::result::Result<Self, super::error::ConversionError> {
                Ok(Self {
                    avatar: value.avatar?,
                    html: value.html?,
                    self_: value.self_?,
                    extra: value.extra?,
                })
            }
        }
        impl ::std::convert::From<super::RepositoryLinks> for RepositoryLinks {
            fn from(value: super::RepositoryLinks) -> Self {
                Self {
                    avatar: Ok(value.avatar),
                    html: Ok(value.html),
                    self_: Ok(value.self_),
                    extra: Ok(value.extra),
                }
            }
        }
        #[derive(Clone, Debug)]
        pub struct StatusCommit {
            hash: ::std::result::Result<
                ::std::option::Option<::std::string::String>,
                ::std::string::String,
            >,
            links: ::std::result::Result<
                ::std::option::Option<super::CommitLinks>,
                ::std::string::String,
            >,
            type_: ::std::result::Result<
                ::std::option::Option<::std::string::String>,
                ::std::string::String,
            >,
            extra: ::std::result::Result<
                ::serde_json::Map<::std::string::String, ::serde_json::Value>,
                ::std::string::String,
            >,
        }
        impl ::std::default::Default for StatusCommit {
            fn default() -> Self {
                Self {
                    hash: Ok(Default::default()),
                    links: Ok(Default::default()),
                    type_: Ok(Default::default()),
                    extra: Err("no value supplied for extra".to_string()),
                }
            }
        }
        impl StatusCommit {
            pub fn hash<T>(mut self, value: T) -> Self
            where
                T: ::std::convert::TryInto<::std::option::Option<::std::string::String>>,
                T::Error: ::std::fmt::Display,
            {
                self.hash = value
                    .try_into()
                    .map_err(|e| {
                        format!("error converting supplied value for hash: {e}")
                    });
                self
            }
            pub fn links<T>(mut self, value: T) -> Self
            where
                T: ::std::convert::TryInto<::std::option::Option<super::CommitLinks>>,
                T::Error: ::std::fmt::Display,
            {
                self.links = value
                    .try_into()
                    .map_err(|e| {
                        format!("error converting supplied value for links: {e}")
                    });
                self
            }
            pub fn type_<T>(mut self, value: T) -> Self
            where
                T: ::std::convert::TryInto<::std::option::Option<::std::string::String>>,
                T::Error: ::std::fmt::Display,
            {
                self.type_ = value
                    .try_into()
                    .map_err(|e| {
                        format!("error converting supplied value for type_: {e}")
                    });
                self
            }
            pub fn extra<T>(mut self, value: T) -> Self
            where
                T: ::std::convert::TryInto<
                    ::serde_json::Map<::std::string::String, ::serde_json::Value>,
                >,
                T::Error: ::std::fmt::Display,
            {
                self.extra = value
                    .try_into()
                    .map_err(|e| {
                        format!("error converting supplied value for extra: {e}")
                    });
                self
            }
        }
        impl ::std::convert::TryFrom<StatusCommit> for super::StatusCommit {
            type Error = super::error::ConversionError;
            fn try_from(
                value: StatusCommit,
            ) -> ::std::result::Result<Self, super::error::ConversionError> {
                Ok(Self {
                    hash: value.hash?,
                    links: value.links?,
                    type_: value.type_?,
                    extra: value.extra?,
                })
            }
        }
        impl ::std::convert::From<super::StatusCommit> for StatusCommit {
            fn from(value: super::StatusCommit) -> Self {
                Self {
                    hash: Ok(value.hash),
                    links: Ok(value.links),
                    type_: Ok(value.type_),
                    extra: Ok(value.extra),
                }
            }
        }
        #[derive(Clone, Debug)]
        pub struct StatusRepository {
            full_name: ::std::result::Result<
                ::std::option::Option<::std::string::String>,
                ::std::string::String,
            >,
            links: ::std::result::Result<
                ::std::option::Option<super::RepositoryLinks>,
                ::std::string::String,
            >,
            name: ::std::result::Result<
                ::std::option::Option<::std::string::String>,
                ::std::string::String,
            >,
            type_: ::std::result::Result<
                ::std::option::Option<::std::string::String>,
                ::std::string::String,
            >,
            uuid: ::std::result::Result<
                ::std::option::Option<::std::string::String>,
                ::std::string::String,
            >,
            extra: ::std::result::Result<
                ::serde_json::Map<::std::string::String, ::serde_json::Value>,
                ::std::string::String,
            >,
        }
        impl ::std::default::Default for StatusRepository {
            fn default() -> Self {
                Self {
                    full_name: Ok(Default::default()),
                    links: Ok(Default::default()),
                    name: Ok(Default::default()),
                    type_: Ok(Default::default()),
                    uuid: Ok(Default::default()),
                    extra: Err("no value supplied for extra".to_string()),
                }
            }
        }
        impl StatusRepository {
            pub fn full_name<T>(mut self, value: T) -> Self
            where
                T: ::std::convert::TryInto<::std::option::Option<::std::string::String>>,
                T::Error: ::std::fmt::Display,
            {
                self.full_name = value
                    .try_into()
                    .map_err(|e| {
                        format!("error converting supplied value for full_name: {e}")
                    });
                self
            }
            pub fn links<T>(mut self, value: T) -> Self
            where
                T: ::std::convert::TryInto<
                    ::std::option::Option<super::RepositoryLinks>,
                >,
                T::Error: ::std::fmt::Display,
            {
                self.links = value
                    .try_into()
                    .map_err(|e| {
                        format!("error converting supplied value for links: {e}")
                    });
                self
            }
            pub fn name<T>(mut self, value: T) -> Self
            where
                T: ::std::convert::TryInto<::std::option::Option<::std::string::String>>,
                T::Error: ::std::fmt::Display,
            {
                self.name = value
                    .try_into()
                    .map_err(|e| {
                        format!("error converting supplied value for name: {e}")
                    });
                self
            }
            pub fn type_<T>(mut self, value: T) -> Self
            where
                T: ::std::convert::TryInto<::std::option::Option<::std::string::String>>,
                T::Error: ::std::fmt::Display,
            {
                self.type_ = value
                    .try_into()
                    .map_err(|e| {
                        format!("error converting supplied value for type_: {e}")
                    });
                self
            }
            pub fn uuid<T>(mut self, value: T) -> Self
            where
                T: ::std::convert::TryInto<::std::option::Option<::std::string::String>>,
                T::Error: ::std::fmt::Display,
            {
                self.uuid = value
                    .try_into()
                    .map_err(|e| {
                        format!("error converting supplied value for uuid: {e}")
                    });
                self
            }
            pub fn extra<T>(mut self, value: T) -> Self
            where
                T: ::std::convert::TryInto<
                    ::serde_json::Map<::std::string::String, ::serde_json::Value>,
                >,
                T::Error: ::std::fmt::Display,
            {
                self.extra = value
                    .try_into()
                    .map_err(|e| {
                        format!("error converting supplied value for extra: {e}")
                    });
                self
            }
        }
        impl ::std::convert::TryFrom<StatusRepository> for super::StatusRepository {
            type Error = super::error::ConversionError;
            fn try_from(
                value: StatusRepository,
            ) -> ::std::result::Result<Self, super::error::ConversionError> {
                Ok(Self {
                    full_name: value.full_name?,
                    links: value.links?,
                    name: value.name?,
                    type_: value.type_?,
                    uuid: value.uuid?,
                    extra: value.extra?,
                })
            }
        }
        impl ::std::convert::From<super::StatusRepository> for StatusRepository {
            fn from(value: super::StatusRepository) -> Self {
                Self {
                    full_name: Ok(value.full_name),
                    links: Ok(value.links),
                    name: Ok(value.name),
                    type_: Ok(value.type_),
                    uuid: Ok(value.uuid),
                    extra: Ok(value.extra),
                }
            }
        }
    }
    /// Error types.
    pub mod error {
        /// Error from a `TryFrom` or `FromStr` implementation.
        pub struct ConversionError(::std::borrow::Cow<'static, str>);
        impl ::std::error::Error for ConversionError {}
        impl ::std::fmt::Display for ConversionError {
            fn fmt(
                &self,
                f: &mut ::std::fmt::Formatter<'_>,
            ) -> Result<(), ::std::fmt::Error> {
                ::std::fmt::Display::fmt(&self.0, f)
            }
        }
        impl ::std::fmt::Debug for ConversionError {
            fn fmt(
                &self,
                f: &mut ::std::fmt::Formatter<'_>,
            ) -> Result<(), ::std::fmt::Error> {
                ::std::fmt::Debug::fmt(&self.0, f)
            }
        }
        impl From<&'static str> for ConversionError {
            fn from(value: &'static str) -> Self {
                Self(value.into())
            }
        }
        impl From<String> for ConversionError {
            fn from(value: String) -> Self {
                Self(value.into())
            }
        }
    }
}
#[derive(Clone, Debug)]
/**Client for Bitbucket Cloud build statuses

The part of Bitbucket Cloud's REST API that reports the state of a build on a commit, corrected against what the live API answers. Every difference from the document Bitbucket publishes is recorded in `deviations.toml` beside this file.

Version: 2.0*/
pub struct Client {
    pub(crate) baseurl: String,
    pub(crate) client: reqwest::Client,
    pub(crate) inner: crate::hooks::CallContext,
}
impl Client {
    /// Create a new client.
    ///
    /// `baseurl` is the base URL provided to the internal
    /// `reqwest::Client`, and should include a scheme and hostname,
    /// as well as port and a path stem if applicable.
    pub fn new(baseurl: &str, inner: crate::hooks::CallContext) -> Self {
        #[cfg(not(target_arch = "wasm32"))]
        let client = {
            let dur = ::std::time::Duration::from_secs(15u64);
            reqwest::ClientBuilder::new().connect_timeout(dur).timeout(dur)
        };
        #[cfg(target_arch = "wasm32")]
        let client = reqwest::ClientBuilder::new();
        Self::new_with_client(baseurl, client.build().unwrap(), inner)
    }
    /// Construct a new client with an existing `reqwest::Client`,
    /// allowing more control over its configuration.
    ///
    /// `baseurl` is the base URL provided to the internal
    /// `reqwest::Client`, and should include a scheme and hostname,
    /// as well as port and a path stem if applicable.
    pub fn new_with_client(
        baseurl: &str,
        client: reqwest::Client,
        inner: crate::hooks::CallContext,
    ) -> Self {
        Self {
            baseurl: baseurl.to_string(),
            client,
            inner,
        }
    }
}
impl ClientInfo<crate::hooks::CallContext> for Client {
    fn api_version() -> &'static str {
        "2.0"
    }
    fn baseurl(&self) -> &str {
        self.baseurl.as_str()
    }
    fn client(&self) -> &reqwest::Client {
        &self.client
    }
    fn inner(&self) -> &crate::hooks::CallContext {
        &self.inner
    }
}
const _: () = {
    #[allow(dead_code)]
    fn assert_client_hooks()
    where
        Client: ClientHooks<crate::hooks::CallContext>,
    {}
};
impl Client {
    /**List the statuses of a commit

All statuses of one commit, page by page, whatever reported them.

Sends a `GET` request to `/repositories/{workspace}/{repo_slug}/commit/{commit}/statuses`

Arguments:
- `workspace`: The workspace: its id (slug), or its UUID in curly braces.
- `repo_slug`: The repository: its slug, or its UUID in curly braces.
- `commit`: The commit's SHA-1.
- `page`: The number of the page, from 1.
- `pagelen`: How many statuses a page holds, at most 100; 30 when not given.
- `q`: A filter in Bitbucket's query language, such as `state = "FAILED"`.
- `refname`: Keep only the statuses that name this ref and those that name none.
- `sort`: The member to sort by, with a leading `-` for descending order; `created_on` when not given.
```ignore
let response = client.list_commit_statuses()
    .workspace(workspace)
    .repo_slug(repo_slug)
    .commit(commit)
    .page(page)
    .pagelen(pagelen)
    .q(q)
    .refname(refname)
    .sort(sort)
    .send()
    .await;
```*/
    pub fn list_commit_statuses(&self) -> builder::ListCommitStatuses<'_> {
        builder::ListCommitStatuses::new(self)
    }
    /**Create a build status, or overwrite the one with the same key

Reports a build on a commit. A key the commit does not have yet makes a new status (201); a key it has overwrites that status in place (200), so that the call may be repeated.

Sends a `POST` request to `/repositories/{workspace}/{repo_slug}/commit/{commit}/statuses/build`

Arguments:
- `workspace`: The workspace: its id (slug), or its UUID in curly braces.
- `repo_slug`: The repository: its slug, or its UUID in curly braces.
- `commit`: The commit's SHA-1.
- `body`: The status to report.
```ignore
let response = client.create_build_status()
    .workspace(workspace)
    .repo_slug(repo_slug)
    .commit(commit)
    .body(body)
    .send()
    .await;
```*/
    pub fn create_build_status(&self) -> builder::CreateBuildStatus<'_> {
        builder::CreateBuildStatus::new(self)
    }
    /**Get one build status

The status a commit has under a key.

Sends a `GET` request to `/repositories/{workspace}/{repo_slug}/commit/{commit}/statuses/build/{key}`

Arguments:
- `workspace`: The workspace: its id (slug), or its UUID in curly braces.
- `repo_slug`: The repository: its slug, or its UUID in curly braces.
- `commit`: The commit's SHA-1.
- `key`: The key that names the status on its commit.
```ignore
let response = client.get_build_status()
    .workspace(workspace)
    .repo_slug(repo_slug)
    .commit(commit)
    .key(key)
    .send()
    .await;
```*/
    pub fn get_build_status(&self) -> builder::GetBuildStatus<'_> {
        builder::GetBuildStatus::new(self)
    }
    /**Update a build status

Changes the state, name, description, url or refname of a status that exists. The key cannot be changed.

Sends a `PUT` request to `/repositories/{workspace}/{repo_slug}/commit/{commit}/statuses/build/{key}`

Arguments:
- `workspace`: The workspace: its id (slug), or its UUID in curly braces.
- `repo_slug`: The repository: its slug, or its UUID in curly braces.
- `commit`: The commit's SHA-1.
- `key`: The key that names the status on its commit.
- `body`: What the status is to become.
```ignore
let response = client.update_build_status()
    .workspace(workspace)
    .repo_slug(repo_slug)
    .commit(commit)
    .key(key)
    .body(body)
    .send()
    .await;
```*/
    pub fn update_build_status(&self) -> builder::UpdateBuildStatus<'_> {
        builder::UpdateBuildStatus::new(self)
    }
    /**List the statuses of a pull request

All statuses of the commits of one pull request, page by page.

Sends a `GET` request to `/repositories/{workspace}/{repo_slug}/pullrequests/{pull_request_id}/statuses`

Arguments:
- `workspace`: The workspace: its id (slug), or its UUID in curly braces.
- `repo_slug`: The repository: its slug, or its UUID in curly braces.
- `pull_request_id`: The pull request's number.
- `page`: The number of the page, from 1.
- `pagelen`: How many statuses a page holds, at most 100; 30 when not given.
- `q`: A filter in Bitbucket's query language, such as `state = "FAILED"`.
- `sort`: The member to sort by, with a leading `-` for descending order; `created_on` when not given.
```ignore
let response = client.list_pull_request_statuses()
    .workspace(workspace)
    .repo_slug(repo_slug)
    .pull_request_id(pull_request_id)
    .page(page)
    .pagelen(pagelen)
    .q(q)
    .sort(sort)
    .send()
    .await;
```*/
    pub fn list_pull_request_statuses(&self) -> builder::ListPullRequestStatuses<'_> {
        builder::ListPullRequestStatuses::new(self)
    }
}
/// Types for composing operation parameters.
#[allow(clippy::all)]
pub mod builder {
    use super::types;
    #[allow(unused_imports)]
    use super::{
        encode_path, ByteStream, ClientInfo, ClientHooks, Error, OperationInfo,
        RequestBuilderExt, ResponseValue,
    };
    /**Builder for [`Client::list_commit_statuses`]

[`Client::list_commit_statuses`]: super::Client::list_commit_statuses*/
    #[derive(Debug, Clone)]
    pub struct ListCommitStatuses<'a> {
        client: &'a super::Client,
        workspace: Result<::bitbucket_build_status::Workspace, String>,
        repo_slug: Result<::bitbucket_build_status::RepoSlug, String>,
        commit: Result<::bitbucket_build_status::CommitHash, String>,
        page: Result<Option<::std::num::NonZeroU64>, String>,
        pagelen: Result<Option<::std::num::NonZeroU64>, String>,
        q: Result<Option<::std::string::String>, String>,
        refname: Result<Option<::std::string::String>, String>,
        sort: Result<Option<::std::string::String>, String>,
    }
    impl<'a> ListCommitStatuses<'a> {
        pub fn new(client: &'a super::Client) -> Self {
            Self {
                client: client,
                workspace: Err("workspace was not initialized".to_string()),
                repo_slug: Err("repo_slug was not initialized".to_string()),
                commit: Err("commit was not initialized".to_string()),
                page: Ok(None),
                pagelen: Ok(None),
                q: Ok(None),
                refname: Ok(None),
                sort: Ok(None),
            }
        }
        pub fn workspace<V>(mut self, value: V) -> Self
        where
            V: std::convert::TryInto<::bitbucket_build_status::Workspace>,
        {
            self.workspace = value
                .try_into()
                .map_err(|_| {
                    "conversion to `:: bitbucket_build_status :: Workspace` for workspace failed"
                        .to_string()
                });
            self
        }
        pub fn repo_slug<V>(mut self, value: V) -> Self
        where
            V: std::convert::TryInto<::bitbucket_build_status::RepoSlug>,
        {
            self.repo_slug = value
                .try_into()
                .map_err(|_| {
                    "conversion to `:: bitbucket_build_status :: RepoSlug` for repo_slug failed"
                        .to_string()
                });
            self
        }
        pub fn commit<V>(mut self, value: V) -> Self
        where
            V: std::convert::TryInto<::bitbucket_build_status::CommitHash>,
        {
            self.commit = value
                .try_into()
                .map_err(|_| {
                    "conversion to `:: bitbucket_build_status :: CommitHash` for commit failed"
                        .to_string()
                });
            self
        }
        pub fn page<V>(mut self, value: V) -> Self
        where
            V: std::convert::TryInto<::std::num::NonZeroU64>,
        {
            self.page = value
                .try_into()
                .map(Some)
                .map_err(|_| {
                    "conversion to `:: std :: num :: NonZeroU64` for page failed"
                        .to_string()
                });
            self
        }
        pub fn pagelen<V>(mut self, value: V) -> Self
        where
            V: std::convert::TryInto<::std::num::NonZeroU64>,
        {
            self.pagelen = value
                .try_into()
                .map(Some)
                .map_err(|_| {
                    "conversion to `:: std :: num :: NonZeroU64` for pagelen failed"
                        .to_string()
                });
            self
        }
        pub fn q<V>(mut self, value: V) -> Self
        where
            V: std::convert::TryInto<::std::string::String>,
        {
            self.q = value
                .try_into()
                .map(Some)
                .map_err(|_| {
                    "conversion to `:: std :: string :: String` for q failed".to_string()
                });
            self
        }
        pub fn refname<V>(mut self, value: V) -> Self
        where
            V: std::convert::TryInto<::std::string::String>,
        {
            self.refname = value
                .try_into()
                .map(Some)
                .map_err(|_| {
                    "conversion to `:: std :: string :: String` for refname failed"
                        .to_string()
                });
            self
        }
        pub fn sort<V>(mut self, value: V) -> Self
        where
            V: std::convert::TryInto<::std::string::String>,
        {
            self.sort = value
                .try_into()
                .map(Some)
                .map_err(|_| {
                    "conversion to `:: std :: string :: String` for sort failed"
                        .to_string()
                });
            self
        }
        ///Sends a `GET` request to `/repositories/{workspace}/{repo_slug}/commit/{commit}/statuses`
        pub async fn send(
            self,
        ) -> Result<ResponseValue<types::BuildStatusPage>, Error<()>> {
            let Self {
                client,
                workspace,
                repo_slug,
                commit,
                page,
                pagelen,
                q,
                refname,
                sort,
            } = self;
            let workspace = workspace.map_err(Error::InvalidRequest)?;
            let repo_slug = repo_slug.map_err(Error::InvalidRequest)?;
            let commit = commit.map_err(Error::InvalidRequest)?;
            let page = page.map_err(Error::InvalidRequest)?;
            let pagelen = pagelen.map_err(Error::InvalidRequest)?;
            let q = q.map_err(Error::InvalidRequest)?;
            let refname = refname.map_err(Error::InvalidRequest)?;
            let sort = sort.map_err(Error::InvalidRequest)?;
            let url = format!(
                "{}/repositories/{}/{}/commit/{}/statuses", client.baseurl, encode_path(&
                workspace.to_string()), encode_path(& repo_slug.to_string()),
                encode_path(& commit.to_string()),
            );
            let mut header_map = ::reqwest::header::HeaderMap::with_capacity(1usize);
            header_map
                .append(
                    ::reqwest::header::HeaderName::from_static("api-version"),
                    ::reqwest::header::HeaderValue::from_static(
                        super::Client::api_version(),
                    ),
                );
            #[allow(unused_mut)]
            let mut request = client
                .client
                .get(url)
                .header(
                    ::reqwest::header::ACCEPT,
                    ::reqwest::header::HeaderValue::from_static("application/json"),
                )
                .query(&progenitor_client::QueryParam::new("page", &page))
                .query(&progenitor_client::QueryParam::new("pagelen", &pagelen))
                .query(&progenitor_client::QueryParam::new("q", &q))
                .query(&progenitor_client::QueryParam::new("refname", &refname))
                .query(&progenitor_client::QueryParam::new("sort", &sort))
                .headers(header_map)
                .build()?;
            let info = OperationInfo {
                operation_id: "list_commit_statuses",
            };
            client.pre(&mut request, &info).await?;
            let result = client.exec(request, &info).await;
            client.post(&result, &info).await?;
            let response = result?;
            match response.status().as_u16() {
                200u16 => ResponseValue::from_response(response).await,
                _ => Err(Error::UnexpectedResponse(response)),
            }
        }
    }
    /**Builder for [`Client::create_build_status`]

[`Client::create_build_status`]: super::Client::create_build_status*/
    #[derive(Debug, Clone)]
    pub struct CreateBuildStatus<'a> {
        client: &'a super::Client,
        workspace: Result<::bitbucket_build_status::Workspace, String>,
        repo_slug: Result<::bitbucket_build_status::RepoSlug, String>,
        commit: Result<::bitbucket_build_status::CommitHash, String>,
        body: Result<types::builder::BuildStatusCreate, String>,
    }
    impl<'a> CreateBuildStatus<'a> {
        pub fn new(client: &'a super::Client) -> Self {
            Self {
                client: client,
                workspace: Err("workspace was not initialized".to_string()),
                repo_slug: Err("repo_slug was not initialized".to_string()),
                commit: Err("commit was not initialized".to_string()),
                body: Ok(::std::default::Default::default()),
            }
        }
        pub fn workspace<V>(mut self, value: V) -> Self
        where
            V: std::convert::TryInto<::bitbucket_build_status::Workspace>,
        {
            self.workspace = value
                .try_into()
                .map_err(|_| {
                    "conversion to `:: bitbucket_build_status :: Workspace` for workspace failed"
                        .to_string()
                });
            self
        }
        pub fn repo_slug<V>(mut self, value: V) -> Self
        where
            V: std::convert::TryInto<::bitbucket_build_status::RepoSlug>,
        {
            self.repo_slug = value
                .try_into()
                .map_err(|_| {
                    "conversion to `:: bitbucket_build_status :: RepoSlug` for repo_slug failed"
                        .to_string()
                });
            self
        }
        pub fn commit<V>(mut self, value: V) -> Self
        where
            V: std::convert::TryInto<::bitbucket_build_status::CommitHash>,
        {
            self.commit = value
                .try_into()
                .map_err(|_| {
                    "conversion to `:: bitbucket_build_status :: CommitHash` for commit failed"
                        .to_string()
                });
            self
        }
        pub fn body<V>(mut self, value: V) -> Self
        where
            V: std::convert::TryInto<types::BuildStatusCreate>,
            <V as std::convert::TryInto<
                types::BuildStatusCreate,
            >>::Error: std::fmt::Display,
        {
            self.body = value
                .try_into()
                .map(From::from)
                .map_err(|s| {
                    format!("conversion to `BuildStatusCreate` for body failed: {}", s)
                });
            self
        }
        pub fn body_map<F>(mut self, f: F) -> Self
        where
            F: std::ops::FnOnce(
                types::builder::BuildStatusCreate,
            ) -> types::builder::BuildStatusCreate,
        {
            self.body = self.body.map(f);
            self
        }
        ///Sends a `POST` request to `/repositories/{workspace}/{repo_slug}/commit/{commit}/statuses/build`
        pub async fn send(self) -> Result<ResponseValue<types::BuildStatus>, Error<()>> {
            let Self { client, workspace, repo_slug, commit, body } = self;
            let workspace = workspace.map_err(Error::InvalidRequest)?;
            let repo_slug = repo_slug.map_err(Error::InvalidRequest)?;
            let commit = commit.map_err(Error::InvalidRequest)?;
            let body = body
                .and_then(|v| {
                    types::BuildStatusCreate::try_from(v).map_err(|e| e.to_string())
                })
                .map_err(Error::InvalidRequest)?;
            let url = format!(
                "{}/repositories/{}/{}/commit/{}/statuses/build", client.baseurl,
                encode_path(& workspace.to_string()), encode_path(& repo_slug
                .to_string()), encode_path(& commit.to_string()),
            );
            let mut header_map = ::reqwest::header::HeaderMap::with_capacity(1usize);
            header_map
                .append(
                    ::reqwest::header::HeaderName::from_static("api-version"),
                    ::reqwest::header::HeaderValue::from_static(
                        super::Client::api_version(),
                    ),
                );
            #[allow(unused_mut)]
            let mut request = client
                .client
                .post(url)
                .header(
                    ::reqwest::header::ACCEPT,
                    ::reqwest::header::HeaderValue::from_static("application/json"),
                )
                .json(&body)
                .headers(header_map)
                .build()?;
            let info = OperationInfo {
                operation_id: "create_build_status",
            };
            client.pre(&mut request, &info).await?;
            let result = client.exec(request, &info).await;
            client.post(&result, &info).await?;
            let response = result?;
            match response.status().as_u16() {
                200u16 => ResponseValue::from_response(response).await,
                201u16 => ResponseValue::from_response(response).await,
                _ => Err(Error::UnexpectedResponse(response)),
            }
        }
    }
    /**Builder for [`Client::get_build_status`]

[`Client::get_build_status`]: super::Client::get_build_status*/
    #[derive(Debug, Clone)]
    pub struct GetBuildStatus<'a> {
        client: &'a super::Client,
        workspace: Result<::bitbucket_build_status::Workspace, String>,
        repo_slug: Result<::bitbucket_build_status::RepoSlug, String>,
        commit: Result<::bitbucket_build_status::CommitHash, String>,
        key: Result<::bitbucket_build_status::Key, String>,
    }
    impl<'a> GetBuildStatus<'a> {
        pub fn new(client: &'a super::Client) -> Self {
            Self {
                client: client,
                workspace: Err("workspace was not initialized".to_string()),
                repo_slug: Err("repo_slug was not initialized".to_string()),
                commit: Err("commit was not initialized".to_string()),
                key: Err("key was not initialized".to_string()),
            }
        }
        pub fn workspace<V>(mut self, value: V) -> Self
        where
            V: std::convert::TryInto<::bitbucket_build_status::Workspace>,
        {
            self.workspace = value
                .try_into()
                .map_err(|_| {
                    "conversion to `:: bitbucket_build_status :: Workspace` for workspace failed"
                        .to_string()
                });
            self
        }
        pub fn repo_slug<V>(mut self, value: V) -> Self
        where
            V: std::convert::TryInto<::bitbucket_build_status::RepoSlug>,
        {
            self.repo_slug = value
                .try_into()
                .map_err(|_| {
                    "conversion to `:: bitbucket_build_status :: RepoSlug` for repo_slug failed"
                        .to_string()
                });
            self
        }
        pub fn commit<V>(mut self, value: V) -> Self
        where
            V: std::convert::TryInto<::bitbucket_build_status::CommitHash>,
        {
            self.commit = value
                .try_into()
                .map_err(|_| {
                    "conversion to `:: bitbucket_build_status :: CommitHash` for commit failed"
                        .to_string()
                });
            self
        }
        pub fn key<V>(mut self, value: V) -> Self
        where
            V: std::convert::TryInto<::bitbucket_build_status::Key>,
        {
            self.key = value
                .try_into()
                .map_err(|_| {
                    "conversion to `:: bitbucket_build_status :: Key` for key failed"
                        .to_string()
                });
            self
        }
        ///Sends a `GET` request to `/repositories/{workspace}/{repo_slug}/commit/{commit}/statuses/build/{key}`
        pub async fn send(self) -> Result<ResponseValue<types::BuildStatus>, Error<()>> {
            let Self { client, workspace, repo_slug, commit, key } = self;
            let workspace = workspace.map_err(Error::InvalidRequest)?;
            let repo_slug = repo_slug.map_err(Error::InvalidRequest)?;
            let commit = commit.map_err(Error::InvalidRequest)?;
            let key = key.map_err(Error::InvalidRequest)?;
            let url = format!(
                "{}/repositories/{}/{}/commit/{}/statuses/build/{}", client.baseurl,
                encode_path(& workspace.to_string()), encode_path(& repo_slug
                .to_string()), encode_path(& commit.to_string()), encode_path(& key
                .to_string()),
            );
            let mut header_map = ::reqwest::header::HeaderMap::with_capacity(1usize);
            header_map
                .append(
                    ::reqwest::header::HeaderName::from_static("api-version"),
                    ::reqwest::header::HeaderValue::from_static(
                        super::Client::api_version(),
                    ),
                );
            #[allow(unused_mut)]
            let mut request = client
                .client
                .get(url)
                .header(
                    ::reqwest::header::ACCEPT,
                    ::reqwest::header::HeaderValue::from_static("application/json"),
                )
                .headers(header_map)
                .build()?;
            let info = OperationInfo {
                operation_id: "get_build_status",
            };
            client.pre(&mut request, &info).await?;
            let result = client.exec(request, &info).await;
            client.post(&result, &info).await?;
            let response = result?;
            match response.status().as_u16() {
                200u16 => ResponseValue::from_response(response).await,
                _ => Err(Error::UnexpectedResponse(response)),
            }
        }
    }
    /**Builder for [`Client::update_build_status`]

[`Client::update_build_status`]: super::Client::update_build_status*/
    #[derive(Debug, Clone)]
    pub struct UpdateBuildStatus<'a> {
        client: &'a super::Client,
        workspace: Result<::bitbucket_build_status::Workspace, String>,
        repo_slug: Result<::bitbucket_build_status::RepoSlug, String>,
        commit: Result<::bitbucket_build_status::CommitHash, String>,
        key: Result<::bitbucket_build_status::Key, String>,
        body: Result<types::builder::BuildStatusUpdate, String>,
    }
    impl<'a> UpdateBuildStatus<'a> {
        pub fn new(client: &'a super::Client) -> Self {
            Self {
                client: client,
                workspace: Err("workspace was not initialized".to_string()),
                repo_slug: Err("repo_slug was not initialized".to_string()),
                commit: Err("commit was not initialized".to_string()),
                key: Err("key was not initialized".to_string()),
                body: Ok(::std::default::Default::default()),
            }
        }
        pub fn workspace<V>(mut self, value: V) -> Self
        where
            V: std::convert::TryInto<::bitbucket_build_status::Workspace>,
        {
            self.workspace = value
                .try_into()
                .map_err(|_| {
                    "conversion to `:: bitbucket_build_status :: Workspace` for workspace failed"
                        .to_string()
                });
            self
        }
        pub fn repo_slug<V>(mut self, value: V) -> Self
        where
            V: std::convert::TryInto<::bitbucket_build_status::RepoSlug>,
        {
            self.repo_slug = value
                .try_into()
                .map_err(|_| {
                    "conversion to `:: bitbucket_build_status :: RepoSlug` for repo_slug failed"
                        .to_string()
                });
            self
        }
        pub fn commit<V>(mut self, value: V) -> Self
        where
            V: std::convert::TryInto<::bitbucket_build_status::CommitHash>,
        {
            self.commit = value
                .try_into()
                .map_err(|_| {
                    "conversion to `:: bitbucket_build_status :: CommitHash` for commit failed"
                        .to_string()
                });
            self
        }
        pub fn key<V>(mut self, value: V) -> Self
        where
            V: std::convert::TryInto<::bitbucket_build_status::Key>,
        {
            self.key = value
                .try_into()
                .map_err(|_| {
                    "conversion to `:: bitbucket_build_status :: Key` for key failed"
                        .to_string()
                });
            self
        }
        pub fn body<V>(mut self, value: V) -> Self
        where
            V: std::convert::TryInto<types::BuildStatusUpdate>,
            <V as std::convert::TryInto<
                types::BuildStatusUpdate,
            >>::Error: std::fmt::Display,
        {
            self.body = value
                .try_into()
                .map(From::from)
                .map_err(|s| {
                    format!("conversion to `BuildStatusUpdate` for body failed: {}", s)
                });
            self
        }
        pub fn body_map<F>(mut self, f: F) -> Self
        where
            F: std::ops::FnOnce(
                types::builder::BuildStatusUpdate,
            ) -> types::builder::BuildStatusUpdate,
        {
            self.body = self.body.map(f);
            self
        }
        ///Sends a `PUT` request to `/repositories/{workspace}/{repo_slug}/commit/{commit}/statuses/build/{key}`
        pub async fn send(self) -> Result<ResponseValue<types::BuildStatus>, Error<()>> {
            let Self { client, workspace, repo_slug, commit, key, body } = self;
            let workspace = workspace.map_err(Error::InvalidRequest)?;
            let repo_slug = repo_slug.map_err(Error::InvalidRequest)?;
            let commit = commit.map_err(Error::InvalidRequest)?;
            let key = key.map_err(Error::InvalidRequest)?;
            let body = body
                .and_then(|v| {
                    types::BuildStatusUpdate::try_from(v).map_err(|e| e.to_string())
                })
                .map_err(Error::InvalidRequest)?;
            let url = format!(
                "{}/repositories/{}/{}/commit/{}/statuses/build/{}", client.baseurl,
                encode_path(& workspace.to_string()), encode_path(& repo_slug
                .to_string()), encode_path(& commit.to_string()), encode_path(& key
                .to_string()),
            );
            let mut header_map = ::reqwest::header::HeaderMap::with_capacity(1usize);
            header_map
                .append(
                    ::reqwest::header::HeaderName::from_static("api-version"),
                    ::reqwest::header::HeaderValue::from_static(
                        super::Client::api_version(),
                    ),
                );
            #[allow(unused_mut)]
            let mut request = client
                .client
                .put(url)
                .header(
                    ::reqwest::header::ACCEPT,
                    ::reqwest::header::HeaderValue::from_static("application/json"),
                )
                .json(&body)
                .headers(header_map)
                .build()?;
            let info = OperationInfo {
                operation_id: "update_build_status",
            };
            client.pre(&mut request, &info).await?;
            let result = client.exec(request, &info).await;
            client.post(&result, &info).await?;
            let response = result?;
            match response.status().as_u16() {
                200u16 => ResponseValue::from_response(response).await,
                _ => Err(Error::UnexpectedResponse(response)),
            }
        }
    }
    /**Builder for [`Client::list_pull_request_statuses`]

[`Client::list_pull_request_statuses`]: super::Client::list_pull_request_statuses*/
    #[derive(Debug, Clone)]
    pub struct ListPullRequestStatuses<'a> {
        client: &'a super::Client,
        workspace: Result<::bitbucket_build_status::Workspace, String>,
        repo_slug: Result<::bitbucket_build_status::RepoSlug, String>,
        pull_request_id: Result<::std::num::NonZeroU64, String>,
        page: Result<Option<::std::num::NonZeroU64>, String>,
        pagelen: Result<Option<::std::num::NonZeroU64>, String>,
        q: Result<Option<::std::string::String>, String>,
        sort: Result<Option<::std::string::String>, String>,
    }
    impl<'a> ListPullRequestStatuses<'a> {
        pub fn new(client: &'a super::Client) -> Self {
            Self {
                client: client,
                workspace: Err("workspace was not initialized".to_string()),
                repo_slug: Err("repo_slug was not initialized".to_string()),
                pull_request_id: Err("pull_request_id was not initialized".to_string()),
                page: Ok(None),
                pagelen: Ok(None),
                q: Ok(None),
                sort: Ok(None),
            }
        }
        pub fn workspace<V>(mut self, value: V) -> Self
        where
            V: std::convert::TryInto<::bitbucket_build_status::Workspace>,
        {
            self.workspace = value
                .try_into()
                .map_err(|_| {
                    "conversion to `:: bitbucket_build_status :: Workspace` for workspace failed"
                        .to_string()
                });
            self
        }
        pub fn repo_slug<V>(mut self, value: V) -> Self
        where
            V: std::convert::TryInto<::bitbucket_build_status::RepoSlug>,
        {
            self.repo_slug = value
                .try_into()
                .map_err(|_| {
                    "conversion to `:: bitbucket_build_status :: RepoSlug` for repo_slug failed"
                        .to_string()
                });
            self
        }
        pub fn pull_request_id<V>(mut self, value: V) -> Self
        where
            V: std::convert::TryInto<::std::num::NonZeroU64>,
        {
            self.pull_request_id = value
                .try_into()
                .map_err(|_| {
                    "conversion to `:: std :: num :: NonZeroU64` for pull_request_id failed"
                        .to_string()
                });
            self
        }
        pub fn page<V>(mut self, value: V) -> Self
        where
            V: std::convert::TryInto<::std::num::NonZeroU64>,
        {
            self.page = value
                .try_into()
                .map(Some)
                .map_err(|_| {
                    "conversion to `:: std :: num :: NonZeroU64` for page failed"
                        .to_string()
                });
            self
        }
        pub fn pagelen<V>(mut self, value: V) -> Self
        where
            V: std::convert::TryInto<::std::num::NonZeroU64>,
        {
            self.pagelen = value
                .try_into()
                .map(Some)
                .map_err(|_| {
                    "conversion to `:: std :: num :: NonZeroU64` for pagelen failed"
                        .to_string()
                });
            self
        }
        pub fn q<V>(mut self, value: V) -> Self
        where
            V: std::convert::TryInto<::std::string::String>,
        {
            self.q = value
                .try_into()
                .map(Some)
                .map_err(|_| {
                    "conversion to `:: std :: string :: String` for q failed".to_string()
                });
            self
        }
        pub fn sort<V>(mut self, value: V) -> Self
        where
            V: std::convert::TryInto<::std::string::String>,
        {
            self.sort = value
                .try_into()
                .map(Some)
                .map_err(|_| {
                    "conversion to `:: std :: string :: String` for sort failed"
                        .to_string()
                });
            self
        }
        ///Sends a `GET` request to `/repositories/{workspace}/{repo_slug}/pullrequests/{pull_request_id}/statuses`
        pub async fn send(
            self,
        ) -> Result<ResponseValue<types::BuildStatusPage>, Error<()>> {
            let Self {
                client,
                workspace,
                repo_slug,
                pull_request_id,
                page,
                pagelen,
                q,
                sort,
            } = self;
            let workspace = workspace.map_err(Error::InvalidRequest)?;
            let repo_slug = repo_slug.map_err(Error::InvalidRequest)?;
            let pull_request_id = pull_request_id.map_err(Error::InvalidRequest)?;
            let page = page.map_err(Error::InvalidRequest)?;
            let pagelen = pagelen.map_err(Error::InvalidRequest)?;
            let q = q.map_err(Error::InvalidRequest)?;
            let sort = sort.map_err(Error::InvalidRequest)?;
            let url = format!(
                "{}/repositories/{}/{}/pullrequests/{}/statuses", client.baseurl,
                encode_path(& workspace.to_string()), encode_path(& repo_slug
                .to_string()), encode_path(& pull_request_id.to_string()),
            );
            let mut header_map = ::reqwest::header::HeaderMap::with_capacity(1usize);
            header_map
                .append(
                    ::reqwest::header::HeaderName::from_static("api-version"),
                    ::reqwest::header::HeaderValue::from_static(
                        super::Client::api_version(),
                    ),
                );
            #[allow(unused_mut)]
            let mut request = client
                .client
                .get(url)
                .header(
                    ::reqwest::header::ACCEPT,
                    ::reqwest::header::HeaderValue::from_static("application/json"),
                )
                .query(&progenitor_client::QueryParam::new("page", &page))
                .query(&progenitor_client::QueryParam::new("pagelen", &pagelen))
                .query(&progenitor_client::QueryParam::new("q", &q))
                .query(&progenitor_client::QueryParam::new("sort", &sort))
                .headers(header_map)
                .build()?;
            let info = OperationInfo {
                operation_id: "list_pull_request_statuses",
            };
            client.pre(&mut request, &info).await?;
            let result = client.exec(request, &info).await;
            client.post(&result, &info).await?;
            let response = result?;
            match response.status().as_u16() {
                200u16 => ResponseValue::from_response(response).await,
                _ => Err(Error::UnexpectedResponse(response)),
            }
        }
    }
}
/// Items consumers will typically use such as the Client.
pub mod prelude {
    pub use self::super::Client;
}
