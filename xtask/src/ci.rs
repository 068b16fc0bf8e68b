//! `cargo xtask ci`: the gate, in the order in which failures are cheapest.

use std::{path::Path, process::Command};

use crate::{Failure, Outcome, codegen, docs, layers, process, repository, spec};

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
    /// The command that runs it alone.
    pub command: &'static str,
    /// How it runs.
    pub action: Action,
}

/// How a check runs.
pub enum Action {
    /// The command, in a process, with one environment variable set.
    Process(Option<(&'static str, &'static str)>),
    /// The command, in a process that must find nothing: exit code 1.
    FindsNothing,
    /// A function of this program, given the repository.
    Function(fn(&Path) -> Outcome),
}

/// The gate. The tests are last, so that their closing line is the last that is printed.
pub const STEPS: [Step; 15] = [
    process("format", "cargo fmt --all --check"),
    Step { name: "left-overs", command: LEFT_OVERS, action: Action::FindsNothing },
    function("layers", "cargo xtask ci --only layers", layers::check),
    function("spec", "cargo xtask spec lint", spec::lint::check),
    function("codegen", "cargo xtask codegen --check", codegen::check),
    process("clippy", "cargo clippy --quiet --workspace --all-targets --all-features -- -D warnings"),
    process("clippy-default", "cargo clippy --quiet --all-targets -- -D warnings"),
    process("clippy-bbstatus", "cargo clippy --quiet --package bbstatus -- -D warnings"),
    process("clippy-none", "cargo clippy --quiet --no-default-features -- -D warnings"),
    Step {
        name: "doc",
        command: "cargo doc --quiet --workspace --all-features --no-deps",
        action: Action::Process(Some(("RUSTDOCFLAGS", "-D warnings"))),
    },
    function("docs", "cargo xtask docs --check", docs::check),
    Step {
        name: "fuzz",
        command: "cargo check --quiet --locked --manifest-path tests/fuzz/Cargo.toml --no-default-features \
                  --target-dir target/fuzz",
        action: Action::Process(Some(("RUSTFLAGS", "--cfg fuzzing -D warnings"))),
    },
    function("examples", "cargo xtask ci --only examples", examples),
    process(
        "package",
        "cargo package --quiet --allow-dirty --locked --package bitbucket-build-status --package bbstatus",
    ),
    process("test", "cargo test --workspace --all-features"),
];

/// Ignored tests and doctests, and words for work that is still to be done. The brackets keep this line from finding
/// itself.
const LEFT_OVERS: &str = r"git grep --line-number --extended-regexp #\[ignor[e]\b|^[[:space:]/!]*```(rust,)?ignor[e]|\b(TOD[O]|FIXM[E]|HAC[K])\b";

const fn process(name: &'static str, command: &'static str) -> Step {
    Step { name, command, action: Action::Process(None) }
}

const fn function(name: &'static str, command: &'static str, check: fn(&Path) -> Outcome) -> Step {
    Step { name, command, action: Action::Function(check) }
}

/// Runs the command.
///
/// # Errors
/// [`Failure::Found`] with the command that runs the failed step alone, [`Failure::Unusable`] for a step that does not
/// exist.
pub fn run(arguments: &Arguments) -> Outcome {
    let root = repository();
    for step in chosen(&STEPS, &arguments.only)? {
        eprintln!("==> {}: {}", step.name, step.command);
        perform(step, &root)
            .map_err(|failure| Failure::Found(format!("{failure}\n==> failed; to run it alone: {}", alone(step))))?;
    }
    Ok(())
}

/// The steps of some names, or all.
///
/// # Errors
/// [`Failure::Unusable`] for a name that no step has.
pub fn chosen<'a>(steps: &'a [Step], only: &[String]) -> Result<Vec<&'a Step>, Failure> {
    if let Some(unknown) = only.iter().find(|name| !steps.iter().any(|step| step.name == **name)) {
        let names: Vec<_> = steps.iter().map(|step| step.name).collect();
        return Err(Failure::Unusable(format!("expected a step of {}, got {unknown}", names.join(", "))));
    }
    Ok(steps.iter().filter(|step| only.is_empty() || only.iter().any(|name| name == step.name)).collect())
}

/// The line to type for a step.
#[must_use]
pub fn alone(step: &Step) -> String {
    match step.action {
        Action::Process(Some((name, value))) => format!("{name}=\"{value}\" {}", step.command),
        Action::FindsNothing => format!("cargo xtask ci --only {}", step.name),
        _ => step.command.to_owned(),
    }
}

/// Runs one step.
///
/// # Errors
/// [`Failure::Found`] when the check fails, [`Failure::Unusable`] when it cannot be started.
pub fn perform(step: &Step, root: &Path) -> Outcome {
    let (variable, expected) = match step.action {
        Action::Function(check) => return check(root),
        Action::Process(variable) => (variable, 0),
        Action::FindsNothing => (None, 1),
    };
    let mut words = step.command.split_whitespace();
    let program = words.next().unwrap_or_default();
    let mut command = if program == "cargo" { process::cargo(root) } else { Command::new(program) };
    if cfg!(windows) {
        // Windows does not replace a program that runs, and the tests build this one with other features.
        command.env("CARGO_TARGET_DIR", process::target(root).join("gate"));
    }
    let status = command.args(words).envs(variable).current_dir(root).status();
    match status {
        Ok(status) if status.code() == Some(expected) => Ok(()),
        Ok(status) => Err(Failure::Found(format!("{}: {status}", step.name))),
        Err(error) => Err(Failure::Unusable(format!("{program}: {error}"))),
    }
}

/// Runs each example; each checks itself.
fn examples(root: &Path) -> Outcome {
    let folder = root.join("examples");
    let unusable = |error| Failure::Unusable(format!("{}: {error}", folder.display()));
    for entry in std::fs::read_dir(&folder).map_err(unusable)? {
        let path = entry.map_err(unusable)?.path();
        let mut run = process::cargo(root);
        run.args(["run", "--quiet", "--all-features", "--example"]).args(path.file_stem());
        process::capture(&mut run)?;
    }
    Ok(())
}
