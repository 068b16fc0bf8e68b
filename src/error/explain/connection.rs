//! Explanations where there was no (whole) answer.

use super::{Explanation, Facts, because};
use crate::error::Trouble;

/// Repeating a write is safe, and says so where somebody wonders.
const REPEAT: &str = "Try again; a report may be repeated safely, since it replaces the status of its key";

pub(super) fn too_slow(facts: &Facts<'_>) -> Explanation {
    if facts.status == Some(408) {
        return because("Bitbucket waited in vain for the whole request", REPEAT);
    }
    because(
        "Bitbucket, or a proxy or firewall on the way to it, did not answer in the time given",
        "Check that this machine reaches the address, or give the call more time",
    )
}

pub(super) fn broken(facts: &Facts<'_>) -> Explanation {
    match facts.trouble {
        Some(Trouble::Certificate) => because(
            "The server's certificate is not trusted here: often a proxy that opens TLS with a certificate authority of \
             the company's own, or a wrong clock",
            "Give that authority's certificate (`ClientBuilder::ca_pem`, `--ca-file`), and check the clock",
        ),
        Some(Trouble::Proxy) => because(
            "The proxy from the environment refused the connection or could not be reached",
            "Check HTTPS_PROXY and its user and password, or name the host in NO_PROXY",
        ),
        Some(Trouble::Name) => because(
            "The host's name is not known to this machine",
            "Check the address, the machine's DNS, and whether a proxy is needed (HTTPS_PROXY)",
        ),
        Some(Trouble::Refused) => because(
            "Nothing takes connections at that address",
            "Check the address and its port, and whether a proxy is needed (HTTPS_PROXY)",
        ),
        Some(Trouble::Pages) | None if facts.writes() => {
            because("The connection broke; whether Bitbucket has taken the write is not known", REPEAT)
        }
        Some(Trouble::Pages) | None => because("The connection broke before the answer was whole", "Try again"),
    }
}
