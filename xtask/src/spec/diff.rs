//! `cargo xtask spec diff`: compares our document with the published one.

use super::{
    changes::{self, Moved},
    compare::{Difference, compare},
    deviations::{DEVIATIONS, Deviations, Record, Verdict, classify, entry},
    document::{DOCUMENT, METHODS, load, members},
    normal::{Normal, normal_schema},
    operations::{OPERATIONS, Operation, Operations},
    trim::{absent, pointer, trim_present},
};
use crate::{Error, Outcome, repository, show};
use serde_json::{Value, json};
use std::{cmp::Reverse, fmt::Write as _, path::PathBuf};

/// Compares the structure of a full document with ours, and reports the differences that are not recorded.
#[derive(clap::Args)]
pub struct Arguments {
    /// A full Bitbucket document, OpenAPI 3.0 as JSON.
    upstream: PathBuf,
    /// How to print the result.
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
}

#[derive(Clone, Copy, clap::ValueEnum)]
enum Format {
    /// For people.
    Text,
    /// For programs.
    Json,
}

/// Runs the command.
///
/// # Errors
/// [`Error::CheckFailed`] for an unrecorded difference or a stale record, [`Error::Unusable`] if the input cannot be read.
pub fn run(arguments: &Arguments) -> Outcome {
    let root = repository();
    let (ours, upstream) = (load(&root.join(DOCUMENT))?, load(&arguments.upstream)?);
    let deviations = Deviations::load(&root)?;
    let report = diff(&ours, &upstream, &Operations::load(&root)?, &deviations)?;
    match arguments.format {
        Format::Json => show(&format!("{:#}\n", report.json()))?,
        Format::Text => show(&report.text())?,
    }
    if report.is_clean() {
        return Ok(());
    }
    let Verdict { unrecorded, stale, .. } = &report.verdict;
    let absent = match report.absent.len() {
        0 => String::new(),
        absent => format!("{absent} under another name or absent, "),
    };
    Err(Error::CheckFailed(format!("{absent}{} unrecorded, {} stale", unrecorded.len(), stale.len())))
}

/// The result of a comparison.
#[derive(Debug)]
pub struct Report {
    /// The number of recorded deviations.
    pub deviations: usize,
    /// Names in `spec/operations.toml` that the published document no longer has, a sentence each: missing operations,
    /// renamed path parameters and schemas, and schemas that were split.
    pub absent: Vec<String>,
    /// Prose of the published document that announces a removal, a sentence each. Hints do not count as differences.
    pub hints: Vec<String>,
    /// The differences, compared with the records.
    pub verdict: Verdict,
}

/// Compares our document with the published one.
///
/// # Errors
/// [`Error::Unusable`] for a dangling reference.
pub fn diff(ours: &Value, upstream: &Value, operations: &Operations, deviations: &Deviations) -> Result<Report, Error> {
    let upstream = &changes::with_names(upstream, operations);
    let moved = changes::moved(ours, upstream, operations);
    let operations = &operations.with_aliases(moved.iter().map(|moved| (&*moved.published, moved.usage, &*moved.ours)));
    let present = trim_present(upstream, operations)?;
    let mut trimmed = Normal::of(&present)?;
    add_unlisted(&mut trimmed.structure, upstream, operations);
    let differences = compare(&Normal::of(ours)?, &trimmed);
    let gone = |wanted: &&Operation| {
        differences.iter().any(|difference| difference.position == pointer(wanted) && difference.published.is_none())
    };
    let mut sentences: Vec<_> = changes::renamed_parameters(upstream, operations);
    sentences.extend(operations.operations.iter().filter(gone).map(|wanted| absent(upstream, wanted)));
    sentences.extend(changes::in_words(&moved, upstream));
    sentences.extend(schemas_absent(upstream, operations, &moved));
    Ok(Report {
        deviations: deviations.deviations.len(),
        absent: sentences,
        hints: changes::deprecations(&present),
        verdict: classify(differences, deviations.records()),
    })
}

/// Schemas that were renamed or removed. All members of a renamed schema would differ, although one line fixes that.
fn schemas_absent(upstream: &Value, operations: &Operations, moved: &[Moved]) -> Vec<String> {
    let gone = |name: &&String| upstream["components"]["schemas"].get(name.as_str()).is_none();
    let names = operations.schemas.keys().filter(gone).filter(|name| moved.iter().all(|moved| moved.was != **name));
    let sentence = |name: &String| {
        format!(
            "the published document has no schema {name} any more; if it has a new name, change it in {OPERATIONS} first"
        )
    };
    names.map(sentence).collect()
}

