//! From one page of a list to the next: a decision without I/O.

use std::{
    collections::HashSet,
    hash::{BuildHasher as _, RandomState},
};

use reqwest::Url;

use crate::error::{Details, Error, ErrorKind, PaginationProblem, Result, excerpt};

/// The host of Bitbucket's own API.
const BITBUCKET: &str = "api.bitbucket.org";

/// The maximum number of pages of a list.
pub(super) const MAX_PAGES: u32 = 10_000;

/// The way through the pages of one list.
#[derive(Debug)]
pub(super) struct NextLinks {
    max_pages: u32,
    /// Hashes of the addresses that were followed: the addresses themselves would need much more memory.
    visited: HashSet<u64>,
    hasher: RandomState,
}

impl NextLinks {
    pub(super) fn new(max_pages: u32) -> Self {
        Self { max_pages, visited: HashSet::new(), hasher: RandomState::new() }
    }

    /// Reads the address of the next page, which must have the scheme, host and port of `base`: credentials are sent
    /// nowhere else.
    ///
    /// # Errors
    /// [`Decode`](ErrorKind::Decode) for a text that is not an address, an address at another host, an address that was
    /// already visited, and for one page too many.
    pub(super) fn next(&mut self, base: &Url, next: Option<&str>) -> Result<Option<Url>> {
        let Some(next) = next else { return Ok(None) };
        let refused = |pagination, problem: &str| {
            let text = format!("next page {:?}: {problem}", excerpt(next));
            Err(Error::from(Details { pagination: Some(pagination), ..Details::new(ErrorKind::Decode, text) }))
        };
        let Ok(address) = Url::parse(next) else {
            return refused(PaginationProblem::Foreign, "expected an absolute URL");
        };
        if address.origin() != base.origin() || !address.username().is_empty() || address.password().is_some() {
            let own = base.origin().ascii_serialization();
            let expected = format!("expected an address at {own}, since credentials are sent nowhere else");
            if base.host_str() == Some(BITBUCKET) {
                return refused(PaginationProblem::Foreign, &expected);
            }
            let gateway = "the base URL is a gateway that does not rewrite Bitbucket's links: let it rewrite them, or read \
                           pages by number";
            return refused(PaginationProblem::Foreign, &format!("{expected}; {gateway}"));
        }
        // The first page has no link to it.
        let pages = u32::try_from(self.visited.len()).unwrap_or(u32::MAX).saturating_add(1);
        if !self.visited.insert(self.hasher.hash_one(&address)) {
            return refused(PaginationProblem::Loop, "already visited: the pages form a loop");
        }
        if pages >= self.max_pages {
            return refused(PaginationProblem::TooMany, &format!("expected at most {} pages", self.max_pages));
        }
        Ok(Some(address))
    }
}

#[cfg(test)]
mod tests {
    use reqwest::Url;

    use super::{MAX_PAGES, NextLinks};

    fn next(base: &str, next: &str) -> Result<String, String> {
        let base = Url::parse(base).unwrap();
        match NextLinks::new(MAX_PAGES).next(&base, Some(next)) {
            Ok(address) => Ok(address.map(String::from).unwrap_or_default()),
            Err(error) => Err(error.to_string()),
        }
    }

    #[test]
    fn a_next_page_is_read_if_scheme_host_and_port_are_the_same() {
        let base = "https://api.bitbucket.org/2.0";
        for good in ["https://api.bitbucket.org/2.0/x?page=2", "https://API.bitbucket.org:443/other?page=2"] {
            assert!(next(base, good).is_ok(), "{good}");
        }
        let foreign = [
            "http://api.bitbucket.org/2.0/x?page=2",
            "https://api.bitbucket.org:8443/2.0/x?page=2",
            "https://api.bitbucket.org.evil.example/2.0/x",
            "https://evil.example/2.0/x",
            "https://user:word@api.bitbucket.org/2.0/x",
            "file:///etc/passwd",
            "//evil.example/x",
            "/2.0/x?page=2",
            "",
        ];
        for bad in foreign {
            let problem = next(base, bad).unwrap_err();
            assert!(problem.contains("expected an a"), "{bad}: {problem}");
        }
    }

    #[test]
    fn the_message_about_a_next_page_is_short_and_on_one_line() {
        for bad in ["x".repeat(1 << 20), format!("https://evil.example/{}", "\n".repeat(1 << 20))] {
            let problem = next("https://api.bitbucket.org/2.0", &bad).unwrap_err();
            assert!(problem.len() < 500 && !problem.contains('\n'), "{problem}");
        }
    }

    #[test]
    fn the_last_page_has_no_next_and_no_address_is_followed_twice() {
        let base = Url::parse("http://127.0.0.1:8080/2.0").unwrap();
        let mut pages = NextLinks::new(MAX_PAGES);
        assert_eq!(pages.next(&base, None).unwrap(), None);
        assert!(pages.next(&base, Some("http://127.0.0.1:8080/2.0?page=2")).unwrap().is_some());
        assert!(pages.next(&base, Some("http://127.0.0.1:8080/2.0?page=3")).unwrap().is_some());
        let problem = pages.next(&base, Some("http://127.0.0.1:8080/2.0?page=2")).unwrap_err().to_string();
        assert!(problem.contains("form a loop"), "{problem}");
    }

    #[test]
    fn a_list_has_a_limited_number_of_pages() {
        let base = Url::parse("http://127.0.0.1:8080/2.0").unwrap();
        let mut links = NextLinks::new(3);
        assert!(links.next(&base, Some("http://127.0.0.1:8080/2.0?page=2")).is_ok());
        assert!(links.next(&base, Some("http://127.0.0.1:8080/2.0?page=3")).is_ok());
        let problem = links.next(&base, Some("http://127.0.0.1:8080/2.0?page=4")).unwrap_err().to_string();
        assert!(problem.contains("at most 3 pages"), "{problem}");
    }

    #[test]
    fn a_gateway_has_a_message_of_its_own() {
        let foreign = "https://api.bitbucket.org/2.0/x?page=2";
        let problem = next("https://gateway.example/2.0", foreign).unwrap_err();
        assert!(problem.contains("is a gateway"), "{problem}");
        let problem = next("https://api.bitbucket.org/2.0", "https://evil.example/").unwrap_err();
        assert!(!problem.contains("gateway"), "{problem}");
    }
}
