//! The number of instructions of one call.

use crate::{
    Bench, Outcome,
    figure::{Figure, Limit, Measure, Section},
    run::{is_there, printed},
};
use std::process::Command;

/// Two numbers of calls: the difference between both runs excludes start-up.
const CALLS: [u32; 2] = [100, 600];

/// Measures the calls under callgrind.
///
/// # Errors
/// If the programs cannot be built or run.
pub(crate) fn measure(bench: &Bench) -> Outcome<Section> {
    let method = format!(
        "The same calls under callgrind, in user mode: the difference between {} and {} calls, divided by their number. The \
         difference to reqwest by hand, in descending order: allocations for texts that a builder owns and an address \
         whose four names are each encoded, moves of futures and of a status with all its fields, the copy of the request \
         for a retry, the search of each response for the credentials.",
        CALLS[1], CALLS[0]
    );
    let mut section = Section { title: "Instructions per call", method, figures: Vec::new(), skipped: Vec::new() };
    if !is_there("valgrind") {
        section.skipped.push("valgrind is not installed (on Debian: `apt-get install valgrind`)".into());
        return Ok(section);
    }
    let programs = bench.programs()?;
    let server = programs.serve(bench.scratch.path())?;
    for operation in ["update", "get"] {
        eprintln!("counting the instructions of {operation}");
        let ours = each(bench, "library", operation, server.http())?;
        for (client, limit) in [("reqwest", Some(Limit::AtMost(Measure::Ratio(1.1)))), ("hyper", None)] {
            let theirs = each(bench, client, operation, server.http())?;
            section.figures.push(Figure {
                measure: Measure::Ratio(ours / theirs),
                limit,
                what: format!("{operation}, instructions"),
                ours: format!("{ours:.0}"),
                compared: format!("{theirs:.0}, {client}"),
            });
        }
    }
    Ok(section)
}

fn each(bench: &Bench, client: &str, operation: &str, url: &str) -> Outcome<f64> {
    let [few, many] = CALLS;
    let total = |calls: u32| -> Outcome<f64> {
        let profile = bench.scratch.path().join("callgrind.out");
        let mut command = Command::new("valgrind");
        command.arg("--tool=callgrind").arg(format!("--callgrind-out-file={}", profile.display()));
        command.arg(&bench.programs()?.load).args(["call", "--client", client, "--operation", operation, "--url", url]);
        printed(command.args(["--calls", &calls.to_string()]))?;
        executed(&std::fs::read_to_string(&profile)?)
            .ok_or_else(|| "callgrind: expected a line `totals: NUMBER` in its profile".into())
    };
    Ok((total(many)? - total(few)?) / f64::from(many - few))
}

/// The number of instructions in a profile.
fn executed(profile: &str) -> Option<f64> {
    profile.lines().find_map(|line| line.strip_prefix("totals: "))?.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::executed;

    #[test]
    fn the_total_of_a_profile_is_read() {
        assert_eq!(executed("events: Ir\nfn=(1) main\n12 3\ntotals: 1234567\n"), Some(1_234_567.0));
        assert_eq!(executed("events: Ir\n"), None);
    }
}
