//! The OpenAPI document of `spec/`, embedded: its operations and its schemas.

use std::sync::LazyLock;

use http::Method;
use serde_json::Value;

static DOCUMENT: LazyLock<Value> = LazyLock::new(|| {
    serde_json::from_str(include_str!("../spec/openapi.json")).expect("spec/openapi.json is JSON, and built in")
});
static ENDPOINTS: LazyLock<Vec<Endpoint>> = LazyLock::new(|| read(&DOCUMENT));

/// Method and path of an operation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Endpoint {
    /// The document's name for the operation, such as `get_build_status`.
    pub(crate) id: String,
    pub(crate) method: Method,
    /// The path below the base, with its parameters in braces.
    pub(crate) path: String,
}

/// The endpoints of all operations, in the document's order.
pub(crate) fn endpoints() -> &'static [Endpoint] {
    &ENDPOINTS
}

/// The parsed document.
#[cfg(all(test, feature = "mock"))]
pub(crate) fn document() -> &'static Value {
    &DOCUMENT
}

/// The schema with this name.
#[cfg(any(test, feature = "sandbox"))]
pub(crate) fn schema(name: &str) -> &'static Value {
    &DOCUMENT["components"]["schemas"][name]
}

/// The schema that a reference leads to; others are returned as they are.
#[cfg(feature = "sandbox")]
pub(crate) fn resolve(schema: &'static Value) -> &'static Value {
    match schema["$ref"].as_str().and_then(|reference| reference.rsplit('/').next()) {
        Some(name) => self::schema(name),
        None => schema,
    }
}

fn read(document: &Value) -> Vec<Endpoint> {
    let paths = document["paths"].as_object().into_iter().flatten();
    let endpoints = paths.flat_map(|(path, item)| {
        let methods = item.as_object().into_iter().flatten();
        methods.filter_map(move |(method, operation)| {
            Some(Endpoint {
                id: operation.get("operationId")?.as_str()?.to_owned(),
                method: method.to_uppercase().parse().ok()?,
                path: path.clone(),
            })
        })
    });
    endpoints.collect()
}

#[cfg(test)]
mod tests {
    use super::endpoints;

    #[test]
    fn the_document_has_the_five_operations() {
        let mut table: Vec<_> =
            endpoints().iter().map(|e| (e.id.as_str(), e.method.as_str(), e.path.as_str())).collect();
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
