//! The structure of a document without its prose, so that two documents can be compared member by member.
//!
//! The form has the layout of OpenAPI, with two differences: an operation has all of its parameters, including those of
//! its path, and parameters are members named `in.name` instead of a list. [`Normal::locate`] leads back to the
//! document.

use super::document::{METHODS, member, members, reference, resolve};
use crate::{Error, codegen::sorted};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// The structure of a document.
#[derive(Debug)]
pub struct Normal {
    /// The structure, canonical.
    pub structure: Value,
    /// The pointers to the parameters of [`Self::structure`] in the document.
    parameters: BTreeMap<String, String>,
}

impl Normal {
    /// The structure of a document.
    ///
    /// # Errors
    /// [`Error::Unusable`] if a parameter's reference is dangling.
    pub fn of(document: &Value) -> Result<Self, Error> {
        let mut normal = Self { structure: json!({}), parameters: BTreeMap::new() };
        let servers = addresses(&document["servers"]);
        let mut paths = json!({});
        for (path, item) in members(&document["paths"]) {
            for method in METHODS.iter().filter(|method| item[**method].is_object()) {
                paths[path][*method] = normal.operation(document, path, method)?;
            }
        }
        let mut components = json!({});
        for section in SECTIONS {
            for (name, value) in members(&document["components"][section]) {
                components[section][name] = normal_schema(value);
            }
        }
        for (name, scheme) in members(&document["components"]["securitySchemes"]) {
            components["securitySchemes"][name] = normal_scheme(scheme);
        }
        let info = json!({"version": document["info"]["version"]});
        normal.structure = sorted(json!({"info": info, "servers": servers, "paths": paths, "components": components}));
        Ok(normal)
    }

    /// The pointer into the document for a pointer into its structure.
    #[must_use]
    pub fn locate(&self, pointer: &str) -> String {
        let holder = self.parameters.iter().find(|(from, _)| {
            pointer.strip_prefix(from.as_str()).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        });
        holder.map_or_else(|| pointer.to_owned(), |(from, to)| format!("{to}{}", &pointer[from.len()..]))
    }

    /// The part of the structure for a pointer into the document, following references.
    #[must_use]
    pub fn at(&self, pointer: &str) -> Option<&Value> {
        let parameter = self.parameters.iter().find(|(_, to)| *to == pointer);
        let position = parameter.map_or(pointer, |(from, _)| from);
        position.split('/').skip(1).try_fold(&self.structure, |value, token| {
            let value = reference(value).and_then(|pointer| self.structure.pointer(pointer)).unwrap_or(value);
            value.pointer(&format!("/{token}"))
        })
    }

    fn operation(&mut self, document: &Value, path: &str, method: &str) -> Result<Value, Error> {
        let item = &document["paths"][path];
        let operation = &item[method];
        let at_path = member("/paths", path);
        let at = member(&at_path, method);
        let mut normal = normal_schema(operation);
        if let Some(object) = normal.as_object_mut() {
            object.remove("parameters");
        }
        for (holder, base) in [(item, &at_path), (operation, &at)] {
            for (index, parameter) in holder["parameters"].as_array().into_iter().flatten().enumerate() {
                let resolved = resolve(document, parameter)?;
                let text = |keyword: &str| resolved[keyword].as_str().unwrap_or_default().to_owned();
                let key = format!("{}.{}", text("in"), text("name"));
                self.parameters.insert(
                    format!("{at}/parameters/{}", super::document::token(&key)),
                    format!("{base}/parameters/{index}"),
                );
                normal["parameters"][key] = normal_schema(parameter);
            }
        }
        if let Some(servers) = operation.get("servers").or(item.get("servers")) {
            normal["servers"] = addresses(servers);
        }
        if let Some(security) = operation.get("security").or(document.get("security")) {
            normal["security"] = sorted_security(security);
        }
        Ok(normal)
    }
}

/// The servers without their prose.
fn addresses(servers: &Value) -> Value {
    servers.as_array().into_iter().flatten().map(normal_schema).collect()
}

