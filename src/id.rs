//! The ids of a status: workspace, repository slug, commit and key, each one segment of a path.

use std::{
    borrow::Cow,
    cmp::Ordering,
    fmt,
    hash::{Hash, Hasher},
    str::FromStr,
};

use serde::{Deserialize, Deserializer, Serialize};
use sha2::{Digest, Sha256};

use crate::{
    error::{Error, Result},
    validate::without_secrets,
};

/// Declares a checked string that is one segment of a path. The limits of its JSON Schema are those of the document; a
/// test in tests/conformance compares them.
macro_rules! segment {
    (
        $(#[$documentation:meta])*
        $name:ident, $field:literal, $compare:ident $(, $check:path)?;
        $sentence:literal, { $($limit:literal: $value:tt),* }
    ) => {
        $(#[$documentation])*
        #[derive(Clone, Debug, Serialize)]
        #[serde(transparent)]
        pub struct $name(String);

        #[cfg(feature = "schemars")]
        impl schemars::JsonSchema for $name {
            fn schema_name() -> Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                schemars::json_schema!({ "type": "string", "description": $sentence, $($limit: $value),* })
            }
        }

        impl $name {
            /// Checks the text.
            ///
            /// # Errors
            /// [`InvalidInput`](crate::ErrorKind::InvalidInput) that names the field, the received value and what is
            /// expected.
            ///
            /// # Examples
            ///
            /// ```
            /// use bitbucket_build_status::{CommitHash, Key, RepoSlug, Workspace};
            ///
            /// let (workspace, repo_slug) = (Workspace::new("acme")?, RepoSlug::new("rocket")?);
            /// let (commit, key) = (CommitHash::new("e10dae2")?, Key::new("unit-tests")?);
            /// assert!(Key::new("..").is_err(), "it would reach another endpoint");
            /// # Ok::<(), bitbucket_build_status::Error>(())
            /// ```
            pub fn new(text: impl Into<String>) -> Result<Self> {
                let text = text.into();
                check_segment($field, &text)?;
                $($check(&text)?;)?
                Ok(Self(text))
            }

            /// The text.
            ///
            /// # Examples
            ///
            /// ```
            /// use bitbucket_build_status::Key;
            ///
            /// assert_eq!(Key::new("unit-tests")?.as_str(), "unit-tests");
            /// # Ok::<(), bitbucket_build_status::Error>(())
            /// ```
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $name {
            type Err = Error;

            fn from_str(text: &str) -> Result<Self> {
                Self::new(text)
            }
        }

        segment! {
            @try_from $name: (text)
            &str => text,
            String => text,
            &String => text.as_str(),
            &&str => *text,
            Box<str> => text,
            Cow<'_, str> => text
        }

        impl PartialEq for $name {
            fn eq(&self, other: &Self) -> bool {
                self.cmp(other) == Ordering::Equal
            }
        }

        impl Eq for $name {}

        impl PartialOrd for $name {
            fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
                Some(self.cmp(other))
            }
        }

        impl Ord for $name {
            fn cmp(&self, other: &Self) -> Ordering {
                $compare(&self.0).cmp($compare(&other.0))
            }
        }

        impl Hash for $name {
            fn hash<H: Hasher>(&self, state: &mut H) {
                $compare(&self.0).for_each(|byte| byte.hash(state));
            }
        }

        impl PartialEq<str> for $name {
            fn eq(&self, text: &str) -> bool {
                $compare(&self.0).eq($compare(text))
            }
        }

        impl PartialEq<&str> for $name {
            fn eq(&self, text: &&str) -> bool {
                self == *text
            }
        }

        impl PartialEq<String> for $name {
            fn eq(&self, text: &String) -> bool {
                self == text.as_str()
            }
        }

        impl PartialEq<$name> for str {
            fn eq(&self, id: &$name) -> bool {
                id == self
            }
        }

        impl PartialEq<$name> for &str {
            fn eq(&self, id: &$name) -> bool {
                id == *self
            }
        }

        impl PartialEq<$name> for String {
            fn eq(&self, id: &$name) -> bool {
                id == self
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> Self {
                id.0
            }
        }

        impl From<&$name> for $name {
            fn from(id: &$name) -> Self {
                id.clone()
            }
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str(&self.0)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
                Self::new(String::deserialize(deserializer)?).map_err(serde::de::Error::custom)
            }
        }
    };
    (@try_from $name:ident: ($text:ident) $($source:ty => $convert:expr),*) => {
        $(
            impl TryFrom<$source> for $name {
                type Error = Error;

                fn try_from($text: $source) -> Result<Self> {
                    Self::new($convert)
                }
            }
        )*
    };
}

/// The bytes by which two ids are compared.
fn exact(text: &str) -> impl Iterator<Item = u8> {
    text.bytes()
}

/// The bytes by which two hashes are compared: the case of hexadecimal digits does not matter.
fn without_case(text: &str) -> impl Iterator<Item = u8> {
    text.bytes().map(|byte| byte.to_ascii_lowercase())
}

segment! {
    /// A workspace: its id (slug), such as `acme`, or its UUID in curly braces.
    ///
    /// # Examples
    ///
    /// ```
    /// use bitbucket_build_status::Workspace;
    ///
    /// assert!(Workspace::new("{1a2b3c4d-0000-4000-8000-000000000000}").is_ok());
    /// assert!(Workspace::new("..").is_err());
    /// ```
    Workspace, "workspace", exact;
    "A workspace: its ID (slug), or its UUID in curly braces.", { "minLength": 1 }
}

segment! {
    /// A repository: its slug, such as `rocket`, or its UUID in curly braces.
    ///
    /// # Examples
    ///
    /// ```
    /// use bitbucket_build_status::RepoSlug;
    ///
    /// assert_eq!(RepoSlug::new("rocket")?.as_str(), "rocket");
    /// # Ok::<(), bitbucket_build_status::Error>(())
    /// ```
    RepoSlug, "repo_slug", exact;
    "A repository: its slug, or its UUID in curly braces.", { "minLength": 1 }
}

segment! {
    /// A commit by its SHA-1: all 40 hexadecimal digits, or at least the first 7.
    ///
    /// Bitbucket accepts short hashes (7 digits were recorded in November 2018; its own pull requests have 12);
    /// [`is_short`](Self::is_short) is true for them. Hashes are compared without case, and sent unchanged.
    ///
    /// # Examples
    ///
    /// ```
    /// use bitbucket_build_status::CommitHash;
    ///
    /// assert!(CommitHash::new("e10dae2")?.is_short());
    /// assert_eq!(CommitHash::new("E10DAE226959")?, "e10dae226959");
    /// assert!(CommitHash::new("main").is_err());
    /// # Ok::<(), bitbucket_build_status::Error>(())
    /// ```
    CommitHash, "commit", without_case, check_hash;
    "A commit's SHA-1: all 40 hexadecimal digits, or at least the first 7.",
    { "minLength": 7, "maxLength": 40, "pattern": "^[0-9A-Fa-f]{7,40}$" }
}

segment! {
    /// The key that names a status on its commit: 1 to 40 characters.
    ///
    /// Bitbucket refuses longer keys (observed: `Ensure this value has at most 40 characters`).
    /// [`Key::shorten`] makes one that fits.
    ///
    /// # Examples
    ///
    /// ```
    /// use bitbucket_build_status::Key;
    ///
    /// assert!(Key::new("ci/unit-tests").is_ok());
    /// assert!(Key::new("k".repeat(41)).is_err());
    /// ```
    Key, "key", exact, check_key;
    "The key that names a status on its commit.", { "minLength": 1, "maxLength": 40 }
}

impl CommitHash {
    /// Whether this is less than the full hash.
    ///
    /// # Examples
    ///
    /// ```
    /// use bitbucket_build_status::CommitHash;
    ///
    /// assert!(!CommitHash::new("e10dae226959c2194f2b07b077c07762d93821cf")?.is_short());
    /// # Ok::<(), bitbucket_build_status::Error>(())
    /// ```
    #[must_use]
    pub fn is_short(&self) -> bool {
        self.0.len() < HASH_DIGITS
    }
}

impl Key {
    /// The maximum number of characters of a key.
    pub const MAX_CHARACTERS: usize = 40;

    /// Makes a key from any name. A name of at most 40 characters is used unchanged; a longer one is cut to its first
    /// 29 characters, followed by `-` and the first 10 hexadecimal digits of the full name's SHA-256.
    ///
    /// The same name leads to the same key on every machine.
    ///
    /// # Errors
    /// [`InvalidInput`](crate::ErrorKind::InvalidInput) for a name that cannot be part of a path: empty, `.`, `..`,
    /// a backslash or control characters.
    ///
    /// # Examples
    ///
    /// ```
    /// use bitbucket_build_status::Key;
    ///
    /// let key = Key::shorten("continuous-integration/linux/x86_64/unit-tests")?;
    /// assert_eq!(key.as_str(), "continuous-integration/linux/-b812bb8611");
    /// assert_eq!(Key::shorten("unit-tests")?.as_str(), "unit-tests");
    /// # Ok::<(), bitbucket_build_status::Error>(())
    /// ```
    pub fn shorten(name: &str) -> Result<Self> {
        check_segment("key", name)?;
        if name.chars().count() <= Self::MAX_CHARACTERS {
            return Self::new(name);
        }
        let digest = format!("{:x}", Sha256::digest(name));
        let digest = &digest[..SHORTENED_DIGITS];
        let prefix = name.chars().take(Self::MAX_CHARACTERS - SHORTENED_DIGITS - 1);
        Self::new(prefix.chain(['-']).chain(digest.chars()).collect::<String>())
    }
}

const HASH_DIGITS: usize = 40;
const MIN_HASH_DIGITS: usize = 7;
const SHORTENED_DIGITS: usize = 10;

/// Refuses texts that would reach another endpoint: URL parsers remove `.` and `..` and read `\` as `/`, and an empty
/// segment is the address of the collection. Everything else is percent-encoded.
fn check_segment(field: &'static str, text: &str) -> Result<()> {
    // No early exit: folding over every byte lets LLVM vectorize the check.
    let is_plain = text.bytes().fold(true, |so_far, byte| so_far & matches!(byte, b'!'..=b'[' | b']'..=b'~'));
    let problem = match text {
        "" => return Err(Error::invalid_input(field, format_args!("expected at least one character, got none"))),
        "." | ".." => "expected a name, got a relative path:",
        _ if is_plain => return Ok(()),
        _ if text.contains('\\') => "expected no backslash, got",
        _ if text.chars().any(char::is_control) => "expected no control characters, got",
        _ => return Ok(()),
    };
    Err(Error::invalid_input(field, format_args!("{problem} {text:?}")))
}

fn check_hash(text: &str) -> Result<()> {
    let digits = text.bytes().all(|byte| byte.is_ascii_hexdigit());
    if digits && (MIN_HASH_DIGITS..=HASH_DIGITS).contains(&text.len()) {
        return Ok(());
    }
    let expected = "expected a SHA-1 of 40 hexadecimal digits, or at least its first 7";
    Err(Error::invalid_input("commit", format_args!("{expected}, got {:?}", without_secrets(text))))
}

fn check_key(text: &str) -> Result<()> {
    let characters = text.chars().count();
    if characters <= Key::MAX_CHARACTERS {
        return Ok(());
    }
    let expected = "expected at most 40 characters, got";
    Err(Error::invalid_input(
        "key",
        format_args!("{expected} {characters}: {text:?}; `Key::shorten` makes one that fits"),
    ))
}

#[cfg(test)]
mod tests;
