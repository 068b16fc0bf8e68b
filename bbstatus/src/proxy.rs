//! The proxy that the environment names, checked: the HTTP client ignores one that it cannot use, and would send the
//! credentials past it.

use std::net::IpAddr;

use http::Uri;
use hyper_util::client::proxy::matcher::Matcher;

use crate::failure::Failure;

/// The variables in the order in which the HTTP client reads them; the first of a pair that is set counts.
const VARIABLES: [[&str; 2]; 2] = [["HTTPS_PROXY", "https_proxy"], ["ALL_PROXY", "all_proxy"]];

/// Checks the proxy for requests to this address. None is used for this machine itself, and for what `NO_PROXY` names.
pub(crate) fn check(url: &str, variable: &dyn Fn(&str) -> Option<String>) -> Result<(), Failure> {
    let first = |names: [&'static str; 2]| names.into_iter().find_map(|name| Some((name, variable(name)?)));
    let named = VARIABLES.into_iter().filter_map(first).find(|(_, proxy)| !proxy.is_empty());
    let (Some((name, proxy)), Ok(target)) = (named, url.parse::<Uri>()) else { return Ok(()) };
    let excluded = first(["NO_PROXY", "no_proxy"]).map(|(_, excluded)| excluded).unwrap_or_default();
    let is_excluded = Matcher::builder().all("http://proxy.invalid").no(excluded).build().intercept(&target).is_none();
    let used = Matcher::builder().all(&*proxy).build().intercept(&target);
    let is_usable = used.is_some_and(|used| matches!(used.uri().scheme_str(), Some("http" | "https")));
    if is_usable || is_excluded || is_loopback(&target) {
        return Ok(());
    }
    // What precedes an `@` may be a password.
    let shown = proxy.rsplit_once('@').map_or(&*proxy, |(_, shown)| shown);
    let problem = format!("{name}: expected the address of an http or https proxy, got {shown:?}");
    Err(Failure::usage(problem)
        .help("Give it as http://HOST:PORT, or unset it; without a usable proxy nothing is sent"))
}

fn is_loopback(target: &Uri) -> bool {
    let host = target.host().unwrap_or_default().trim_matches(['[', ']']);
    host.parse().map_or_else(|_| host.eq_ignore_ascii_case("localhost"), |address: IpAddr| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::check;

    #[test]
    fn a_proxy_that_would_be_ignored_is_refused_by_its_variable() {
        let api = "https://api.bitbucket.org/2.0";
        let refused = |name: &str, shown: &str| {
            Some(format!("{name}: expected the address of an http or https proxy, got {shown:?}"))
        };
        let table = [
            (api, vec![], None),
            (api, vec![("HTTPS_PROXY", "http://proxy:3128")], None),
            (api, vec![("HTTPS_PROXY", "https://user:word@proxy.example:3128/")], None),
            (api, vec![("HTTPS_PROXY", "proxy:3128")], None),
            (api, vec![("HTTPS_PROXY", ""), ("https_proxy", "htp://proxy")], None),
            (api, vec![("HTTPS_PROXY", "htp://proxy")], refused("HTTPS_PROXY", "htp://proxy")),
            (api, vec![("https_proxy", "http://")], refused("https_proxy", "http://")),
            (api, vec![("HTTPS_PROXY", "htp://user:word@proxy")], refused("HTTPS_PROXY", "proxy")),
            (api, vec![("HTTPS_PROXY", "socks5://proxy:1080")], refused("HTTPS_PROXY", "socks5://proxy:1080")),
            (api, vec![("ALL_PROXY", "htp://proxy")], refused("ALL_PROXY", "htp://proxy")),
            (api, vec![("HTTP_PROXY", "htp://proxy")], None),
            (api, vec![("HTTPS_PROXY", "htp://proxy"), ("NO_PROXY", "bitbucket.org")], None),
            ("http://127.0.0.1:8080/2.0", vec![("ALL_PROXY", "htp://proxy")], None),
            ("https://[::1]:8080/2.0", vec![("HTTPS_PROXY", "htp://proxy")], None),
        ];
        for (url, variables, expected) in table {
            let find =
                |name: &str| variables.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned());
            let problem = check(url, &find).err().map(|failure| format!("{failure:?}"));
            match (&problem, expected) {
                (None, None) => {}
                (Some(problem), Some(expected)) => {
                    assert!(problem.contains(&format!("{expected:?}")), "{problem}");
                    assert!(!problem.contains("word"), "{problem}");
                }
                _ => panic!("{variables:?}: {problem:?}"),
            }
        }
    }
}
