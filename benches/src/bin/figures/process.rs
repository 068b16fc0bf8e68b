//! One run of `bbstatus update`, timed by hyperfine.

use std::{path::Path, process::Command};

use serde::Deserialize;

use crate::{
    Bench, Outcome,
    figure::{Figure, Limit, Measure, Section},
    run::{is_there, printed},
    statistics::{median, paired_ratio},
};

const COMMIT: &str = "e10dae226959c2194f2b07b077c07762d93821cf";
/// The body of both requests.
const BODY: &str = r#"{"type":"build","key":"unit-tests","state":"SUCCESSFUL","url":"https://ci.example.com/builds/42","name":"Tests","description":"Passed"}"#;
/// The number of processes of each kind in a round.
const RUNS: usize = 10;

/// The results that hyperfine exports.
#[derive(Deserialize)]
struct Export {
    results: Vec<Timing>,
}

/// The durations of one command in one round, in seconds.
#[derive(Deserialize)]
struct Timing {
    median: f64,
    user: f64,
    system: f64,
}

/// Measures whole processes, in interleaved rounds.
///
/// # Errors
/// If a program cannot be built or fails.
pub(crate) fn measure(bench: &Bench) -> Outcome<Section> {
    let method = format!(
        "One `bbstatus update` with everything given (one PUT) against one `curl` of the same request, timed by \
         hyperfine from start to end, over plain http and over https with a private certificate authority (`--ca-file`, \
         `--cacert`), both with a bare environment. {} interleaved rounds of {RUNS} processes of each kind; ratios are \
         medians of the ratio in each round.",
        bench.rounds
    );
    let mut section =
        Section { title: "The command from start to end", method, figures: Vec::new(), skipped: Vec::new() };
    for program in ["curl", "hyperfine"] {
        if !is_there(program) {
            section.skipped.push(format!("{program} is not installed (on Debian: `apt-get install {program}`)"));
            return Ok(section);
        }
    }
    let programs = bench.programs()?;
    let server = programs.serve(bench.scratch.path())?;
    for (scheme, url, ca_file) in [("http", server.http(), None), ("https", server.https(), Some(server.ca_file()))] {
        eprintln!("measuring processes over {scheme}");
        let lines = [bbstatus(&programs.bbstatus, url, ca_file), curl(url, ca_file)];
        let (mut ours, mut theirs) = (Vec::new(), Vec::new());
        for _ in 0..bench.rounds {
            let [our, their] = round(bench.scratch.path(), &lines)?;
            ours.push(our);
            theirs.push(their);
        }
        section.figures.push(figure("wall", scheme, |timing| timing.median, (&ours, &theirs)));
        section.figures.push(figure("CPU", scheme, |timing| timing.user + timing.system, (&ours, &theirs)));
    }
    Ok(section)
}

fn round(folder: &Path, lines: &[String; 2]) -> Outcome<[Timing; 2]> {
    let export = folder.join("hyperfine.json");
    let mut command = Command::new("hyperfine");
    // The commands see no settings of the caller.
    command
        .env_clear()
        .envs(std::env::var_os("PATH").map(|path| ("PATH", path)))
        .env("BITBUCKET_TOKEN", benches::TOKEN);
    command.args(["--shell=none", "--style=none", "--warmup=2", &format!("--runs={RUNS}"), "--export-json"]);
    printed(command.arg(&export).args(lines).current_dir(folder))?;
    let export: Export = serde_json::from_slice(&std::fs::read(&export)?)?;
    export.results.try_into().map_err(|results: Vec<Timing>| {
        format!("hyperfine: expected the results of two commands, got {}", results.len()).into()
    })
}

fn bbstatus(program: &Path, url: &str, ca_file: Option<&Path>) -> String {
    let ca_file = ca_file.map(|file| format!(" --ca-file '{}'", file.display())).unwrap_or_default();
    format!(
        "'{}' update unit-tests SUCCESSFUL --url https://ci.example.com/builds/42 --name Tests --description Passed \
         --repo acme/rocket --commit {COMMIT} --api-url {url}{ca_file}",
        program.display()
    )
}

fn curl(url: &str, ca_file: Option<&Path>) -> String {
    let ca_file = ca_file.map(|file| format!(" --cacert '{}'", file.display())).unwrap_or_default();
    let token = benches::TOKEN;
    format!(
        "curl --silent --show-error --fail --request PUT --data '{BODY}' --header 'Authorization: Bearer {token}' \
         --header 'Content-Type: application/json'{ca_file} \
         {url}/repositories/acme/rocket/commit/{COMMIT}/statuses/build/unit-tests"
    )
}

fn figure(kind: &str, scheme: &str, read: impl Fn(&Timing) -> f64, (ours, theirs): (&[Timing], &[Timing])) -> Figure {
    let milliseconds =
        |timings: &[Timing]| -> Vec<f64> { timings.iter().map(|timing| read(timing) * 1000.0).collect() };
    let (ours, theirs) = (milliseconds(ours), milliseconds(theirs));
    Figure {
        measure: Measure::Ratio(paired_ratio(&ours, &theirs)),
        limit: Some(Limit::AtMost(Measure::Ratio(0.4))),
        what: format!("`bbstatus update`, {scheme}, {kind}"),
        ours: format!("{:.2} ms", median(ours)),
        compared: format!("{:.2} ms, curl", median(theirs)),
    }
}
