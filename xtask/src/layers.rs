//! The layers: which module may import which, according to `xtask/layers.toml`.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
};

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use serde::Deserialize;

use crate::{Outcome, entries, error::fail_if_any, read, read_toml};

/// The rules, relative to the repository.
const RULES: &str = "xtask/layers.toml";

/// All rules.
#[derive(Deserialize)]
struct Rules {
    #[serde(default)]
    layers: Vec<Layers>,
}

/// The rules for the modules of one folder.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Layers {
    /// The folder: a crate's `src`, or a module below it.
    pub folder: String,
    /// The modules; each imports only from those before it.
    pub order: Vec<String>,
    /// The modules and crates that only some modules may name.
    #[serde(default)]
    pub only: BTreeMap<String, Vec<String>>,
}

/// A source file.
#[derive(Clone, Debug)]
pub struct Source {
    /// The path in the crate's `src`, with `/` and without `.rs`.
    pub path: String,
    /// The text.
    pub text: String,
}

/// Checks the repository.
///
/// # Errors
/// [`Error::CheckFailed`](crate::Error::CheckFailed) with a line for each import that the rules do not allow.
pub fn check(root: &Path) -> Outcome {
    let rules: Rules = read_toml(&root.join(RULES))?;
    let mut findings = Vec::new();
    for layers in &rules.layers {
        let mut files = Vec::new();
        collect(&root.join(layers.split_folder().0), "", &mut files)?;
        findings.extend(layers.findings(&files));
    }
    fail_if_any(&findings)
}

fn collect(folder: &Path, prefix: &str, files: &mut Vec<Source>) -> Outcome {
    for path in entries(folder)? {
        let name = path.file_stem().unwrap_or_default().to_string_lossy();
        if path.is_dir() {
            collect(&path, &format!("{prefix}{name}/"), files)?;
        } else if path.extension().is_some_and(|extension| extension == "rs") && name != "tests" {
            files.push(Source { path: format!("{prefix}{name}"), text: read(&path)? });
        }
    }
    Ok(())
}

impl Layers {
    /// The crate's `src`, and the path of the module below it.
    fn split_folder(&self) -> (&str, Vec<&str>) {
        let end = self.folder.find("src").map_or(self.folder.len(), |start| start + "src".len());
        let (sources, module) = self.folder.split_at(end);
        (sources, module.split('/').filter(|part| !part.is_empty()).collect())
    }

    /// The violations of the rules, a sentence each that starts with file and line.
    #[must_use]
    pub fn findings(&self, files: &[Source]) -> Vec<String> {
        let (sources, prefix) = self.split_folder();
        let below = |path: &[String]| path.len() > prefix.len() && prefix.iter().zip(path).all(|(a, b)| a == b);
        let inside: Vec<_> = files.iter().filter(|source| below(&module(source))).collect();
        let modules: BTreeSet<_> = inside.iter().map(|source| module(source).swap_remove(prefix.len())).collect();
        let position = |module: &String| self.order.iter().position(|other| other == module);

        let strays = modules.iter().filter(|module| position(module).is_none());
        let strays =
            strays.map(|module| format!("{RULES}: {}: the module {module} has no line in `order`", self.folder));
        let gone = self.order.iter().filter(|module| !modules.contains(*module));
        let mut findings: Vec<_> =
            strays.chain(gone.map(|gone| format!("{RULES}: {}: there is no module {gone}", self.folder))).collect();
        let mut seen = BTreeSet::new();
        for source in inside {
            let path = module(source);
            let from = &path[prefix.len()];
            for Named { path: names, line } in named(&source.text) {
                let to = match resolve(&names, &path) {
                    Some(path) if !below(&path) => continue,
                    Some(path) if modules.contains(&path[prefix.len()]) => path[prefix.len()].clone(),
                    // An item of the parent module; a crate's root has no items of its own.
                    Some(_) if !prefix.is_empty() => continue,
                    Some(path) => {
                        let name = path.join("::");
                        findings.push(format!("{sources}/{}.rs:{line}: import {name} from its module", source.path));
                        continue;
                    }
                    None if names.len() > 1 => names[0].clone(),
                    None => continue,
                };
                if to == *from || !seen.insert((from.clone(), to.clone())) {
                    continue;
                }
                let location = format!("{sources}/{}.rs:{line}", source.path);
                if modules.contains(&to) && position(from) < position(&to) {
                    findings.push(format!("{location}: {from} may not import {to}, a later layer of {RULES}"));
                }
                if let Some(allowed) = self.only.get(&to).filter(|allowed| !allowed.contains(from)) {
                    findings.push(format!("{location}: only {} may name {to} ({RULES})", allowed.join(", ")));
                }
            }
        }
        findings
    }
}

