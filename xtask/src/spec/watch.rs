//! `cargo xtask spec watch`: fetch the published document, compare, and open an issue about what is new.

use super::{
    deviations::Deviations,
    diff::{Report, diff},
    document::{DOCUMENT, load},
    operations::Operations,
};
use crate::{Failure, Outcome, repository};
use std::{
    io::Write as _,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

/// Where Bitbucket publishes its document as `OpenAPI` 3.0.
pub const PUBLISHED: &str = "https://dac-static.atlassian.com/cloud/bitbucket/swagger.v3.json";

/// The title of the issue; there is at most one open.
pub const TITLE: &str = "Bitbucket's published document has changed";

/// Fetches the published document and opens an issue about what is new in it.
#[derive(clap::Args)]
pub struct Arguments {
    /// The document: an address, or a file.
    #[arg(default_value = PUBLISHED)]
    document: String,
    /// Print the issue instead of opening it.
    #[arg(long)]
    dry_run: bool,
}

/// Runs the command, with `curl` and GitHub's `gh`.
///
/// # Errors
/// [`Failure::Unusable`] when the document cannot be fetched or read, or the issue not be opened.
pub fn run(arguments: &Arguments) -> Outcome {
    let root = repository();
    let upstream = load(&fetched(&arguments.document, &root)?)?;
    let ours = load(&root.join(DOCUMENT))?;
    let report = diff(&ours, &upstream, &Operations::load(&root)?, &Deviations::load(&root)?)?;
    let Some(body) = body(&report) else {
        println!("{}", report.text().trim_end());
        return Ok(());
    };
    if arguments.dry_run {
        println!("{TITLE}\n\n{body}");
        return Ok(());
    }
    open_issue(&body)
}

/// What the issue says, if there is anything to say.
#[must_use]
pub fn body(report: &Report) -> Option<String> {
    (!report.is_clean()).then(|| {
        let text = report.text();
        format!("`cargo xtask spec diff` says:\n\n```text\n{text}```\n\nWhat to do is in `spec/README.md`.\n")
    })
}

fn fetched(document: &str, root: &Path) -> Result<PathBuf, Failure> {
    if !document.starts_with("https://") {
        return Ok(PathBuf::from(document));
    }
    let file = root.join("target/published.json");
    let mut curl = Command::new("curl");
    curl.args(["--fail", "--silent", "--show-error", "--location", "--create-dirs", "--output"]);
    output_of(curl.arg(&file).arg(document), "")?;
    Ok(file)
}

/// Opens the issue, or brings the open one up to date.
fn open_issue(body: &str) -> Outcome {
    let search = format!("in:title \"{TITLE}\"");
    let mut list = Command::new("gh");
    list.args(["issue", "list", "--state", "open", "--search", &search, "--json", "number", "--jq", ".[0].number"]);
    let number = output_of(&mut list, "")?;
    let mut change = Command::new("gh");
    match number.trim() {
        "" | "null" => change.args(["issue", "create", "--title", TITLE, "--body-file", "-"]),
        number => change.args(["issue", "edit", number, "--body-file", "-"]),
    };
    print!("{}", output_of(&mut change, body)?);
    Ok(())
}

/// Runs a program to its end, and gives what it printed.
fn output_of(command: &mut Command, input: &str) -> Result<String, Failure> {
    let program = command.get_program().to_string_lossy().into_owned();
    let unusable = |error: std::io::Error| Failure::Unusable(format!("{program}: {error}"));
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().map_err(unusable)?;
    if let Some(mut stdin) = child.stdin.take() {
        stdin.write_all(input.as_bytes()).map_err(unusable)?;
    }
    let output = child.wait_with_output().map_err(unusable)?;
    if !output.status.success() {
        return Err(Failure::Unusable(format!("{program}: {}", output.status)));
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}
