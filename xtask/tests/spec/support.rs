//! Documents for the tests.

use serde_json::Value;
use std::path::PathBuf;
use xtask::{
    repository,
    spec::{
        deviations::Deviations,
        diff::{Report, diff},
        document::{DOCUMENT, load},
        operations::Operations,
    },
};

/// The pointer to the members of a published status, in the tests' document as in the real one.
pub(crate) const STATUS: &str = "/components/schemas/commitstatus/allOf/1";

/// The path of one status.
pub(crate) const ONE: &str = "/repositories/{workspace}/{repo_slug}/commit/{commit}/statuses/build/{key}";

/// The path of a commit's statuses.
pub(crate) const LIST: &str = "/repositories/{workspace}/{repo_slug}/commit/{commit}/statuses";

/// A small document in the style of the published one, written for these tests.
pub(crate) fn small() -> PathBuf {
    repository().join("xtask/tests/fixtures/published.json")
}

/// Runs a test on the small document, and on a copy of the published one if there is one.
///
/// The copy is the file that `BITBUCKET_DOCUMENT` names, or `target/swagger.v3.json`.
pub(crate) fn on_each_published(mut test: impl FnMut(&Value)) {
    test(&read(&small()));
    let named = std::env::var_os("BITBUCKET_DOCUMENT").map(PathBuf::from);
    let copy = named.unwrap_or_else(|| repository().join("target/swagger.v3.json"));
    if copy.exists() {
        test(&read(&copy));
    } else {
        println!("skipped on the published document: {} does not exist", copy.display());
    }
}

#[track_caller]
pub(crate) fn read(path: &std::path::Path) -> Value {
    load(path).expect("a readable document")
}

pub(crate) fn ours() -> Value {
    read(&repository().join(DOCUMENT))
}

pub(crate) fn operations() -> Operations {
    Operations::load(&repository()).expect("spec/operations.toml is readable")
}

pub(crate) fn deviations() -> Deviations {
    Deviations::load(&repository()).expect("spec/deviations.toml is readable")
}

#[track_caller]
pub(crate) fn report(published: &Value) -> Report {
    diff(&ours(), published, &operations(), &deviations()).expect("a document that can be compared")
}

/// The value at a pointer, to be changed.
#[track_caller]
pub(crate) fn value_at<'a>(document: &'a mut Value, pointer: &str) -> &'a mut Value {
    document.pointer_mut(pointer).unwrap_or_else(|| panic!("{pointer} leads nowhere"))
}

/// Removes a member of the value at a pointer.
#[track_caller]
pub(crate) fn remove(document: &mut Value, pointer: &str, member: &str) -> Value {
    let removed = value_at(document, pointer).as_object_mut().and_then(|object| object.remove(member));
    removed.unwrap_or_else(|| panic!("{pointer} has no {member}"))
}

/// Changes the published document and compares the report: lines of `impact at [changed in deviation]`.
#[track_caller]
pub(crate) fn assert_reported(mutate: impl Fn(&mut Value), expected: &[&str]) {
    on_each_published(|published| {
        let mut changed = published.clone();
        mutate(&mut changed);
        let report = report(&changed);
        let lines = report.verdict.unrecorded.iter().map(|(difference, record)| {
            let since = record.as_ref().map_or_else(String::new, |record| format!(" [{}]", record.id));
            format!("{} {}{since}", difference.impact, difference.at)
        });
        assert_eq!(lines.collect::<Vec<_>>(), expected);
        assert_eq!(report.verdict.stale, [], "stale records");
        assert_eq!(report.is_clean(), expected.is_empty());
    });
}

/// The pointer to an operation.
pub(crate) fn operation(path: &str, method: &str) -> String {
    format!("/paths/{}/{method}", path.replace('/', "~1"))
}
