//! The rules for records of deviations: complete, unique, dated, and true of our document.

use crate::{
    Error,
    spec::{
        deviations::{DEVIATIONS, Deviation, Deviations, recordable},
        lint::evidence::Dated,
        normal::Normal,
    },
};
use chrono::NaiveDate;
use serde_json::Value;
use std::collections::BTreeSet;

/// The findings about the records, a sentence each.
pub(super) fn lint(
    document: &Value,
    deviations: &Deviations,
    readme: &str,
    today: NaiveDate,
) -> Result<Vec<String>, Error> {
    let mut findings = Vec::new();
    let mut ids = BTreeSet::new();
    for deviation in &deviations.deviations {
        let id = &deviation.id;
        if !ids.insert(id) {
            findings.push(format!("{id}: recorded twice"));
        }
        let texts = [
            ("id", id),
            ("what", &deviation.what),
            ("why", &deviation.why),
            ("evidence", &deviation.evidence),
            ("effect", &deviation.effect),
        ];
        let empty = texts.iter().filter(|(_, text)| text.trim().is_empty());
        findings.extend(empty.map(|(name, _)| format!("{id}: no {name}")));
        match date(deviation) {
            None => findings.push(format!("{id}: expected a date such as 2026-11-20, got {}", deviation.last_evidence)),
            Some(date) if date > today => findings.push(format!("{id}: its last evidence is of the future, {date}")),
            Some(date) if date == NaiveDate::default() => findings.push(format!("{id}: no date of its last evidence")),
            Some(_) => {}
        }
        if deviation.differences.is_empty() {
            findings.push(format!("{id}: no difference"));
        }
        if !readme.contains(&format!("`{id}`")) {
            findings.push(format!("{id}: not in the index of spec/README.md"));
        }
    }
    findings.extend(pointers(document, deviations)?);
    Ok(findings.iter().map(|finding| format!("{DEVIATIONS}: {finding}")).collect())
}

/// The deviations that have a date.
pub(super) fn dated(deviations: &Deviations) -> impl Iterator<Item = Dated> {
    let named = |each: &Deviation| Some(Dated { date: date(each)?, what: format!("{DEVIATIONS}: {}", each.id) });
    deviations.deviations.iter().filter_map(named)
}

/// The date of the newest evidence, if it is a valid date.
fn date(deviation: &Deviation) -> Option<NaiveDate> {
    let date = deviation.last_evidence.date?;
    NaiveDate::from_ymd_opt(date.year.into(), date.month.into(), date.day.into())
}

/// Each pointer is recorded once, and our side of the record is what our document has there.
fn pointers(document: &Value, deviations: &Deviations) -> Result<Vec<String>, Error> {
    let normal = Normal::of(document)?;
    let mut findings = Vec::new();
    let mut seen = BTreeSet::new();
    for record in deviations.records() {
        let (id, at) = (&record.id, &record.at);
        if !seen.insert(at.clone()) {
            findings.push(format!("{id}: {at} is recorded twice"));
        }
        if record.ours == record.published {
            findings.push(format!("{id}: {at} has the same value on both sides"));
        }
        let there = normal.at(at).map(recordable);
        if there != record.ours {
            let shown = |side: &Option<Value>| side.as_ref().map_or_else(|| "nothing".to_owned(), ToString::to_string);
            let (expected, got) = (shown(&record.ours), shown(&there));
            findings.push(format!("{id}: {at}: expected {expected} in the document, got {got}"));
        }
    }
    Ok(findings)
}
