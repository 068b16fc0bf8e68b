use super::*;

fn text(status: u16, body: &str) -> String {
    sentence(status, &ErrorBody::read(body.as_bytes()))
}

#[test]
fn a_text_has_status_message_and_the_fields_that_the_message_lacks() {
    let table = [
        (503, "", "Bitbucket returned 503 Service Unavailable"),
        (599, "", "Bitbucket returned 599"),
        (404, "Not Found", "Bitbucket returned 404 Not Found"),
        (400, "Bad request", "Bitbucket returned 400 Bad Request"),
        (401, "Log in\r\n  with a token\n", "Bitbucket returned 401 Unauthorized: Log in with a token"),
        (
            400,
            r#"{"error":{"message":"Bad request","fields":{"state":"required","url":"required"}}}"#,
            "Bitbucket returned 400 Bad Request; state: required; url: required",
        ),
        (
            400,
            r#"{"error":{"message":"Bad request","fields":{"u\nrl":"no\u001b[2J URL"}}}"#,
            "Bitbucket returned 400 Bad Request; u rl: no [2J URL",
        ),
        (502, "<html></html>", "Bitbucket returned 502 Bad Gateway"),
        (
            400,
            r#"{"error":{"message":"key: Too long.","fields":{"key":["Too long."]}}}"#,
            "Bitbucket returned 400 Bad Request: key: Too long.",
        ),
        (
            400,
            r#"{"error":{"message":"Bad request","fields":{"state":"required","url":["no URL","no host"]}}}"#,
            "Bitbucket returned 400 Bad Request; state: required; url: no URL; url: no host",
        ),
        (
            404,
            r#"{"error":{"message":"Resource not found","detail":"There is no API"}}"#,
            "Bitbucket returned 404 Not Found: Resource not found (There is no API)",
        ),
    ];
    for (status, body, expected) in table {
        assert_eq!(text(status, body), expected, "{body}");
    }
}

#[test]
fn only_a_redirect_on_the_same_host_is_a_move_and_secrets_of_an_address_are_not_shown() {
    let moved = "the repository has moved: Bitbucket returned 302 and points to https://api.bitbucket.org/2.0/moved";
    let portal = "something between this client and Bitbucket redirects to https://login.example.com:8443 (302)";
    let table = [
        (Some("https://api.bitbucket.org/2.0/moved"), moved),
        (Some("/2.0/moved?token=s3cret#s3cret"), moved),
        (Some("https://ada:s3cret@API.bitbucket.org/2.0/moved"), moved),
        (Some("https://ada:s3cret@login.example.com:8443/s3cret?back=s3cret#s3cret"), portal),
        (Some("//login.example.com:8443/s3cret"), portal),
        (Some("mailto:s3cret@example.com"), "Bitbucket returned 302, a redirect without an address"),
        (Some("https://"), "Bitbucket returned 302, a redirect without an address"),
        (None, "Bitbucket returned 302, a redirect without an address"),
    ];
    let url = Url::parse("https://api.bitbucket.org/2.0/repositories/acme/rocket").unwrap();
    for (location, expected) in table {
        let error = redirect(302, &url, location);
        assert_eq!(error.text, expected, "{location:?}");
        let is_moved = expected == moved;
        assert_eq!(error.location.as_deref(), is_moved.then_some("https://api.bitbucket.org/2.0/moved"));
    }
}

#[test]
fn a_text_is_short_whatever_the_body_contains() {
    let fields: Vec<_> = (0..1000).map(|n| format!(r#""{n}":"{n} {}""#, "x".repeat(500))).collect();
    let body = format!(r#"{{"error":{{"fields":{{{}}}}}}}"#, fields.join(","));
    assert!(text(400, &body).len() < 2 * LONGEST_TEXT);
}

#[test]
fn the_text_has_the_number_of_attempts_and_why_there_is_no_further_one() {
    let (short, long) = (Duration::from_millis(1500), Duration::from_secs(745));
    let table = [
        (1, None, ""),
        (1, Some(StopReason::Permanent), ""),
        (4, Some(StopReason::RetriesExhausted), " (after 4 attempts)"),
        (
            1,
            Some(StopReason::DelayExceedsDeadline { delay: long, left: short }),
            "; the server asks for a delay of 745 s, but only 1.5 s are left for the call",
        ),
        (
            2,
            Some(StopReason::DelayExceedsDeadline { delay: Duration::MAX, left: long }),
            " (after 2 attempts); the server asks for a delay of more than a day, but only 745 s are left for the call",
        ),
        (
            3,
            Some(StopReason::DeadlineExceeded { total_timeout: short }),
            " (after 3 attempts); no other attempt fits into the call's timeout of 1.5 s",
        ),
    ];
    let quota = retry_suffix(CallSummary { attempts: 2, retry_after: None, stop: Some(StopReason::QuotaExhausted) });
    assert!(quota.contains("(after 2 attempts)") && quota.contains("retry quota"), "{quota}");
    for (attempts, stop, expected) in table {
        assert_eq!(retry_suffix(CallSummary { attempts, retry_after: None, stop }), expected);
    }
}

#[test]
fn scopes_are_read_with_any_separator() {
    let mut headers = HeaderMap::new();
    assert!(scopes(&headers, "x-oauth-scopes").is_empty());
    headers.insert("x-oauth-scopes", "repository, account  pullrequest,".parse().unwrap());
    assert_eq!(scopes(&headers, "x-oauth-scopes"), ["repository", "account", "pullrequest"]);
    headers.insert("x-oauth-scopes", "s ".repeat(1000).parse().unwrap());
    assert_eq!(scopes(&headers, "x-oauth-scopes").len(), MAX_TEXTS);
}

#[test]
fn an_error_is_as_small_as_a_pointer_and_can_be_sent_between_threads() {
    fn travels<T: Send + Sync + 'static>() {}
    travels::<Error>();
    assert_eq!(size_of::<Error>(), size_of::<usize>());
}

#[test]
fn a_success_without_a_token_is_not_the_success_of_the_call() {
    for (body, retried) in [("<html></html>", true), (r#"{"type": "none"}"#, false)] {
        let response = RawResponse {
            status: StatusCode::OK,
            headers: HeaderMap::new(),
            body: body.into(),
            exceeded_limit: None,
            attempts: 1,
            sent: None,
        };
        let outcome = token_outcome(&token_missing(&response));
        assert!(!outcome.is_success(), "{body}: {outcome:?}");
        assert_eq!(classify(outcome).1, retried, "{body}");
    }
}
