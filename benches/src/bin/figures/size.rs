//! The size of the release binary, and the number of crates in dependency trees.

use crate::{
    Bench, Outcome,
    figure::{Figure, Limit, Measure, Section},
    programs::cargo,
    run::printed,
    unusable,
};
use std::{collections::BTreeSet, process::Command};

/// Measures the binary and counts the crates.
///
/// # Errors
/// If the binary does not build.
pub(crate) fn measure(bench: &Bench) -> Outcome<Section> {
    let binary = &bench.programs()?.bbstatus;
    let bytes = binary.metadata().map_err(unusable("bbstatus"))?.len();
    let mut figures = vec![Figure {
        #[expect(clippy::cast_precision_loss, reason = "a binary is smaller than 2^52 bytes")]
        measure: Measure::Megabytes(bytes as f64 / 1e6),
        limit: Some(Limit::AtMost(Measure::Megabytes(7.0))),
        what: "`bbstatus`, release profile, stripped".into(),
        ours: format!("{bytes} bytes"),
        compared: String::new(),
    }];
    let trees: [(&str, &str, &[&str]); 3] = [
        ("the library, default features", "bitbucket-build-status", &[]),
        (
            "the library, `rustls-ring` without `codegen`",
            "bitbucket-build-status",
            &["--no-default-features", "--features", "rustls-ring"],
        ),
        ("`bbstatus`", "bbstatus", &[]),
    ];
    for (what, package, features) in trees {
        let mut command = cargo(&bench.root);
        let count = count_crates(command.args(["tree", "--locked", "--package", package]).args(features))?;
        figures.push(Figure {
            measure: Measure::Count(count),
            limit: None,
            what: format!("crates in the tree of {what}"),
            ours: String::new(),
            compared: String::new(),
        });
    }
    let method =
        "The release binary as it is shipped, and `cargo tree --edges normal,build` for this machine's target, \
                  each crate once, our own not counted. The binary has no single large part: the command itself with its \
                  help is an eighth of it, the library and rustls are less each, the tables for unwinding, which keep a \
                  panic in reporting from ending a build, are a tenth."
            .into();
    Ok(Section { title: "Size", method, figures, skipped: Vec::new() })
}

/// Counts the crates that `cargo tree` lists, without the root.
pub(crate) fn count_crates(tree: &mut Command) -> Outcome<usize> {
    let listed = printed(tree.args(["--edges", "normal,build", "--prefix", "none", "--format", "{p}"]))?;
    Ok(distinct(&listed).saturating_sub(1))
}

fn distinct(listed: &str) -> usize {
    let lines = listed.lines().map(|line| line.trim_end_matches(" (*)")).filter(|line| !line.is_empty());
    lines.collect::<BTreeSet<_>>().len()
}

#[cfg(test)]
mod tests {
    use super::distinct;

    #[test]
    fn a_crate_that_is_listed_twice_counts_once() {
        assert_eq!(distinct("dependant v0.0.0 (/tmp)\nserde v1.0.0\nsyn v2.0.0\nserde v1.0.0 (*)\n\nsyn v1.0.0\n"), 4);
    }
}
