//! `bbstatus update` as a process.

use super::{
    Bench,
    figure::{Figure, Limit, Measure, Section},
    run::{Spent, is_there, measured},
    statistics::{median, paired_ratio},
};
use crate::Failure;
use std::{path::Path, process::Command};

const COMMIT: &str = "e10dae226959c2194f2b07b077c07762d93821cf";
/// What both send.
const BODY: &str =
    r#"{"type":"build","key":"unit-tests","state":"SUCCESSFUL","url":"https://ci.example.com/builds/42"}"#;
/// How many processes of each kind a round starts.
const EACH: usize = 10;

/// Measures whole processes, in turns.
///
/// # Errors
/// Where a program cannot be built or fails.
pub(super) fn measure(bench: &Bench) -> Result<Section, Failure> {
    let count = bench.rounds * EACH;
    let method = format!(
        "One `bbstatus update` with `--url` (one PUT) against one `curl` of the same request, from start to end, over \
         plain http and over https with an authority of its own (`--ca-file`, `--cacert`), both with a bare \
         environment. Medians of {count} processes of each kind in turns; ratios are medians of the ratio in each turn."
    );
    let mut section = Section { title: "The command as a process", method, figures: Vec::new(), skipped: Vec::new() };
    if !is_there("curl") {
        section.skipped.push("curl is not installed".into());
        return Ok(section);
    }
    let programs = bench.programs()?;
    let server = programs.serve(bench.scratch.path())?;
    let folder = bench.scratch.path();
    for (scheme, url, ca_file) in [("http", server.http(), None), ("https", server.https(), Some(server.ca_file()))] {
        eprintln!("measuring processes over {scheme}");
        let (mut ours, mut theirs) = (Vec::new(), Vec::new());
        for _ in 0..count {
            match measured(&mut bbstatus(&programs.bbstatus, folder, url, ca_file), &[0]) {
                Ok(spent) => ours.push(spent),
                Err(Failure::Found(reason) | Failure::Unusable(reason)) => {
                    section.skipped.push(reason);
                    return Ok(section);
                }
            }
            theirs.push(measured(&mut curl(folder, url, ca_file), &[0])?);
        }
        section.figures.push(figure("wall", scheme, |spent| spent.wall, (&ours, &theirs)));
        section.figures.push(figure("CPU", scheme, |spent| spent.cpu, (&ours, &theirs)));
    }
    Ok(section)
}

fn bbstatus(program: &Path, folder: &Path, url: &str, ca_file: Option<&Path>) -> Command {
    let mut command = bare(program.as_os_str(), folder);
    command.env("BITBUCKET_TOKEN", "t0ken");
    command.args(["update", "unit-tests", "SUCCESSFUL", "--url", "https://ci.example.com/builds/42"]);
    command.args(["--repo", "acme/rocket", "--commit", COMMIT, "--api-url", url]);
    if let Some(ca_file) = ca_file {
        command.arg("--ca-file").arg(ca_file);
    }
    command
}

fn curl(folder: &Path, url: &str, ca_file: Option<&Path>) -> Command {
    let mut command = bare("curl".as_ref(), folder);
    command.args(["--silent", "--show-error", "--fail", "--request", "PUT", "--data", BODY]);
    command.args(["--header", "Authorization: Bearer t0ken", "--header", "Content-Type: application/json"]);
    if let Some(ca_file) = ca_file {
        command.arg("--cacert").arg(ca_file);
    }
    command.arg(format!("{url}/repositories/acme/rocket/commit/{COMMIT}/statuses/build/unit-tests"));
    command
}

/// A program that sees nothing of the caller's settings.
fn bare(program: &std::ffi::OsStr, folder: &Path) -> Command {
    let mut command = Command::new(program);
    command.env_clear().envs(std::env::var_os("PATH").map(|path| ("PATH", path))).current_dir(folder);
    command
}

fn figure(kind: &str, scheme: &str, read: impl Fn(&Spent) -> f64, (ours, theirs): (&[Spent], &[Spent])) -> Figure {
    let milliseconds = |spent: &[Spent]| -> Vec<f64> { spent.iter().map(|spent| read(spent) * 1000.0).collect() };
    let (ours, theirs) = (milliseconds(ours), milliseconds(theirs));
    Figure {
        measure: Measure::Ratio(paired_ratio(&ours, &theirs)),
        limit: Some(Limit::AtMost(Measure::Ratio(0.5))),
        what: format!("`bbstatus update`, {scheme}, {kind}"),
        ours: format!("{:.2} ms", median(ours)),
        compared: format!("{:.2} ms, curl", median(theirs)),
    }
}
