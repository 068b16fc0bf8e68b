//! The gate: which steps, in which order, and how a failure is told.

use std::path::Path;
use xtask::{
    Failure,
    ci::{Action, STEPS, Step, chosen, perform, repeat},
    repository,
};

#[test]
fn the_tests_are_the_last_step_so_that_their_closing_line_is_the_last() {
    assert_eq!(STEPS.last().map(|step| step.command), Some("cargo test --workspace --all-features"));
}

#[test]
fn the_readme_names_the_command_that_runs_the_tests() {
    let readme = std::fs::read_to_string(repository().join("README.md")).expect("a README");
    let tests = STEPS.last().expect("a step").command;
    assert!(readme.contains(&format!("$ {tests}\n")), "README.md does not say {tests}");
}

#[test]
fn one_step_can_be_chosen_and_an_unknown_one_is_refused() {
    let only = |name: &str| chosen(&STEPS, &[name.to_owned()]);
    assert_eq!(only("tidy").expect("a step").iter().map(|step| step.name).collect::<Vec<_>>(), ["tidy"]);
    let refused = only("tests").map(|steps| steps.len()).expect_err("no step of that name").to_string();
    assert!(refused.starts_with("error: expected a step of format, tidy, "), "{refused}");
    assert!(refused.ends_with(", got tests"), "{refused}");
    assert_eq!(chosen(&STEPS, &[]).expect("all").len(), STEPS.len());
}

#[test]
fn the_line_to_repeat_has_the_variable_of_the_step() {
    let doc = STEPS.iter().find(|step| step.name == "doc").expect("a step");
    assert_eq!(repeat(doc), "RUSTDOCFLAGS=\"-D warnings\" cargo doc --quiet --workspace --all-features --no-deps");
}

#[test]
fn a_step_fails_when_its_command_does() {
    let step = |command| Step { name: "step", command, action: Action::Process(None) };
    assert!(perform(&step("cargo --version"), &repository()).is_ok());
    let found = perform(&step("cargo no-such-command"), &repository());
    assert!(matches!(found, Err(Failure::Found(_))), "{found:?}");
    let unusable = perform(&step("no-such-program"), &repository());
    assert!(matches!(unusable, Err(Failure::Unusable(_))), "{unusable:?}");
}

#[test]
fn a_step_of_our_own_fails_when_its_check_does() {
    let fails = |_: &Path| Err(Failure::Found("something".to_owned()));
    let step = Step { name: "step", command: "cargo xtask step", action: Action::Function(fails) };
    assert!(perform(&step, &repository()).is_err());
}

#[test]
fn every_step_of_a_workflow_is_a_call_of_an_xtask() {
    // What only sets up the machine is no step of ours.
    let set_up = ["rustup target add ", "sudo apt-get install "];
    for workflow in ["ci.yml", "dependable.yml", "release.yml", "spec.yml"] {
        let path = repository().join(".github/workflows").join(workflow);
        let text = std::fs::read_to_string(path).expect("a workflow");
        let runs: Vec<_> = text.lines().filter_map(|line| line.trim_start().strip_prefix("- run: ")).collect();
        assert!(!runs.is_empty(), "{workflow} runs nothing");
        let is_ours =
            |run: &&str| run.starts_with("cargo xtask ") || set_up.iter().any(|set_up| run.starts_with(set_up));
        assert!(runs.iter().all(is_ours), "{runs:?}");
        assert!(!text.contains("run: |"), "{workflow} has a script of its own");
    }
}
