//! Any text as `Retry-After` and `X-RateLimit-Reset`: a delay, or none.
#![no_main]

use bitbucket_build_status::fuzzing::retry_after;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|asked: (u16, &[u8], &[u8])| {
    let (status, value, reset) = asked;
    let delay = retry_after(status, value, reset);
    if let Ok(text) = std::str::from_utf8(value)
        && let Ok(seconds) = text.parse::<u64>()
        && text.bytes().all(|byte| byte.is_ascii_digit())
    {
        assert_eq!(delay.map(|delay| delay.as_secs()), Some(seconds));
    }
});
