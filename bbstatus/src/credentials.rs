//! The credentials: where they come from, and how they are named without being shown.

use std::{
    cell::RefCell,
    ffi::OsString,
    io::{self, Read as _},
    path::{Path, PathBuf},
};

use bitbucket_build_status::Credentials;

use crate::{cli_error::CliError, file};

/// Where credentials are read from; never from the command line, which other users can see.
pub(crate) const VARIABLES: [(&str, &str); 3] = [
    ("BITBUCKET_TOKEN", "an access token of a repository, project or workspace"),
    ("BITBUCKET_EMAIL, BITBUCKET_API_TOKEN", "an account's API token"),
    ("BITBUCKET_CLIENT_ID, BITBUCKET_CLIENT_SECRET", "an OAuth consumer"),
];

/// Where credentials come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum CredentialSource {
    /// There are none.
    None,
    /// The access token of the sandbox of `--sandbox`.
    Sandbox,
    /// An access token in `BITBUCKET_TOKEN`.
    Token,
    /// An access token in a file, `-` for stdin.
    TokenFile(PathBuf),
    /// An API token in `BITBUCKET_EMAIL` and `BITBUCKET_API_TOKEN`.
    ApiToken,
    /// An OAuth consumer in `BITBUCKET_CLIENT_ID` and `BITBUCKET_CLIENT_SECRET`.
    OAuth,
}

impl CredentialSource {
    /// The `Authorization` header, with names in place of secrets.
    pub(crate) fn header(&self) -> Option<String> {
        Some(match self {
            Self::None => return None,
            Self::Sandbox => "Bearer <token of the sandbox>".to_owned(),
            Self::Token => "Bearer <BITBUCKET_TOKEN>".to_owned(),
            Self::TokenFile(path) if is_stdin(path) => "Bearer <token from stdin>".to_owned(),
            Self::TokenFile(path) => format!("Bearer <token from {}>", path.display()),
            Self::ApiToken => "Basic <BITBUCKET_EMAIL:BITBUCKET_API_TOKEN>".to_owned(),
            Self::OAuth => "Bearer <token for BITBUCKET_CLIENT_ID>".to_owned(),
        })
    }
}

impl CredentialSource {
    /// Which kind of credentials they are meant to be.
    pub(crate) fn kind(&self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Sandbox | Self::Token | Self::TokenFile(_) => "access token",
            Self::ApiToken => "API token",
            Self::OAuth => "OAuth consumer",
        }
    }

    /// The variables or the file that they are from; `token_file` is what named the file.
    pub(crate) fn label(&self, token_file: Option<&str>) -> String {
        match self {
            Self::None => "nowhere".to_owned(),
            Self::Sandbox => "--sandbox".to_owned(),
            Self::Token => "BITBUCKET_TOKEN".to_owned(),
            Self::TokenFile(path) => format!("{} {}", token_file.unwrap_or("--token-file"), path.display()),
            Self::ApiToken => "BITBUCKET_EMAIL, BITBUCKET_API_TOKEN".to_owned(),
            Self::OAuth => "BITBUCKET_CLIENT_ID, BITBUCKET_CLIENT_SECRET".to_owned(),
        }
    }
}

/// The maximum size of a token file, in bytes.
const TOKEN_FILE_LIMIT: u64 = 64 << 10;

/// Credentials that were found.
pub(crate) struct FoundCredentials {
    pub(crate) source: CredentialSource,
    pub(crate) credentials: Credentials,
    /// The kind of token whose prefix it has.
    pub(crate) begins_like: Option<TokenKind>,
    /// What is probably wrong with them, for a warning before anything is sent.
    pub(crate) warning: Option<CliError>,
}

