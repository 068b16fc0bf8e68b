//! Every public function of the hand-written library has an example.
#![allow(missing_docs)]

use std::{fs, path::Path};

/// Generated, or compiled for the fuzz targets only.
const EXCLUDED: [&str; 3] = ["src/generated", "src/generated.rs", "src/fuzzing.rs"];

/// The public functions of a file with their lines, and whether each has an example. This includes functions of public
/// traits and in macros that name them, but not hidden ones or those of unit tests. The file must be formatted.
fn functions(text: &str) -> Vec<(usize, &str, bool)> {
    let mut found = Vec::new();
    // Documentation and attributes of the next item, and the indentation at which a block or an attribute ends.
    let (mut above, mut continues_attribute) = (String::new(), false);
    let (mut tests_end, mut trait_end) = (None, None);
    for (index, line) in text.lines().enumerate() {
        let code = line.trim_start();
        let indentation = Some(line.len() - code.len());
        let is_end = code.starts_with('}');
        if tests_end.is_some() {
            tests_end = tests_end.filter(|_| !is_end || tests_end != indentation);
            continue;
        }
        trait_end = trait_end.filter(|_| !is_end || trait_end != indentation);
        let is_attribute = continues_attribute || code.starts_with("#[");
        if is_attribute || code.starts_with("///") {
            continues_attribute = is_attribute && !code.ends_with(']');
            above.push_str(code);
            continue;
        }
        let (qualifiers, name) = code.split_once("fn ").unwrap_or_default();
        let is_function = qualifiers.split_whitespace().all(|word| ["pub", "const", "async"].contains(&word));
        if above.contains("#[cfg(test)]") {
            tests_end = indentation.filter(|_| code.ends_with('{'));
        } else if name.starts_with(|first: char| first.is_ascii_alphabetic()) && is_function {
            let is_public = trait_end.is_some() || qualifiers.starts_with("pub");
            if is_public && !above.contains("#[doc(hidden)]") {
                let name = name.split(['(', '<']).next().unwrap_or_default();
                found.push((index + 1, name, above.contains("# Examples") && above.contains("```")));
            }
        } else if code.starts_with("pub trait ") {
            trait_end = indentation.filter(|_| code.ends_with('{'));
        }
        above.clear();
    }
    found
}

fn collect(folder: &str, missing: &mut Vec<String>) -> usize {
    let mut count = 0;
    for entry in fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join(folder)).expect("a folder") {
        let path = entry.expect("a file").path();
        let name = format!("{folder}/{}", path.file_name().expect("a name").to_string_lossy());
        if EXCLUDED.contains(&&*name) || name.ends_with("/tests.rs") {
            continue;
        }
        if path.is_dir() {
            count += collect(&name, missing);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text = fs::read_to_string(&path).expect("a file of Rust");
            let functions = functions(&text);
            count += functions.len();
            let without = functions.into_iter().filter(|(.., has_example)| !has_example);
            missing.extend(without.map(|(line, function, _)| format!("{name}:{line}: {function}")));
        }
    }
    count
}

#[test]
fn every_public_function_of_the_library_has_an_example() {
    let mut missing = Vec::new();
    let count = collect("src", &mut missing);
    assert!(missing.is_empty(), "{} of {count} without `# Examples`:\n{}", missing.len(), missing.join("\n"));
    assert!(count > 150, "only {count} public functions were found");
}

#[test]
fn a_function_without_an_example_is_found_anywhere() {
    let example = "/// Text.\n///\n/// # Examples\n///\n/// ```\n/// f();\n/// ```\n";
    let has_example = |text: &str| functions(text).iter().map(|(.., has_example)| *has_example).collect::<Vec<_>>();
    let table = [
        (format!("{example}pub fn f() {{}}"), vec![true]),
        (format!("{example}#[must_use]\npub const fn f() {{}}\n/// Text.\npub async fn g() {{}}"), vec![true, false]),
        (format!("{example}#[cfg_attr(\n    a,\n    b\n)]\npub fn f<T>() {{}}"), vec![true]),
        (
            format!(
                "impl A {{\n    {example}    pub fn f() {{}}\n    fn g() {{}}\n    pub(crate) fn h() {{}}\n    pub fn i() {{}}\n}}"
            ),
            vec![true, false],
        ),
        ("macro_rules! m {\n    () => {\n        pub fn f(mut self) -> Self {\n".to_owned(), vec![false]),
        (
            "pub trait T {\n    /// Text.\n    fn f(&self);\n    #[doc(hidden)]\n    fn g();\n}\nfn h() {}".to_owned(),
            vec![false],
        ),
        ("trait T {\n    fn f(&self);\n}".to_owned(), vec![]),
        ("/// # Examples\n///\n/// None.\npub fn f() {}".to_owned(), vec![false]),
        (format!("{example}pub struct A;\npub fn f() {{}}"), vec![false]),
        ("#[cfg(test)]\nmod tests {\n    pub fn f() {\n    }\n}\npub fn g() {}".to_owned(), vec![false]),
        ("#[cfg(test)]\nmod tests;\npub fn f() {}".to_owned(), vec![false]),
        ("/// It is hidden.\npub fn f() {}".to_owned(), vec![false]),
        ("pub type F = fn(u8);\nfn g() {}".to_owned(), vec![]),
    ];
    for (text, expected) in table {
        assert_eq!(has_example(&text), expected, "{text}");
    }
}
