//! Addresses of git remotes and of Bitbucket's pages: which repository they name.

/// The hosts of Bitbucket Cloud; the second accepts ssh on port 443.
const HOSTS: [&str; 2] = ["bitbucket.org", "altssh.bitbucket.org"];
const SCHEMES: [&str; 6] = ["https", "http", "ssh", "git", "git+ssh", "ssh+git"];

/// The address of a git remote.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Remote {
    /// A repository at Bitbucket Cloud, as `workspace/slug`.
    Repository(String),
    /// A host alias from the user's ssh configuration. That is not read: reading it may run programs.
    SshAlias(String),
    /// Another host, or a folder.
    Elsewhere,
}

impl Remote {
    /// Reads an address in one of git's forms: a URL, or `user@host:path`.
    pub(crate) fn parse(address: &str) -> Self {
        let Some(Parts { is_ssh, host, path }) = Parts::parse(address.trim()) else { return Self::Elsewhere };
        let Some(repository) = repository(path, usize::MAX) else { return Self::Elsewhere };
        if is_bitbucket(&host, is_ssh) {
            return Self::Repository(repository);
        }
        if is_ssh && is_alias(&host) { Self::SshAlias(host) } else { Self::Elsewhere }
    }

    pub(crate) fn repository(self) -> Option<String> {
        if let Self::Repository(repository) = self { Some(repository) } else { None }
    }
}

/// The repository that a page of Bitbucket Cloud, such as a pull request's, belongs to.
pub(crate) fn repository_of_page(address: &str) -> Option<String> {
    let Parts { is_ssh, host, path } = Parts::parse(address.trim())?;
    (!is_ssh && is_bitbucket(&host, false)).then(|| repository(path, 2))?
}

/// A repository as the user names it: by workspace and slug, or by its address. Any other text is returned as it is.
pub(crate) fn repository_named(name: &str) -> String {
    let name = name.trim();
    if let Remote::Repository(repository) = Remote::parse(name) {
        return repository;
    }
    // An address without a scheme, as people copy it.
    let bare = name.rsplit_once('@').map_or(name, |(_, bare)| bare);
    let host = bare.split('/').next().unwrap_or_default();
    if is_bitbucket(&host.to_ascii_lowercase(), false)
        && let Remote::Repository(repository) = Remote::parse(&format!("https://{bare}"))
    {
        return repository;
    }
    name.strip_suffix(".git").unwrap_or(name).to_owned()
}

/// A value in quotes for a message, unless it may be an address with a secret: a user, a password, a query or a
/// fragment.
pub(crate) fn quoted(value: &str) -> String {
    if value.contains(['@', '?', '#', '%']) {
        "an address that may contain a secret and is not shown".to_owned()
    } else {
        format!("{value:?}")
    }
}

/// The parts of an address that name a repository.
struct Parts<'a> {
    is_ssh: bool,
    /// In lower case.
    host: String,
    path: &'a str,
}

impl<'a> Parts<'a> {
    fn parse(address: &'a str) -> Option<Self> {
        let scheme = address.split_once("://").map(|(scheme, _)| scheme.to_ascii_lowercase());
        let rest = match &scheme {
            Some(scheme) => SCHEMES.contains(&&**scheme).then(|| &address[scheme.len() + "://".len()..])?,
            // The short form of ssh: `git@bitbucket.org:acme/rocket.git`.
            None => address.split_once(':').filter(|(host, _)| !host.contains(['/', '\\'])).map(|_| address)?,
        };
        let is_ssh = scheme.as_ref().is_none_or(|scheme| scheme.contains("ssh"));
        let authority = &rest[..rest.find(['/', '?', '#']).unwrap_or(rest.len())];
        let rest = authority.rfind('@').map_or(rest, |at| &rest[at + 1..]);
        let (host, rest) = rest.split_at(rest.find([':', '/', '?', '#'])?);
        let path = rest.strip_prefix(':').map_or(rest, |rest| match rest.split_once('/') {
            Some((port, path)) if scheme.is_some() && port.bytes().all(|byte| byte.is_ascii_digit()) => path,
            // CI systems also write `ssh://git@bitbucket.org:acme/rocket.git`.
            _ => rest,
        });
        let host = host.to_ascii_lowercase();
        Some(Self { is_ssh, host: host.strip_suffix('.').map_or(host.clone(), str::to_owned), path })
    }
}

