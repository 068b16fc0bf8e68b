//! `cargo xtask ci`: the gate: all checks, the cheapest first.

use std::{path::Path, process::Command};

use crate::{Error, Outcome, codegen, entries, layers, process, repository, spec};

/// Runs every check, and stops at the first that fails.
#[derive(clap::Args)]
pub struct Arguments {
    /// Run only these steps.
    #[arg(long, value_name = "STEP")]
    only: Vec<String>,
}

/// One check.
pub struct Step {
    /// Its name.
    pub name: &'static str,
    /// How it runs.
    pub action: Action,
}

/// How a check runs.
pub enum Action {
    /// A command that must succeed.
    Command(&'static str),
    /// A search that must find nothing, which is exit code 1.
    FindsNothing(&'static str),
    /// A function of this program, called with the repository's folder.
    Function(fn(&Path) -> Outcome),
}

/// The gate. The tests run last, so that their summary is the last line of the output.
pub const STEPS: [Step; 15] = [
    command("format", "cargo fmt --all --check"),
    Step { name: "left-overs", action: Action::FindsNothing(LEFT_OVERS) },
    function("layers", layers::check),
    function("spec", spec::lint::check),
    function("codegen", codegen::check),
    command("clippy", "cargo clippy --quiet --workspace --all-targets --all-features -- -D warnings"),
    command("clippy-default", "cargo clippy --quiet --all-targets -- -D warnings"),
    command("clippy-bbstatus", "cargo clippy --quiet --package bbstatus -- -D warnings"),
    command("clippy-none", "cargo clippy --quiet --no-default-features -- -D warnings"),
    command("doc", "cargo doc --config build.rustdocflags=['-Dwarnings'] --quiet --workspace --all-features --no-deps"),
    command(
        "fuzz",
        "cargo check --config build.rustflags=['--cfg=fuzzing','-Dwarnings'] --quiet --locked --no-default-features \
         --manifest-path tests/fuzz/Cargo.toml --target-dir target/fuzz",
    ),
    function("examples", examples),
    command(
        "applications",
        "cargo test --quiet --locked --manifest-path tests/applications/Cargo.toml --target-dir target/applications two",
    ),
    command("package", "cargo package --quiet --allow-dirty --locked -p bitbucket-build-status -p bbstatus"),
    command("test", "cargo test --workspace --all-features"),
];

/// Ignored tests and doctests, and markers for unfinished work. The brackets keep the pattern from matching itself.
const LEFT_OVERS: &str = r"git grep --line-number --extended-regexp #\[ignor[e]\b|^[[:space:]/!]*```(rust,)?ignor[e]|\b(TOD[O]|FIXM[E]|HAC[K])\b";

const fn command(name: &'static str, line: &'static str) -> Step {
    Step { name, action: Action::Command(line) }
}

const fn function(name: &'static str, check: fn(&Path) -> Outcome) -> Step {
    Step { name, action: Action::Function(check) }
}

/// Runs the command.
///
/// # Errors
/// [`Error::CheckFailed`] with the command that runs the failed step alone, [`Error::Unusable`] for a step that does not
/// exist.
pub fn run(arguments: &Arguments) -> Outcome {
    for step in chosen(&STEPS, &arguments.only)? {
        eprintln!("==> {}", step.name);
        perform(step, &repository()).map_err(|error| {
            Error::CheckFailed(format!("{error}\n==> failed; to run it alone: cargo xtask ci --only {}", step.name))
        })?;
    }
    Ok(())
}

/// The steps with these names, or all.
///
/// # Errors
/// [`Error::Unusable`] for a name that no step has.
pub fn chosen<'a>(steps: &'a [Step], only: &[String]) -> Result<Vec<&'a Step>, Error> {
    if let Some(unknown) = only.iter().find(|name| !steps.iter().any(|step| step.name == **name)) {
        let names: Vec<_> = steps.iter().map(|step| step.name).collect();
        return Err(Error::Unusable(format!("expected a step of {}, got {unknown}", names.join(", "))));
    }
    Ok(steps.iter().filter(|step| only.is_empty() || only.iter().any(|name| name == step.name)).collect())
}

/// Runs one step.
///
/// # Errors
/// [`Error::CheckFailed`] when the check fails, [`Error::Unusable`] when it cannot be started.
pub fn perform(step: &Step, root: &Path) -> Outcome {
    let (line, expected) = match step.action {
        Action::Function(check) => return check(root),
        Action::Command(line) => (line, 0),
        Action::FindsNothing(line) => (line, 1),
    };
    eprintln!("$ {line}");
    let mut words = line.split_whitespace();
    let program = words.next().unwrap_or_default();
    let mut command = if program == "cargo" { process::cargo(root) } else { Command::new(program) };
    if cfg!(windows) {
        // Windows cannot replace a running program, and the tests build this one with other features.
        command.env("CARGO_TARGET_DIR", process::target(root).join("gate"));
    }
    let status = command.args(words).current_dir(root).status()?;
    if status.code() == Some(expected) { Ok(()) } else { Err(Error::CheckFailed(format!("{line}: {status}"))) }
}

/// Runs each example. Examples check their own results.
fn examples(root: &Path) -> Outcome {
    entries(&root.join("examples"))?.iter().filter_map(|path| path.file_stem()).try_for_each(|name| {
        let run = ["run", "--quiet", "--all-features", "--example"];
        process::capture(process::cargo(root).args(run).arg(name)).map(drop)
    })
}
