//! The cost of one call, by the library and by hand.

use crate::{
    Bench, Outcome,
    figure::{Figure, Limit, Measure, Section},
    programs::Programs,
    run::{measured_with_peak, printed},
    statistics::{median, paired_ratio},
};
use serde::Deserialize;
use std::process::Command;

/// Our client, and those with which it is compared.
const CLIENTS: [&str; 3] = ["library", "reqwest", "hyper"];
const OPERATIONS: [&str; 2] = ["update", "get"];
/// The number of concurrent calls, and the number of calls in a round.
const LOADS: [(usize, usize); 2] = [(1, 4_000), (16, 16_000)];

#[derive(Clone, Copy, Deserialize)]
struct Cost {
    calls: f64,
    wall: f64,
    cpu: f64,
}

/// The cost of a client in each round, in microseconds per call.
#[derive(Clone, Default)]
struct Samples {
    wall: Vec<f64>,
    cpu: Vec<f64>,
}

/// Measures the calls in interleaved rounds.
///
/// # Errors
/// If the programs cannot be built or run.
pub(crate) fn measure(bench: &Bench) -> Outcome<Section> {
    let programs = bench.programs()?;
    let server = programs.serve(bench.scratch.path())?;
    let mut figures = Vec::new();
    for operation in OPERATIONS {
        for (concurrency, calls) in LOADS {
            eprintln!("measuring {operation}, {concurrency} at a time");
            let samples = rounds(bench.rounds, programs, server.http(), (operation, concurrency, calls))?;
            figures.extend(against(operation, concurrency, &samples));
        }
    }
    figures.push(growth(programs, server.http())?);
    let method = format!(
        "The same call by the library, by hand on reqwest (same TLS set-up and timeouts) and by hand on bare hyper \
         (no pool, no timeouts: the floor), each in a separate process with a current-thread runtime, against one \
         loopback server in another process that responds with the headers and the body of a live Bitbucket. By hand the \
         address is made of its four names, the key encoded, and the response's twelve fields are decoded; the library \
         also checks names and url, encodes each name, stores the request for a retry and the fields it does not \
         know. Medians \
         of {} interleaved rounds of {} calls (1 at a time) and {} calls (16 at a time), start-up and warm-up \
         excluded; ratios are medians of the ratio in each round. CPU is user and kernel time of the client's process.",
        bench.rounds, LOADS[0].1, LOADS[1].1
    );
    Ok(Section { title: "One call", method, figures, skipped: Vec::new() })
}

fn rounds(count: usize, programs: &Programs, url: &str, load: (&str, usize, usize)) -> Outcome<[Samples; 3]> {
    let mut samples: [Samples; 3] = Default::default();
    for _ in 0..count {
        for (client, samples) in CLIENTS.iter().zip(&mut samples) {
            let cost = once(programs, client, url, load)?;
            samples.wall.push(cost.wall / cost.calls / 1000.0);
            samples.cpu.push(cost.cpu / cost.calls / 1000.0);
        }
    }
    Ok(samples)
}

fn once(
    programs: &Programs,
    client: &str,
    url: &str,
    (operation, concurrency, calls): (&str, usize, usize),
) -> Outcome<Cost> {
    let line = printed(&mut driver(programs, client, url, (operation, concurrency, calls)))?;
    serde_json::from_str(&line).map_err(|error| format!("bench-load: expected a cost, got {line:?}: {error}").into())
}

fn driver(
    programs: &Programs,
    client: &str,
    url: &str,
    (operation, concurrency, calls): (&str, usize, usize),
) -> Command {
    let mut command = Command::new(&programs.load);
    command.args(["call", "--client", client, "--operation", operation, "--url", url]);
    command.args(["--concurrency", &concurrency.to_string(), "--calls", &calls.to_string()]);
    command
}

/// Compares the peak memory after many updates with that after few.
fn growth(programs: &Programs, url: &str) -> Outcome<Figure> {
    let peak = |calls| -> Outcome<f64> {
        Ok(measured_with_peak(&mut driver(programs, "library", url, ("update", 16, calls)))?.peak / 1e6)
    };
    let (few, many) = (peak(1_000)?, peak(100_000)?);
    Ok(Figure {
        measure: Measure::Ratio(many / few),
        limit: Some(Limit::AtMost(Measure::Ratio(1.2))),
        what: "update, 16 at a time, peak memory with 100,000 calls".into(),
        ours: format!("{many:.1} MB"),
        compared: format!("{few:.1} MB, 1,000 calls"),
    })
}

/// Compares the library's samples with those of the others.
fn against(operation: &str, concurrency: usize, [ours, reqwest, hyper]: &[Samples; 3]) -> Vec<Figure> {
    let alone = concurrency == 1;
    let limit = |limit: f64| Some(Limit::AtMost(Measure::Ratio(limit)));
    let mut figures = vec![cost("CPU", operation, concurrency, (&ours.cpu, &reqwest.cpu), limit(1.05), "reqwest")];
    figures.push(if alone {
        cost("wall", operation, concurrency, (&ours.wall, &reqwest.wall), limit(1.05), "reqwest")
    } else {
        throughput(operation, concurrency, &ours.wall, &reqwest.wall)
    });
    figures.push(cost("CPU", operation, concurrency, (&ours.cpu, &hyper.cpu), None, "hyper"));
    figures.push(cost("wall", operation, concurrency, (&ours.wall, &hyper.wall), None, "hyper"));
    figures
}

fn cost(
    kind: &str,
    operation: &str,
    concurrency: usize,
    (ours, theirs): (&[f64], &[f64]),
    limit: Option<Limit>,
    other: &str,
) -> Figure {
    let microseconds = |samples: &[f64]| format!("{:.1} µs", median(samples.iter().copied()));
    Figure {
        measure: Measure::Ratio(paired_ratio(ours, theirs)),
        limit,
        what: format!("{operation}, {concurrency} at a time, {kind} per call"),
        ours: microseconds(ours),
        compared: format!("{}, {other}", microseconds(theirs)),
    }
}

fn throughput(operation: &str, concurrency: usize, ours: &[f64], theirs: &[f64]) -> Figure {
    let each_second = |samples: &[f64]| format!("{:.0}/s", 1e6 / median(samples.iter().copied()));
    Figure {
        measure: Measure::Ratio(paired_ratio(theirs, ours)),
        limit: Some(Limit::AtLeast(Measure::Ratio(0.95))),
        what: format!("{operation}, {concurrency} at a time, throughput"),
        ours: each_second(ours),
        compared: format!("{}, reqwest", each_second(theirs)),
    }
}
