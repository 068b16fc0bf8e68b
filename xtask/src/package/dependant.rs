//! Crates that depend on the package, built and run.

use std::{fs, path::Path};

use super::{Unpacked, unpacked::target};
use crate::{Failure, Outcome, process, read, write};

/// A crate that depends on the package.
pub(super) struct Dependant {
    name: &'static str,
    /// What follows the path in its manifest.
    dependency: &'static str,
}

/// With the features that come by themselves, and with none.
pub(super) const ALL: [Dependant; 2] = [
    Dependant { name: "with-default-features", dependency: "" },
    Dependant { name: "without-default-features", dependency: ", default-features = false" },
];

const SOURCE: &str = include_str!("../../dependant/main.rs");

/// What the dependant prints: the request it received itself, and the state of the answer.
const EXPECTED: &str = "PUT /2.0/repositories/acme/rocket/commit/e10dae226959c2194f2b07b077c07762d93821cf/statuses/build/\
                        unit-tests HTTP/1.1: SUCCESSFUL";

impl Dependant {
    /// Builds the dependant outside the repository and without the network, and has it update a status.
    pub(super) fn check(&self, root: &Path, unpacked: &Unpacked) -> Outcome {
        let folder = unpacked.beside(self.name)?;
        let sources = unpacked.beside(&format!("{}/src", self.name))?;
        write(&folder.join("Cargo.toml"), &self.manifest(unpacked.package()))?;
        write(&sources.join("main.rs"), SOURCE)?;
        // The versions of the repository, which are on this machine.
        let lock = read(&root.join("Cargo.lock"))?;
        write(&folder.join("Cargo.lock"), &lock)?;
        let target = target(root).join("dependants");
        fs::create_dir_all(&target).map_err(|error| Failure::Unusable(format!("{}: {error}", target.display())))?;
        eprintln!("# a dependant {}", self.name.replace('-', " "));
        process::run(process::cargo(&folder).args(["build", "--offline", "--quiet"]).env("CARGO_TARGET_DIR", &target))?;
        let ran =
            process::cargo(&folder).args(["run", "--offline", "--quiet"]).env("CARGO_TARGET_DIR", &target).output();
        let ran = ran.map_err(|error| Failure::Unusable(format!("{}: {error}", self.name)))?;
        judge(self.name, &String::from_utf8_lossy(&ran.stdout), &String::from_utf8_lossy(&ran.stderr))
    }

    fn manifest(&self, package: &Path) -> String {
        format!(
            "[package]\nname = \"{}\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[dependencies]\n\
             bitbucket-build-status = {{ path = '{}'{} }}\n\
             tokio = {{ version = \"1\", features = [\"rt\"] }}\n\n[workspace]\n",
            self.name,
            package.display(),
            self.dependency
        )
    }
}

fn judge(name: &str, stdout: &str, stderr: &str) -> Outcome {
    if stdout.trim_end() == EXPECTED {
        return Ok(());
    }
    Err(Failure::Found(format!("the dependant {name}: expected {EXPECTED:?}, got {stdout:?}\n{stderr}")))
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::{ALL, EXPECTED, judge};

    #[test]
    fn the_dependants_differ_in_the_features_they_ask_for() {
        let [with, without] = ALL.map(|dependant| dependant.manifest(Path::new("/tmp/package")));
        assert!(with.contains("bitbucket-build-status = { path = '/tmp/package' }"), "{with}");
        assert!(without.contains("{ path = '/tmp/package', default-features = false }"), "{without}");
    }

    #[test]
    fn a_dependant_that_did_something_else_is_reported_with_what_it_said() {
        assert!(judge("bare", &format!("{EXPECTED}\n"), "").is_ok());
        let failure = judge("bare", "", "Error: refused").unwrap_err();
        assert!(failure.to_string().contains("Error: refused"), "{failure}");
    }
}
