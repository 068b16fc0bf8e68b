use super::*;

fn said(status: u16, body: &str) -> String {
    describe(status, &body::read(body.as_bytes()))
}

#[test]
fn a_text_says_status_message_and_the_fields_the_message_does_not_repeat() {
    let table = [
        (503, "", "Bitbucket answered 503 Service Unavailable"),
        (599, "", "Bitbucket answered 599"),
        (404, "Not Found", "Bitbucket answered 404 Not Found"),
        (400, "Bad request", "Bitbucket answered 400 Bad Request"),
        (401, "Log in\r\n  with a token\n", "Bitbucket answered 401 Unauthorized: Log in with a token"),
        (
            400,
            r#"{"error":{"message":"Bad request","fields":{"state":"required","url":"required"}}}"#,
            "Bitbucket answered 400 Bad Request; state: required; url: required",
        ),
        (
            400,
            r#"{"error":{"message":"Bad request","fields":{"u\nrl":"no\u001b[2J URL"}}}"#,
            "Bitbucket answered 400 Bad Request; u rl: no [2J URL",
        ),
        (502, "<html></html>", "Bitbucket answered 502 Bad Gateway"),
        (
            400,
            r#"{"error":{"message":"key: Too long.","fields":{"key":["Too long."]}}}"#,
            "Bitbucket answered 400 Bad Request: key: Too long.",
        ),
        (
            400,
            r#"{"error":{"message":"Bad request","fields":{"state":"required","url":["no URL","no host"]}}}"#,
            "Bitbucket answered 400 Bad Request; state: required; url: no URL; url: no host",
        ),
        (
            404,
            r#"{"error":{"message":"Resource not found","detail":"There is no API"}}"#,
            "Bitbucket answered 404 Not Found: Resource not found (There is no API)",
        ),
    ];
    for (status, body, expected) in table {
        assert_eq!(said(status, body), expected, "{body}");
    }
}

#[test]
fn a_text_stays_short_whatever_the_body_says() {
    let fields: Vec<_> = (0..1000).map(|n| format!(r#""{n}":"{n} {}""#, "x".repeat(500))).collect();
    let body = format!(r#"{{"error":{{"fields":{{{}}}}}}}"#, fields.join(","));
    assert!(said(400, &body).len() < 2 * LONGEST_TEXT);
}

#[test]
fn what_followed_the_first_attempt_is_told() {
    let (short, long) = (Duration::from_millis(1500), Duration::from_secs(745));
    let table = [
        (1, None, ""),
        (1, Some(GaveUp::Final), ""),
        (4, Some(GaveUp::NoRepeatsLeft), " (after 4 attempts)"),
        (
            1,
            Some(GaveUp::WaitTooLong { wait: long, left: short }),
            "; a wait of 745 s is due, and only 1.5 s are left for the call",
        ),
        (
            2,
            Some(GaveUp::WaitTooLong { wait: Duration::MAX, left: long }),
            " (after 2 attempts); a wait of more than a day is due, and only 745 s are left for the call",
        ),
        (3, Some(GaveUp::OutOfTime { budget: short }), " (after 3 attempts); the call's 1.5 s are over"),
    ];
    for (attempts, gave_up, expected) in table {
        assert_eq!(afterwards(attempts, gave_up), expected);
    }
}

#[test]
fn an_item_of_a_page_that_is_no_status_is_named_by_its_place() {
    let page = br#"{"values":[{"key":"a","state":"FAILED"},"Free plan"]}"#;
    let problem = misplaced_item(page).expect("the second item is no status");
    assert!(problem.starts_with("values[1] is no build status: invalid type: string \"Free plan\""), "{problem}");
    for good in [br#"{"values":[]}"#.as_slice(), b"[]", b"<html>", b""] {
        assert_eq!(misplaced_item(good), None);
    }
}

#[test]
fn scopes_are_read_with_any_separator() {
    let mut headers = HeaderMap::new();
    assert!(scopes(&headers, "x-oauth-scopes").is_empty());
    headers.insert("x-oauth-scopes", "repository, account  pullrequest,".parse().unwrap());
    assert_eq!(scopes(&headers, "x-oauth-scopes"), ["repository", "account", "pullrequest"]);
    headers.insert("x-oauth-scopes", "s ".repeat(1000).parse().unwrap());
    assert_eq!(scopes(&headers, "x-oauth-scopes").len(), body::MOST_TEXTS);
}

#[test]
fn an_error_is_one_word_wide_and_travels_between_threads() {
    fn travels<T: Send + Sync + 'static>() {}
    travels::<Error>();
    assert_eq!(size_of::<Error>(), size_of::<usize>());
}
