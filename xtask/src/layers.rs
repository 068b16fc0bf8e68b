//! The layers: which module may import which, by the data of `xtask/layers.toml`.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use serde::Deserialize;

use crate::{Failure, Outcome, failure::unless_empty, read};

/// The rules, relative to the repository.
const RULES: &str = "xtask/layers.toml";

/// All rules.
#[derive(Deserialize)]
struct Rules {
    layers: Vec<Layers>,
}

/// The rules for the modules of one folder.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Layers {
    /// The folder, which is `src` of a crate or a module's below it.
    pub folder: String,
    /// The modules; each imports only from those before it. Without the list, only cycles are refused.
    pub order: Option<Vec<String>>,
    /// Pairs `from -> to` that are allowed against the order.
    #[serde(default)]
    pub except: Vec<String>,
    /// The modules and crates that only some modules may name.
    #[serde(default)]
    pub only: BTreeMap<String, Vec<String>>,
}

/// A source file below the folder.
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
/// [`Failure::Found`] with a line for each import that the rules do not allow.
pub fn check(root: &Path) -> Outcome {
    let rules: Rules =
        toml::from_str(&read(&root.join(RULES))?).map_err(|error| Failure::Unusable(format!("{RULES}: {error}")))?;
    let mut findings = Vec::new();
    for layers in &rules.layers {
        let (sources, _) = layers.split_folder();
        let mut files = Vec::new();
        collect(&root.join(sources), "", &mut files)?;
        findings.extend(layers.findings(&files));
    }
    unless_empty(&findings)
}

fn collect(folder: &Path, prefix: &str, files: &mut Vec<Source>) -> Outcome {
    let unusable = |error| Failure::Unusable(format!("{}: {error}", folder.display()));
    for entry in fs::read_dir(folder).map_err(unusable)? {
        let path = entry.map_err(unusable)?.path();
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        if path.is_dir() {
            collect(&path, &format!("{prefix}{name}/"), files)?;
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(Source { path: format!("{prefix}{name}"), text: read(&path)? });
        }
    }
    Ok(())
}

/// One module that names another.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Import {
    from: String,
    to: String,
    /// The file and line of the first.
    location: String,
}

impl Layers {
    /// The crate's `src`, and the path of the module below it.
    fn split_folder(&self) -> (&str, Vec<&str>) {
        let end = self.folder.find("src").map_or(self.folder.len(), |start| start + "src".len());
        let (sources, module) = self.folder.split_at(end);
        (sources, module.split('/').filter(|part| !part.is_empty()).collect())
    }

    /// What the rules do not allow, each in a sentence that begins with file and line.
    #[must_use]
    pub fn findings(&self, files: &[Source]) -> Vec<String> {
        let (imports, modules) = self.imports(files);
        let mut findings: Vec<_> = imports.iter().filter_map(|import| self.fence(import)).collect();
        let inner = imports.iter().filter(|import| modules.contains(&import.to)).filter(|import| {
            let pair = format!("{} -> {}", import.from, import.to);
            !self.except.contains(&pair)
        });
        let inner: Vec<_> = inner.collect();
        let Some(order) = &self.order else {
            findings.extend(cycles(&inner));
            return findings;
        };
        let position = |module: &String| order.iter().position(|other| other == module);
        for module in modules.iter().filter(|module| position(module).is_none()) {
            findings
                .push(format!("{}/{module}.rs: expected {module} among the layers of {RULES}, got none", self.folder));
        }
        for module in order.iter().filter(|module| !modules.contains(*module)) {
            findings.push(format!("{RULES}: {}: there is no module {module}", self.folder));
        }
        for Import { from, to, location } in inner {
            if position(from) < position(to) {
                findings.push(format!("{location}: {from} may not import {to}, a later layer of {RULES}"));
            }
        }
        findings
    }

    fn fence(&self, Import { from, to, location }: &Import) -> Option<String> {
        let allowed = self.only.get(to).filter(|allowed| !allowed.contains(from))?;
        Some(format!("{location}: only {} may name {to} ({RULES}), got {from}", allowed.join(", ")))
    }