/// Finds the credentials: in the token file if there is one, otherwise in the environment.
pub(crate) fn find(
    token_file: Option<(&Path, String)>,
    variable: &dyn Fn(&str) -> Option<OsString>,
) -> Result<Option<FoundCredentials>, CliError> {
    if let Some((path, label)) = token_file {
        let token = read(path).map_err(|cause| {
            CliError::usage(format!("{label}: expected a file, got {}: {cause}", path.display()))
                .help("Pass a readable file that contains an access token and nothing else, or - for stdin")
        })?;
        let (begins_like, warning) = (TokenKind::of(&token), TokenKind::Access.expected_in(&label, &token));
        let (source, credentials) = (CredentialSource::TokenFile(path.to_owned()), Credentials::access_token(token)?);
        return Ok(Some(FoundCredentials { source, credentials, begins_like, warning }));
    }
    // A value that is not UTF-8 counts as set, so that no other credentials are used instead.
    let unreadable = RefCell::new(None);
    let variable = |name: &str| {
        let value = variable(name)?;
        if value.to_str().is_none() {
            unreadable.borrow_mut().get_or_insert_with(|| name.to_owned());
        }
        Some(trim(&value.to_string_lossy())).filter(|text| !text.is_empty())
    };
    let any = |names: &[&str]| names.iter().any(|name| variable(name).is_some());
    let token = |kind: TokenKind, name: &str| {
        let token = variable(name).unwrap_or_default();
        (TokenKind::of(&token), kind.expected_in(name, &token))
    };
    // In the same order as the library.
    let (source, (begins_like, warning)) = if any(&["BITBUCKET_TOKEN"]) {
        (CredentialSource::Token, token(TokenKind::Access, "BITBUCKET_TOKEN"))
    } else if any(&["BITBUCKET_API_TOKEN"]) {
        (CredentialSource::ApiToken, token(TokenKind::Api, "BITBUCKET_API_TOKEN"))
    } else if any(&["BITBUCKET_CLIENT_ID", "BITBUCKET_CLIENT_SECRET"]) {
        (CredentialSource::OAuth, (None, None))
    } else {
        return Ok(None);
    };
    let credentials = Credentials::from_lookup(variable);
    if let Some(name) = unreadable.into_inner() {
        return Err(CliError::usage(format!("{name}: expected UTF-8 text, got other bytes"))
            .help("Set the secret again: a token is made of ASCII letters, digits and punctuation"));
    }
    Ok(Some(FoundCredentials { source, credentials: credentials?, begins_like, warning }))
}

/// A secret without the byte order mark and line feeds that editors and shells add.
fn trim(secret: &str) -> String {
    secret.trim_start_matches('\u{feff}').trim().to_owned()
}

/// A kind of token, by its prefix, as confirmed by Atlassian staff in their community forum.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TokenKind {
    Access,
    Api,
    AppPassword,
}

impl TokenKind {
    fn of(token: &str) -> Option<Self> {
        let prefixes = [("ATCT", Self::Access), ("ATAT", Self::Api), ("ATBB", Self::AppPassword)];
        prefixes.into_iter().find(|(prefix, _)| token.starts_with(prefix)).map(|(_, kind)| kind)
    }

    /// Warns about a token with the prefix of another kind. It is not refused, because the prefixes are undocumented.
    fn expected_in(self, label: &str, token: &str) -> Option<CliError> {
        let kind = Self::of(token).filter(|kind| *kind != self)?;
        let problem = format!("{label}: expected {}, got what looks like {}", self.name(), kind.name());
        Some(CliError::usage(problem).help(match kind {
            Self::Access => "Set it as BITBUCKET_TOKEN, without BITBUCKET_EMAIL",
            Self::Api => "Set it as BITBUCKET_API_TOKEN, with the account's address as BITBUCKET_EMAIL",
            Self::AppPassword => {
                "Bitbucket removed app passwords in July 2026: create an API token, or an access token of the repository"
            }
        }))
    }

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Access => "an access token",
            Self::Api => "an API token",
            Self::AppPassword => "an app password",
        }
    }
}

/// The error for missing credentials.
pub(crate) fn missing() -> CliError {
    let problem = match std::env::var_os("BITBUCKET_EMAIL").filter(|email| !email.is_empty()) {
        Some(_) => "expected BITBUCKET_API_TOKEN along with BITBUCKET_EMAIL, got only BITBUCKET_EMAIL",
        None => "expected an access token, an API token or an OAuth consumer, got none",
    };
    CliError::usage(format!("credentials: {problem}")).help(
        "Set BITBUCKET_TOKEN, or BITBUCKET_EMAIL and BITBUCKET_API_TOKEN, or BITBUCKET_CLIENT_ID and \
         BITBUCKET_CLIENT_SECRET, or use --token-file; --sandbox needs no account",
    )
}

/// Whether a path means stdin.
pub(crate) fn is_stdin(path: &Path) -> bool {
    path.as_os_str() == "-"
}

fn read(path: &Path) -> io::Result<String> {
    let bytes = if is_stdin(path) {
        let mut bytes = Vec::new();
        io::stdin().take(TOKEN_FILE_LIMIT).read_to_end(&mut bytes)?;
        bytes
    } else {
        file::read(path, TOKEN_FILE_LIMIT)?
    };
    let is_utf16 = bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff");
    let problem = if is_utf16 { "it is UTF-16 text; save it as UTF-8" } else { "it is not UTF-8 text" };
    let text = String::from_utf8(bytes).map_err(|_| io::Error::other(problem))?;
    Ok(trim(&text))
}

#[cfg(test)]
mod tests {
    use std::{fs, path::Path};

    use super::{CredentialSource, FoundCredentials, find, read};
    use crate::cli_error::CliError;

    fn in_environment(variables: &[(&str, &str)]) -> FoundCredentials {
        let variable = |name: &str| variables.iter().find(|known| known.0 == name).map(|known| known.1.into());
        find(None, &variable).unwrap().unwrap()
    }

