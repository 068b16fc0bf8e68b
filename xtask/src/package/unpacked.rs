//! The package as a dependant finds it: unpacked in a folder of its own, outside the repository.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use crate::{Failure, RootManifest, process};

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
        process::run(Command::new("tar").arg("-xzf").arg(archive).arg("-C").arg(&unpacked.folder))?;
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

fn create(folder: &Path) -> Result<(), Failure> {
    fs::create_dir_all(folder).map_err(|error| Failure::Unusable(format!("{}: {error}", folder.display())))
}
