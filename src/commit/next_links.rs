//! From one page of a list to the next: a decision without I/O.

use std::collections::HashSet;

use reqwest::Url;

use crate::error::{Details, Error, ErrorKind, Result, excerpt};

/// The way through the pages of one list.
#[derive(Debug, Default)]
pub(super) struct NextLinks {
    seen: HashSet<Url>,
}

impl NextLinks {
    /// Reads the address of the next page, which must be on the same scheme, host and port as `base`: credentials go
    /// nowhere else.
    ///
    /// # Errors
    /// [`Decode`](ErrorKind::Decode) for an address that is none, that is foreign, or that was given before.
    pub(super) fn next(&mut self, base: &Url, next: Option<&str>) -> Result<Option<Url>> {
        let Some(next) = next else { return Ok(None) };
        let refused = |problem: &str| {
            let text = format!("next page {:?}: {problem}", excerpt(next));
            Err(Error::from(Details { is_pagination: true, ..Details::new(ErrorKind::Decode, text) }))
        };
        let Ok(address) = Url::parse(next) else {
            return refused("expected an absolute URL");
        };
        if address.origin() != base.origin() || !address.username().is_empty() || address.password().is_some() {
            let own = base.origin().ascii_serialization();
            return refused(&format!("expected an address at {own}, credentials go nowhere else"));
        }
        if !self.seen.insert(address.clone()) {
            return refused("already visited: the pages form a loop");
        }
        Ok(Some(address))
    }
}

#[cfg(test)]
mod tests {
    use reqwest::Url;

    use super::NextLinks;

    fn next(base: &str, next: &str) -> Result<String, String> {
        let base = Url::parse(base).unwrap();
        match NextLinks::default().next(&base, Some(next)) {
            Ok(address) => Ok(address.map(String::from).unwrap_or_default()),
            Err(error) => Err(error.to_string()),
        }
    }

    #[test]
    fn a_next_page_is_read_where_scheme_host_and_port_are_the_same() {
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
    fn what_is_said_of_a_next_page_is_short_and_on_one_line() {
        for bad in ["x".repeat(1 << 20), format!("https://evil.example/{}", "\n".repeat(1 << 20))] {
            let problem = next("https://api.bitbucket.org/2.0", &bad).unwrap_err();
            assert!(problem.len() < 500 && !problem.contains('\n'), "{problem}");
        }
    }

    #[test]
    fn the_last_page_has_no_next_and_no_address_is_followed_twice() {
        let base = Url::parse("http://127.0.0.1:8080/2.0").unwrap();
        let mut pages = NextLinks::default();
        assert_eq!(pages.next(&base, None).unwrap(), None);
        assert!(pages.next(&base, Some("http://127.0.0.1:8080/2.0?page=2")).unwrap().is_some());
        assert!(pages.next(&base, Some("http://127.0.0.1:8080/2.0?page=3")).unwrap().is_some());
        let problem = pages.next(&base, Some("http://127.0.0.1:8080/2.0?page=2")).unwrap_err().to_string();
        assert!(problem.contains("form a loop"), "{problem}");
    }
}
