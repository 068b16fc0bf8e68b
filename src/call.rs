//! What is known of a call before it is answered, for its errors.

/// What is asked of Bitbucket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Action {
    /// All statuses of a commit.
    ListOfCommit,
    /// All statuses of a pull request's commits.
    ListOfPullRequest,
    /// One status, by its key.
    Get,
    /// Creating a status, or overwriting the one with its key.
    Create,
    /// Changing a status that exists.
    Update,
}

impl Action {
    /// Whether it changes something.
    pub(crate) const fn writes(self) -> bool {
        matches!(self, Self::Create | Self::Update)
    }

    /// Whether it answers with a page of statuses.
    pub(crate) const fn lists(self) -> bool {
        matches!(self, Self::ListOfCommit | Self::ListOfPullRequest)
    }
}

/// What is known of a call beside what came of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Call {
    pub(crate) action: Action,
    /// Whether the commit was given by less than its whole hash.
    pub(crate) short_hash: bool,
}
