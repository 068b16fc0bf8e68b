//! The package as a dependant finds it: unpacked in a folder of its own, outside the repository.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use crate::{Failure, Outcome, RootManifest, process};

/// A folder with the unpacked package, removed when dropped.
pub(crate) struct Unpacked {
    folder: PathBuf,
    package: PathBuf,
}

impl Unpacked {
    /// Packages the working tree as it is and unpacks the result.
    pub(crate) fn new(root: &Path, manifest: &RootManifest) -> Result<Self, Failure> {
        let full_name = format!("{}-{}", manifest.package("name")?, manifest.package("version")?);
        process::run(process::cargo(root).args(["package", "--no-verify", "--allow-dirty", "--quiet", "--locked"]))?;
        let archive = target(root).join("package").join(format!("{full_name}.crate"));
        let folder = std::env::temp_dir().join(format!("{full_name}-{}", std::process::id()));
        let unpacked = Self { package: folder.join(full_name), folder };
        create(&unpacked.folder)?;
        unpack(&archive, &unpacked.folder)?;
        Ok(unpacked)
    }

    /// Where the package is.
    pub(crate) fn package(&self) -> &Path {
        &self.package
    }

    /// A new folder beside the package.
    pub(crate) fn beside(&self, name: &str) -> Result<PathBuf, Failure> {
        let folder = self.folder.join(name);
        create(&folder)?;
        Ok(folder)
    }
}

impl Drop for Unpacked {
    fn drop(&mut self) {
        // What is left behind in the temporary folder does no harm.
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// Where cargo puts what it builds for this repository.
pub(crate) fn target(root: &Path) -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), PathBuf::from)
}

/// Unpacks an archive, with the present as the time of every file: those in a package are of one moment long ago, by
/// which cargo would take the next package for one that it has built already.
fn unpack(archive: &Path, folder: &Path) -> Outcome {
    process::run(Command::new("tar").arg("-xzmf").arg(archive).arg("-C").arg(folder))
}

fn create(folder: &Path) -> Result<(), Failure> {
    fs::create_dir_all(folder).map_err(|error| Failure::Unusable(format!("{}: {error}", folder.display())))
}

#[cfg(test)]
mod tests {
    use std::{
        fs::{self, File},
        process::Command,
        time::{Duration, SystemTime},
    };

    use super::unpack;
    use crate::process;

    #[test]
    fn what_is_unpacked_is_newer_than_what_was_built_before() {
        let folder = tempfile::tempdir().unwrap();
        let [file, archive, target] = ["lib.rs", "rocket.crate", "target"].map(|name| folder.path().join(name));
        let long_ago = SystemTime::UNIX_EPOCH + Duration::from_secs(1_153_704_088);
        File::create(&file).unwrap().set_modified(long_ago).unwrap();
        process::run(Command::new("tar").arg("-czf").arg(&archive).arg("-C").arg(folder.path()).arg("lib.rs")).unwrap();
        fs::create_dir(&target).unwrap();
        unpack(&archive, &target).unwrap();
        assert!(fs::metadata(target.join("lib.rs")).unwrap().modified().unwrap() > long_ago + Duration::from_secs(1));
    }
}
