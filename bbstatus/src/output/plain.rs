//! Text that others wrote, made safe for a terminal.

use std::{borrow::Cow, fmt::Write as _};

/// Shows characters that could steer a terminal or turn the reading direction as `\u{…}`.
pub(crate) fn plain(text: &str) -> Cow<'_, str> {
    replaced(text, |shown, character| write!(shown, "\\u{{{:x}}}", u32::from(character)))
}

/// The same for JSON, where these characters stand only in texts: as `\u…`.
pub(crate) fn escaped(json: &str) -> Cow<'_, str> {
    replaced(json, |shown, character| write!(shown, "\\u{:04x}", u32::from(character)))
}

fn replaced(text: &str, show: impl Fn(&mut String, char) -> std::fmt::Result) -> Cow<'_, str> {
    // To the end, since what stops nowhere is done for many bytes at once.
    let is_ordinary = text.bytes().fold(true, |so_far, byte| so_far & matches!(byte, b' '..=b'~'));
    if is_ordinary || !text.contains(steers) {
        return text.into();
    }
    let mut shown = String::with_capacity(text.len() + 16);
    for character in text.chars() {
        if steers(character) {
            // Writing to a text does not fail.
            let _ = show(&mut shown, character);
        } else {
            shown.push(character);
        }
    }
    shown.into()
}

/// Control characters, and those that change the reading direction (all below U+10000).
fn steers(character: char) -> bool {
    character.is_control()
        || matches!(character, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::{escaped, plain};

    #[test]
    fn nothing_that_steers_a_terminal_gets_through() {
        let table = [
            ("42 tests passed ✓", "42 tests passed ✓"),
            ("\u{1b}[31mred\u{7}", "\\u{1b}[31mred\\u{7}"),
            ("two\r\nlines", "two\\u{d}\\u{a}lines"),
            ("\u{9b}2J", "\\u{9b}2J"),
            ("\u{202e}gnp.exe", "\\u{202e}gnp.exe"),
        ];
        for (text, shown) in table {
            assert_eq!(plain(text), shown);
        }
    }

    #[test]
    fn escaped_json_is_the_same_json() {
        let text = "\u{1b}[31m \u{9b}2J \u{202e} \" \\ ✓";
        let json = serde_json::to_string(text).unwrap();
        let shown = escaped(&json);
        assert!(!shown.contains(['\u{9b}', '\u{202e}']), "{shown}");
        assert_eq!(serde_json::from_str::<String>(&shown).unwrap(), text);
    }
}
