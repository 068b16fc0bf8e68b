//! `bbstatus apply` of many statuses.

use super::{
    Bench,
    figure::{Figure, Limit, Measure, Section},
    programs::{Programs, Server},
    run::{Spent, measured_with_peak},
    statistics::{median, paired_ratio},
};
use crate::{Failure, write};
use std::{
    fmt::Write as _,
    path::{Path, PathBuf},
    process::Command,
};

/// How many statuses a file holds, and how often it is applied.
const SIZES: [(usize, usize); 3] = [(1_000, 9), (10_000, 5), (100_000, 1)];
const CONCURRENCY: &str = "16";

/// Measures files of statuses.
///
/// # Errors
/// Where a program cannot be built, or the one by hand fails.
pub(super) fn measure(bench: &Bench) -> Result<Section, Failure> {
    let method = format!(
        "`bbstatus apply` of an NDJSON file, {CONCURRENCY} at a time, against the same loop by hand on reqwest, from \
         start to end, in turns: {}. Both print a line for each status. Peaks of memory are the kernel's high-water \
         mark of the process.",
        SIZES.map(|(size, runs)| format!("{} statuses {runs} ×", thousands(size))).join(", ")
    );
    let mut section = Section { title: "Many statuses", method, figures: Vec::new(), skipped: Vec::new() };
    let programs = bench.programs()?;
    let server = programs.serve(bench.scratch.path())?;
    let mut peaks = Vec::new();
    for (size, runs) in SIZES {
        eprintln!("applying {size} statuses");
        let file = statuses(bench.scratch.path(), size)?;
        let (mut ours, mut theirs) = (Vec::new(), Vec::new());
        for _ in 0..runs {
            match measured_with_peak(&mut bbstatus(programs, &server, &file)) {
                Ok(spent) => ours.push(spent),
                Err(Failure::Found(reason) | Failure::Unusable(reason)) => {
                    section.skipped.push(reason);
                    return Ok(section);
                }
            }
            theirs.push(measured_with_peak(&mut by_hand(programs, &server, &file))?);
        }
        section.figures.push(throughput(size, &ours, &theirs));
        peaks.push((peak(&ours), peak(&theirs)));
    }
    section.figures.extend(growth(&peaks));
    Ok(section)
}

/// One line of the file that `apply` reads.
fn line(number: usize) -> String {
    let (commit, key) = (number / 100, number % 100);
    format!(
        r#"{{"commit": "{commit:040x}", "key": "unit-tests-{key}", "state": "SUCCESSFUL", "url": "https://ci.example.com/builds/{number}"}}"#
    )
}

fn statuses(folder: &Path, size: usize) -> Result<PathBuf, Failure> {
    let mut text = String::new();
    for number in 0..size {
        // Writing to a string cannot fail.
        let _ = writeln!(text, "{}", line(number));
    }
    let path = folder.join(format!("{size}.ndjson"));
    write(&path, &text)?;
    Ok(path)
}

fn bbstatus(programs: &Programs, server: &Server, file: &Path) -> Command {
    let mut command = Command::new(&programs.bbstatus);
    command.env("BITBUCKET_TOKEN", "t0ken").arg("apply").arg(file);
    command.args(["--repo", "acme/rocket", "--concurrency", CONCURRENCY, "--api-url", server.http()]);
    command
}

fn by_hand(programs: &Programs, server: &Server, file: &Path) -> Command {
    let mut command = Command::new(&programs.load);
    command.arg("apply").arg(file).args(["--concurrency", CONCURRENCY, "--url", server.http()]);
    command
}

fn peak(spent: &[Spent]) -> f64 {
    median(spent.iter().map(|spent| spent.peak / 1e6))
}

fn throughput(size: usize, ours: &[Spent], theirs: &[Spent]) -> Figure {
    let wall = |spent: &[Spent]| -> Vec<f64> { spent.iter().map(|spent| spent.wall).collect() };
    #[expect(clippy::cast_precision_loss, reason = "at most 100,000")]
    let describe = |spent: &[Spent]| {
        let each_second = size as f64 / median(wall(spent));
        format!("{each_second:.0}/s, peak {:.1} MB", peak(spent))
    };
    Figure {
        measure: Measure::Ratio(paired_ratio(&wall(theirs), &wall(ours))),
        limit: (size == 10_000).then_some(Limit::AtLeast(Measure::Ratio(0.9))),
        what: format!("`bbstatus apply`, {} statuses, throughput", thousands(size)),
        ours: describe(ours),
        compared: format!("{}, reqwest", describe(theirs)),
    }
}

/// The peak of memory with the largest file against that with the smallest.
fn growth(peaks: &[(f64, f64)]) -> Option<Figure> {
    let (first, last) = (peaks.first()?, peaks.last()?);
    (first.0 > 0.0).then(|| Figure {
        measure: Measure::Ratio(last.0 / first.0),
        limit: Some(Limit::AtMost(Measure::Ratio(1.2))),
        what: "`bbstatus apply`, peak of memory with 100,000 statuses".into(),
        ours: format!("{:.1} MB", last.0),
        compared: format!("{:.1} MB, 1,000 statuses", first.0),
    })
}

fn thousands(number: usize) -> String {
    format!("{},{:03}", number / 1000, number % 1000)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    #[test]
    fn a_line_is_one_status() -> Result<(), serde_json::Error> {
        let status: Value = serde_json::from_str(&line(100_001))?;
        let commit = "00000000000000000000000000000000000003e8";
        let url = "https://ci.example.com/builds/100001";
        assert_eq!(status, json!({"commit": commit, "key": "unit-tests-1", "state": "SUCCESSFUL", "url": url}));
        Ok(())
    }

    #[test]
    fn thousands_are_set_apart() {
        assert_eq!(thousands(100_000), "100,000");
    }
}
