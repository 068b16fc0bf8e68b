//! The dates of the sandbox's rules and assumptions, read from its source. xtask does not depend on the library, so
//! that it can still be used when the library does not compile.

use crate::{Error, read};
use chrono::NaiveDate;
use proc_macro2::{TokenStream, TokenTree};
use std::path::Path;

/// The tables, each with the macro that defines it.
const TABLES: [(&str, &str); 2] = [("src/sandbox/rules.rs", "rules"), ("src/sandbox/assumptions.rs", "assumptions")];

/// An entry with evidence. If the newest evidence names only a month or a year, its first day counts.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Dated {
    /// The date.
    pub date: NaiveDate,
    /// The file and the name, such as `src/sandbox/rules.rs: KEY_LENGTH`.
    pub what: String,
}

/// The rules and assumptions of a repository's sandbox.
///
/// # Errors
/// [`Error::Unusable`] if a table has an unexpected form.
pub(super) fn sandbox(root: &Path) -> Result<Vec<Dated>, Error> {
    let mut dated = Vec::new();
    for (file, name) in TABLES {
        let found =
            table(&read(&root.join(file))?, name).map_err(|problem| Error::Unusable(format!("{file}: {problem}")))?;
        dated.extend(found.into_iter().map(|(item, date)| Dated { date, what: format!("{file}: {item}") }));
    }
    Ok(dated)
}

/// The names and dates of a table's items. The date is the last string of an item.
///
/// # Errors
/// What was expected, with the item.
pub fn table(source: &str, name: &str) -> Result<Vec<(String, NaiveDate)>, String> {
    let file = syn::parse_file(source).map_err(|error| error.to_string())?;
    let tokens = file.items.iter().find_map(|item| match item {
        syn::Item::Macro(item) if item.ident.is_none() && item.mac.path.is_ident(name) => Some(item.mac.tokens.clone()),
        _ => None,
    });
    let tokens = tokens.ok_or_else(|| format!("expected a table written with {name}!"))?;
    let dated: Vec<_> = items(tokens).iter().map(|item| one(item)).collect::<Result<_, _>>()?;
    if dated.is_empty() { Err(format!("{name}! has no items")) } else { Ok(dated) }
}

/// The items of a table; each ends with a semicolon.
fn items(tokens: TokenStream) -> Vec<Vec<TokenTree>> {
    let all: Vec<_> = tokens.into_iter().collect();
    let ends = |token: &TokenTree| matches!(token, TokenTree::Punct(punct) if punct.as_char() == ';');
    all.split(ends).filter(|item| !item.is_empty()).map(<[_]>::to_vec).collect()
}

fn one(item: &[TokenTree]) -> Result<(String, NaiveDate), String> {
    let name = item.iter().find_map(|token| match token {
        TokenTree::Ident(ident) => Some(ident.to_string()),
        _ => None,
    });
    let name = name.ok_or("an item without a name")?;
    let date = match item.last() {
        Some(TokenTree::Literal(literal)) => literal.to_string().trim_matches('"').to_owned(),
        _ => return Err(format!("{name}: expected a date at the end")),
    };
    let day = match date.len() {
        4 => format!("{date}-01-01"),
        7 => format!("{date}-01"),
        _ => date.clone(),
    };
    match day.parse() {
        Ok(day) => Ok((name, day)),
        Err(_) => Err(format!("{name}: expected a date such as 2026-11, got {date}")),
    }
}
