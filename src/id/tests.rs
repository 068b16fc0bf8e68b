use super::*;
use crate::ErrorKind;

#[track_caller]
fn refused<T: fmt::Debug>(outcome: Result<T>, field: &str, problem: &str) {
    let error = outcome.expect_err(problem);
    assert_eq!((error.kind(), error.field()), (ErrorKind::InvalidInput, Some(field)));
    assert!(error.to_string().contains(problem), "{error}");
}

#[test]
fn a_text_that_would_reach_another_endpoint_is_refused() {
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
fn everything_else_is_accepted() {
    for text in ["acme", "{1a2b3c4d-0000-4000-8000-000000000000}", "a/b", "%2e%2e", "...", "a b", "é", "a?b#c", "~"] {
        assert_eq!(Workspace::new(text).unwrap().as_str(), text);
        assert_eq!(RepoSlug::new(text).unwrap().to_string(), text);
        assert_eq!(Key::new(text).unwrap().as_ref(), text);
    }
}

#[test]
fn a_commit_is_7_to_40_hexadecimal_digits() {
    let full = "e10dae226959c2194f2b07b077c07762d93821cf";
    assert!(!CommitHash::new(full).unwrap().is_short());
    assert!(!CommitHash::new(full.to_uppercase()).unwrap().is_short());
    assert!(CommitHash::new(&full[..7]).unwrap().is_short());
    assert!(CommitHash::new(&full[..39]).unwrap().is_short());
    for bad in [&full[..6], &format!("{full}0"), "main", "HEAD", "e10dae22695g"] {
        refused(CommitHash::new(bad), "commit", "40 hexadecimal digits");
    }
}

#[test]
fn a_key_has_at_most_40_characters_not_bytes() {
    assert!(Key::new("é".repeat(40)).is_ok());
    refused(Key::new("é".repeat(41)), "key", "expected at most 40 characters, got 41");
}

#[test]
fn a_shortened_key_is_the_same_everywhere_and_differs_for_different_names() {
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

#[test]
fn ids_convert_from_every_kind_of_text_and_into_a_string() {
    let text = "unit-tests";
    let keys = [
        Key::try_from(text),
        Key::try_from(&text),
        Key::try_from(text.to_owned()),
        Key::try_from(&text.to_owned()),
        Key::try_from(Box::<str>::from(text)),
        Key::try_from(Cow::Borrowed(text)),
        text.parse(),
    ];
    for key in keys {
        let key = key.unwrap();
        let (other, owned) = ("other", text.to_owned());
        assert!(key == text && key == *text && key == owned && key != other && key != *other);
        assert!(text == key && *text == key && owned == key && other != key && *other != key);
        assert_eq!(String::from(key), text);
    }
    assert!(Key::try_from(&"..").is_err());
}

#[test]
fn a_commit_is_compared_without_case_and_other_ids_are_not() {
    use std::collections::{BTreeSet, HashSet};

    let commits = ["e10dae226959", "E10DAE226959", "e10DAE226959"].map(|text| CommitHash::new(text).unwrap());
    assert_eq!(commits[0], commits[1]);
    assert_eq!(commits[0], "E10dae226959");
    assert_eq!(commits[1].as_str(), "E10DAE226959", "it is sent unchanged");
    assert_eq!(commits.iter().collect::<HashSet<_>>().len(), 1);
    assert_eq!(commits.iter().collect::<BTreeSet<_>>().len(), 1);
    assert_ne!(commits[0], CommitHash::new("e10dae22695").unwrap(), "a prefix may be another commit");
    let keys = ["k", "K"].map(|text| Key::new(text).unwrap());
    assert_ne!(keys[0], keys[1]);
    assert_eq!(keys.iter().collect::<HashSet<_>>().len(), 2);
}
