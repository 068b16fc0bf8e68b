//! A value with its origin.

/// A value, and where it comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Sourced<T> {
    pub(crate) value: T,
    pub(crate) origin: Origin,
    /// The origin for people: the option, the variable, or the question to git.
    pub(crate) label: String,
}

/// Who names a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Origin {
    /// The user: by an option, its variable, or a line of a file; or `--sandbox` in their place.
    User,
    /// The CI system.
    Ci,
    /// Git.
    Git,
}
