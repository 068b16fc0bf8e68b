//! The gate: which steps, in which order, and how a failure is reported.

use std::{path::Path, process::Command};
use xtask::{
    Failure,
    ci::{Action, STEPS, Step, alone, chosen, perform},
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
    assert_eq!(only("layers").expect("a step").iter().map(|step| step.name).collect::<Vec<_>>(), ["layers"]);
    let refused = only("tests").map(|steps| steps.len()).expect_err("no step of that name").to_string();
    assert!(refused.starts_with("error: expected a step of format, left-overs, layers, "), "{refused}");
    assert!(refused.ends_with(", got tests"), "{refused}");
    assert_eq!(chosen(&STEPS, &[]).expect("all").len(), STEPS.len());
}

#[test]
fn the_line_to_type_has_the_variable_of_the_step() {
    let doc = STEPS.iter().find(|step| step.name == "doc").expect("a step");
    assert_eq!(alone(doc), "RUSTDOCFLAGS=\"-D warnings\" cargo doc --quiet --workspace --all-features --no-deps");
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
fn a_step_that_must_find_nothing_fails_when_it_finds_something() {
    let step = |command| Step { name: "step", command, action: Action::FindsNothing };
    assert!(perform(&step("git grep --quiet no-file-has-these-word[s]"), &repository()).is_ok());
    assert!(perform(&step("git grep --quiet bitbucket_build_status"), &repository()).is_err());
    assert!(perform(&step("git grep --no-such-option"), &repository()).is_err());
}

#[test]
fn what_is_left_over_is_found() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let left_overs = STEPS.iter().find(|step| step.name == "left-overs").expect("a step");
    let git = |arguments: &[&str]| {
        let status = Command::new("git").args(arguments).current_dir(folder.path()).status().expect("git");
        assert!(status.success(), "git {arguments:?}");
    };
    git(&["init", "--quiet"]);
    let word = ["TO", "DO"].concat();
    for (text, is_left_over) in [
        ("fn f() {} // later".to_owned(), false),
        (format!("#[ignored]\n``` rust\n{word}S"), false),
        (format!("// {word}: later"), true),
        (format!("#[{}]", "ignore"), true),
        (format!("/// ```{}", "ignore"), true),
        (format!("```rust,{}", "ignore"), true),
    ] {
        std::fs::write(folder.path().join("file.rs"), &text).expect("a file");
        git(&["add", "file.rs"]);
        assert_eq!(perform(left_overs, folder.path()).is_err(), is_left_over, "{text}");
    }
}
