//! TLS by rustls with ring, as an explicit configuration: no process-wide provider is needed.

use std::sync::Arc;

use rustls::{
    ClientConfig, RootCertStore,
    crypto::{CryptoProvider, ring},
    pki_types::{CertificateDer, pem::PemObject as _},
};
use rustls_platform_verifier::Verifier;

use crate::{Error, ErrorKind, Result};

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
            // A slim container has no roots of its own.
            Err(_) => builder.with_root_certificates(mozilla_roots()),
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

fn mozilla_roots() -> RootCertStore {
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(webpki_root_certs::TLS_SERVER_ROOT_CERTS.iter().cloned());
    roots
}

fn roots(pem: &[u8]) -> Result<RootCertStore> {
    let refused = |problem: String| Error::invalid_input("ca", format_args!("expected PEM certificates, {problem}"));
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_slice_iter(pem) {
        let certificate = certificate.map_err(|cause| refused(format!("got {cause}")))?;
        roots.add(certificate).map_err(|cause| refused(format!("got {cause}")))?;
    }
    if roots.is_empty() { Err(refused("got none".to_owned())) } else { Ok(roots) }
}
