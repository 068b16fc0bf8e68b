//! Which host a request was sent to: whether the sandbox accepts it, and the origin of the links in the response. No
//! I/O.

use std::net::{IpAddr, SocketAddr};

use http::{HeaderMap, HeaderValue, StatusCode, Uri, Version, header::HOST, uri::Authority};
use reqwest::Url;

use super::{rejection::Rejection, rules};
use crate::{error::Error, validate::without_secrets};

/// The host that a client requests if it uses the sandbox as a proxy.
const PROXIED_HOST: &str = "api.bitbucket.org";

/// The start of the links in a response, such as `http://127.0.0.1:40123`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Origin(pub(crate) String);

/// The names that this server is known by.
#[derive(Clone, Debug)]
pub(crate) struct Hosts {
    /// The address it listens on: the host of a request that names none.
    local: SocketAddr,
    /// The start of all links, if there is one.
    public_url: Option<String>,
    /// In lower case, without ports.
    allowed: Vec<String>,
}

impl Hosts {
    /// # Errors
    /// [`InvalidInput`](crate::ErrorKind::InvalidInput) if the public URL or the name of a host is not valid.
    pub(crate) fn new(
        local: SocketAddr,
        listen_host: &str,
        public_url: Option<&str>,
        allowed: &[String],
    ) -> Result<Self, Error> {
        let mut names = vec![host_name(listen_host).unwrap_or_else(|| listen_host.to_ascii_lowercase())];
        for name in allowed {
            let invalid =
                || Error::invalid_input("allow_host", format_args!("expected the name of a host, got {name:?}"));
            names.push(host_name(name).ok_or_else(invalid)?);
        }
        let public_url = match public_url {
            None => None,
            Some(text) => {
                let url = public(text)?;
                names.extend(url.host_str().map(str::to_owned));
                Some(url.as_str().trim_end_matches('/').to_owned())
            }
        };
        Ok(Self { local, public_url, allowed: names })
    }

    /// The origin for programs on this machine.
    pub(crate) fn local(&self) -> Origin {
        let port = self.local.port();
        Origin(match self.local.ip() {
            IpAddr::V4(ip) if ip.is_unspecified() => format!("http://127.0.0.1:{port}"),
            IpAddr::V6(ip) if ip.is_unspecified() => format!("http://[::1]:{port}"),
            _ => format!("http://{}", self.local),
        })
    }

    /// The origin for clients.
    pub(crate) fn origin(&self) -> Origin {
        self.public_url.clone().map_or_else(|| self.local(), Origin)
    }

    /// The origin that a request was sent to.
    ///
    /// An unknown host is refused: otherwise a web page whose name resolves to this address could reach the sandbox
    /// from a browser.
    pub(crate) fn origin_of(&self, uri: &Uri, version: Version, headers: &HeaderMap) -> Result<Origin, Rejection> {
        let authority = match uri.authority() {
            Some(authority) => Some(authority.clone()),
            None => Self::host_header(headers)?,
        };
        let Some(authority) = authority else {
            return if version < Version::HTTP_11 { Ok(self.origin()) } else { Err(no_host()) };
        };
        let name = host_name(authority.as_str()).ok_or_else(misdirected)?;
        let is_proxied = name == PROXIED_HOST && uri.authority().is_some();
        if !is_proxied && !is_loopback(&name) && !self.allowed.contains(&name) {
            return Err(misdirected());
        }
        if let Some(public_url) = self.public_url.as_ref().filter(|_| !is_proxied) {
            return Ok(Origin(public_url.clone()));
        }
        let forwarded = headers.get("x-forwarded-proto").and_then(|value| value.to_str().ok());
        let forwarded = forwarded.map(|value| value.split(',').next().unwrap_or_default().trim());
        let scheme = uri.scheme_str().or(forwarded).unwrap_or_default();
        let scheme = if scheme.eq_ignore_ascii_case("https") { "https" } else { "http" };
        Ok(Origin(format!("{scheme}://{authority}")))
    }

