//! The document: trimming, comparing, linting, generating.

#[path = "spec/support.rs"]
mod support;

/// The command line: exit codes and what is printed.
#[path = "spec/command.rs"]
mod command;
/// Changes of the document reach the generated code.
#[path = "spec/generation.rs"]
mod generation;
/// The impact of differences on callers and readers.
#[path = "spec/impact.rs"]
mod impact;
/// A table of kinds of changes: reported, a hint, or rightly silent.
#[path = "spec/kinds.rs"]
mod kinds;
/// Every rule of the lint is fed a violation.
#[path = "spec/lint.rs"]
mod lint;
/// Changes of the published document are reported with their impact; changes of prose are not.
#[path = "spec/mutations.rs"]
mod mutations;
/// Our corrections for other generators.
#[path = "spec/overlay.rs"]
mod overlay;
/// The published document with the recorded deviations equals ours.
#[path = "spec/trimmed.rs"]
mod trimmed;
/// Documents in legal but unusual forms, and invalid ones.
#[path = "spec/unusual.rs"]
mod unusual;
