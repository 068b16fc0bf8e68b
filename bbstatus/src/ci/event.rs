//! The event that a workflow of GitHub Actions runs for, in which GitHub passes what is in no variable.

use std::{fs, sync::OnceLock};

use serde_json::Value;

/// The variable that names the file.
pub(super) const FILE: &str = "GITHUB_EVENT_PATH";

/// Reads the member that a JSON pointer names; a file that cannot be read has none.
pub(super) fn github(pointer: &str, variable: impl Fn(&str) -> Option<String>) -> Option<String> {
    static EVENT: OnceLock<Value> = OnceLock::new();
    let event = EVENT.get_or_init(|| {
        let text = variable(FILE).and_then(|path| fs::read(path).ok()).unwrap_or_default();
        serde_json::from_slice(&text).unwrap_or_default()
    });
    match event.pointer(pointer)? {
        Value::String(text) => Some(text.clone()).filter(|text| !text.is_empty()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}
