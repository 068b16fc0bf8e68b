//! `cargo xtask contract`: checks the document, the sandbox and the command with independent tools and clients.

use std::{
    path::{Path, PathBuf},
    process::Command,
};

use crate::{Error, Outcome, process, repository, server::Server, tools};

/// Checks the document with three linters, the sandbox and the command against the document with schemathesis and
/// Prism, and independent clients against the sandbox.
///
/// Needs Python 3.11 and Node 20 or later; the tools are installed below target/tools at their first use.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// The number of requests that schemathesis generates for each operation.
    #[arg(long, default_value_t = 25)]
    examples: u32,
    /// Write docs/clients.md: the results of independent clients with the sandbox.
    #[arg(long)]
    write: bool,
}

const CHECKS: &str = "not_a_server_error,status_code_conformance,content_type_conformance,\
                      response_schema_conformance,negative_data_rejection";
const COMMIT: &str = "e10dae226959c2194f2b07b077c07762d93821cf";
/// The token that a sandbox accepts if its seed names no identity.
const TOKEN: &str = "sandbox-token";
const LINK: &str = "https://ci.example.com/builds/{commit.hash}";

/// The commands of a build, with their exit codes.
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

pub(crate) fn run(arguments: &Arguments) -> Outcome {
    let root = repository();
    let python = tools::python(&root, "contract")?;
    let node = tools::node(&root)?;
    document(&root, &python, &node)?;
    process::run(process::cargo(&root).args(["build", "--quiet", "--package", "bbstatus"]))?;
    let bbstatus = process::target(&root).join("debug/bbstatus");
    schemathesis(&root, &python.join("schemathesis"), &bbstatus, arguments.examples)?;
    prism(&root, &node.join(".bin/prism"), &bbstatus)?;
    clients(&root, &python, &node, &bbstatus, arguments.write)?;
    guide(&root, &python)
}

/// Runs independent clients against the sandbox, and compares their results with docs/clients.md.
fn clients(root: &Path, python: &Path, node: &Path, bbstatus: &Path, writes: bool) -> Outcome {
    let mut command = Command::new(python.join("python"));
    command.arg(root.join("tests/contract/clients/run.py")).arg(bbstatus).arg(COMMIT);
    process::run(command.args(writes.then_some("--write")).env("NODE_PATH", node))
}

/// Runs the Python and Node examples of the guide.
fn guide(root: &Path, python: &Path) -> Outcome {
    let test = ["test", "--quiet", "--package", "bbstatus", "--test", "cli", "guide"];
    process::run(process::cargo(root).args(test).env("PATH", tools::path_with(python)?))
}

/// Runs three linters on the document.
fn document(root: &Path, python: &Path, node: &Path) -> Outcome {
    process::run(Command::new(python.join("openapi-spec-validator")).arg("spec/openapi.json").current_dir(root))?;
    let mut redocly = Command::new(node.join(".bin/redocly"));
    redocly.args(["lint", "spec/openapi.json", "--config", "spec/redocly.yaml"]);
    redocly.envs([("REDOCLY_TELEMETRY", "off"), ("REDOCLY_SUPPRESS_UPDATE_NOTICE", "true")]);
    process::run(redocly.current_dir(root))?;
    let mut spectral = Command::new(node.join(".bin/spectral"));
    spectral.args(["lint", "spec/openapi.json", "--ruleset", "spec/spectral.yaml", "--fail-severity", "hint"]);
    process::run(spectral.current_dir(root))
}

/// Starts a sandbox, with a seed or empty. Both seeds turn off the 500 for an ambiguous update, which the checks would
/// count as a failure, and reject what the document does not allow.
fn sandbox(root: &Path, bbstatus: &Path, seeded: bool) -> Result<Server, Error> {
    let mut sandbox = Command::new(bbstatus);
    sandbox.args(["sandbox", "--quiet"]).current_dir(root);
    let seed = if seeded { "tests/contract/seed.json" } else { "tests/contract/open.json" };
    sandbox.args(["--seed", seed]);
    Server::start(&mut sandbox, Server::json("url"))
}

/// Generates requests from the document, once with any path and once with paths that exist, and follows its links.
fn schemathesis(root: &Path, program: &Path, bbstatus: &Path, examples: u32) -> Outcome {
    for seeded in [false, true] {
        let sandbox = sandbox(root, bbstatus, seeded)?;
        let mut command = Command::new(program);
        if seeded {
            command.args(["--config-file", "tests/contract/schemathesis.toml"]);
        }
        command.args(["run", "spec/openapi.json", "--url", &sandbox.url, "--checks", CHECKS]);
        command.args(["--header", &format!("Authorization: Bearer {TOKEN}")]);
        command.args(["--phases", "examples,coverage,fuzzing,stateful", "--seed", "1", "--max-examples"]);
        process::run(command.arg(examples.to_string()).current_dir(root))?;
    }
    Ok(())
}

/// Runs a build's commands through Prism, which responds to violations with errors and prints them.
fn prism(root: &Path, program: &PathBuf, bbstatus: &Path) -> Outcome {
    let sandbox = sandbox(root, bbstatus, true)?;
    let mut proxy = Command::new(program);
    proxy.args(["proxy", "spec/openapi.json", &sandbox.url, "--errors", "--host", "127.0.0.1", "--port", "0"]);
    let address = |line: &str| Some(line.split_once("Prism is listening on ")?.1.trim_end_matches('/').to_owned());
    let proxy = Server::start(proxy.current_dir(root), address)?;
    for (arguments, expected) in FLOW {
        let mut command = Command::new(bbstatus);
        command.args(arguments).args(["--repo", "acme/rocket", "--api-url", &proxy.url]);
        command.env("BITBUCKET_TOKEN", TOKEN).current_dir(root);
        let status = command.status()?;
        if status.code() != Some(expected) {
            let line = arguments.join(" ");
            return Err(Error::CheckFailed(format!("bbstatus {line}: expected exit code {expected}, got {status}")));
        }
    }
    Ok(())
}
