//! `cargo xtask dist`: builds and tries the downloads.

mod check;

use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
    process::Command,
};

use sha2::{Digest as _, Sha256};

use crate::{Error, Outcome, entries, process, read, repository, tools, write};

/// The checksums, in the format of `sha256sum`.
const CHECKSUMS: &str = "SHA256SUMS";
/// The contents of the archive in addition to the binary, its completions and its man pages.
const DOCUMENTS: [&str; 4] = ["CHANGELOG.md", "LICENSE-APACHE", "LICENSE-MIT", "README.md"];
/// The shells, and the names under which they look for completions.
const COMPLETIONS: [(&str, &str); 5] = [
    ("bash", "bbstatus.bash"),
    ("elvish", "bbstatus.elv"),
    ("fish", "bbstatus.fish"),
    ("powershell", "_bbstatus.ps1"),
    ("zsh", "_bbstatus"),
];

/// Builds an archive, a wheel and an SBOM of bbstatus into target/dist, with checksums (needs Python 3.10).
///
/// maturin builds; for Linux it links with Zig, so that the binary runs with glibc 2.17 and later.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// The target triple, by default the host's. The binary is run once, so the host must be able to.
    #[arg(long, conflicts_with = "check")]
    target: Option<String>,
    /// Build nothing: install what target/dist has for this host into empty folders, and use it.
    #[arg(long)]
    check: bool,
}

pub(crate) fn run(arguments: Arguments) -> Outcome {
    let root = repository();
    let target = arguments.target.map_or_else(host, Ok)?;
    let dist = process::target(&root).join("dist");
    if arguments.check { check::check(&root, &dist, &target) } else { build(&root, &dist, &target) }
}

/// The target that rustc builds for by default.
fn host() -> Result<String, Error> {
    let version = process::capture(Command::new("rustc").arg("-vV"))?;
    let host = version.lines().find_map(|line| line.strip_prefix("host: "));
    host.map(str::to_owned).ok_or_else(|| Error::Unusable("rustc -vV: expected a line `host: `, got none".to_owned()))
}

fn build(root: &Path, dist: &Path, target: &str) -> Outcome {
    let programs = tools::python(root, "dist")?;
    empty(dist)?;
    let mut build = Command::new(programs.join("maturin"));
    build.args(["build", "--release", "--locked", "--quiet", "--bindings", "bin", "--target", target]);
    build.args(platform(target)).args(["--manifest-path", "bbstatus/Cargo.toml", "--out"]).arg(dist);
    // Maturin finds Zig there.
    process::run(build.env("PATH", tools::path_with(&programs)?).current_dir(root))?;

    let work = process::target(root).join("dist-work");
    let binary = process::target(root).join(target).join("release").join(program(target));
    archive(root, &binary, &work.join("archive"), &dist.join(asset(target, "tar.gz")))?;
    let wheel = work.join("wheel");
    empty(&wheel)?;
    let unzip = ["-m", "zipfile", "-e"];
    process::run(Command::new(tools::python_program()).args(unzip).args([&only(dist, ".whl")?, &wheel]))?;
    let bill = only(&only(&wheel, ".dist-info")?.join("sboms"), ".json")?;
    fs_err::copy(bill, dist.join(asset(target, "cdx.json")))?;
    write(&dist.join(CHECKSUMS), &checksums(dist)?)
}

/// How maturin builds for a target: for Linux with Zig, and for the oldest C library that Rust itself supports. Maturin
/// checks that the binary needs no newer one.
fn platform(target: &str) -> &'static [&'static str] {
    match target {
        _ if target.contains("linux-gnu") => &["--zig", "--compatibility", "manylinux2014"],
        _ if target.contains("linux-musl") => &["--zig", "--compatibility", "musllinux_1_2"],
        _ => &["--compatibility", "pypi"],
    }
}

/// The name of a download. It has no version, so that its address below `releases/latest/download` never changes.
#[must_use]
pub fn asset(target: &str, extension: &str) -> String {
    format!("bbstatus-{target}.{extension}")
}

