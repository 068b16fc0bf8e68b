//! Why a connection failed, read from the chain of causes.

use std::error::Error as StdError;

/// What kept a request from its answer, where the causes tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Trouble {
    /// The server's certificate is not trusted, or is for another name.
    Certificate,
    /// A proxy refused, or could not be reached.
    Proxy,
    /// The host's name is not known.
    Name,
    /// Nothing listens at the address.
    Refused,
}

impl Trouble {
    /// Reads the causes of a failure.
    pub(crate) fn of(error: &(dyn StdError + 'static)) -> Option<Self> {
        let causes = std::iter::successors(Some(error), |&cause| cause.source());
        causes.filter_map(|cause| Self::named(&cause.to_string())).last()
    }

    /// Recognises one cause by its text: the causes' types belong to crates that may be exchanged for others.
    fn named(cause: &str) -> Option<Self> {
        let cause = cause.to_ascii_lowercase();
        let says = |needles: &[&str]| needles.iter().any(|needle| cause.contains(needle));
        if says(&["certificate", "unknownissuer", "unknown issuer"]) {
            Some(Self::Certificate)
        } else if says(&["tunnel error", "proxy", "socks"]) {
            Some(Self::Proxy)
        } else if says(&["dns error", "failed to lookup address", "name or service not known"]) {
            Some(Self::Name)
        } else if says(&["connection refused"]) {
            Some(Self::Refused)
        } else {
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Trouble;

    #[test]
    fn a_cause_is_recognised_by_its_text() {
        let table = [
            ("invalid peer certificate: UnknownIssuer", Some(Trouble::Certificate)),
            ("invalid peer certificate: certificate not valid for name \"localhost\"", Some(Trouble::Certificate)),
            ("certificate verify failed (self-signed certificate)", Some(Trouble::Certificate)),
            ("tunnel error: proxy authorization required", Some(Trouble::Proxy)),
            ("tunnel error: unsuccessful", Some(Trouble::Proxy)),
            ("dns error", Some(Trouble::Name)),
            ("failed to lookup address information: Name or service not known", Some(Trouble::Name)),
            ("Connection refused (os error 111)", Some(Trouble::Refused)),
            ("Connection reset by peer (os error 104)", None),
            ("operation timed out", None),
        ];
        for (cause, trouble) in table {
            assert_eq!(Trouble::named(cause), trouble, "{cause}");
        }
    }

    #[test]
    fn the_innermost_cause_that_tells_decides() {
        let refused = std::io::Error::other("Connection refused (os error 111)");
        let tunnel = std::io::Error::new(std::io::ErrorKind::ConnectionRefused, refused);
        assert_eq!(Trouble::of(&tunnel), Some(Trouble::Refused));
        assert_eq!(Trouble::of(&std::fmt::Error), None);
    }
}
