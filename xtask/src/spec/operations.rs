//! `spec/operations.toml`: the parts of the published document that we keep, and our names for them.

use crate::{Error, read};
use serde::Deserialize;
use std::{collections::BTreeMap, path::Path};

/// Where the names are.
pub const OPERATIONS: &str = "spec/operations.toml";

/// The operations we keep and our names.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Operations {
    /// The operations.
    #[serde(rename = "operation")]
    pub operations: Vec<Operation>,
    /// Our names for each use of a published schema, by its name.
    pub schemas: BTreeMap<String, Names>,
    /// Our names for inline schemas of members, by `Owner.member`.
    pub members: BTreeMap<String, String>,
    /// Our names for responses that all operations share, by status.
    pub responses: BTreeMap<String, String>,
}

/// One operation.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Operation {
    /// The method, in lower case.
    pub method: String,
    /// The path, as in the document.
    pub path: String,
    /// Our name for it.
    pub id: String,
}

/// Our names for one published schema, for each use.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Names {
    /// In a response.
    pub response: Option<String>,
    /// In the body of a POST.
    pub post: Option<String>,
    /// In the body of a PUT.
    pub put: Option<String>,
}

/// Where a schema is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Use {
    /// In a parameter, or in a body without a name of its own.
    Request,
    /// In a response.
    Response,
    /// In the body of a POST.
    Post,
    /// In the body of a PUT.
    Put,
}

impl Use {
    /// The use of a method's request body.
    #[must_use]
    pub fn body(method: &str) -> Self {
        match method {
            "post" => Self::Post,
            "put" => Self::Put,
            _ => Self::Request,
        }
    }
}

impl Operations {
    /// Reads the names of a repository.
    ///
    /// # Errors
    /// [`Error::Unusable`] if the file cannot be read or has an unexpected form.
    pub fn load(root: &Path) -> Result<Self, Error> {
        let path = root.join(OPERATIONS);
        toml::from_str(&read(&path)?).map_err(|error| Error::Unusable(format!("{}: {error}", path.display())))
    }

    /// The same names, with aliases: other published schemas, their uses, and our names for them.
    #[must_use]
    pub(super) fn with_aliases<'a>(&self, aliases: impl Iterator<Item = (&'a str, Use, &'a str)>) -> Self {
        let mut all = self.clone();
        for (published, usage, ours) in aliases {
            let names = all.schemas.entry(published.to_owned()).or_default();
            let name = match usage {
                Use::Request => continue,
                Use::Response => &mut names.response,
                Use::Post => &mut names.post,
                Use::Put => &mut names.put,
            };
            *name = Some(ours.to_owned());
        }
        all
    }

    /// The name of a published schema in a use: ours, or its own, unless we use that for another schema.
    #[must_use]
    pub fn name(&self, published: &str, usage: Use) -> String {
        match self.own_name(published, usage) {
            Some(name) => name.to_owned(),
            None if self.is_ours(published) => format!("Published{published}"),
            None => published.to_owned(),
        }
    }

    /// Our name for a published schema in a use, if there is one.
    pub(super) fn own_name(&self, published: &str, usage: Use) -> Option<&str> {
        let names = self.schemas.get(published)?;
        match usage {
            Use::Request => None,
            Use::Response => names.response.as_deref(),
            Use::Post => names.post.as_deref(),
            Use::Put => names.put.as_deref(),
        }
    }

    /// The published schema for one of our names in a use.
    pub(super) fn published(&self, ours: &str, usage: Use) -> Option<&str> {
        self.schemas.keys().find(|published| self.own_name(published, usage) == Some(ours)).map(String::as_str)
    }

    fn is_ours(&self, name: &str) -> bool {
        let of_schemas = self.schemas.values().flat_map(|names| [&names.response, &names.post, &names.put]).flatten();
        of_schemas.chain(self.members.values()).any(|ours| ours == name)
    }
}
