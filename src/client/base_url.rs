//! Checks the addresses that credentials are sent to.

use std::net::{IpAddr, Ipv6Addr};

use reqwest::Url;

use crate::{
    error::{Error, Result},
    validate::without_secrets,
};

/// Parses an address strictly. Plain http is accepted for loopback and for the hosts in `plain_http_hosts`.
pub(super) fn parse(field: &'static str, address: &str, plain_http_hosts: &[String]) -> Result<Url> {
    let plain_http_hosts = plain_http_hosts.iter().map(|host| as_in_url(host)).collect::<Result<Vec<_>>>()?;
    let refused = |expected: &str| {
        Error::invalid_input(field, format_args!("expected {expected}, got {:?}", without_secrets(address)))
    };
    let url = Url::parse(address).map_err(|_| refused("an absolute http or https URL"))?;
    if !url.username().is_empty() || url.password().is_some() {
        return Err(refused("no user or password in the URL; use credentials instead"));
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err(refused("a URL without query and fragment"));
    }
    let host = url.host_str().unwrap_or_default();
    let may_be_plain = is_loopback(&url) || plain_http_hosts.iter().any(|allowed| allowed == host);
    match url.scheme() {
        "https" => Ok(url),
        "http" if may_be_plain => Ok(url),
        "http" => Err(refused("an https URL; http is for loopback, or hosts allowed by name")),
        _ => Err(refused("an http or https URL")),
    }
}

/// Normalizes a host as in URLs: names in lower case, IPv6 addresses in brackets.
fn as_in_url(host: &str) -> Result<String> {
    let is_bare_ipv6 = host.parse::<Ipv6Addr>().is_ok();
    let address = if is_bare_ipv6 { format!("http://[{host}]") } else { format!("http://{host}") };
    let is_host_alone =
        |url: &Url| Some(url.authority()) == url.host_str() && url.path() == "/" && url.query().is_none();
    match Url::parse(&address) {
        Ok(url) if is_host_alone(&url) => Ok(url.authority().to_owned()),
        _ => Err(Error::invalid_input(
            "allow_plain_http",
            format_args!("expected the name or address of a host, got {host:?}"),
        )),
    }
}

/// Whether the address is this machine.
pub(super) fn is_loopback(url: &Url) -> bool {
    match url.host_str() {
        Some("localhost") => true,
        Some(host) => host.trim_matches(['[', ']']).parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback()),
        None => false,
    }
}
