//! What lies behind a failure, where more is known than its kind; for connections read from the chain of causes.

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
    /// A list goes on where it must not be followed.
    Pages,
}

impl Trouble {
    /// Reads the causes of a failure, but not its own text: that holds the request's address, where a key may say
    /// anything.
    pub(crate) fn of(error: &(dyn StdError + 'static)) -> Option<Self> {
        let causes = std::iter::successors(error.source(), |&cause| cause.source());
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
    use std::{error::Error as StdError, fmt};

    use super::Trouble;

    /// An error with the causes behind it.
    #[derive(Debug)]
    struct Told(&'static str, Option<Box<Told>>);

    impl fmt::Display for Told {
        fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
            formatter.write_str(self.0)
        }
    }

    impl StdError for Told {
        fn source(&self) -> Option<&(dyn StdError + 'static)> {
            self.1.as_deref().map(|cause| cause as _)
        }
    }

    fn trouble(texts: &[&'static str]) -> Option<Trouble> {
        let wrapped = |cause, text: &&'static str| Some(Box::new(Told(text, cause)));
        Trouble::of(&*texts.iter().rev().fold(None, wrapped).expect("at least one text"))
    }

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
        for (cause, expected) in table {
            assert_eq!(trouble(&["error sending request", "client error (Connect)", cause]), expected, "{cause}");
        }
    }

    #[test]
    fn the_innermost_cause_that_tells_decides() {
        let table: [(&[&str], _); 3] = [
            (&["failed", "tunnel error: io error", "Connection refused (os error 111)"], Some(Trouble::Refused)),
            (&["failed", "tunnel error: io error", "Connection reset by peer (os error 104)"], Some(Trouble::Proxy)),
            (&["failed"], None),
        ];
        for (texts, expected) in table {
            assert_eq!(trouble(texts), expected, "{texts:?}");
        }
    }

    #[test]
    fn an_address_tells_nothing_whatever_its_key_is() {
        let failed = "error sending request for url (https://proxy.example/2.0/…/build/certificate)";
        assert_eq!(trouble(&[failed, "client error (Connect)", "unexpected end of file"]), None);
    }
}
