//! Any text as `Retry-After` and `X-RateLimit-Reset`: a wait, or none.
#![no_main]

use bitbucket_build_status::fuzzing::asked_wait;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|asked: (u16, &[u8], &[u8])| {
    let (status, retry_after, reset) = asked;
    let wait = asked_wait(status, retry_after, reset);
    if let Ok(text) = std::str::from_utf8(retry_after)
        && let Ok(seconds) = text.parse::<u64>()
        && text.bytes().all(|byte| byte.is_ascii_digit())
    {
        assert_eq!(wait.map(|wait| wait.as_secs()), Some(seconds));
    }
});
