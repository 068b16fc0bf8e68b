//! `cargo xtask spec trim`: reduces a full document to our operations, under our names.

use super::{
    document::{METHODS, component, load, members, refer, reference, resolve, token},
    flatten::flatten,
    normal::normal_schema,
    operations::{Operation, Operations, Use},
};
use crate::{Error, Outcome, codegen::sorted, repository, show, write};
use serde_json::{Map, Value, json};
use std::{
    collections::{BTreeMap, BTreeSet},
    path::PathBuf,
};

/// Reduces a full document to our operations and their schemas.
#[derive(clap::Args)]
pub struct Arguments {
    /// A full Bitbucket document, OpenAPI 3.0 as JSON.
    upstream: PathBuf,
    /// Write to this file instead of to the standard output.
    #[arg(short, long)]
    output: Option<PathBuf>,
}

/// Runs the command.
///
/// # Errors
/// [`Error::Unusable`] if the document cannot be read, [`Error::CheckFailed`] if it lacks an operation.
pub fn run(arguments: &Arguments) -> Outcome {
    let operations = Operations::load(&repository())?;
    let trimmed = trim(&load(&arguments.upstream)?, &operations)?;
    let text = format!("{trimmed:#}\n");
    if let Some(file) = &arguments.output {
        return write(file, &text);
    }
    show(&text)
}

/// Our operations with their schemas, under our names, in canonical order.
///
/// # Errors
/// [`Error::CheckFailed`] with each missing operation, [`Error::Unusable`] for a dangling reference.
pub fn trim(upstream: &Value, operations: &Operations) -> Result<Value, Error> {
    let missing = operations.operations.iter().filter(|wanted| find(upstream, wanted).is_none());
    let lines: Vec<_> = missing.map(|wanted| absent(upstream, wanted)).collect();
    if !lines.is_empty() {
        return Err(Error::CheckFailed(lines.join("\n")));
    }
    trim_present(upstream, operations)
}

/// Like [`trim`], but skips missing operations.
///
/// # Errors
/// [`Error::Unusable`] for a dangling reference.
pub fn trim_present(upstream: &Value, operations: &Operations) -> Result<Value, Error> {
    let mut trimmer =
        Trimmer { upstream, operations, components: json!({"parameters": {}, "responses": {}, "schemas": {}}) };
    let mut paths = json!({});
    for wanted in &operations.operations {
        if let Some(operation) = find(upstream, wanted) {
            paths[&wanted.path][&wanted.method] = trimmer.operation(wanted, operation)?;
            let item = &upstream["paths"][&wanted.path];
            if let Some(shared) = item.get("parameters") {
                paths[&wanted.path]["parameters"] = trimmer.parameters(shared)?;
            }
            if let Some(servers) = item.get("servers") {
                paths[&wanted.path]["servers"] = servers.clone();
            }
        }
    }
    let mut document = json!({"info": upstream["info"], "openapi": upstream["openapi"], "paths": paths});
    for shared in ["servers", "security"] {
        if let Some(value) = upstream.get(shared) {
            document[shared] = value.clone();
        }
    }
    document["components"] = trimmer.components;
    let schemes = used_schemes(upstream, &document);
    if schemes != json!({}) {
        document["components"]["securitySchemes"] = schemes;
    }
    Ok(sorted(document))
}

/// The security schemes and scopes that our operations use.
fn used_schemes(upstream: &Value, document: &Value) -> Value {
    let mut used: BTreeMap<&String, BTreeSet<&str>> = BTreeMap::new();
    let operations = members(&document["paths"]).flat_map(|(_, item)| METHODS.map(|method| &item[method]));
    let lists = operations.map(|operation| &operation["security"]).chain([&document["security"]]);
    for (name, scopes) in lists.filter_map(Value::as_array).flatten().flat_map(members) {
        used.entry(name).or_default().extend(scopes.as_array().into_iter().flatten().filter_map(Value::as_str));
    }
    let mut schemes = json!({});
    for (name, scopes) in used {
        let Some(scheme) = upstream["components"]["securitySchemes"].get(name) else { continue };
        let mut scheme = scheme.clone();
        for (_, flow) in scheme.get_mut("flows").and_then(Value::as_object_mut).into_iter().flatten() {
            if let Some(offered) = flow.get_mut("scopes").and_then(Value::as_object_mut) {
                offered.retain(|scope, _| scopes.contains(scope.as_str()));
            }
        }
        schemes[name] = scheme;
    }
    schemes
}

/// The message for a missing operation, with the path that may be its new one.
#[must_use]
pub fn absent(upstream: &Value, wanted: &Operation) -> String {
    let alike = members(&upstream["paths"])
        .find(|(path, item)| shape(path) == shape(&wanted.path) && item[&wanted.method].is_object());
    let hint = alike.map_or_else(String::new, |(path, _)| format!("; {path} looks like it"));
    let method = wanted.method.to_uppercase();
    format!("the operation {} ({method} {}) is not in the document{hint}", wanted.id, wanted.path)
}

/// The segments of a path, without the names of its parameters.
pub(super) fn shape(path: &str) -> Vec<&str> {
    path.split('/').map(|segment| if segment.starts_with('{') { "{}" } else { segment }).collect()
}

