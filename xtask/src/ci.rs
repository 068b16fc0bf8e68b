//! `cargo xtask ci`: the whole gate, in the order in which failures are cheapest.

use crate::{
    Failure, Outcome, codegen, docs, examples, msrv,
    package::{self, target},
    repository, spec, tidy,
};
use std::{env, path::Path, process::Command};

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
    /// The command that repeats it alone.
    pub command: &'static str,
    /// How it runs.
    pub action: Action,
}

/// How a check runs.
pub enum Action {
    /// The command, in a process, with one variable of the environment set.
    Process(Option<(&'static str, &'static str)>),
    /// A function of this program, given the repository.
    Function(fn(&Path) -> Outcome),
}

/// The gate. The tests are last, so that their closing line is the last that is printed.
pub const STEPS: [Step; 15] = [
    process("format", "cargo fmt --all --check"),
    function("tidy", "cargo xtask tidy", tidy::check),
    function("spec", "cargo xtask spec lint", spec::lint::check),
    function("codegen", "cargo xtask codegen --check", codegen::check),
    function("msrv", "cargo xtask msrv", msrv::check),
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
    function("examples", "cargo xtask ci --only examples", examples::check),
    function("package", "cargo xtask package", package::check),
    process("test", "cargo test --workspace --all-features"),
];

const fn process(name: &'static str, command: &'static str) -> Step {
    Step { name, command, action: Action::Process(None) }
}

const fn function(name: &'static str, command: &'static str, check: fn(&Path) -> Outcome) -> Step {
    Step { name, command, action: Action::Function(check) }
}

/// Runs the command.
///
/// # Errors
/// [`Failure::Found`] with the command that repeats the step that failed, [`Failure::Unusable`] for a step that does
/// not exist.
pub fn run(arguments: &Arguments) -> Outcome {
    let root = repository();
    for step in chosen(&STEPS, &arguments.only)? {
        eprintln!("==> {}: {}", step.name, step.command);
        perform(step, &root)
            .map_err(|failure| Failure::Found(format!("{failure}\n==> failed; repeat with: {}", repeat(step))))?;
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
pub fn repeat(step: &Step) -> String {
    match step.action {
        Action::Process(Some((name, value))) => format!("{name}=\"{value}\" {}", step.command),
        _ => step.command.to_owned(),
    }
}

/// Runs one step.
///
/// # Errors
/// [`Failure::Found`] when the check fails, [`Failure::Unusable`] when it cannot be started.
pub fn perform(step: &Step, root: &Path) -> Outcome {
    let variable = match step.action {
        Action::Function(check) => return check(root),
        Action::Process(variable) => variable,
    };
    let mut words = step.command.split_whitespace();
    let program = words.next().unwrap_or_default();
    let cargo = env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
    let mut command = Command::new(if program == "cargo" { &cargo } else { program });
    if cfg!(windows) {
        // Windows does not replace a program that runs, and the tests build this one with other features.
        command.env("CARGO_TARGET_DIR", target(root).join("gate"));
    }
    let status = command.args(words).envs(variable).current_dir(root).status();
    match status {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(Failure::Found(format!("{}: {status}", step.name))),
        Err(error) => Err(Failure::Unusable(format!("{program}: {error}"))),
    }
}
