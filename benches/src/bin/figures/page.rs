//! The page with the figures.

use crate::{figure::Section, machine::Machine};
use std::fmt::Write as _;

/// Writes the page.
pub(crate) fn page(sections: &[Section], machine: &Machine) -> String {
    let mut page = String::from(
        "# Performance\n\n\
         Written by `cargo run -p benches`; do not edit. Every ratio is this project divided by the alternative, both \
         measured in the same run, alternately. No test asserts a duration: figures depend on the machine, so measure \
         them on yours:\n\n\
         ```sh\n\
         cargo run -p benches          # everything, and this page again; about 20 minutes\n\
         cargo run -p benches -- call  # one part: call, instructions, process, apply, sandbox, build, size or document\n\
         ```\n\n\
         Apart from Rust, this needs `curl`, `hyperfine`, `valgrind`, and for `document` the published document (`--document FILE`).\n\n",
    );
    for section in sections {
        let _ = writeln!(page, "{section}");
    }
    let _ = writeln!(page, "## Where and when\n\nMeasured on {}.\n", machine.date);
    for (name, value) in &machine.facts {
        let _ = writeln!(page, "- {name}: {value}");
    }
    // Sections end with an empty line, too.
    page.replace("\n\n\n", "\n\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_says_what_was_not_measured_and_where_the_rest_was() {
        let skipped = vec!["valgrind is not installed".to_owned()];
        let section = Section { title: "Instructions", method: "Counted.".into(), figures: Vec::new(), skipped };
        let machine = Machine { date: "2026-11-20".into(), facts: vec![("Rust", "rustc 1.95.0".into())] };
        let page = page(&[section], &machine);
        let end = "## Instructions\n\nCounted.\n\nNot measured: valgrind is not installed.\n\n\
                   ## Where and when\n\nMeasured on 2026-11-20.\n\n- Rust: rustc 1.95.0\n";
        assert!(page.ends_with(end), "{page}");
    }
}