/// A security scheme, without the descriptions of its scopes.
fn normal_scheme(scheme: &Value) -> Value {
    let mut normal = normal_schema(scheme);
    for (_, flow) in normal.get_mut("flows").and_then(Value::as_object_mut).into_iter().flatten() {
        for (_, about) in flow.get_mut("scopes").and_then(Value::as_object_mut).into_iter().flatten() {
            *about = json!("");
        }
    }
    normal
}

/// Atlassian's own extensions, sorted: neither scopes nor security schemes have an order.
fn sorted_scopes(extension: &Value) -> Value {
    let mut extension = extension.clone();
    for entry in extension.as_array_mut().into_iter().flatten() {
        if let Some(scopes) = entry.get_mut("scopes") {
            sort(scopes);
        }
    }
    sort(&mut extension);
    extension
}

/// Security requirements, sorted: neither the alternatives nor the scopes of one have an order.
fn sorted_security(security: &Value) -> Value {
    let mut security = security.clone();
    let ways = security.as_array_mut().into_iter().flatten().filter_map(Value::as_object_mut);
    ways.flat_map(Map::values_mut).for_each(sort);
    sort(&mut security);
    security
}

/// The components that are compared like schemas.
pub(super) const SECTIONS: [&str; 4] = ["headers", "parameters", "responses", "schemas"];

/// Atlassian's extensions that say who may call an operation.
pub(super) const AUTH_EXTENSIONS: [&str; 2] = ["x-atlassian-auth-types", "x-atlassian-oauth2-scopes"];

/// Keywords for people. Everything else is structure, including unknown keywords.
const PROSE: [&str; 7] = ["description", "title", "summary", "example", "examples", "externalDocs", "tags"];

/// The structure of a schema, or of anything that contains schemas: a parameter, a body, a response, an operation.
///
/// Values that are the default are left out, and lists without an order are sorted.
#[must_use]
pub fn normal_schema(value: &Value) -> Value {
    if reference(value).is_some() {
        return json!({"$ref": value["$ref"]});
    }
    let Value::Object(object) = value else {
        return value.clone();
    };
    let normal = object
        .iter()
        .filter(|(keyword, _)| !PROSE.contains(&keyword.as_str()))
        .filter(|(keyword, _)| !keyword.starts_with("x-") || AUTH_EXTENSIONS.contains(&keyword.as_str()))
        .map(|(keyword, value)| (keyword.clone(), normal_keyword(keyword, value)))
        .filter(|(keyword, value)| !is_default(keyword, value));
    Value::Object(normal.collect())
}

fn normal_keyword(keyword: &str, value: &Value) -> Value {
    match (keyword, value) {
        ("properties" | "content" | "responses" | "headers" | "links" | "variables", Value::Object(named)) => {
            // An extension. In other places, a member or a header may have such a name.
            let named = named.iter().filter(|(name, _)| keyword != "responses" || !name.starts_with("x-"));
            let normal = named.map(|(name, value)| (name.clone(), normal_schema(value)));
            Value::Object(normal.collect::<Map<_, _>>())
        }
        ("allOf" | "anyOf" | "oneOf", Value::Array(choices)) => choices.iter().map(normal_schema).collect(),
        ("required" | "enum", Value::Array(_)) => {
            let mut list = value.clone();
            sort(&mut list);
            list
        }
        (keyword, Value::Array(_)) if AUTH_EXTENSIONS.contains(&keyword) => sorted_scopes(value),
        ("items" | "not" | "additionalProperties" | "schema" | "requestBody", _) => normal_schema(value),
        _ => value.clone(),
    }
}

fn is_default(keyword: &str, value: &Value) -> bool {
    match keyword {
        "nullable" | "required" | "uniqueItems" | "deprecated" | "readOnly" | "writeOnly" | "exclusiveMinimum"
        | "exclusiveMaximum" | "allowEmptyValue" => value == &json!(false) || value == &json!([]),
        "minItems" | "minLength" | "minProperties" => value == &json!(0),
        "additionalProperties" => value == &json!(true),
        "properties" => value == &json!({}),
        _ => false,
    }
}

fn sort(list: &mut Value) {
    if let Value::Array(items) = list {
        items.sort_by_key(ToString::to_string);
        items.dedup();
    }
}
