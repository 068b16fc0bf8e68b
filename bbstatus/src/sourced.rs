//! A value with its origin.

/// A value and where it comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Sourced<T> {
    pub(crate) value: T,
    pub(crate) origin: Origin,
    /// The origin in messages: the option, the variable, or the git command.
    pub(crate) label: String,
}

/// Who names a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Origin {
    /// The user, with an option, its variable or a line of a file; or `--sandbox` on the user's behalf.
    User,
    /// The CI system.
    Ci,
    /// Git.
    Git,
}
