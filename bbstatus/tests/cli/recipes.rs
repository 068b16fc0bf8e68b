//! The recipes of README, run in a shell with the variables of their CI systems.
#![cfg(unix)]

use std::{
    fs,
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
};

use serde_json::Value;

use crate::support::{COMMIT, Sandbox, TOKEN, folder, isolated, run};

/// The text of the recipe whose paragraph begins with this name.
fn recipe(name: &str) -> String {
    let readme = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../README.md")).unwrap();
    let (_, recipe) = readme.split_once(&format!("\n**{name}")).unwrap_or_else(|| panic!("no recipe for {name}"));
    let (_, code) = recipe.split_once("\n```").unwrap();
    code.split("\n```").next().unwrap().to_owned()
}

/// The commands below a key of a YAML list.
fn script(recipe: &str, key: &str) -> String {
    let lines = recipe.lines().map(str::trim).skip_while(|line| *line != format!("{key}:")).skip(1);
    let commands: Vec<_> = lines.map_while(|line| line.strip_prefix("- ")).collect();
    assert!(!commands.is_empty(), "no {key} in {recipe}");
    commands.join("\n")
}

/// A job of a CI system: a shell with its variables, in a checkout whose tests end with some exit code.
struct Job {
    sandbox: Sandbox,
    variables: Vec<(&'static str, String)>,
    folder: PathBuf,
}

impl Job {
    fn new(test: &str, exit_code: i32, variables: &[(&'static str, &str)]) -> Self {
        let test = format!("{test}-{exit_code}");
        let folder = folder(&test);
        for program in ["integration-tests.sh", "make"] {
            let path = folder.join(program);
            fs::write(&path, format!("#!/bin/sh\nexit {exit_code}\n")).unwrap();
            fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
        }
        let variables = variables.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
        Self { sandbox: Sandbox::start(&test, &[]), variables, folder }
    }

    /// Runs a script as a CI system does, and returns its exit code.
    fn shell(&self, script: &str, more: &[(&str, &str)]) -> Option<i32> {
        let binary = Path::new(env!("CARGO_BIN_EXE_bbstatus")).parent().unwrap();
        let path = format!("{}:{}:{}", binary.display(), self.folder.display(), std::env::var("PATH").unwrap());
        let mut shell = isolated("sh");
        shell.args(["-e", "-c", script]).current_dir(&self.folder).env("PATH", path).env("GIT_DIR", "/nonexistent");
        shell.envs(self.variables.iter().map(|(name, value)| (*name, value))).envs(more.iter().copied());
        shell.envs([("BITBUCKET_TOKEN", TOKEN), ("BBSTATUS_API_URL", self.sandbox.url()), ("BBSTATUS_RETRIES", "0")]);
        run(&mut shell).code
    }

    /// The state and the url that Bitbucket shows.
    fn shown(&self, key: &str) -> [String; 2] {
        let status = run(&mut self.sandbox.bbstatus(["get", key, "--output", "json"])).done().json();
        ["state", "url"].map(|field| find(&status, field).unwrap_or_default())
    }
}

/// A field of the status, which the output may wrap.
fn find(value: &Value, field: &str) -> Option<String> {
    let found = value.get(field).and_then(Value::as_str).map(str::to_owned);
    found.or_else(|| value.as_object()?.values().find_map(|value| find(value, field)))
}

#[test]
fn bitbucket_pipelines_reports_a_step_that_passes_and_one_that_fails() {
    let recipe = recipe("Bitbucket Pipelines");
    let url = "https://bitbucket.org/acme/rocket/pipelines/results/42";
    for (exit_code, state) in [(0, "SUCCESSFUL"), (3, "FAILED")] {
        let job = Job::new(
            "recipe-pipelines",
            exit_code,
            &[
                ("CI", "true"),
                ("BITBUCKET_BUILD_NUMBER", "42"),
                ("BITBUCKET_COMMIT", COMMIT),
                ("BITBUCKET_BRANCH", "main"),
                ("BITBUCKET_REPO_FULL_NAME", "acme/rocket"),
            ],
        );
        assert_eq!(job.shell(&script(&recipe, "script"), &[]), Some(exit_code));
        assert_eq!(job.shown("integration"), ["INPROGRESS", url]);
        let ended = [("BITBUCKET_EXIT_CODE", &*exit_code.to_string())];
        assert_eq!(job.shell(&script(&recipe, "after-script"), &ended), Some(0));
        assert_eq!(job.shown("integration"), [state, url]);
    }
}

#[test]
fn jenkins_sees_the_exit_code_of_the_command() {
    let recipe = recipe("Jenkins");
    let (_, script) = recipe.split_once("sh '").unwrap();
    let script = script.split('\'').next().unwrap();
    let url = "https://jenkins.example.com/job/rocket/42/";
    for (exit_code, state) in [(0, "SUCCESSFUL"), (2, "FAILED")] {
        let job = Job::new(
            "recipe-jenkins",
            exit_code,
            &[
                ("JENKINS_URL", "https://jenkins.example.com/"),
                ("GIT_COMMIT", COMMIT),
                ("GIT_URL", "git@bitbucket.org:acme/rocket.git"),
                ("GIT_BRANCH", "origin/main"),
                ("BUILD_NUMBER", "42"),
                ("BUILD_URL", url),
            ],
        );
        assert_eq!(job.shell(script, &[]), Some(exit_code));
        assert_eq!(job.shown("unit-tests"), [state, url]);
    }
}

#[test]
fn gitlab_reports_on_the_repository_that_it_mirrors() {
    let recipe = recipe("GitLab CI");
    let url = "https://gitlab.com/mirrors/rocket/-/jobs/4711";
    for (exit_code, state) in [(0, "SUCCESSFUL"), (2, "FAILED")] {
        let job = Job::new(
            "recipe-gitlab",
            exit_code,
            &[
                ("CI", "true"),
                ("GITLAB_CI", "true"),
                ("CI_COMMIT_SHA", COMMIT),
                ("CI_COMMIT_REF_NAME", "main"),
                ("CI_PROJECT_PATH", "mirrors/rocket"),
                ("CI_REPOSITORY_URL", "https://gitlab-ci-token:[MASKED]@gitlab.com/mirrors/rocket.git"),
                ("CI_JOB_URL", url),
                ("CI_PIPELINE_ID", "42"),
            ],
        );
        assert_eq!(job.shell(&script(&recipe, "script"), &[]), Some(exit_code));
        assert_eq!(job.shown("unit-tests"), [state, url]);
    }
}
