//! Every public function of the hand-written library has an example.

use std::path::Path;

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use xtask::{read, repository};

/// Written by the generator, or compiled for the fuzz targets only.
const NOT_DOCUMENTED: [&str; 3] = ["src/generated", "src/generated.rs", "src/fuzzing.rs"];

/// In place of `#[doc(hidden)]`.
const HIDDEN: &str = "\0";

/// A public function, and whether its documentation has an example.
#[derive(Debug, PartialEq, Eq)]
struct Function {
    name: String,
    line: usize,
    has_example: bool,
}

/// The public functions of a file, those of public traits and in macros included, without hidden ones.
fn functions(text: &str) -> Vec<Function> {
    let mut found = Vec::new();
    walk(text.parse().expect("a file of Rust"), false, &mut found);
    found
}

fn walk(stream: TokenStream, is_trait: bool, found: &mut Vec<Function>) {
    // The attributes and words since the last item.
    let (mut attributes, mut words) = (String::new(), Vec::<String>::new());
    let mut trees = stream.into_iter().peekable();
    while let Some(tree) = trees.next() {
        match tree {
            TokenTree::Punct(punct) if punct.as_char() == '#' => {
                let attribute = trees.next().expect("an attribute").to_string();
                // Their spaces depend on the compiler.
                let compact = attribute.replace(' ', "");
                if compact == "[cfg(test)]" {
                    trees.by_ref().take_while(|tree| !ends_item(tree)).for_each(drop);
                } else {
                    attributes.push_str(if compact == "[doc(hidden)]" { HIDDEN } else { &attribute });
                }
            }
            TokenTree::Ident(word) if word == "fn" => {
                let Some(TokenTree::Ident(name)) = trees.peek() else { continue };
                let is_public = is_trait || words.iter().any(|word| word == "pub");
                if is_public && !attributes.contains(HIDDEN) {
                    let has_example = attributes.contains("# Examples") && attributes.contains("```");
                    let (name, line) = (name.to_string(), word.span().start().line);
                    found.push(Function { name, line, has_example });
                }
            }
            TokenTree::Ident(word) => words.push(word.to_string()),
            TokenTree::Group(group) => {
                // `pub(crate)` is not public.
                if group.delimiter() == Delimiter::Parenthesis && words.last().is_some_and(|word| word == "pub") {
                    words.pop();
                    continue;
                }
                let is_trait = ["pub", "trait"].iter().all(|word| words.iter().any(|other| other == word));
                let is_body = group.delimiter() == Delimiter::Brace;
                walk(group.stream(), is_body && is_trait, found);
                if is_body {
                    attributes.clear();
                    words.clear();
                }
            }
            TokenTree::Punct(punct) if punct.as_char() == ';' => {
                attributes.clear();
                words.clear();
            }
            TokenTree::Punct(_) | TokenTree::Literal(_) => {}
        }
    }
}

/// Whether a tree is a body, or the semicolon in place of one.
fn ends_item(tree: &TokenTree) -> bool {
    match tree {
        TokenTree::Group(group) => group.delimiter() == Delimiter::Brace,
        TokenTree::Punct(punct) => punct.as_char() == ';',
        TokenTree::Ident(_) | TokenTree::Literal(_) => false,
    }
}

fn collect(root: &Path, folder: &str, missing: &mut Vec<String>) -> usize {
    let mut count = 0;
    for entry in std::fs::read_dir(root.join(folder)).expect("a folder of the repository") {
        let path = entry.expect("a file").path();
        let name = format!("{folder}/{}", path.file_name().expect("a name").to_string_lossy());
        if NOT_DOCUMENTED.contains(&&*name) || name.ends_with("/tests.rs") {
            continue;
        }
        if path.is_dir() {
            count += collect(root, &name, missing);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let functions = functions(&read(&path).expect("a file of the repository"));
            count += functions.len();
            let without = functions.into_iter().filter(|function| !function.has_example);
            missing.extend(without.map(|function| format!("{name}:{}: {}", function.line, function.name)));
        }
    }
    count
}

#[test]
fn every_public_function_of_the_library_has_an_example() {
    let mut missing = Vec::new();
    let count = collect(&repository(), "src", &mut missing);
    assert!(missing.is_empty(), "{} of {count} without `# Examples`:\n{}", missing.len(), missing.join("\n"));
    assert!(count > 150, "only {count} public functions were found");
}

#[test]
fn a_function_without_an_example_is_found_wherever_it_is() {
    let example = "/// Text.\n///\n/// # Examples\n///\n/// ```\n/// f();\n/// ```\n";
    let has_example = |text: &str| functions(text).iter().map(|function| function.has_example).collect::<Vec<_>>();
    let table = [
        (format!("{example}pub fn f() {{}}"), vec![true]),
        (format!("{example}#[must_use]\npub const fn f() {{}}\n/// Text.\npub async fn g() {{}}"), vec![true, false]),
        (
            format!(
                "impl A {{ {example} pub fn f() {{}} fn g() {{}} pub(crate) fn h() {{}} /** x */ pub fn i() {{}} }}"
            ),
            vec![true, false],
        ),
        ("macro_rules! m { () => { pub fn f(mut self) -> Self { self } }; }".to_owned(), vec![false]),
        ("pub trait T { /// Text.\n fn f(&self); #[doc(hidden)] fn g(); }".to_owned(), vec![false]),
        ("trait T { fn f(&self); }".to_owned(), vec![]),
        ("/// # Examples\n///\n/// None.\npub fn f() {}".to_owned(), vec![false]),
        (format!("{example}pub struct A;\npub fn f() {{}}"), vec![false]),
        (format!("{example}pub struct A(u8);\nimpl A {{ pub fn f() {{}} }}"), vec![false]),
        ("#[cfg(test)]\nmod tests { pub fn f() {} }".to_owned(), vec![]),
        ("#[cfg(test)]\nmod tests;\npub fn f() {}".to_owned(), vec![false]),
        ("/// It is hidden.\npub fn f() {}".to_owned(), vec![false]),
        ("pub type F = fn(u8);\nfn g() {}".to_owned(), vec![]),
    ];
    for (text, expected) in table {
        assert_eq!(has_example(&text), expected, "{text}");
    }
}
