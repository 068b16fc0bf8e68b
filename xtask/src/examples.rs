//! The examples, which are run and not only compiled.

use std::{fs, path::Path};

use crate::{Failure, Outcome, process};

/// Runs each example of a repository; each checks itself.
///
/// # Errors
/// [`Failure::Found`] for the first that fails.
pub(crate) fn check(root: &Path) -> Outcome {
    names(&root.join("examples"))?.iter().try_for_each(|name| {
        let run = ["run", "--quiet", "--all-features", "--example", name];
        process::capture(process::cargo(root).args(run)).map(drop)
    })
}

/// The names of the examples in a folder, in order.
fn names(folder: &Path) -> Result<Vec<String>, Failure> {
    let unusable = |error: std::io::Error| Failure::Unusable(format!("{}: {error}", folder.display()));
    let mut names = Vec::new();
    for entry in fs::read_dir(folder).map_err(unusable)? {
        let path = entry.map_err(unusable)?.path();
        if path.extension().is_some_and(|extension| extension == "rs") {
            names.extend(path.file_stem().map(|name| name.to_string_lossy().into_owned()));
        }
    }
    names.sort_unstable();
    Ok(names)
}

#[cfg(test)]
mod tests {
    use super::names;
    use crate::repository;

    #[test]
    fn every_example_is_found() {
        let found = names(&repository().join("examples")).unwrap();
        assert!(found.contains(&"quickstart".to_owned()) && found.is_sorted(), "{found:?}");
        assert!(names(&repository().join("no-such-folder")).is_err());
    }
}
