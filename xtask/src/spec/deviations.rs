//! `spec/deviations.toml`: our intended differences from the published document.

use super::compare::Difference;
use crate::{Error, read};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::{fmt::Write as _, path::Path};

/// Where the deviations are recorded.
pub const DEVIATIONS: &str = "spec/deviations.toml";

/// All recorded deviations.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Deviations {
    /// The deviations.
    #[serde(rename = "deviation", default)]
    pub deviations: Vec<Deviation>,
}

/// One reason to differ, and its differences.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Deviation {
    /// Its name.
    pub id: String,
    /// What differs.
    pub what: String,
    /// The reason.
    pub why: String,
    /// Recordings and pages that show it.
    pub evidence: String,
    /// The date of the newest source in `evidence`.
    pub last_evidence: toml::value::Datetime,
    /// The effect on the generated code and its users.
    pub effect: String,
    /// The differences.
    #[serde(rename = "difference", default)]
    pub differences: Vec<Recorded>,
}

/// The same difference at one or several pointers.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Recorded {
    /// The pointers.
    pub at: Pointers,
    /// Our value; no key means that our document has none.
    pub ours: Option<Value>,
    /// The published value; a missing key means that nothing is published.
    pub published: Option<Value>,
}

/// One pointer or several.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub enum Pointers {
    /// One.
    One(String),
    /// Several.
    Several(Vec<String>),
}

/// One recorded difference at one pointer.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Record {
    /// The deviation it belongs to.
    pub id: String,
    /// The pointer.
    pub at: String,
    /// What our document has there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ours: Option<Value>,
    /// What the published one has there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub published: Option<Value>,
}

impl Deviations {
    /// Reads the deviations of a repository.
    ///
    /// # Errors
    /// [`Error::Unusable`] if the file cannot be read or has an unexpected form.
    pub fn load(root: &Path) -> Result<Self, Error> {
        let path = root.join(DEVIATIONS);
        Self::parse(&read(&path)?).map_err(|error| Error::Unusable(format!("{}: {error}", path.display())))
    }

    /// Reads deviations from the file's text.
    ///
    /// # Errors
    /// What is wrong with the text.
    pub fn parse(text: &str) -> Result<Self, toml::de::Error> {
        toml::from_str(text)
    }

    /// Every recorded difference, one for each pointer.
    #[must_use]
    pub fn records(&self) -> Vec<Record> {
        let differences = self.deviations.iter().flat_map(|deviation| {
            let id = &deviation.id;
            deviation.differences.iter().map(move |recorded| (id, recorded))
        });
        let each = differences.flat_map(|(id, recorded)| {
            let pointers = match &recorded.at {
                Pointers::One(pointer) => std::slice::from_ref(pointer),
                Pointers::Several(pointers) => pointers,
            };
            pointers.iter().map(move |at| Record {
                id: id.clone(),
                at: at.clone(),
                ours: recorded.ours.clone(),
                published: recorded.published.clone(),
            })
        });
        each.collect()
    }
}

/// The actual differences, compared with the records.
#[derive(Debug, Default)]
pub struct Verdict {
    /// The number of differences that are recorded correctly.
    pub recorded: usize,
    /// Differences without a correct record, each with the record that has the same pointer but other values, if any.
    pub unrecorded: Vec<(Difference, Option<Record>)>,
    /// Records of differences that no longer exist.
    pub stale: Vec<Record>,
}

/// Compares differences with records. A record below the pointer of a larger difference does not count as stale.
#[must_use]
pub fn classify(differences: Vec<Difference>, records: Vec<Record>) -> Verdict {
    let mut verdict = Verdict::default();
    let mut left = records;
    let mut unmatched = Vec::new();
    for difference in differences {
        match left.iter().position(|record| describes(record, &difference)) {
            Some(index) => {
                left.remove(index);
                verdict.recorded += 1;
            }
            None => unmatched.push(difference),
        }
    }
    for difference in unmatched {
        let same_place = left.iter().position(|record| record.at == difference.at);
        let record = same_place.map(|index| left.remove(index));
        verdict.unrecorded.push((difference, record));
    }
    let covered = |record: &Record| {
        let inside = |at: &str| record.at.strip_prefix(at).is_some_and(|rest| rest.starts_with('/'));
        verdict.unrecorded.iter().any(|(difference, _)| inside(&difference.at))
    };
    verdict.stale = left.into_iter().filter(|record| !covered(record)).collect();
    verdict
}

fn describes(record: &Record, difference: &Difference) -> bool {
    record.at == difference.at
        && record.ours == difference.ours.as_ref().map(recordable)
        && record.published == difference.published.as_ref().map(recordable)
}

/// A value in TOML, which has no null and no integers beyond 64 bits.
#[must_use]
pub fn recordable(value: &Value) -> Value {
    match value {
        Value::Null => Value::String("null".to_owned()),
        Value::Number(number) if number.is_u64() && !number.is_i64() => Value::String(number.to_string()),
        Value::Array(items) => items.iter().map(recordable).collect(),
        Value::Object(object) => {
            let members = object.iter().map(|(name, value)| (name.clone(), recordable(value)));
            Value::Object(members.collect())
        }
        other => other.clone(),
    }
}

/// The text to paste into the file for a difference.
#[must_use]
pub fn entry(difference: &Difference) -> String {
    let mut text = format!("[[deviation.difference]]\nat = {}\n", toml_text(&Value::String(difference.at.clone())));
    for (side, value) in [("ours", &difference.ours), ("published", &difference.published)] {
        if let Some(value) = value {
            let _ = writeln!(text, "{side} = {}", toml_text(&recordable(value)));
        }
    }
    text
}

fn toml_text(value: &Value) -> String {
    toml::Value::try_from(value).map_or_else(|_| value.to_string(), |value| value.to_string())
}
