//! Rules for Rust source. Code is looked at as tokens, so that text and comments cannot be mistaken for it.

use super::File;
use crate::codegen::SNAPSHOT;
use proc_macro2::{TokenStream, TokenTree};

/// The one file that includes generated code.
const INCLUDES: &str = "src/generated.rs";

/// Where generated code may be named: files, and folders and files that begin so.
const KNOW_GENERATED: [&str; 9] = [
    "src/client",
    "src/error/convert.rs",
    "src/generated.rs",
    "src/hooks.rs",
    "src/lib.rs",
    "src/mock",
    "src/model.rs",
    "src/sandbox",
    "src/statuses",
];

/// Macros that stand where something is still to come.
const UNFINISHED: [&str; 3] = ["dbg", "todo", "unimplemented"];

/// Words of comments that say so.
const UNFINISHED_WORDS: [&str; 3] = ["FIXME", "HACK", "TODO"];

/// Whether the rules for source hold; the snapshot is the generator's.
fn is_ours(file: &File) -> bool {
    file.is("rs") && file.path != SNAPSHOT
}

/// `include!` in one file, generated code in few.
pub(super) fn out_of_place(file: &File) -> Vec<String> {
    if !is_ours(file) {
        return Vec::new();
    }
    let tokens = tokens(file);
    let mut findings = Vec::new();
    let knows = !file.path.starts_with("src/") || KNOW_GENERATED.iter().any(|place| file.path.starts_with(place));
    for (index, token) in tokens.iter().enumerate() {
        let after = tokens.get(index + 1).map(|next| next.text.as_str());
        let before = index.checked_sub(1).and_then(|index| tokens.get(index)).map(|before| before.text.as_str());
        let is_path = before == Some(":") || matches!(after, Some(":" | "as"));
        match token.text.as_str() {
            "include" if after == Some("!") && file.path != INCLUDES => {
                findings.push(file.at(token.line, &format!("include! belongs in {INCLUDES}")));
            }
            "generated" if is_path && !knows => {
                findings.push(file.at(token.line, "generated code may not be named here; see src/model.rs"));
            }
            "progenitor_client" if !knows => {
                findings.push(file.at(token.line, "progenitor_client may not be named here; see src/model.rs"));
            }
            _ => {}
        }
    }
    findings
}

/// Nothing that is still to come.
pub(super) fn left_over(file: &File) -> Vec<String> {
    let mut findings = Vec::new();
    if is_ours(file) {
        let tokens = tokens(file);
        for pair in tokens.windows(2) {
            let [name, mark] = pair else { continue };
            if mark.text == "!" && UNFINISHED.contains(&name.text.as_str()) {
                findings.push(file.at(name.line, &format!("{}! is a left-over", name.text)));
            }
        }
    }
    for (line, comment) in comments(file) {
        let word = UNFINISHED_WORDS.iter().find(|word| {
            let mut words = comment.split(|letter: char| !letter.is_alphanumeric());
            words.any(|found| found == **word)
        });
        findings.extend(word.map(|word| file.at(line, &format!("{word} is a left-over"))));
    }
    findings
}

/// No ignored test, no ignored doctest.
pub(super) fn ignored(file: &File) -> Vec<String> {
    let mut findings = Vec::new();
    let documentation = comments(file).into_iter().filter_map(|(line, comment)| {
        let label = comment.trim_start_matches(['/', '!']).trim_start().strip_prefix("```")?;
        Some((line, label.to_owned()))
    });
    for (line, label) in documentation {
        if label.split(',').any(|word| word.trim() == "ignore") {
            findings.push(file.at(line, "an ignored doctest; use no_run, text, or make it run"));
        }
    }
    if is_ours(file) {
        for triple in tokens(file).windows(3) {
            let [hash, bracket, name] = triple else { continue };
            if hash.text == "#" && bracket.text == "[" && name.text == "ignore" {
                findings.push(file.at(name.line, "an ignored test; make it run, or say when it cannot"));
            }
        }
    }
    findings
}

/// The comments of source, and all lines of other text that people write.
fn comments(file: &File) -> Vec<(usize, String)> {
    if is_ours(file) {
        let lines = file.text.lines().enumerate();
        return lines.filter_map(|(line, text)| Some((line, text[text.find("//")?..].to_owned()))).collect();
    }
    if ["md", "toml", "yml", "sh"].iter().any(|extension| file.is(extension)) {
        return file.text.lines().map(str::to_owned).enumerate().collect();
    }
    Vec::new()
}

struct Token {
    text: String,
    line: usize,
}

/// The tokens of a file one after the other; a file that is no Rust has none, and does not compile either.
fn tokens(file: &File) -> Vec<Token> {
    let mut tokens = Vec::new();
    if let Ok(stream) = file.text.parse::<TokenStream>() {
        flatten(stream, &mut tokens);
    }
    tokens
}

fn flatten(stream: TokenStream, tokens: &mut Vec<Token>) {
    for tree in stream {
        let line = tree.span().start().line.saturating_sub(1);
        match tree {
            TokenTree::Group(group) => {
                let text = match group.delimiter() {
                    proc_macro2::Delimiter::Bracket => "[",
                    proc_macro2::Delimiter::Brace => "{",
                    _ => "(",
                };
                tokens.push(Token { text: text.to_owned(), line });
                flatten(group.stream(), tokens);
            }
            TokenTree::Literal(_) => tokens.push(Token { text: "\"".to_owned(), line }),
            other => tokens.push(Token { text: other.to_string(), line }),
        }
    }
}