/// Whether a host is Bitbucket Cloud's, or such an alias as people configure to use several ssh keys with it.
fn is_bitbucket(host: &str, is_ssh: bool) -> bool {
    let alias = host.strip_prefix("bitbucket.org-").filter(|_| is_ssh);
    HOSTS.contains(&host) || alias.is_some_and(|suffix| !suffix.is_empty() && !suffix.contains('.'))
}

/// Whether a host can only be an alias from the ssh configuration, since it is neither a domain nor an IP address.
fn is_alias(host: &str) -> bool {
    let last = host.rsplit('.').next().unwrap_or_default();
    let is_address = host.starts_with('[') || last.bytes().all(|byte| byte.is_ascii_digit());
    let is_domain =
        host.contains('.') && (last.starts_with("xn--") || last.bytes().all(|byte| byte.is_ascii_lowercase()));
    // A single letter is a drive on Windows.
    host.len() > 1 && !is_address && !is_domain && host != "localhost"
}

/// The repository that a path names; only the first `parts` of it count.
fn repository(path: &str, parts: usize) -> Option<String> {
    let path = path.split(['?', '#']).next()?.trim_matches('/');
    let path = path.strip_suffix(".git").unwrap_or(path);
    let mut names = path.split('/').take(parts);
    let (workspace, slug) = (names.next()?, names.next()?);
    let name = format!("{workspace}/{slug}");
    if names.next().is_none() { full_name(&name) } else { None }
}

