//! `bbstatus apply` of many statuses.

use crate::{
    Bench, Outcome,
    figure::{Figure, Limit, Measure, Section},
    programs::{Programs, Server},
    run::{Spent, measured, measured_with_peak},
    statistics::{median, paired_ratio},
};
use std::{
    fmt::Write as _,
    fs,
    io::{Read as _, Write as _},
    net::TcpStream,
    path::{Path, PathBuf},
    process::Command,
};

/// The number of statuses in a file, and how often it is applied.
const SIZES: [(usize, usize); 3] = [(1_000, 9), (10_000, 5), (100_000, 1)];
/// The number of statuses that are applied while the service is down.
const OUTAGE: usize = 200;
const CONCURRENCY: &str = "16";

/// Applies files of statuses.
///
/// # Errors
/// If a program cannot be built, or the one by hand fails.
pub(crate) fn measure(bench: &Bench) -> Outcome<Section> {
    let method = format!(
        "`bbstatus apply` of an NDJSON file, {CONCURRENCY} at a time, against the same loop by hand on reqwest, from \
         start to end, alternately: {}. Both print a line for each status. Peaks of memory are the kernel's high-water \
         mark of the process. Besides the call itself, `apply` checks each line, sends lines about one status in their \
         order, and observes each response for rate limits.",
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
            match measured_with_peak(&mut bbstatus(programs, server.http(), &file)) {
                Ok(spent) => ours.push(spent),
                Err(reason) => {
                    section.skipped.push(reason.to_string());
                    return Ok(section);
                }
            }
            theirs.push(measured_with_peak(&mut by_hand(programs, server.http(), &file))?);
        }
        section.figures.push(throughput(size, &ours, &theirs));
        peaks.push((peak(&ours), peak(&theirs)));
    }
    section.figures.extend(growth(&peaks));
    section.figures.extend(outage(bench, &server)?);
    Ok(section)
}

/// Applies a file while the service is down: the duration, and the number of requests.
fn outage(bench: &Bench, server: &Server) -> Outcome<[Figure; 2]> {
    eprintln!("applying {OUTAGE} statuses while the service is down");
    let file = statuses(bench.scratch.path(), OUTAGE)?;
    let seconds = measured(&mut bbstatus(bench.programs()?, server.unavailable(), &file), &[1, 6])?.wall;
    // The request for the number counts, too.
    let requests = requests(server.unavailable())?.saturating_sub(1);
    let figure = |measure, limit, what: &str| Figure {
        measure,
        limit: Some(Limit::AtMost(limit)),
        what: format!("`bbstatus apply`, {OUTAGE} statuses against 503, {what}"),
        ours: String::new(),
        compared: String::new(),
    };
    let seconds = figure(Measure::Seconds(seconds), Measure::Seconds(40.0), "from start to end");
    Ok([seconds, figure(Measure::Count(requests), Measure::Count(240), "requests")])
}

/// The number of requests that the failing service received.
fn requests(url: &str) -> Outcome<usize> {
    let (host, path) = url.trim_start_matches("http://").split_once('/').ok_or("bench-server: expected a path")?;
    let mut stream = TcpStream::connect(host)?;
    write!(stream, "GET /{path} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n\r\n")?;
    let mut response = String::new();
    stream.read_to_string(&mut response)?;
    Ok(response.rsplit("\r\n").next().unwrap_or_default().parse()?)
}

/// One line of the file that `apply` reads.
fn line(number: usize) -> String {
    let (commit, key) = (number / 100, number % 100);
    format!(
        r#"{{"commit": "{commit:040x}", "key": "unit-tests-{key}", "state": "SUCCESSFUL", "url": "https://ci.example.com/builds/{number}"}}"#
    )
}

pub(crate) fn statuses(folder: &Path, size: usize) -> Outcome<PathBuf> {
    let mut text = String::new();
    for number in 0..size {
        // Writing to a string cannot fail.
        let _ = writeln!(text, "{}", line(number));
    }
    let path = folder.join(format!("{size}.ndjson"));
    fs::write(&path, &text)?;
    Ok(path)
}

fn bbstatus(programs: &Programs, url: &str, file: &Path) -> Command {
    let mut command = Command::new(&programs.bbstatus);
    command.env("BITBUCKET_TOKEN", benches::TOKEN).arg("apply").arg(file);
    command.args(["--repo", "acme/rocket", "--concurrency", CONCURRENCY, "--api-url", url]);
    command
}

pub(crate) fn by_hand(programs: &Programs, url: &str, file: &Path) -> Command {
    let mut command = Command::new(&programs.load);
    command.arg("apply").arg(file).args(["--concurrency", CONCURRENCY, "--url", url]);
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

/// Compares the peak memory with the largest file with that of the smallest.
fn growth(peaks: &[(f64, f64)]) -> Option<Figure> {
    let (first, last) = (peaks.first()?, peaks.last()?);
    (first.0 > 0.0).then(|| Figure {
        measure: Measure::Ratio(last.0 / first.0),
        limit: Some(Limit::AtMost(Measure::Ratio(1.2))),
        what: "`bbstatus apply`, peak memory with 100,000 statuses".into(),
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
