//! Any status and bytes as a failed answer: an error with a bounded text of one line, and an explanation.
#![no_main]

use bitbucket_build_status::fuzzing::answered;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|answer: (u16, &[u8])| {
    let (status, body) = answer;
    // Every status that HTTP has; most numbers are none.
    let error = answered(100 + status % 900, body);
    let (text, explanation) = (error.to_string(), error.explain().to_string());
    assert!(text.len() < 8000 && explanation.len() < 2000, "{text}\n{explanation}");
    assert!(!text.contains(char::is_control) && !explanation.contains(char::is_control), "{text}\n{explanation}");
    assert!(error.body_excerpt().is_none_or(|excerpt| excerpt.chars().count() <= 301));
});
