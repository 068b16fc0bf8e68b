//! Who reports: the credentials, and how to name them without showing them.

use std::{
    fs,
    io::{self, Read as _},
    path::{Path, PathBuf},
};

use bitbucket_build_status::Credentials;

use crate::failure::Failure;

/// Where credentials are read from, which is never the command line.
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
    /// The header `Authorization` with names in place of secrets.
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

/// Finds the credentials: a file, else the environment.
pub(crate) fn find(
    token_file: Option<(&Path, String)>,
    variable: &dyn Fn(&str) -> Option<String>,
) -> Result<Option<(CredentialSource, Credentials)>, Failure> {
    if let Some((path, place)) = token_file {
        let token = read(path).map_err(|cause| {
            Failure::usage(format!("{place}: expected a file, got {}: {cause}", path.display()))
                .help("Give a file that can be read and holds an access token and nothing else, or - for stdin")
        })?;
        return Ok(Some((CredentialSource::TokenFile(path.to_owned()), Credentials::access_token(token.trim())?)));
    }
    let any = |names: &[&str]| names.iter().any(|name| variable(name).is_some());
    // In the library's own order.
    let origin = if any(&["BITBUCKET_TOKEN"]) {
        CredentialSource::Token
    } else if any(&["BITBUCKET_API_TOKEN"]) {
        CredentialSource::ApiToken
    } else if any(&["BITBUCKET_CLIENT_ID", "BITBUCKET_CLIENT_SECRET"]) {
        CredentialSource::OAuth
    } else {
        return Ok(None);
    };
    Ok(Some((origin, Credentials::from_lookup(variable)?)))
}

/// What to do where there are no credentials.
pub(crate) fn missing(variable: &dyn Fn(&str) -> Option<String>) -> Failure {
    let problem = match variable("BITBUCKET_EMAIL") {
        Some(_) => "expected BITBUCKET_API_TOKEN beside BITBUCKET_EMAIL, got only BITBUCKET_EMAIL",
        None => "expected an access token, an API token or an OAuth consumer, got none",
    };
    Failure::usage(format!("credentials: {problem}")).help(
        "Set BITBUCKET_TOKEN, or BITBUCKET_EMAIL and BITBUCKET_API_TOKEN, or BITBUCKET_CLIENT_ID and \
         BITBUCKET_CLIENT_SECRET, or give --token-file; --sandbox tries it without an account",
    )
}

/// Whether a path stands for stdin.
pub(crate) fn is_stdin(path: &Path) -> bool {
    path.as_os_str() == "-"
}

fn read(path: &Path) -> io::Result<String> {
    if !is_stdin(path) {
        return fs::read_to_string(path);
    }
    let mut token = String::new();
    io::stdin().read_to_string(&mut token)?;
    Ok(token)
}
