//! Tables in Markdown.

/// The rows below the table whose head begins with this cell, each with its cells; none where there is no such table.
pub(super) fn rows<'a>(markdown: &'a str, first_cell: &str) -> Option<Vec<Vec<&'a str>>> {
    let mut lines = markdown.lines();
    lines.find(|line| cells(line).first() == Some(&first_cell))?;
    let rows = lines.skip(1).map(cells).take_while(|row| !row.is_empty());
    Some(rows.collect())
}

/// The cells of a line such as `| a | b |`; none for another line.
fn cells(line: &str) -> Vec<&str> {
    let inside = line.trim().strip_prefix('|').and_then(|line| line.strip_suffix('|'));
    inside.map(|inside| inside.split(" | ").map(str::trim).collect()).unwrap_or_default()
}

/// The text between the backticks of a cell such as `` `rustls` ``.
pub(super) fn code(cell: &str) -> &str {
    cell.trim_matches('`')
}

#[cfg(test)]
mod tests {
    use super::{code, rows};

    #[test]
    fn rows_are_those_of_the_named_table() {
        let text = "| a | b |\n| --- | --- |\n| 1 | 2 |\n\n| c | d |\n| --- | --- |\n| `3` | x|y |\nprose | 5 |\n";
        assert_eq!(rows(text, "c"), Some(vec![vec!["`3`", "x|y"]]));
        assert_eq!(rows(text, "e"), None);
        assert_eq!(code("`3`"), "3");
    }
}