    #[test]
    fn a_secret_is_trimmed_whatever_its_source() {
        for token in ["t0ken\n", "t0ken\r\n", "\u{feff}t0ken", " t0ken\n\n"] {
            let found = in_environment(&[("BITBUCKET_TOKEN", token)]);
            assert_eq!((found.source, found.warning.is_none()), (CredentialSource::Token, true), "{token:?}");
            in_environment(&[("BITBUCKET_EMAIL", "jane@example.com\n"), ("BITBUCKET_API_TOKEN", token)]);
            in_environment(&[("BITBUCKET_CLIENT_ID", "id\r\n"), ("BITBUCKET_CLIENT_SECRET", token)]);
        }
        assert!(find(None, &|name| (name == "BITBUCKET_TOKEN").then(|| "\u{feff}\n".into())).unwrap().is_none());
        let inside = |name: &str| (name == "BITBUCKET_TOKEN").then(|| "t0\nken".into());
        assert!(find(None, &inside).is_err());
    }

    #[cfg(unix)]
    #[test]
    fn a_variable_that_is_not_utf8_is_named_and_not_shown_and_nothing_else_is_used_instead() {
        use std::{ffi::OsStr, os::unix::ffi::OsStrExt as _};

        for unreadable in ["BITBUCKET_TOKEN", "BITBUCKET_EMAIL", "BITBUCKET_API_TOKEN", "BITBUCKET_CLIENT_SECRET"] {
            let names = ["BITBUCKET_EMAIL", "BITBUCKET_API_TOKEN", "BITBUCKET_CLIENT_ID", "BITBUCKET_CLIENT_SECRET"];
            let variable = |name: &str| match name {
                "BITBUCKET_API_TOKEN" | "BITBUCKET_EMAIL" if unreadable == "BITBUCKET_CLIENT_SECRET" => None,
                _ if name == unreadable => Some(OsStr::from_bytes(b"s3cret@\xff").to_owned()),
                _ => names.contains(&name).then(|| "ada@example.com".into()),
            };
            let problem = format!("{:?}", find(None, &variable).err());
            assert!(problem.contains(&format!("{unreadable}: expected UTF-8 text")), "{problem}");
            assert!(!problem.contains("s3cret"), "{problem}");
        }
    }

    #[test]
    fn a_token_of_another_kind_is_named() {
        let named = |variables: &[(&str, &str)]| match in_environment(variables).warning {
            Some(CliError::Message { problem, help: Some(help), .. }) => format!("{problem}. {help}"),
            other => format!("{other:?}"),
        };
        let email = ("BITBUCKET_EMAIL", "jane@example.com");
        let table = [
            (named(&[("BITBUCKET_TOKEN", "ATCTT3xFfGN0")]), "None"),
            (named(&[("BITBUCKET_TOKEN", "t0ken")]), "None"),
            (named(&[email, ("BITBUCKET_API_TOKEN", "ATATT3xFfGF0")]), "None"),
            (
                named(&[("BITBUCKET_TOKEN", "ATATT3xFfGF0")]),
                "BITBUCKET_TOKEN: expected an access token, got what looks like an API token. Set it as BITBUCKET_API_TOKEN",
            ),
            (
                named(&[email, ("BITBUCKET_API_TOKEN", "ATCTT3xFfGN0")]),
                "BITBUCKET_API_TOKEN: expected an API token, got what looks like an access token. Set it as BITBUCKET_TOKEN",
            ),
            (
                named(&[("BITBUCKET_TOKEN", "ATBBx")]),
                "BITBUCKET_TOKEN: expected an access token, got what looks like an app",
            ),
        ];
        for (named, expected) in table {
            assert!(named.starts_with(expected), "{named}");
            assert!(!named.contains("T3x"), "{named}");
        }
    }

    #[test]
    fn an_unusable_token_file_is_refused_with_the_reason() {
        let folder = std::env::temp_dir().join(format!("bbstatus-token-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        let file = folder.join("token");
        let read = |bytes: &[u8]| {
            fs::write(&file, bytes).unwrap();
            read(&file).map_err(|problem| problem.to_string())
        };
        assert_eq!(read(b"\xef\xbb\xbft0ken\r\n"), Ok("t0ken".to_owned()));
        assert_eq!(read(b"\xff\xfet\0"), Err("it is UTF-16 text; save it as UTF-8".to_owned()));
        assert_eq!(read(b"\x80"), Err("it is not UTF-8 text".to_owned()));
        assert_eq!(read(&vec![b'x'; 65537]), Err("it is larger than 65536 bytes".to_owned()));
        fs::remove_dir_all(&folder).unwrap();
        if cfg!(unix) {
            assert_eq!(super::read(Path::new("/dev/zero")).unwrap_err().to_string(), "it is not a regular file");
        }
    }
}