fn find<'a>(upstream: &'a Value, wanted: &Operation) -> Option<&'a Value> {
    upstream["paths"].get(&wanted.path)?.get(&wanted.method).filter(|operation| operation.is_object())
}

struct Trimmer<'a> {
    upstream: &'a Value,
    operations: &'a Operations,
    components: Value,
}

impl Trimmer<'_> {
    fn operation(&mut self, wanted: &Operation, operation: &Value) -> Result<Value, Error> {
        let mut shared = operation.clone();
        shared["operationId"] = json!(wanted.id);
        if let Some(parameters) = operation.get("parameters") {
            shared["parameters"] = self.parameters(parameters)?;
        }
        if let Some(body) = operation.get("requestBody") {
            shared["requestBody"] = self.content(body, Use::body(&wanted.method))?;
        }
        for (status, response) in members(&operation["responses"]) {
            let response = self.content(response, Use::Response)?;
            let name = self.operations.responses.get(status);
            shared["responses"][status] = match name {
                Some(name) => self.share("responses", name, response),
                None => response,
            };
        }
        Ok(shared)
    }

    fn parameters(&mut self, parameters: &Value) -> Result<Value, Error> {
        let mut shared = Vec::new();
        for parameter in parameters.as_array().into_iter().flatten() {
            let mut parameter = resolve(self.upstream, parameter)?.clone();
            self.schemas_of(&mut parameter, Use::Request)?;
            let name = parameter["name"].as_str().unwrap_or_default().to_owned();
            shared.push(self.share("parameters", &name, parameter));
        }
        Ok(Value::Array(shared))
    }

    /// A body or a response, with its headers.
    fn content(&mut self, holder: &Value, usage: Use) -> Result<Value, Error> {
        let mut holder = resolve(self.upstream, holder)?.clone();
        self.schemas_of(&mut holder, usage)?;
        for (_, header) in holder.get_mut("headers").and_then(Value::as_object_mut).into_iter().flatten() {
            *header = resolve(self.upstream, header)?.clone();
            self.schemas_of(header, usage)?;
        }
        Ok(holder)
    }

    /// The schemas of a parameter, a header, a body or a response: one, or one for each media type.
    fn schemas_of(&mut self, holder: &mut Value, usage: Use) -> Result<(), Error> {
        if let Some(schema) = holder.get("schema").cloned() {
            holder["schema"] = self.schema(&schema, usage)?;
        }
        for (_, media) in holder.get_mut("content").and_then(Value::as_object_mut).into_iter().flatten() {
            if let Some(schema) = media.get("schema").cloned() {
                media["schema"] = self.schema(&schema, usage)?;
            }
        }
        Ok(())
    }

    /// Makes a component of a value and returns a reference to it. A value that differs from the component of that name
    /// stays inline.
    fn share(&mut self, section: &str, name: &str, value: Value) -> Value {
        let structure = |value: &Value| normal_schema(value);
        match self.components[section].get(name) {
            Some(namesake) if structure(namesake) != structure(&value) => return value,
            Some(_) => {}
            None => self.components[section][name] = value,
        }
        refer(section, name)
    }

    fn schema(&mut self, schema: &Value, usage: Use) -> Result<Value, Error> {
        let Some(pointer) = reference(schema) else {
            return Ok(Value::Object(self.full_schema(schema, usage, None)?));
        };
        let name = self.operations.name(&component(pointer), usage);
        if self.components["schemas"].get(&name).is_none() {
            self.components["schemas"][&name] = Value::Null;
            let full = self.full_schema(schema, usage, Some(&name))?;
            self.components["schemas"][&name] = Value::Object(full);
        }
        Ok(refer("schemas", &name))
    }

    /// A schema without `allOf`, in which members with a name of ours are components.
    fn full_schema(&mut self, schema: &Value, usage: Use, owner: Option<&str>) -> Result<Map<String, Value>, Error> {
        let mut flat = flatten(self.upstream, schema)?;
        for (keyword, value) in &mut flat {
            match (keyword.as_str(), &mut *value) {
                ("properties", Value::Object(properties)) => {
                    for (name, property) in properties {
                        let key = format!("{}.{name}", owner.unwrap_or_default());
                        let own_name = self.operations.members.get(&key).cloned();
                        *property = self.property(property, usage, own_name)?;
                    }
                }
                ("items" | "not" | "additionalProperties", Value::Object(_)) => *value = self.schema(value, usage)?,
                ("anyOf" | "oneOf", Value::Array(choices)) => {
                    for choice in choices {
                        *choice = self.schema(choice, usage)?;
                    }
                }
                _ => {}
            }
        }
        Ok(flat)
    }

    fn property(&mut self, property: &Value, usage: Use, own_name: Option<String>) -> Result<Value, Error> {
        let Some(name) = own_name else {
            return self.schema(property, usage);
        };
        let full = Value::Object(self.full_schema(property, usage, Some(&name))?);
        Ok(self.share("schemas", &name, full))
    }
}

/// The pointer to an operation in a document.
#[must_use]
pub fn pointer(operation: &Operation) -> String {
    format!("/paths/{}/{}", token(&operation.path), operation.method)
}
