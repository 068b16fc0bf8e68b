//! `cargo xtask spec watch`: fetches the published document and opens an issue about new differences.

use super::{
    deviations::Deviations,
    diff::{Report, diff},
    document::{DOCUMENT, load},
    operations::Operations,
};
use crate::{Error, Outcome, repository, show};
use std::{
    io::Write as _,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

/// Where Bitbucket publishes its document as `OpenAPI` 3.0.
pub const PUBLISHED: &str = "https://dac-static.atlassian.com/cloud/bitbucket/swagger.v3.json";

/// The title of the issue. At most one is open.
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
/// [`Error::Unusable`] if the document cannot be fetched or read, or the issue cannot be opened.
pub fn run(arguments: &Arguments) -> Outcome {
    let root = repository();
    let published = fetched(&arguments.document, &root)?;
    let ours = load(&root.join(DOCUMENT))?;
    let (operations, deviations) = (Operations::load(&root)?, Deviations::load(&root)?);
    let report = load(&published).and_then(|upstream| diff(&ours, &upstream, &operations, &deviations));
    let body = match report {
        Ok(report) => match body(&report) {
            Some(body) => body,
            None => return show(&report.text()),
        },
        Err(error) => unreadable(&error),
    };
    if arguments.dry_run {
        println!("{TITLE}\n\n{body}");
        return Ok(());
    }
    open_issue(&body)
}

/// The text of the issue, if there is a difference, a stale record or a hint.
#[must_use]
pub fn body(report: &Report) -> Option<String> {
    let silent = report.is_clean() && report.hints.is_empty();
    (!silent).then(|| {
        let text = report.text();
        format!("`cargo xtask spec diff` says:\n\n```text\n{text}```\n\nWhat to do is in `spec/README.md`.\n")
    })
}

/// The text of the issue for a document that cannot be compared, such as one in another version of OpenAPI.
#[must_use]
pub fn unreadable(error: &Error) -> String {
    let reason = error.to_string();
    let reason = reason.trim_start_matches("error: ");
    format!(
        "The published document can no longer be compared:\n\n```text\n{reason}\n```\n\n`cargo xtask spec` reads OpenAPI \
         3.0. Until it reads what is published now, changes of our operations go unseen. Convert the document to 3.0 and \
         compare it by hand (`cargo xtask spec diff`), then teach `xtask/src/spec` the new form.\n"
    )
}

/// The published document as a file: an existing one, or a download.
pub(super) fn fetched(document: &str, root: &Path) -> Result<PathBuf, Error> {
    if !document.starts_with("https://") {
        return Ok(PathBuf::from(document));
    }
    let file = root.join("target/published.json");
    let mut curl = Command::new("curl");
    curl.args(["--fail", "--silent", "--show-error", "--location", "--create-dirs", "--output"]);
    output_of(curl.arg(&file).arg(document), "")?;
    Ok(file)
}

/// Opens the issue, or updates the open one.
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

/// Runs a program and returns its output.
fn output_of(command: &mut Command, input: &str) -> Result<String, Error> {
    let program = command.get_program().to_string_lossy().into_owned();
    let unusable = |error: std::io::Error| Error::Unusable(format!("{program}: {error}"));
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().map_err(unusable)?;
    if let Some(mut stdin) = child.stdin.take() {
        stdin.write_all(input.as_bytes()).map_err(unusable)?;
    }
    let output = child.wait_with_output().map_err(unusable)?;
    if !output.status.success() {
        return Err(Error::Unusable(format!("{program}: {}", output.status)));
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}
