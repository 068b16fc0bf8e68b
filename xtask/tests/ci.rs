//! The gate: its steps, their order, and how they fail.

use std::process::Command;

use xtask::{
    Error,
    ci::{Action, STEPS, Step, chosen, perform},
    read, repository,
};

#[test]
fn the_last_step_is_the_test_command_of_the_readme() {
    let Some(Step { action: Action::Command(line), .. }) = STEPS.last() else { panic!("the last step is no command") };
    assert_eq!(*line, "cargo test --workspace --all-features");
    let readme = read(&repository().join("README.md")).expect("a README");
    assert!(readme.contains(&format!("$ {line}\n")), "README.md does not name {line}");
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
fn a_step_fails_when_its_command_or_its_check_does() {
    let perform = |action| perform(&Step { name: "step", action }, &repository());
    assert!(perform(Action::Command("cargo --version")).is_ok());
    assert!(perform(Action::FindsNothing("git grep --quiet no-file-has-these-word[s]")).is_ok());
    for action in [
        Action::Command("cargo no-such-command"),
        Action::FindsNothing("git grep --quiet bitbucket_build_status"),
        Action::FindsNothing("git grep --no-such-option"),
        Action::Function(|_| Err(Error::CheckFailed("something".to_owned()))),
    ] {
        assert!(matches!(perform(action), Err(Error::CheckFailed(_))));
    }
    assert!(matches!(perform(Action::Command("no-such-program")), Err(Error::Unusable(_))));
}

#[test]
fn left_overs_are_found() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let left_overs = STEPS.iter().find(|step| step.name == "left-overs").expect("a step");
    let git = |arguments: &[&str]| {
        let status = Command::new("git").args(arguments).current_dir(folder.path()).status().expect("git");
        assert!(status.success(), "git {arguments:?}");
    };
    git(&["init", "--quiet"]);
    let (word, ignore) = (["TO", "DO"].concat(), "ignore");
    for (text, is_left_over) in [
        ("fn f() {} // later".to_owned(), false),
        (format!("#[{ignore}d]\n``` rust\n{word}S"), false),
        (format!("// {word}: later"), true),
        (format!("#[{ignore}]"), true),
        (format!("/// ```{ignore}"), true),
        (format!("```rust,{ignore}"), true),
    ] {
        std::fs::write(folder.path().join("file.rs"), &text).expect("a file");
        git(&["add", "file.rs"]);
        assert_eq!(perform(left_overs, folder.path()).is_err(), is_left_over, "{text}");
    }
}