fn program(target: &str) -> &'static str {
    if target.contains("windows") { "bbstatus.exe" } else { "bbstatus" }
}

/// Packs the binary, its completions, its man pages and the documents, at the top level of the archive.
fn archive(root: &Path, binary: &Path, folder: &Path, archive: &Path) -> Outcome {
    empty(folder)?;
    fs_err::copy(binary, folder.join(binary.file_name().unwrap_or_default()))?;
    for document in DOCUMENTS {
        fs_err::copy(root.join(document), folder.join(document))?;
    }
    for (path, arguments) in generated(&read(&root.join("docs/command-line.md"))?) {
        let path = folder.join(path);
        fs_err::create_dir_all(path.parent().unwrap_or(folder))?;
        write(&path, &process::capture(Command::new(binary).args(arguments))?)?;
    }
    let paths = entries(folder)?;
    let names = paths.iter().filter_map(|path| path.file_name());
    process::run(Command::new("tar").arg("-czf").arg(archive).arg("-C").arg(folder).args(names))
}

/// The completions and the man pages: their paths in the archive, and the arguments that print them. The reference
/// lists every command.
fn generated(reference: &str) -> Vec<(String, Vec<&str>)> {
    let commands = reference.lines().filter_map(|line| line.strip_prefix("### bbstatus ")?.split_whitespace().next());
    let pages = commands.collect::<BTreeSet<_>>().into_iter();
    let pages = pages.map(|command| (format!("man/man1/bbstatus-{command}.1"), vec!["man", command]));
    let completions = COMPLETIONS.map(|(shell, file)| (format!("completions/{file}"), vec!["completions", shell]));
    let page = ("man/man1/bbstatus.1".to_owned(), vec!["man"]);
    completions.into_iter().chain([page]).chain(pages).collect()
}

/// A line in the format of `sha256sum` for each file, except for the checksums themselves.
fn checksums(folder: &Path) -> Result<String, Error> {
    let files = entries(folder)?.into_iter().filter(|path| !path.ends_with(CHECKSUMS));
    let lines = files.map(|path| {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        Ok(format!("{:x}  {name}\n", Sha256::digest(fs_err::read(&path)?)))
    });
    lines.collect()
}

/// The only path in a folder with this ending.
fn only(folder: &Path, ending: &str) -> Result<PathBuf, Error> {
    let mut paths = entries(folder)?;
    paths.retain(|path| path.to_string_lossy().ends_with(ending));
    match paths.as_slice() {
        [path] => Ok(path.clone()),
        _ => Err(Error::CheckFailed(format!("{}: expected one *{ending}, got {}", folder.display(), paths.len()))),
    }
}

/// Makes an empty folder.
fn empty(folder: &Path) -> Outcome {
    if folder.exists() {
        fs_err::remove_dir_all(folder)?;
    }
    Ok(fs_err::create_dir_all(folder)?)
}

#[cfg(test)]
mod tests {
    use super::{CHECKSUMS, checksums, generated, only};
    use crate::write;

    #[test]
    fn every_command_of_the_reference_has_its_man_page() {
        let files =
            generated("# The command line\n\n### bbstatus set\n\ntext\n\n### bbstatus run\n\n#### bbstatus no\n");
        let pages: Vec<_> = files.into_iter().filter(|(path, _)| path.starts_with("man/")).collect();
        let page = |path: &str, arguments| (format!("man/man1/{path}"), arguments);
        let [run, set] = ["run", "set"].map(|command| page(&format!("bbstatus-{command}.1"), vec!["man", command]));
        assert_eq!(pages, [page("bbstatus.1", vec!["man"]), run, set]);
    }

    #[test]
    fn checksums_are_written_as_sha256sum_reads_them() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["abc.whl", CHECKSUMS] {
            write(&folder.path().join(name), "abc").unwrap();
        }
        let line = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad  abc.whl\n";
        assert_eq!(checksums(folder.path()).unwrap(), line);
        assert!(only(folder.path(), ".whl").unwrap().ends_with("abc.whl"));
        assert!(only(folder.path(), ".gz").unwrap_err().to_string().ends_with("expected one *.gz, got 0"));
    }
}