/// The name as it is, if it is a repository's full name: `workspace/slug`, with no other characters than such names
/// have.
pub(crate) fn full_name(name: &str) -> Option<String> {
    let is_character = |character: char| character.is_ascii_alphanumeric() || "-_.~{}".contains(character);
    let is_name = |name: &str| !name.is_empty() && !matches!(name, "." | "..") && name.chars().all(is_character);
    let (workspace, slug) = name.split_once('/')?;
    (is_name(workspace) && is_name(slug)).then(|| name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::{Remote, quoted, repository_named, repository_of_page};

    #[test]
    fn only_remotes_at_bitbucket_cloud_name_a_repository() {
        let table = [
            ("git@bitbucket.org:acme/rocket.git", Some("acme/rocket")),
            ("git@bitbucket.org:acme/rocket", Some("acme/rocket")),
            ("git@bitbucket.org:/acme/rocket.git", Some("acme/rocket")),
            ("git@Bitbucket.ORG:acme/rocket.git", Some("acme/rocket")),
            ("bitbucket.org:acme/rocket", Some("acme/rocket")),
            ("git@bitbucket.org:42/rocket.git", Some("42/rocket")),
            ("https://bitbucket.org/acme/rocket.git", Some("acme/rocket")),
            ("https://jane:secret@bitbucket.org/acme/rocket/", Some("acme/rocket")),
            ("HTTPS://bitbucket.org./acme/rocket", Some("acme/rocket")),
            ("http://bitbucket.org:80/acme/rocket", Some("acme/rocket")),
            ("https://bitbucket.org/acme/rocket.git?access_token=secret", Some("acme/rocket")),
            (" https://bitbucket.org/acme/rocket#readme\n", Some("acme/rocket")),
            ("ssh://git@bitbucket.org/acme/rocket.git", Some("acme/rocket")),
            ("ssh://git@bitbucket.org:22/acme/rocket.git", Some("acme/rocket")),
            ("ssh://git@bitbucket.org:acme/rocket.git", Some("acme/rocket")),
            ("git+ssh://git@bitbucket.org/acme/rocket.git", Some("acme/rocket")),
            ("ssh://git@altssh.bitbucket.org:443/acme/rocket.git", Some("acme/rocket")),
            ("git@bitbucket.org-work:acme/rocket.git", Some("acme/rocket")),
            ("ssh://git@bitbucket.org-work/acme/rocket.git", Some("acme/rocket")),
            ("https://bitbucket.org-work/acme/rocket.git", None),
            ("git@bitbucket.org-work.example.com:acme/rocket.git", None),
            ("git@bitbucket.org-:acme/rocket.git", None),
            ("https://github.com/acme/rocket.git", None),
            ("https://bitbucket.org.example.com/acme/rocket.git", None),
            ("https://bitbucket.example.com/scm/acme/rocket.git", None),
            ("https://example.com/bitbucket.org/acme/rocket", None),
            ("https://bitbucket.org@example.com/acme/rocket", None),
            ("https://bitbucket.org/acme", None),
            ("https://bitbucket.org/acme/rocket/src", None),
            ("https://bitbucket.org/../rocket", None),
            ("https://bitbucket.org/acme/rocket;secret", None),
            ("https://bitbucket.org/Acme Corp/rocket", None),
            (
                "https://bitbucket.org/{1a2b3c4d-0000-4000-8000-000000000000}/{}",
                Some("{1a2b3c4d-0000-4000-8000-000000000000}/{}"),
            ),
            ("file://bitbucket.org/acme/rocket", None),
            ("ext::sh -c bitbucket.org:acme/rocket", None),
            ("/srv/bitbucket.org:acme/rocket.git", None),
            ("../rocket", None),
            ("https://bitbucket.org", None),
            (":", None),
            ("", None),
        ];
        for (address, repository) in table {
            assert_eq!(Remote::parse(address).repository().as_deref(), repository, "{address}");
        }
    }

    #[test]
    fn an_ssh_alias_is_recognized() {
        let table = [
            ("git@work:acme/rocket.git", Some("work")),
            ("ssh://git@bb/acme/rocket.git", Some("bb")),
            ("git@bitbucket.org_work:acme/rocket.git", Some("bitbucket.org_work")),
            ("git@bitbucket.org-:acme/rocket.git", Some("bitbucket.org-")),
            ("git@my.bitbucket2:acme/rocket.git", Some("my.bitbucket2")),
            ("git@github.com:acme/rocket.git", None),
            ("git@git.xn--p1ai:acme/rocket.git", None),
            ("git@10.0.0.1:acme/rocket.git", None),
            ("ssh://git@[2001:db8::1]/acme/rocket.git", None),
            ("https://work/acme/rocket.git", None),
            ("git@localhost:acme/rocket.git", None),
            ("C:/repositories/rocket", None),
            (r"C:\repositories\rocket", None),
            ("work:rocket", None),
        ];
        for (address, alias) in table {
            let parsed = Remote::parse(address);
            match alias {
                Some(alias) => assert_eq!(parsed, Remote::SshAlias(alias.to_owned()), "{address}"),
                None => assert_eq!(parsed, Remote::Elsewhere, "{address}"),
            }
        }
    }

    #[test]
    fn a_page_names_its_repository() {
        let table = [
            ("https://bitbucket.org/acme/rocket/pull-requests/7", Some("acme/rocket")),
            ("https://bitbucket.org/acme/rocket", Some("acme/rocket")),
            ("https://bitbucket.org/acme", None),
            ("https://github.com/acme/rocket/pull/7", None),
            ("git@bitbucket.org:acme/rocket.git", None),
        ];
        for (address, repository) in table {
            assert_eq!(repository_of_page(address).as_deref(), repository, "{address}");
        }
    }

    #[test]
    fn a_repository_is_named_by_its_slug_or_its_address() {
        let table = [
            ("acme/rocket", "acme/rocket"),
            (" acme/rocket ", "acme/rocket"),
            ("acme/rocket.git", "acme/rocket"),
            ("{1a2b3c4d-0000-4000-8000-000000000000}/rocket", "{1a2b3c4d-0000-4000-8000-000000000000}/rocket"),
            ("https://jane:secret@bitbucket.org/acme/rocket.git", "acme/rocket"),
            ("https://bitbucket.org/acme/rocket?access_token=secret", "acme/rocket"),
            ("git@bitbucket.org:acme/rocket.git", "acme/rocket"),
            ("bitbucket.org/acme/rocket", "acme/rocket"),
            ("secret@bitbucket.org/acme/rocket", "acme/rocket"),
            ("https://git.example.com/acme/rocket.git", "https://git.example.com/acme/rocket"),
        ];
        for (name, repository) in table {
            assert_eq!(repository_named(name), repository);
        }
    }

    #[test]
    fn a_value_that_may_contain_a_secret_is_not_quoted() {
        for value in ["", "rocket", "acme/rocket/src", "https://git.example.com/acme/rocket", "../rocket"] {
            assert_eq!(quoted(value), format!("{value:?}"));
        }
        for value in [
            "https://jane:s3cret@git.example.com",
            "https://jane:s3@cret@git.example.com/acme",
            "https://jane:s3/cret@git.example.com/acme",
            "https://jane:s3?cret@git.example.com/acme",
            "https://jane:s3%2Fcret@git.example.com/acme",
            "https://jane:s3cret%40git.example.com/acme",
            "https://s3cret@git.example.com/acme/rocket",
            "s3cret@git.example.com/acme/rocket",
            "https://git.example.com/acme/rocket?access_token=s3cret",
            "https://git.example.com/acme/rocket#s3cret",
            "acme/rocket?access_token=s3cret",
        ] {
            assert_eq!(quoted(value), "an address that may contain a secret and is not shown", "{value}");
        }
    }
}
