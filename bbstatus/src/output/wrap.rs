//! Texts that are longer than a line of the terminal.

use unicode_width::UnicodeWidthStr as _;

use super::status::terminal_width;

/// The minimum number of columns that a text is wrapped to; below that, the terminal may do it.
const MIN_WIDTH: usize = 20;

/// A text that begins at this column: on a terminal its further lines begin there too, elsewhere it is one line.
pub(crate) fn wrap(text: &str, column: usize) -> String {
    let width = terminal_width().map_or(usize::MAX, |width| width.saturating_sub(column));
    wrap_at(text, column, width)
}

fn wrap_at(text: &str, column: usize, width: usize) -> String {
    if width < MIN_WIDTH || text.width() <= width {
        return text.to_owned();
    }
    let (mut wrapped, mut used) = (String::with_capacity(text.len() * 2), 0);
    for word in text.split(' ') {
        if used > 0 && used + 1 + word.width() > width {
            wrapped.push('\n');
            wrapped.push_str(&" ".repeat(column));
            used = 0;
        } else if used > 0 {
            wrapped.push(' ');
            used += 1;
        }
        wrapped.push_str(word);
        used += word.width();
    }
    wrapped
}

#[cfg(test)]
mod tests {
    use super::wrap_at;

    #[test]
    fn a_wrapped_text_stays_in_its_columns_unless_a_word_is_longer() {
        let text = "Set the clock of this machine, best by NTP";
        let table = [
            (80, text.to_owned()),
            (usize::MAX, text.to_owned()),
            (24, "Set the clock of this\n  machine, best by NTP".to_owned()),
            (20, "Set the clock of\n  this machine, best\n  by NTP".to_owned()),
            (19, text.to_owned()),
        ];
        for (width, wrapped) in table {
            assert_eq!(wrap_at(text, 2, width), wrapped, "{width}");
        }
        let hash = "e10dae226959c2194f2b07b077c07762d93821cf";
        assert_eq!(wrap_at(&format!("a {hash} (git)"), 0, 20), format!("a\n{hash}\n(git)"));
        assert_eq!(wrap_at("日本語 日本語 日本語 日本語", 0, 20), "日本語 日本語 日本語\n日本語");
    }
}
