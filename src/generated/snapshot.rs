#[allow(unused_imports)]
pub use progenitor_client::{ByteStream, ClientInfo, Error, ResponseValue};
#[allow(unused_imports)]
use progenitor_client::{encode_path, ClientHooks, OperationInfo, RequestBuilderExt};
/// Types used as operation parameters and responses.
#[allow(clippy::all)]
pub mod types {
    ///A build status as Bitbucket returns it. Fields may be added at any time, and every field but `key` and `state` may be null or missing.
    #[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
    #[non_exhaustive]
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, PartialEq)]
    pub struct BuildStatus {
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub commit: ::std::option::Option<StatusCommit>,
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub created_on: ::std::option::Option<::bitbucket_build_status::Timestamp>,
        ///A description of the build; may be empty.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub description: ::std::option::Option<::std::string::String>,
        ///The key of the status.
        pub key: ::std::string::String,
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub links: ::std::option::Option<BuildStatusLinks>,
        ///An identifier for the build itself; may be empty.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub name: ::std::option::Option<::std::string::String>,
        ///The ref that the status was created with; null if none was given.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub refname: ::std::option::Option<::std::string::String>,
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub repository: ::std::option::Option<StatusRepository>,
        pub state: ::bitbucket_build_status::ReportedState,
        ///The type of the status; always `build` so far.
        #[serde(rename = "type", skip_serializing_if = "::std::option::Option::is_none")]
        pub type_: ::std::option::Option<::std::string::String>,
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub updated_on: ::std::option::Option<::bitbucket_build_status::Timestamp>,
        ///The address of the build, with variables unexpanded.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub url: ::std::option::Option<::std::string::String>,
        #[serde(flatten)]
        pub extra: ::serde_json::Map<::std::string::String, ::serde_json::Value>,
    }
    ///The body that creates a status or overwrites the one with its key. Bitbucket needs `key`, `state` and `url`.
    #[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, PartialEq)]
    pub struct BuildStatusCreate {
        ///A description of the build, such as `Unit tests in Bamboo`.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub description: ::std::option::Option<::std::string::String>,
        ///An identifier for the status that is unique to its type (`build` is the only one) and the vendor, such as `BB-DEPLOY`; at most 40 characters.
        pub key: ::bitbucket_build_status::Key,
        ///An identifier for the build itself, such as `BB-DEPLOY-1`; shown to people as its name.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub name: ::std::option::Option<::std::string::String>,
        ///The name of the ref that pointed to this commit when the status was created, as a bare branch name such as `main`; the ref may have moved since. Leave it out if the result does not depend on the branch, such as that of a linting job. A pull request shows only the statuses whose refname is its source branch and those without one. Null is the same as leaving it out.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub refname: ::std::option::Option<::std::string::String>,
        pub state: ::bitbucket_build_status::State,
        ///The type of the status; `build` is the only one.
        #[serde(rename = "type", skip_serializing_if = "::std::option::Option::is_none")]
        pub type_: ::std::option::Option<::std::string::String>,
        ///The address of the build: an absolute http or https URL whose host has a dot, is an IP address or is `localhost`. It may contain variables of `repository` and `commit`, such as `https://foo.com/builds/{repository.full_name}`, which Bitbucket expands when it shows the link.
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
        ///The requested number of statuses on a page, not the actual one.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub pagelen: ::std::option::Option<u64>,
        ///The address of the previous page; not in every response.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub previous: ::std::option::Option<::std::string::String>,
        ///The number of statuses in the entire list; not in every response.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub size: ::std::option::Option<u64>,
        ///The statuses of this page.
        pub values: ::std::vec::Vec<BuildStatus>,
        #[serde(flatten)]
        pub extra: ::serde_json::Map<::std::string::String, ::serde_json::Value>,
    }
    ///The body of an update. Only `type` is required; the key in the path identifies the status.
    #[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, PartialEq)]
    pub struct BuildStatusUpdate {
        ///When the status was created.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub created_on: ::std::option::Option<::std::string::String>,
        ///A description of the build, such as `Unit tests in Bamboo`.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub description: ::std::option::Option<::std::string::String>,
        ///An identifier for the status that is unique to its type (`build` is the only one) and the vendor, such as `BB-DEPLOY`; it cannot be changed.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub key: ::std::option::Option<::std::string::String>,
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub links: ::std::option::Option<BuildStatusUpdateLinks>,
        ///An identifier for the build itself, such as `BB-DEPLOY-1`; shown to people as its name.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub name: ::std::option::Option<::std::string::String>,
        ///The name of the ref that pointed to this commit when the status was created, as a bare branch name such as `main`; the ref may have moved since. Leave it out if the result does not depend on the branch, such as that of a linting job. A pull request shows only the statuses whose refname is its source branch and those without one. A refname cannot be set back to null.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub refname: ::std::option::Option<::std::string::String>,
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub state: ::std::option::Option<::bitbucket_build_status::State>,
        ///The type of the status; `build` is the only one.
        #[serde(rename = "type")]
        pub type_: ::std::string::String,
        ///When the status was last changed.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub updated_on: ::std::option::Option<::std::string::String>,
        ///The address of the build: an absolute http or https URL whose host has a dot, is an IP address or is `localhost`. It may contain variables of `repository` and `commit`, such as `https://foo.com/builds/{repository.full_name}`, which Bitbucket expands when it shows the link.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub url: ::std::option::Option<::std::string::String>,
        ///The ID of the status. No response has one.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub uuid: ::std::option::Option<::std::string::String>,
    }
    ///A link to a resource related to this object.
    #[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, Default, PartialEq)]
    pub struct BuildStatusUpdateLink {
        ///The address.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub href: ::std::option::Option<::std::string::String>,
        ///The name of the link.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub name: ::std::option::Option<::std::string::String>,
    }
    ///The links in the body of an update.
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
        ///For each refused field of the body, a list of sentences or a single one.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub fields: ::std::option::Option<
            ::serde_json::Map<::std::string::String, ::serde_json::Value>,
        >,
        ///The ID under which Bitbucket logged the failure.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub id: ::std::option::Option<::std::string::String>,
        ///What went wrong, in a sentence.
        pub message: ::std::string::String,
        #[serde(flatten)]
        pub extra: ::serde_json::Map<::std::string::String, ::serde_json::Value>,
    }
    ///The body of an error response that is JSON.
    #[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
    #[non_exhaustive]
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, PartialEq)]
    pub struct ErrorResponse {
        pub error: ErrorDetails,
        ///Always `error`; some responses lack it.
        #[serde(rename = "type", skip_serializing_if = "::std::option::Option::is_none")]
        pub type_: ::std::option::Option<::std::string::String>,
        #[serde(flatten)]
        pub extra: ::serde_json::Map<::std::string::String, ::serde_json::Value>,
    }
    ///A link to a resource related to this object.
    #[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
    #[non_exhaustive]
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, PartialEq)]
    pub struct Link {
        ///The address.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub href: ::std::option::Option<::std::string::String>,
        ///The name of the link.
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
    ///The commit that a status belongs to.
    #[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
    #[non_exhaustive]
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, PartialEq)]
    pub struct StatusCommit {
        ///The commit's full SHA-1, also where the request had fewer digits.
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
    ///The repository that a status belongs to.
    #[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
    #[non_exhaustive]
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, PartialEq)]
    pub struct StatusRepository {
        ///Workspace and repository slug, as in `acme/rocket`.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub full_name: ::std::option::Option<::std::string::String>,
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub links: ::std::option::Option<RepositoryLinks>,
        ///The name of the repository.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub name: ::std::option::Option<::std::string::String>,
        ///Always `repository`.
        #[serde(rename = "type", skip_serializing_if = "::std::option::Option::is_none")]
        pub type_: ::std::option::Option<::std::string::String>,
        ///The UUID of the repository, in curly braces.
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

The part of Bitbucket Cloud's REST API that reports the state of a build on a commit, corrected against what the live API returns. Every difference from the document that Bitbucket publishes is recorded in `deviations.toml` next to this file.

An error is not always JSON: a 400, 401, 403, 404 or 429 may be plain text or empty, a 404 and a 5xx may be an HTML page. Look at `Content-Type` before you parse the body of a response that is not a 2xx, and rely on its HTTP status.

Version: 2.0*/
pub struct Client {
    pub(crate) baseurl: String,
    pub(crate) client: reqwest::Client,
    pub(crate) inner: crate::generated::Context,
}
impl Client {
    /// Create a new client.
    ///
    /// `baseurl` is the base URL provided to the internal
    /// `reqwest::Client`, and should include a scheme and hostname,
    /// as well as port and a path stem if applicable.
    pub fn new(baseurl: &str, inner: crate::generated::Context) -> Self {
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
        inner: crate::generated::Context,
    ) -> Self {
        Self {
            baseurl: baseurl.to_string(),
            client,
            inner,
        }
    }
}
impl ClientInfo<crate::generated::Context> for Client {
    fn api_version() -> &'static str {
        "2.0"
    }
    fn baseurl(&self) -> &str {
        self.baseurl.as_str()
    }
    fn client(&self) -> &reqwest::Client {
        &self.client
    }
    fn inner(&self) -> &crate::generated::Context {
        &self.inner
    }
}
const _: () = {
    #[allow(dead_code)]
    fn assert_client_hooks()
    where
        Client: ClientHooks<crate::generated::Context>,
    {}
};
#[allow(clippy::all)]
impl Client {
    /**List the statuses of a commit

All statuses of one commit, page by page, whichever tool reported them: Bitbucket Pipelines adds its own to the same list. Anyone may read the statuses of a public repository. For a private one, credentials need the scope `repository` (of an API token: `read:repository:bitbucket`).

Sends a `GET` request to `/repositories/{workspace}/{repo_slug}/commit/{commit}/statuses`

Arguments:
- `workspace`: The workspace: its ID (slug), or its UUID in curly braces. With the UUID of a repository, `{}` is accepted.
- `repo_slug`: The repository: its slug, or its UUID in curly braces.
- `commit`: The commit's SHA-1: all 40 hexadecimal digits, or at least the first 7. It must be a pushed commit of this repository, not of a fork.
- `page`: The number of the page, from 1. To go through a list, follow `next` instead.
- `pagelen`: The number of statuses on a page, at most 100. The default is not certain: 10 and 30 have been recorded. Atlassian's page on pagination gives 10 as the minimum, while the published document shows a page of 1, so a value below 10 may be raised.
- `q`: A filter in Bitbucket's query language, such as `state = "FAILED"`.
- `refname`: Only statuses that were created with this refname or without one.
- `sort`: The field to sort by, with a leading `-` for descending order; `created_on` by default.
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

Reports a build on a commit. With a new key it creates a status (201); with a key that the commit has already it overwrites that status (200), so the call may be retried.

The key and the `refname` identify a status together: a commit can have two statuses with one key and different refnames, so give the same `refname`, or none, in every call for a key. Only the user that created a status, or an administrator of the repository, may overwrite it; each access token counts as a separate user. Credentials are always needed, with the scope `repository` (of an API token: `read:repository:bitbucket`): the right to read the repository is enough.

Sends a `POST` request to `/repositories/{workspace}/{repo_slug}/commit/{commit}/statuses/build`

Arguments:
- `workspace`: The workspace: its ID (slug), or its UUID in curly braces. With the UUID of a repository, `{}` is accepted.
- `repo_slug`: The repository: its slug, or its UUID in curly braces.
- `commit`: The commit's SHA-1: all 40 hexadecimal digits, or at least the first 7. It must be a pushed commit of this repository, not of a fork.
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

The status that a commit has under a key. Anyone may read the statuses of a public repository. For a private one, credentials need the scope `repository` (of an API token: `read:repository:bitbucket`).

Sends a `GET` request to `/repositories/{workspace}/{repo_slug}/commit/{commit}/statuses/build/{key}`

Arguments:
- `workspace`: The workspace: its ID (slug), or its UUID in curly braces. With the UUID of a repository, `{}` is accepted.
- `repo_slug`: The repository: its slug, or its UUID in curly braces.
- `commit`: The commit's SHA-1: all 40 hexadecimal digits, or at least the first 7. It must be a pushed commit of this repository, not of a fork.
- `key`: The key of the status, unique on its commit for its vendor and `refname`; at most 40 characters. A slash in it is sent as `%2F`.
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

Changes the state, name, description, url or refname of an existing status. The key cannot be changed.

Send the full status: no public source shows what Bitbucket does with an update that leaves out `state` or `url`, or whose `key` is not the one in the path. The key and the `refname` identify a status together: a commit can have two statuses with one key and different refnames, so give the same `refname`, or none, in every call for a key. An update without the refname of one of them got a 500. Only the user that created a status, or an administrator of the repository, may overwrite it; each access token counts as a separate user. Credentials are always needed, with the scope `repository` (of an API token: `read:repository:bitbucket`): the right to read the repository is enough.

Sends a `PUT` request to `/repositories/{workspace}/{repo_slug}/commit/{commit}/statuses/build/{key}`

Arguments:
- `workspace`: The workspace: its ID (slug), or its UUID in curly braces. With the UUID of a repository, `{}` is accepted.
- `repo_slug`: The repository: its slug, or its UUID in curly braces.
- `commit`: The commit's SHA-1: all 40 hexadecimal digits, or at least the first 7. It must be a pushed commit of this repository, not of a fork.
- `key`: The key of the status, unique on its commit for its vendor and `refname`; at most 40 characters. A slash in it is sent as `%2F`.
- `body`: The new values of the status.
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

All statuses of the commits of one pull request, page by page. Anyone may read the statuses of a public repository. For a private one, credentials need the scope `pullrequest` (of an API token: `read:pullrequest:bitbucket`).

Sends a `GET` request to `/repositories/{workspace}/{repo_slug}/pullrequests/{pull_request_id}/statuses`

Arguments:
- `workspace`: The workspace: its ID (slug), or its UUID in curly braces. With the UUID of a repository, `{}` is accepted.
- `repo_slug`: The repository: its slug, or its UUID in curly braces.
- `pull_request_id`: The number of the pull request.
- `page`: The number of the page, from 1. To go through a list, follow `next` instead.
- `pagelen`: The number of statuses on a page, at most 100. The default is not certain: 10 and 30 have been recorded. Atlassian's page on pagination gives 10 as the minimum, while the published document shows a page of 1, so a value below 10 may be raised.
- `q`: A filter in Bitbucket's query language, such as `state = "FAILED"`.
- `sort`: The field to sort by, with a leading `-` for descending order; `created_on` by default.
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