    /// The imports between the modules of the folder and of other crates, and the modules.
    fn imports(&self, files: &[Source]) -> (BTreeSet<Import>, BTreeSet<String>) {
        let (sources, prefix) = self.split_folder();
        let module_of = |source: &Source| -> Vec<String> {
            let parts = source.path.split('/').filter(|part| !matches!(*part, "lib" | "main" | "mod" | "bin"));
            parts.map(str::to_owned).collect()
        };
        let below = |path: &[String]| path.len() > prefix.len() && prefix.iter().zip(path).all(|(a, b)| a == b);
        let inside = files.iter().map(|source| (module_of(source), source)).filter(|(module, _)| below(module));
        let inside: Vec<_> = inside.collect();
        let modules: BTreeSet<_> = inside.iter().map(|(module, _)| module[prefix.len()].clone()).collect();
        let entry = files.iter().find(|source| module_of(source) == prefix);
        let exported = entry.map(|entry| exports(&entry.text, &modules)).unwrap_or_default();
        let mut imports = BTreeMap::new();
        for (module, source) in inside {
            let from = &module[prefix.len()];
            for Named { path, line } in named(&source.text) {
                let to = match resolve(&path, &module) {
                    Some(path) if below(&path) => {
                        let first = &path[prefix.len()];
                        if modules.contains(first) { Some(first.clone()) } else { exported.get(first).cloned() }
                    }
                    Some(_) => None,
                    None => path.first().filter(|first| path.len() > 1 && self.only.contains_key(*first)).cloned(),
                };
                if let Some(to) = to.filter(|to| to != from) {
                    let location = format!("{sources}/{}.rs:{line}", source.path);
                    imports.entry((from.clone(), to)).or_insert(location);
                }
            }
        }
        (imports.into_iter().map(|((from, to), location)| Import { from, to, location }).collect(), modules)
    }
}

/// The absolute path of a name; none for one that begins in another crate or in the file itself.
fn resolve(path: &[String], module: &[String]) -> Option<Vec<String>> {
    let supers = path.iter().take_while(|part| *part == "super").count();
    match path.first()?.as_str() {
        "crate" => Some(path[1..].to_vec()),
        "super" => Some([module.get(..module.len().checked_sub(supers)?)?, &path[supers..]].concat()),
        _ => None,
    }
}

/// The names that an entry file exports from the modules next to it, each with its module.
fn exports(text: &str, modules: &BTreeSet<String>) -> BTreeMap<String, String> {
    let paths = named(text).into_iter().map(|named| named.path);
    let of_modules = paths.filter(|path| path.len() > 1 && path.first().is_some_and(|first| modules.contains(first)));
    of_modules.filter_map(|path| Some((path.last()?.clone(), path.first()?.clone()))).collect()
}

/// A path that the code names, and its line.
struct Named {
    path: Vec<String>,
    line: usize,
}

/// Every path in the code of a file, without its unit tests. Text and comments are no code; a tree such as
/// `a::{b, c}` is one path for each leaf. A file that is not Rust has no path, and does not compile either.
fn named(text: &str) -> Vec<Named> {
    let mut named = Vec::new();
    if let Ok(stream) = text.parse::<TokenStream>() {
        walk(stream, &[], &mut named);
    }
    named
}

fn walk(stream: TokenStream, prefix: &[String], named: &mut Vec<Named>) {
    let trees: Vec<TokenTree> = stream.into_iter().collect();
    let mut rest = trees.as_slice();
    while let [first, after @ ..] = rest {
        rest = after;
        match first {
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

/// What follows `[cfg(test)] mod tests { … }`, if that is what comes first.
fn without_unit_tests(trees: &[TokenTree]) -> &[TokenTree] {
    let words: Vec<_> = trees.iter().take(3).map(|tree| tree.to_string().replace(' ', "")).collect();
    if words == ["[cfg(test)]", "mod", "tests"] { trees.get(4..).unwrap_or_default() } else { trees }
}

/// A sentence for each cycle of imports, with the file and line of each step.
fn cycles(imports: &[&Import]) -> Vec<String> {
    let mut rest: Vec<&Import> = imports.to_vec();
    let mut findings = Vec::new();
    while let Some(cycle) = shortest_cycle(&rest) {
        let steps = cycle.iter().map(|import| format!("{} -> {} ({})", import.from, import.to, import.location));
        findings.push(format!("a cycle of imports: {}", steps.collect::<Vec<_>>().join(", ")));
        rest.retain(|import| *import != cycle[0]);
    }
    findings
}

/// The shortest way from a module back to itself.
fn shortest_cycle<'a>(imports: &[&'a Import]) -> Option<Vec<&'a Import>> {
    let from_each = imports.iter().filter_map(|first| {
        let mut ways = vec![vec![*first]];
        let mut seen = BTreeSet::from([&first.to]);
        while let Some(way) = (!ways.is_empty()).then(|| ways.remove(0)) {
            let end = way.last()?;
            if end.to == first.from {
                return Some(way);
            }
            for next in imports.iter().filter(|next| next.from == end.to) {
                if seen.insert(&next.to) {
                    ways.push([way.as_slice(), &[*next]].concat());
                }
            }
        }
        None
    });
    from_each.min_by_key(Vec::len)
}
