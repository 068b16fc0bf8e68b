//! `cargo xtask codegen`: the snapshot that is compiled without the feature `codegen`.

use crate::{Error, Outcome, read, repository, spec::document::DOCUMENT, write};
use std::path::Path;

#[path = "../../spec/generate.rs"]
mod generate;

pub(crate) use generate::sorted;

/// Writes the snapshot of the generated client that is compiled without the feature `codegen`.
#[derive(clap::Args)]
pub struct Arguments {
    /// Write nothing, and fail when the snapshot is not what the generator makes.
    #[arg(long)]
    check: bool,
}

/// Runs the command.
///
/// # Errors
/// [`Error::CheckFailed`] from `--check` when the snapshot is out of date, [`Error::Unusable`] for a document the
/// generator does not accept.
pub fn run(arguments: &Arguments) -> Outcome {
    let root = repository();
    if arguments.check {
        return check(&root);
    }
    write(&root.join(SNAPSHOT), &from_document(&root)?)
}

/// Where the snapshot is.
pub const SNAPSHOT: &str = "src/generated/snapshot.rs";

/// Compares the snapshot with what the generator makes of the document.
///
/// # Errors
/// [`Error::CheckFailed`] with the command that fixes it when they differ.
pub fn check(root: &Path) -> Outcome {
    compare(&read(&root.join(SNAPSHOT))?, &from_document(root)?)
}

/// Compares a snapshot with generated code.
///
/// # Errors
/// [`Error::CheckFailed`] with the first line that differs and the command that fixes it.
pub fn compare(snapshot: &str, generated: &str) -> Outcome {
    if snapshot == generated {
        return Ok(());
    }
    let same = snapshot.lines().zip(generated.lines()).take_while(|(left, right)| left == right).count();
    Err(Error::CheckFailed(format!(
        "{SNAPSHOT}:{}: not what the generator makes of spec/openapi.json; run: cargo xtask codegen",
        same + 1
    )))
}

fn from_document(root: &Path) -> Result<String, Error> {
    generate(&read(&root.join(DOCUMENT))?)
}

/// Returns the client's source text for a document, as `build.rs` does.
///
/// # Errors
/// [`Error::Unusable`] for a document the generator does not accept.
pub fn generate(document: &str) -> Result<String, Error> {
    generate::generate(document).map_err(|error| Error::Unusable(format!("{DOCUMENT}: {error}")))
}

#[cfg(test)]
mod tests {
    use super::generate::{drop_null_of_components, keep_success_responses, name_types, sorted};
    use serde_json::json;

    #[test]
    fn only_success_responses_reach_the_generator() {
        let responses = json!({"200": {}, "2XX": {}, "301": {}, "404": {}, "default": {}});
        let mut document = json!({"paths": {"/": {"parameters": [], "get": {"responses": responses}}}});
        keep_success_responses(&mut document);
        assert_eq!(document["paths"]["/"]["get"]["responses"], json!({"200": {}, "2XX": {}}));
    }

    #[test]
    fn a_component_that_may_be_null_is_a_plain_type_and_its_members_stay_as_they_are() {
        let member = json!({"type": "string", "nullable": true});
        let schema = json!({"type": "object", "nullable": true, "properties": {"name": member}});
        let mut document = json!({"components": {"schemas": {"Link": schema}}});
        drop_null_of_components(&mut document);
        let expected = json!({"type": "object", "properties": {"name": member}});
        assert_eq!(document["components"]["schemas"]["Link"], expected);
    }

    #[test]
    fn a_parameter_that_was_renamed_is_named_instead_of_losing_its_type() {
        let mut document: serde_json::Value =
            serde_json::from_str(include_str!("../../spec/openapi.json")).expect("JSON");
        let parameters = document["components"]["parameters"].as_object_mut().expect("parameters");
        let renamed = parameters.remove("repo_slug").expect("the parameter");
        parameters.insert("repo".to_owned(), renamed);
        let problem = name_types(&mut document).expect_err("a pointer that leads nowhere");
        let expected = "spec/generate.rs: /components/parameters/repo_slug/schema, whose type is RepoSlug, is not in \
                        the document; was it renamed?";
        assert_eq!(problem, expected);
    }

    #[test]
    fn members_are_sorted_at_every_depth() {
        let document = serde_json::from_str(r#"{"b": [{"d": 1, "c": 2}], "a": 0}"#).expect("JSON");
        assert_eq!(sorted(document).to_string(), r#"{"a":0,"b":[{"c":2,"d":1}]}"#);
    }
}
