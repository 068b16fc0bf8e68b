//! This repository passes the checks that need nothing but the repository.

use xtask::{Outcome, codegen, repository, spec, tidy};

#[track_caller]
fn assert_passes(outcome: Outcome) {
    if let Err(failure) = outcome {
        panic!("{failure}");
    }
}

#[test]
fn the_snapshot_is_what_the_generator_makes() {
    assert_passes(codegen::check(&repository()));
}

#[test]
fn the_document_and_its_records_pass_the_lint() {
    assert_passes(spec::lint::check(&repository()));
}

#[test]
fn the_repository_is_tidy() {
    assert_passes(tidy::check(&repository()));
}
