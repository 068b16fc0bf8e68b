use std::time::{Duration, SystemTime};

use bitbucket_build_status::{Error, ErrorKind};

use super::{
    Check, CheckResult, CredentialFacts, Facts, Listing, Refusal, RequestOutcome,
    Verdict::{self, Failure as Failed, NotChecked, Ok as Fine, Warning},
    diagnose,
};
use crate::{cli_error::CliError, credentials::TokenKind, exit::ExitCode};

const NOW: SystemTime = SystemTime::UNIX_EPOCH;

fn outcome(result: Result<Listing, Refusal>) -> RequestOutcome {
    RequestOutcome { now: NOW, date: Some(NOW), result }
}

fn identity() -> CredentialFacts {
    CredentialFacts {
        name: "access token (BITBUCKET_TOKEN)".to_owned(),
        begins_like: Some(TokenKind::Access),
        has_token: true,
        warning: None,
    }
}

fn facts(outcome: impl Into<Option<RequestOutcome>>) -> Facts {
    Facts {
        proxy: Ok(None),
        connection: Ok("https://api.bitbucket.org/2.0".to_owned()),
        clock: Ok(()),
        credentials: Ok(identity()),
        repository: Ok("acme/rocket (--repo)".to_owned()),
        commit: Ok("e10dae2 (--commit)".to_owned()),
        outcome: outcome.into(),
    }
}

fn refusal(kind: ErrorKind, status: u16, message: &str) -> Refusal {
    let error = Error::for_test(kind).status(status).message(message).build();
    Refusal::from(&error)
}

fn verdicts(findings: &[CheckResult]) -> [Verdict; 7] {
    let checks: Vec<_> = findings.iter().map(|finding| finding.check).collect();
    assert_eq!(checks, Check::ALL);
    for finding in findings {
        assert_eq!(finding.remedy.is_none(), finding.verdict == Fine, "{finding:?}");
        assert!(!finding.found.is_empty(), "{finding:?}");
    }
    std::array::from_fn(|index| findings[index].verdict)
}

#[track_caller]
fn found(findings: &[CheckResult], check: Check) -> (&str, &str) {
    let finding = findings.iter().find(|finding| finding.check == check).expect("each check has a finding");
    (&finding.found, finding.remedy.as_deref().unwrap_or_default())
}

/// Proxy, connection, clock, credentials, scopes, repository and commit, where a check is the only one that failed.
fn only(failed: Check, first_unknown: Check) -> [Verdict; 7] {
    Check::ALL.map(|check| match check {
        _ if check == failed => Failed,
        Check::Clock => Fine,
        _ if check >= first_unknown => NotChecked,
        _ => Fine,
    })
}

#[test]
fn a_refusal_is_blamed_on_what_it_is_about_and_what_comes_before_is_fine() {
    use ErrorKind as Kind;
    let of = |failed| only(failed, failed);
    let lacks = Refusal {
        granted_scopes: vec!["account".to_owned()],
        missing_scopes: vec!["repository".to_owned()],
        ..refusal(Kind::Forbidden, 403, "")
    };
    let scoped = |refusal| Refusal { granted_scopes: vec!["repository".to_owned()], ..refusal };
    let no_access = "You may not have access to this repository or it no longer exists in this workspace.";
    let page = Refusal { has_other_body: true, message: None, ..refusal(Kind::NotFound, 404, "") };
    let table = [
        (refusal(Kind::Unauthorized, 401, "Token is invalid"), of(Check::Credentials), ExitCode::NotAllowed),
        (lacks, of(Check::Scopes), ExitCode::NotAllowed),
        (refusal(Kind::Forbidden, 403, "lack one or more privilege scopes"), of(Check::Scopes), ExitCode::NotAllowed),
        (
            refusal(Kind::Forbidden, 403, "This resource does not support authentication using the provided token"),
            of(Check::Credentials),
            ExitCode::NotAllowed,
        ),
        (refusal(Kind::Forbidden, 403, "Rate limit exceeded"), of(Check::Connection), ExitCode::NotAllowed),
        (scoped(refusal(Kind::Forbidden, 403, "Forbidden")), of(Check::Repository), ExitCode::NotAllowed),
        (
            Refusal { is_moved: true, ..scoped(refusal(Kind::Redirect, 301, "")) },
            of(Check::Repository),
            ExitCode::Failure,
        ),
        (refusal(Kind::Redirect, 302, ""), of(Check::Connection), ExitCode::Failure),
        (scoped(refusal(Kind::NotFound, 404, no_access)), of(Check::Repository), ExitCode::NotFound),
        (
            scoped(refusal(Kind::NotFound, 404, "No workspace with identifier 'acme'.")),
            of(Check::Repository),
            ExitCode::NotFound,
        ),
        (scoped(refusal(Kind::NotFound, 404, "Commit not found")), of(Check::Commit), ExitCode::NotFound),
        (
            scoped(refusal(Kind::NotFound, 404, "Something new")),
            only(Check::Commit, Check::Repository),
            ExitCode::NotFound,
        ),
        (refusal(Kind::NotFound, 404, "Resource not found"), of(Check::Connection), ExitCode::NotFound),
        (page, of(Check::Connection), ExitCode::NotFound),
        (refusal(Kind::Other, 407, ""), of(Check::Proxy), ExitCode::Failure),
        (refusal(Kind::RateLimited, 429, ""), of(Check::Connection), ExitCode::Unavailable),
        (refusal(Kind::Unavailable, 503, ""), of(Check::Connection), ExitCode::Unavailable),
        (refusal(Kind::Decode, 200, ""), of(Check::Connection), ExitCode::Failure),
    ];
    for (refusal, expected, code) in table {
        let shown = format!("{refusal:?}");
        let (findings, exit) = diagnose(&facts(outcome(Err(refusal))));
        assert_eq!((verdicts(&findings), exit), (expected, code), "{shown}");
    }
}

