//! Java's properties files: TeamCity writes what is not in the environment into them. The format is described at
//! <https://docs.oracle.com/en/java/javase/17/docs/api/java.base/java/util/Properties.html#load(java.io.Reader)>.

use std::{collections::HashMap, iter::Peekable, str::Chars};

/// Reads the properties.
///
/// The result is that of `java.util.Properties`, with three deliberate differences. A property with a malformed `\u`
/// escape or half a surrogate pair is left out, so that it is unknown rather than wrong; Java rejects the file or keeps
/// the half. Valid UTF-8 is read as UTF-8, although the format is Latin-1: non-ASCII text that is valid UTF-8 by
/// accident is very unlikely. A property without a name is left out.
pub(super) fn parse(bytes: &[u8]) -> HashMap<String, String> {
    let text =
        str::from_utf8(bytes).map_or_else(|_| bytes.iter().map(|&byte| char::from(byte)).collect(), str::to_owned);
    let mut properties = HashMap::new();
    for (name, value) in logical_lines(&text).iter().filter_map(|line| property(line)) {
        // The last property of a name counts, even if it has no valid value.
        match value {
            Some(value) if !name.is_empty() => properties.insert(name, value),
            _ => properties.remove(&name),
        };
    }
    properties
}

/// The logical lines: continued lines are joined, comments and blank lines dropped.
fn logical_lines(text: &str) -> Vec<String> {
    let (mut lines, mut logical) = (Vec::new(), String::new());
    for line in text.replace("\r\n", "\n").split(['\n', '\r']) {
        let line = line.trim_start_matches(is_space);
        // After a line that is only a backslash, a comment is still a comment.
        if logical.is_empty() && (line.is_empty() || line.starts_with(['#', '!'])) {
            continue;
        }
        // A line continues if it ends with an odd number of backslashes: each pair is an escaped backslash.
        let backslashes = line.len() - line.trim_end_matches('\\').len();
        logical.push_str(&line[..line.len() - backslashes % 2]);
        if backslashes % 2 == 0 {
            lines.push(std::mem::take(&mut logical));
        }
    }
    lines.push(logical);
    lines
}

fn is_space(character: char) -> bool {
    matches!(character, ' ' | '\t' | '\u{c}')
}

/// The name of a property, and its value if its escapes are valid.
fn property(line: &str) -> Option<(String, Option<String>)> {
    let mut characters = line.chars().peekable();
    let name = unescape(&mut characters, |character| is_space(character) || matches!(character, '=' | ':'))?;
    while characters.next_if(|&character| is_space(character)).is_some() {}
    if characters.next_if(|character| matches!(character, '=' | ':')).is_some() {
        while characters.next_if(|&character| is_space(character)).is_some() {}
    }
    Some((name, unescape(&mut characters, |_| false)))
}

/// Reads up to an unescaped character that ends the text; `None` if an escape is invalid.
fn unescape(characters: &mut Peekable<Chars<'_>>, ends: impl Fn(char) -> bool) -> Option<String> {
    // Escapes are UTF-16 code units, so two of them may form one character.
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
            (b"a=one\\\n\nb=two", "a", Some("one")),
            (b"a=one\\\n \t\nb=two", "b", Some("two")),
            (b"a=one\\\r\n\r\nb=two", "b", Some("two")),
            (b"a=one\\\n\\\n\\\n two", "a", Some("onetwo")),
            (b"\\\na=one", "a", Some("one")),
            (b"\\\n\na=one", "a", Some("one")),
            (b"\\\n# comment\\\na=one", "a", Some("one")),
            (b"\\\n! comment", "!", None),
            (b"a=1\ra=2", "a", Some("2")),
            (b"a=1\na=\\uD83D", "a", None),
            (b"a=\\uD83D\na=2", "a", Some("2")),
            (b"=a", "", None),
            (b"a=\\t\\n\\r\\f\\z", "a", Some("\t\n\r\u{c}z")),
        ];
        for (file, name, value) in table {
            let text = String::from_utf8_lossy(file);
            assert_eq!(parse(file).get(*name).map(String::as_str), *value, "{text:?}");
        }
    }
}
