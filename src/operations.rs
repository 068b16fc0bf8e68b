//! The operations of the document: their addresses and names.

use std::sync::LazyLock;

use http::Method;
use serde_json::Value;

pub(crate) const DOCUMENT: &str = include_str!("../spec/openapi.json");

#[cfg(feature = "sandbox")]
static PARSED: LazyLock<Value> = LazyLock::new(|| serde_json::from_str(DOCUMENT).unwrap_or_default());
static TABLE: LazyLock<Vec<Endpoint>> = LazyLock::new(|| read(DOCUMENT));

/// One operation of the document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Endpoint {
    /// The document's name for it, such as `get_build_status`.
    pub(crate) id: String,
    pub(crate) method: Method,
    /// The path below the base, with its parameters in braces.
    pub(crate) path: String,
}

/// All operations, in the document's order.
pub(crate) fn all() -> &'static [Endpoint] {
    &TABLE
}

/// A schema of the document, by its name.
#[cfg(feature = "sandbox")]
pub(crate) fn schema(name: &str) -> &'static Value {
    &PARSED["components"]["schemas"][name]
}

/// The schema that a reference leads to; others are returned as they are.
#[cfg(feature = "sandbox")]
pub(crate) fn resolve(schema: &'static Value) -> &'static Value {
    match schema["$ref"].as_str().and_then(|reference| reference.rsplit('/').next()) {
        Some(name) => self::schema(name),
        None => schema,
    }
}

/// Reads the operations of a document.
fn read(document: &str) -> Vec<Endpoint> {
    let document: Value = serde_json::from_str(document).unwrap_or_default();
    let paths = document["paths"].as_object().into_iter().flatten();
    let operations = paths.flat_map(|(path, item)| {
        let methods = item.as_object().into_iter().flatten();
        methods.filter_map(move |(method, operation)| {
            Some(Endpoint {
                id: operation.get("operationId")?.as_str()?.to_owned(),
                method: method.to_uppercase().parse().ok()?,
                path: path.clone(),
            })
        })
    });
    operations.collect()
}

#[cfg(test)]
mod tests {
    use super::all;

    #[test]
    fn the_document_has_the_five_operations() {
        let mut table: Vec<_> = all().iter().map(|o| (o.id.as_str(), o.method.as_str(), o.path.as_str())).collect();
        table.sort_unstable();
        let repository = "/repositories/{workspace}/{repo_slug}";
        let commit = format!("{repository}/commit/{{commit}}/statuses");
        let one = format!("{commit}/build/{{key}}");
        let expected = [
            ("create_build_status", "POST", &*format!("{commit}/build")),
            ("get_build_status", "GET", &*one),
            ("list_commit_statuses", "GET", &*commit),
            ("list_pull_request_statuses", "GET", &*format!("{repository}/pullrequests/{{pull_request_id}}/statuses")),
            ("update_build_status", "PUT", &*one),
        ];
        assert_eq!(table, expected, "add the operation here, and a call of it to src/commit/");
    }
}