#[test]
fn without_a_connection_the_proxy_is_to_blame_where_there_is_one() {
    let unconnected =
        Refusal { status: None, is_unconnected: true, ..refusal(ErrorKind::Transport, 0, "connection refused") };
    let untrusted = Refusal { is_unconnected: false, ..unconnected.clone() };
    let proxy = Some("http://proxy:3128 (HTTPS_PROXY)".to_owned());
    let table = [
        (&unconnected, None, Check::Connection),
        (&unconnected, proxy.clone(), Check::Proxy),
        (&untrusted, proxy, Check::Connection),
    ];
    for (refusal, proxy, failed) in table {
        let outcome = RequestOutcome { now: NOW, date: None, result: Err(refusal.clone()) };
        let (findings, exit) = diagnose(&Facts { proxy: Ok(proxy), ..facts(outcome) });
        let expected = Check::ALL.map(|check| match check {
            _ if check == failed => Failed,
            _ if check < failed => Fine,
            _ => NotChecked,
        });
        assert_eq!((verdicts(&findings), exit), (expected, ExitCode::Unavailable));
        let remedy = format!("Correct the {} first", failed.name());
        assert_eq!(found(&findings, Check::Clock), ("no response to compare it with", &*remedy));
    }
}

#[test]
fn what_is_wrong_on_this_machine_is_found_without_a_request_all_at_once() {
    let wrong =
        |what: &str| CliError::new(ExitCode::Usage, format!("{what}: it is wrong")).help(format!("correct {what}"));
    let table = [
        Facts { proxy: Err(wrong("proxy")), ..facts(None) },
        Facts { connection: Err(wrong("connection")), ..facts(None) },
        Facts { clock: Err(wrong("clock")), ..facts(None) },
        Facts { credentials: Err(wrong("credentials")), ..facts(None) },
        Facts { repository: Err(wrong("repository")), ..facts(None) },
        Facts { commit: Err(wrong("commit")), ..facts(None) },
        Facts { credentials: Err(wrong("credentials")), commit: Err(wrong("commit")), ..facts(None) },
    ];
    for facts in table {
        let (findings, exit) = diagnose(&facts);
        assert_eq!(exit, ExitCode::Usage);
        let failed: Vec<_> = Check::ALL.into_iter().filter(|check| facts.error(*check).is_some()).collect();
        for (verdict, check) in verdicts(&findings).into_iter().zip(Check::ALL) {
            assert_eq!(verdict, if failed.contains(&check) { Failed } else { NotChecked }, "{check:?}");
            let name = check.name();
            let (found, remedy) = found(&findings, check);
            match verdict {
                Failed => assert_eq!((found, remedy), ("it is wrong", &*format!("correct {name}"))),
                _ => assert_eq!(remedy, format!("Correct the {} first", failed[0].name())),
            }
        }
    }
}

#[test]
fn a_page_of_statuses_shows_that_everything_is_fine() {
    let scopes = |text: &str| Some(text.to_owned());
    let listing = Listing {
        size: Some(3),
        credential_type: Some("repo_access_token".to_owned()),
        granted_scopes: scopes("account, repository"),
        needed_scopes: scopes("repository"),
    };
    let (findings, exit) = diagnose(&facts(outcome(Ok(listing.clone()))));
    assert_eq!((verdicts(&findings), exit), ([Fine; 7], ExitCode::Done));
    let table = [
        (Check::Proxy, "none"),
        (Check::Connection, "https://api.bitbucket.org/2.0"),
        (Check::Clock, "within a minute of Bitbucket's"),
        (
            Check::Credentials,
            "access token (BITBUCKET_TOKEN), which looks like an access token; Bitbucket calls it repo_access_token",
        ),
        (Check::Scopes, "account, repository; needed: repository"),
        (Check::Repository, "acme/rocket (--repo)"),
        (Check::Commit, "e10dae2 (--commit), with 3 statuses"),
    ];
    for (check, expected) in table {
        assert_eq!(found(&findings, check), (expected, ""));
    }
    let table = [
        (None, None, "not reported, but they suffice"),
        (None, scopes("repository"), "not reported, but they suffice; needed: repository"),
        (scopes("repository"), None, "repository"),
    ];
    for (granted_scopes, needed_scopes, expected) in table {
        let listing = Listing { granted_scopes, needed_scopes, ..listing.clone() };
        assert_eq!(found(&diagnose(&facts(outcome(Ok(listing)))).0, Check::Scopes), (expected, ""));
    }
    for (size, suffix) in [(None, ""), (Some(0), ", without a status so far"), (Some(1), ", with 1 status")] {
        let findings = diagnose(&facts(outcome(Ok(Listing { size, ..listing.clone() })))).0;
        assert_eq!(found(&findings, Check::Commit).0, format!("e10dae2 (--commit){suffix}"));
    }
}

