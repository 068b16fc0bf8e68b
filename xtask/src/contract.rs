//! `cargo xtask contract`: tools of others, between the document, the sandbox and the command.

mod running;
mod tools;

use std::{
    path::{Path, PathBuf},
    process::Command,
};

use running::Running;
use tools::Tools;

use crate::{Failure, Outcome, repository};

/// Holds the sandbox and the command to the document, as schemathesis and Prism read it.
///
/// Both tools are installed under target/contract at their first use: schemathesis by pip (needs Python 3.10 or
/// later), Prism by npm (needs Node 18 or later).
#[derive(clap::Args)]
pub struct Arguments {
    /// How many requests schemathesis makes up for each operation.
    #[arg(long, default_value_t = 25)]
    examples: u32,
}

const CHECKS: &str = "not_a_server_error,status_code_conformance,content_type_conformance,\
                      response_schema_conformance,negative_data_rejection";
const COMMIT: &str = "e10dae226959c2194f2b07b077c07762d93821cf";
const LINK: &str = "https://ci.example.com/builds/{commit.hash}";

/// The commands of a build, and the exit code each has to end with.
const FLOW: [(&[&str], i32); 8] = [
    (&["set", "unit-tests", "INPROGRESS", "--url", LINK, "--refname", "engine", "--commit", COMMIT], 0),
    (&["set", "lint", "FAILED", "--url", LINK, "--name", "Lint", "--commit", COMMIT], 0),
    (&["update", "unit-tests", "SUCCESSFUL", "--description", "42 tests passed", "--commit", COMMIT], 0),
    (&["get", "unit-tests", "--commit", COMMIT], 0),
    (&["list", "--commit", COMMIT], 0),
    (&["list", "--pull-request", "7"], 0),
    (&["get", "absent", "--commit", COMMIT], 3),
    (&["update", "absent", "FAILED", "--commit", COMMIT], 3),
];

/// Runs the command.
///
/// # Errors
/// [`Failure::Found`] for what a tool finds, [`Failure::Unusable`] where Python or Node is missing.
pub fn run(arguments: &Arguments) -> Outcome {
    let root = repository();
    let tools = Tools::ready(&root.join("target/contract"))?;
    let bbstatus = build(&root)?;
    schemathesis(&root, &tools, &bbstatus, arguments.examples)?;
    prism(&root, &tools, &bbstatus)
}

/// The command, built.
fn build(root: &Path) -> Result<PathBuf, Failure> {
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
    let arguments = ["build", "--quiet", "--package", "bbstatus"];
    tools::succeed(Command::new(cargo).args(arguments).current_dir(root))?;
    Ok(root.join("target/debug/bbstatus"))
}

/// Makes up requests by the document, once with any path and once with paths that exist.
fn schemathesis(root: &Path, tools: &Tools, bbstatus: &Path, examples: u32) -> Outcome {
    for seeded in [false, true] {
        let mut sandbox = Command::new(bbstatus);
        sandbox.args(["sandbox", "--quiet"]);
        let mut command = Command::new(&tools.schemathesis);
        if seeded {
            sandbox.args(["--seed", "tests/contract/seed.json"]);
            command.args(["--config-file", "tests/contract/schemathesis.toml"]);
        }
        let sandbox = Running::sandbox(sandbox.current_dir(root))?;
        command.args(["run", "spec/openapi.json", "--url", &sandbox.url, "--checks", CHECKS]);
        command.args(["--phases", "examples,coverage,fuzzing", "--seed", "1", "--max-examples"]);
        tools::succeed(command.arg(examples.to_string()).current_dir(root))?;
    }
    Ok(())
}

/// Runs a build's commands through Prism, which answers a violation by an error.
fn prism(root: &Path, tools: &Tools, bbstatus: &Path) -> Outcome {
    let mut sandbox = Command::new(bbstatus);
    sandbox.args(["sandbox", "--quiet", "--seed", "tests/contract/seed.json"]);
    let sandbox = Running::sandbox(sandbox.current_dir(root))?;
    let mut proxy = Command::new(&tools.prism);
    proxy.args(["proxy", "spec/openapi.json", &sandbox.url, "--errors", "--host", "127.0.0.1", "--port", "0"]);
    let proxy = Running::prism(proxy.current_dir(root))?;
    for (arguments, expected) in FLOW {
        let mut command = Command::new(bbstatus);
        command.args(arguments).args(["--repo", "acme/rocket", "--api-url", &proxy.url]);
        command.env("BITBUCKET_TOKEN", "t0ken").current_dir(root);
        let status = command.status().map_err(|error| Failure::Unusable(format!("bbstatus: {error}")))?;
        if status.code() != Some(expected) {
            let line = arguments.join(" ");
            let said = proxy.said();
            return Err(Failure::Found(format!(
                "bbstatus {line}: expected exit code {expected}, got {status}\n{said}"
            )));
        }
    }
    match proxy.said().lines().find(|line| line.contains("iolation")) {
        Some(violation) => Err(Failure::Found(violation.to_owned())),
        None => Ok(()),
    }
}
