//! The two texts of a status that Bitbucket checks without saying how: its url and its refname.

use reqwest::Url;

use crate::{Error, Result};

/// Refuses a url that Bitbucket answers with `Enter a valid URL.` (observed), or that leads nowhere.
///
/// The text itself is what is sent: context variables such as `{commit.hash}` stay as they are.
pub(crate) fn check_url(url: &str) -> Result<()> {
    let expected = "expected an absolute http or https URL whose host has a dot, is an address or is localhost";
    let refused = || Error::invalid_input("url", format_args!("{expected}, got {url:?}"));
    // The parser drops these silently.
    if url.contains(|character: char| character.is_control() || character.is_whitespace()) {
        return Err(refused());
    }
    let parsed = Url::parse(url).map_err(|_| refused())?;
    let separated = url.get(parsed.scheme().len()..).is_some_and(|rest| rest.starts_with("://"));
    let host = parsed.host_str().unwrap_or_default();
    let reachable = host.contains('.') || host.starts_with('[') || host == "localhost";
    if matches!(parsed.scheme(), "http" | "https") && separated && reachable { Ok(()) } else { Err(refused()) }
}

/// Gives the bare branch name of a ref.
///
/// A refname with `refs/heads/` hides the status from its pull request (Bitbucket staff, jenkinsci
/// bitbucket-branch-source-plugin#945), and so does a tag.
pub(crate) fn bare_refname(refname: &str) -> Result<&str> {
    let bare = refname.strip_prefix("refs/heads/").unwrap_or(refname);
    if bare.is_empty() || bare.starts_with("refs/") || bare.chars().any(char::is_control) {
        let expected = "expected the bare name of a branch, such as \"main\"";
        return Err(Error::invalid_input("refname", format_args!("{expected}, got {refname:?}")));
    }
    Ok(bare)
}
