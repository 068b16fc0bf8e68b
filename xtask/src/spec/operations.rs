//! `spec/operations.toml`: what we keep of the published document, and what we call it.

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
    /// A published schema's name, then ours for each use.
    pub schemas: BTreeMap<String, Names>,
    /// Where a published schema stands inside another one: our place (`Owner.member`), then our name.
    pub members: BTreeMap<String, String>,
    /// The status of a response that every operation shares, then our name for it.
    pub responses: BTreeMap<String, String>,
}

/// One operation.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Operation {
    /// The method, in lower case.
    pub method: String,
    /// The path as the document writes it.
    pub path: String,
    /// The name we give it.
    pub id: String,
}

/// Our names of one published schema, for each of its uses.
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
    /// [`Error::Unusable`] when the file is not readable or not as expected.
    pub fn load(root: &Path) -> Result<Self, Error> {
        let path = root.join(OPERATIONS);
        toml::from_str(&read(&path)?).map_err(|error| Error::Unusable(format!("{}: {error}", path.display())))
    }

    /// The same, with more published schemas that have our names: each with its use.
    #[must_use]
    pub(super) fn with_aliases<'a>(&self, aliases: impl Iterator<Item = (&'a str, Use, &'a str)>) -> Self {
        let mut all = self.clone();
        for (published, place, ours) in aliases {
            let names = all.schemas.entry(published.to_owned()).or_default();
            let name = match place {
                Use::Request => continue,
                Use::Response => &mut names.response,
                Use::Post => &mut names.post,
                Use::Put => &mut names.put,
            };
            *name = Some(ours.to_owned());
        }
        all
    }

    /// What a published schema is called in a use: our name of it, or its own, unless that is one we give to another.
    #[must_use]
    pub fn name(&self, published: &str, place: Use) -> String {
        match self.given(published, place) {
            Some(name) => name.to_owned(),
            None if self.is_ours(published) => format!("Published{published}"),
            None => published.to_owned(),
        }
    }

    /// Our name of a published schema in a use, if we gave it one.
    pub(super) fn given(&self, published: &str, place: Use) -> Option<&str> {
        let names = self.schemas.get(published)?;
        match place {
            Use::Request => None,
            Use::Response => names.response.as_deref(),
            Use::Post => names.post.as_deref(),
            Use::Put => names.put.as_deref(),
        }
    }

    /// The published schema that has our name in a use.
    pub(super) fn published(&self, ours: &str, place: Use) -> Option<&str> {
        self.schemas.keys().find(|published| self.given(published, place) == Some(ours)).map(String::as_str)
    }

    fn is_ours(&self, name: &str) -> bool {
        let of_schemas = self.schemas.values().flat_map(|names| [&names.response, &names.post, &names.put]).flatten();
        of_schemas.chain(self.members.values()).any(|ours| ours == name)
    }
}
