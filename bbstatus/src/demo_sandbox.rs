//! `--sandbox`: a sandbox in this process, and example values for what is not given.

use bitbucket_build_status::{ClientBuilder, State, sandbox::Sandbox};

use crate::{
    build_info::{BuildInfo, Overrides},
    cli_error::CliError,
    sourced::{Origin, Sourced},
};

const REPOSITORY: &str = "acme/rocket";
const COMMIT: &str = "e10dae226959c2194f2b07b077c07762d93821cf";
const URL: &str = "https://ci.example.com/builds/42";
const NAME: &str = "Unit tests";
const DESCRIPTION: &str = "42 tests passed";

/// A sandbox that runs as long as the command.
#[derive(Debug)]
pub(crate) struct DemoSandbox(Sandbox);

impl DemoSandbox {
    pub(crate) async fn start() -> Result<Self, CliError> {
        Ok(Self(Sandbox::builder().start().await?))
    }

    /// Configures a client for it.
    pub(crate) fn configure(&self, builder: ClientBuilder) -> ClientBuilder {
        builder.base_url(self.0.url()).credentials(self.0.credentials())
    }

    /// Reports an INPROGRESS status there, for a command that needs an existing one.
    pub(crate) async fn seed_status(&self, build_info: &BuildInfo, key: &str) -> Result<String, CliError> {
        // With another client, so that `-v` shows only the requests of the command itself.
        let client = self.0.client();
        let (workspace, slug) = build_info.repository()?;
        client.commit(workspace, slug, build_info.commit()?)?.set(key, State::Inprogress, URL).send().await?;
        Ok(format!("the sandbox starts empty, so {key} is reported there first as INPROGRESS"))
    }
}

/// The name and description of an update. With example values it need not read the status first.
pub(crate) struct NameAndDescription {
    pub(crate) name: String,
    pub(crate) description: String,
    pub(crate) notes: Vec<String>,
}

pub(crate) fn name_and_description(name: Option<String>, description: Option<String>) -> NameAndDescription {
    let mut assumed = Vec::new();
    let mut or = |given: Option<String>, option: &str, value: &str| {
        given.unwrap_or_else(|| {
            assumed.push(format!("--{option} {value:?}"));
            value.to_owned()
        })
    };
    let (name, description) = (or(name, "name", NAME), or(description, "description", DESCRIPTION));
    let note = (!assumed.is_empty()).then(|| format!("example values for the sandbox: {}", assumed.join(" ")));
    NameAndDescription { name, description, notes: note.into_iter().collect() }
}

/// The given values, completed by example values. Neither the CI system nor git is asked.
pub(crate) fn build_info(overrides: Overrides) -> BuildInfo {
    let mut assumed = Vec::new();
    let mut or = |given: Option<Sourced<String>>, option: &str, value: &str| {
        given.unwrap_or_else(|| {
            assumed.push(format!("--{option} {value}"));
            Sourced { value: value.to_owned(), origin: Origin::User, label: "--sandbox".to_owned() }
        })
    };
    let mut build_info = BuildInfo {
        repository: Some(or(overrides.repository, "repo", REPOSITORY)),
        commit: Some(or(overrides.commit, "commit", COMMIT)),
        url: Some(or(overrides.url, "url", URL)),
        refname: overrides.refname,
        ..BuildInfo::default()
    };
    if !assumed.is_empty() {
        build_info.notes.push(format!("example values for the sandbox: {}", assumed.join(" ")));
    }
    build_info
}

#[cfg(test)]
mod tests {
    use super::{COMMIT, REPOSITORY, URL, build_info};
    use crate::{
        build_info::Overrides,
        sourced::{Origin, Sourced},
    };

    #[test]
    fn given_values_override_the_example_values() {
        let found =
            |value: &str| Some(Sourced { value: value.to_owned(), origin: Origin::User, label: "--repo".to_owned() });
        let completed = build_info(Overrides { repository: found("acme/lander"), ..Overrides::default() });
        assert_eq!(completed.repository, found("acme/lander"));
        assert_eq!(completed.notes, [format!("example values for the sandbox: --commit {COMMIT} --url {URL}")]);
        assert_eq!(build_info(Overrides::default()).repository.map(|found| found.value).as_deref(), Some(REPOSITORY));
    }
}
