use super::*;

fn authorization(credentials: &Credentials) -> &str {
    match &credentials.0 {
        AuthMethod::Static { authorization, .. } => authorization.to_str().unwrap(),
        AuthMethod::ClientCredentials { consumer } => consumer.to_str().unwrap(),
    }
}

#[test]
fn each_kind_has_its_authorization() {
    let access = Credentials::access_token("t0ken").unwrap();
    assert_eq!((authorization(&access), access.kind()), ("Bearer t0ken", CredentialKind::AccessToken));
    let api = Credentials::api_token("ada@example.com", "t0ken").unwrap();
    assert_eq!((authorization(&api), api.kind()), ("Basic YWRhQGV4YW1wbGUuY29tOnQwa2Vu", CredentialKind::ApiToken));
    let oauth = Credentials::oauth("id", "secret").unwrap();
    assert_eq!((authorization(&oauth), oauth.kind()), ("Basic aWQ6c2VjcmV0", CredentialKind::OAuth));
}

#[test]
fn a_secret_that_no_header_accepts_is_refused_without_showing_it() {
    for secret in ["", "s3cret\n", "s3 cret", "s3cret\0", "s3crét", "\ts3cret"] {
        let refused = [
            Credentials::access_token(secret),
            Credentials::api_token("ada@example.com", secret),
            Credentials::oauth("id", secret),
        ];
        for outcome in refused {
            let error = outcome.expect_err(secret);
            assert_eq!((error.kind(), error.field()), (ErrorKind::InvalidInput, Some("credentials")));
            assert!(!error.to_string().contains("s3"), "{error}");
        }
    }
    // In the header, the first colon ends the id.
    for id in ["", "i:d"] {
        assert_eq!(Credentials::oauth(id, "secret").expect_err(id).field(), Some("credentials"));
    }
}

#[test]
fn an_api_token_needs_an_email_address_and_no_user_name() {
    let table = [
        ("ada", "a text without an @"),
        ("", "an empty text"),
        ("ada@example.com:x", "one with a colon"),
        ("ada @example.com", "one with a colon, white space"),
        ("ada@example.com\n", "or control characters"),
    ];
    for (email, got) in table {
        let error = Credentials::api_token(email, "t0ken").expect_err(email);
        assert_eq!(error.field(), Some("email"));
        assert!(error.to_string().contains(&format!("got {got}")) || error.to_string().ends_with(got), "{error}");
        assert!(email.is_empty() || !format!("{error} {error:?}").contains(email), "it may be the token: {error}");
        assert!(error.to_string().contains("not the Bitbucket user name"), "{error}");
    }
}

#[test]
fn the_environment_names_one_of_three_kinds() {
    const EMAIL: (&str, &str) = ("BITBUCKET_EMAIL", "ada@example.com");
    const API: (&str, &str) = ("BITBUCKET_API_TOKEN", "t0ken");
    const TOKEN: (&str, &str) = ("BITBUCKET_TOKEN", "t0ken");
    const ID: (&str, &str) = ("BITBUCKET_CLIENT_ID", "id");
    const SECRET: (&str, &str) = ("BITBUCKET_CLIENT_SECRET", "secret");
    type Row<'a> = (&'a [(&'a str, &'a str)], std::result::Result<CredentialKind, &'a str>);
    let table: [Row<'_>; 12] = [
        (&[TOKEN], Ok(CredentialKind::AccessToken)),
        (&[EMAIL, API], Ok(CredentialKind::ApiToken)),
        (&[ID, SECRET], Ok(CredentialKind::OAuth)),
        (&[TOKEN, EMAIL, API, ID, SECRET], Ok(CredentialKind::AccessToken)),
        (&[EMAIL, ID, SECRET], Ok(CredentialKind::OAuth)),
        (&[("BITBUCKET_TOKEN", ""), EMAIL, API], Ok(CredentialKind::ApiToken)),
        (&[EMAIL], Err("expected BITBUCKET_API_TOKEN along with BITBUCKET_EMAIL")),
        (&[API], Err("expected BITBUCKET_EMAIL along with BITBUCKET_API_TOKEN")),
        (&[ID], Err("expected BITBUCKET_CLIENT_SECRET along with BITBUCKET_CLIENT_ID")),
        (&[EMAIL, ID], Err("expected BITBUCKET_CLIENT_SECRET along with BITBUCKET_CLIENT_ID")),
        (&[EMAIL, SECRET], Err("expected BITBUCKET_CLIENT_ID along with BITBUCKET_CLIENT_SECRET")),
        (&[], Err("got none of them")),
    ];
    for (variables, expected) in table {
        let lookup =
            |name: &str| variables.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned());
        match (Credentials::from_lookup(lookup), expected) {
            (Ok(credentials), Ok(kind)) => assert_eq!(credentials.kind(), kind, "{variables:?}"),
            (Err(error), Err(text)) => assert!(error.to_string().contains(text), "{variables:?}: {error}"),
            (outcome, _) => panic!("{variables:?}: {outcome:?}"),
        }
    }
}

#[test]
fn an_authorization_is_marked_sensitive() {
    let AuthMethod::Static { authorization, .. } = Credentials::access_token("t0ken").unwrap().0 else {
        panic!("no token")
    };
    assert!(authorization.is_sensitive());
    assert_eq!(format!("{authorization:?}"), "Sensitive");
}

#[cfg(unix)]
#[test]
fn a_variable_that_is_not_utf8_is_named_and_not_shown() {
    use std::{ffi::OsStr, os::unix::ffi::OsStrExt as _};

    let variable = |name: &str| match name {
        "BITBUCKET_TOKEN" => Some(OsStr::from_bytes(b"s3cret\xff").to_owned()),
        _ => Some("ada@example.com".into()),
    };
    let error = Credentials::from_os_lookup(variable).unwrap_err();
    assert_eq!(error.to_string(), "credentials: BITBUCKET_TOKEN: expected UTF-8 text, got other bytes");
}
