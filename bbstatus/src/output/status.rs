//! Statuses for people and for programs.

use std::io;

use anstyle::{AnsiColor, Style};
use bitbucket_build_status::{BuildStatus, State, Timestamp};
use serde::Serialize;
use unicode_width::{UnicodeWidthChar as _, UnicodeWidthStr as _};

use super::{JSON_VERSION, sanitize};

/// A status as `--output json` writes it. While `version` stays, members are only added.
#[derive(Debug, Serialize)]
pub(crate) struct StatusView<'a> {
    version: u8,
    key: &'a str,
    state: &'a str,
    name: Option<&'a str>,
    description: Option<&'a str>,
    url: Option<&'a str>,
    refname: Option<&'a str>,
    repository: Option<&'a str>,
    commit: Option<&'a str>,
    created_on: Option<&'a str>,
    updated_on: Option<&'a str>,
}

impl<'a> From<&'a BuildStatus> for StatusView<'a> {
    fn from(status: &'a BuildStatus) -> Self {
        Self {
            version: JSON_VERSION,
            key: &status.key,
            state: status.state.as_str(),
            name: status.name.as_deref(),
            description: status.description.as_deref(),
            url: status.url.as_deref(),
            refname: status.refname.as_deref(),
            repository: status.repository.as_ref().and_then(|repository| repository.full_name.as_deref()),
            commit: status.commit.as_ref().and_then(|commit| commit.hash.as_deref()),
            created_on: status.created_on.as_ref().map(Timestamp::as_str),
            updated_on: status.updated_on.as_ref().map(Timestamp::as_str),
        }
    }
}

/// One status, with one member per line.
pub(crate) fn details(status: &BuildStatus) -> String {
    let view = StatusView::from(status);
    let members = [
        ("key", Some(view.key)),
        ("state", Some(view.state)),
        ("name", view.name),
        ("description", view.description),
        ("url", view.url),
        ("refname", view.refname),
        ("repository", view.repository),
        ("commit", view.commit),
        ("created", view.created_on),
        ("updated", view.updated_on),
    ];
    let style = style_of(status);
    let lines = members.into_iter().filter_map(|(member, value)| {
        let value = sanitize(value.filter(|value| !value.is_empty())?);
        let style = if member == "state" { style } else { Style::new() };
        Some(format!("{member:<11}  {style}{value}{style:#}"))
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// One status on one line.
pub(crate) fn one_line(status: &BuildStatus) -> String {
    let row = Row::from(status);
    let widths = std::array::from_fn(|column| row.cells[column].width());
    line(&row, widths, terminal_width())
}

/// A line of a list.
pub(crate) struct Row {
    style: Style,
    cells: [String; 4],
}

impl From<&BuildStatus> for Row {
    fn from(status: &BuildStatus) -> Self {
        let text = |text: Option<&str>| sanitize(text.unwrap_or_default()).into_owned();
        let cells = [
            text(Some(status.state.as_str())),
            text(Some(&status.key)),
            text(status.name.as_deref()),
            text(status.description.as_deref()),
        ];
        Self { style: style_of(status), cells }
    }
}

/// A list with aligned columns. On a terminal, lines are cut to its width.
pub(crate) fn rows(rows: &[Row]) -> Vec<String> {
    let heading = ["STATE", "KEY", "NAME", "DESCRIPTION"].map(str::to_owned);
    let heading = Row { style: Style::new().dimmed(), cells: heading };
    let all: Vec<&Row> = std::iter::once(&heading).chain(rows).collect();
    let widths: [usize; 4] =
        std::array::from_fn(|column| all.iter().map(|row| row.cells[column].width()).max().unwrap_or_default());
    let limit = terminal_width();
    all.iter().map(|row| line(row, widths, limit)).collect()
}

fn line(row: &Row, widths: [usize; 4], limit: Option<usize>) -> String {
    let [state, rest @ ..] = &row.cells;
    let padded = |cell: &String, width: usize| format!("{cell}{}", " ".repeat(width.saturating_sub(cell.width())));
    let rest: Vec<String> = rest.iter().zip(&widths[1..]).map(|(cell, width)| padded(cell, *width)).collect();
    let rest = rest.join("  ");
    let rest = rest.trim_end();
    let rest = limit.map_or_else(|| rest.to_owned(), |limit| cut(rest, limit.saturating_sub(widths[0] + 2)));
    let style = row.style;
    format!("{style}{}{style:#}  {rest}", padded(state, widths[0]))
}

/// Cuts a text to a width.
fn cut(text: &str, width: usize) -> String {
    if text.width() <= width {
        return text.to_owned();
    }
    let mut left = width.saturating_sub(1);
    let kept = text.chars().take_while(|character| {
        let fits = character.width().unwrap_or_default() <= left;
        left = left.saturating_sub(character.width().unwrap_or_default());
        fits
    });
    kept.chain(['…']).collect()
}

pub(super) fn terminal_width() -> Option<usize> {
    if !super::is_terminal(&io::stdout()) {
        return None;
    }
    terminal_size::terminal_size().map(|(width, _)| width.0.into())
}

fn style_of(status: &BuildStatus) -> Style {
    match status.state.known() {
        Some(State::Successful) => AnsiColor::Green.on_default(),
        Some(State::Failed) => AnsiColor::Red.on_default(),
        Some(State::Inprogress) => AnsiColor::Blue.on_default(),
        Some(State::Stopped) => AnsiColor::Yellow.on_default(),
        None => Style::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::cut;

    #[test]
    fn a_cut_text_takes_no_more_than_its_width() {
        let table = [("four", 4, "four"), ("five!", 4, "fiv…"), ("日本語", 4, "日…"), ("wide", 0, "…")];
        for (text, width, shown) in table {
            assert_eq!(cut(text, width), shown);
        }
    }
}
