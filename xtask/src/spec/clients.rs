//! `cargo xtask spec clients`: generators of other languages, on the published document with our overlay.

use super::{
    document::{DOCUMENT, load},
    overlay::{check_applied, overlay},
    watch::{PUBLISHED, fetched},
};
use crate::{Error, Outcome, process, repository, server::Server, tools, write};
use std::{fs, path::Path, process::Command};

/// Applies the overlay to the published document with an independent tool, generates a Python and a TypeScript client
/// from the result, and lets both create, update and list statuses in the sandbox.
///
/// Needs Python 3.11 and Node 20 or later; the tools are installed below target/tools at their first use.
#[derive(clap::Args)]
pub struct Arguments {
    /// The published document: an address, or a file.
    #[arg(default_value = PUBLISHED)]
    document: String,
}

/// The token that a sandbox accepts if its seed names no identity.
const TOKEN: &str = "sandbox-token";

/// Runs the command.
///
/// # Errors
/// [`Error::CheckFailed`] for an overlay that does not make the published document ours, and for a client that fails;
/// [`Error::Unusable`] if the document or a tool is not available.
pub fn run(arguments: &Arguments) -> Outcome {
    let root = repository();
    let published = fetched(&arguments.document, &root)?;
    let (python, node) = (tools::python(&root, "clients")?, tools::node(&root)?);
    let folder = process::target(&root).join("clients");
    // The results of an earlier run must not be mistaken for this one's.
    let _absent = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).map_err(|error| Error::Unusable(format!("{}: {error}", folder.display())))?;
    let (corrections, corrected) = (folder.join("overlay.json"), folder.join("corrected.json"));
    let ours = load(&root.join(DOCUMENT))?;
    write(&corrections, &overlay(&ours).to_string())?;
    let mut patch = Command::new(python.join("oas-patch"));
    process::run(patch.arg("overlay").args([&published, &corrections]).arg("-o").arg(&corrected))?;
    check_applied(&ours, &load(&corrected)?)?;

    process::run(process::cargo(&root).args(["build", "--quiet", "--package", "bbstatus"]))?;
    let mut sandbox = Command::new(process::target(&root).join("debug/bbstatus"));
    sandbox.args(["sandbox", "--quiet", "--seed", "tests/contract/seed.json"]).current_dir(&root);
    let sandbox = Server::start(&mut sandbox, Server::json("url"))?;
    python_client(&root, &python, &folder, &corrected, &sandbox.url)?;
    typescript_client(&root, &node, &folder, &corrected, &sandbox.url)
}

fn python_client(root: &Path, python: &Path, folder: &Path, document: &Path, url: &str) -> Outcome {
    let package = folder.join("python/bitbucket");
    fs::create_dir_all(folder.join("python")).map_err(|error| Error::Unusable(error.to_string()))?;
    let mut generate = Command::new(python.join("openapi-python-client"));
    generate.args(["generate", "--meta", "none", "--overwrite", "--path"]).arg(document);
    generate.arg("--output-path").arg(package);
    // It prints many warnings about other parts of the published document.
    process::capture(&mut generate)?;
    let mut flow = Command::new(python.join("python"));
    process::run(flow.arg(root.join("tests/clients/flow.py")).arg(folder.join("python")).args([url, TOKEN]))
}

fn typescript_client(root: &Path, node: &Path, folder: &Path, document: &Path, url: &str) -> Outcome {
    let source = folder.join("typescript");
    let mut generate = Command::new(node.join(".bin/openapi-ts"));
    generate.arg("--input").arg(document).arg("--output").arg(source.join("client"));
    process::run(generate.args(["--client", "@hey-api/client-fetch", "--no-log-file"]).current_dir(folder))?;
    let flow = source.join("flow.ts");
    fs::copy(root.join("tests/clients/flow.ts"), &flow).map_err(|error| Error::Unusable(error.to_string()))?;
    let mut compile = Command::new(node.join(".bin/tsc"));
    compile.args(["--strict", "--skipLibCheck", "--target", "es2022", "--lib", "es2022,dom,dom.iterable"]);
    compile.args(["--module", "commonjs", "--moduleResolution", "node10", "--outDir"]);
    process::run(compile.arg(folder.join("javascript")).arg(&flow))?;
    process::run(Command::new("node").arg(folder.join("javascript/flow.js")).args([url, TOKEN]))
}
