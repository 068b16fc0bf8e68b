//! Java's properties files, in which TeamCity passes what is not in the environment. The format:
//! <https://docs.oracle.com/en/java/javase/17/docs/api/java.base/java/util/Properties.html#load(java.io.Reader)>.

use std::{collections::HashMap, iter::Peekable, str::Chars};

/// Reads the properties. One whose escapes are no text is left out, so that it is unknown rather than wrong.
pub(super) fn parse(bytes: &[u8]) -> HashMap<String, String> {
    // The format is Latin-1; what is UTF-8 with other characters than ASCII was hardly meant as that.
    let text =
        str::from_utf8(bytes).map_or_else(|_| bytes.iter().map(|&byte| char::from(byte)).collect(), str::to_owned);
    logical_lines(&text).iter().filter_map(|line| property(line)).collect()
}

/// Lines without comments, each joined with those that it continues on.
fn logical_lines(text: &str) -> Vec<String> {
    let mut lines = Vec::new();
    let mut continued: Option<String> = None;
    for line in text.replace("\r\n", "\n").split(['\n', '\r']) {
        let line = line.trim_start_matches(is_space);
        if continued.is_none() && (line.is_empty() || line.starts_with(['#', '!'])) {
            continue;
        }
        let mut logical = continued.take().unwrap_or_default();
        // An odd number of backslashes at its end continues a line: each pair is one backslash.
        let backslashes = line.len() - line.trim_end_matches('\\').len();
        logical.push_str(&line[..line.len() - backslashes % 2]);
        if backslashes % 2 == 1 { continued = Some(logical) } else { lines.push(logical) }
    }
    lines.extend(continued);
    lines
}

fn is_space(character: char) -> bool {
    matches!(character, ' ' | '\t' | '\u{c}')
}

fn property(line: &str) -> Option<(String, String)> {
    let mut characters = line.chars().peekable();
    let name = unescape(&mut characters, |character| is_space(character) || matches!(character, '=' | ':'))?;
    while characters.next_if(|&character| is_space(character)).is_some() {}
    if characters.next_if(|character| matches!(character, '=' | ':')).is_some() {
        while characters.next_if(|&character| is_space(character)).is_some() {}
    }
    Some((name, unescape(&mut characters, |_| false)?))
}

/// Reads up to a character that ends the text without an escape.
fn unescape(characters: &mut Peekable<Chars<'_>>, ends: impl Fn(char) -> bool) -> Option<String> {
    // Escapes are UTF-16, in which two of them may be one character.
    let mut units = Vec::new();
    while let Some(character) = characters.next_if(|&character| !ends(character)) {
        let character = match character {
            '\\' => match characters.next() {
                Some('u') => {
                    let digits: String = characters.by_ref().take(4).collect();
                    let is_hexadecimal = digits.len() == 4 && digits.bytes().all(|digit| digit.is_ascii_hexdigit());
                    units.push(is_hexadecimal.then(|| u16::from_str_radix(&digits, 16).ok())??);
                    continue;
                }
                Some('t') => '\t',
                Some('n') => '\n',
                Some('r') => '\r',
                Some('f') => '\u{c}',
                Some(other) => other,
                None => break,
            },
            character => character,
        };
        units.extend_from_slice(character.encode_utf16(&mut [0; 2]));
    }
    String::from_utf16(&units).ok()
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn properties_are_read_as_java_writes_them() {
        let table: &[(&[u8], &str, Option<&str>)] = &[
            (b"# Mon Nov 23\nname=value", "name", Some("value")),
            (b"  ! comment \\\nname=value", "name", Some("value")),
            (
                b"vcsroot.url=https\\://bitbucket.org/acme/rocket.git",
                "vcsroot.url",
                Some("https://bitbucket.org/acme/rocket.git"),
            ),
            (b"teamcity.build.id = 42 ", "teamcity.build.id", Some("42 ")),
            (b"windows=C\\:\\\\agent", "windows", Some("C:\\agent")),
            (b"empty=", "empty", Some("")),
            (b"no value", "no", Some("value")),
            (b"nothing", "nothing", Some("")),
            (b"a : b=c", "a", Some("b=c")),
            (b"a=  b", "a", Some("b")),
            (b"a=\\  b", "a", Some("  b")),
            (b"a\\ b\\=c=d", "a b=c", Some("d")),
            (b"\\#a=b", "#a", Some("b")),
            (b"branch=feature/gr\\u00FCn", "branch", Some("feature/gr\u{fc}n")),
            (b"branch=\\uD83D\\uDE80", "branch", Some("\u{1f680}")),
            (b"branch=\\uD83D", "branch", None),
            (b"branch=\\u00G0\nnext=1", "branch", None),
            (b"branch=\\u00G0\nnext=1", "next", Some("1")),
            (b"branch=\\u12", "branch", None),
            (b"branch=\\u+123", "branch", None),
            (b"branch=gr\xfcn", "branch", Some("gr\u{fc}n")),
            (b"branch=gr\xc3\xbcn", "branch", Some("gr\u{fc}n")),
            (b"a=one\\\n    two\\\r\n\tthree", "a", Some("onetwothree")),
            (b"a=one\\\\\nb=two", "b", Some("two")),
            (b"a=one\\\n# two", "a", Some("one# two")),
            (b"a=one\\", "a", Some("one")),
            (b"a=1\ra=2", "a", Some("2")),
            (b"a=\\t\\n\\r\\f\\z", "a", Some("\t\n\r\u{c}z")),
        ];
        for (file, name, value) in table {
            let text = String::from_utf8_lossy(file);
            assert_eq!(parse(file).get(*name).map(String::as_str), *value, "{text:?}");
        }
    }
}
