use super::*;
use crate::ErrorKind;

#[track_caller]
fn refused<T: fmt::Debug>(outcome: Result<T>, field: &str, problem: &str) {
    let error = outcome.expect_err(problem);
    assert_eq!((error.kind(), error.field()), (ErrorKind::InvalidInput, Some(field)));
    assert!(error.to_string().contains(problem), "{error}");
}

#[test]
fn what_would_reach_another_endpoint_is_refused() {
    let table = [
        ("", "at least one character"),
        (".", "relative path"),
        ("..", "relative path"),
        ("a\\b", "backslash"),
        ("..\\x", "backslash"),
        ("a\nb", "control characters"),
        ("a\0", "control characters"),
        ("\u{7f}", "control characters"),
    ];
    for (text, problem) in table {
        refused(Workspace::new(text), "workspace", problem);
        refused(RepoSlug::new(text), "repo_slug", problem);
        refused(Key::new(text), "key", problem);
        refused(Key::shorten(text), "key", problem);
        refused(CommitHash::new(text), "commit", problem);
    }
}

#[test]
fn everything_else_is_a_name() {
    for text in ["acme", "{1a2b3c4d-0000-4000-8000-000000000000}", "a/b", "%2e%2e", "...", "a b", "é", "a?b#c", "~"] {
        assert_eq!(Workspace::new(text).unwrap().as_str(), text);
        assert_eq!(RepoSlug::new(text).unwrap().to_string(), text);
        assert_eq!(Key::new(text).unwrap().as_ref(), text);
    }
}

#[test]
fn a_commit_is_12_to_40_hexadecimal_digits() {
    let whole = "e10dae226959c2194f2b07b077c07762d93821cf";
    assert!(!CommitHash::new(whole).unwrap().is_short());
    assert!(!CommitHash::new(whole.to_uppercase()).unwrap().is_short());
    assert!(CommitHash::new(&whole[..12]).unwrap().is_short());
    assert!(CommitHash::new(&whole[..39]).unwrap().is_short());
    for bad in [&whole[..11], &format!("{whole}0"), "main", "HEAD", "e10dae22695g"] {
        refused(CommitHash::new(bad), "commit", "40 hexadecimal digits");
    }
}

#[test]
fn a_key_has_at_most_40_characters_not_bytes() {
    assert!(Key::new("é".repeat(40)).is_ok());
    refused(Key::new("é".repeat(41)), "key", "expected at most 40 characters, got 41");
}

#[test]
fn a_shortened_key_is_the_same_everywhere_and_tells_long_names_apart() {
    let (long, other) = ("k".repeat(60), "k".repeat(61));
    let key = Key::shorten(&long).unwrap();
    assert_eq!(key.as_str(), "kkkkkkkkkkkkkkkkkkkkkkkkkkkkk-5908256d51");
    assert_ne!(key, Key::shorten(&other).unwrap());
    assert_eq!(Key::shorten(&"é".repeat(41)).unwrap().as_str().chars().count(), 40);
    let exact = "k".repeat(40);
    assert_eq!(Key::shorten(&exact).unwrap().as_str(), exact);
}

#[test]
fn a_name_is_read_from_json_with_the_same_checks() {
    assert_eq!(serde_json::from_str::<Key>(r#""unit-tests""#).unwrap().as_str(), "unit-tests");
    assert!(serde_json::from_str::<Key>(r#""..""#).is_err());
    assert_eq!(serde_json::to_string(&RepoSlug::new("rocket").unwrap()).unwrap(), r#""rocket""#);
}
