//! Any bytes as the body of a success: a status or page that survives being written and read again, or none.
#![no_main]

use bitbucket_build_status::{BuildStatus, BuildStatusPage};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|body: &[u8]| {
    if let Ok(status) = serde_json::from_slice::<BuildStatus>(body) {
        let written = serde_json::to_vec(&status).expect("a status can be written");
        assert_eq!(serde_json::from_slice::<BuildStatus>(&written).expect("and read again"), status);
    }
    if let Ok(page) = serde_json::from_slice::<BuildStatusPage>(body) {
        let written = serde_json::to_vec(&page).expect("a page can be written");
        assert_eq!(serde_json::from_slice::<BuildStatusPage>(&written).expect("and read again"), page);
    }
});
