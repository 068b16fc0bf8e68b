//! The tools: found, or installed under `target`.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use crate::{Failure, Outcome};

const SCHEMATHESIS: &str = "schemathesis==4.32.5";
const PRISM: &str = "@stoplight/prism-cli@5.14.2";

/// The programs.
pub(super) struct Tools {
    pub(super) schemathesis: PathBuf,
    pub(super) prism: PathBuf,
}

impl Tools {
    /// Installs what is not there yet.
    pub(super) fn ready(folder: &Path) -> Result<Self, Failure> {
        let python = program("python3", "Python 3.10 or later", "schemathesis")?;
        let npm = program("npm", "Node 18 or later", "Prism")?;
        fs::create_dir_all(folder).map_err(|error| Failure::Unusable(format!("{}: {error}", folder.display())))?;
        let tools = Self {
            schemathesis: folder.join("venv/bin/schemathesis"),
            prism: folder.join("prism/node_modules/.bin/prism"),
        };
        if !tools.schemathesis.exists() {
            let environment = folder.join("venv");
            succeed(Command::new(python).args(["-m", "venv"]).arg(&environment))?;
            succeed(Command::new(environment.join("bin/pip")).args(["install", "--quiet", SCHEMATHESIS]))?;
        }
        if !tools.prism.exists() {
            let arguments = ["install", "--no-audit", "--no-fund", "--silent", PRISM, "--prefix"];
            succeed(Command::new(npm).args(arguments).arg(folder.join("prism")))?;
        }
        Ok(tools)
    }
}

/// A program that answers, or what to install and what for.
fn program(name: &'static str, needed: &str, tool: &str) -> Result<&'static str, Failure> {
    match Command::new(name).arg("--version").output() {
        Ok(output) if output.status.success() => Ok(name),
        _ => Err(Failure::Unusable(format!("{name} does not run: {tool} needs {needed}; install it and try again"))),
    }
}

/// Runs a command to its end.
pub(super) fn succeed(command: &mut Command) -> Outcome {
    let name = command.get_program().to_string_lossy().into_owned();
    match command.status() {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(Failure::Found(format!("{name}: {status}"))),
        Err(error) => Err(Failure::Unusable(format!("{name}: {error}"))),
    }
}

#[cfg(test)]
mod tests {
    use super::program;

    #[test]
    fn a_program_that_is_missing_is_named_with_what_it_is_for() {
        let problem = program("no-such-program", "Node 18 or later", "Prism").unwrap_err().to_string();
        assert_eq!(
            problem,
            "error: no-such-program does not run: Prism needs Node 18 or later; install it and try again"
        );
    }
}
