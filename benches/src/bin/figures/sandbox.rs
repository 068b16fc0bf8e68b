//! `bbstatus sandbox`: start, memory, throughput.

use std::{
    fs,
    io::{BufRead as _, BufReader},
    process::{Child, Command, Stdio},
    time::Instant,
};

use serde_json::Value;

use crate::{
    Bench, Outcome,
    apply::{by_hand, statuses},
    figure::{Figure, Limit, Measure, Section},
    run::{high_water, measured},
    statistics::median,
    unusable,
};

/// The token that a sandbox without a seed expects.
const TOKEN: &str = "sandbox-token";
/// The number of writes for the throughput.
const WRITES: usize = 10_000;

/// Starts a sandbox in each round, and writes to the last one.
///
/// # Errors
/// If a program cannot be built, or the sandbox does not print its address.
pub(crate) fn measure(bench: &Bench) -> Outcome<Section> {
    let programs = bench.programs()?;
    let mut starts = Vec::new();
    let mut idle = Vec::new();
    for _ in 0..bench.rounds {
        let sandbox = Sandbox::start(bench)?;
        starts.push(sandbox.seconds);
        let status = fs::read_to_string(format!("/proc/{}/status", sandbox.child.id())).unwrap_or_default();
        idle.extend(high_water(&status).map(|bytes| bytes / 1e6));
    }
    let sandbox = Sandbox::start(bench)?;
    let file = statuses(bench.scratch.path(), WRITES)?;
    let wall = measured(by_hand(programs, &sandbox.url, &file).args(["--token", TOKEN]), &[0])?.wall;
    let start = median(starts);
    #[expect(clippy::cast_precision_loss, reason = "10,000")]
    let throughput = WRITES as f64 / wall;
    let mut figures = vec![
        figure(
            Measure::Milliseconds(start * 1000.0),
            Limit::AtMost(Measure::Milliseconds(10.0)),
            "from its start to its address",
        ),
        figure(Measure::PerSecond(throughput), Limit::AtLeast(Measure::PerSecond(5_000.0)), "writes, 16 at a time"),
    ];
    if !idle.is_empty() {
        let limit = Limit::AtMost(Measure::Megabytes(8.0));
        figures.push(figure(Measure::Megabytes(median(idle)), limit, "peak memory before the first request"));
    }
    let method = format!(
        "`bbstatus sandbox`: medians of {} starts, and {WRITES} statuses created by hand on reqwest.",
        bench.rounds
    );
    Ok(Section { title: "The sandbox", method, figures, skipped: Vec::new() })
}

fn figure(measure: Measure, limit: Limit, what: &str) -> Figure {
    Figure {
        measure,
        limit: Some(limit),
        what: format!("sandbox, {what}"),
        ours: String::new(),
        compared: String::new(),
    }
}

/// A running sandbox, which ends when it is dropped.
struct Sandbox {
    child: Child,
    url: String,
    /// The time from its start until it prints its address.
    seconds: f64,
}

impl Sandbox {
    fn start(bench: &Bench) -> Outcome<Self> {
        let mut command = Command::new(&bench.programs()?.bbstatus);
        command.args(["sandbox", "--quiet"]).current_dir(bench.scratch.path());
        let began = Instant::now();
        let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn().map_err(unusable("bbstatus"))?;
        let mut line = String::new();
        if let Some(output) = child.stdout.take() {
            BufReader::new(output).read_line(&mut line)?;
        }
        let seconds = began.elapsed().as_secs_f64();
        let mut sandbox = Self { child, url: String::new(), seconds };
        let address: Value = serde_json::from_str(&line)?;
        address["url"].as_str().unwrap_or_default().clone_into(&mut sandbox.url);
        Ok(sandbox)
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        // Fails if the sandbox has already ended.
        let _ended = self.child.kill();
        let _waited = self.child.wait();
    }
}