/// The published operations that are not ours, on our paths and on new paths of the family.
fn add_unlisted(structure: &mut Value, upstream: &Value, operations: &Operations) {
    for (path, item) in members(&upstream["paths"]).filter(|(path, _)| changes::is_family(path, operations)) {
        for method in METHODS {
            let listed = operations.operations.iter().any(|ours| ours.path == *path && ours.method == method);
            if let Some(operation) = item.get(method).filter(|_| !listed) {
                structure["paths"][path][method] = normal_schema(operation);
            }
        }
    }
}

impl Report {
    /// Whether there is nothing to do.
    #[must_use]
    pub fn is_clean(&self) -> bool {
        self.absent.is_empty() && self.verdict.unrecorded.is_empty() && self.verdict.stale.is_empty()
    }

    /// The report for people, with the text to paste.
    #[must_use]
    pub fn text(&self) -> String {
        let mut text = String::new();
        for sentence in &self.absent {
            let _ = writeln!(text, "{sentence}\n");
        }
        for hint in &self.hints {
            let _ = writeln!(text, "hint: {hint}\n");
        }
        let mut worst_first: Vec<_> = self.verdict.unrecorded.iter().collect();
        worst_first.sort_by_key(|(difference, _)| Reverse(difference.impact.worst()));
        for (difference, record) in worst_first {
            let since =
                record.as_ref().map_or_else(String::new, |record| format!(", changed since recorded in {}", record.id));
            let _ = writeln!(text, "{}{since}\n{}", difference.impact, sides(difference));
        }
        for record in &self.verdict.stale {
            let _ = writeln!(text, "stale: {} no longer differs as recorded in {}\n", record.at, record.id);
        }
        if !self.verdict.unrecorded.is_empty() {
            text.push_str(&paste(&self.verdict.unrecorded));
        }
        if !self.verdict.stale.is_empty() {
            let _ = writeln!(text, "Remove the stale records from {DEVIATIONS}.");
        }
        let recorded = self.verdict.recorded;
        let _ = writeln!(text, "{} recorded deviations ({recorded} differences as recorded)", self.deviations);
        text
    }

    /// The report for programs.
    #[must_use]
    pub fn json(&self) -> Value {
        let unrecorded = self.verdict.unrecorded.iter().map(|(difference, record)| {
            json!({
                "at": difference.at,
                "ours": difference.ours,
                "published": difference.published,
                "impact": difference.impact,
                "changed_since_recorded_in": record.as_ref().map(|record| &record.id),
                "entry": entry(difference),
            })
        });
        json!({
            "recorded": {"deviations": self.deviations, "differences": self.verdict.recorded},
            "absent": self.absent,
            "hints": self.hints,
            "unrecorded": unrecorded.collect::<Vec<_>>(),
            "stale": self.verdict.stale,
        })
    }
}

/// Both values of a difference, shortened to fit into a line of a report.
fn sides(difference: &Difference) -> String {
    let shown = |side: &Option<Value>| match side {
        None => "absent".to_owned(),
        Some(value) => {
            let text = value.to_string();
            let cut: String = text.chars().take(120).collect();
            if cut.len() < text.len() { format!("{cut}…") } else { cut }
        }
    };
    let (ours, published) = (shown(&difference.ours), shown(&difference.published));
    format!("  at        {}\n  ours      {ours}\n  published {published}\n", difference.at)
}

/// A deviation to fill in. Its date is one that the lint refuses.
const BLANK: &str = "[[deviation]]\nid = \"\"\nwhat = \"\"\nwhy = \"\"\nevidence = \"\"\nlast_evidence = 1970-01-01\n\
                     effect = \"\"\n\n";

fn paste(unrecorded: &[(Difference, Option<Record>)]) -> String {
    let mut text = format!("Correct {DOCUMENT}, or record in {DEVIATIONS}:\n\n");
    let (known, new): (Vec<_>, Vec<_>) = unrecorded.iter().partition(|(_, record)| record.is_some());
    for (difference, record) in known {
        let id = record.as_ref().map_or("", |record| &record.id);
        let _ = writeln!(text, "# in {id}, instead of its record of this pointer\n{}", entry(difference));
    }
    if !new.is_empty() {
        text.push_str(BLANK);
    }
    for (difference, _) in new {
        let _ = writeln!(text, "{}", entry(difference));
    }
    text
}