#[test]
fn credentials_that_never_arrived_are_a_failure_although_the_page_did() {
    let listing = Listing { credential_type: Some("unauthenticated_identity".to_owned()), ..Listing::default() };
    let (findings, exit) = diagnose(&facts(outcome(Ok(listing))));
    assert_eq!((verdicts(&findings)[3], exit), (Failed, ExitCode::NotAllowed));
    assert!(found(&findings, Check::Credentials).1.contains("Authorization"), "{findings:#?}");
}

#[test]
fn a_token_that_begins_like_another_kind_is_named_whether_it_was_refused_or_not() {
    let warning = CliError::usage("expected an access token").help("Set it as BITBUCKET_API_TOKEN");
    let credentials = CredentialFacts { begins_like: Some(TokenKind::Api), warning: Some(warning), ..identity() };
    let with = |outcome| Facts { credentials: Ok(credentials.clone()), ..facts(outcome) };
    let (findings, exit) = diagnose(&with(outcome(Ok(Listing::default()))));
    assert_eq!((verdicts(&findings)[3], exit), (Warning, ExitCode::Done));
    let expected = "access token (BITBUCKET_TOKEN), which looks like an API token: Bitbucket accepted it nevertheless";
    assert_eq!(found(&findings, Check::Credentials), (expected, "Set it as BITBUCKET_API_TOKEN"));
    let refused = refusal(ErrorKind::Unauthorized, 401, "Token is invalid");
    let (findings, exit) = diagnose(&with(outcome(Err(refused))));
    assert_eq!((verdicts(&findings)[3], exit), (Failed, ExitCode::NotAllowed));
    let expected = "access token (BITBUCKET_TOKEN), which looks like an API token: Bitbucket returned 401: Token is \
                    invalid";
    assert_eq!(found(&findings, Check::Credentials), (expected, "Set it as BITBUCKET_API_TOKEN"));
}

#[test]
fn the_kind_of_a_token_is_named_only_where_there_is_one() {
    let table = [
        (None, true, "x with an unknown prefix"),
        (Some(TokenKind::AppPassword), true, "x, which looks like an app password"),
        (None, false, "x"),
    ];
    for (begins_like, has_token, expected) in table {
        let identity = CredentialFacts { name: "x".to_owned(), begins_like, has_token, warning: None };
        assert_eq!(identity.description(), expected);
    }
}

#[test]
fn a_clock_may_differ_by_a_minute() {
    let ahead = |seconds| Some(NOW + Duration::from_secs(seconds));
    let behind = |seconds| Some(NOW - Duration::from_secs(seconds));
    let table = [
        (ahead(60), Fine, "within a minute"),
        (behind(60), Fine, "within a minute"),
        (ahead(61), Warning, "1m 1s behind Bitbucket's"),
        (behind(7200), Warning, "2h ahead of Bitbucket's"),
        (None, NotChecked, "the response has no date"),
    ];
    for (date, verdict, expected) in table {
        let outcome = RequestOutcome { now: NOW, date, result: Ok(Listing::default()) };
        let (findings, exit) = diagnose(&facts(outcome));
        assert_eq!((verdicts(&findings)[2], exit), (verdict, ExitCode::Done), "{date:?}");
        assert!(found(&findings, Check::Clock).0.starts_with(expected), "{findings:#?}");
    }
}

/// The library explains the same messages: both recognise them by the same words.
#[test]
fn a_message_is_blamed_on_what_its_explanation_is_about() {
    let table = [
        (ErrorKind::NotFound, 404, "There is no API hosted at this URL.", Check::Connection, "no API at this address"),
        (ErrorKind::NotFound, 404, "No workspace with identifier 'acme'.", Check::Repository, "no such workspace"),
        (ErrorKind::NotFound, 404, "Repository not found", Check::Repository, "no such repository"),
        (ErrorKind::NotFound, 404, "You may not have access to this.", Check::Repository, "no such repository"),
        (ErrorKind::NotFound, 404, "It no longer exists in this workspace.", Check::Repository, "no such repository"),
        (ErrorKind::Forbidden, 403, "Rate limit for this resource", Check::Connection, "requests an hour"),
    ];
    for (kind, status, message, blamed, explained) in table {
        let error = Error::for_test(kind).status(status).message(message).build();
        let cause = error.explain().cause;
        assert_eq!(Refusal::from(&error).blamed(false).0, blamed, "{message}");
        assert!(cause.contains(explained), "{message}: {cause}");
    }
}
