//! Java properties files, in which TeamCity passes what is not in the environment.

use std::{collections::HashMap, fs, sync::OnceLock};

/// The variable that names the first file, and the property that names the second.
const BUILD_FILE: &str = "TEAMCITY_BUILD_PROPERTIES_FILE";
const CONFIGURATION_FILE: &str = "teamcity.configuration.properties.file";

/// Reads one of TeamCity's properties; a file that cannot be read has none.
pub(super) fn teamcity(name: &str, variable: impl Fn(&str) -> Option<String>) -> Option<String> {
    static PROPERTIES: OnceLock<HashMap<String, String>> = OnceLock::new();
    let properties = PROPERTIES.get_or_init(|| {
        let read = |path: String| parse(&fs::read_to_string(path).unwrap_or_default());
        let mut properties = variable(BUILD_FILE).map(read).unwrap_or_default();
        let configuration = properties.get(CONFIGURATION_FILE).cloned().map(read);
        properties.extend(configuration.unwrap_or_default());
        properties
    });
    properties.get(name).filter(|value| !value.is_empty()).cloned()
}

/// Reads `name=value` lines; `\` escapes the next character.
fn parse(text: &str) -> HashMap<String, String> {
    text.lines().filter(|line| !line.trim_start().starts_with(['#', '!'])).filter_map(property).collect()
}

fn property(line: &str) -> Option<(String, String)> {
    let (mut name, mut value, mut in_value, mut escaped) = (String::new(), String::new(), false, false);
    for character in line.trim_start().chars() {
        match character {
            '\\' if !escaped => {
                escaped = true;
                continue;
            }
            '=' | ':' if !escaped && !in_value => in_value = true,
            _ if in_value => value.push(character),
            _ => name.push(character),
        }
        escaped = false;
    }
    in_value.then(|| (name.trim_end().to_owned(), value.trim().to_owned()))
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn properties_are_read_as_java_writes_them() {
        let text = "# Mon Nov 23\nvcsroot.url=https\\://bitbucket.org/acme/rocket.git\n\
                    teamcity.build.id = 42\nwindows=C\\:\\\\agent\nempty=\nno value\n";
        let properties = parse(text);
        let get = |name: &str| properties.get(name).map(String::as_str);
        assert_eq!(get("vcsroot.url"), Some("https://bitbucket.org/acme/rocket.git"));
        assert_eq!(get("teamcity.build.id"), Some("42"));
        assert_eq!(get("windows"), Some("C:\\agent"));
        assert_eq!(get("empty"), Some(""));
        assert_eq!(get("no value"), None);
    }
}
