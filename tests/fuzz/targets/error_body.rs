//! Any status and bytes as a failed answer: an error with a bounded text of one line, and an explanation.
#![no_main]

use bitbucket_build_status::fuzzing::answered;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|answer: (u16, &[u8])| {
    let (status, body) = answer;
    let error = answered(status, body);
    let text = error.to_string();
    assert!(text.len() < 8000, "{} bytes of text", text.len());
    assert!(error.body_excerpt().is_none_or(|excerpt| excerpt.chars().count() <= 301));
    assert!(!error.explain().cause.is_empty());
});
