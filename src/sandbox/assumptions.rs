//! Assumptions about Bitbucket where its behaviour is not known, each with a default.

use serde::{Deserialize, Serialize};

/// An assumption about Bitbucket: a field of [`Assumptions`], its default, and the source of the default.
#[derive(Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Assumption {
    /// The name of the member.
    pub name: &'static str,
    /// What the sandbox assumes by default, as JSON.
    pub default: &'static str,
    /// The evidence for the default, or what is missing.
    pub source: &'static str,
    /// The month of the last evidence, such as `2026-11`, or of the last search for it.
    pub date: &'static str,
}

macro_rules! assumptions {
    ($($(#[doc = $doc:literal])* $name:ident: $kind:ty = $value:expr, $json:literal, $source:literal, $date:literal;)*) => {
        /// Behaviour of Bitbucket that is not known: each member sets what the sandbox does.
        ///
        /// The default is the recorded behaviour, or else the likelier one: what clients in use rely on is accepted,
        /// and most guesses are rejected, so that a contract test fails if it relies on one.
        ///
        /// # Examples
        ///
        /// ```
        /// use bitbucket_build_status::sandbox::{Assumptions, Policy};
        ///
        /// let lenient = Assumptions { partial_update: Policy::Accept, ..Assumptions::default() };
        /// assert_eq!(Assumptions::default().partial_update, Policy::Reject);
        /// # let _ = lenient;
        /// ```
        #[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(default, deny_unknown_fields)]
        pub struct Assumptions {
            $(
                $(#[doc = $doc])*
                #[doc = concat!("\n\nSource: ", $source, " (", $date, ").")]
                pub $name: $kind,
            )*
        }

        impl Default for Assumptions {
            fn default() -> Self {
                Self { $($name: $value),* }
            }
        }

        impl Assumptions {
            /// Each assumption with its default, its source and the date of its last evidence.
            pub const ALL: &[Assumption] = &[
                $(Assumption { name: stringify!($name), default: $json, source: $source, date: $date }),*
            ];
        }
    };
}

assumptions! {
    /// An update without `type`. If accepted, the type is `build`.
    update_without_type: Policy = Policy::Accept, r#""accept""#,
        "the published document requires it; SharpBucket (tested live), pybitbucket, Codecov and atlassian-python-api \
         send none",
        "2026-11";
    /// An update whose body has another `key` than its path. If accepted, the key of the path is used.
    other_key_in_update: Policy = Policy::Reject, r#""reject""#,
        "the published document says that the key cannot be changed; the response is not known",
        "2026-11";
    /// An update without `state` or `url`. If accepted, the missing members keep their values.
    partial_update: Policy = Policy::Reject, r#""reject""#,
        "several clients send only `state`, none shows the response",
        "2026-11";
    /// `null` as `name` or `description`, and as `refname` of an update. If accepted, this is the same as leaving them
    /// out.
    null_members: Policy = Policy::Accept, r#""accept""#,
        "atlassian-python-api sends `description: null`, and a status that was read has `refname: null`; the response is not known",
        "2026-11";
    /// A `type` other than `build`. If accepted, the response still has `build`.
    other_type: Policy = Policy::Reject, r#""reject""#,
        "the published document: `build` is the only supported type",
        "2026-06";
    /// Members that the document does not have. If accepted, they are ignored.
    unknown_members: Policy = Policy::Accept, r#""accept""#,
        "the published document allows them; another endpoint refuses them (eggzec BUG-PRS-004)",
        "2026-06";
    /// A `url` on `localhost`.
    localhost_url: Policy = Policy::Accept, r#""accept""#,
        "recorded: a 201 for https://localhost:50036/ (Codecov's cassette of 2018-11-07)",
        "2018-11";
    /// A key with a slash in a path (`%2F`). If rejected, the response is a 404.
    slash_in_path: Policy = Policy::Accept, r#""accept""#,
        "keys with slashes are in use; how clients address them is not known",
        "2026-11";
    /// A slash at the end of a path. If rejected, the response is a 404.
    trailing_slash: Policy = Policy::Accept, r#""accept""#,
        "Atlassian's own example posts with one, and a 2xx was seen (pipelines-as-code#416)",
        "2026-11";
    /// `fields` in a query, which selects members of the response. If rejected, the response is a 400.
    fields: Policy = Policy::Accept, r#""accept""#,
        "Atlassian's page on partial responses; not recorded for statuses",
        "2026-11";
    /// A branch in place of a commit: a branch of the seed, or the source branch of a pull request. If rejected, the
    /// response is a 404.
    branch_as_commit: Policy = Policy::Reject, r#""reject""#,
        "looked for, nothing found",
        "2026-11";
    /// `{}` in place of the workspace, together with the UUID of the repository. If rejected, the response is a 404.
    empty_workspace: Policy = Policy::Accept, r#""accept""#,
        "the published document's pages on UUIDs",
        "2026-06";
    /// An API token of an account sent as `Bearer`. If rejected, the response is a 401.
    api_token_as_bearer: Policy = Policy::Reject, r#""reject""#,
        "reports disagree (airweave#915)",
        "2026-11";
    /// Keys that differ only in case. If accepted, they name different statuses; if rejected, the same one.
    keys_that_differ_in_case: Policy = Policy::Accept, r#""accept""#,
        "looked for, nothing found",
        "2026-11";
    /// An update of a key that several statuses of the commit have, without the `refname` of one of them. If accepted,
    /// the status that was changed last is updated; if rejected, the response is a 500.
    ambiguous_update: Policy = Policy::Reject, r#""reject""#,
        "one maintainer's finding (jenkinsci bitbucket-branch-source-plugin PR#930)",
        "2024-11";
    /// The HTTP status for an overwrite of another user's status.
    foreign_overwrite_status: u16 = 403, "403",
        "Atlassian's change notice of 2021-05-21 says that it is refused, but not with which response",
        "2026-11";
    /// The minimum number of digits of a short commit hash.
    shortest_commit: usize = 7, "7",
        "recorded: a 201 for 7 digits (Codecov's cassette of 2018-11-07); bb-report always sends 7",
        "2026-11";
    /// The maximum number of characters of `name`.
    name_limit: Option<usize> = Some(255), "255",
        "Jenkins cuts it to 255 (jenkinsci bitbucket-branch-source-plugin PR#928); not known for Cloud",
        "2024-11";
    /// The maximum number of characters of `description`.
    description_limit: Option<usize> = None, "null",
        "looked for, nothing found",
        "2026-11";
    /// The maximum number of characters of `url`.
    url_limit: Option<usize> = None, "null",
        "looked for, nothing found; 450 is Data Center's",
        "2026-11";
    /// Whether a 429 carries `Retry-After`.
    retry_after: bool = false, "false",
        "many clients handle it, no recording has it",
        "2026-11";
}

/// Whether the sandbox accepts something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Policy {
    /// It is accepted.
    Accept,
    /// The response is an error.
    Reject,
}

impl Policy {
    pub(crate) fn accepts(self) -> bool {
        self == Self::Accept
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Map, Value};

    use super::Assumptions;

    #[test]
    fn the_table_has_the_defaults_of_every_assumption() {
        let defaults: Map<String, Value> = Assumptions::ALL
            .iter()
            .map(|assumption| (assumption.name.to_owned(), serde_json::from_str(assumption.default).expect("JSON")))
            .collect();
        assert_eq!(serde_json::to_value(Assumptions::default()).unwrap(), Value::Object(defaults));
    }

    #[test]
    fn every_date_is_a_month() {
        for assumption in Assumptions::ALL {
            let date = format!("{}-01", assumption.date);
            assert!(date.parse::<chrono::NaiveDate>().is_ok(), "{}: {date}", assumption.name);
        }
    }
}
