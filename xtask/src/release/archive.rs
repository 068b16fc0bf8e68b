//! The archive that people download, and its checksum.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use sha2::{Digest as _, Sha256};

use crate::{Failure, Outcome, failure::unless_empty, package::target as target_folder, process, write};

/// What stands beside the binary.
const COMPANIONS: [&str; 4] = ["CHANGELOG.md", "LICENSE-APACHE", "LICENSE-MIT", "README.md"];

/// Builds the binary for a target, and puts `bbstatus-<version>-<target>.tar.gz` with its `.sha256` into a folder.
pub(super) fn make(root: &Path, version: &str, target: Option<&str>, output: &Path) -> Outcome {
    let mut build = process::cargo(root);
    build.args(["build", "--release", "--locked", "--package", "bbstatus"]);
    if let Some(target) = target {
        build.args(["--target", target]);
    }
    process::run(&mut build)?;

    let (triple, output_of_cargo) = match target {
        Some(target) => (target.to_owned(), target_folder(root).join(target)),
        None => (host()?, target_folder(root)),
    };
    let binary = if triple.contains("windows") { "bbstatus.exe" } else { "bbstatus" };
    let name = format!("bbstatus-{version}-{triple}");
    let folder = output.join(&name);
    fs::create_dir_all(&folder).map_err(|error| unusable(&folder, &error))?;
    copy(&output_of_cargo.join("release").join(binary), &folder.join(binary))?;
    for companion in COMPANIONS {
        copy(&root.join(companion), &folder.join(companion))?;
    }

    let archive = format!("{name}.tar.gz");
    process::run(Command::new("tar").current_dir(output).args(["-czf", &archive, &name]))?;
    let bytes = fs::read(output.join(&archive)).map_err(|error| unusable(&output.join(&archive), &error))?;
    write(&output.join(format!("{archive}.sha256")), &checksum_line(&bytes, &archive))?;
    println!("{}", output.join(archive).display());
    Ok(())
}

/// Publishes the archives of a folder, each with its checksum.
pub(super) fn publish(archives: &Path, tag: &str, notes: &str) -> Outcome {
    let entries = fs::read_dir(archives).map_err(|error| unusable(archives, &error))?;
    let mut assets: Vec<_> =
        entries.filter_map(|entry| Some(entry.ok()?.path())).filter(|path| path.is_file()).collect();
    assets.sort();
    unless_empty(&without_checksum(&assets))?;
    let mut create = Command::new("gh");
    create.args(["release", "create", tag, "--verify-tag", "--title", tag, "--notes", notes]);
    process::run(create.args(assets))
}

/// What is wrong with the files to publish: none, or an archive whose checksum is missing.
fn without_checksum(assets: &[PathBuf]) -> Vec<String> {
    let archives = assets.iter().filter(|path| path.extension().is_some_and(|extension| extension == "gz"));
    let archives: Vec<_> = archives.collect();
    if archives.is_empty() {
        return vec!["expected archives to publish, got none".to_owned()];
    }
    let checksum = |archive: &Path| PathBuf::from(format!("{}.sha256", archive.display()));
    let bare = archives.into_iter().filter(|archive| !assets.contains(&checksum(archive)));
    bare.map(|archive| format!("{}: expected its .sha256 beside it, got none", archive.display())).collect()
}

/// The line that `sha256sum --check` reads.
fn checksum_line(bytes: &[u8], name: &str) -> String {
    format!("{:x}  {name}\n", Sha256::digest(bytes))
}

/// The target that rustc builds for where none is given.
fn host() -> Result<String, Failure> {
    let said = process::capture(Command::new("rustc").arg("-vV"))?;
    let host = said.lines().find_map(|line| line.strip_prefix("host: "));
    host.map(str::to_owned).ok_or_else(|| Failure::Unusable("rustc -vV: expected a line `host: `, got none".to_owned()))
}

fn copy(from: &Path, to: &Path) -> Outcome {
    fs::copy(from, to).map(drop).map_err(|error| unusable(from, &error))
}

fn unusable(path: &Path, error: &std::io::Error) -> Failure {
    Failure::Unusable(format!("{}: {error}", path.display()))
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::{checksum_line, without_checksum};

    #[test]
    fn an_archive_without_its_checksum_is_not_published() {
        let [archive, checksum] = ["a.tar.gz", "a.tar.gz.sha256"].map(PathBuf::from);
        assert!(without_checksum(&[archive.clone(), checksum.clone()]).is_empty());
        assert_eq!(without_checksum(&[archive]), ["a.tar.gz: expected its .sha256 beside it, got none"]);
        assert_eq!(without_checksum(&[checksum]), ["expected archives to publish, got none"]);
    }

    #[test]
    fn the_checksum_is_written_as_sha256sum_reads_it() {
        let line = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad  abc.tar.gz\n";
        assert_eq!(checksum_line(b"abc", "abc.tar.gz"), line);
    }
}
