//! The likely cause of an error and its remedy, in plain words: a pure function.

mod connection;
mod responses;
#[cfg(test)]
mod tests;

use std::{borrow::Cow, fmt};

use super::{ConnectCause, Details, Error, ErrorKind};

/// The likely cause of an error and what to do about it.
///
/// # Examples
///
/// ```
/// use bitbucket_build_status::Key;
///
/// let explanation = Key::new("k".repeat(41)).unwrap_err().explain();
/// assert!(explanation.remedy.contains("Key::shorten"));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Explanation {
    /// What most likely happened.
    pub cause: Cow<'static, str>,
    /// What to do about it.
    pub remedy: Cow<'static, str>,
}

impl fmt::Display for Explanation {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}. {}.", self.cause, self.remedy)
    }
}

/// The remedy for a key that is refused, by this crate or by Bitbucket.
const CHOOSE_KEY: &str =
    "Choose another key; `bbstatus key` (in Rust `Key::shorten`) makes one from any name, the same on every machine";

/// Joins cause and remedy.
fn explanation(cause: impl Into<Cow<'static, str>>, remedy: impl Into<Cow<'static, str>>) -> Explanation {
    Explanation { cause: cause.into(), remedy: remedy.into() }
}

impl Details {
    /// Whether the texts of the response contain this, in any case.
    fn mentions(&self, needle: &str) -> bool {
        let body = &self.body;
        let parts = [&body.message, &body.detail, &body.excerpt].into_iter().flatten();
        let needle = needle.to_ascii_lowercase();
        parts.chain(body.fields.values().flatten()).any(|part| part.to_ascii_lowercase().contains(&needle))
    }
}

impl Error {
    /// The likely cause and the remedy, in plain words.
    ///
    /// Bitbucket rarely explains a refusal. This combines its message, the operation, the kind of credentials, and what
    /// is known about such responses.
    ///
    /// # Examples
    ///
    /// ```
    /// use bitbucket_build_status::CommitHash;
    ///
    /// let explanation = CommitHash::new("main").unwrap_err().explain();
    /// assert!(explanation.remedy.contains("git rev-parse HEAD"));
    /// ```
    #[must_use]
    pub fn explain(&self) -> Explanation {
        explain(&self.0)
    }
}

/// The scopes that the credentials lack; only a 403 can have this reason.
pub(super) fn missing_scopes(error: &Details) -> Vec<&str> {
    let is_about_scopes = error.kind == ErrorKind::Forbidden && error.status != Some(402);
    let missing = if is_about_scopes { responses::missing_scopes(error) } else { Vec::new() };
    missing.into_iter().map(String::as_str).collect()
}

fn explain(error: &Details) -> Explanation {
    match error.kind {
        ErrorKind::Decode | ErrorKind::Other if error.is_token_request => explanation(
            "The token endpoint responded with something other than an access token",
            "Check that address (`ClientBuilder::oauth_token_url`, `--oauth-token-url`) and the proxy",
        ),
        ErrorKind::InvalidInput if error.connect_cause == Some(ConnectCause::WithoutTls) => explanation(
            "The address is https, and no TLS library is compiled into this crate",
            "Enable the feature `rustls` or `rustls-ring`, or use a reqwest client of your own \
             (`ClientBuilder::http_client_builder`)",
        ),
        ErrorKind::InvalidInput => refused_before_sending(error.field),
        ErrorKind::Rejected => responses::rejected(error),
        ErrorKind::Unauthorized => responses::unauthorized(error),
        ErrorKind::Forbidden => responses::forbidden(error),
        ErrorKind::NotFound => responses::not_found(error),
        ErrorKind::Gone => explanation(
            "Bitbucket has removed this function, or this way to authenticate",
            "Update this program; if it is up to date, report the message to its authors",
        ),
        ErrorKind::RateLimited => responses::rate_limited(error),
        ErrorKind::Unavailable => responses::unavailable(error),
        ErrorKind::Decode => responses::undecodable(error),
        ErrorKind::Mismatch => explanation(
            "Something between this client and Bitbucket, such as a cache, a proxy or a test server, responds with another \
             status than the one that was sent",
            "Read the status back, and check base URL and proxy",
        ),
        ErrorKind::Other => responses::other(error),
        ErrorKind::Redirect if error.location.is_none() => explanation(
            "A proxy or a login portal between this client and Bitbucket redirects the request, or the base URL is wrong; \
             redirects are not followed, since credentials go to no other address",
            "Check base URL and proxy, and log in to the portal if there is one",
        ),
        ErrorKind::Redirect => explanation(
            "The repository or its workspace has been renamed or moved; redirects are not followed, since credentials \
             go to no other address",
            "Use the new workspace and repository slug, or the UUIDs in curly braces, which do not change",
        ),
        ErrorKind::Timeout => connection::too_slow(error),
        ErrorKind::Transport => connection::broken(error),
    }
}

fn refused_before_sending(field: Option<&str>) -> Explanation {
    match field {
        Some("key") => {
            explanation("The key is empty, has more than 40 characters, or cannot be one segment of a path", CHOOSE_KEY)
        }
        Some("commit") => explanation(
            "The commit is not a hash; branches and tags are not accepted here",
            "Use the hash that `git rev-parse HEAD` prints",
        ),
        Some("url") => explanation(
            "Bitbucket refuses a url that is not absolute or whose host has no dot (`Enter a valid URL.`)",
            "Use the build's full http or https address, with the server's full host name",
        ),
        Some("refname") => explanation(
            "A status with this refname would not be shown on its pull request",
            "Use the bare name of the source branch, without `refs/heads/`",
        ),
        Some("email") => explanation(
            "An API token belongs to an Atlassian account, which is identified by its e-mail address",
            "Use that address instead of the Bitbucket user name",
        ),
        Some("state") => explanation(
            "Only the four documented states can be sent; the stored status may have a newer one",
            "Set a state: INPROGRESS, SUCCESSFUL, FAILED or STOPPED",
        ),
        Some("workspace" | "repo_slug") => explanation(
            "A workspace or a repository slug is not valid; the repository's address contains both",
            "Copy both from there: https://bitbucket.org/WORKSPACE/SLUG; UUIDs in curly braces work as well",
        ),
        Some("seed") => explanation(
            "The seed contains contradictory values, or one that Bitbucket would refuse",
            "Correct the member that the message names",
        ),
        Some("port") => explanation(
            "Another program uses the port, the system reserves it, or the host is not an address of this machine",
            "Choose another port, or 0 for any free one; 127.0.0.1 is always an address of this machine",
        ),
        Some("SSL_CERT_FILE") => explanation(
            "The environment names files with trusted certificates, but they contain none",
            "Correct SSL_CERT_FILE and SSL_CERT_DIR, or unset them to trust the platform's certificates",
        ),
        Some(variable) if variable.to_ascii_uppercase().ends_with("_PROXY") => explanation(
            "The HTTP client would ignore this proxy setting and connect directly",
            "Set the variable to http://HOST:PORT or http://USER:PASSWORD@HOST:PORT, with special characters in user and \
             password percent-encoded, or unset it; a SOCKS proxy needs a reqwest client of your own \
             (`ClientBuilder::http_client_builder`)",
        ),
        Some("credentials") => explanation(
            "The credentials are missing or could not be sent as they are",
            "Check the secret's value in the CI system: the full token, without quotes and line feeds",
        ),
        _ => explanation(
            "The input was refused before anything was sent",
            "Correct the input that the message names; nothing has changed at Bitbucket",
        ),
    }
}
