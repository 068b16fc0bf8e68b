//! The operations of the API, and what limits and error messages need to know about a request.

/// An operation of the OpenAPI document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Operation {
    /// All statuses of a commit.
    ListForCommit,
    /// All statuses of a pull request's commits.
    ListForPullRequest,
    /// One status, by its key.
    Get,
    /// Creating a status, or overwriting the one that has the same key.
    Create,
    /// Changing a status that exists.
    Update,
}

impl Operation {
    const ALL: [Self; 5] = [Self::ListForCommit, Self::ListForPullRequest, Self::Get, Self::Create, Self::Update];

    /// The operation with this name in the document.
    pub(crate) fn from_id(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|operation| operation.id() == id)
    }

    /// The document's name for it.
    pub(crate) const fn id(self) -> &'static str {
        match self {
            Self::ListForCommit => "list_commit_statuses",
            Self::ListForPullRequest => "list_pull_request_statuses",
            Self::Get => "get_build_status",
            Self::Create => "create_build_status",
            Self::Update => "update_build_status",
        }
    }

    /// Whether it changes something.
    pub(crate) const fn is_write(self) -> bool {
        matches!(self, Self::Create | Self::Update)
    }

    /// Whether its response is a page of statuses.
    pub(crate) const fn is_list(self) -> bool {
        matches!(self, Self::ListForCommit | Self::ListForPullRequest)
    }
}

/// The kind of credentials, for messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum CredentialKind {
    AccessToken,
    ApiToken,
    OAuth,
    Anonymous,
}

/// The request that an error is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct RequestContext {
    pub(crate) operation: Operation,
    /// Whether the commit is identified by less than its full hash.
    pub(crate) short_hash: bool,
    pub(crate) credentials: CredentialKind,
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::Operation;

    /// A new operation of the document needs a variant here; this test names it.
    #[test]
    fn every_operation_of_the_document_is_known_with_its_effect_and_its_response() {
        let document: Value = serde_json::from_str(include_str!("../spec/openapi.json")).unwrap();
        let paths = document["paths"].as_object().unwrap();
        let mut known = 0;
        for (method, described) in paths.values().flat_map(|path| path.as_object().unwrap()) {
            let Some(id) = described.get("operationId").and_then(Value::as_str) else { continue };
            let operation = Operation::from_id(id).unwrap_or_else(|| panic!("src/operation.rs does not know {id}"));
            let success = &described["responses"]["200"]["content"]["application/json"]["schema"]["$ref"];
            let is_list = success.as_str().unwrap().ends_with("/BuildStatusPage");
            assert_eq!((operation.is_write(), operation.is_list()), (method != "get", is_list), "{id}");
            known += 1;
        }
        assert_eq!(known, Operation::ALL.len());
    }
}
