//! Requests as they would be sent, for a dry run.

use std::fmt;

use reqwest::Request;
use serde_json::Value;

/// Replaces a value that is known only after the status has been read.
const AS_READ: &str = "<as read>";

/// One request as it would be sent, without `Authorization`.
#[derive(Clone)]
pub struct PreparedRequest {
    method: String,
    url: String,
    headers: Vec<(String, String)>,
    body: Option<Value>,
}

impl PreparedRequest {
    pub(crate) fn new(request: &Request) -> Self {
        let headers = request.headers().iter();
        let headers = headers.filter_map(|(name, value)| Some((name.to_string(), value.to_str().ok()?.to_owned())));
        let body = request.body().and_then(reqwest::Body::as_bytes);
        Self {
            method: request.method().to_string(),
            url: request.url().to_string(),
            headers: headers.collect(),
            body: body.and_then(|body| serde_json::from_slice(body).ok()),
        }
    }

    /// Marks the members of the body whose values come from the status that is read first.
    pub(crate) fn with_members_as_read(mut self, members: &[&str]) -> Self {
        if let Some(body) = self.body.as_mut().and_then(Value::as_object_mut) {
            for member in members {
                body.entry(*member).or_insert_with(|| AS_READ.into());
            }
        }
        self
    }

    /// The method, such as `PUT`.
    ///
    /// # Examples
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> bitbucket_build_status::Result<()> {
    /// use bitbucket_build_status::{Client, State};
    ///
    /// let commit = Client::builder().build()?.repository("acme/rocket")?.commit("e10dae2")?;
    /// let prepared = commit.set("unit-tests", State::Failed, "https://ci.example.com/42").prepare().await?;
    /// assert_eq!(prepared[0].method(), "POST");
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn method(&self) -> &str {
        &self.method
    }

    /// The full address, encoded as it is sent.
    ///
    /// # Examples
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> bitbucket_build_status::Result<()> {
    /// use bitbucket_build_status::{Client, State};
    ///
    /// let commit = Client::builder().build()?.repository("acme/rocket")?.commit("e10dae2")?;
    /// let prepared = commit.set("unit-tests", State::Failed, "https://ci.example.com/42").prepare().await?;
    /// let url = "https://api.bitbucket.org/2.0/repositories/acme/rocket/commit/e10dae2/statuses/build";
    /// assert_eq!(prepared[0].url(), url);
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The headers, without `Authorization` and those that the HTTP client adds.
    ///
    /// # Examples
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> bitbucket_build_status::Result<()> {
    /// use bitbucket_build_status::{Client, State};
    ///
    /// let commit = Client::builder().build()?.repository("acme/rocket")?.commit("e10dae2")?;
    /// let prepared = commit.set("unit-tests", State::Failed, "https://ci.example.com/42").prepare().await?;
    /// assert!(prepared[0].headers().any(|header| header == ("content-type", "application/json")));
    /// # Ok(())
    /// # }
    /// ```
    pub fn headers(&self) -> impl Iterator<Item = (&str, &str)> {
        self.headers.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// The JSON body. The text `<as read>` replaces a value that is known only after the status has been read.
    ///
    /// # Examples
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> bitbucket_build_status::Result<()> {
    /// use bitbucket_build_status::{Client, State};
    ///
    /// let commit = Client::builder().build()?.repository("acme/rocket")?.commit("e10dae2")?;
    /// let prepared = commit.set("unit-tests", State::Failed, "https://ci.example.com/42").prepare().await?;
    /// assert_eq!(prepared[0].body().expect("JSON")["state"], "FAILED");
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn body(&self) -> Option<&Value> {
        self.body.as_ref()
    }
}

impl fmt::Debug for PreparedRequest {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} {}", self.method, self.url)
    }
}
