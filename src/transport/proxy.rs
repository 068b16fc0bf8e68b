//! The proxy that the environment names, as reqwest reads it.
//!
//! reqwest ignores a value that it cannot use, and would send the credentials directly. Here it is an error.

use std::{ffi::OsString, fmt};

use http::Uri;
use hyper_util::client::proxy::matcher::Matcher;
use reqwest::Url;

use crate::error::{Error, Result};

/// The variables for https, for http and for both, the first of a pair that is set.
const HTTPS: [&str; 2] = ["HTTPS_PROXY", "https_proxy"];
const HTTP: [&str; 2] = ["HTTP_PROXY", "http_proxy"];
const ALL: [&str; 2] = ["ALL_PROXY", "all_proxy"];

/// The proxy from the environment that a client's requests go through; from [`Client::proxy`](crate::Client::proxy).
///
/// # Examples
///
/// ```
/// use bitbucket_build_status::Client;
///
/// let client = Client::builder().build()?;
/// if let Some(proxy) = client.proxy() {
///     println!("{} is reached through {}, set by {}", client.base_url(), proxy.address(), proxy.variable());
/// }
/// # Ok::<(), bitbucket_build_status::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proxy {
    variable: &'static str,
    address: String,
}

impl fmt::Display for Proxy {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} ({})", self.address, self.variable)
    }
}

impl Proxy {
    /// The environment variable that names it, such as `HTTPS_PROXY`.
    ///
    /// # Examples
    ///
    /// ```
    /// let client = bitbucket_build_status::Client::builder().base_url("http://localhost:8080").build()?;
    /// assert_eq!(client.proxy().map(|proxy| proxy.variable()), None, "this machine is reached without a proxy");
    /// # Ok::<(), bitbucket_build_status::Error>(())
    /// ```
    #[must_use]
    pub fn variable(&self) -> &str {
        self.variable
    }

    /// Its address, without user and password.
    ///
    /// # Examples
    ///
    /// ```
    /// let client = bitbucket_build_status::Client::builder().build()?;
    /// println!("by way of {}", client.proxy().map_or("no proxy", |proxy| proxy.address()));
    /// # Ok::<(), bitbucket_build_status::Error>(())
    /// ```
    #[must_use]
    pub fn address(&self) -> &str {
        &self.address
    }