/// The module of a file, as a path from the crate's root.
fn module(source: &Source) -> Vec<String> {
    let parts = source.path.split('/').filter(|part| !matches!(*part, "lib" | "main" | "mod"));
    parts.map(str::to_owned).collect()
}

/// The absolute path of a name; `None` if it starts in another crate or in the file itself.
fn resolve(path: &[String], module: &[String]) -> Option<Vec<String>> {
    let supers = path.iter().take_while(|part| *part == "super").count();
    match path.first()?.as_str() {
        "crate" => Some(path[1..].to_vec()),
        "super" => Some([module.get(..module.len().checked_sub(supers)?)?, &path[supers..]].concat()),
        _ => None,
    }
}

/// A path in the code, and its line.
struct Named {
    path: Vec<String>,
    line: usize,
}

/// Every path in the code of a file, without strings, comments and unit tests. A tree such as `a::{b, c}` is one path
/// for each leaf. A file that is not valid Rust has no paths.
fn named(text: &str) -> Vec<Named> {
    let mut named = Vec::new();
    walk(text.parse().unwrap_or_default(), &[], &mut named);
    named
}

fn walk(stream: TokenStream, prefix: &[String], named: &mut Vec<Named>) {
    let trees: Vec<TokenTree> = stream.into_iter().collect();
    let mut rest = trees.as_slice();
    while let [first, after @ ..] = rest {
        rest = after;
        match first {
            // The name after `as` is local to the file.
            TokenTree::Ident(first) if first == "as" => rest = rest.get(1..).unwrap_or_default(),
            TokenTree::Ident(first) => {
                let mut path = prefix.to_vec();
                path.push(first.to_string());
                while let Some((TokenTree::Ident(next), after)) = after_colons(rest) {
                    path.push(next.to_string());
                    rest = after;
                }
                match after_colons(rest) {
                    Some((TokenTree::Group(leaves), after)) if leaves.delimiter() == Delimiter::Brace => {
                        walk(leaves.stream(), &path, named);
                        rest = after;
                    }
                    _ => named.push(Named { path, line: first.span().start().line }),
                }
            }
            TokenTree::Group(group) => walk(group.stream(), &[], named),
            TokenTree::Punct(punct) if punct.as_char() == '#' => rest = without_unit_tests(rest),
            _ => {}
        }
    }
}

/// The tree after `::`, and what follows it.
fn after_colons(trees: &[TokenTree]) -> Option<(&TokenTree, &[TokenTree])> {
    let is_colon = |tree: &TokenTree| matches!(tree, TokenTree::Punct(punct) if punct.as_char() == ':');
    match trees {
        [first, second, next, rest @ ..] if is_colon(first) && is_colon(second) => Some((next, rest)),
        _ => None,
    }
}

/// The trees after `[cfg(test)] mod tests { … }`, if they start with that.
fn without_unit_tests(trees: &[TokenTree]) -> &[TokenTree] {
    let words: Vec<_> = trees.iter().take(3).map(|tree| tree.to_string().replace(' ', "")).collect();
    if words == ["[cfg(test)]", "mod", "tests"] { trees.get(4..).unwrap_or_default() } else { trees }
}
