//! Checks the url and the refname of a status against rules that Bitbucket does not document. Also how an address is
//! shown in a message.

use reqwest::Url;

use crate::error::{Error, Result};

/// Checks the url of a status. Every call that has one does this before it sends a request.
///
/// Bitbucket refuses others with `Enter a valid URL.` (observed). The url is sent unchanged, with context variables
/// such as `{commit.hash}`.
///
/// # Errors
/// [`InvalidInput`](crate::ErrorKind::InvalidInput) for a url that is not absolute, has a scheme other than http or https,
/// or whose host has no dot and is neither an IP address nor `localhost`.
///
/// # Examples
///
/// ```
/// use bitbucket_build_status::validate_url;
///
/// assert!(validate_url("https://ci.example.com/builds/42").is_ok());
/// assert!(validate_url("http://jenkins:8080/job/42").is_err());
/// ```
pub fn validate_url(url: &str) -> Result<()> {
    let expected = "expected an absolute http or https URL whose host has a dot, is an IP address or is localhost";
    let refused = || Error::invalid_input("url", format_args!("{expected}, got {:?}", without_secrets(url)));
    // The parser drops these silently.
    let dropped = |character: char| character.is_control() || character.is_whitespace();
    if url.contains(|character: char| !character.is_ascii_graphic() && dropped(character)) {
        return Err(refused());
    }
    if has_valid_host(url) { Ok(()) } else { Err(refused()) }
}

/// An address for a message, without the parts that may be secret: user, password, query and fragment.
///
/// A password that is not encoded may contain a delimiter, so everything before the last `@` is left out.
pub(crate) fn without_secrets(address: &str) -> String {
    let (shown, hidden) = address.split_at(address.find(['?', '#']).unwrap_or(address.len()));
    let is_scheme = |text: &str| text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte));
    let (scheme, rest) = match shown.split_once("://") {
        Some((scheme, rest)) if is_scheme(scheme) => (format!("{scheme}://"), rest),
        _ => (String::new(), shown),
    };
    let user_ends = |text: &str| text.rfind('@').map(|at| at + 1).max(text.rfind("%40").map(|at| at + "%40".len()));
    // The password contains a `?` or a `#`.
    let rest = if user_ends(hidden).is_some() { "" } else { &rest[user_ends(rest).unwrap_or(0)..] };
    format!("{scheme}{rest}{}", if hidden.is_empty() { "" } else { "…" })
}

/// Reads scheme and host of an http or https URL; the path does not matter.
fn has_valid_host(url: &str) -> bool {
    let Some((scheme, rest)) = url.split_once(':') else { return false };
    let Some(rest) = rest.strip_prefix("//") else { return false };
    if !["http", "https"].iter().any(|known| scheme.eq_ignore_ascii_case(known)) {
        return false;
    }
    let authority = rest.split(['/', '\\', '?', '#']).next().unwrap_or_default();
    if is_plain_name(authority) {
        return true;
    }
    let origin = url.get(..scheme.len() + "://".len() + authority.len());
    origin.and_then(|origin| Url::parse(origin).ok()).is_some_and(|origin| {
        let host = origin.host_str().unwrap_or_default();
        host.contains('.') || host.starts_with('[') || host == "localhost"
    })
}

/// Whether this is a name with a dot that a URL parser would not change. Most urls have such a host, and parsing them
/// would cost time in each update. Double hyphens may be punycode, and a last label with a digit may be an IP address.
fn is_plain_name(authority: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.');
    let end = authority.rsplit_once('.').map_or("", |(_, end)| end);
    end.starts_with(|first: char| first.is_ascii_alphabetic())
        && authority.bytes().all(plain)
        && authority.as_bytes().windows(2).all(|pair| pair != b"--")
}

