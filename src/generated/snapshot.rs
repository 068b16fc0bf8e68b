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
    ///The links of an update's body.
    #[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, Default, PartialEq)]
    pub struct BuildStatusUpdateLinks {
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub commit: ::std::option::Option<BuildStatusUpdateLink>,
        #[serde(rename = "self", skip_serializing_if = "::std::option::Option::is_none")]
        pub self_: ::std::option::Option<BuildStatusUpdateLink>,
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
#[allow(clippy::all)]
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
*/
    pub async fn list_commit_statuses<'a>(
        &'a self,
        workspace: &'a ::bitbucket_build_status::Workspace,
        repo_slug: &'a ::bitbucket_build_status::RepoSlug,
        commit: &'a ::bitbucket_build_status::CommitHash,
        page: Option<::std::num::NonZeroU64>,
        pagelen: Option<::std::num::NonZeroU64>,
        q: Option<&'a str>,
        refname: Option<&'a str>,
        sort: Option<&'a str>,
    ) -> Result<ResponseValue<types::BuildStatusPage>, Error<()>> {
        let url = format!(
            "{}/repositories/{}/{}/commit/{}/statuses", self.baseurl, encode_path(&
            workspace.to_string()), encode_path(& repo_slug.to_string()), encode_path(&
            commit.to_string()),
        );
        let mut header_map = ::reqwest::header::HeaderMap::with_capacity(1usize);
        header_map
            .append(
                ::reqwest::header::HeaderName::from_static("api-version"),
                ::reqwest::header::HeaderValue::from_static(Self::api_version()),
            );
        #[allow(unused_mut)]
        let mut request = self
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
        self.pre(&mut request, &info).await?;
        let result = self.exec(request, &info).await;
        self.post(&result, &info).await?;
        let response = result?;
        match response.status().as_u16() {
            200u16 => ResponseValue::from_response(response).await,
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /**Create a build status, or overwrite the one with the same key

Reports a build on a commit. A key the commit does not have yet makes a new status (201); a key it has overwrites that status in place (200), so that the call may be repeated.

Sends a `POST` request to `/repositories/{workspace}/{repo_slug}/commit/{commit}/statuses/build`

Arguments:
- `workspace`: The workspace: its id (slug), or its UUID in curly braces.
- `repo_slug`: The repository: its slug, or its UUID in curly braces.
- `commit`: The commit's SHA-1.
- `body`: The status to report.
*/
    pub async fn create_build_status<'a>(
        &'a self,
        workspace: &'a ::bitbucket_build_status::Workspace,
        repo_slug: &'a ::bitbucket_build_status::RepoSlug,
        commit: &'a ::bitbucket_build_status::CommitHash,
        body: &'a types::BuildStatusCreate,
    ) -> Result<ResponseValue<types::BuildStatus>, Error<()>> {
        let url = format!(
            "{}/repositories/{}/{}/commit/{}/statuses/build", self.baseurl, encode_path(&
            workspace.to_string()), encode_path(& repo_slug.to_string()), encode_path(&
            commit.to_string()),
        );
        let mut header_map = ::reqwest::header::HeaderMap::with_capacity(1usize);
        header_map
            .append(
                ::reqwest::header::HeaderName::from_static("api-version"),
                ::reqwest::header::HeaderValue::from_static(Self::api_version()),
            );
        #[allow(unused_mut)]
        let mut request = self
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
        self.pre(&mut request, &info).await?;
        let result = self.exec(request, &info).await;
        self.post(&result, &info).await?;
        let response = result?;
        match response.status().as_u16() {
            200u16 => ResponseValue::from_response(response).await,
            201u16 => ResponseValue::from_response(response).await,
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /**Get one build status

The status a commit has under a key.

Sends a `GET` request to `/repositories/{workspace}/{repo_slug}/commit/{commit}/statuses/build/{key}`

Arguments:
- `workspace`: The workspace: its id (slug), or its UUID in curly braces.
- `repo_slug`: The repository: its slug, or its UUID in curly braces.
- `commit`: The commit's SHA-1.
- `key`: The key that names the status on its commit.
*/
    pub async fn get_build_status<'a>(
        &'a self,
        workspace: &'a ::bitbucket_build_status::Workspace,
        repo_slug: &'a ::bitbucket_build_status::RepoSlug,
        commit: &'a ::bitbucket_build_status::CommitHash,
        key: &'a ::bitbucket_build_status::Key,
    ) -> Result<ResponseValue<types::BuildStatus>, Error<()>> {
        let url = format!(
            "{}/repositories/{}/{}/commit/{}/statuses/build/{}", self.baseurl,
            encode_path(& workspace.to_string()), encode_path(& repo_slug.to_string()),
            encode_path(& commit.to_string()), encode_path(& key.to_string()),
        );
        let mut header_map = ::reqwest::header::HeaderMap::with_capacity(1usize);
        header_map
            .append(
                ::reqwest::header::HeaderName::from_static("api-version"),
                ::reqwest::header::HeaderValue::from_static(Self::api_version()),
            );
        #[allow(unused_mut)]
        let mut request = self
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
        self.pre(&mut request, &info).await?;
        let result = self.exec(request, &info).await;
        self.post(&result, &info).await?;
        let response = result?;
        match response.status().as_u16() {
            200u16 => ResponseValue::from_response(response).await,
            _ => Err(Error::UnexpectedResponse(response)),
        }
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
*/
    pub async fn update_build_status<'a>(
        &'a self,
        workspace: &'a ::bitbucket_build_status::Workspace,
        repo_slug: &'a ::bitbucket_build_status::RepoSlug,
        commit: &'a ::bitbucket_build_status::CommitHash,
        key: &'a ::bitbucket_build_status::Key,
        body: &'a types::BuildStatusUpdate,
    ) -> Result<ResponseValue<types::BuildStatus>, Error<()>> {
        let url = format!(
            "{}/repositories/{}/{}/commit/{}/statuses/build/{}", self.baseurl,
            encode_path(& workspace.to_string()), encode_path(& repo_slug.to_string()),
            encode_path(& commit.to_string()), encode_path(& key.to_string()),
        );
        let mut header_map = ::reqwest::header::HeaderMap::with_capacity(1usize);
        header_map
            .append(
                ::reqwest::header::HeaderName::from_static("api-version"),
                ::reqwest::header::HeaderValue::from_static(Self::api_version()),
            );
        #[allow(unused_mut)]
        let mut request = self
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
        self.pre(&mut request, &info).await?;
        let result = self.exec(request, &info).await;
        self.post(&result, &info).await?;
        let response = result?;
        match response.status().as_u16() {
            200u16 => ResponseValue::from_response(response).await,
            _ => Err(Error::UnexpectedResponse(response)),
        }
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
*/
    pub async fn list_pull_request_statuses<'a>(
        &'a self,
        workspace: &'a ::bitbucket_build_status::Workspace,
        repo_slug: &'a ::bitbucket_build_status::RepoSlug,
        pull_request_id: ::std::num::NonZeroU64,
        page: Option<::std::num::NonZeroU64>,
        pagelen: Option<::std::num::NonZeroU64>,
        q: Option<&'a str>,
        sort: Option<&'a str>,
    ) -> Result<ResponseValue<types::BuildStatusPage>, Error<()>> {
        let url = format!(
            "{}/repositories/{}/{}/pullrequests/{}/statuses", self.baseurl, encode_path(&
            workspace.to_string()), encode_path(& repo_slug.to_string()), encode_path(&
            pull_request_id.to_string()),
        );
        let mut header_map = ::reqwest::header::HeaderMap::with_capacity(1usize);
        header_map
            .append(
                ::reqwest::header::HeaderName::from_static("api-version"),
                ::reqwest::header::HeaderValue::from_static(Self::api_version()),
            );
        #[allow(unused_mut)]
        let mut request = self
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
        self.pre(&mut request, &info).await?;
        let result = self.exec(request, &info).await;
        self.post(&result, &info).await?;
        let response = result?;
        match response.status().as_u16() {
            200u16 => ResponseValue::from_response(response).await,
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
}
/// Items consumers will typically use such as the Client.
pub mod prelude {
    #[allow(unused_imports)]
    pub use super::Client;
}
