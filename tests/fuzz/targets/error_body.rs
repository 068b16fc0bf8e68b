//! Any status and bytes as a response: an error with a bounded text of one line, and an explanation.
#![no_main]

use bitbucket_build_status::fuzzing::response_error;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|response: (u16, &[u8])| {
    let (status, body) = response;
    // Every status that HTTP has; most numbers are not a status.
    let Some(error) = response_error(100 + status % 900, body) else { return };
    let (text, explanation) = (error.to_string(), error.explain().to_string());
    assert!(text.len() < 8000 && explanation.len() < 2000, "{text}\n{explanation}");
    assert!(!text.contains(char::is_control) && !explanation.contains(char::is_control), "{text}\n{explanation}");
    assert!(error.body_excerpt().is_none_or(|excerpt| excerpt.chars().count() <= 301));
});