    /// The host in the headers; a request of HTTP/1.0 may have none.
    fn host_header(headers: &HeaderMap) -> Result<Option<Authority>, Rejection> {
        let mut values = headers.get_all(HOST).iter();
        let Some(value) = values.next() else { return Ok(None) };
        if values.next().is_some() {
            return Err(misdirected());
        }
        let parse = |value: &HeaderValue| value.to_str().ok()?.parse().ok();
        parse(value).ok_or_else(misdirected).map(Some)
    }
}

/// The response to a request of HTTP/1.1 without a host (RFC 9112, 3.2).
fn no_host() -> Rejection {
    Rejection::message(&rules::HOST_KNOWN, StatusCode::BAD_REQUEST, "Bad request: expected the header Host")
}

fn misdirected() -> Rejection {
    let message = "Misdirected request: the sandbox does not respond for this host";
    Rejection::message(&rules::HOST_KNOWN, StatusCode::MISDIRECTED_REQUEST, message)
}

/// The name in `name` or `name:port`, in lower case; none if the text is anything else.
fn host_name(text: &str) -> Option<String> {
    let authority: Authority = text.parse().ok()?;
    let port = text.strip_prefix(authority.host())?;
    let port = if port.is_empty() { port } else { port.strip_prefix(':')? };
    let is_port = port.bytes().all(|byte| byte.is_ascii_digit()) && (port.is_empty() || port.parse::<u16>().is_ok());
    let name = authority.host().trim_end_matches('.').to_ascii_lowercase();
    (!name.is_empty() && is_port).then_some(name)
}

fn is_loopback(name: &str) -> bool {
    let address = name.trim_start_matches('[').trim_end_matches(']');
    name == "localhost" || name.ends_with(".localhost") || address.parse().is_ok_and(|ip: IpAddr| ip.is_loopback())
}

fn public(text: &str) -> Result<Url, Error> {
    let invalid = || {
        let expected = "expected an absolute http or https URL without user, query and fragment";
        Error::invalid_input("public_url", format_args!("{expected}, got {:?}", without_secrets(text)))
    };
    let url = Url::parse(text).map_err(|_| invalid())?;
    let is_bare = url.username().is_empty() && url.password().is_none() && url.query().is_none();
    if matches!(url.scheme(), "http" | "https") && is_bare && url.fragment().is_none() {
        Ok(url)
    } else {
        Err(invalid())
    }
}

#[cfg(test)]
mod tests {
    use axum::response::IntoResponse as _;
    use http::{HeaderMap, HeaderValue, Uri, Version, header::HOST};

    use super::Hosts;

    const LOCAL: &str = "127.0.0.1:40123";

