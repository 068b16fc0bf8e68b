//! Why a connection failed, according to the chain of causes.

use std::error::Error as StdError;

/// Why there is no connection, as far as the chain of causes shows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ConnectCause {
    /// The server's certificate is not trusted, or is for another name.
    Certificate,
    /// A proxy refused, or could not be reached.
    Proxy,
    /// A proxy requires a user and a password, or refused them.
    ProxyCredentials,
    /// The host's name is not known.
    Dns,
    /// Nothing listens at the address.
    Refused,
    /// The server does not speak TLS.
    NotTls,
    /// The HTTP client was built without TLS.
    WithoutTls,
    /// Anything else, such as a network that cannot be reached.
    Other,
}

impl ConnectCause {
    /// Whether no retry helps.
    pub(crate) const fn is_permanent(self) -> bool {
        matches!(self, Self::Certificate | Self::ProxyCredentials | Self::NotTls | Self::WithoutTls)
    }

    /// Reads the causes of a failure, but not its own text: that contains the request's URL, and a key in it may be any
    /// text, such as `certificate`.
    pub(crate) fn of(error: &(dyn StdError + 'static)) -> Option<Self> {
        let causes = std::iter::successors(error.source(), |&cause| cause.source());
        causes.filter_map(|cause| Self::named(&cause.to_string())).last()
    }

    /// Recognises a cause by its text: the types of the causes belong to crates that may be replaced by others.
    fn named(cause: &str) -> Option<Self> {
        let cause = cause.to_ascii_lowercase();
        let mentions = |needles: &[&str]| needles.iter().any(|needle| cause.contains(needle));
        if mentions(&["certificate", "unknownissuer", "unknown issuer"]) {
            Some(Self::Certificate)
        } else if mentions(&["invalidcontenttype", "corrupt message", "wrong version number"]) {
            Some(Self::NotTls)
        } else if mentions(&["scheme is not http"]) {
            Some(Self::WithoutTls)
        } else if mentions(&["proxy authorization required"]) {
            Some(Self::ProxyCredentials)
        } else if mentions(&["tunnel error", "proxy", "socks"]) {
            Some(Self::Proxy)
        } else if mentions(&["dns error", "failed to lookup address", "name or service not known"]) {
            Some(Self::Dns)
        } else if mentions(&["connection refused"]) {
            Some(Self::Refused)
        } else {
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use std::{error::Error as StdError, fmt};

    use super::ConnectCause;

    /// An error with the causes behind it.
    #[derive(Debug)]
    struct Cause(&'static str, Option<Box<Cause>>);

    impl fmt::Display for Cause {
        fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
            formatter.write_str(self.0)
        }
    }

    impl StdError for Cause {
        fn source(&self) -> Option<&(dyn StdError + 'static)> {
            self.1.as_deref().map(|cause| cause as _)
        }
    }

    fn cause_of(texts: &[&'static str]) -> Option<ConnectCause> {
        let wrapped = |cause, text: &&'static str| Some(Box::new(Cause(text, cause)));
        ConnectCause::of(&*texts.iter().rev().fold(None, wrapped).expect("at least one text"))
    }

    #[test]
    fn a_cause_is_recognised_by_its_text() {
        let table = [
            ("invalid peer certificate: UnknownIssuer", Some(ConnectCause::Certificate)),
            ("invalid peer certificate: certificate not valid for name \"localhost\"", Some(ConnectCause::Certificate)),
            ("certificate verify failed (self-signed certificate)", Some(ConnectCause::Certificate)),
            ("tunnel error: proxy authorization required", Some(ConnectCause::ProxyCredentials)),
            ("tunnel error: unsuccessful", Some(ConnectCause::Proxy)),
            ("dns error", Some(ConnectCause::Dns)),
            ("failed to lookup address information: Name or service not known", Some(ConnectCause::Dns)),
            ("Connection refused (os error 111)", Some(ConnectCause::Refused)),
            ("Connection reset by peer (os error 104)", None),
            ("received corrupt message of type InvalidContentType", Some(ConnectCause::NotTls)),
            ("error:0A00010B:SSL routines:ssl3_get_record:wrong version number", Some(ConnectCause::NotTls)),
            ("invalid URL, scheme is not http", Some(ConnectCause::WithoutTls)),
            ("operation timed out", None),
        ];
        for (cause, expected) in table {
            assert_eq!(cause_of(&["error sending request", "client error (Connect)", cause]), expected, "{cause}");
        }
    }

    #[test]
    fn the_innermost_cause_that_is_known_decides() {
        let table: [(&[&str], _); 3] = [
            (&["failed", "tunnel error: io error", "Connection refused (os error 111)"], Some(ConnectCause::Refused)),
            (
                &["failed", "tunnel error: io error", "Connection reset by peer (os error 104)"],
                Some(ConnectCause::Proxy),
            ),
            (&["failed"], None),
        ];
        for (texts, expected) in table {
            assert_eq!(cause_of(texts), expected, "{texts:?}");
        }
    }

    #[test]
    fn an_address_is_not_read_as_a_cause_whatever_its_key_is() {
        let failed = "error sending request for url (https://proxy.example/2.0/…/build/certificate)";
        assert_eq!(cause_of(&[failed, "client error (Connect)", "unexpected end of file"]), None);
    }
}
