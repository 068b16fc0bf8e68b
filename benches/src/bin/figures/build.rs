//! Cold builds of a crate that depends on this one.

use crate::{
    Bench, Outcome,
    figure::{Figure, Limit, Measure, Section},
    programs::cargo,
    run::{Spent, measured, printed},
    size::count_crates,
    statistics::median,
    unusable,
};
use std::{fs, path::PathBuf, process::Command};

/// A crate that reports a build status.
struct Dependant {
    name: &'static str,
    /// Its main.rs, in benches/dependants.
    source: &'static str,
    /// Its dependencies in addition to tokio; `ROOT` is the repository.
    dependencies: &'static [&'static str],
    limit: Option<Limit>,
}

/// The crate with which the others are compared.
const BASELINE: &str = "by hand on reqwest, default features";

const DEPENDANTS: [Dependant; 5] = [
    Dependant {
        name: BASELINE,
        source: "handwritten.rs",
        dependencies: &[r#"reqwest = { version = "0.13.4", features = ["json"] }"#, SERDE],
        limit: None,
    },
    Dependant {
        name: "this library, default features",
        source: "library.rs",
        dependencies: &[r#"bitbucket-build-status = { path = "ROOT" }"#],
        limit: Some(Limit::AtMost(Measure::Ratio(1.4))),
    },
    Dependant {
        name: "this library, without `codegen`",
        source: "library.rs",
        dependencies: &[
            r#"bitbucket-build-status = { path = "ROOT", default-features = false, features = ["rustls"] }"#,
        ],
        limit: Some(Limit::AtMost(Measure::Ratio(0.9))),
    },
    Dependant {
        name: "this library, `rustls-ring` without `codegen`",
        source: "library.rs",
        dependencies: &[
            r#"bitbucket-build-status = { path = "ROOT", default-features = false, features = ["rustls-ring"] }"#,
        ],
        limit: Some(Limit::AtMost(Measure::Ratio(0.75))),
    },
    Dependant {
        name: "by hand on reqwest, ring",
        source: "handwritten.rs",
        dependencies: &[
            r#"reqwest = { version = "0.13.4", default-features = false, features = ["json", "rustls-no-provider"] }"#,
            r#"rustls = { version = "0.23.31", default-features = false, features = ["ring", "std", "tls12"] }"#,
            r#"rustls-platform-verifier = "0.7""#,
            SERDE,
        ],
        limit: None,
    },
];

const SERDE: &str = r#"serde = { version = "1.0.226", features = ["derive"] }"#;

/// The cost of the builds of one dependant.
#[derive(Default)]
struct Built {
    spent: Vec<Spent>,
    crates: usize,
}

/// Builds each dependant into an empty target folder.
///
/// # Errors
/// If one does not build.
pub(crate) fn measure(bench: &Bench) -> Outcome<Section> {
    let folders = DEPENDANTS.iter().enumerate().map(|(index, dependant)| prepare(bench, index, dependant));
    let folders = folders.collect::<Result<Vec<_>, _>>()?;
    let mut built: [Built; 5] = Default::default();
    for round in 0..bench.runs {
        for ((dependant, folder), built) in DEPENDANTS.iter().zip(&folders).zip(&mut built) {
            eprintln!("building: {} ({} of {})", dependant.name, round + 1, bench.runs);
            built.spent.push(cold(folder)?);
            built.crates = count_crates(cargo(folder).args(["tree", "--offline"]))?;
        }
    }
    let method = format!(
        "`cargo build` (dev profile, crates downloaded before, an empty target folder) of a crate with one `main` that \
         sends one update, {}; the ratio is of CPU seconds, compilers and build scripts included.",
        if bench.runs == 1 { "once".into() } else { format!("medians of {} alternate builds", bench.runs) }
    );
    Ok(Section { title: "Cold build of a dependant", method, figures: figures(&built), skipped: Vec::new() })
}

/// Writes the crate, with the versions of this repository's lock file, and downloads its dependencies.
fn prepare(bench: &Bench, index: usize, dependant: &Dependant) -> Outcome<PathBuf> {
    let folder = bench.scratch.path().join(format!("dependant-{index}"));
    fs::create_dir_all(folder.join("src")).map_err(unusable(dependant.name))?;
    fs::write(folder.join("Cargo.toml"), manifest(dependant, &bench.root.display().to_string()))?;
    let copy = |from: PathBuf, to: &str| fs::copy(from, folder.join(to)).map_err(unusable(dependant.name));
    copy(bench.root.join("benches/dependants").join(dependant.source), "src/main.rs")?;
    copy(bench.root.join("Cargo.lock"), "Cargo.lock")?;
    printed(cargo(&folder).args(["fetch", "--quiet"]))?;
    Ok(folder)
}

fn manifest(dependant: &Dependant, root: &str) -> String {
    let uses_ring = dependant.dependencies.iter().any(|dependency| dependency.starts_with("rustls = "));
    let features = if uses_ring { "default = [\"ring\"]\nring = []" } else { "ring = []" };
    let dependencies = dependant.dependencies.join("\n").replace("ROOT", &root.replace('\\', "/"));
    format!(
        "[package]\nname = \"dependant\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[features]\n{features}\n\n\
         [dependencies]\ntokio = {{ version = \"1.47\", features = [\"macros\", \"rt\"] }}\n{dependencies}\n\n[workspace]\n"
    )
}

/// Builds into an empty target folder, which is removed afterwards.
fn cold(folder: &std::path::Path) -> Outcome<Spent> {
    let target = folder.join("target");
    let mut command: Command = cargo(folder);
    command.args(["build", "--quiet", "--offline", "--target-dir"]).arg(&target);
    // With a compiler cache, the cache would be measured.
    let spent = measured(command.env("RUSTC_WRAPPER", ""), &[0])?;
    fs::remove_dir_all(&target).map_err(unusable("the target folder of a dependant"))?;
    Ok(spent)
}

fn figures(built: &[Built; 5]) -> Vec<Figure> {
    let cpu = |built: &Built| median(built.spent.iter().map(|spent| spent.cpu));
    let describe = |built: &Built| {
        let wall = median(built.spent.iter().map(|spent| spent.wall));
        format!("{:.1} s CPU, {wall:.1} s wall, {} crates", cpu(built), built.crates)
    };
    let [baseline, others @ ..] = built;
    let figures = DEPENDANTS.iter().skip(1).zip(others).map(|(dependant, built)| Figure {
        measure: Measure::Ratio(cpu(built) / cpu(baseline)),
        limit: dependant.limit,
        what: format!("cold build, {}", dependant.name),
        ours: describe(built),
        compared: format!("{}, {BASELINE}", describe(baseline)),
    });
    figures.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dependant_stands_outside_the_workspace_and_names_the_repository() {
        for dependant in DEPENDANTS {
            let manifest: toml::Table = manifest(&dependant, "/repository").parse().expect("a manifest in TOML");
            assert!(manifest.contains_key("workspace"), "{}", dependant.name);
            let path = manifest["dependencies"].get("bitbucket-build-status").map(|library| library["path"].as_str());
            let expected = (dependant.source == "library.rs").then_some(Some("/repository"));
            assert_eq!(path, expected, "{}", dependant.name);
        }
    }
}
