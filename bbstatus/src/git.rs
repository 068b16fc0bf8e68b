//! What git knows about the current directory.

use std::process::{Command, Stdio};

/// Asks git something; without an answer there is git's complaint, in its own words: that this is no repository, or that
/// it belongs to somebody else, as in a container.
pub(crate) fn ask(arguments: &[&str]) -> Result<String, String> {
    let output = Command::new("git").args(arguments).stdin(Stdio::null()).output();
    let output = output.map_err(|cause| format!("git could not be run: {cause}"))?;
    let answer = String::from_utf8(output.stdout).unwrap_or_default().trim().to_owned();
    if output.status.success() && !answer.is_empty() {
        return Ok(answer);
    }
    Err(String::from_utf8_lossy(&output.stderr).lines().next().unwrap_or_default().to_owned())
}

/// Reads workspace and repository slug from the address of a remote at Bitbucket Cloud.
pub(crate) fn repository_of_remote(address: &str) -> Option<String> {
    let (host, path) = match address.split_once("://") {
        Some((_, rest)) => rest.split_once('/')?,
        // The short form of ssh: `git@bitbucket.org:acme/rocket.git`.
        None => address.split_once(':')?,
    };
    let host = host.rsplit_once('@').map_or(host, |(_, host)| host);
    let host = host.split_once(':').map_or(host, |(host, _port)| host);
    let path = path.trim_matches('/');
    let (workspace, slug) = path.strip_suffix(".git").unwrap_or(path).split_once('/')?;
    let known = matches!(host, "bitbucket.org" | "altssh.bitbucket.org");
    (known && !workspace.is_empty() && !slug.is_empty() && !slug.contains('/')).then(|| format!("{workspace}/{slug}"))
}

/// A repository as somebody has named it: by workspace and slug, or by its address. What is no address at Bitbucket Cloud
/// stays what it is, except for a user and a password, which nobody is shown.
pub(crate) fn repository_named(name: String) -> String {
    if let Some(repository) = repository_of_remote(&name) {
        return repository;
    }
    let parts = name.split_once("://").and_then(|(scheme, rest)| {
        let (authority, path) = rest.split_once('/').unwrap_or((rest, ""));
        Some((scheme, authority.rsplit_once('@')?.1, path))
    });
    if let Some((scheme, host, path)) = parts {
        return format!("{scheme}://{host}/{path}");
    }
    match name.rsplit_once('@') {
        Some((user, place)) if user.contains(':') => place.to_owned(),
        _ => name,
    }
}

#[cfg(test)]
mod tests {
    use super::{repository_named, repository_of_remote};

    #[test]
    fn a_repository_is_named_without_a_secret() {
        let table = [
            ("acme/rocket", "acme/rocket"),
            ("{1a2b3c4d-0000-4000-8000-000000000000}/rocket", "{1a2b3c4d-0000-4000-8000-000000000000}/rocket"),
            ("https://jane:secret@bitbucket.org/acme/rocket.git", "acme/rocket"),
            ("git@bitbucket.org:acme/rocket.git", "acme/rocket"),
            ("https://jane:secret@git.example.com/acme/rocket", "https://git.example.com/acme/rocket"),
            ("https://jane:s@cret@git.example.com", "https://git.example.com/"),
            ("git@git.example.com:acme/rocket.git", "git@git.example.com:acme/rocket.git"),
            ("jane:secret@git.example.com/acme/rocket", "git.example.com/acme/rocket"),
        ];
        for (name, repository) in table {
            assert_eq!(repository_named(name.to_owned()), repository);
        }
    }

    #[test]
    fn only_remotes_at_bitbucket_cloud_name_a_repository() {
        let table = [
            ("git@bitbucket.org:acme/rocket.git", Some("acme/rocket")),
            ("git@bitbucket.org:acme/rocket", Some("acme/rocket")),
            ("https://bitbucket.org/acme/rocket.git", Some("acme/rocket")),
            ("https://jane:secret@bitbucket.org/acme/rocket/", Some("acme/rocket")),
            ("http://bitbucket.org/acme/rocket", Some("acme/rocket")),
            ("ssh://git@bitbucket.org/acme/rocket.git", Some("acme/rocket")),
            ("ssh://git@altssh.bitbucket.org:443/acme/rocket.git", Some("acme/rocket")),
            ("https://github.com/acme/rocket.git", None),
            ("https://bitbucket.org.example.com/acme/rocket.git", None),
            ("https://bitbucket.example.com/scm/acme/rocket.git", None),
            ("https://bitbucket.org/acme", None),
            ("https://bitbucket.org/acme/rocket/src", None),
            ("/srv/git/rocket.git", None),
            ("../rocket", None),
            ("", None),
        ];
        for (address, repository) in table {
            assert_eq!(repository_of_remote(address).as_deref(), repository, "{address}");
        }
    }
}
