//! The dumps of CI systems in `tests/fixtures/ci/`.

use std::{collections::BTreeMap, fs, path::Path};

use serde::Deserialize;

/// The kinds of build of which every system has a dump.
pub(crate) const KINDS: [&str; 8] = [
    "push",
    "tag",
    "pull request",
    "pull request, head unknown",
    "pull request from a fork",
    "re-run",
    "no checkout",
    "optional variables left out",
];
/// The members of the output of `bbstatus detect` that a dump has expected values for.
pub(crate) const MEMBERS: [&str; 6] = ["repository", "commit", "refname", "pull_request", "build_number", "url"];

/// The dumps of one system; `tests/fixtures/ci/README.md` describes the members.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Dumps {
    pub(crate) system: String,
    pub(crate) sources: Vec<String>,
    pub(crate) variables: BTreeMap<String, String>,
    pub(crate) situation: Vec<Situation>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Situation {
    pub(crate) kind: String,
    #[serde(default)]
    pub(crate) name: String,
    #[serde(default)]
    pub(crate) variables: BTreeMap<String, String>,
    #[serde(default)]
    pub(crate) without: Vec<String>,
    #[serde(default)]
    pub(crate) files: BTreeMap<String, String>,
    #[serde(default = "head")]
    pub(crate) checkout: String,
    #[serde(default)]
    pub(crate) remotes: BTreeMap<String, String>,
    pub(crate) expected: BTreeMap<String, String>,
    #[serde(default)]
    pub(crate) notes: Vec<String>,
}

fn head() -> String {
    "head".to_owned()
}

/// All dumps with the names of their files, in order.
pub(crate) fn all_dumps() -> Vec<(String, Dumps)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/ci");
    let files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut dumps: Vec<_> = files
        .filter(|path| path.extension().is_some_and(|extension| extension == "toml"))
        .map(|path| {
            let text = fs::read_to_string(&path).unwrap();
            let dumps = toml::from_str(&text).unwrap_or_else(|problem| panic!("{}: {problem}", path.display()));
            (path.file_stem().unwrap().to_str().unwrap().to_owned(), dumps)
        })
        .collect();
    dumps.sort_by(|one, other| one.0.cmp(&other.0));
    dumps
}
