//! Installs the downloads into empty folders, and uses them.

use std::{env, path::Path, process::Command, time::Instant};

use serde_json::Value;

use super::{CHECKSUMS, COMPLETIONS, DOCUMENTS, asset, checksums, empty, only, program};
use crate::{Error, Outcome, process, read, server::Server, tools};

const COMMIT: &str = "e10dae226959c2194f2b07b077c07762d93821cf";

/// Checks the downloads for a target, and prints their sizes and the time to install and use them.
pub(super) fn check(root: &Path, dist: &Path, target: &str) -> Outcome {
    let [archive, bill] = ["tar.gz", "cdx.json"].map(|extension| dist.join(asset(target, extension)));
    let wheel = only(dist, ".whl")?;
    if read(&dist.join(CHECKSUMS))? != checksums(dist)? {
        return Err(Error::CheckFailed(format!(
            "{CHECKSUMS}: expected the checksums of the files next to it, got others"
        )));
    }
    lists_dependencies(&read(&bill)?)?;
    let work = tempfile::tempdir()?;
    let timed = |file: &Path, check: &dyn Fn(&Path) -> Outcome| {
        let (start, folder) = (Instant::now(), work.path().join(file.extension().unwrap_or_default()));
        empty(&folder)?;
        check(&folder)?;
        let (seconds, bytes) = (start.elapsed().as_secs_f64(), fs_err::metadata(file)?.len());
        println!("{}: {bytes} bytes, installed and used in {seconds:.1} s", file.display());
        Ok(())
    };
    timed(&wheel, &|folder| installs(&wheel, target, folder))?;
    timed(&archive, &|folder| unpacks(root, &archive, target, folder))
}

/// Checks that an SBOM in the CycloneDX format lists the command and its dependencies.
fn lists_dependencies(text: &str) -> Outcome {
    let bill: Value = serde_json::from_str(text).map_err(|error| Error::CheckFailed(format!("SBOM: {error}")))?;
    let components = bill["components"].as_array().map(Vec::as_slice).unwrap_or_default();
    let has = |name: &str| components.iter().any(|component| component["name"] == name);
    let is_complete = ["bitbucket-build-status", "reqwest", "rustls", "tokio"].into_iter().all(has);
    if bill["bomFormat"] == "CycloneDX" && bill["metadata"]["component"]["name"] == "bbstatus" && is_complete {
        return Ok(());
    }
    let got =
        format!("{} of {} with {} components", bill["bomFormat"], bill["metadata"]["component"], components.len());
    Err(Error::CheckFailed(format!("SBOM: expected a CycloneDX document of bbstatus with its dependencies, got {got}")))
}

/// Installs the wheel into an empty virtual environment, offline, and updates a status on the sandbox.
fn installs(wheel: &Path, target: &str, environment: &Path) -> Outcome {
    if target.contains("linux-gnu") && !wheel.to_string_lossy().contains("manylinux_2_17_") {
        return Err(Error::CheckFailed(format!("expected a wheel for manylinux_2_17, got {}", wheel.display())));
    }
    tools::environment(environment)?;
    let mut install = Command::new(tools::programs(environment).join("pip"));
    install.args(["install", "--quiet", "--disable-pip-version-check", "--no-index", "--find-links"]);
    process::run(install.arg(wheel.parent().unwrap_or(wheel)).arg("bbstatus"))?;
    let mut update = bare(&tools::programs(environment).join(program(target)), environment);
    process::run(update.args(["update", "unit-tests", "SUCCESSFUL", "--sandbox"]))
}

/// Unpacks the archive into an empty folder, and sends a status over https to a server with its own certificate
/// authority.
fn unpacks(root: &Path, archive: &Path, target: &str, folder: &Path) -> Outcome {
    process::run(Command::new("tar").arg("-xzf").arg(archive).arg("-C").arg(folder))?;
    let completions = COMPLETIONS.map(|(_, file)| format!("completions/{file}"));
    let pages = ["man/man1/bbstatus.1", "man/man1/bbstatus-run.1"];
    for path in DOCUMENTS.iter().chain(&pages).copied().chain(completions.iter().map(String::as_str)) {
        if read(&folder.join(path))?.is_empty() {
            return Err(Error::CheckFailed(format!("{}: {path} is empty", archive.display())));
        }
    }
    let binary = folder.join(program(target));
    let build = ["build", "--quiet", "--locked", "--package", "benches", "--bin", "bench-server"];
    process::run(process::cargo(root).args(build))?;
    let mut server = Command::new(process::target(root).join("debug/bench-server"));
    let server = Server::start(server.arg("--ca-directory").arg(folder), Server::json("https"))?;
    let mut set = bare(&binary, folder);
    set.args(["set", "unit-tests", "SUCCESSFUL", "--url", "https://ci.example.com/builds/42", "--repo", "acme/rocket"]);
    set.args(["--commit", COMMIT, "--api-url", &server.url, "--ca-file"]).arg(folder.join("ca.pem"));
    process::run(set.env("BITBUCKET_TOKEN", "t0ken"))
}

/// A program without the caller's environment.
fn bare(program: &Path, folder: &Path) -> Command {
    let mut command = Command::new(program);
    // On Windows, sockets need SYSTEMROOT.
    let passed = ["PATH", "SYSTEMROOT"].into_iter().filter_map(|name| Some((name, env::var_os(name)?)));
    command.env_clear().envs(passed).current_dir(folder);
    command
}

#[cfg(test)]
mod tests {
    use super::lists_dependencies;
    use serde_json::json;

    #[test]
    fn an_sbom_without_the_dependencies_is_refused() {
        let bill = |name: &str, last: &str| {
            let components = ["bitbucket-build-status", "reqwest", "rustls", last].map(|name| json!({ "name": name }));
            let component = json!({ "component": { "name": name } });
            json!({ "bomFormat": "CycloneDX", "metadata": component, "components": components }).to_string()
        };
        assert!(lists_dependencies(&bill("bbstatus", "tokio")).is_ok());
        for refused in [bill("other", "tokio"), bill("bbstatus", "syn"), "{}".into(), "<xml>".into()] {
            assert!(lists_dependencies(&refused).is_err(), "{refused}");
        }
    }
}
