//! The life of the document: trimmed, compared, linted, generated from.

#[path = "spec/support.rs"]
mod support;

/// The command line: exit codes and what is printed.
#[path = "spec/command.rs"]
mod command;
/// A change of the document reaches the generated code.
#[path = "spec/generation.rs"]
mod generation;
/// What a difference means for callers and readers.
#[path = "spec/impact.rs"]
mod impact;
/// Every kind of change that was thought of, in a table: seen, a hint, or rightly silent.
#[path = "spec/kinds.rs"]
mod kinds;
/// Every rule of the lint is fed a violation.
#[path = "spec/lint.rs"]
mod lint;
/// Every kind of change of the published document is reported rightly, or for prose not at all.
#[path = "spec/mutations.rs"]
mod mutations;
/// Our corrections for other generators.
#[path = "spec/overlay.rs"]
mod overlay;
/// The published document with the recorded deviations is ours.
#[path = "spec/trimmed.rs"]
mod trimmed;
/// Documents in a form that is legal and unusual, and ones that nobody should write.
#[path = "spec/unusual.rs"]
mod unusual;