    /// The target of a request, its `Host` headers, its `X-Forwarded-Proto`, and the expected origin.
    type Row = (&'static str, &'static [&'static str], Option<&'static str>, Option<&'static str>);

    fn origin(hosts: &Hosts, uri: &str, host: &[&str], proto: Option<&'static str>) -> Option<String> {
        let mut headers = HeaderMap::new();
        for host in host {
            headers.append(HOST, HeaderValue::from_str(host).unwrap());
        }
        if let Some(proto) = proto {
            headers.insert("x-forwarded-proto", HeaderValue::from_static(proto));
        }
        hosts.origin_of(&uri.parse::<Uri>().unwrap(), Version::HTTP_11, &headers).ok().map(|origin| origin.0)
    }

    #[test]
    fn links_start_with_the_origin_of_the_request() {
        let allowed = ["sandbox".to_owned(), "CI.example.com:8080".to_owned()];
        let hosts = Hosts::new(LOCAL.parse().unwrap(), "127.0.0.1", None, &allowed).unwrap();
        let table: &[Row] = &[
            ("/2.0", &["127.0.0.1:40123"], None, Some("http://127.0.0.1:40123")),
            ("/2.0", &["localhost:9"], None, Some("http://localhost:9")),
            ("/2.0", &["a.localhost"], None, Some("http://a.localhost")),
            ("/2.0", &["[::1]:9"], None, Some("http://[::1]:9")),
            ("/2.0", &["127.1.2.3"], Some("https"), Some("https://127.1.2.3")),
            ("/2.0", &["sandbox:8080"], Some("HTTPS, http"), Some("https://sandbox:8080")),
            ("/2.0", &["Sandbox."], Some("gopher"), Some("http://Sandbox.")),
            ("/2.0", &["ci.example.com"], None, Some("http://ci.example.com")),
            ("/2.0", &[], None, None),
            ("http://127.0.0.1:7/2.0", &["evil.example"], None, Some("http://127.0.0.1:7")),
            ("http://api.bitbucket.org/2.0", &["api.bitbucket.org"], None, Some("http://api.bitbucket.org")),
            ("https://api.bitbucket.org/2.0", &[], None, Some("https://api.bitbucket.org")),
            ("/2.0", &["api.bitbucket.org"], None, None),
            ("/2.0", &["evil.example"], None, None),
            ("/2.0", &["127.0.0.1.evil.example"], None, None),
            ("/2.0", &["localhost@evil.example"], None, None),
            ("/2.0", &["evil.example@localhost"], None, None),
            ("/2.0", &["localhost/.evil.example"], None, None),
            ("/2.0", &["localhost", "evil.example"], None, None),
            ("/2.0", &[""], None, None),
            ("/2.0", &["localhost:"], None, Some("http://localhost:")),
            ("/2.0", &["localhost:65536"], None, None),
            ("/2.0", &["localhost:80:80"], None, None),
            ("/2.0", &["[::1]evil.example"], None, None),
            ("/2.0", &["[::1]:x"], None, None),
            ("/2.0", &["[::1"], None, None),
            ("http://api.bitbucket.org:65536/2.0", &[], None, None),
            ("http://evil.example/2.0", &["localhost"], None, None),
            ("http://bitbucket.org/site", &["bitbucket.org"], None, None),
        ];
        for (uri, host, proto, expected) in table {
            assert_eq!(origin(&hosts, uri, host, *proto).as_deref(), *expected, "{uri} {host:?} {proto:?}");
        }
    }

    #[test]
    fn only_a_request_of_http_1_0_may_have_no_host() {
        let hosts = Hosts::new(LOCAL.parse().unwrap(), "127.0.0.1", None, &[]).unwrap();
        let origin = |version| hosts.origin_of(&Uri::from_static("/2.0"), version, &HeaderMap::new());
        assert_eq!(origin(Version::HTTP_10).unwrap().0, "http://127.0.0.1:40123");
        let response = origin(Version::HTTP_11).unwrap_err().into_response();
        assert_eq!(response.status(), 400);
    }

    #[test]
    fn links_start_with_the_public_url_unless_the_sandbox_is_a_proxy() {
        let public_url = Some("https://ci.example.com/bitbucket/");
        let hosts = Hosts::new("0.0.0.0:80".parse().unwrap(), "0.0.0.0", public_url, &[]).unwrap();
        assert_eq!(hosts.origin().0, "https://ci.example.com/bitbucket");
        let public = Some("https://ci.example.com/bitbucket");
        assert_eq!(origin(&hosts, "/2.0", &["127.0.0.1"], None).as_deref(), public);
        assert_eq!(origin(&hosts, "/2.0", &["ci.example.com"], None).as_deref(), public);
        assert_eq!(origin(&hosts, "/2.0", &["0.0.0.0:80"], None).as_deref(), public);
        assert_eq!(origin(&hosts, "/2.0", &["other.example.com"], None), None);
        let proxied = origin(&hosts, "http://api.bitbucket.org/2.0", &[], None);
        assert_eq!(proxied.as_deref(), Some("http://api.bitbucket.org"));
    }

    #[test]
    fn an_invalid_host_or_public_url_is_refused() {
        let new = |public_url, allowed: &str| {
            let allowed = [allowed.to_owned()];
            Hosts::new(LOCAL.parse().unwrap(), "127.0.0.1", public_url, &allowed).unwrap_err().to_string()
        };
        assert_eq!(new(None, "a/b"), "allow_host: expected the name of a host, got \"a/b\"");
        assert_eq!(new(None, "me@host"), "allow_host: expected the name of a host, got \"me@host\"");
        let refused = new(Some("https://me:secret@a.example"), "a");
        assert!(refused.starts_with("public_url: expected") && !refused.contains("secret"), "{refused}");
        for url in ["ftp://a.example", "a.example", "https://a.example/?x", "https://a.example/#x"] {
            assert!(new(Some(url), "a").starts_with("public_url: expected"), "{url}");
        }
    }
}
