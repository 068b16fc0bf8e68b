//! Any text as the names of a status: refused, or one segment of a path and the same after being read back.
#![no_main]

use bitbucket_build_status::{CommitHash, Key, RepoSlug, Workspace};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    for name in [Workspace::new(text).map(|name| name.to_string()), RepoSlug::new(text).map(|name| name.to_string())] {
        if let Ok(name) = name {
            assert!(name == text && !matches!(text, "" | "." | "..") && !text.contains('\\'));
        }
    }
    if let Ok(hash) = CommitHash::new(text) {
        assert!((12..=40).contains(&hash.as_str().len()));
    }
    if let Ok(key) = Key::shorten(text) {
        assert!(key.as_str().chars().count() <= Key::MAX_CHARACTERS);
        assert_eq!(Key::new(key.as_str()).expect("a shortened key is a key"), key);
        assert_eq!(key.as_str() == text, text.chars().count() <= Key::MAX_CHARACTERS);
    }
});
