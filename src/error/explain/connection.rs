//! Explanations where there is no complete response.

use super::{Details, Explanation, explanation};
use crate::error::ConnectCause;

/// Repeating a write is safe, and says so where somebody wonders.
const REPEAT: &str = "Try again; a report may be repeated safely, since it replaces the status of its key";

pub(super) fn too_slow(error: &Details) -> Explanation {
    if error.status == Some(408) {
        return explanation("Bitbucket waited in vain for the whole request", REPEAT);
    }
    explanation(
        "Bitbucket, or a proxy or firewall on the way to it, did not respond in the time given",
        "Check that this machine reaches the address, or give the call more time",
    )
}

pub(super) fn broken(error: &Details) -> Explanation {
    match error.connect_cause {
        Some(ConnectCause::Certificate) => explanation(
            "The server's certificate is not trusted here: often a proxy that opens TLS with a certificate authority of \
             the company's own, or a wrong clock",
            "Give that authority's certificate (`ClientBuilder::ca_pem`, `--ca-file`), and check the clock",
        ),
        Some(ConnectCause::Proxy) => explanation(
            "The proxy from the environment refused the connection or could not be reached; nothing was sent",
            "Check HTTPS_PROXY and its user and password, or name the host in NO_PROXY",
        ),
        Some(ConnectCause::NotTls) => explanation(
            "Something other than an https server listens at that address: plain http, or a proxy that expects to be asked \
             first; nothing was sent",
            "Check scheme, host and port of the base URL, and HTTPS_PROXY",
        ),
        Some(ConnectCause::WithoutTls) => explanation(
            "The reqwest client that was given has no TLS, so it cannot reach an https address; nothing was sent",
            "Enable a TLS feature of reqwest, or the feature `rustls` or `rustls-ring` of this crate without a client of \
             your own",
        ),
        Some(ConnectCause::Dns) => explanation(
            "The host's name is not known to this machine",
            "Check the address, the machine's DNS, and whether a proxy is needed (HTTPS_PROXY)",
        ),
        Some(ConnectCause::Refused) => explanation(
            "Nothing takes connections at that address",
            "Check the address and its port, and whether a proxy is needed (HTTPS_PROXY)",
        ),
        None if error.is_write() => {
            explanation("The connection broke; whether Bitbucket has taken the write is not known", REPEAT)
        }
        None => explanation("The connection broke before the response was complete", "Try again"),
    }
}
