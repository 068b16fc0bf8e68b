//! Generation from the document, and its comparison with the full published one.

use std::{path::Path, process::Command};

use crate::{
    Bench, Outcome,
    figure::{Figure, Limit, Measure, Section},
    programs::executable,
    run::measured,
    statistics::median,
};

/// Measures both; the comparison only if the published document is available.
///
/// # Errors
/// If one of the two does not run.
pub(crate) fn measure(bench: &Bench) -> Outcome<Section> {
    let method = format!(
        "`cargo xtask codegen --check` (the generation that build.rs runs, and a comparison of texts) and `cargo xtask \
         spec diff` of the full published document, both in the dev profile, from start to end: the median of {} runs.",
        bench.rounds
    );
    let mut section = Section { title: "The document", method, figures: Vec::new(), skipped: Vec::new() };
    let xtask = executable(&bench.root, "xtask", &[])?;
    let generation = seconds(bench, Command::new(&xtask).args(["codegen", "--check"]))?;
    section.figures.push(figure(
        "generation from the document",
        0.3,
        generation,
        &bench.root.join("spec/openapi.json"),
    )?);
    let document = bench.root.join(&bench.document);
    if document.exists() {
        let diff = seconds(bench, Command::new(&xtask).args(["spec", "diff"]).arg(&document))?;
        section.figures.push(figure("`spec diff`", 1.0, diff, &document)?);
    } else {
        section.skipped.push("the published document is not here; name it with `--document`".into());
    }
    Ok(section)
}

fn seconds(bench: &Bench, command: &mut Command) -> Outcome<f64> {
    let mut spent = Vec::new();
    for _ in 0..bench.rounds {
        // Exit code 1 means that there are differences, which do not matter here.
        spent.push(measured(command.current_dir(&bench.root), &[0, 1])?.wall);
    }
    Ok(median(spent))
}

fn figure(what: &str, limit: f64, seconds: f64, document: &Path) -> Outcome<Figure> {
    Ok(Figure {
        measure: Measure::Seconds(seconds),
        limit: Some(Limit::AtMost(Measure::Seconds(limit))),
        what: what.to_owned(),
        ours: format!("a document of {} KB", document.metadata()?.len() / 1000),
        compared: String::new(),
    })
}
