//! Makes text from elsewhere safe for terminals, and for CI agents that read the log.

use std::{borrow::Cow, fmt::Write as _};

/// Escapes, as `\u{…}`, what could control a terminal, change the reading direction, or be a command to a CI agent.
pub(crate) fn sanitize(text: &str) -> Cow<'_, str> {
    escape(text, text.starts_with("::").then_some(0), |escaped, character| {
        write!(escaped, "\\u{{{:x}}}", u32::from(character))
    })
}

/// The same for JSON, where such characters are in strings only: escaped as `\u…`, the JSON has the same value.
pub(crate) fn escape_json(json: &str) -> Cow<'_, str> {
    // `contains` is vectorized, `find` is not.
    let first_colon = if json.contains("\"::") { json.find("\"::").map(|quote| quote + 1) } else { None };
    escape(json, first_colon, |escaped, character| write!(escaped, "\\u{:04x}", u32::from(character)))
}

/// The log commands of Azure Pipelines and TeamCity, which may also be in the middle of a line, and the older ones of
/// GitHub. The caller finds those that start a line with `::`.
const LOG_COMMANDS: [&str; 3] = ["##vso[", "##teamcity[", "##["];

fn escape(
    text: &str,
    first_colon: Option<usize>,
    write_escaped: impl Fn(&mut String, char) -> std::fmt::Result,
) -> Cow<'_, str> {
    // No early exit: folding over every byte lets LLVM vectorize the check.
    let is_printable_ascii = text.bytes().fold(true, |so_far, byte| so_far & matches!(byte, b' '..=b'~'));
    let has_log_command = first_colon.is_some() || text.contains("##");
    if !has_log_command && (is_printable_ascii || !text.contains(needs_escape)) {
        return text.into();
    }
    let mut escaped = String::with_capacity(text.len() + 16);
    for (index, character) in text.char_indices() {
        let starts_log_command = match character {
            '#' => LOG_COMMANDS.iter().any(|command| has_prefix(&text[index..], command)),
            ':' => {
                first_colon.is_some_and(|first| index == first || index > first && text[..index].ends_with('"'))
                    && text[index..].starts_with("::")
            }
            _ => false,
        };
        if starts_log_command || needs_escape(character) {
            // Writing to a string does not fail.
            let _ = write_escaped(&mut escaped, character);
        } else {
            escaped.push(character);
        }
    }
    escaped.into()
}

fn has_prefix(text: &str, prefix: &str) -> bool {
    text.get(..prefix.len()).is_some_and(|start| start.eq_ignore_ascii_case(prefix))
}

/// Control characters, and characters that change the reading direction (all below U+10000).
fn needs_escape(character: char) -> bool {
    character.is_control()
        || matches!(character, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::{escape_json, sanitize};

    #[test]
    fn nothing_that_controls_a_terminal_or_a_ci_agent_gets_through() {
        let table = [
            ("42 tests passed ✓", "42 tests passed ✓"),
            ("\u{1b}[31mred\u{7}", "\\u{1b}[31mred\\u{7}"),
            ("two\r\nlines", "two\\u{d}\\u{a}lines"),
            ("\u{9b}2J", "\\u{9b}2J"),
            ("\u{202e}gnp.exe", "\\u{202e}gnp.exe"),
            ("::error::x", "\\u{3a}:error::x"),
            ("std::env ::error::", "std::env ::error::"),
            ("##vso[task.setvariable variable=x]y", "\\u{23}#vso[task.setvariable variable=x]y"),
            ("é ##VSO[x] ##teamcity[y]", "é \\u{23}#VSO[x] \\u{23}#teamcity[y]"),
            ("###[error]x", "#\\u{23}#[error]x"),
            ("## heading, #1 and ##", "## heading, #1 and ##"),
        ];
        for (text, shown) in table {
            assert_eq!(sanitize(text), shown);
        }
    }

    #[test]
    fn escaped_json_is_the_same_json() {
        let texts =
            ["\u{1b}[31m \u{9b}2J \u{202e} \" \\ ✓", "::error::", "\"::error::", "a ##vso[x] ##[y] \u{1b}", "a::b"];
        let json = serde_json::to_string(&texts).unwrap();
        let escaped = escape_json(&json);
        assert!(!escaped.contains(['\u{9b}', '\u{202e}']), "{escaped}");
        assert!(!escaped.contains("\"::") && !escaped.contains("##vso[") && !escaped.contains("##["), "{escaped}");
        assert_eq!(serde_json::from_str::<Vec<String>>(&escaped).unwrap(), texts);
        assert_eq!(escape_json(r#"{"key":"a::b"}"#), r#"{"key":"a::b"}"#);
    }
}