/// The bare branch name of a ref.
///
/// A refname with `refs/heads/` hides the status from its pull request (Bitbucket staff, jenkinsci
/// bitbucket-branch-source-plugin#945), and so does a tag.
pub(crate) fn normalize_refname(refname: &str) -> Result<&str> {
    let bare = refname.strip_prefix("refs/heads/").unwrap_or(refname);
    if bare.is_empty() || bare.starts_with("refs/") || bare.chars().any(char::is_control) {
        let expected = "expected the bare name of a branch, such as \"main\"";
        return Err(Error::invalid_input("refname", format_args!("{expected}, got {refname:?}")));
    }
    Ok(bare)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Url, is_plain_name, normalize_refname, validate_url, without_secrets};

    proptest! {
        #[test]
        fn a_name_that_is_not_parsed_is_one_that_the_parser_accepts(name in "[a-zA-Z0-9.-]{1,30}|[ -~]{1,20}") {
            if is_plain_name(&name) {
                let parsed = Url::parse(&format!("https://{name}")).expect("a plain name");
                prop_assert_eq!(parsed.host_str().map(str::to_owned), Some(name.to_ascii_lowercase()));
                prop_assert!(name.contains('.'));
            }
        }
    }

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
            "https://xn--bcher-kva.example/42",
        ];
        for url in good {
            assert!(validate_url(url).is_ok(), "{url}");
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
            "https://xn--a.example/42",
            "https://1.2.3.4.5/42",
            "https://ci.0x/42",
            "http://",
            "https://ci.example.com/a b",
            "https://ci.example.com/\n42",
            " https://ci.example.com/42",
        ];
        for url in bad {
            let problem = validate_url(url).expect_err(url);
            assert_eq!(problem.field(), Some("url"));
            assert!(problem.to_string().ends_with(&format!("got {:?}", without_secrets(url))), "{problem}");
        }
    }

    #[test]
    fn a_refname_is_a_branchs_bare_name() {
        let good =
            [("main", "main"), ("refs/heads/main", "main"), ("refs/heads/feature/x", "feature/x"), ("v1.0", "v1.0")];
        for (refname, bare) in good {
            assert_eq!(normalize_refname(refname).unwrap(), bare);
        }
        for bad in ["", "refs/heads/", "refs/tags/v1.0", "refs/pull/7/head", "refs/heads/refs/heads/main", "a\nb"] {
            assert_eq!(normalize_refname(bad).expect_err(bad).field(), Some("refname"));
        }
    }

    #[test]
    fn no_message_quotes_what_may_be_a_secret_in_an_address() {
        let table = [
            ("http://jenkins:8080/job/42", "http://jenkins:8080/job/42"),
            ("ci.example.com/1", "ci.example.com/1"),
            ("ftp://jane:s3cret@ci.example.com/1", "ftp://ci.example.com/1"),
            ("s3cret@ci.example.com/1", "ci.example.com/1"),
            ("https://jane:s3/cret@ci.example.com/1", "https://ci.example.com/1"),
            ("https://jane:s3?cret@ci.example.com/1", "https://…"),
            ("https://jane:s3#cret@ci.example.com/1", "https://…"),
            ("ftp://jane:s3@cret@ci.example.com/1", "ftp://ci.example.com/1"),
            ("ftp://jane:s3:cret@ci.example.com/1", "ftp://ci.example.com/1"),
            ("ftp://jane:s3%2Fcret@ci.example.com/1", "ftp://ci.example.com/1"),
            ("https://jane:s3cret%40ci.example.com/1", "https://ci.example.com/1"),
            ("https://jane:s3?cret%40ci.example.com/1", "https://…"),
            ("jane:s3://cret@ci.example.com/1", "ci.example.com/1"),
            ("git@git.example.com:acme/rocket.git", "git.example.com:acme/rocket.git"),
            ("ftp://ci.example.com/?access_token=s3cret", "ftp://ci.example.com/…"),
            ("ftp://ci.example.com/?access_token=s3@cret", "ftp://…"),
            ("ci#s3cret", "ci…"),
        ];
        for (address, shown) in table {
            assert_eq!(without_secrets(address), shown, "{address}");
            let message = validate_url(address).unwrap_err().to_string();
            assert!(message.contains(&format!("got {shown:?}")), "{message}");
        }
    }
}
