//! `spec diff` of the full published document.

use super::{
    Bench,
    figure::{Figure, Limit, Measure, Section},
    run::measured,
    statistics::median,
    unusable,
};
use crate::Failure;
use std::process::Command;

/// Measures the comparison where the published document is at hand.
///
/// # Errors
/// Where the comparison does not run.
pub(super) fn measure(bench: &Bench) -> Result<Section, Failure> {
    let method = format!(
        "`cargo xtask spec diff` of the whole published document, as it is built for daily work (dev profile), from \
         start to end: the median of {} runs.",
        bench.rounds
    );
    let mut section = Section { title: "Comparing the document", method, figures: Vec::new(), skipped: Vec::new() };
    let document = bench.root.join(&bench.document);
    let Ok(metadata) = document.metadata() else {
        section.skipped.push("the published document is not here; name it with `--document`".into());
        return Ok(section);
    };
    let program = std::env::current_exe().map_err(unusable("xtask"))?;
    let mut spent = Vec::new();
    for _ in 0..bench.rounds {
        // 1 says that there are differences, which is not the question here.
        spent.push(measured(Command::new(&program).args(["spec", "diff"]).arg(&document), &[0, 1])?);
    }
    let seconds = median(spent.iter().map(|spent| spent.wall));
    section.figures.push(Figure {
        measure: Measure::Seconds(seconds),
        limit: Some(Limit::AtMost(Measure::Seconds(1.0))),
        what: "`spec diff`".into(),
        ours: format!("{:.2} s CPU", median(spent.iter().map(|spent| spent.cpu))),
        compared: format!("a document of {} KB", metadata.len() / 1000),
    });
    Ok(section)
}
