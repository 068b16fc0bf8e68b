//! Clients of others against the sandbox, operation by operation: docs/clients.md.

use std::{
    fmt::Write as _,
    path::{Path, PathBuf},
    process::Command,
};

use serde::Deserialize;

use crate::{Error, Outcome, process, read, server::Server, write};

const TABLE: &str = "docs/clients.md";
const SCRIPTS: &str = "tests/contract/clients";
const WORKS: &str = "works";

/// A line that a script prints.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Line {
    Client { client: String },
    Verdict { operation: String, verdict: String },
}

/// A client with its version, and what became of each operation.
#[derive(Debug, PartialEq)]
struct Report {
    client: String,
    verdicts: Vec<(String, String)>,
}

/// Runs each client against a sandbox of its own, and compares the verdicts with the table, or writes it.
///
/// # Errors
/// [`Error::CheckFailed`] for an operation that does not work, and for a table that differs.
pub(super) fn run(root: &Path, bbstatus: &Path, python: &Path, node_modules: &Path, writes: bool) -> Outcome {
    let script = |program: PathBuf, name: &str| {
        let mut command = Command::new(program);
        command.arg(root.join(SCRIPTS).join(name)).env("NODE_PATH", node_modules);
        command
    };
    let commands = [
        script(python.join("python"), "atlassian_client.py"),
        script("node".into(), "bitbucket_client.js"),
        script(python.join("python"), "oauth_client.py"),
    ];
    let reports = commands.into_iter().map(|command| report(root, bbstatus, command)).collect::<Result<Vec<_>, _>>()?;
    let failed = failures(&reports);
    if !failed.is_empty() {
        return Err(Error::CheckFailed(failed));
    }
    let (path, table) = (root.join(TABLE), table(&reports));
    if writes {
        return write(&path, &table);
    }
    if read(&path)? == table {
        return Ok(());
    }
    Err(Error::CheckFailed(format!("{TABLE} is not what the clients do; run: cargo xtask contract --write")))
}

/// Runs one client's script.
fn report(root: &Path, bbstatus: &Path, mut script: Command) -> Result<Report, Error> {
    let mut sandbox = Command::new(bbstatus);
    sandbox.args(["sandbox", "--quiet", "--seed"]).arg(root.join(SCRIPTS).join("seed.json"));
    let line = Server::start(&mut sandbox, |line| Some(line.to_owned()))?;
    parse(&process::capture(script.arg(&line.url).arg(super::COMMIT))?)
}

fn parse(output: &str) -> Result<Report, Error> {
    let mut report = Report { client: String::new(), verdicts: Vec::new() };
    for line in output.lines() {
        let problem = |error| Error::Unusable(format!("{line}: {error}"));
        match serde_json::from_str(line).map_err(problem)? {
            Line::Client { client } => report.client = client,
            Line::Verdict { operation, verdict } => report.verdicts.push((operation, verdict)),
        }
    }
    if report.client.is_empty() || report.verdicts.is_empty() {
        return Err(Error::Unusable(format!("a client printed neither its name nor a verdict: {output}")));
    }
    Ok(report)
}

/// What does not work, a line each.
fn failures(reports: &[Report]) -> String {
    let mut text = String::new();
    for Report { client, verdicts } in reports {
        for (operation, verdict) in verdicts.iter().filter(|(_, verdict)| verdict != WORKS) {
            // Writing to a string cannot fail.
            let _ = writeln!(text, "{client}, {operation}: {verdict}");
        }
    }
    text.trim_end().to_owned()
}

/// The table: a row for each operation, a column for each client.
fn table(reports: &[Report]) -> String {
    let mut operations: Vec<&str> = Vec::new();
    for (operation, _) in reports.iter().flat_map(|report| &report.verdicts) {
        if !operations.contains(&operation.as_str()) {
            operations.push(operation);
        }
    }
    let mut text = String::from(
        "# Clients of others against the sandbox\n\n\
         Written by `cargo xtask contract --write`, and compared by `cargo xtask contract`: each client runs as it is published\n\
         against `bbstatus sandbox`, and each operation checks what comes back (tests/contract/clients).\n\n",
    );
    let row = |first: &str, cells: Vec<&str>| format!("| {first} | {} |\n", cells.join(" | "));
    text += &row("operation", reports.iter().map(|report| report.client.as_str()).collect());
    text += &row("---", reports.iter().map(|_| "---").collect());
    for operation in operations {
        let verdict = |report: &Report| report.verdicts.iter().position(|(name, _)| name == operation);
        let cell = |report| verdict(report).map_or("", |index| report.verdicts[index].1.as_str());
        text += &row(operation, reports.iter().map(cell).collect());
    }
    text
}

#[cfg(test)]
mod tests {
    use super::{Report, failures, parse, table};

    fn report(client: &str, verdicts: &[(&str, &str)]) -> Report {
        let verdicts = verdicts.iter().map(|(name, verdict)| ((*name).to_owned(), (*verdict).to_owned())).collect();
        Report { client: client.to_owned(), verdicts }
    }

    #[test]
    fn the_lines_of_a_script_are_a_report() {
        let lines = "{\"client\": \"c 1\"}\n{\"operation\": \"get\", \"verdict\": \"works\"}\n";
        assert_eq!(parse(lines).unwrap(), report("c 1", &[("get", "works")]));
        for wrong in ["", "{\"client\": \"c 1\"}\n", "Traceback\n"] {
            assert!(parse(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn what_does_not_work_is_named() {
        let reports =
            [report("c 1", &[("get", "works"), ("429", "it was accepted")]), report("d 2", &[("get", "works")])];
        assert_eq!(failures(&reports), "c 1, 429: it was accepted");
        assert_eq!(failures(&reports[1..]), "");
    }

    #[test]
    fn the_table_has_a_row_for_each_operation_and_a_column_for_each_client() {
        let reports = [report("c 1", &[("get", "works")]), report("d 2", &[("refresh", "works")])];
        let table = table(&reports);
        assert!(
            table.ends_with(
                "| operation | c 1 | d 2 |\n| --- | --- | --- |\n| get | works |  |\n| refresh |  | works |\n"
            )
        );
    }
}
