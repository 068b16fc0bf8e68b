//! From one page of a list to the next: a decision without I/O.

use std::collections::HashSet;

use reqwest::Url;

use crate::{Error, ErrorKind, Result};

/// The way through the pages of one list.
#[derive(Debug, Default)]
pub(crate) struct Pages {
    seen: HashSet<Url>,
}

impl Pages {
    /// Reads the address of the next page, which must be on the same scheme, host and port as `base`: credentials go
    /// nowhere else.
    ///
    /// # Errors
    /// [`Decode`](ErrorKind::Decode) for an address that is none, that is foreign, or that was given before.
    pub(crate) fn next(&mut self, base: &Url, next: Option<&str>) -> Result<Option<Url>> {
        let Some(next) = next else { return Ok(None) };
        let refused = |problem: &str| Err(Error::new(ErrorKind::Decode, format!("next page {next:?}: {problem}")));
        let Ok(address) = Url::parse(next) else {
            return refused("expected an absolute URL");
        };
        if address.origin() != base.origin() || !address.username().is_empty() || address.password().is_some() {
            let own = base.origin().ascii_serialization();
            return refused(&format!("expected an address at {own}, credentials go nowhere else"));
        }
        if !self.seen.insert(address.clone()) {
            return refused("it was read before, the pages lead back to themselves");
        }
        Ok(Some(address))
    }
}
