//! TLS by rustls, as an explicit configuration, which needs no process-wide provider. The exception is a caller's own
//! HTTP client with the feature `rustls-ring` alone: ring is installed if the process has no provider.

use std::{
    env,
    ffi::{OsStr, OsString},
    sync::Arc,
};

use rustls::{
    ClientConfig, RootCertStore,
    crypto::CryptoProvider,
    pki_types::{CertificateDer, pem::PemObject as _},
};
use rustls_platform_verifier::Verifier;

use crate::error::{Error, ErrorKind, Result};

/// Which certificates are trusted.
#[derive(Clone, Copy)]
pub(crate) enum TrustAnchors<'a> {
    /// None: for plain http, where loading the platform's roots would be wasted.
    None,
    /// The platform's roots, or Mozilla's if the platform has none.
    Platform,
    /// Only the certificates of this PEM text.
    Pem(&'a [u8]),
}

/// Makes the configuration for reqwest.
pub(crate) fn configuration(trust: TrustAnchors<'_>) -> Result<ClientConfig> {
    let provider = provider();
    let builder = ClientConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()
        .map_err(|cause| Error::new(ErrorKind::Other, "TLS could not be set up").with_source(cause))?;
    let builder = match trust {
        TrustAnchors::None => builder.with_root_certificates(RootCertStore::empty()),
        TrustAnchors::Pem(pem) => builder.with_root_certificates(roots(pem)?),
        TrustAnchors::Platform => match Verifier::new(provider) {
            Ok(verifier) => builder.dangerous().with_custom_certificate_verifier(Arc::new(verifier)),
            Err(cause) => builder.with_root_certificates(fallback_roots(cause, env::var_os)?),
        },
    };
    Ok(builder.with_no_client_auth())
}

/// ring, whatever else is compiled in: with the feature `rustls-ring` it is always the provider.
#[cfg(feature = "rustls-ring")]
fn provider() -> Arc<CryptoProvider> {
    Arc::new(rustls::crypto::ring::default_provider())
}

/// The application's provider if it has installed one, else aws-lc-rs: reqwest's own choice.
#[cfg(not(feature = "rustls-ring"))]
fn provider() -> Arc<CryptoProvider> {
    let installed = CryptoProvider::get_default().map(Arc::clone);
    installed.unwrap_or_else(|| Arc::new(rustls::crypto::aws_lc_rs::default_provider()))
}

/// Makes sure that reqwest finds a provider for the caller's client: without aws-lc-rs it would panic.
#[cfg(all(feature = "rustls-ring", not(feature = "rustls")))]
pub(crate) fn ensure_provider() {
    if CryptoProvider::get_default().is_none() {
        // Fails only if another thread has installed one in the meantime.
        let _ = rustls::crypto::ring::default_provider().install_default();
    }
}

/// The roots to use if the platform's verifier found none. If `SSL_CERT_FILE` is set but empty, these are the machine's
/// own, if it has any; otherwise, as in a slim container, Mozilla's. Roots that the environment names are never
/// replaced.
fn fallback_roots(cause: rustls::Error, variable: impl Fn(&'static str) -> Option<OsString>) -> Result<RootCertStore> {
    if [variable("SSL_CERT_FILE"), variable("SSL_CERT_DIR")].iter().flatten().any(|path| !path.is_empty()) {
        let expected = "expected certificates in SSL_CERT_FILE and SSL_CERT_DIR, got none";
        return Err(Error::invalid_input("SSL_CERT_FILE", format_args!("{expected}")).with_source(cause));
    }
    let mut roots = RootCertStore::empty();
    if variable("SSL_CERT_FILE").as_deref() == Some(OsStr::new("")) {
        roots.add_parsable_certificates(machine_certificates());
    }
    if roots.is_empty() {
        roots.add_parsable_certificates(webpki_root_certs::TLS_SERVER_ROOT_CERTS.iter().cloned());
    }
    Ok(roots)
}

/// The certificates in the file that OpenSSL would use on this machine.
#[cfg(all(unix, not(target_vendor = "apple")))]
fn machine_certificates() -> Vec<CertificateDer<'static>> {
    let file = openssl_probe::probe().cert_file;
    let certificates = file.and_then(|file| CertificateDer::pem_file_iter(file).ok());
    certificates.into_iter().flatten().filter_map(std::result::Result::ok).collect()
}

#[cfg(not(all(unix, not(target_vendor = "apple"))))]
fn machine_certificates() -> Vec<CertificateDer<'static>> {
    Vec::new()
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
    use std::ffi::OsString;

    use super::{fallback_roots, machine_certificates};

    #[test]
    fn mozillas_roots_replace_missing_ones_but_not_those_that_the_environment_names() {
        let missing = || rustls::Error::General("no certificates".to_owned());
        let environment = |name: &'static str, value: &'static str| {
            move |requested: &'static str| (requested == name).then(|| OsString::from(value))
        };
        for (name, value, is_named) in [
            ("SSL_CERT_FILE", "/nonexistent", true),
            ("SSL_CERT_DIR", "/nonexistent", true),
            ("SSL_CERT_FILE", "", false),
            ("SSL_CERT_DIR", "", false),
            ("HTTPS_PROXY", "/nonexistent", false),
        ] {
            match fallback_roots(missing(), environment(name, value)) {
                Ok(roots) => assert!(!is_named && !roots.is_empty(), "{name}={value}"),
                Err(error) => assert_eq!((is_named, error.field()), (true, Some("SSL_CERT_FILE")), "{name}={value}"),
            }
        }
    }

    #[test]
    fn an_empty_ssl_cert_file_leads_to_the_roots_of_the_machine() {
        let machine = machine_certificates().len();
        let empty = |name: &'static str| (name == "SSL_CERT_FILE").then(OsString::new);
        let roots = fallback_roots(rustls::Error::General("no file".to_owned()), empty).unwrap();
        if machine > 0 {
            assert!(roots.len() <= machine && roots.len() > machine / 2, "{} of {machine}", roots.len());
        } else {
            assert!(roots.len() > 50, "{}", roots.len());
        }
    }
}
