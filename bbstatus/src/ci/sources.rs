//! Where the variables of a CI system are: in the environment, and in files that it names.

use std::{
    cell::{OnceCell, RefCell},
    collections::HashMap,
    path::Path,
};

use serde_json::Value;

use super::properties;
use crate::file;

/// GitHub's limit of an event is 25 MB.
const EVENT_LIMIT: u64 = 32 << 20;
const PROPERTIES_LIMIT: u64 = 4 << 20;
/// The variable that names TeamCity's first file, and the property that names its second.
const BUILD_PROPERTIES: &str = "TEAMCITY_BUILD_PROPERTIES_FILE";
const CONFIGURATION_PROPERTIES: &str = "teamcity.configuration.properties.file";

/// Everything that can be looked up by a name. A plain name is an environment variable, a name with a dot is one of
/// TeamCity's properties, and `FILE:/pointer` is a member of the JSON file that the variable `FILE` names. Values are
/// trimmed, and an empty one counts as not set.
pub(super) struct Sources<'a> {
    variable: &'a dyn Fn(&str) -> Option<String>,
    properties: OnceCell<HashMap<String, String>>,
    events: RefCell<HashMap<String, Result<Value, String>>>,
    problems: RefCell<Vec<String>>,
}

impl<'a> Sources<'a> {
    pub(super) fn new(variable: &'a dyn Fn(&str) -> Option<String>) -> Self {
        Self { variable, properties: OnceCell::new(), events: RefCell::default(), problems: RefCell::default() }
    }

    /// The value of a variable or a property, or a string or number in an event.
    pub(super) fn get(&self, name: &str) -> Option<String> {
        let value = match name.split_once(':') {
            Some((file, pointer)) => self.event(file, |event| match event.pointer(pointer)? {
                Value::String(text) => Some(text.clone()),
                Value::Number(number) => Some(number.to_string()),
                _ => None,
            })?,
            None if name.contains('.') => self.properties().get(name).cloned(),
            None => (self.variable)(name),
        };
        value.map(|value| value.trim().to_owned()).filter(|value| !value.is_empty())
    }

    /// Whether there is a value, which in an event may also be a list or an object.
    pub(super) fn has(&self, name: &str) -> bool {
        let Some((file, pointer)) = name.split_once(':') else { return self.get(name).is_some() };
        self.event(file, |event| event.pointer(pointer).is_some_and(|value| !value.is_null())) == Some(true)
    }

    /// Whether a variable names a file from which no event can be read.
    pub(super) fn is_unreadable(&self, file: &str) -> bool {
        (self.variable)(file).is_some_and(|path| !path.is_empty()) && self.event(file, |_| ()).is_none()
    }

    /// Why files could not be read.
    pub(super) fn problems(&self) -> Vec<String> {
        self.problems.take()
    }

    fn event<T>(&self, file: &str, read: impl FnOnce(&Value) -> T) -> Option<T> {
        let mut events = self.events.borrow_mut();
        let event = events.entry(file.to_owned()).or_insert_with(|| {
            let path = (self.variable)(file).filter(|path| !path.is_empty()).ok_or_else(String::new)?;
            let bytes = file::read(Path::new(&path), EVENT_LIMIT).map_err(|cause| cause.to_string())?;
            serde_json::from_slice(&bytes).map_err(|cause| format!("it is not JSON: {cause}"))
        });
        match event {
            Ok(event) => Some(read(event)),
            Err(problem) => {
                let problem = std::mem::take(problem);
                if !problem.is_empty() {
                    self.problems.borrow_mut().push(format!("{file} names a file that cannot be read: {problem}"));
                }
                None
            }
        }
    }

    fn properties(&self) -> &HashMap<String, String> {
        self.properties.get_or_init(|| {
            let read = |path: String| match file::read(Path::new(&path), PROPERTIES_LIMIT) {
                Ok(bytes) => properties::parse(&bytes),
                Err(problem) => {
                    let problem = format!("{BUILD_PROPERTIES} leads to a file that cannot be read: {problem}");
                    self.problems.borrow_mut().push(problem);
                    HashMap::new()
                }
            };
            let path = (self.variable)(BUILD_PROPERTIES).filter(|path| !path.is_empty());
            let mut properties = path.map(read).unwrap_or_default();
            let configuration = properties.get(CONFIGURATION_PROPERTIES).cloned().map(read);
            properties.extend(configuration.unwrap_or_default());
            properties
        })
    }
}
