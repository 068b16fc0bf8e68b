//! The document's types under the names users see, and what can be asked of them.

#[doc(inline)]
pub use crate::generated::types::{
    BuildStatus, BuildStatusCreate, BuildStatusLinks, BuildStatusPage, BuildStatusUpdate, CommitLinks, Link,
    RepositoryLinks, State, StatusCommit, StatusRepository,
};

impl State {
    /// The four states, in the document's order.
    pub const ALL: [Self; 4] = [Self::Inprogress, Self::Stopped, Self::Failed, Self::Successful];

    /// The state as Bitbucket writes it, such as `INPROGRESS`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Inprogress => "INPROGRESS",
            Self::Stopped => "STOPPED",
            Self::Failed => "FAILED",
            Self::Successful => "SUCCESSFUL",
        }
    }

    /// Whether the build has ended: every state but `INPROGRESS`.
    #[must_use]
    pub const fn is_final(self) -> bool {
        !matches!(self, Self::Inprogress)
    }

    /// The state of a command that ended with an exit code: 0 is `SUCCESSFUL`, everything else `FAILED`.
    #[must_use]
    pub const fn from_exit_code(code: i32) -> Self {
        if code == 0 { Self::Successful } else { Self::Failed }
    }
}
