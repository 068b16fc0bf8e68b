//! Explanations of failures without a complete response.

use super::{Details, Explanation, explanation};
use crate::error::ConnectCause;

/// The remedy if it is not known whether a write was applied.
const RETRY: &str = "Try again; it is safe to send a report twice, since the second replaces the first";

pub(super) fn too_slow(error: &Details) -> Explanation {
    if error.status == Some(408) {
        return explanation("Bitbucket did not receive the complete request in time", RETRY);
    }
    explanation(
        "Bitbucket, or a proxy or firewall on the way to it, did not respond in time",
        "Check that this machine can reach the address, or allow more time for the call",
    )
}

pub(super) fn broken(error: &Details) -> Explanation {
    match error.connect_cause {
        Some(ConnectCause::Certificate) => explanation(
            "The server's certificate is not trusted here: often a proxy decrypts TLS with the company's own \
             certificate authority, or the clock is wrong",
            "Trust that authority (`ClientBuilder::ca_pem`, `--ca-file`), and check the clock",
        ),
        Some(ConnectCause::Proxy) => explanation(
            "The proxy from the environment refused the connection or could not be reached; nothing was sent",
            "Check HTTPS_PROXY with its user and password, or add the host to NO_PROXY",
        ),
        Some(ConnectCause::ProxyCredentials) => explanation(
            "The proxy from the environment requires a user and a password, or has refused them; nothing was sent",
            "Set them in HTTPS_PROXY (http://USER:PASSWORD@HOST:PORT, special characters percent-encoded), or add the \
             host to NO_PROXY",
        ),
        Some(ConnectCause::NotTls) => explanation(
            "Something other than an https server listens at that address: a plain http server, or a proxy that expects \
             a CONNECT request; nothing was sent",
            "Check scheme, host and port of the base URL, and HTTPS_PROXY",
        ),
        Some(ConnectCause::WithoutTls) => explanation(
            "Your reqwest client has no TLS, so it cannot reach an https address; nothing was sent",
            "Enable a TLS feature of reqwest, or use the client of this crate with its feature `rustls` or `rustls-ring`",
        ),
        Some(ConnectCause::Dns) => explanation(
            "The host's name is not known to this machine",
            "Check the address, the machine's DNS, and whether a proxy is needed (HTTPS_PROXY)",
        ),
        Some(ConnectCause::Refused) => explanation(
            "Nothing accepts connections at that address",
            "Check the address and its port, and whether a proxy is needed (HTTPS_PROXY)",
        ),
        Some(ConnectCause::Other) => explanation(
            "No connection to that address could be made; nothing was sent",
            "Check the address, this machine's network, and whether a proxy is needed (HTTPS_PROXY)",
        ),
        None if error.is_write() => {
            explanation("The connection broke; it is not known whether Bitbucket has applied the write", RETRY)
        }
        None => explanation("The connection broke before the response was complete", "Try again"),
    }
}
