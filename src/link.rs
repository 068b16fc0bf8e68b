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
    let origin = origin(url).ok_or_else(refused)?;
    let host = origin.host_str().unwrap_or_default();
    let reachable = host.contains('.') || host.starts_with('[') || host == "localhost";
    if reachable { Ok(()) } else { Err(refused()) }
}

/// Reads what stands before the path of an http or https URL. The path decides nothing, and every update would pay for
/// reading it.
fn origin(url: &str) -> Option<Url> {
    let (scheme, rest) = url.split_once("://")?;
    if !["http", "https"].iter().any(|known| scheme.eq_ignore_ascii_case(known)) {
        return None;
    }
    let authority = rest.split(['/', '\\', '?', '#']).next()?;
    Url::parse(url.get(..scheme.len() + "://".len() + authority.len())?).ok()
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

#[cfg(test)]
mod tests {
    use super::{bare_refname, check_url};

    #[test]
    fn a_url_is_absolute_with_a_host_that_can_be_reached() {
        let good = [
            "https://ci.example.com/builds/42",
            "HTTP://ci.example.com",
            "http://10.0.0.7:8080/job/42",
            "http://[::1]:8080/",
            "http://localhost:8080/",
            "https://ci.example.com/{repository.full_name}/{commit.hash}",
            "https://ci.example.com/#!/results/42?x=%20",
            "https://bücher.example/42",
        ];
        for url in good {
            assert!(check_url(url).is_ok(), "{url}");
        }
        let bad = [
            "",
            "ci.example.com/builds/42",
            "/builds/42",
            "//ci.example.com/42",
            "ftp://ci.example.com/42",
            "javascript:alert(1)",
            "http:ci.example.com",
            "https:/ci.example.com",
            "https:///ci.example.com",
            "http:evil://ci.example.com",
            "https://?ci.example.com",
            "http://jenkins:8080/job/42",
            "http://",
            "https://ci.example.com/a b",
            "https://ci.example.com/\n42",
            " https://ci.example.com/42",
        ];
        for url in bad {
            let problem = check_url(url).expect_err(url);
            assert_eq!(problem.field(), Some("url"));
            assert!(problem.to_string().contains(&format!("{url:?}")), "{problem}");
        }
    }

    #[test]
    fn a_refname_is_a_branchs_bare_name() {
        let good =
            [("main", "main"), ("refs/heads/main", "main"), ("refs/heads/feature/x", "feature/x"), ("v1.0", "v1.0")];
        for (refname, bare) in good {
            assert_eq!(bare_refname(refname).unwrap(), bare);
        }
        for bad in ["", "refs/heads/", "refs/tags/v1.0", "refs/pull/7/head", "refs/heads/refs/heads/main", "a\nb"] {
            assert_eq!(bare_refname(bad).expect_err(bad).field(), Some("refname"));
        }
    }
}
