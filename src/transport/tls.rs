//! TLS by rustls with ring, as an explicit configuration: no process-wide provider is needed.

use std::{ffi::OsString, sync::Arc};

use rustls::{
    ClientConfig, RootCertStore,
    crypto::{CryptoProvider, ring},
    pki_types::{CertificateDer, pem::PemObject as _},
};
use rustls_platform_verifier::Verifier;

use crate::error::{Error, ErrorKind, Result};

/// Whom to trust.
#[derive(Clone, Copy)]
pub(crate) enum Trust<'a> {
    /// Nobody: for plain http, where loading the platform's roots would be wasted.
    Nobody,
    /// The platform's roots, or Mozilla's where the platform has none.
    Platform,
    /// Only the certificates of this PEM text.
    Only(&'a [u8]),
}

/// Makes the configuration handed to reqwest.
pub(crate) fn configuration(trust: Trust<'_>) -> Result<ClientConfig> {
    let provider = Arc::new(ring::default_provider());
    let builder = ClientConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()
        .map_err(|cause| Error::new(ErrorKind::Other, "TLS could not be set up").with_source(cause))?;
    let builder = match trust {
        Trust::Nobody => builder.with_root_certificates(RootCertStore::empty()),
        Trust::Only(pem) => builder.with_root_certificates(roots(pem)?),
        Trust::Platform => match Verifier::new(provider) {
            Ok(verifier) => builder.dangerous().with_custom_certificate_verifier(Arc::new(verifier)),
            Err(cause) => builder.with_root_certificates(without_platform_roots(cause, names_roots(std::env::var_os))?),
        },
    };
    Ok(builder.with_no_client_auth())
}

/// Makes sure that reqwest finds a provider where the caller has configured TLS.
pub(crate) fn ensure_provider() {
    if CryptoProvider::get_default().is_none() {
        // Lost only to another thread that has installed one meanwhile.
        let _ = ring::default_provider().install_default();
    }
}

/// Whether the environment says whom to trust, as OpenSSL's users know it; nothing else is trusted then.
fn names_roots(variable: impl Fn(&'static str) -> Option<OsString>) -> bool {
    ["SSL_CERT_FILE", "SSL_CERT_DIR"].into_iter().any(|name| variable(name).is_some())
}

/// Mozilla's roots, since a slim container has none of its own; but never more than somebody has asked for.
fn without_platform_roots(cause: rustls::Error, are_named: bool) -> Result<RootCertStore> {
    if are_named {
        let expected = "expected certificates where SSL_CERT_FILE and SSL_CERT_DIR lead to, got none";
        return Err(Error::invalid_input("SSL_CERT_FILE", format_args!("{expected}")).with_source(cause));
    }
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(webpki_root_certs::TLS_SERVER_ROOT_CERTS.iter().cloned());
    Ok(roots)
}

fn roots(pem: &[u8]) -> Result<RootCertStore> {
    let refused =
        |problem: String| Error::invalid_input("ca_pem", format_args!("expected PEM certificates, {problem}"));
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_slice_iter(pem) {
        let certificate = certificate.map_err(|cause| refused(format!("got {cause}")))?;
        roots.add(certificate).map_err(|cause| refused(format!("got {cause}")))?;
    }
    if roots.is_empty() { Err(refused("got none".to_owned())) } else { Ok(roots) }
}

#[cfg(test)]
mod tests {
    use super::{names_roots, without_platform_roots};

    #[test]
    fn mozillas_roots_are_trusted_only_where_there_are_no_others_and_none_are_named() {
        let missing = || rustls::Error::General("no certificates".to_owned());
        assert!(without_platform_roots(missing(), false).unwrap().len() > 50);
        let refused = without_platform_roots(missing(), true).unwrap_err();
        assert_eq!(refused.field(), Some("SSL_CERT_FILE"));
        for (set, named) in [("SSL_CERT_FILE", true), ("SSL_CERT_DIR", true), ("HTTPS_PROXY", false)] {
            assert_eq!(names_roots(|name| (name == set).then(|| "/nonexistent".into())), named, "{set}");
        }
    }
}