    /// The proxy that reqwest uses for an address.
    ///
    /// # Errors
    /// [`InvalidInput`](crate::ErrorKind::InvalidInput) that names the variable, for a setting that is not the address of
    /// an http or https proxy. The text before an `@` is not shown, since it may contain a password.
    pub(crate) fn from_env(url: &Url, variable: impl Fn(&'static str) -> Option<OsString>) -> Result<Option<Self>> {
        // In a CGI script, `HTTP_PROXY` may be a header of the request (httpoxy), so reqwest ignores all of them.
        if variable("REQUEST_METHOD").is_some() {
            return Ok(None);
        }
        let first = |names: [&'static str; 2]| names.into_iter().find_map(|name| Some((name, variable(name)?)));
        let names = if url.scheme() == "https" { HTTPS } else { HTTP };
        let mut settings = [names, ALL].into_iter().filter_map(first);
        let Some((name, value)) = settings.find(|(_, value)| !value.is_empty()) else { return Ok(None) };
        let Ok(target) = url.as_str().parse::<Uri>() else { return Ok(None) };
        let excluded = first(["NO_PROXY", "no_proxy"]).map(|(_, value)| value).unwrap_or_default();
        let excluded = Matcher::builder().all("http://proxy.invalid").no(excluded.to_string_lossy().into_owned());
        if excluded.build().intercept(&target).is_none() {
            return Ok(None);
        }
        let refused = || {
            let shown = value.to_string_lossy();
            let shown = shown.rsplit_once('@').map_or(&*shown, |(_, shown)| shown);
            let expected = "expected the address of an http or https proxy";
            Error::invalid_input(name, format_args!("{expected}, got {shown:?}"))
        };
        let text = value.to_str().ok_or_else(refused)?.trim();
        let proxy = Matcher::builder().all(text.to_owned()).build().intercept(&target).ok_or_else(refused)?;
        // reqwest has SOCKS only with a feature, and without it would speak HTTP to such a proxy.
        let scheme = proxy.uri().scheme_str().filter(|scheme| matches!(*scheme, "http" | "https"));
        let (scheme, authority) = (scheme.ok_or_else(refused)?, proxy.uri().authority());
        let authority = authority.map_or_else(String::new, ToString::to_string);
        let host = authority.rsplit_once('@').map_or(&*authority, |(_, host)| host);
        // A password with an unencoded `/`, `?` or `#` ends the host too early: its beginning would be the host or
        // port.
        let is_cut = text.rsplit_once('@').is_some_and(|(_, rest)| !rest.starts_with(host));
        let port = host.rsplit_once(':').map(|(_, port)| port).filter(|port| !port.ends_with(']'));
        if is_cut || port.is_some_and(|port| !port.is_empty() && port.parse::<u16>().is_err()) {
            return Err(refused());
        }
        Ok(Some(Self { variable: name, address: format!("{scheme}://{host}") }))
    }
}

/// Passes the proxies of the environment to reqwest, if one has white space around it: reqwest would ignore it.
pub(crate) fn with_trimmed(
    mut builder: reqwest::ClientBuilder,
    variable: impl Fn(&'static str) -> Option<OsString>,
) -> reqwest::ClientBuilder {
    let first = |names: [&'static str; 2]| names.into_iter().find_map(&variable)?.into_string().ok();
    let values = [HTTPS, HTTP, ALL].map(first);
    let is_trimmed = values.iter().flatten().all(|value| value.trim() == value);
    if is_trimmed || variable("REQUEST_METHOD").is_some() {
        return builder;
    }
    let kinds = [reqwest::Proxy::https, reqwest::Proxy::http, reqwest::Proxy::all];
    for (value, kind) in values.iter().zip(kinds) {
        let value = value.as_deref().map(str::trim).filter(|value| !value.is_empty());
        // An address that is not valid is refused before if it is used.
        if let Some(Ok(proxy)) = value.map(kind) {
            builder = builder.proxy(proxy.no_proxy(reqwest::NoProxy::from_env()));
        }
    }
    builder
}

#[cfg(test)]
mod tests {
    use std::ffi::OsString;

    use reqwest::Url;

    use super::Proxy;

    /// An address, variables, and the proxy.
    type Row<'a> = (&'a str, &'a [(&'a str, &'a str)], Option<&'a str>);

    fn proxy(url: &str, variables: &[(&str, &str)]) -> Result<Option<String>, String> {
        let variable =
            |name: &str| variables.iter().find(|(known, _)| *known == name).map(|(_, value)| OsString::from(value));
        match Proxy::from_env(&Url::parse(url).unwrap(), variable) {
            Ok(proxy) => Ok(proxy.map(|proxy| proxy.to_string())),
            Err(error) => Err(error.to_string()),
        }
    }

    #[test]
    fn the_proxy_is_the_one_that_the_environment_names_for_the_address() {
        let (https, http) = ("https://api.bitbucket.org/2.0", "http://bitbucket.test/2.0");
        let table: [Row<'_>; 18] = [
            (https, &[], None),
            (https, &[("HTTPS_PROXY", "http://proxy:3128")], Some("http://proxy:3128 (HTTPS_PROXY)")),
            (https, &[("https_proxy", "http://proxy:3128")], Some("http://proxy:3128 (https_proxy)")),
            (https, &[("HTTPS_PROXY", " http://ada:s3cret@proxy:3128\r\n")], Some("http://proxy:3128 (HTTPS_PROXY)")),
            (https, &[("HTTPS_PROXY", "https://ada:s3cret@proxy/")], Some("https://proxy (HTTPS_PROXY)")),
            (https, &[("HTTPS_PROXY", "http://a"), ("https_proxy", "http://b")], Some("http://a (HTTPS_PROXY)")),
            (https, &[("HTTPS_PROXY", "http://ada:s3@cret@proxy:3128")], Some("http://proxy:3128 (HTTPS_PROXY)")),
            (https, &[("HTTPS_PROXY", "http://ada:@[::1]:3128")], Some("http://[::1]:3128 (HTTPS_PROXY)")),
            (https, &[("HTTPS_PROXY", "http://[::1]")], Some("http://[::1] (HTTPS_PROXY)")),
            (https, &[("HTTPS_PROXY", "proxy:3128")], Some("http://proxy:3128 (HTTPS_PROXY)")),
            (https, &[("ALL_PROXY", "http://proxy:3128")], Some("http://proxy:3128 (ALL_PROXY)")),
            (https, &[("HTTPS_PROXY", ""), ("https_proxy", "htp://proxy")], None),
            (https, &[("HTTP_PROXY", "htp://proxy")], None),
            (http, &[("HTTP_PROXY", "http://proxy:3128")], Some("http://proxy:3128 (HTTP_PROXY)")),
            (https, &[("HTTPS_PROXY", "htp://proxy"), ("NO_PROXY", "bitbucket.org")], None),
            (https, &[("HTTPS_PROXY", "htp://proxy"), ("no_proxy", "*")], None),
            (
                https,
                &[("HTTPS_PROXY", "http://proxy"), ("NO_PROXY", "example.com")],
                Some("http://proxy (HTTPS_PROXY)"),
            ),
            (https, &[("HTTPS_PROXY", "htp://proxy"), ("REQUEST_METHOD", "GET")], None),
        ];
        for (url, variables, expected) in table {
            assert_eq!(proxy(url, variables), Ok(expected.map(str::to_owned)), "{variables:?}");
        }
    }

    #[test]
    fn a_setting_that_would_be_ignored_is_refused_by_its_variable_and_without_its_password() {
        for (name, value, shown) in [
            ("HTTPS_PROXY", "htp://proxy", "htp://proxy"),
            ("https_proxy", "http://", "http://"),
            ("ALL_PROXY", "htp://ada:s3cret@proxy", "proxy"),
            ("HTTPS_PROXY", "http://pro xy", "http://pro xy"),
            ("ALL_PROXY", "socks5://ada:s3cret@proxy:1080", "proxy:1080"),
            // A URL ends its host at the first of these.
            ("HTTPS_PROXY", "http://ada:s3cret#1@proxy:3128", "proxy:3128"),
            ("HTTPS_PROXY", "http://ada:s3cret/1@proxy:3128", "proxy:3128"),
            ("HTTPS_PROXY", "http://ada:s3cret?1@proxy:3128", "proxy:3128"),
            ("HTTPS_PROXY", "http://ada:8080#s3cret@proxy:3128", "proxy:3128"),
            ("HTTPS_PROXY", "ada:8080/s3cret@proxy:3128", "proxy:3128"),
            ("HTTPS_PROXY", "http://proxy:99999", "http://proxy:99999"),
        ] {
            let problem = proxy("https://api.bitbucket.org/2.0", &[(name, value)]).unwrap_err();
            assert!(
                problem.starts_with(&format!("{name}: expected")) && problem.contains(&format!("{shown:?}")),
                "{problem}"
            );
            assert!(!problem.contains("s3cret"), "{problem}");
        }
    }
}
